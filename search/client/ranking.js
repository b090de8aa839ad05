/**
 * Add up the scores of articles from the terms of a query, and know a title or question by its words.
 * Twin of kb_builder/index/ranking.py; whole numbers only, so that both agree to the digit.
 */

/** @import { Meaning, Synonym, Term } from './dictionary.js' */

/**
 * A word of the query and what answers it: its own term, unless an earlier word has it, the synonyms that no earlier
 * one has, and those it may become. A phrase that has synonyms is one too, without a term.
 *
 * @typedef {object} QueryWord
 * @property {string} word
 * @property {boolean} isKnown - The dictionary has it, or a word that it begins.
 * @property {Term | undefined} term
 * @property {Synonym[]} synonyms
 * @property {Meaning | undefined} meaning
 * @property {Term[]} completions
 */

/**
 * @typedef {object} Scored
 * @property {number} article
 * @property {number} score
 */

/**
 * @param {QueryWord[]} words
 * @param {number} share - Percent of a score that meanings may make.
 * @param {Map<number, number>} boosts - Of articles that have one, in thousandths.
 * @returns {Scored[]} Every article that any word leads to: score down, then article number up.
 */
export function rank(words, share, boosts) {
  /** @type {Map<number, number>} */
  const scores = new Map();
  for (const { term, synonyms, completions } of words) {
    /** @type {Map<number, number>} */
    const gains = new Map();
    /** @type {(source: Term | Synonym, weigh: (value: number) => number) => void} */
    const raise = ({ idf, postings }, weigh) => {
      let article = 0;
      for (let i = 0; i < postings.length; i += 2) {
        article += postings[i];
        gains.set(article, Math.max(gains.get(article) ?? 0, weigh(idf * postings[i + 1])));
      }
    };
    if (term) raise(term, (value) => value);
    for (const synonym of synonyms) raise(synonym, synonymWeight);
    for (const completion of completions) {
      raise(completion, completionWeight);
      for (const synonym of completion.synonyms) raise(synonym, (value) => completionWeight(synonymWeight(value)));
    }
    for (const [article, gain] of gains) scores.set(article, (scores.get(article) ?? 0) + gain);
  }
  addMeanings(
    scores,
    words.flatMap(({ meaning }) => meaning ?? []),
    share,
    boosts,
  );
  return [...scores]
    .map(([article, score]) => ({ article, score }))
    .sort((a, b) => b.score - a.score || a.article - b.article);
}

/**
 * Add what the meanings of words give, so that their best sum is to the best score so far as the shares are.
 *
 * @param {Map<number, number>} scores
 * @param {Meaning[]} meanings
 * @param {number} share
 * @param {Map<number, number>} boosts
 */
function addMeanings(scores, meanings, share, boosts) {
  /** @type {Map<number, number>} */
  const sums = new Map();
  for (const { peak, postings } of meanings) {
    for (const [article, weight] of postings) sums.set(article, (sums.get(article) ?? 0) + peak * weight);
  }
  const best = largest(scores);
  const [factor, divisor] = best ? [best * share, largest(sums) * (100 - share)] : [1, 1];
  for (const { peak, postings } of meanings) {
    for (const [article, weight] of postings) {
      const gain = Math.floor((peak * weight * factor) / divisor);
      scores.set(article, (scores.get(article) ?? 0) + Math.floor((gain * (boosts.get(article) ?? 1000)) / 1000));
    }
  }
}

/**
 * @param {Map<number, number>} sums
 * @returns {number} 0 when there are none.
 */
function largest(sums) {
  let best = 0;
  for (const sum of sums.values()) best = Math.max(best, sum);
  return best;
}

/**
 * @param {number} weight - Of a whole word.
 * @returns {number} What it is worth while the word is only begun.
 */
export function completionWeight(weight) {
  return Math.floor((weight * 6) / 10);
}

/**
 * @param {number} weight - Of a word.
 * @returns {number} What it is worth for another word that it is a synonym of.
 */
export function synonymWeight(weight) {
  return Math.floor((weight * 8) / 10);
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
