/**
 * Split text into the words the index was built with.
 * Twin of kb_builder/index/analyzer.py; both run tests/shared/analyzer.json. The rules stand in search/FORMAT.md.
 */

const QUERY_CODE_POINTS = 256;
const QUERY_WORDS = 32;
const WORD_CODE_POINTS = 40;

const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]+/gu;
const ACCENTS =
  /(?<!\u0438)\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670]/g;
/** @type {Map<string, string>} - Written as what is replaced, with its replacement behind it. */
const REPLACED = new Map(
  "ßss æae œoe øo đd łl ıi þth ðd ςσ \u2019' \u2018' \u02bc' \u2010- \u05be-".split(' ').map(([from, ...to]) => [from, to.join('')]),
);
const REPLACEABLE = new RegExp(`[${[...REPLACED.keys()].join('')}]`, 'g');

const SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const SPACELESS = `[${SCRIPTS.map((name) => `\\p{Script=${name}}`).join('')}\\u30fc]`;
const WORD = `(?:(?!${SPACELESS})[\\p{L}\\p{M}\\p{N}])+`;
const TOKEN = new RegExp(
  `(?<run>(?:(?=[\\p{L}\\p{M}\\p{N}])${SPACELESS}\\p{M}*)+)` +
    `|${WORD}(?:(?:(?<=\\p{Nd})\\.(?=\\p{Nd})|(?<=[\\p{L}\\p{M}])'(?=[\\p{L}\\p{M}])|-)${WORD})*`,
  'gu',
);
const UNIT = /[^]\p{M}*(?:(?<=[\u17d2\u1039])[^]\p{M}*)*/gu;
const ASCII = /^[\0-\x7f]*$/;
const PIECE = /[\0-\x7f]+(?![\p{M}\uff9e\uff9f])|[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+\p{M}*|[^][\p{M}\uff9e\uff9f]*/gu;
const STRETCH = /\S+|\s+/g;

const STARTS_SPACELESS = new RegExp(`^${SPACELESS}`, 'u');

/**
 * A word and where it stands in the original text: UTF-16 units from `start` up to `end`.
 *
 * @typedef {object} Token
 * @property {string} word
 * @property {number} start
 * @property {number} end
 */

/**
 * @param {string} text - Plain text, any case.
 * @param {string} language - ISO 639-1; decides what an apostrophe does.
 * @returns {string[]} Words in reading order, repeats kept.
 */
export function analyze(text, language) {
  return split(fold(text), language).map(({ word }) => word);
}

/**
 * Give the same words, each with its place. A place never parts a character from its combining marks.
 *
 * @param {string} text
 * @param {string} language
 * @returns {Token[]}
 */
export function tokensWithSpans(text, language) {
  const folded = fold(text);
  const found = split(folded, language);
  if (ASCII.test(text)) return found; // Folding ASCII moves nothing.
  const [starts, ends] = origins(text, folded);
  return found.map(({ word, start, end }) => ({ word, start: starts[start], end: ends[end - 1] }));
}

/**
 * @param {string} query - Of any length.
 * @returns {string} Its first 256 code points.
 */
export function cutQuery(query) {
  const cut = [...query.slice(0, 2 * QUERY_CODE_POINTS)].slice(0, QUERY_CODE_POINTS).join('');
  return cut.replace(/\p{Cs}/gu, '\ufffd'); // Halves of a character, which must not meet when a mark between them goes.
}

/**
 * @param {string[]} words
 * @returns {string[]} Each once, the first 32 of them.
 */
export function differentWords(words) {
  return [...new Set(words)].slice(0, QUERY_WORDS);
}

/**
 * @param {string} word
 * @returns {boolean} It comes from a script that is written without spaces.
 */
export function isSpaceless(word) {
  return STARTS_SPACELESS.test(word);
}

/**
 * @param {string} text
 * @returns {string}
 */
function fold(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(INVISIBLE, '')
    .normalize('NFD')
    .replace(ACCENTS, '')
    .replace(REPLACEABLE, (letter) => /** @type {string} */ (REPLACED.get(letter)))
    .normalize('NFC');
}

/**
 * @param {string} folded
 * @param {string} language
 * @returns {Token[]} Places are those in the folded text.
 */
function split(folded, language) {
  const text = language === 'fr' || language === 'it' ? folded.replaceAll("'", ' ') : folded;
  return [...text.matchAll(TOKEN)].flatMap((match) => {
    if (match.groups?.run) return pairs(match[0], match.index);
    if (!/[-']/.test(match[0])) {
      return { word: cutWord(match[0]), start: match.index, end: match.index + match[0].length };
    }
    const parts = hyphenParts(match[0], match.index, language);
    if (parts.length > 1 && /\p{L}/u.test(match[0])) {
      const joined = parts.map(({ word }) => word).join('');
      parts.push({ word: cutWord(joined), start: match.index, end: match.index + match[0].length });
    }
    return parts;
  });
}

/**
 * @param {string} text - Letters and digits, with apostrophes, full stops and hyphens inside.
 * @param {number} start
 * @param {string} language
 * @returns {Token[]} What stands between the hyphens.
 */
function hyphenParts(text, start, language) {
  return text.split('-').map((part) => {
    const word = (language === 'en' ? part.replace(/'s$/, '') : part).replaceAll("'", '');
    const token = { word: cutWord(word), start, end: start + part.length };
    start += part.length + 1;
    return token;
  });
}

/**
 * @param {string} run - Of a script without spaces.
 * @param {number} start
 * @returns {Token[]} Every two neighbouring characters; a run of one gives that one.
 */
function pairs(run, start) {
  const units = [...run.matchAll(UNIT)].map((match) => ({
    word: match[0],
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
  if (units.length === 1) return units.map((unit) => ({ ...unit, word: cutWord(unit.word) }));
  return units.slice(1).map((right, i) => ({
    word: cutWord(units[i].word + right.word),
    start: units[i].start,
    end: right.end,
  }));
}

/**
 * @param {string} word
 * @returns {string}
 */
function cutWord(word) {
  return word.length > WORD_CODE_POINTS ? [...word].slice(0, WORD_CODE_POINTS).join('') : word;
}

/**
 * For each unit of the folded text say where in the text the character it came from starts and ends. Characters are
 * folded one by one, with their marks, and ASCII, each character of which becomes one, in stretches; should that differ
 * from folding the whole, words between white space are folded, and at last the whole text.
 *
 * @param {string} text
 * @param {string} folded
 * @returns {[number[], number[]]}
 */
function origins(text, folded) {
  for (const cut of [PIECE, STRETCH, /[^]+/g]) {
    /** @type {number[]} */
    const starts = [];
    /** @type {number[]} */
    const ends = [];
    let together = '';
    for (const match of text.matchAll(cut)) {
      const piece = fold(match[0]);
      together += piece;
      const isAscii = cut === PIECE && ASCII.test(match[0]);
      for (let i = 0; i < piece.length; i++) {
        starts.push(match.index + (isAscii ? i : 0));
        ends.push(match.index + (isAscii ? i + 1 : match[0].length));
      }
    }
    if (together === folded) return [starts, ends];
  }
  throw new RangeError('Folding the same text twice differs.');
}
