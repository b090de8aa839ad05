// Our client as pages load it: all its modules, then one engine over the search files.

export async function open({ code, index, files }) {
  await Promise.all(files.map((file) => preload(new URL(file, code).href)));
  const { createSearch } = await import(new URL('search.js', code).href);
  const engine = createSearch(new URL(index));
  await engine.prepare();
  return async (query, { limit, shown }) => {
    const { hits, withPassages } = await engine.search(query, { finished: true, limit });
    await withPassages(shown);
    return hits.map(({ url }) => url);
  };
}

function preload(href) {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'modulepreload', href });
    link.onload = resolve;
    link.onerror = () => reject(new Error(`cannot load ${href}`));
    document.head.append(link);
  });
}
