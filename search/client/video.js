/**
 * Let a video begin where it is said: at the second of the page's address (`#t=83`), which search hits lead to, or of a
 * passage that is clicked. Without this the passages lead into the file.
 */

/** @param {HTMLElement} figure - With the video inside; the passages have `data-kb-second`. */
export function startVideo(figure) {
  const video = /** @type {HTMLVideoElement} */ (figure.querySelector('video'));

  function seekAddress() {
    const [, second] = /^#t=(\d{1,6})$/.exec(location.hash) ?? [];
    if (!second) return;
    video.currentTime = Number(second);
    figure.scrollIntoView({ block: 'start' });
  }

  seekAddress();
  addEventListener('hashchange', seekAddress);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element && /** @type {HTMLElement | null} */ (event.target.closest('[data-kb-second]'));
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    video.currentTime = Number(link.dataset.kbSecond);
    figure.scrollIntoView({ block: 'start' });
    video.play().catch(() => {}); // It may be stopped at once.
  });
}
