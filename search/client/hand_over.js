/**
 * Lead from a conversation to people, with what was said so far where a channel can take it.
 */

import { tellState } from './channels.js';
import { element } from './elements.js';

/** @import { Hours } from './opening_hours.js' */

/** @typedef {{who: string, text: string}} Line */

/**
 * @typedef {object} Ways
 * @property {string} contact - Address of the contact page below the site's root.
 * @property {boolean} form - It has a form.
 * @property {{id: string, title: string, href: string, action: string, target: number, hours: Hours | null}[]} channels
 */

/** What the contact form takes over. */
const MOST_CHARACTERS = 1900;
const SHOWN = 4;

/**
 * @param {Line[]} lines
 * @returns {string} The latest of them that fit.
 */
export function transcript(lines) {
  const kept = [];
  let room = MOST_CHARACTERS;
  for (const { who, text } of [...lines].reverse()) {
    const line = `${who}: ${text}`;
    room -= line.length + 1;
    if (room < 0) break;
    kept.unshift(line);
  }
  return kept.join('\n');
}

/**
 * @param {Ways} ways
 * @param {Record<string, string>} words
 * @param {URL} base
 * @param {string} text - The conversation; may be empty.
 * @returns {Node[]}
 */
export function handOver({ contact, form, channels }, words, base, text) {
  const page = new URL(contact, base);
  if (text) page.searchParams.set('q', text);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const sentence = { Open: words.open_until, OpenAlways: words.open_always, Closed: words.closed_until, ClosedAlways: words.closed_always, YourTime: words.your_time };
  const told = channels.map((channel) => {
    const state = channel.hours ? tellState(channel.hours, zone, (name) => sentence[name]) : { wait: 0, text: words.any_time };
    return { ...channel, text: state.text, wait: state.wait + (channel.target || 10_000) };
  });
  const items = told.sort((one, other) => one.wait - other.wait).slice(0, SHOWN).map(({ id, title, href, text: state }) =>
    element('li', { 'data-kb-channel': id }, [element('a', { href: withText(href, text) }, [title]), element('span', {}, [state])]),
  );
  const toForm = element('li', {}, [element('a', { href: page.href }, [form ? words.assistant_form : words.all_channels])]);
  const list = element('ul', { class: 'kb-chat__ways' }, [toForm, ...items]);
  return [element('p', {}, [words.assistant_people]), list, ...(text ? copyButton(words, text) : [])];
}

/**
 * @param {string} href
 * @param {string} text
 * @returns {string} A mail with the text in it; other addresses stay as they are.
 */
function withText(href, text) {
  if (!text || !/^mailto:/i.test(href) || /[?&]body=/i.test(href)) return href;
  return `${href}${href.includes('?') ? '&' : '?'}body=${encodeURIComponent(text)}`;
}

/**
 * @param {Record<string, string>} words
 * @param {string} text
 * @returns {HTMLElement[]} For channels that take no text; none where browsers let no page copy.
 */
function copyButton(words, text) {
  if (!navigator.clipboard) return [];
  const copy = element('button', { type: 'button', class: 'kb-chip' }, [words.assistant_copy]);
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(text).then(() => (copy.textContent = words.assistant_copied), () => copy.remove());
  });
  return [copy];
}
