/**
 * Answer a query from the search files: analyse, look up, rank, find the best passages.
 * Knows nothing of the page; the same code runs in Node.
 */

import { analyze, cutQuery } from './analyzer.js';
import { CERTAIN_PERCENT, confidenceIn, levelOf } from './confidence.js';
import { bestPassage, formsOf, markText } from './excerpts.js';
import { nextTask, openGeneration, SearchFileError } from './files.js';
import { matchWords, weightOf } from './matching.js';
import { hashWords, rank } from './ranking.js';

/** @import { Forms, Part } from './excerpts.js' */
/** @import { Generation } from './files.js' */
/** @import { Scored } from './ranking.js' */

/**
 * @typedef {object} Card
 * @property {string} url
 * @property {string} title
 * @property {string} summary
 * @property {string} kind
 * @property {string} category
 * @property {string} [topic] - URL of the category, if it is not the folder of the page.
 * @property {number[]} questions
 * @property {string} text
 */

/**
 * @typedef {object} Hit
 * @property {string} url - Relative to the site's root; without an anchor.
 * @property {string} anchor - Of the best section; empty until passages are asked for.
 * @property {string} [heading] - Of that section.
 * @property {number} score
 * @property {string} kind
 * @property {string} category
 * @property {string} topic - URL of the category, if it has one.
 * @property {Part[]} title
 * @property {Part[]} excerpt - The summary, until passages are asked for.
 * @property {string} text - Hash of the file with its text.
 * @property {'present' | 'other'} [team] - Of the ranking that drafted it, where two are compared; see interleaving.js.
 */

/**
 * @typedef {object} SearchResult
 * @property {string} query - As it was searched.
 * @property {string} index - Hash of the search files that answered.
 * @property {string[]} words - What it was understood as; empty when there is nothing to look for.
 * @property {string[]} unknown - Words that no article has.
 * @property {[string, string][]} corrections - Unknown words as typed, and what they were taken for.
 * @property {number} confidence - The probability, in percent, that the first hit answers; 0 without hits.
 * @property {'sure' | 'open' | 'unsure'} level - What a page does with it: show the answer itself; or offer other ways.
 * @property {number} total - How many articles match any word.
 * @property {Hit[]} hits - Best first.
 * @property {string} [experiment] - In which two rankings are compared.
 * @property {boolean} hasFacets - There is something to narrow the matching articles down by.
 * @property {<T>(work: (generation: Generation, scored: Scored[]) => T) => T} withMatches - Calls with all matching articles,
 *   also those left out.
 * @property {(shown: number) => Promise<Hit[]>} withPassages - Gives the first hits with the passage that answers; a sure one
 *   with more of it.
 */

/**
 * @typedef {object} SearchEngine
 * @property {() => Promise<unknown>} prepare - Load the manifest ahead of the first query.
 * @property {(query: string, options?: SearchOptions) => Promise<SearchResult>} search
 */

/**
 * @typedef {object} SearchOptions
 * @property {boolean} [finished] - The last word is whole: words that it begins do not count, unless it is in no article.
 * @property {(generation: Generation, scored: Scored[]) => Promise<Scored[]>} [narrow] - Leaves out matching articles.
 * @property {number} [limit] - How many hits; as many as the manifest says by default.
 */

/**
 * @param {URL} baseUrl - The site's root; ends in a slash.
 * @param {{fetch?: typeof globalThis.fetch}} [options]
 * @returns {SearchEngine}
 */
export function createSearch(baseUrl, { fetch = globalThis.fetch.bind(globalThis) } = {}) {
  const folder = new URL('search/', baseUrl);
  /** @type {Promise<Generation> | undefined} */
  let current;

  /** @type {(options?: {fresh: boolean}) => Promise<Generation>} */
  const open = (options) => {
    const opening = openGeneration(folder, fetch, options);
    opening.catch(() => {
      if (current === opening) current = undefined; // The next query tries again.
    });
    return (current = opening);
  };

  /**
   * Do all of the work on one generation; when a file of it is gone, all of it once more on a fresh one.
   *
   * @template T
   * @param {(generation: Generation) => Promise<T>} work
   * @returns {Promise<T>}
   */
  const onOneGeneration = async (work) => {
    const generation = current ?? open();
    try {
      return await work(await generation);
    } catch (error) {
      if (!(error instanceof SearchFileError && error.gone)) throw error;
      // Another query may have opened the fresh one already.
      return work(await (current && current !== generation ? current : open({ fresh: true })));
    }
  };

  return {
    prepare: () => onOneGeneration(async () => {}),
    search: (query, options = {}) => onOneGeneration((generation) => answer(generation, query, options)),
  };
}

