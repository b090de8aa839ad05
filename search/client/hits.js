/**
 * What the box and the results page show alike.
 */

import { element, isolated } from './elements.js';
import { highlight } from './highlight.js';

/** @import { NoticesFor } from './announcements.js' */
/** @import { Say } from './labels.js' */
/** @import { Hit, SearchEngine, SearchResult } from './search.js' */

/**
 * What both work with.
 *
 * @typedef {object} Site
 * @property {URL} base - The site's root.
 * @property {Say} say
 * @property {SearchEngine} engine
 * @property {(result: SearchResult, shown: number, place?: string) => void} record - Told what readers see, and where a query was entered.
 * @property {NoticesFor} noticesFor - What is announced that a query should meet.
 * @property {() => Promise<void>} orderChannels - Put ways to people that are open now first.
 * @property {Promise<void> | null} announced - From when on it knows.
 */

/**
 * Show where a hit leads, and why.
 *
 * @param {Hit} hit
 * @param {HTMLElement} link
 * @param {HTMLElement} excerpt
 * @param {URL} base
 */
export function fillHit(hit, link, excerpt, base) {
  const address = new URL(hit.url, base);
  if (address.origin !== base.origin) throw new RangeError(`${hit.url}: leads out of this site`);
  address.hash = hit.anchor;
  link.setAttribute('href', address.href);
  const isMidSentence = /^\p{Ll}/u.test(hit.excerpt[0]?.[0] ?? '');
  excerpt.replaceChildren(isMidSentence ? '… ' : '', ...highlight(hit.excerpt));
}

/**
 * @param {Hit} hit
 * @param {Say} say
 * @returns {HTMLElement} Kind and category.
 */
export function hitLabels({ kind, category }, say) {
  const labels = [kind && say(`kind_${kind}`), category && [category]];
  return element(
    'span',
    { class: 'kb-hit__labels' },
    labels.flatMap((label) => (label ? [element('span', {}, label)] : [])),
  );
}

/**
 * @param {number} total
 * @param {number} shown
 * @param {Say} say
 * @returns {(string | Node)[]}
 */
export function countResults(total, shown, say) {
  if (total === 1) return say('search_count_one');
  return say(total > shown ? 'search_count_best' : 'search_count', { count: `${total}`, shown: `${shown}` });
}

/**
 * @param {SearchResult} result
 * @param {Say} say
 * @returns {(string | Node)[][]} Sentences: that all hits may be wrong; what mistyped words were taken for; words that no article has.
 */
export function tellWords({ corrections, unknown, level }, say) {
  const used = corrections.map(([, words]) => words);
  const words = element('strong', {}, [isolated(used.join(', '))]);
  return [
    ...(level === 'unsure' ? [say('search_unsure')] : []),
    ...(used.length ? [say('search_corrected', { words })] : []),
    ...(unknown.length ? [say('search_unknown', { words: isolated(unknown.join(', ')) })] : []),
  ];
}

/**
 * @param {SearchResult} result
 * @param {Site} site
 * @returns {[(string | Node)[], string][]} Words and address: the category the hits speak for most, if any has one; people.
 */
export function otherWays({ hits, query }, { base, say }) {
  /** @type {(category: string) => number} */
  const sumOf = (category) => hits.reduce((sum, hit) => sum + (hit.category === category ? hit.score : 0), 0);
  const [nearest] = hits.filter(({ category }) => category).sort((a, b) => sumOf(b.category) - sumOf(a.category));
  /** @type {(key: string, url: string, topic?: string) => [(string | Node)[], string]} */
  const way = (key, url, topic = '') => [say(key, { topic }), new URL(url, base).href];
  return [
    ...(nearest ? [way('search_topic', nearest.topic, nearest.category)] : []),
    [say('search_contact'), contactAddress(base, query)],
  ];
}

/**
 * @param {Site} site
 * @param {string} query - What the form there begins with.
 * @returns {HTMLElement}
 */
export function contactLink({ base, say }, query) {
  return element('a', { href: contactAddress(base, query) }, say('search_contact'));
}

/** @type {(base: URL, query: string) => string} */
function contactAddress(base, query) {
  const address = new URL('contact/', base);
  address.searchParams.set('q', query);
  return address.href;
}

/**
 * @param {ReturnType<NoticesFor>[number]} announced
 * @returns {HTMLElement}
 */
export function notice({ title, text, href, look }) {
  const heading = element(href ? 'a' : 'strong', href ? { href } : {}, [title]);
  return element('p', look, [heading, ` ${text}`]);
}
