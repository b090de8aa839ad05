/**
 * Find the words of the site that a mistyped word may stand for.
 * Twin of kb_builder/index/spelling.py; both run tests/shared/spelling.json. The rules stand in search/FORMAT.md.
 */

import { isSpaceless } from './analyzer.js';

const CANDIDATES = 3;
const SPLITS = 2;
const ONE_EDIT_LETTERS = 4;
const TWO_EDITS_LETTERS = 8;
const PART_LETTERS = 2;

/**
 * The words of a vocabulary file: the first group leads to articles but is in none, the others get ever commoner.
 *
 * @typedef {string[][]} Groups
 */

/**
 * @typedef {object} Candidate
 * @property {string} word
 * @property {number} edits - How many part it from what was typed.
 */

/**
 * @param {string} word
 * @returns {boolean} It has four letters or more and nothing else.
 */
export function canBeMisspelled(word) {
  // A letter beyond the Basic Multilingual Plane would be two units.
  return word.length >= ONE_EDIT_LETTERS && /^(?:(?![\u{10000}-\u{10ffff}])[\p{L}\p{M}])+$/u.test(word) && !isSpaceless(word);
}

/**
 * @param {string} typed
 * @param {Groups} groups
 * @returns {Candidate[]} Those with the fewest edits; the same first letter first, then the commonest.
 */
export function nearest(typed, groups) {
  let most = typed.length >= TWO_EDITS_LETTERS ? 2 : 1;
  /** @type {Candidate[]} */
  let found = [];
  for (const word of [...groups].reverse().flat()) {
    const edits = countEdits(typed, word, most);
    if (edits > most) continue;
    if (edits < most) found = [];
    most = edits;
    found.push({ word, edits });
  }
  /** @type {(candidate: Candidate) => number} */
  const place = ({ word }) => (word[0] === typed[0] ? 0 : 1);
  return found.sort((a, b) => place(a) - place(b)).slice(0, CANDIDATES);
}

/**
 * @param {string} typed
 * @param {Groups} groups - Of its first letter.
 * @returns {[string, string][]} Where a space may be missing: the first part is in an article.
 */
export function splits(typed, groups) {
  const words = new Set(groups.slice(1).flat());
  /** @type {[string, string][]} */
  const found = [];
  for (let at = typed.length - PART_LETTERS; at >= PART_LETTERS; at--) {
    if (words.has(typed.slice(0, at))) found.push([typed.slice(0, at), typed.slice(at)]);
  }
  /** @type {(parts: [string, string]) => number} */
  const shorter = ([left, right]) => Math.min(left.length, right.length);
  return found.sort((a, b) => shorter(b) - shorter(a)).slice(0, SPLITS);
}

/**
 * Count letters inserted, left out, replaced, or swapped with their neighbour; none is edited twice.
 *
 * @param {string} typed
 * @param {string} word
 * @param {number} most
 * @returns {number} More than `most` as soon as there are more.
 */
function countEdits(typed, word, most) {
  if (Math.abs(typed.length - word.length) > most) return most + 1;
  /** @type {number[]} */
  let before = [];
  /** @type {number[]} */
  let last = [];
  let row = Array.from({ length: word.length + 1 }, (_, j) => j);
  for (let i = 1; i <= typed.length; i++) {
    [before, last, row] = [last, row, before];
    row[0] = i;
    let least = i;
    for (let j = 1; j <= word.length; j++) {
      let edits = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (typed[i - 1] === word[j - 1] ? 0 : 1));
      if (i > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1]) edits = Math.min(edits, before[j - 2] + 1);
      row[j] = edits;
      least = Math.min(least, edits);
    }
    if (least > most) return least;
  }
  return row[word.length];
}
