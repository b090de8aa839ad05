/**
 * Read an article of the help center on a page of another site: its text is made anew from an allow-list of elements, so that
 * nothing of it can act on that page.
 */

import { element } from './elements.js';

const KEPT = new Set(
  'P H2 H3 H4 H5 H6 UL OL LI DL DT DD STRONG EM B I S CODE PRE KBD SUB SUP BLOCKQUOTE TABLE THEAD TBODY TR TH TD CAPTION BR HR DEL INS MARK'.split(' '),
);
const DROPPED = new Set('SCRIPT STYLE TEMPLATE NOSCRIPT IFRAME OBJECT EMBED SVG VIDEO AUDIO FORM INPUT BUTTON SELECT TEXTAREA LINK META'.split(' '));
const SCROLLING = new Set(['TABLE', 'PRE']); // The keyboard reaches what is beyond their edge.
const DEEPEST = 40;
const SCHEMES = /^(https?|mailto|tel):$/;

/**
 * The browser parses the page as a document of its own, which runs nothing and loads nothing.
 *
 * @param {string} address
 * @returns {Promise<(Node | string)[]>}
 */
export function readForeign(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', address);
    request.responseType = 'document';
    request.timeout = 10_000;
    request.onerror = request.ontimeout = reject;
    request.onload = () => {
      const body = request.response?.querySelector('.kb-article__body');
      if (body) resolve(copies(body, request.responseURL, 0));
      else reject();
    };
    request.send();
  });
}

/**
 * @param {Node} from
 * @param {string} page - What its links are relative to.
 * @param {number} depth
 * @returns {(Node | string)[]} Its children: kept elements without attributes, of others what is inside.
 */
function copies(from, page, depth) {
  if (depth > DEEPEST) return [from.textContent ?? ''];
  return [...from.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return [node.nodeValue ?? ''];
    if (!(node.nodeType === Node.ELEMENT_NODE)) return [];
    const { nodeName } = node;
    const given = /** @type {Element} */ (node);
    if (DROPPED.has(nodeName.toUpperCase()) || given.matches('.headerlink')) return [];
    if (nodeName === 'IMG') return [given.getAttribute('alt') ?? ''];
    const inside = copies(node, page, depth + 1);
    if (nodeName === 'A') return [linkTo(given.getAttribute('href') ?? '', page, inside)];
    return KEPT.has(nodeName) ? [element(nodeName, SCROLLING.has(nodeName) ? { tabindex: '0' } : {}, inside)] : inside;
  });
}

/**
 * @param {string} href
 * @param {string} page
 * @param {(Node | string)[]} inside
 * @returns {Node}
 */
function linkTo(href, page, inside) {
  const url = URL.canParse(href, page) ? new URL(href, page) : null;
  if (!url || !SCHEMES.test(url.protocol)) return element('span', {}, inside);
  return element('a', { href: url.href, target: '_blank', rel: 'noopener' }, inside);
}
