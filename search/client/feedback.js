/**
 * Ask whether an article helped: two buttons, and after a no the reason. A vote counts at once; a reason that follows takes
 * its place.
 */

/** @param {HTMLElement} section - With `data-kb-feedback`, the page that is voted on. */
export function startFeedback(section) {
  const form = /** @type {HTMLFormElement} */ (section.querySelector('form'));
  const buttons = /** @type {HTMLElement} */ (section.querySelector('.kb-feedback__vote'));
  const thanks = /** @type {HTMLElement} */ (section.querySelector('[role=status]'));

  section.hidden = false;
  buttons.addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    const helpful = target.value === 'yes';
    tell({ helpful });
    buttons.hidden = true;
    form.hidden = helpful;
    if (helpful) thank();
    else form.querySelector('input')?.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const [reason, message] = ['reason', 'message'].map((name) => `${given.get(name) ?? ''}`.trim());
    tell({ helpful: false, ...(reason && { reason }), ...(message && { message }) });
    form.hidden = true;
    thank();
  });

  /** @param {object} vote */
  function tell(vote) {
    const detail = { action_name: 'feedback', page: section.dataset.kbFeedback, ...vote };
    document.dispatchEvent(new CustomEvent('kb:event', { detail }));
  }

  function thank() {
    thanks.textContent = section.dataset.kbThanks ?? '';
  }
}
