/**
 * Find the words of the site that a mistyped word may stand for.
 * Twin of kb_builder/index/spelling.py; both run tests/shared/spelling.json. The rules stand in search/FORMAT.md.
 * Loaded when it is first needed.
 */

import { isSpaceless } from './analyzer.js';
import { findWord } from './dictionary.js';
import { beginningsOf, findVocabulary } from './vocabulary.js';

/** @import { Found } from './dictionary.js' */
/** @import { Generation } from './files.js' */

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
 * What a mistyped word may stand for.
 *
 * @typedef {object} Correction
 * @property {string} used - The likeliest word; or two, between which the space is missing.
 * @property {number} edits
 * @property {(Found | undefined)[][]} alternatives - For each word meant the candidates, best first.
 */

/**
 * @param {Generation} generation
 * @param {string} typed - A word that is not in the dictionary.
 * @returns {Promise<Correction | undefined>}
 */
export async function correct(generation, typed) {
  if (!canBeMisspelled(typed)) return undefined;
  let found = nearest(typed, await findVocabulary(generation, typed[0], typed.length));
  if (found[0]?.edits !== 1) {
    const others = nearest(typed, await findVocabulary(generation, typed[1], typed.length)); // The two may be swapped.
    if (!found.length || others[0]?.edits === 1) found = others;
  }
  if (found[0]?.edits !== 1) {
    for (const [left, right] of splits(typed, await beginningsOf(generation, typed))) {
      const behind = await findWord(generation, right);
      if (!behind?.term) continue;
      return { used: `${left} ${right}`, edits: 1, alternatives: [[await findWord(generation, left)], [behind]] };
    }
  }
  if (!found.length) return undefined;
  const alternatives = [await Promise.all(found.map(({ word }) => findWord(generation, word)))];
  return { used: found[0].word, edits: found[0].edits, alternatives };
}

/**
 * @param {string} word
 * @returns {boolean} It has four letters or more and nothing else.
 */
export function canBeMisspelled(word) {
  // A letter beyond the Basic Multilingual Plane would be two units.
  return allowedEdits(word) > 0 && /^(?:(?![\u{10000}-\u{10ffff}])[\p{L}\p{M}])+$/u.test(word) && !isSpaceless(word);
}

/**
 * @param {string} typed
 * @returns {number} How many edits may part it from what it stands for.
 */
function allowedEdits({ length }) {
  return Number(length >= ONE_EDIT_LETTERS) + Number(length >= TWO_EDITS_LETTERS);
}

/**
 * @param {string} typed
 * @param {Groups} groups
 * @returns {Candidate[]} Those with the fewest edits; the same first letter first, then the commonest.
 */
export function nearest(typed, groups) {
  let most = allowedEdits(typed);
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
 * @param {(word: string) => boolean} isWord - Says whether the first part is one.
 * @returns {[string, string][]} Where a space may be missing. Whether the second part is a word remains to be seen.
 */
export function splits(typed, isWord) {
  /** @type {[string, string][]} */
  const found = [];
  for (let at = typed.length - PART_LETTERS; at >= PART_LETTERS; at--) {
    if (isWord(typed.slice(0, at))) found.push([typed.slice(0, at), typed.slice(at)]);
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
