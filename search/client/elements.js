/**
 * Make page elements without markup, so that no text can become any.
 */

/**
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {(string | Node)[]} [children] - Strings become text nodes.
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * @param {string} text - What a customer typed, or one of another language.
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLElement} It cannot turn the direction of the text around it.
 */
export function isolated(text, attributes) {
  return element('bdi', attributes, [text]);
}
