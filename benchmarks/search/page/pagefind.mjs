// Pagefind through its own JavaScript API. A hit's address is in its fragment, so each shown hit costs one.

export async function open({ index }) {
  const pagefind = await import(`${index}pagefind/pagefind.js`);
  await pagefind.options({ baseUrl: '/' });
  await pagefind.init();
  return async (query, { shown }) => {
    const { results } = await pagefind.search(query);
    const hits = await Promise.all(results.slice(0, shown).map((result) => result.data()));
    return hits.map(({ raw_url: url }) => url);
  };
}
