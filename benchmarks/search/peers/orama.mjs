// Orama with English stems and titles before text.

import { create, insertMultiple, load, save, search } from '@orama/orama';

const OPTIONS = {
  schema: { title: 'string', text: 'string' },
  components: { tokenizer: { language: 'english', stemming: true } },
};

export async function build(documents) {
  const engine = create(OPTIONS);
  await insertMultiple(engine, documents.map(({ url, title, text }) => ({ id: url, title, text })));
  const saved = save(engine);
  const shown = Object.values(saved.docs.docs);
  for (const document of shown) delete document.text; // a list of hits shows titles
  return JSON.stringify(saved);
}

export async function open({ index }) {
  const engine = create(OPTIONS);
  load(engine, await (await fetch(`${index}index.json`)).json());
  return async (term, { limit }) =>
    (await search(engine, { term, limit, boost: { title: 2 } })).hits.map(({ id }) => id);
}
