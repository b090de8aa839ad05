/**
 * The list below a search box: what it shows, and which option the keyboard is on.
 * Markup of a combobox with a listbox popup (ARIA APG). Options are links, so that they open in every way links do.
 */

import { element, isolated } from './elements.js';
import { highlight } from './highlight.js';
import { contactLink, countResults, fillHit, hitLabels, otherWays, tellWords } from './hits.js';

/** @import { Site } from './hits.js' */
/** @import { Hit, SearchResult } from './search.js' */

/** @typedef {ReturnType<typeof createSuggestions>} Suggestions */

/**
 * @param {HTMLInputElement} input - Becomes the combobox.
 * @param {string} resultsUrl - Page with all results.
 * @param {Site} site
 */
export function createSuggestions(input, resultsUrl, site) {
  const { base, say } = site;
  const list = element('ul', { id: `${input.id}-list`, role: 'listbox', class: 'kb-search__panel kb-search__list' });
  const message = element('div', { class: 'kb-search__panel kb-search__status' });
  const live = element('div', { class: 'kb-visually-hidden', role: 'status' });
  /** @type {HTMLElement[]} */
  let options = [];
  let active = -1;

  list.setAttribute('aria-label', say('search_suggestions').join(''));
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  close();
  for (const panel of [list, message]) {
    panel.addEventListener('mousedown', (event) => event.preventDefault()); // The input keeps the focus.
  }
  list.addEventListener('click', close);
  input.after(list, message, live);

  /**
   * @param {SearchResult} result
   * @param {number} shown
   * @returns {(hits: Hit[]) => void} Puts passages in the place of summaries.
   */
  function show(result, shown) {
    const { query, hits, total, corrections, level } = result;
    const answer = level === 'sure' ? say('search_answer') : [];
    const ways = level === 'unsure' ? otherWays(result, site) : [];
    const excerpts = hits.slice(0, shown).map(() => element('span', { class: 'kb-hit__excerpt' }));
    const all = new URL(resultsUrl);
    all.searchParams.set('q', query);
    const notices = site.noticesFor(query);
    replace(
      [
        ...notices.map(({ title, href, look }) =>
          option([isolated(title, look)], href || all.href),
        ),
        ...excerpts.map((excerpt, i) =>
          option([
            ...(i ? [] : answer.map((word) => element('span', { class: 'kb-hit__answer' }, [word]))),
            element('span', { class: 'kb-hit__title' }, highlight(hits[i].title)),
            excerpt,
            hitLabels(hits[i], say),
          ]),
        ),
        ...ways.map(([label, href]) => option(label, href)),
        option(say('search_all', { query: isolated(query) }), all.href),
      ],
      [],
    );
    live.append(...notices.map(({ title }) => `${title}. `));
    if (answer.length) live.append(...answer, ': ', ...hits[0].title.map(([text]) => text), '. ');
    live.append(...countResults(total, excerpts.length, say), '. ', ...say('search_keys'));
    if (corrections.length || ways.length) {
      const told = () => tellWords(result, say).flatMap((sentence, i) => [i ? '. ' : '', ...sentence]);
      list.prepend(element('li', { role: 'presentation', class: 'kb-search__status' }, told()));
      live.append(' ', ...told());
    }
    /** @param {Hit[]} filled */
    const fill = (filled) => excerpts.forEach((excerpt, i) => fillHit(filled[i], options[notices.length + i], excerpt, base));
    fill(hits);
    return fill;
  }

  /**
   * Say something in the place of the list.
   *
   * @param {(string | Node)[]} sentence
   * @param {boolean} [withContact] - And how to reach a person.
   */
  function tell(sentence, withContact) {
    replace([], withContact ? [...sentence, ' ', contactLink(site, input.value)] : sentence);
    live.textContent = message.textContent;
  }

  /**
   * @param {HTMLElement[]} newOptions
   * @param {(string | Node)[]} sentence
   */
  function replace(newOptions, sentence) {
    options = newOptions;
    options.forEach((made, i) => made.setAttribute('id', `${list.id}-${i}`));
    list.replaceChildren(...options.map((made) => element('li', { role: 'presentation' }, [made])));
    list.hidden = !options.length;
    message.replaceChildren(...sentence);
    message.hidden = !sentence.length;
    live.replaceChildren();
    input.setAttribute('aria-expanded', `${options.length > 0}`);
    select(-1);
  }

  function close() {
    replace([], []);
  }

  /** @param {number} at - The option to be on; -1 is the text. */
  function select(at) {
    active = at;
    options.forEach((made, i) => made.setAttribute('aria-selected', `${i === at}`));
    if (at < 0) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', options[at].id);
    options[at].scrollIntoView({ block: 'nearest' });
  }

  return {
    show,
    tell,
    close,
    isOpen: () => !(list.hidden && message.hidden),
    hasOptions: () => options.length > 0,
    /** @param {1 | -1} by - Down or up; from the text to the first or last, and round. */
    move: (by) => select(active < 0 && by < 0 ? options.length - 1 : (active + by + options.length) % options.length),
    leave: () => select(-1),
    /** @returns {HTMLElement | undefined} The option the keyboard is on. */
    chosen: () => options[active],
  };
}

/**
 * @param {(string | Node)[]} children
 * @param {string} [href]
 * @returns {HTMLElement}
 */
function option(children, href = '') {
  return element('a', { role: 'option', class: 'kb-search__option', tabindex: '-1', href }, children);
}
