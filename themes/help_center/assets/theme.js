// In the head, so that nothing flashes or moves.
(() => {
  const root = document.documentElement;
  const key = "kb-theme";
  try {
    const saved = localStorage.getItem(key);
    if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  } catch { /* The choice lasts for this page. */ }
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
      } catch {}
    });
  });
})();
