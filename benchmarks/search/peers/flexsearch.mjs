// FlexSearch with its English pack, which doubles what it finds first, and `suggest`: without that every word of a
// query must be in the article.

import { Charset, Document, Encoder } from 'flexsearch';
import english from 'flexsearch/lang/en'; // bundles drag in a second FlexSearch with it, 16 kB

const OPTIONS = {
  encoder: new Encoder(Charset.Default, english),
  document: { id: 'id', index: ['title', 'text'], store: ['url', 'title'] },
};

export async function build(documents) {
  const engine = new Document(OPTIONS);
  documents.forEach((document, id) => engine.add({ ...document, id }));
  const parts = {};
  await engine.export((name, data) => {
    parts[name] = data;
  });
  return JSON.stringify(parts);
}

export async function open({ index }) {
  const engine = new Document(OPTIONS);
  const parts = await (await fetch(`${index}index.json`)).json();
  for (const [name, data] of Object.entries(parts)) engine.import(name, data);
  return (query, { limit }) =>
    engine.search(query, { suggest: true, enrich: true, merge: true, limit }).slice(0, limit).map(({ doc }) => doc.url);
}
