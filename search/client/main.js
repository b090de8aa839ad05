/**
 * Start what the page has markup for: the search box, the results page, opening hours, the form that asks people. Pages
 * load this and what it imports as one file; what is loaded by `import()` has files of its own. See
 * kb_builder/client_code.py.
 */

import { readLabels } from './labels.js';
import { createSearch } from './search.js';
import { startSearchBox } from './search_box.js';

/** @import { Site } from './hits.js' */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-kb-search]'));
const events = document.querySelector('meta[name=kb-events]') && import('./events.js').catch(() => null);
const results = /** @type {HTMLElement | null} */ (document.querySelector('[data-kb-results]'));

const feedback = /** @type {HTMLElement | null} */ (document.querySelector('[data-kb-feedback]'));
// What tells events starts when they are listened to.
if (feedback) Promise.all([import('./feedback.js'), events]).then(([{ startFeedback }]) => startFeedback(feedback), () => {});
const video = /** @type {HTMLElement | null} */ (document.querySelector('[data-kb-video]'));
if (video) import('./video.js').then(({ startVideo }) => startVideo(video), () => {});
if (document.querySelector('[data-kb-copy]')) import('./copy.js').then(({ startCopying }) => startCopying(), () => {});
/** Say which ways to people are open, and put these first. */
const orderChannels = () => import('./channels.js').then(({ startChannels }) => startChannels(), () => {});
const hours = document.querySelector('[data-kb-hours]');
if (hours) {
  const observer = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) orderChannels();
  }, { rootMargin: '50%' }); // Shortly before they are seen.
  observer.observe(hours);
}

const banners = /** @type {HTMLElement | null} */ (document.querySelector('[data-kb-banners]'));
/** @type {Site["noticesFor"]} */
let noticesFor = () => [];
const announced = banners && import('./announcements.js')
  .then(({ startAnnouncements }) => startAnnouncements(banners, new URL('../../', import.meta.url)))
  .then((found) => void (noticesFor = found), () => {}); // Pages stay as they were built.

/** @type {Site["record"]} */
function record(...seen) {
  events?.then((module) => module?.record(...seen)).catch(() => {}); // Search works where events are blocked.
}

if (form) {
  const base = new URL(form.dataset.kbBase ?? '', document.baseURI);
  const site = { base, say: readLabels(document), engine: createSearch(base), record, announced, orderChannels, noticesFor: (query) => noticesFor(query) };
  // Until it is there, and should it not come, the ranking is the present one.
  if (form.dataset.kbExperiment) import('./interleaving.js').then(({ startExperiment }) => startExperiment(form, site), () => {});
  startSearchBox(form, site);
  const audiences = /** @type {HTMLElement | null} */ (document.querySelector('[data-kb-audiences]'));
  // Who chose no audience needs the code when they choose one.
  const start = () => audiences && import('./audience.js').then(({ startAudience }) => startAudience(audiences, form, site), () => {});
  if (audiences?.dataset.kbAudiences || /[?&](for|audience)=/.test(location.search)) start();
  else for (const name of ['pointerenter', 'focusin']) audiences?.addEventListener(name, start, { once: true });
  if (results) {
    // Should it not come, the topics stay that the page brings.
    import('./results_page.js').then(({ startResultsPage }) => startResultsPage(results, form, site), () => {});
  }
  const opener = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-kb-assistant]'));
  if (opener) {
    opener.hidden = false;
    opener.addEventListener('click', () => {
      // What cannot be loaded leads to people.
      import('./assistant.js').then(({ openAssistant }) => openAssistant(opener, site)).catch(() => location.assign(new URL('contact/', base)));
    }, { once: true });
  }
  const ask = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-kb-ask]'));
  if (ask) Promise.all([import('./ask.js'), events]).then(([{ startAsk }]) => startAsk(ask, site), () => {});
}
