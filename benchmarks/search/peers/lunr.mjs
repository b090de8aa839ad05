// lunr with its own pipeline (trimmer, stop words, Porter stems) and titles before text. Any word may match.

import lunr from 'lunr';

export function build(documents) {
  const engine = lunr(function () {
    this.ref('url');
    this.field('title', { boost: 2 });
    this.field('text');
    documents.forEach((document) => this.add(document));
  });
  const titles = Object.fromEntries(documents.map(({ url, title }) => [url, title])); // lunr stores none
  return JSON.stringify({ engine, titles });
}

export async function open({ index }) {
  const engine = lunr.Index.load((await (await fetch(`${index}index.json`)).json()).engine);
  return (typed, { limit }) =>
    engine
      .query((query) => lunr.tokenizer(typed).forEach((word) => query.term(String(word)))) // no query syntax
      .slice(0, limit)
      .map(({ ref }) => ref);
}
