/**
 * Find the passage of an article that answers best, and mark the words that were asked for.
 * Twin of kb_builder/index/excerpts.py; both run tests/shared/excerpts.json. The rules stand in search/FORMAT.md.
 */

import { analyze, tokensWithSpans } from './analyzer.js';

/** @import { Token } from './analyzer.js' */

const WINDOW_TOKENS = 36;
const LEAD_TOKENS = 10;
const ANSWER_TOKENS = 60;
const NEAR_TOKENS = 48; // Of the beginning, to which an answer goes back for a window that begins within them.
const LISTED = ' · ';
const LIST_ITEMS = 4;
const SENTENCE_END = /[.!?。！？]/;
const STATEMENT_END = /[.!]+["'”’)\]]*(?=\s)|[。！]+[”’」』）]*/;

/**
 * A stretch of text and whether it is marked.
 *
 * @typedef {[string, boolean]} Part
 */

/**
 * The words that are marked: each folded form with its term and weight.
 *
 * @typedef {Map<string, {term: number, weight: number}>} Forms
 */

/**
 * @typedef {object} Passage
 * @property {string} anchor - Empty when the hit leads to the top of the page.
 * @property {string} heading
 * @property {Part[]} parts
 */

/**
 * @param {[number, string[]][]} terms - Weight and forms of each term.
 * @returns {Forms} A form of two terms counts for the heavier one, then the earlier. Terms of less than a third of
 *   the greatest weight are left out: in "where is my parcel" only the last word is worth a mark.
 */
export function formsOf(terms) {
  /** @type {Forms} */
  const forms = new Map();
  const greatest = Math.max(...terms.map(([weight]) => weight));
  terms.forEach(([weight, words], term) => {
    if (weight * 3 < greatest) return;
    for (const word of words) {
      if (weight > (forms.get(word)?.weight ?? 0)) forms.set(word, { term, weight });
    }
  });
  return forms;
}

/**
 * @param {[string, string, string][]} sections - Anchor, heading and text of each.
 * @param {Forms} forms
 * @param {string} language
 * @param {string} [title] - The article's, if an answer is wanted: more words, in whole sentences, and from the beginning of
 *   the section where that is near; where only a list or table matches, the beginning of the article. It heads the
 *   beginning, too: what asks for no more than the title says is answered there. What comes later must
 *   say a third more to be the answer.
 * @returns {Passage} Of the section with the best window of text; of the first with text when nothing matches.
 */
export function bestPassage(sections, forms, language, title = '') {
  const beginning = sections.find((section) => section[2]);
  const text = beginning?.[2] ?? '';
  let best = { score: 0, anchor: '', heading: '', text, tokens: tokensWithSpans(text, language), first: 0 };
  for (const section of sections) {
    const [anchor, heading, text] = section;
    const tokens = tokensWithSpans(text, language);
    const inHeading = analyze(section === beginning ? `${title} ${heading}` : heading, language);
    for (const window of windows(tokens, inHeading, forms)) {
      if (window.score * 3 > (title ? 4 : 3) * best.score) best = { anchor, heading, text, tokens, ...window };
    }
  }
  const parts = cutExcerpt(best, forms, title);
  if (title && forms.size && parts.join(' ').split(LISTED).length >= LIST_ITEMS) {
    return bestPassage(sections, new Map(), language, title);
  }
  return { anchor: best.anchor, heading: best.heading, parts };
}

/**
 * @param {string} text
 * @param {Forms} forms
 * @param {string} language
 * @returns {Part[]} The whole text.
 */
export function markText(text, forms, language) {
  return partsOf(text, 0, text.length, tokensWithSpans(text, language), forms);
}

/**
 * @param {Token[]} tokens
 * @param {string[]} heading - Its words count in every window.
 * @param {Forms} forms
 * @returns {{score: number, first: number}[]} One a marked token, which it begins with.
 */
function windows(tokens, heading, forms) {
  const marked = [...tokens.keys()].filter((at) => forms.has(tokens[at].word));
  return (marked.length ? marked : [0]).map((first, i) => {
    const inside = marked.slice(i, i + WINDOW_TOKENS).filter((at) => at < first + WINDOW_TOKENS);
    const weights = new Map();
    for (const word of [...heading, ...inside.map((at) => tokens[at].word)]) {
      const form = forms.get(word);
      if (form) weights.set(form.term, form.weight);
    }
    const score = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    return { score, first };
  });
}

/**
 * @param {{text: string, tokens: Token[], first: number}} window
 * @param {Forms} forms
 * @param {string} asAnswer - Empty when it is none.
 * @returns {Part[]} From up to ten tokens before the first marked one, or the beginning of its sentence.
 */
function cutExcerpt({ text, tokens, first }, forms, asAnswer) {
  const lead = asAnswer ? ANSWER_TOKENS - WINDOW_TOKENS : LEAD_TOKENS;
  const earliest = Math.max(0, first - lead);
  const isNear = asAnswer && first <= NEAR_TOKENS;
  /** @type {(at: number) => string} */
  const before = (at) => text.slice(tokens[at - 1].end, tokens[at].start);
  let begin = isNear ? 0 : earliest;
  for (let at = first; at >= Math.max(1, earliest) && !isNear; at--) if (SENTENCE_END.test(before(at))) begin = at;
  const from = begin && tokens[begin].start;
  const last = asAnswer ? begin + ANSWER_TOKENS : first + WINDOW_TOKENS;
  /** @type {[number, number][]} */
  const ends = last < tokens.length ? [] : [[tokens.length, text.length]]; // The token and the character before which it ends.
  for (let at = Math.min(last, tokens.length - 1); asAnswer && at > first; at--) {
    const found = STATEMENT_END.exec(before(at));
    if (found) ends.push([at, tokens[at - 1].end + found.index + found[0].length]);
  }
  const whole = ends[0] ?? [last, tokens[last - 1].end];
  const [end, stop] = (asAnswer && ends.find((one) => !text.slice(from, one[1]).includes(LISTED))) || whole;
  return partsOf(text, from, stop, tokens.slice(begin, end), forms);
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {Token[]} tokens - Those between.
 * @param {Forms} forms
 * @returns {Part[]}
 */
function partsOf(text, from, to, tokens, forms) {
  // The whole of a hyphenated word comes after its parts, and begins before them.
  const marked = tokens.filter(({ word }) => forms.has(word)).sort((a, b) => a.start - b.start);
  /** @type {Part[]} */
  const parts = [];
  let at = Math.min(from, marked[0]?.start ?? from);
  /** @type {(end: number, marked: boolean) => void} */
  const add = (end, marked) => {
    if (end <= at) return;
    const piece = text.slice(at, end);
    const before = parts.at(-1);
    if (before?.[1] === marked) before[0] += piece;
    else parts.push([piece, marked]);
    at = end;
  };
  for (const { start, end } of marked) {
    add(start, false);
    add(end, true);
  }
  add(to, false);
  return parts;
}
