// lunr with its own pipeline (trimmer, stop words, Porter stems) and titles before text. Any word may match.

import lunr from 'lunr';

export function build(documents) {
  const engine = lunr(function () {
    this.ref('id');
    this.field('title', { boost: 2 });
    this.field('text');
    documents.forEach((document, id) => this.add({ ...document, id }));
  });
  const stored = documents.map(({ url, title }) => [url, title]); // lunr stores none, and repeats its references
  return JSON.stringify({ engine, stored });
}

export async function open({ index }) {
  const data = await (await fetch(`${index}index.json`)).json();
  const engine = lunr.Index.load(data.engine);
  return (typed, { limit }) =>
    engine
      .query((query) => lunr.tokenizer(typed).forEach((word) => query.term(String(word)))) // no query syntax
      .slice(0, limit)
      .map(({ ref }) => data.stored[ref][0]);
}
