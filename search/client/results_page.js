/**
 * Answer the query in the page's address, with room. The topics that the page brings last, for readers without scripts, stay
 * until there are hits.
 */

import { cutQuery } from './analyzer.js';
import { element, isolated } from './elements.js';
import { highlight } from './highlight.js';
import { contactLink, countResults, fillHit, hitLabels, notice, otherWays, tellWords } from './hits.js';

/** @import { Filters } from './filters.js' */
/** @import { Site } from './hits.js' */
/** @import { Hit, SearchOptions, SearchResult } from './search.js' */

const FACETS = ['kind', 'category', 'audience'];
const MOST_VALUES = 50;
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
  const topics = /** @type {Element} */ (root.lastElementChild);
  const heading = element('h2', { class: 'kb-results__title' });
  const status = element('p', { role: 'status' });
  const notices = element('div', { class: 'kb-results__notices' });
  const list = element('ol', { class: 'kb-results__list', id: 'kb-hits' });
  const ways = element('ul', { class: 'kb-results__ways' });
  /** @type {(selector: string) => HTMLAnchorElement[]} */
  const links = (selector) => [...document.querySelectorAll(selector)];
  /** @type {() => [(string | Node)[], string][]} - Ways to people that the page has below, in their order of now. */
  const channels = () => links('.kb-stuck li a').map(({ text, href }) => [[text], href]);
  const languages = links('a[hreflang]'); // This page in other languages.
  const ownTitle = document.title;
  /** @type {Filters | undefined} */
  let filters;
  let shown = ''; // The query that the hits are for.
  let answered = ''; // The part of the address that they are for.
  let turn = 0; // Of the latest query: the answer to an earlier one is dropped.

  root.prepend(heading, notices, status, ways, list);
  site.announced?.then(showNotices);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const audience = new FormData(form).getAll('audience').map(String); // Whom the whole site is read by.
    go({ q: [input.value], audience });
  });
  addEventListener('popstate', () => {
    if (location.search !== answered) read();
  });
  read();

  function read() {
    input.value = cutQuery(new URLSearchParams(location.search).get('q') ?? '');
    answer();
  }

  /** @param {Record<string, string[]>} choice - What to ask for from now on. */
  function go(choice) {
    const address = new URL(location.pathname, location.href);
    for (const [key, values] of Object.entries(choice)) values.forEach((value) => address.searchParams.append(key, value));
    if (address.href !== location.href) history.pushState(null, '', address);
    answer();
  }

  /** Answer what the page's address asks. */
  async function answer() {
    const mine = ++turn;
    const asked = new URLSearchParams((answered = location.search));
    const query = cutQuery(asked.get('q') ?? '').trim();
    for (const link of languages) link.search = `${new URLSearchParams({ q: query })}`;
    /** @type {(facet: string) => string[]} */
    const chosen = (facet) => asked.getAll(facet).slice(0, MOST_VALUES);
    /** @type {NonNullable<SearchOptions['narrow']>} */
    const narrow = async (...ranked) => (await import('./filters.js')).keepMatching(...ranked, chosen);
    const isNarrowed = FACETS.some((facet) => chosen(facet).length);
    heading.replaceChildren(...(query ? say('search_results_for', { query: isolated(query) }) : []));
    heading.hidden = !query;
    document.title = query ? `${heading.textContent?.replace(TURNS_TEXT, '')} – ${ownTitle}` : ownTitle;
    if (!query || query !== shown) tell(say(query ? 'search_loading' : 'search_ask'));
    shown = query;
    showNotices();
    if (!query) return filters?.root.remove();
    try {
      const result = await engine.search(query, { finished: true, narrow: isNarrowed ? narrow : undefined });
      if (result.level === 'unsure') await site.orderChannels();
      if (mine !== turn) return;
      record(result, result.hits.length, 'results-page');
      offerFilters(result, chosen).catch(() => {}); // The hits are here without them.
      const none = isNarrowed ? 'search_none_narrowed' : 'search_none';
      if (!result.hits.length) return settle([...say(none, { query: isolated(query) }), ' ', contactLink(site, query)]);
      const fill = show(result);
      const hits = await result.withPassages(result.hits.length);
      if (mine === turn) fill(hits);
    } catch {
      if (mine !== turn) return;
      const retry = element('button', { type: 'button', class: 'kb-button' }, say('search_retry'));
      retry.addEventListener('click', answer);
      settle([...say('search_failed'), ' ', contactLink(site, query), ' ', retry]);
    }
  }

  /**
   * @param {SearchResult} result
   * @param {(facet: string) => string[]} chosen
   */
  async function offerFilters({ hasFacets, withMatches }, chosen) {
    const mine = turn;
    root.classList.toggle('kb-results--parted', hasFacets);
    if (!hasFacets) return;
    const { countValues, createFilters } = await import('./filters.js');
    const counted = await withMatches((generation, scored) => countValues(generation, scored, chosen));
    if (mine !== turn) return;
    filters ??= createFilters(say, list.id, (choice) => go({ q: [shown], ...choice }));
    filters.show(counted, chosen);
    if (!filters.root.isConnected) list.before(filters.root);
  }

  function showNotices() {
    notices.replaceChildren(...site.noticesFor(shown).map(notice));
  }

  /** @param {(string | Node)[]} sentence - In the place of hits. */
  function tell(sentence) {
    status.className = 'kb-results__message';
    status.replaceChildren(...sentence);
    ways.replaceChildren();
    list.replaceChildren();
    root.append(topics);
  }

  /** @param {(string | Node)[]} sentence - Where no hits will come, so that no room need be left for them. */
  function settle(sentence) {
    delete document.documentElement.dataset.kbAsked;
    tell(sentence);
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
      ...(others.length ? [...others, ...channels()] : []).map(([label, href]) =>
        element('li', {}, [element('a', { class: 'kb-chip', href }, label)]),
      ),
    );
    list.replaceChildren(...articles.map((article) => element('li', {}, [article])));
    topics.remove();
    /** @param {Hit[]} filled */
    const fill = (filled) => filled.forEach((hit, i) => fillHit(hit, links[i], excerpts[i], base));
    fill(hits);
    return fill;
  }
}
