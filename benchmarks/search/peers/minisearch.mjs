// MiniSearch as its introduction shows it: two fields, nothing else set.

import MiniSearch from 'minisearch';

const OPTIONS = { idField: 'url', fields: ['title', 'text'], storeFields: ['title'] };

export function build(documents) {
  const engine = new MiniSearch(OPTIONS);
  engine.addAll(documents);
  return JSON.stringify(engine);
}

export async function open({ index }) {
  const engine = MiniSearch.loadJSON(await (await fetch(`${index}index.json`)).text(), OPTIONS);
  return (query, { limit }) => engine.search(query).slice(0, limit).map(({ id }) => id);
}
