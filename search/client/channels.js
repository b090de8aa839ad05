/**
 * Say which ways to reach people are open now, in the reader's time, and put the quickest first.
 */

import { openState } from './opening_hours.js';

const REFRESH_MS = 60_000;

/** Each element with `data-kb-hours` tells the state of its channel. */
export function startChannels() {
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
 * @returns {number} Minutes until it is open; 0 when it is.
 */
function showState(place, readerZone) {
  const hours = JSON.parse(place.dataset.kbHours ?? '');
  const now = new Date();
  const { open, changes } = openState(hours, now);
  const isToday = changes?.toDateString() === now.toDateString();
  const time = changes?.toLocaleString(document.documentElement.lang, {
    weekday: isToday ? undefined : 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  });
  const sentence = place.dataset[`kb${open ? 'Open' : 'Closed'}${changes ? '' : 'Always'}`] ?? '';
  const zone = changes && hours.zone !== readerZone ? ` ${place.dataset.kbYourTime}` : '';
  place.textContent = sentence.replace('{time}', `${time}`) + zone;
  place.classList.toggle('kb-open', open);
  place.classList.toggle('kb-closed', !open);
  return open || !changes ? (open ? 0 : Infinity) : (changes.getTime() - now.getTime()) / 60_000;
}

/**
 * Put open channels before closed ones, and of those the one that answers first; without a promise, last.
 *
 * @param {Map<HTMLElement, number>} waits - Minutes until a place's channel is open.
 */
function order(waits) {
  const items = new Map([...waits].map(([place, wait]) => [place.closest('[data-kb-channel]'), wait]));
  /** @param {Element} item */
  const wait = (item) => (items.get(item) ?? 0) + (Number(/** @type {HTMLElement} */ (item).dataset.kbTarget) || 10_000);
  for (const list of new Set([...items.keys()].map((item) => item?.parentElement))) {
    list?.append(...[...list.children].sort((one, other) => wait(one) - wait(other)));
  }
}
