/**
 * Say which ways to reach people are open now, in the reader's time, and put the quickest first.
 */

import { openState } from './opening_hours.js';

/** @import { Hours } from './opening_hours.js' */

const REFRESH_MS = 60_000;
const BEHIND_OPEN = 20_000; // minutes: whatever takes words now comes before what will do so tomorrow

let started = false;

/** Each element with `data-kb-hours` tells the state of its channel, from now on. */
export function startChannels() {
  if (started) return;
  started = true;
  const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-kb-hours]'));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const waits = new Map();
  const update = () => {
    for (const place of places) waits.set(place, showState(place, zone));
  };
  update();
  order(waits);
  setInterval(() => document.hidden || update(), REFRESH_MS);
}

/**
 * @param {HTMLElement} place
 * @param {string} readerZone
 * @returns {number} Its wait.
 */
function showState(place, readerZone) {
  const words = /** @type {(name: string) => string} */ ((name) => place.dataset[`kb${name}`] ?? '');
  const { open, wait, text } = tellState(JSON.parse(place.dataset.kbHours ?? ''), readerZone, words);
  place.textContent = text;
  place.classList.toggle('kb-open', open);
  place.classList.toggle('kb-closed', !open);
  return wait;
}

/**
 * @param {Hours} hours
 * @param {string} readerZone
 * @param {(name: string) => string} words - `Open`, `OpenAlways`, `Closed`, `ClosedAlways` with a {time}, and `YourTime`.
 * @returns {{open: boolean, wait: number, text: string}} `wait`: 0 when it is open; else minutes until it is, and more
 *   than any open one takes to answer.
 */
export function tellState(hours, readerZone, words) {
  const now = new Date();
  const { open, changes } = openState(hours, now);
  const isToday = changes?.toDateString() === now.toDateString();
  const time = changes?.toLocaleString(document.documentElement.lang, {
    weekday: isToday ? undefined : 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  });
  const sentence = words(`${open ? 'Open' : 'Closed'}${changes ? '' : 'Always'}`);
  const zone = changes && hours.zone !== readerZone ? ` ${words('YourTime')}` : '';
  const wait = open ? 0 : changes ? BEHIND_OPEN + (changes.getTime() - now.getTime()) / 60_000 : Infinity;
  return { open, wait, text: sentence.replace('{time}', `${time}`) + zone };
}

/**
 * Put open channels before closed ones, and of those the one that is for these readers alone, then the one that answers
 * first; without a promise, last.
 *
 * @param {Map<HTMLElement, number>} waits - Of each place.
 */
function order(waits) {
  const items = new Map([...waits].map(([place, wait]) => [place.closest('[data-kb-channel]'), wait]));
  const readers = new URLSearchParams(location.search).get('for'); // As audience.js understands it.
  /** @param {Element} item */
  const wait = (item) => {
    const { kbFor, kbTarget } = /** @type {HTMLElement} */ (item).dataset;
    return (items.get(item) ?? 0) + (kbFor === readers ? 0 : Number(kbTarget) || 10_000);
  };
  for (const list of new Set([...items.keys()].map((item) => item?.parentElement))) {
    list?.append(...[...list.children].sort((one, other) => wait(one) - wait(other)));
  }
}
