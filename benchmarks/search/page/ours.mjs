// Our client as pages load it, then one engine over the search files.

export async function open({ code, index, files: [file] }) {
  const { createSearch } = await import(new URL(file, code).href);
  const engine = createSearch(new URL(index));
  await engine.prepare();
  return async (query, { limit, shown }) => {
    const { hits, withPassages } = await engine.search(query, { finished: true, limit });
    await withPassages(shown);
    return hits.map(({ url }) => url);
  };
}
