// Fuse with its token search, made for questions of several words; the documents themselves are its index.

import Fuse from 'fuse.js';

const OPTIONS = { keys: [{ name: 'title', weight: 2 }, 'text'], useTokenSearch: true, ignoreLocation: true };

export function build(documents) {
  return JSON.stringify(documents);
}

export async function open({ index }) {
  const engine = new Fuse(await (await fetch(`${index}index.json`)).json(), OPTIONS);
  return (query, { limit }) => engine.search(query, { limit }).map(({ item }) => item.url);
}
