/**
 * Find the words that a mistyped one is compared with.
 */

import { blockAt, blockOf, has, lowerBound } from './dictionary.js';
import { wordsOf } from './files.js';

/** @import { Generation } from './files.js' */

/**
 * @param {Generation} generation
 * @param {string} word
 * @returns {Promise<(beginning: string) => boolean>} Says whether a term has a word that the given one begins with, by the
 *   hot words and two blocks: it stands before that, seldom in more than the block before.
 */
export async function beginningsOf(generation, word) {
  const { first, hot } = generation;
  const number = blockOf(first, word);
  const numbers = [number, number - 1].filter((at) => at >= 0);
  const blocks = await Promise.all(numbers.map((at) => blockAt(generation, at)));
  return (beginning) =>
    has(hot, beginning) ||
    blocks.some(({ words, terms }) => has(words, beginning) && terms[lowerBound(words, beginning)] >= 0);
}

/**
 * Find the words that a mistyped one is compared with.
 *
 * @param {Generation} generation
 * @param {string} letter - They begin with it.
 * @param {number} length - They are about as long.
 * @returns {Promise<string[][]>} Words that are in no article, then ever commoner ones.
 */
export async function findVocabulary(generation, letter, length) {
  const { hash, first } = generation.manifest.spelling;
  const number = blockOf(wordsOf(first), letter + `${length}`.padStart(2, '0'));
  if (number < 0) return [];
  /** @type {{words: string[]}} */
  const { words } = await generation.block('spelling', `${hash}/${number}`);
  return words.map(wordsOf);
}
