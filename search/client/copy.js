/**
 * Copy a text by a button: `data-kb-copy` names the field that holds it. The clipboard needs https; elsewhere the text is
 * selected and copied the old way, or left selected for the keyboard.
 */

/** Each button that copies shows, and tells in the status beside it that it did. */
export function startCopying() {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('[data-kb-copy]'));
  for (const button of buttons) {
    const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(button.dataset.kbCopy ?? ''));
    const place = /** @type {HTMLElement} */ (button.closest('[data-kb-copied]'));
    const status = /** @type {HTMLElement} */ (place.querySelector('[role=status]'));
    button.hidden = false;
    button.addEventListener('click', async () => {
      status.textContent = '';
      if (await copy(field)) status.textContent = place.dataset.kbCopied ?? '';
    });
  }
}

/**
 * @param {HTMLTextAreaElement} field
 * @returns {Promise<boolean>} It is in the clipboard.
 */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand('copy');
  }
}
