// Light or dark, as the reader chose last, else the system's; and room for results. In the head: nothing flashes or moves.
(function () {
  var root = document.documentElement;
  var key = "kb-theme";
  try {
    var saved = localStorage.getItem(key);
    if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  } catch (denied) { /* storage is closed to us: the choice lasts for this page */ }
  if (/[?&]q=[^&]/.test(location.search)) root.dataset.kbAsked = "";

  addEventListener("DOMContentLoaded", function () {
    var button = document.querySelector("[data-kb-theme]");
    if (!button) return;
    var isDark = function () {
      return (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    };
    button.hidden = false;
    button.setAttribute("aria-pressed", isDark());
    button.addEventListener("click", function () {
      var theme = isDark() ? "light" : "dark";
      root.dataset.theme = theme;
      button.setAttribute("aria-pressed", theme === "dark");
      try {
        localStorage.setItem(key, theme);
      } catch (denied) { /* as above */ }
    });
  });
})();
