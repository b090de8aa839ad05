import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { createSearch } from '../../search/client/search.js';
import { BASE, memoryHost, sharedCases } from './shared.mjs';

const { indexes } = sharedCases('ranking.json');
const [shop, scripts] = indexes.map(({ files }) => files);
const MANIFEST = 'search/manifest.json';

const urls = ({ hits }) => hits.map(({ url }) => url);

test('a format it does not know is refused, naming both', async () => {
  const host = memoryHost({ ...shop, [MANIFEST]: JSON.stringify({ ...JSON.parse(shop[MANIFEST]), format: 7 }) });

  await assert.rejects(createSearch(BASE, host).search('order'), /format 7.*format 5/);
});

test('after a deploy in the middle of a visit, a query is answered whole by the new generation', async () => {
  const host = memoryHost({ ...shop });
  const engine = createSearch(BASE, host);
  await engine.prepare();
  for (const path of Object.keys(shop)) delete host.files[path];
  Object.assign(host.files, scripts);

  assert.deepEqual(urls(await engine.search('rücksendung', { finished: true })), ['de/']);

  const manifests = host.asked.filter(({ path }) => path === MANIFEST);
  assert.deepEqual(manifests.map(({ cache }) => cache), ['no-cache', 'reload']);
});

test('two queries that meet the same deploy load one new manifest', async () => {
  const host = memoryHost({ ...shop });
  const engine = createSearch(BASE, host);
  await engine.prepare();
  for (const path of Object.keys(shop)) delete host.files[path];
  Object.assign(host.files, scripts);

  await Promise.all([engine.search('iade'), engine.search('family')]);

  assert.equal(host.asked.filter(({ path }) => path === MANIFEST).length, 2);
});

test('a cached old page whose files are still there keeps to its generation', async () => {
  const host = memoryHost({ ...shop });
  const engine = createSearch(BASE, host);
  await engine.prepare();
  Object.assign(host.files, scripts);

  const result = await engine.search('cancel order', { finished: true });

  assert.equal(urls(result)[0], 'faq/orders/cancel/');
  assert.equal(host.asked.filter(({ path }) => path === MANIFEST).length, 1);
});

test('a missing file that a cache remembers is asked for under another address', async () => {
  const host = memoryHost({ ...shop });
  const block = Object.keys(shop).find((path) => path.includes('card-'));
  const cachedMiss = new Set(Object.keys(shop).filter((path) => path.includes('words-') || path === block));
  const fetch = (url, options) =>
    cachedMiss.has(url.href.slice(BASE.href.length)) ? Promise.resolve(new Response('Gone', { status: 404 })) : host.fetch(url, options);

  const result = await createSearch(BASE, { fetch }).search('cancel order');

  assert.equal(urls(result)[0], 'faq/orders/cancel/');
});

test('a host that answers a missing file with a page and status 200 counts as missing', async () => {
  const host = memoryHost({ ...shop, [MANIFEST]: () => new Response(host.asked.length > 1 ? shop[MANIFEST] : '<!doctype html>') });

  assert.equal(urls(await createSearch(BASE, host).search('cancel order'))[0], 'faq/orders/cancel/');
});

test('a file that stays away is an error once, and asked for again by the next query', async () => {
  const host = memoryHost({});
  const engine = createSearch(BASE, host);

  await assert.rejects(engine.search('order'), /manifest\.json: status 404/);
  assert.equal(host.asked.length, 2);

  Object.assign(host.files, shop);
  assert.ok((await engine.search('order')).hits.length > 0);
});

test('a network that fails is an error, and tried again by the next query', async () => {
  const host = memoryHost({ ...shop });
  let isDown = true;
  const fetch = (url, options) => (isDown ? Promise.reject(new TypeError('Failed to fetch')) : host.fetch(url, options));
  const engine = createSearch(BASE, { fetch });

  await assert.rejects(engine.search('order'), /Failed to fetch/);
  isDown = false;

  assert.ok((await engine.search('order')).hits.length > 0);
});

test('a file above 4 MB is refused while it arrives', async () => {
  let sent = 0;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sent += 100_000;
          controller.enqueue(new Uint8Array(100_000).fill(32));
        },
      }),
    );

  await assert.rejects(createSearch(BASE, memoryHost({ [MANIFEST]: endless })).search('order'), /more than 4000000 bytes/);
  assert.ok(sent < 5_000_000, `${sent} bytes were taken`);
});

test('a file that never ends is given up after ten seconds', async () => {
  const clock = new AbortController();
  const timeout = mock.method(AbortSignal, 'timeout', () => clock.signal);
  const never = (_, { signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError'))));
  let isOver = false;
  const search = createSearch(BASE, { fetch: never }).search('order').finally(() => (isOver = true));
  search.catch(() => {});

  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(isOver, false);
  assert.deepEqual(timeout.mock.calls.map((call) => call.arguments), [[10_000]]);
  clock.abort();

  await assert.rejects(search, /no answer in 10 seconds/);
  timeout.mock.restore();
});
