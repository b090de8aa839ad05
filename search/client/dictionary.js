/**
 * Find words in the dictionary blocks: one word, or all that begin with what was typed.
 */

import { wordsOf } from './files.js';

/** @import { Generation } from './files.js' */

/**
 * What counts for a word or phrase besides itself.
 *
 * @typedef {object} Synonym
 * @property {string} text - As its editor wrote it.
 * @property {() => string[]} forms - Gives the words to mark.
 * @property {number} idf
 * @property {number[]} postings - Pairs: article, impact.
 */

/**
 * What a word, or a phrase that it begins, leads to.
 *
 * @typedef {object} Lead
 * @property {string[][]} rest - The forms of each word of the phrase behind the first.
 * @property {Synonym[]} synonyms
 * @property {number} [pinned] - The article that comes first when the phrase is the query.
 */

/**
 * A term of the index, found by one of its words. The words may stand in several blocks; `key` is the same in all.
 *
 * @typedef {object} Term
 * @property {string} key
 * @property {string} word
 * @property {() => string[]} forms - Gives the term's words in the block where it was found.
 * @property {number} idf - Thousandths.
 * @property {number[]} postings - Pairs: article, impact.
 * @property {Lead[]} leads
 */

/**
 * A word of the dictionary.
 *
 * @typedef {object} Found
 * @property {string} word
 * @property {Term | undefined} term - None when no article has the word.
 * @property {Meaning | undefined} meaning
 */

/**
 * The articles that are about what a word means.
 *
 * @typedef {object} Meaning
 * @property {number} peak - What a weight is worth.
 * @property {number[]} postings - Pairs: article, weight.
 */

const COMPLETIONS = 10;
const BLOCKS_AHEAD = 2;
const MAX_WEIGHT = 7;

/**
 * @param {Generation} generation
 * @param {string} word - Folded, as the analyzer gives it.
 * @returns {Promise<Found | undefined>}
 */
export async function findWord(generation, word) {
  const number = blockNumber(generation, word);
  if (number < 0) return undefined;
  const block = await blockAt(generation, number);
  const at = lowerBound(block.words, word);
  if (block.words[at] !== word) return undefined;
  return {
    word,
    term: block.terms[at] < 0 ? undefined : termOf(keysOf(number, block), block, at),
    meaning: unpack(meaningAt(block, at), MAX_WEIGHT),
  };
}

/**
 * @param {Generation} generation
 * @param {string} word
 * @returns {number} Of the block in which the word is, if it is anywhere; -1 when it is in none.
 */
export function blockNumber({ first, hot }, word) {
  return has(hot, word) ? first.length : blockOf(first, word);
}

/**
 * Find the terms an unfinished word may become.
 *
 * @param {Generation} generation
 * @param {string} prefix - Folded.
 * @param {Set<string>} counted - Keys of the terms to leave out.
 * @returns {Promise<Term[]>} At most ten, each once, the most common first.
 */
export async function findCompletions(generation, prefix, counted) {
  const { first, hot } = generation;
  const start = Math.max(0, blockOf(first, prefix));
  const numbers = [...first.keys()]
    .slice(start, start + 1 + BLOCKS_AHEAD)
    // Words are sorted: a later block holds completions only if it begins with one.
    .filter((number) => number === start || first[number].startsWith(prefix));
  if (hot[lowerBound(hot, prefix)]?.startsWith(prefix)) numbers.push(first.length);
  const blocks = await Promise.all(numbers.map((number) => blockAt(generation, number)));

  /** @type {Map<string, Term>} */
  const found = new Map();
  blocks.forEach((block, i) => {
    const keyOf = keysOf(numbers[i], block);
    for (let at = lowerBound(block.words, prefix); block.words[at]?.startsWith(prefix); at++) {
      if (block.terms[at] < 0) continue;
      const key = keyOf(block.terms[at]);
      const known = found.get(key)?.word;
      if (block.words[at] === prefix || counted.has(key)) continue;
      if (known === undefined || compare(block.words[at], known) < 0) found.set(key, termOf(keyOf, block, at));
    }
  });
  return [...found.values()].sort((a, b) => a.idf - b.idf || compare(a.word, b.word)).slice(0, COMPLETIONS);
}

