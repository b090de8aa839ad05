// MiniSearch as an author who cares sets it up: stems, a stop list, fuzzy and prefix matching of longer words, titles
// before text. The numbers are a compromise: banking-help liked titles more, the demo less.

import MiniSearch from 'minisearch';
import { stemmer } from 'stemmer';

const STOP_WORDS = new Set(
  (
    'a about am an and any are as at be been but by can could did do does for from get got had has have hello help hi ' +
    'how i if im in is it its ive just like me my need no not of on or our please so some than that the their them ' +
    'then there these they this to too us was we were what when where which who why will with would you your'
  ).split(' '),
);

function processTerm(word) {
  const folded = word.toLowerCase();
  return STOP_WORDS.has(folded) ? null : stemmer(folded);
}

const OPTIONS = {
  idField: 'url',
  fields: ['title', 'text'],
  storeFields: ['title'],
  processTerm,
  searchOptions: {
    boost: { title: 3 },
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    prefix: (term) => term.length > 3,
  },
};

export function build(documents) {
  const engine = new MiniSearch(OPTIONS);
  engine.addAll(documents);
  return JSON.stringify(engine);
}

export async function open({ index }) {
  const engine = MiniSearch.loadJSON(await (await fetch(`${index}index.json`)).text(), OPTIONS);
  return (query, { limit }) => engine.search(query).slice(0, limit).map(({ id }) => id);
}
