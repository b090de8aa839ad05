/**
 * Offer answers below the question that is being written to people. Sending is never in the way of it, nor it of sending.
 */

import { readArticle } from './article.js';
import { element } from './elements.js';
import { highlight } from './highlight.js';
import { hitLabels } from './hits.js';

/** @import { Site } from './hits.js' */
/** @import { Hit } from './search.js' */

const SUGGESTED = 3;
const DEBOUNCE_MS = 400;
const FEWEST_LETTERS = 8;
const CARRIED_CHARACTERS = 2000; // A query, or a conversation with the assistant.
const root = new URL('../../', import.meta.url).href; // Events name pages from here, whatever the language.

/**
 * @param {HTMLFormElement} form - With a text area, a `[data-kb-suggested]` and a `[data-kb-solved]` template inside.
 * @param {Site} site
 */
export function startAsk(form, site) {
  const question = /** @type {HTMLTextAreaElement} */ (form.querySelector('textarea'));
  const box = /** @type {HTMLElement} */ (form.querySelector('[data-kb-suggested]'));
  const token = /** @type {HTMLInputElement | null} */ (form.elements.namedItem('kb_token'));
  const formToken = crypto.randomUUID();
  const arm = Math.random() < Number(form.dataset.kbHoldout) ? 'holdout' : 'suggestions';
  let begun = false;
  let turn = 0;
  let timer = 0;

  if (token) token.value = formToken;
  if (question.value) onTyped(); // Before this was loaded.
  else question.value = new URLSearchParams(location.search).get('q')?.slice(0, CARRIED_CHARACTERS) ?? '';
  if (question.value) suggestSoon();
  question.addEventListener('input', onTyped);
  form.addEventListener('submit', (event) => {
    tell('contact_submit');
    if (form.method === 'post') return;
    event.preventDefault(); // Browsers write the spaces of a mail as plus signs.
    const mail = Array.from(new FormData(form), ([name, value]) => `${name}=${encodeURIComponent(`${value}`)}`);
    location.href = `${form.action}?${mail.join('&')}`;
  });

  /**
   * @param {string} action
   * @param {object} [more]
   */
  function tell(action, more) {
    const detail = { action_name: action, form_token: formToken, arm, ...more };
    document.dispatchEvent(new CustomEvent('kb:event', { detail }));
  }

  function onTyped() {
    if (!begun) tell('contact_start');
    begun = true;
    suggestSoon();
  }

  function suggestSoon() {
    clearTimeout(timer);
    if (arm === 'suggestions') timer = setTimeout(suggest, DEBOUNCE_MS);
  }

  async function suggest() {
    const mine = ++turn;
    if (question.value.trim().length < FEWEST_LETTERS) return void (box.hidden = true);
    try {
      const result = await site.engine.search(question.value, { finished: true });
      const hits = (await result.withPassages(SUGGESTED)).slice(0, SUGGESTED);
      if (mine === turn) show(hits);
    } catch {
      box.hidden = true; // Search does not answer: the form works without it.
    }
  }

  /** @param {Hit[]} hits */
  function show(hits) {
    const list = /** @type {HTMLElement} */ (box.querySelector('ul'));
    const kept = new Map([...list.children].map((item) => [/** @type {HTMLElement} */ (item).dataset.kbPage, item]));
    list.replaceChildren(...hits.map((hit, i) => kept.get(hit.url) ?? suggestion(hit, i + 1)));
    box.hidden = !hits.length;
    if (hits.length) tell('suggestion_shown', { query_response_hit_ids: hits.map(idOf) });
  }

  /** @param {Hit} hit */
  function idOf({ url }) {
    return decodeURI(new URL(url, site.base).href.slice(root.length));
  }

  /**
   * @param {Hit} hit
   * @param {number} ordinal
   */
  function suggestion(hit, ordinal) {
    const address = new URL(hit.url, site.base).href;
    const body = element('div', { class: 'kb-ask__answer kb-prose md-typeset' }, highlight(hit.excerpt));
    const solved = element('button', { type: 'button', class: 'kb-button kb-button--quiet' }, [box.dataset.kbSolved ?? '']);
    const labels = hit.kind === 'community' ? [hitLabels(hit, site.say)] : []; // It is not the shop's word.
    const title = element('span', {}, [...highlight(hit.title), ...labels]);
    const open = element('details', {}, [element('summary', {}, [title]), body, solved]);
    const position = { object: { object_id: idOf(hit), object_id_type: 'article' }, position: { ordinal } };
    open.addEventListener('toggle', () => {
      if (!(/** @type {HTMLDetailsElement} */ (open).open) || open.dataset.kbRead) return;
      open.dataset.kbRead = 'yes';
      tell('suggestion_click', { event_attributes: position });
      readArticle(address).then((children) => body.replaceChildren(...children)).catch(() => {
        body.append(' ', element('a', { href: address }, [address]));
      });
    });
    solved.addEventListener('click', () => {
      tell('suggestion_solved', { page: idOf(hit) });
      solved.replaceWith(element('p', { role: 'status', class: 'kb-ask__thanks' }, [box.dataset.kbThanks ?? '']));
    });
    return element('li', { 'data-kb-page': hit.url }, [open]);
  }
}