/**
 * @typedef {object} WordsBlock
 * @property {string[]} words
 * @property {number[]} terms
 * @property {number[]} idf
 * @property {string[]} postings - Packed.
 * @property {number[]} shared
 * @property {string[]} meanings
 * @property {[string, number, string, string[]][]} [synonyms] - Text, idf, packed postings and forms of each.
 * @property {[number, string[][], number[], number?][]} [leads] - Position of the first term, the rest, positions of
 *   synonyms, the pinned article.
 */

/**
 * @param {Generation} generation
 * @param {number} number
 * @returns {Promise<WordsBlock>}
 */
export function blockAt(generation, number) {
  return generation.block('words', `${generation.manifest.words.hash}/${number}`);
}

/**
 * @param {WordsBlock} block
 * @param {number} at
 * @returns {string} Packed; "=" stands for that of the word before.
 */
function meaningAt({ meanings }, at) {
  while (meanings[at] === '=') at--;
  return meanings[at] ?? '';
}

/**
 * Read packed postings: numbers to the base of 32, the last digit of each in a range of its own.
 *
 * @param {string} text
 * @param {number} [weight] - Of the first articles; the number that begins the text, the peak, by default.
 * @returns {{peak: number, postings: number[]} | undefined} Nothing for an empty text.
 */
function unpack(text, weight = 0) {
  /** @type {number[]} */
  const postings = [];
  let peak = 0;
  let article = 0;
  let value = 0;
  let place = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48) {
      weight--;
      article = 0;
    } else if (code >= 93) {
      value += (code - 93) * place;
      place *= 32;
    } else {
      value += (code - 48) * place;
      if (peak) postings.push((article += value), weight);
      else peak = value;
      weight ||= peak;
      value = 0;
      place = 1;
    }
  }
  return peak ? { peak, postings } : undefined;
}

/**
 * @param {number} number - Of the block.
 * @param {WordsBlock} block
 * @returns {(term: number) => string} Gives a key that is the same in every block that has the term.
 */
function keysOf(number, { shared }) {
  /** @type {Map<number, string>} */
  const keys = new Map();
  for (let i = 0; i < shared.length; i += 2) keys.set(shared[i], `${shared[i + 1]}`);
  return (term) => keys.get(term) ?? `${number}:${term}`;
}

/**
 * @param {(term: number) => string} keyOf
 * @param {WordsBlock} block
 * @param {number} at - Position of the word.
 * @returns {Term}
 */
function termOf(keyOf, block, at) {
  const term = block.terms[at];
  return {
    key: keyOf(term),
    word: block.words[at],
    forms: () => block.words.filter((_, i) => block.terms[i] === term),
    idf: block.idf[term],
    postings: unpack(block.postings[term])?.postings ?? [],
    leads: (block.leads ?? [])
      .filter(([first]) => first === term)
      .map(([, rest, places, pinned]) => ({ rest, synonyms: places.map((place) => synonymOf(block, place)), pinned })),
  };
}

/**
 * @param {WordsBlock} block
 * @param {number} place
 * @returns {Synonym}
 */
function synonymOf({ synonyms = [] }, place) {
  const [text, idf, postings, forms] = synonyms[place];
  return { text, idf, postings: unpack(postings)?.postings ?? [], forms: () => forms };
}

/**
 * @param {Term} [term]
 * @returns {Synonym[]} Of the term alone.
 */
export function synonymsOf(term) {
  return term?.leads.flatMap(({ rest, synonyms }) => (rest.length ? [] : synonyms)) ?? [];
}

/**
 * @param {string[]} first - What each block begins at.
 * @param {string} word
 * @returns {number} The block the word falls into; -1 before the first.
 */
export function blockOf(first, word) {
  const at = lowerBound(first, word);
  return first[at] === word ? at : at - 1;
}

/**
 * @param {string[]} sorted
 * @param {string} word
 * @returns {boolean}
 */
export function has(sorted, word) {
  return sorted[lowerBound(sorted, word)] === word;
}

/**
 * @param {string[]} sorted - Ascending by code point.
 * @param {string} word
 * @returns {number} Where the first string stands that is not below the word.
 */
export function lowerBound(sorted, word) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle], word) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Compare by code point, as Python does; JavaScript's own order differs beyond the Basic Multilingual Plane.
 *
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
export function compare(a, b) {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    if (a[i] !== b[i]) return /** @type {number} */ (a.codePointAt(i)) - /** @type {number} */ (b.codePointAt(i));
  }
  return a.length - b.length;
}
