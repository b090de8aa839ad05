/**
 * Find what the words of a query lead to: terms, synonyms, phrases and pins, also of words begun or misspelled.
 * Twin of kb_builder/index/matching.py; both run tests/shared/ranking.json. The rules stand in search/FORMAT.md.
 */

import { differentWords, isSpaceless } from './analyzer.js';
import { blockNumber, findCompletions, findWord, synonymsOf } from './dictionary.js';
import { weigh } from './ranking.js';

/** @import { Found, Lead, Meaning, Synonym, Term } from './dictionary.js' */
/** @import { Generation } from './files.js' */
/** @import { Correction } from './spelling.js' */

const DOUBTFUL_WORDS = 4;
const SYNONYM_TENTHS = 8;
const COMPLETION_TENTHS = 6;
const TENTHS_BY_EDITS = [10, 8, 5];

/**
 * A term or synonym; `tenths` of its value count, one after the other, each rounded down.
 *
 * @typedef {{source: Term | Synonym, tenths: number[]}} Match
 */

/**
 * A word, phrase or correction. Of all its matches an article gets the best; slots add up.
 *
 * @typedef {object} Slot
 * @property {Match[]} matches
 * @property {number[]} beyond - Other slots. Where this one is worth more than they are together, the rest counts.
 */

/**
 * @typedef {object} Matches
 * @property {string[]} words - Of the query, each once.
 * @property {string[]} unknown - Those that are not in the dictionary, neither as they are nor as a beginning.
 * @property {number} absent - How many words no article has, neither as they are nor joined, completed or corrected.
 * @property {[string, string][]} corrections - Unknown words as typed, and what they are taken for.
 * @property {string[]} meant - The words of the query, repeats kept, with what they are taken for.
 * @property {number | undefined} pinned - The article that an editor pinned to the query.
 * @property {Slot[]} slots - Those of the words come first.
 * @property {Map<string, Meaning>} meanings - Of the words as they are, and of those they are taken for.
 */

/**
 * @param {Generation} generation
 * @param {string[]} inOrder - The words of the query, repeats kept.
 * @param {boolean} finished - The last word is whole.
 * @returns {Promise<Matches>}
 */
