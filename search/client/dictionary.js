/**
 * Find words in the dictionary blocks: one word, or all that begin with what was typed.
 */

/** @import { Generation } from './files.js' */

/**
 * A term of the index, found by one of its words. The words may stand in several blocks; `key` is the same in all.
 *
 * @typedef {object} Term
 * @property {string} key
 * @property {string} word
 * @property {() => string[]} forms - Gives the term's words in the block where it was found.
 * @property {number} idf - Thousandths.
 * @property {number[]} postings - Pairs: gap to the article before, impact.
 */

const COMPLETIONS = 10;
const BLOCKS_AHEAD = 2;

/**
 * @param {Generation} generation
 * @param {string} word - Folded, as the analyzer gives it.
 * @returns {Promise<Term | undefined>}
 */
export async function findWord(generation, word) {
  const { hot, hot_words, words } = generation.manifest;
  const isHot = hot_words[lowerBound(hot_words, word)] === word;
  const hash = isHot ? hot : words.names[blockOf(words.first, word)];
  if (!hash) return undefined;
  const block = await generation.block('words', hash);
  const at = lowerBound(block.words, word);
  return block.words[at] === word ? termOf(keysOf(hash, block), block, at) : undefined;
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
  const { hot, hot_words, words } = generation.manifest;
  const start = Math.max(0, blockOf(words.first, prefix));
  const hashes = words.names
    .slice(start, start + 1 + BLOCKS_AHEAD)
    // Words are sorted: a later block holds completions only if it begins with one.
    .filter((_, ahead) => ahead === 0 || words.first[start + ahead].startsWith(prefix));
  if (hot_words[lowerBound(hot_words, prefix)]?.startsWith(prefix)) hashes.push(hot);
  const blocks = await Promise.all(hashes.map((hash) => generation.block('words', hash)));

  /** @type {Map<string, Term>} */
  const found = new Map();
  blocks.forEach((block, i) => {
    const keyOf = keysOf(hashes[i], block);
    for (let at = lowerBound(block.words, prefix); block.words[at]?.startsWith(prefix); at++) {
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
 * @property {number[][]} postings
 * @property {number[]} shared
 */

/**
 * @param {string} hash - Of the block.
 * @param {WordsBlock} block
 * @returns {(term: number) => string} Gives a key that is the same in every block that has the term.
 */
function keysOf(hash, { shared }) {
  /** @type {Map<number, string>} */
  const keys = new Map();
  for (let i = 0; i < shared.length; i += 2) keys.set(shared[i], `${shared[i + 1]}`);
  return (term) => keys.get(term) ?? `${hash}:${term}`;
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
    postings: block.postings[term],
  };
}

/**
 * @param {string[]} first - The first word of each block.
 * @param {string} word
 * @returns {number} The block the word falls into; -1 before the first.
 */
function blockOf(first, word) {
  const at = lowerBound(first, word);
  return first[at] === word ? at : at - 1;
}

/**
 * @param {string[]} sorted - Ascending by code point.
 * @param {string} word
 * @returns {number} Where the first string stands that is not below the word.
 */
function lowerBound(sorted, word) {
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
