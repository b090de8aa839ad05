/**
 * Show what is announced at this hour: banners that begin and end by themselves, and notices for searches that they meet.
 * The file is asked for anew on every page, so that a banner needs no build; without it the page's own banners stay.
 * kb_builder/site/announcements.py writes it. Whatever it holds, it becomes text and links of this site or https.
 */

import { analyze, cutQuery } from './analyzer.js';
import { element, isolated } from './elements.js';

/**
 * @typedef {object} Announcement
 * @property {string} id
 * @property {string} title
 * @property {string} [text]
 * @property {Record<string, string>} [look] - Attributes of a notice of it. Without text and these no query meets it.
 * @property {string} severity
 * @property {number} starts - Milliseconds.
 * @property {number} ends - Infinity when it is open.
 * @property {string} href - Empty when it leads nowhere.
 * @property {string[]} queries
 * @property {string[]} pages
 */

/** @typedef {(query: string) => Announcement[]} NoticesFor - Gives what a query should meet, of that which is on now. */

const PATIENCE_MS = 5000;
const MOST_CHARACTERS = 65_536;
const MOST_SHOWN = 10;
const LONGEST_WAIT_MS = 3_600_000; // Timers of weeks overflow.
const SEVERITIES = ['critical', 'warning', 'info'];
const FEWEST_LETTERS = 4; // From which the beginning of a word stands for its forms: "payment" meets "payments".

/**
 * @param {HTMLElement} place - With `data-kb-banners`, the page's address in the site, and the page's own banners inside.
 * @param {URL} root - The site's.
 * @returns {Promise<NoticesFor>} When the file is here, or is not going to come.
 */
export async function startAnnouncements(place, root) {
  const language = document.documentElement.lang;
  const page = place.dataset.kbBanners ?? '';
  const dismissed = new Set();
  /** @type {Map<string, HTMLElement>} */
  const drawn = new Map();
  let timer = 0;
  let known = [...place.querySelectorAll('[data-kb-banner]')].map((banner) => ownBanner(/** @type {HTMLElement} */ (banner)));
  known.forEach((one, i) => drawn.set(keyOf(one), /** @type {HTMLElement} */ (place.children[i])));
  draw();
  document.addEventListener('visibilitychange', () => document.hidden || draw());
  try {
    const { announcements } = JSON.parse(await read(new URL('announcements.json', root)));
    known = announcements.flatMap((/** @type {any} */ given) => (given?.language === language ? checked(given, root) : []));
    draw();
  } catch {
    // The page's own banners stay.
  }
  return (query) => {
    const words = analyze(cutQuery(query), language);
    return onNow().filter(({ queries }) => queries.some((wanted) => meets(analyze(wanted, language), words)));
  };

  function onNow() {
    const now = Date.now();
    return known.filter(({ starts, ends }) => starts <= now && now < ends).slice(0, MOST_SHOWN);
  }

  function draw() {
    const shown = onNow().filter(({ id, pages }) => !dismissed.has(id) && (!pages.length || pages.some((one) => page.startsWith(one))));
    const banners = shown.map((one) => {
      const made = drawn.get(keyOf(one)) ?? banner(one);
      drawn.set(keyOf(one), made);
      if (!made.querySelector('button')) made.append(dismissButton(one.id));
      return made;
    });
    if (banners.length !== place.children.length || banners.some((one, i) => one !== place.children[i])) {
      place.replaceChildren(...banners);
    }
    clearTimeout(timer);
    const now = Date.now();
    const next = Math.min(...known.flatMap(({ starts, ends }) => [starts, ends]).filter((moment) => moment > now));
    if (next < Infinity) timer = setTimeout(draw, Math.min(next - now, LONGEST_WAIT_MS));
  }

  /** @param {Announcement} one */
  function banner({ title, severity, href, look }) {
    const more = element('span', { class: 'kb-banner__more' }, [place.dataset.kbMore ?? '']);
    const inside = [isolated(title, { ...look, class: 'kb-banner__text' }), ...(href ? [' ', more] : [])];
    const body = element(href ? 'a' : 'span', { class: 'kb-banner__link', ...(href && { href }) }, inside);
    return element('div', { class: `kb-banner kb-banner--${severity}` }, [body]);
  }

  /** @param {string} id */
  function dismissButton(id) {
    const label = place.dataset.kbDismiss ?? '';
    const button = element('button', { type: 'button', class: 'kb-banner__dismiss', 'aria-label': label, title: label }, ['×']);
    button.addEventListener('click', () => {
      dismissed.add(id);
      draw();
    });
    return button;
  }
}

/**
 * @param {HTMLElement} banner - That the page was built with.
 * @returns {Announcement}
 */
function ownBanner(banner) {
  const { kbBanner = '', kbStarts = '', kbEnds = '' } = banner.dataset;
  return {
    id: kbBanner,
    title: banner.querySelector('.kb-banner__text')?.textContent ?? '',
    severity: SEVERITIES.find((severity) => banner.matches(`.kb-banner--${severity}`)) ?? 'info',
    starts: Date.parse(kbStarts),
    ends: kbEnds ? Date.parse(kbEnds) : Infinity,
    href: /** @type {HTMLAnchorElement} */ (banner.querySelector('a')).href,
    queries: [],
    pages: [],
  };
}

/** @param {Announcement} one - Two with the same key look the same. */
function keyOf({ id, title, severity, href }) {
  return JSON.stringify([id, title, severity, href]);
}

/**
 * @param {any} given - Anything.
 * @param {URL} root
 * @returns {Announcement[]} One, if it can be shown.
 */
function checked(given, root) {
  const [title, text, lang, link] = [given.title, given.text, given.text_language, given.link].map((value) => (typeof value === 'string' ? value : ''));
  const severity = SEVERITIES.find((one) => one === given.severity) ?? 'info';
  const starts = Date.parse(given.starts);
  const ends = given.ends === null ? Infinity : Date.parse(given.ends);
  if (!title.trim() || !(starts < ends)) return [];
  return [
    {
      id: given.id,
      title: title.slice(0, 200),
      text: text.slice(0, 500),
      severity,
      starts,
      ends,
      href: link ? safeAddress(link, root) : '',
      queries: texts(given.queries),
      pages: texts(given.pages),
      look: { class: `kb-notice kb-banner--${severity}`, lang: lang || given.language, dir: 'auto' },
    },
  ];
}

/**
 * @param {any} values
 * @returns {string[]}
 */
function texts(values) {
  return (Array.isArray(values) ? values : []).filter((value) => typeof value === 'string').slice(0, 20);
}

/**
 * @param {string} link
 * @param {URL} root
 * @returns {string} Of this site or https; else empty.
 */
function safeAddress(link, root) {
  try {
    const address = new URL(link, root);
    return address.origin === root.origin || address.protocol === 'https:' ? address.href : '';
  } catch {
    return ''; // It is no address.
  }
}

/**
 * @param {string[]} wanted
 * @param {string[]} words - Of a query.
 * @returns {boolean} It has all that is wanted, in any order; a longer word may be its form.
 */
function meets(wanted, words) {
  return wanted.length > 0 && wanted.every((want) => words.some((word) => word === want || (want.length >= FEWEST_LETTERS && word.startsWith(want))));
}

/**
 * @param {URL} address
 * @returns {Promise<string>} No more of the file than it may hold.
 */
async function read(address) {
  const answer = await fetch(address, { priority: 'low', signal: AbortSignal.timeout(PATIENCE_MS) });
  const text = await answer.text();
  if (!answer.ok || text.length > MOST_CHARACTERS) throw new RangeError('announcements.json');
  return text;
}
