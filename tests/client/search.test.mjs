import assert from 'node:assert/strict';
import { test } from 'node:test';

import { countValues, keepMatching } from '../../search/client/filters.js';
import { createSearch } from '../../search/client/search.js';
import { BASE, memoryHost, sharedCases } from './shared.mjs';

const { indexes, filters } = sharedCases('ranking.json');
const chosen = (facet) => filters[facet] ?? [];
const shop = indexes.find(({ name }) => name === 'shop').files;

for (const { name, files, queries } of indexes) {
  const engine = createSearch(BASE, memoryHost(files));
  for (const { query, finished, hits, unknown, corrections, confidence, level, narrowed } of queries) {
    test(`ranks as Python does (${name}, ${finished ? 'finished' : 'unfinished'}): ${JSON.stringify(query.slice(0, 40))}`, async () => {
      const result = await engine.search(query, { finished });

      assert.deepEqual(result.hits.map(({ url, score }) => [url, score]), hits);
      assert.deepEqual(result.unknown, unknown);
      assert.deepEqual(result.corrections, corrections);
      assert.deepEqual([result.confidence, result.level], [confidence, level]);
    });

    test(`narrows down as Python does (${name}, ${finished ? 'finished' : 'unfinished'}): ${JSON.stringify(query.slice(0, 40))}`, async () => {
      const narrow = (generation, scored) => keepMatching(generation, scored, chosen);
      const result = await engine.search(query, { finished, narrow });
      const counted = await result.withMatches((generation, scored) => countValues(generation, scored, chosen));

      assert.deepEqual(result.hits.map(({ url, score }) => [url, score]), narrowed.hits);
      assert.equal(result.confidence, narrowed.confidence);
      assert.deepEqual(
        Object.fromEntries(
          counted.map(({ facet, counts }) => [facet.name, Object.fromEntries(facet.values.map((value, i) => [value, counts[i]]))]),
        ),
        narrowed.counts,
      );
    });
  }
}

test('a new engine fetches the manifest, then only the blocks of the words, each once', async () => {
  const host = memoryHost(shop);
  const engine = createSearch(BASE, host);

  await Promise.all([engine.search('cancel order'), engine.search('cancel order')]);

  const paths = host.asked.map(({ path }) => path);
  assert.equal(paths[0], 'search/manifest.json');
  assert.equal(new Set(paths).size, paths.length);
  assert.ok(!paths.some((path) => path.includes('text-')), 'texts are not needed for a list');
  assert.ok(paths.filter((path) => path.includes('words-')).length < Object.keys(shop).filter((path) => path.includes('words-')).length);
});

test('the main thread is given back before each file and each passage', async (context) => {
  let times = 0;
  globalThis.scheduler = { yield: async () => void times++ };
  context.after(() => delete globalThis.scheduler);
  const host = memoryHost(shop);
  const result = await createSearch(BASE, host).search('order number in a shop', { finished: true });
  const hits = await result.withPassages(10);

  const passages = hits.filter(({ text }) => text).length;
  assert.ok(passages > 2);
  assert.equal(times, host.asked.length + passages);
});

test('a query without words fetches nothing but the manifest', async () => {
  const host = memoryHost(shop);
  const engine = createSearch(BASE, host);

  for (const query of ['', '   ', '?!', '*'.repeat(1000), '\u202e']) {
    const { words, hits, unknown, total } = await engine.search(query);
    assert.deepEqual({ words, hits, unknown, total }, { words: [], hits: [], unknown: [], total: 0 });
  }

  assert.deepEqual(host.asked.map(({ path }) => path), ['search/manifest.json']);
});

test('passages bring the anchor of the section that answers', async () => {
  const engine = createSearch(BASE, memoryHost(shop));

  const result = await engine.search('order number in a shop', { finished: true });
  const hits = await result.withPassages(3);

  assert.equal(hits.length, Math.min(3, result.hits.length));
  const hit = hits.find(({ url }) => url === 'faq/returns/how/');
  assert.equal(hit.anchor, 's1');
  assert.ok(hit.excerpt.some(([text, marked]) => marked && text === 'shop'));
});

test('a hit keeps its summary when its text is gone', async () => {
  const host = memoryHost(Object.fromEntries(Object.entries(shop).filter(([path]) => !path.includes('text-'))));

  const hits = await (await createSearch(BASE, host).search('cancel')).withPassages(1);

  assert.equal(hits[0].excerpt.map(([text]) => text).join(''), 'How do I cancel my order?, in short.');
});

test('query words that mean something to JavaScript or a query language are only words', async () => {
  const engine = createSearch(BASE, memoryHost(shop));

  for (const query of ['__proto__', 'constructor', 'toString', '(a+)+$', 'title:order^5~2', '{{7*7}}', '</script>']) {
    const { hits } = await engine.search(query);
    assert.ok(Array.isArray(hits), query);
  }
});

const leads = indexes.find(({ name }) => name === 'leads').files;

test('a pinned article comes first though nothing in it matches, and is counted', async () => {
  const engine = createSearch(BASE, memoryHost(leads));

  const { hits, total } = await engine.search('wismo', { finished: true });

  assert.deepEqual([hits.map(({ url, score }) => [url, score]), total], [[['faq/orders/track/', 0]], 1]);
});

test('a synonym is marked in the passage, and costs no request of its own', async () => {
  const host = memoryHost(leads);
  const engine = createSearch(BASE, host);

  const { words, unknown, withPassages } = await engine.search('money back', { finished: true });
  const asked = host.asked.filter(({ path }) => path.includes('words-')).length;
  const [{ url, excerpt }] = await withPassages(1);

  assert.deepEqual([words, unknown, asked <= 2], [['money', 'back'], [], true]);
  assert.equal(url, 'faq/returns/refund/');
  assert.deepEqual(excerpt.flatMap(([text, marked]) => (marked ? [text] : [])), ['Refunding']);
});
