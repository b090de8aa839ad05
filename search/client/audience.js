/**
 * Keep to what is for consumers or for businesses, as the reader chose: in the address and nowhere else. Lists lose what is
 * for others, and begin with what is for these readers alone; whatever searches, the box, the assistant or the form, is
 * narrowed down, except where it says itself what to leave out; links pass the choice on.
 */

import { element } from './elements.js';

/** @import { Site } from './hits.js' */

/**
 * @param {HTMLElement} choice - The links to choose by, with `data-kb-audience`; `data-kb-audiences` is that of this page.
 * @param {HTMLFormElement} form - That searches.
 * @param {Site} site
 */
export function startAudience(choice, form, { base, engine }) {
  const links = /** @type {HTMLAnchorElement[]} */ ([...choice.querySelectorAll('a')]);
  const known = links.map((link) => link.dataset.kbAudience ?? '');
  const asked = new URLSearchParams(location.search);
  const wanted = choice.dataset.kbAudiences || asked.get('for') || asked.get('audience') || '';
  const chosen = known.includes(wanted) ? wanted : '';

  // Where there is no home page to go to, the page itself is shown to others.
  for (const link of choice.dataset.kbKeep ? links : []) {
    stay(link);
    link.addEventListener('click', () => stay(link)); // Another search may have changed the address.
    link.toggleAttribute('aria-current', link.dataset.kbAudience === chosen);
    if (link.dataset.kbAudience === chosen) link.setAttribute('aria-current', 'true');
  }
  if (!chosen) return;
  const { search } = engine;
  engine.search = (query, options) => search(query, {
    narrow: async (...ranked) =>
      (await import('./filters.js')).keepMatching(...ranked, (facet) => (facet === 'audience' ? [chosen] : [])),
    ...options,
  });
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-kb-for]'))) {
    const isTheirs = item.dataset.kbFor === chosen;
    // The page that is read keeps its place among its neighbours.
    if (!isTheirs) item.hidden = !item.querySelector('[aria-current]');
  }
  for (const list of new Set([...document.querySelectorAll(`[data-kb-for="${chosen}"]`)].map((item) => item.parentElement))) {
    list?.prepend(...list.querySelectorAll(`:scope > [data-kb-for="${chosen}"]:not([data-kb-channel])`)); // channels.js orders those.
  }
  if (!form.querySelector('[name=audience]')) form.prepend(element('input', { type: 'hidden', name: 'audience', value: chosen }));
  for (const name of ['click', 'auxclick']) addEventListener(name, passOn, true);

  /** @param {HTMLAnchorElement} link - That from now on leads to this page, for its readers. */
  function stay(link) {
    const address = new URL(location.href);
    address.searchParams.delete('audience');
    address.searchParams.delete('for');
    if (link.dataset.kbAudience) address.searchParams.set('for', link.dataset.kbAudience);
    if (link.dataset.kbAudience && address.searchParams.has('q')) address.searchParams.set('audience', link.dataset.kbAudience);
    link.href = address.href;
  }

  /** @param {Event} event - On a link to a page of this site. */
  function passOn({ target }) {
    const link = target instanceof Element && target.closest('a');
    if (!link || choice.contains(link) || link.origin !== base.origin || !link.pathname.startsWith(base.pathname)) return;
    if (!link.pathname.endsWith('/') || link.search.includes('for=')) return;
    const address = new URL(link.href);
    address.searchParams.set('for', chosen);
    if (link.pathname === new URL(form.action).pathname) address.searchParams.set('audience', chosen);
    link.href = address.href;
  }
}
