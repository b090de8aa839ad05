/**
 * Let a search form answer while one types. The form leads to the results page, with or without this.
 */

import { isolated } from './elements.js';
import { createSuggestions } from './suggestions.js';

/** @import { Site } from './hits.js' */

/** How many hits the list shows. */
export const SHOWN = 5;
const DEBOUNCE_MS = 60;
const PATIENCE_MS = 400;

/**
 * @param {HTMLFormElement} form - With an input named `q`.
 * @param {Site} site
 */
export function startSearchBox(form, site) {
  const { engine, say, record } = site;
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem('q'));
  const suggestions = createSuggestions(input, form.action, site);
  let turn = 0; // Of the latest query: the answer to an earlier one is dropped.
  let timer = 0;

  input.addEventListener('focus', prepare);
  input.addEventListener('input', (event) => {
    if (!(/** @type {InputEvent} */ (event).isComposing)) onTyped();
  });
  input.addEventListener('compositionend', onTyped);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return; // 229: a key that the composition took.
    if (onKey(event.key)) event.preventDefault();
  });
  form.addEventListener('submit', close);
  form.addEventListener('focusout', ({ relatedTarget }) => {
    if (!form.contains(/** @type {Node | null} */ (relatedTarget))) close();
  });
  addEventListener('pageshow', ({ persisted }) => persisted && close());
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    event.preventDefault();
    input.focus();
  });
  if (document.activeElement === input) prepare();

  function prepare() {
    engine.prepare().catch(() => {}); // The first query tells what is wrong.
  }

  function close() {
    turn++;
    clearTimeout(timer);
    suggestions.close();
  }

  function onTyped() {
    turn++;
    clearTimeout(timer);
    suggestions.leave();
    if (input.value.trim()) timer = setTimeout(answer, DEBOUNCE_MS);
    else close();
  }

  async function answer() {
    const mine = ++turn;
    const isLatest = () => mine === turn;
    const patience = setTimeout(() => isLatest() && suggestions.tell(say('search_loading')), PATIENCE_MS);
    try {
      const result = await engine.search(input.value, { finished: /\s$/.test(input.value) });
      clearTimeout(patience);
      if (!isLatest()) return;
      if (!result.words.length) return close();
      record(result, SHOWN);
      if (!result.hits.length && !site.noticesFor(result.query).length) return suggestions.tell(say('search_none', { query: isolated(result.query) }), true);
      const fill = suggestions.show(result, SHOWN);
      const hits = await result.withPassages(SHOWN);
      if (isLatest()) fill(hits);
    } catch {
      if (isLatest()) suggestions.tell(say('search_failed'), true);
    } finally {
      clearTimeout(patience);
    }
  }

  /**
   * @param {string} key
   * @returns {boolean} It is done with.
   */
  function onKey(key) {
    const hasOptions = suggestions.hasOptions();
    if (key === 'ArrowDown' && !hasOptions) answer();
    else if (key === 'ArrowDown' || (key === 'ArrowUp' && hasOptions)) suggestions.move(key === 'ArrowDown' ? 1 : -1);
    else if (key === 'Enter' && suggestions.chosen()) suggestions.chosen()?.click();
    else if (key === 'Escape' && suggestions.isOpen()) close();
    else {
      if (key === 'Tab' && hasOptions) close();
      if (['Home', 'End', 'ArrowLeft', 'ArrowRight'].includes(key)) suggestions.leave();
      return false;
    }
    return true;
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean} One types text there.
 */
function isField(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
