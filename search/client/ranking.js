/**
 * Add up the scores of articles from the terms of a query, and know a title or question by its words.
 * Twin of kb_builder/index/ranking.py; whole numbers only, so that both agree to the digit.
 */

/** @import { Term } from './dictionary.js' */

/**
 * A word of the query and what answers it: its own term, unless an earlier word has it, and those it may become.
 *
 * @typedef {object} QueryWord
 * @property {string} word
 * @property {boolean} isKnown - Some article has it, or a word that it begins.
 * @property {Term | undefined} term
 * @property {Term[]} completions
 */

/**
 * @typedef {object} Scored
 * @property {number} article
 * @property {number} score
 */

/**
 * @param {QueryWord[]} words
 * @returns {Scored[]} Every article that any word matches: score down, then article number up.
 */
export function rank(words) {
  /** @type {Map<number, number>} */
  const scores = new Map();
  for (const { term, completions } of words) {
    /** @type {Map<number, number>} */
    const gains = new Map();
    if (term) eachPosting(term, (article, impact) => gains.set(article, term.idf * impact));
    for (const completion of completions) {
      eachPosting(completion, (article, impact) => {
        const gain = completionWeight(completion.idf * impact);
        if (gain > (gains.get(article) ?? 0)) gains.set(article, gain);
      });
    }
    for (const [article, gain] of gains) scores.set(article, (scores.get(article) ?? 0) + gain);
  }
  return [...scores]
    .map(([article, score]) => ({ article, score }))
    .sort((a, b) => b.score - a.score || a.article - b.article);
}

/**
 * @param {number} weight - Of a whole word.
 * @returns {number} What it is worth while the word is only begun.
 */
export function completionWeight(weight) {
  return Math.floor((weight * 6) / 10);
}

/**
 * @param {string[]} words
 * @returns {number} FNV-1a of the words with single spaces, in UTF-8; 32 bits, not negative.
 */
export function hashWords(words) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(words.join(' '))) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * @param {Term} term
 * @param {(article: number, impact: number) => void} visit
 */
function eachPosting({ postings }, visit) {
  let article = 0;
  for (let i = 0; i < postings.length; i += 2) {
    article += postings[i];
    visit(article, postings[i + 1]);
  }
}
