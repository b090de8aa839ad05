/**
 * Start what the page has markup for: the search box, and the results page.
 */

// What the others import stands here too, so that all are fetched at once and not one behind the other.
import './analyzer.js';
import './dictionary.js';
import './elements.js';
import './excerpts.js';
import './files.js';
import './highlight.js';
import './hits.js';
import './ranking.js';
import './spelling.js';
import './suggestions.js';

import { readLabels } from './labels.js';
import { createSearch } from './search.js';
import { startSearchBox } from './search_box.js';

const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-kb-search]'));
const results = /** @type {HTMLElement | null} */ (document.querySelector('[data-kb-results]'));

if (form) {
  const base = new URL(form.dataset.kbBase ?? '', document.baseURI);
  const site = { base, say: readLabels(document), engine: createSearch(base) };
  startSearchBox(form, site);
  if (results) {
    const { startResultsPage } = await import('./results_page.js'); // One page needs it, the others need not carry it.
    startResultsPage(results, form, site);
  }
}