/**
 * @param {Generation} generation
 * @param {string} typed
 * @param {SearchOptions} options
 * @returns {Promise<SearchResult>}
 */
async function answer(generation, typed, { finished = false, narrow, limit = generation.manifest.limit }) {
  const { manifest } = generation;
  const { language, meaning, boosts } = manifest;
  const query = cutQuery(typed);
  const inOrder = analyze(query, language);
  const matches = await matchWords(generation, inOrder, finished);
  const { words, unknown, corrections, meant, pinned, slots } = matches;
  const matching = pinFirst(rank(matches, meaning, new Map(boosts)), pinned);
  const scored = narrow ? await narrow(generation, matching) : matching;
  const forms = formsOf(
    slots.flatMap((slot) => slot.matches.map((match) => [weightOf(match), match.source.forms()])),
  );
  const best = await Promise.all(
    scored.slice(0, limit).map(async ({ article, score }) => {
      return { score, card: await cardOf(generation, article), isPinned: article === pinned };
    }),
  );
  const isCertain = exactFirst(best, meant, language);
  const confidence = isCertain ? CERTAIN_PERCENT : scored.length && confidenceIn(scored, matches, manifest);
  const level = levelOf(confidence, finished || words.length > 1, best[0]?.card.kind);
  const hits = best.map(({ score, card }) => ({
    url: card.url,
    anchor: '',
    score,
    kind: card.kind,
    category: card.category,
    topic: card.topic ?? `${card.url}..`,
    title: markText(card.title, forms, language),
    excerpt: markText(card.summary, forms, language),
    text: card.text,
  }));
  return {
    query,
    index: manifest.words.hash,
    words,
    unknown,
    corrections,
    confidence,
    level,
    total: scored.length,
    hits,
    hasFacets: !!manifest.facets,
    withMatches: (work) => work(generation, matching),
    withPassages: (shown) => Promise.all(
        hits.slice(0, shown).map((hit, i) => {
          const isAnswer = !i && level === 'sure';
          // What answers the question of the whole article is its beginning.
          return addPassage(generation, hit, isAnswer && isCertain ? new Map() : forms, isAnswer ? best[i].card.title : '');
        }),
      ),
  };
}

/**
 * @param {Scored[]} scored
 * @param {number} [pinned]
 * @returns {Scored[]} With the pinned article first, whether it matches or not.
 */
function pinFirst(scored, pinned) {
  if (pinned === undefined) return scored;
  const its = scored.find(({ article }) => article === pinned) ?? { article: pinned, score: 0, lexical: 0 };
  return [its, ...scored.filter(({ article }) => article !== pinned)];
}

/**
 * @param {Generation} generation
 * @param {number} article
 * @returns {Promise<Card>}
 */
async function cardOf(generation, article) {
  const card = await generation.block('card', `${generation.manifest.cards.hash}/${article}`);
  return { summary: '', kind: '', category: '', questions: [], text: '', ...card };
}

/**
 * @template {{card: Card, isPinned: boolean}} T
 * @param {T[]} best
 * @param {string[]} meant - The words of the query, repeats kept and errors corrected.
 * @param {string} language
 * @returns {boolean} Whether there is one of the first three: the pinned one, then those whose title is the query, then those
 *   of whom a question is, then the others; so they are put in order.
 */
function exactFirst(best, meant, language) {
  const query = meant.join(' ');
  const hash = hashWords(meant);
  /** @type {(one: T) => number} */
  const place = ({ card, isPinned }) => {
    if (isPinned) return -1;
    if (analyze(cutQuery(card.title), language).join(' ') === query) return 0;
    return card.questions.includes(hash) ? 1 : 2;
  };
  best.sort((a, b) => place(a) - place(b));
  return best.length > 0 && place(best[0]) < 2;
}

/**
 * @param {Generation} generation
 * @param {Hit} hit
 * @param {Forms} forms
 * @param {string} title - If it is the answer.
 * @returns {Promise<Hit>} With its summary still, should the text not be there any more.
 */
async function addPassage(generation, hit, forms, title) {
  if (!hit.text) return hit;
  try {
    const { sections } = await generation.block('text', hit.text);
    await nextTask(); // To read one takes a slow phone some milliseconds.
    const { anchor, heading, parts } = bestPassage(sections, forms, generation.manifest.language, title);
    return { ...hit, anchor, heading, excerpt: parts.length ? parts : hit.excerpt };
  } catch (error) {
    if (error instanceof SearchFileError) return hit;
    throw error;
  }
}
