/**
 * Turn marked text into text nodes and <mark> elements.
 */

import { element } from './elements.js';

/** @import { Part } from './excerpts.js' */

/**
 * @param {Part[]} parts
 * @returns {(string | Node)[]} Ready to append.
 */
export function highlight(parts) {
  return parts.map(([text, marked]) => (marked ? element('mark', {}, [text]) : text));
}
