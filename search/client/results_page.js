/**
 * Answer the query in the page's address, with room. The topics that the page brings for readers without scripts stay
 * below until there are hits.
 */

import { cutQuery } from './analyzer.js';
import { element, isolated } from './elements.js';
import { highlight } from './highlight.js';
import { contactLink, countResults, fillHit, hitLabels, tellWords } from './hits.js';

/** @import { Site } from './hits.js' */
/** @import { Hit } from './search.js' */

/** Characters that change the direction of text; a title has no way to keep them in. */
const TURNS_TEXT = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * @param {HTMLElement} root - Its content is what shows without hits.
 * @param {HTMLFormElement} form - With an input named `q`; searches on this page from now on.
 * @param {Site} site
 */
export function startResultsPage(root, form, site) {
  const { base, engine, say } = site;
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem('q'));
  const topics = [...root.childNodes];
  const heading = element('h2', { class: 'kb-results__title' });
  const status = element('p', { role: 'status' });
  const list = element('ol', { class: 'kb-results__list' });
  const ownTitle = document.title;
  let turn = 0; // Of the latest query: the answer to an earlier one is dropped.

  root.prepend(heading, status, list);
  input.value = cutQuery(new URLSearchParams(location.search).get('q') ?? '');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const address = new URL(location.pathname, location.href);
    address.searchParams.set('q', input.value);
    history.replaceState(null, '', address);
    answer(input.value);
  });
  answer(input.value);

  /** @param {string} typed */
  async function answer(typed) {
    const mine = ++turn;
    const query = cutQuery(typed).trim();
    heading.replaceChildren(...(query ? say('search_results_for', { query: isolated(query) }) : []));
    heading.hidden = !query;
    document.title = query ? `${heading.textContent?.replace(TURNS_TEXT, '')} – ${ownTitle}` : ownTitle;
    tell(say(query ? 'search_loading' : 'search_ask'));
    if (!query) return;
    try {
      const result = await engine.search(query, { finished: true });
      if (mine !== turn) return;
      if (!result.hits.length) return tell([...say('search_none', { query: isolated(query) }), ' ', contactLink(site)]);
      const fill = show(result.hits);
      status.replaceChildren(...countResults(result.total, result.hits.length, say));
      for (const sentence of tellWords(result, say)) status.append('. ', ...sentence);
      const hits = await result.withPassages(result.hits.length);
      if (mine === turn) fill(hits);
    } catch {
      if (mine !== turn) return;
      const retry = element('button', { type: 'button', class: 'kb-button' }, say('search_retry'));
      retry.addEventListener('click', () => answer(typed));
      tell([...say('search_failed'), ' ', contactLink(site), ' ', retry]);
    }
  }

  /** @param {(string | Node)[]} sentence - In the place of hits. */
  function tell(sentence) {
    status.className = 'kb-results__message';
    status.replaceChildren(...sentence);
    list.replaceChildren();
    root.append(...topics);
  }

  /**
   * @param {Hit[]} hits
   * @returns {(hits: Hit[]) => void} Puts passages in the place of summaries.
   */
  function show(hits) {
    const links = hits.map((hit) => element('a', {}, highlight(hit.title)));
    const excerpts = hits.map(() => element('p', { class: 'kb-result__excerpt' }));
    const articles = hits.map((hit, i) =>
      element('article', { class: 'kb-result' }, [element('h2', {}, [links[i]]), excerpts[i], hitLabels(hit, say)]),
    );
    status.className = 'kb-results__count';
    list.replaceChildren(...articles.map((article) => element('li', {}, [article])));
    topics.forEach((topic) => topic.remove());
    /** @param {Hit[]} filled */
    const fill = (filled) => filled.forEach((hit, i) => fillHit(hit, links[i], excerpts[i], base));
    fill(hits);
    return fill;
  }
}
