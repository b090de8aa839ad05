/**
 * Add up the scores of articles from the terms of a query, and know a title or question by its words.
 * Twin of kb_builder/index/ranking.py; whole numbers only, so that both agree to the digit.
 */

/** @import { Meaning } from './dictionary.js' */
/** @import { Matches } from './matching.js' */

/**
 * @typedef {object} Scored
 * @property {number} article
 * @property {number} score
 * @property {number} lexical - What of it words gave, not their meanings.
 */

/**
 * @param {Matches} matches
 * @param {number} share - Percent of a score that meanings may make.
 * @param {Map<number, number>} boosts - Of articles that have one, in thousandths.
 * @returns {Scored[]} Every article that any word leads to: score down, then article number up.
 */
export function rank({ slots, meanings }, share, boosts) {
  /** @type {Map<number, number>} */
  const scores = new Map();
  /** @type {Map<number, number>[]} */
  const gained = [];
  for (const { matches, beyond } of slots) {
    /** @type {Map<number, number>} */
    const gains = new Map();
    for (const { source, tenths } of matches) {
      const { idf, postings } = source;
      for (let i = 0; i < postings.length; i += 2) {
        const article = postings[i];
        const others = beyond.reduce((sum, slot) => sum + (gained[slot].get(article) ?? 0), 0);
        const gain = weigh(idf * postings[i + 1], tenths) - others;
        if (gain > (gains.get(article) ?? 0)) gains.set(article, gain);
      }
    }
    for (const [article, gain] of gains) scores.set(article, (scores.get(article) ?? 0) + gain);
    gained.push(gains);
  }
  const lexical = new Map(scores);
  addMeanings(scores, [...meanings.values()], share, boosts);
  return [...scores]
    .map(([article, score]) => ({ article, score, lexical: lexical.get(article) ?? 0 }))
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
    for (let i = 0; i < postings.length; i += 2) {
      sums.set(postings[i], (sums.get(postings[i]) ?? 0) + peak * postings[i + 1]);
    }
  }
  const best = largest(scores);
  const [factor, divisor] = best ? [best * share, largest(sums) * (100 - share)] : [1, 1];
  for (const { peak, postings } of meanings) {
    for (let i = 0; i < postings.length; i += 2) {
      const article = postings[i];
      const gain = Math.floor((peak * postings[i + 1] * factor) / divisor);
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
 * @param {number} value
 * @param {number[]} tenths
 * @returns {number} What counts of the value: so many tenths, one after the other, each rounded down.
 */
export function weigh(value, tenths) {
  return tenths.reduce((rest, share) => Math.floor((rest * share) / 10), value);
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
