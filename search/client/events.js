/**
 * Tell the help center's owner what readers searched, clicked and read, as docs/reference/events.md says. Loaded only
 * where the settings ask for it. Stores nothing and sends when the page is left; says nothing under Do Not Track, and
 * nothing that joins two events under Global Privacy Control.
 */

/** @import { Hit, SearchResult } from './search.js' */

/**
 * A query, what was shown for it and since when; `sent` once it is committed.
 *
 * @typedef {{id: string, text: string, index: string, hits: Hit[], total: number, experiment?: string, at: number, prefixes: number, place: string, sent?: boolean}} Asked
 */

const PAUSE_MS = 2000;
const BATCH = 20;
const meta = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name=kb-events]'));
/** @type {{post: string, get: string, orders: string, audience: string, home: string, page: string | null, place: string}} */
const { post, get, orders, audience, home, page, place } = JSON.parse(meta.content);
const base = new URL('../../', import.meta.url);
const { globalPrivacyControl, doNotTrack } = /** @type {any} */ (navigator);
const session_id = globalPrivacyControl ? undefined : newId();
// A page that a browser loads again by itself, or goes back to, was counted when it was first opened.
const { type } = /** @type {any} */ (performance.getEntriesByType('navigation')[0] ?? {});
let isAgain = /^(re|back)/.test(type) || /** @type {any} */ (document).wasDiscarded;
let isHuman = document.referrer.startsWith(base.origin); // Or when a real input event comes.
let isViewed = isAgain || page === null;
let visibleMs = 0;
let visibleSince = performance.now();
/** @type {any[]} */
let queue = [];
/** @type {Asked | undefined} */
let inBox;
let isSubmitted = false;
/** @type {Map<string, Asked>} - The last one of each place where queries are entered. */
const entered = new Map();

for (const name of ['pointermove', 'pointerdown', 'keydown', 'wheel']) addEventListener(name, () => (isHuman = true));
addEventListener('submit', () => {
  inBox = undefined; // The results page tells.
  isSubmitted = true; // What the box shows for it a moment later is not told.
  isAgain = false;
});
addEventListener('input', () => {
  isSubmitted = false;
  loadRedact().catch(() => {}); // It is there when there is something to tell.
});
addEventListener('focusout', () => commit(inBox, 'close'));
addEventListener('keydown', ({ key }) => key === 'Escape' && commit(inBox, 'close'));
addEventListener('click', onClick, true);
addEventListener('auxclick', onClick, true);
document.addEventListener('kb:event', async (event) => {
  const { message, ...detail } = /** @type {CustomEvent} */ (event).detail;
  if (detail.action_name === 'feedback') loadRedact().catch(() => {}); // A comment may follow, and the reader leave at once.
  add({ ...detail, message: message && (await loadRedact())(message, orders) });
});
addEventListener('visibilitychange', () => (document.hidden ? leave() : (visibleSince = performance.now())));
addEventListener('pagehide', leave);

/**
 * Take note of what a reader sees for a query. The last one in a box is committed when it is clicked, closed or left,
 * and one before it when it stood for a while and was not only the beginning of the next.
 *
 * @param {SearchResult} result
 * @param {number} shown - How many hits the reader sees.
 * @param {string} [place] - Where the query was entered, if it was not only typed: `results-page` or `assistant`.
 */
export async function record({ query, index, hits, total, experiment }, shown, place) {
  const redact = await loadRedact();
  const text = redact(query, orders);
  const at = performance.now();
  const seen = hits.slice(0, shown).map((hit) => ({ ...hit, url: home + hit.url }));
  const asked = { id: newId(), text, index, hits: seen, total, experiment, at, prefixes: 0 };
  const last = entered.get(place ?? '');
  if (last?.text === text) last.hits = seen; // Narrowed down, it is the same query still.
  else if (place) {
    entered.set(place, { ...asked, place });
    if (!isAgain) commit(entered.get(place), 'enter');
  } else if (!isSubmitted) {
    if (inBox && at - inBox.at > PAUSE_MS && !text.startsWith(inBox.text)) commit(inBox, 'pause');
    inBox = { ...asked, place: 'search-box', prefixes: inBox && !inBox.sent ? inBox.prefixes + 1 : 0 };
  }
}

/**
 * @param {Asked | undefined} asked
 * @param {string} by
 */
function commit(asked, by) {
  if (!asked || asked.sent) return;
  asked.sent = true;
  const { id: query_id, text, index: index_hash, hits, total, experiment, prefixes, place: application } = asked;
  add({
    action_name: 'query',
    application,
    query_id,
    index_hash,
    user_query: text,
    query_response_hit_ids: hits.map(({ url }) => url),
    experiment,
    query_attributes: { result_count: total, committed_by: by, prefixes },
  });
  const position = { ordinal: hits.length };
  if (hits.length) add({ action_name: 'impression', application, query_id, event_attributes: { position } });
}

/** @param {MouseEvent} event */
function onClick({ target, button }) {
  const link = /** @type {Element} */ (target).closest('a');
  if (!link || button > 1) return;
  const way = /** @type {HTMLElement | null} */ (link.closest('[data-kb-channel]'));
  if (way) add({ action_name: 'contact_channel_click', channel: way.dataset.kbChannel });
  const isOption = link.matches('[role=option]');
  const asked = isOption ? inBox : entered.get(link.closest('[data-kb-results]')?.getAttribute('data-kb-results') ?? '');
  const object_id = link.href.slice(base.href.length).replace(/[?#].*/, '');
  const ordinal = asked ? asked.hits.findIndex(({ url }) => url === object_id) + 1 : 0;
  if (asked && ordinal) {
    commit(asked, 'click');
    const { id: query_id, experiment, place: application } = asked;
    const event_attributes = { object: { object_id, object_id_type: 'article' }, position: { ordinal } };
    add({ action_name: 'click', application, query_id, experiment, team: asked.hits[ordinal - 1].team, event_attributes });
  } else if (isOption) inBox = undefined; // It leads to all results.
}

/** @param {Record<string, any>} event - Any of the actions; what is the same for all is added. */
function add({ message, form_token, ...event }) {
  if (doNotTrack === '1' || (globalPrivacyControl && !/^(view|feed|contact)/.test(event.action_name))) return;
  queue.push({
    event_id: newId(),
    timestamp: new Date().toISOString(),
    age_ms: performance.now(),
    application: place,
    page: page ?? undefined,
    locale: document.documentElement.lang,
    audience: audience || undefined,
    ...event,
    ...(session_id && { session_id, form_token, message }),
  });
  if (queue.length >= BATCH) send();
}

/** The page may never come back: tell all that is known. When it does come back, nothing is told twice. */
function leave() {
  visibleMs += performance.now() - visibleSince;
  visibleSince = performance.now();
  commit(inBox, 'close');
  if (!isViewed) add({ action_name: 'view', dwell_seconds: [180, 60, 30, 10, 0].find((least) => visibleMs >= least * 1000) });
  isViewed = true;
  send();
}

function send() {
  if (!isHuman) return;
  for (const event of queue) event.age_ms = Math.round(performance.now() - event.age_ms);
  if (post && queue.length) navigator.sendBeacon(post, JSON.stringify(queue));
  for (const event of get ? queue : []) {
    const kb = btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(event))));
    const url = `${base}${get}?kb=${kb.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
    fetch(url, { keepalive: true }).catch(() => {});
  }
  queue = [];
}

/** @returns {Promise<typeof import('./redact.js').redact>} What few pages need: those searched on. */
async function loadRedact() {
  return (await import('./redact.js')).redact;
}

/** @returns {string} Random. */
function newId() {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('');
}