export async function matchWords(generation, inOrder, finished) {
  const words = differentWords(inOrder);
  const entries = await Promise.all(words.map((word) => findWord(generation, word)));
  let unknown = words.filter((_, i) => !entries[i]);
  const doubtful = unknown.slice(0, DOUBTFUL_WORDS);
  /** @type {Slot[]} */
  const slots = [];
  /** @type {Map<string, Meaning>} */
  const meanings = new Map();
  /** @type {[string, string][]} */
  const corrections = [];
  /** @type {Map<string, Lead[]>} */
  const leads = new Map(); // Of each word.
  /** @type {Set<string>} */
  const counted = new Set(); // Terms and synonyms: each counts once, for the first word that leads to it.

  /** @type {(synonyms: Synonym[]) => Synonym[]} */
  const uncounted = (synonyms) => synonyms.filter(({ text }) => !counted.has(`"${text}`) && counted.add(`"${text}`));
  /** @type {(found: (Found | undefined)[], edits?: number, beyond?: number[]) => void} */
  const take = (found, edits = 0, beyond = []) => {
    const lessened = edits ? [TENTHS_BY_EDITS[edits]] : [];
    const matches = found.flatMap((entry) => {
      if (!entry?.term) return [];
      leads.set(entry.word, entry.term.leads);
      if (counted.has(entry.term.key)) return [];
      counted.add(entry.term.key);
      return [{ source: entry.term, tenths: lessened }, ...synonymMatches(uncounted(synonymsOf(entry.term)), lessened)];
    });
    slots.push({ matches, beyond });
  };
  /** @type {(found: Found | undefined) => void} */
  const mean = (found) => {
    if (found?.meaning) meanings.set(found.word, found.meaning);
  };
  /** @type {(typed: string, correction: Correction | undefined) => void} */
  const use = (typed, correction) => {
    if (!correction) return;
    corrections.push([typed, correction.used]);
    for (const found of correction.alternatives) {
      take(found, correction.edits);
      mean(found[0]);
    }
  };

  for (const entry of entries) {
    take([entry]);
    mean(entry);
  }
  const joined = await findJoined(generation, inOrder, words, doubtful);
  for (const { parts, found } of joined) {
    take([found], 1, parts.map((part) => words.indexOf(part)));
    if (!parts.some((part) => doubtful.includes(part))) continue;
    mean(found);
    const typed = parts.join(' ');
    if (!corrections.some(([known]) => known === typed)) corrections.push([typed, found.word]);
  }
  const isJoined = new Set(joined.flatMap(({ parts }) => parts));
  // A shorter word is never corrected: the code for it need not be loaded.
  const misspelled = doubtful.filter((word) => word.length > 3 && !isJoined.has(word) && !isWhole(word, inOrder));
  const last = inOrder.indexOf(words.at(-1) ?? '') === inOrder.length - 1 ? words.at(-1) : undefined;
  const before = misspelled.filter((word) => word !== last);
  const corrected = await Promise.all(before.map((word) => correctTyping(generation, word)));
  before.forEach((word, i) => use(word, corrected[i]));
  if (last && !(finished && entries.at(-1)) && [...last].length >= (isSpaceless(last) ? 1 : 2)) {
    const completions = await findCompletions(generation, last, counted);
    const tenths = [COMPLETION_TENTHS];
    slots[words.length - 1].matches.push(
      ...completions.flatMap((term) => [{ source: term, tenths }, ...synonymMatches(synonymsOf(term), tenths)]),
    );
    if (completions.length) unknown = unknown.filter((word) => word !== last);
  }
  if (last && misspelled.includes(last) && unknown.includes(last)) use(last, await correctTyping(generation, last));

  const used = new Map(corrections);
  const absent = words.filter(
    (word, i) =>
      !entries[i]?.term && !slots[i].matches.length && !isJoined.has(word) && !used.has(word) && !isWhole(word, inOrder),
  ).length;
  const meant = inOrder.flatMap((word) => used.get(word)?.split(' ') ?? word);
  const standing = meant.flatMap((word, at) =>
    (leads.get(word) ?? []).filter(({ rest }) => rest.every((forms, i) => forms.includes(meant[at + 1 + i]))),
  );
  for (const { synonyms } of standing) slots.push({ matches: synonymMatches(uncounted(synonyms), []), beyond: [] });
  const pin = standing.find(({ rest, pinned }) => pinned !== undefined && rest.length + 1 === meant.length);
  return { words, unknown, absent, corrections, meant, pinned: pin?.pinned, slots, meanings };
}

/**
 * @param {Match} match
 * @returns {number} What a passage with its term is worth.
 */
export function weightOf({ source, tenths }) {
  return weigh(source.idf, tenths);
}

/**
 * @param {Synonym[]} synonyms
 * @param {number[]} tenths - Of what they are synonyms of.
 * @returns {Match[]}
 */
function synonymMatches(synonyms, tenths) {
  return synonyms.map((source) => ({ source, tenths: [SYNONYM_TENTHS, ...tenths] }));
}

/**
 * Try neighbours without the space between them: those of a doubtful word; others where it costs no file.
 *
 * @param {Generation} generation
 * @param {string[]} inOrder
 * @param {string[]} words
 * @param {string[]} doubtful
 * @returns {Promise<{parts: string[], found: Found}[]>} Those that an article has.
 */
async function findJoined(generation, inOrder, words, doubtful) {
  const blocks = words.map((word) => blockNumber(generation, word));
  const tries = inOrder.slice(1).map(async (right, i) => {
    const parts = [inOrder[i], right];
    const word = parts.join('');
    if (words.includes(word) || !parts.every((part) => words.includes(part)) || isSpaceless(word)) return [];
    const isDoubtful = parts.some((part) => doubtful.includes(part));
    if (!isDoubtful && !blocks.includes(blockNumber(generation, word))) return [];
    const found = await findWord(generation, word);
    return found?.term ? [{ parts, found }] : [];
  });
  return (await Promise.all(tries)).flat();
}

/**
 * @param {Generation} generation
 * @param {string} typed
 * @returns {Promise<Correction | undefined>} Nothing as well when the code for it cannot be loaded (any more): the word is
 *   told to be unknown then.
 */
async function correctTyping(generation, typed) {
  const spelling = await import('./spelling.js').catch(() => {});
  return spelling?.correct(generation, typed);
}

/**
 * @param {string} word
 * @param {string[]} inOrder
 * @returns {boolean} It is the whole of the hyphenated parts before it.
 */
function isWhole(word, inOrder) {
  return inOrder.slice(0, inOrder.indexOf(word)).join('').endsWith(word);
}
