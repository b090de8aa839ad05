// Light or dark, as the reader chose last, else the system's; and room for results. In the head: nothing flashes or moves.
(() => {
  const root = document.documentElement;
  const key = "kb-theme";
  try {
    const saved = localStorage.getItem(key);
    if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  } catch { /* storage is closed to us: the choice lasts for this page */ }
  if (/[?&]q=[^&]/.test(location.search)) root.dataset.kbAsked = "";

  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-kb-theme]");
    if (!button) return;
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
    button.hidden = false;
    button.setAttribute("aria-pressed", isDark());
    button.addEventListener("click", () => {
      const theme = isDark() ? "light" : "dark";
      root.dataset.theme = theme;
      button.setAttribute("aria-pressed", theme === "dark");
      try {
        localStorage.setItem(key, theme);
      } catch { /* as above */ }
    });
  });
})();
