/**
 * Narrow results down by kind, category and audience: which articles pass, how many there are of each value, and the
 * checkboxes. Twin of kb_builder/index/facets.py; both run tests/shared/ranking.json. The rules stand in search/FORMAT.md.
 */

import { element } from './elements.js';

/** @import { Generation } from './files.js' */
/** @import { Say } from './labels.js' */
/** @import { Scored } from './ranking.js' */

/**
 * @typedef {object} Facet
 * @property {string} name - `kind`, `category` or `audience`.
 * @property {string[]} values
 * @property {string[]} titles - How readers know the values, where this is not their label.
 * @property {number[][]} runs - How many neighbours have the same values, and the places of these.
 */

/** @typedef {(facet: string) => string[]} Chosen - Gives the values chosen of a facet; none lets all pass. */

/**
 * @param {Generation} generation
 * @param {Scored[]} scored
 * @param {Chosen} chosen
 * @returns {Promise<Scored[]>} Those that have one of the chosen values of each facet that has any.
 */
export async function keepMatching(generation, scored, chosen) {
  const facets = await facetsOf(generation);
  return scored.filter(({ article }) => passes(facets, article, chosen));
}

/**
 * @param {Generation} generation
 * @param {Scored[]} scored
 * @param {Chosen} chosen
 * @returns {Promise<{facet: Facet, counts: number[]}[]>} For each value how many articles have it, of those that the filters
 *   of the other facets let pass.
 */
export async function countValues(generation, scored, chosen) {
  const facets = await facetsOf(generation);
  return facets.map((own) => {
    const counts = own.facet.values.map(() => 0);
    const others = facets.filter((other) => other !== own);
    for (const { article } of scored) {
      if (passes(others, article, chosen)) for (const place of own.places[article]) counts[place]++;
    }
    return { facet: own.facet, counts };
  });
}

/**
 * @param {Generation} generation
 * @returns {Promise<{facet: Facet, places: number[][]}[]>} Each with the places of every article's values.
 */
async function facetsOf(generation) {
  const { facets: hash } = generation.manifest;
  if (!hash) return [];
  /** @type {{facets: Facet[]}} */
  const { facets } = await generation.block('facets', hash);
  return facets.map((facet) => ({
    facet,
    places: facet.runs.flatMap(([count, ...places]) => Array(count).fill(places)),
  }));
}

/**
 * @param {{facet: Facet, places: number[][]}[]} facets
 * @param {number} article
 * @param {Chosen} chosen
 * @returns {boolean}
 */
function passes(facets, article, chosen) {
  return facets.every(({ facet, places }) => {
    const values = chosen(facet.name);
    return !values.length || places[article].some((place) => values.includes(facet.values[place]));
  });
}

/** @typedef {ReturnType<typeof createFilters>} Filters */

/**
 * Make the checkboxes.
 *
 * @param {Say} say
 * @param {string} results - The id of what is narrowed down; the keyboard need not pass every checkbox to get there.
 * @param {(choice: Record<string, string[]>) => void} onChoice - Told the values chosen of each facet, after a change.
 * @returns {{root: HTMLElement, show: (counted: {facet: Facet, counts: number[]}[], chosen: Chosen) => void}}
 */
export function createFilters(say, results, onChoice) {
  const summary = element('summary', {}, say('search_filters'));
  const clear = element('button', { type: 'button', class: 'kb-filters__clear' }, say('search_filters_clear'));
  const skip = element('a', { class: 'kb-skip', href: `#${results}` }, say('search_filters_skip'));
  const root = element('details', { class: 'kb-filters' }, [summary]);
  /** @type {Map<string, {box: HTMLInputElement, count: HTMLElement, row: HTMLElement}>} */
  const rows = new Map();
  root.toggleAttribute('open', matchMedia('(min-width: 60em)').matches);

  /** @type {(facet: Facet, place: number) => (string | Node)[]} */
  const label = ({ name, values, titles }, place) => (titles.length ? [titles[place]] : say(`${name}_${values[place]}`));
  /** @type {(facet: Facet) => HTMLElement} */
  const fieldset = (facet) => {
    const made = facet.values.map((value, place) => {
      const box = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox', name: facet.name, value }));
      const count = element('span', { class: 'kb-filters__count' });
      const row = element('label', { class: 'kb-filters__value' }, [box, element('span', {}, label(facet, place)), count]);
      rows.set(`${facet.name} ${value}`, { box, count, row });
      return row;
    });
    return element('fieldset', {}, [
      element('legend', {}, say(`search_filter_${facet.name}`)),
      ...made,
    ]);
  };

  root.addEventListener('change', () => {
    /** @type {Record<string, string[]>} */
    const choice = {};
    for (const { box } of rows.values()) if (box.checked) (choice[box.name] ??= []).push(box.value);
    onChoice(choice);
  });
  clear.addEventListener('click', () => {
    summary.focus(); // The button is about to go.
    onChoice({});
  });

  return {
    root,
    show(counted, chosen) {
      if (!rows.size) root.append(skip, ...counted.map(({ facet }) => fieldset(facet)), clear);
      for (const { facet, counts } of counted) {
        facet.values.forEach((value, place) => {
          const { box, count, row } = /** @type {{box: HTMLInputElement, count: HTMLElement, row: HTMLElement}} */ (
            rows.get(`${facet.name} ${value}`)
          );
          box.checked = chosen(facet.name).includes(value);
          count.textContent = `${counts[place]}`;
          row.hidden = !counts[place] && !box.checked;
        });
      }
      clear.hidden = counted.every(({ facet }) => !chosen(facet.name).length);
    },
  };
}
