/**
 * Ask whether an article helped: yes or no, and after a no the reason. Told as an event where events are counted: a vote
 * counts at once, and a reason that follows takes its place. Posted elsewhere, a vote goes once: a no waits for its reason
 * until the page is left. Without this the forms post themselves.
 */

/** @param {HTMLElement} section - With `data-kb-feedback`, the page that is voted on; with `data-kb-post`, where to. */
export function startFeedback(section) {
  const [vote, form] = section.querySelectorAll('form');
  const why = /** @type {HTMLDetailsElement} */ (section.querySelector('details'));
  const thanks = /** @type {HTMLElement} */ (section.querySelector('[role=status]'));
  const { kbPost, kbOrders } = section.dataset;
  let waits = false;

  section.hidden = false;
  why.hidden = true;
  vote.addEventListener('submit', (event) => {
    event.preventDefault();
    const helpful = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value === 'yes';
    tell({ helpful });
    vote.hidden = true;
    if (helpful) {
      post(new FormData(vote), 'yes');
      return thank();
    }
    waits = true;
    why.hidden = false;
    why.open = true;
    form.querySelector('input[type=radio]')?.focus();
    if (kbPost) import('./redact.js').catch(() => {}); // A comment may follow.
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const [reason, message] = ['reason', 'message'].map((name) => `${given.get(name) ?? ''}`.trim());
    tell({ helpful: false, ...(reason && { reason }), ...(message && { message }) });
    waits = false;
    postRedacted(given, message);
    why.hidden = true;
    thank();
  });
  addEventListener('pagehide', () => {
    if (waits) post(new FormData(vote), 'no');
    waits = false;
  });

  /** @param {object} given */
  function tell(given) {
    const detail = { action_name: 'feedback', page: section.dataset.kbFeedback, ...given };
    document.dispatchEvent(new CustomEvent('kb:event', { detail }));
  }

  /**
   * @param {FormData} given
   * @param {string} message - Is sent without personal data, or not at all.
   */
  async function postRedacted(given, message) {
    given.delete('message');
    try {
      if (kbPost && message) given.set('message', (await import('./redact.js')).redact(message, kbOrders));
    } finally {
      post(given, 'no');
    }
  }

  /**
   * @param {FormData} given
   * @param {string} helpful
   */
  function post(given, helpful) {
    if (!kbPost) return;
    const body = new URLSearchParams(/** @type {any} */ (given));
    body.set('helpful', helpful);
    body.delete('thanks');
    navigator.sendBeacon(kbPost, body);
  }

  function thank() {
    thanks.textContent = section.dataset.kbThanks ?? '';
  }
}
