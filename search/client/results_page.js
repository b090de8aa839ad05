/**
 * Answer the query in the page's address, with room. The topics that the page brings for readers without scripts stay
 * below until there are hits.
 */

import { cutQuery } from './analyzer.js';
import { element, isolated } from './elements.js';
import { highlight } from './highlight.js';
import { contactLink, countResults, fillHit, hitLabels, otherWays, tellWords } from './hits.js';

/** @import { Site } from './hits.js' */
/** @import { Hit, SearchResult } from './search.js' */

/** Characters that change the direction of text; a title has no way to keep them in. */
const TURNS_TEXT = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * @param {HTMLElement} root - Its content is what shows without hits.
 * @param {HTMLFormElement} form - With an input named `q`; searches on this page from now on.
 * @param {Site} site
 */
export function startResultsPage(root, form, site) {
  const { base, engine, say, record } = site;
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem('q'));
  const topics = [...root.childNodes];
  const heading = element('h2', { class: 'kb-results__title' });
  const status = element('p', { role: 'status' });
  const list = element('ol', { class: 'kb-results__list' });
  const ways = element('ul', { class: 'kb-results__ways' });
  /** @type {[(string | Node)[], string][]} */
  const channels = [...document.querySelectorAll('.kb-stuck li a')].map((link) => [
    [link.textContent ?? ''],
    link.getAttribute('href') ?? '',
  ]);
  const ownTitle = document.title;
  let turn = 0; // Of the latest query: the answer to an earlier one is dropped.

  root.prepend(heading, status, ways, list);
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
      record(result, result.hits.length, true);
      if (!result.hits.length) return tell([...say('search_none', { query: isolated(query) }), ' ', contactLink(site)]);
      const fill = show(result);
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
    ways.replaceChildren();
    list.replaceChildren();
    root.append(...topics);
  }

  /**
   * @param {SearchResult} result
   * @returns {(hits: Hit[]) => void} Puts passages in the place of summaries.
   */
  function show(result) {
    const { hits, total, level } = result;
    const answer = level === 'sure' ? say('search_answer') : [];
    const others = level === 'unsure' ? otherWays(result, site) : [];
    const links = hits.map((hit) => element('a', {}, highlight(hit.title)));
    const excerpts = hits.map(() => element('p', { class: 'kb-result__excerpt' }));
    const articles = hits.map((hit, i) =>
      element('article', { class: 'kb-result' }, [
        ...(i ? [] : answer.map((word) => element('p', { class: 'kb-hit__answer' }, [word]))),
        element('h2', {}, [links[i]]),
        excerpts[i],
        hitLabels(hit, say),
      ]),
    );
    status.className = `kb-results__count ${others.length ? 'kb-results__doubt' : ''}`;
    const sentences = [countResults(total, hits.length, say), ...tellWords(result, say)];
    if (others.length) sentences.push(...sentences.splice(0, 1)); // That they may be wrong comes before how many they are.
    status.replaceChildren(...sentences.flatMap((sentence, i) => [i ? '. ' : '', ...sentence]));
    ways.replaceChildren(
      ...(others.length ? [...others, ...channels] : []).map(([label, href]) =>
        element('li', {}, [element('a', { class: 'kb-chip', href }, label)]),
      ),
    );
    list.replaceChildren(...articles.map((article) => element('li', {}, [article])));
    topics.forEach((topic) => topic.remove());
    /** @param {Hit[]} filled */
    const fill = (filled) => filled.forEach((hit, i) => fillHit(hit, links[i], excerpts[i], base));
    fill(hits);
    return fill;
  }
}
