/**
 * Say how likely it is that the first hit answers: a ranking's features in, a percentage out.
 * Twin of kb_builder/index/confidence.py; both run tests/shared/ranking.json. The rules stand in search/FORMAT.md.
 */

import { weightOf } from './matching.js';

/** @import { Matches } from './matching.js' */
/** @import { Scored } from './ranking.js' */

const SURE_PERCENT = 70;
const UNSURE_PERCENT = 25;
const TOPIC_MARGIN = 200; // One word names a topic, not a question, unless its first hit is so far ahead.
/** Of a hit that is pinned to the query, or has it as its title or a question; no other is more certain. */
export const CERTAIN_PERCENT = 97;

/**
 * @param {Scored[]} scored - At least one, best first.
 * @param {Matches} matches
 * @param {{articles: number, confidence?: number[]}} manifest
 * @returns {number} Percent.
 */
export function confidenceIn([first, second], { slots, absent, words }, { articles, confidence = [0] }) {
  const [base, ...coefficients] = confidence;
  const rare = Math.round(1000 * Math.log(1 + (articles - 0.5) / 1.5));
  const weight = slots.reduce((sum, { matches: [match] }) => sum + (match ? weightOf(match) : 0), absent * rare);
  const features = [
    ((first.score - (second?.score ?? 0)) * 1000) / first.score,
    (first.lexical * 100) / weight,
    (absent * 1000) / words.length,
  ];
  // `| 0` makes whole numbers, and 0 of what nothing divides.
  const sum = coefficients.reduce((total, coefficient, i) => total + coefficient * (features[i] | 0), 0);
  const claim = Math.floor(100 / (1 + Math.exp((base + Math.floor(sum / 1000)) / -1000)) + 0.5);
  return Math.min(claim, words[1] || features[0] >= TOPIC_MARGIN ? CERTAIN_PERCENT : SURE_PERCENT - 1);
}

/**
 * @param {number} percent
 * @param {boolean | undefined} canDoubt - One word that is being typed is too little to be in doubt about.
 * @param {string} [kind] - Of the first hit. What other customers said is never the shop's answer.
 * @returns {'sure' | 'open' | 'unsure'}
 */
export function levelOf(percent, canDoubt, kind) {
  return percent >= SURE_PERCENT && kind !== 'community' ? 'sure' : canDoubt && percent < UNSURE_PERCENT ? 'unsure' : 'open';
}
