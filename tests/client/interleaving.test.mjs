import assert from 'node:assert/strict';
import { test } from 'node:test';

import { draft, reweigh, startExperiment } from '../../search/client/interleaving.js';
import { createSearch } from '../../search/client/search.js';
import { BASE, memoryHost, sharedCases } from './shared.mjs';

globalThis.navigator ??= {}; // Older versions of Node have none.

const { indexes } = sharedCases('ranking.json');
const { files, queries } = indexes.find(({ name }) => name === 'shop');
const TRIAL = { id: 'trial-0123abcd', first: '2000-01-01', last: '2099-12-31', percent: 100, meaning: 0, boosts: false };
const hitsOf = (urls) => [...urls].map((url) => ({ url }));
const urlsOf = (hits) => hits.map(({ url }) => url);
const without = (manifest, change) => ({ ...files, 'search/manifest.json': JSON.stringify({ ...manifest, ...change }) });

/** An engine on an index whose articles have boosts as given, searching with both rankings. */
function compared(boosts, experiment = TRIAL) {
  const manifest = JSON.parse(files['search/manifest.json']);
  const engine = createSearch(BASE, memoryHost(without(manifest, { boosts })));
  startExperiment({ dataset: { kbExperiment: JSON.stringify(experiment) } }, { engine });
  return engine;
}

test('teams take turns, the coin says who begins a round, and nothing comes twice', () => {
  const heads = draft(hitsOf('abcd'), hitsOf('badc'), 0);
  const tails = draft(hitsOf('abcd'), hitsOf('badc'), -1);

  assert.deepEqual(heads.map(({ url, team }) => `${url} ${team}`), ['a present', 'b other', 'c present', 'd other']);
  assert.deepEqual(tails.map(({ url, team }) => `${url} ${team}`), ['b other', 'a present', 'd other', 'c present']);
});

test('what both begin with is of no team, and no team has more than one hit more', () => {
  for (let coin = 0; coin < 64; coin++) {
    const drafted = draft(hitsOf('xyabcdef'), hitsOf('xyfedcba'), coin);

    assert.deepEqual(drafted.slice(0, 2), hitsOf('xy'));
    assert.deepEqual(urlsOf(drafted).sort(), [...'abcdefxy']);
    const teams = drafted.map(({ team }) => team);
    for (let end = 3; end <= teams.length; end++) {
      const lead = teams.slice(2, end).reduce((sum, team) => sum + (team === 'other' ? 1 : -1), 0);
      assert.ok(Math.abs(lead) <= 1);
    }
  }
});

test('two rankings that agree leave the list as it is', () => {
  assert.deepEqual(draft(hitsOf('abc'), hitsOf('abc'), 5), hitsOf('abc'));
  assert.deepEqual(draft([], [], 5), []);
});

for (const meaning of [0, 20, 80]) {
  test(`an index in which meanings make ${meaning} % ranks as the other ranking with that share`, async () => {
    const manifest = JSON.parse(files['search/manifest.json']);
    const present = createSearch(BASE, memoryHost(files));
    const other = createSearch(BASE, memoryHost(without(manifest, { meaning })));
    let moved = 0;
    for (const { query, finished } of queries) {
      const narrow = async (generation, scored) => reweigh(scored, generation.manifest, { meaning, boosts: true });
      const [before, reweighed, really] = await Promise.all([
        present.search(query, { finished }),
        present.search(query, { finished, narrow }),
        other.search(query, { finished }),
      ]);
      moved += `${urlsOf(before.hits)}` !== `${urlsOf(really.hits)}`;
      const scores = new Map(really.hits.map(({ url, score }) => [url, score]));
      // Rounding may swap articles of nearly the same score, and nothing else.
      reweighed.hits.forEach(({ url }, i) => {
        const theirs = really.hits[i];
        assert.ok(url === theirs.url || Math.abs((scores.get(url) ?? 0) - theirs.score) <= 20, `${query}: ${url}, ${theirs.url}`);
      });
    }
    assert.ok(meaning === manifest.meaning || moved > 0);
  });
}

test('without boosts an article counts what it would have without its own; a pin stays first', () => {
  const scored = [
    { article: 9, score: 10, lexical: 10 },
    { article: 1, score: 300, lexical: 200 },
    { article: 2, score: 200, lexical: 100 },
  ];

  const again = reweigh(scored, { meaning: 50, boosts: [[1, 2000]] }, { meaning: null, boosts: false });

  assert.deepEqual(again.map(({ article, score }) => [article, score]), [[9, 10], [2, 200], [1, 150]]);
});

test('a search shows a draft of both rankings, the same for the same words, with passages of its hits', async () => {
  const { query } = queries.find(({ hits }) => hits.length > 3);
  const plain = await createSearch(BASE, memoryHost(files)).search(query, { finished: true });
  const engine = compared([[await articleOf(plain.hits[0].url), 100_000]]);

  const result = await engine.search(query, { finished: true });
  const again = await engine.search(query, { finished: true });
  const filled = await result.withPassages(3);

  assert.equal(result.experiment, TRIAL.id);
  assert.deepEqual(again.hits, result.hits);
  assert.ok(result.hits.some(({ team }) => team === 'other') && result.hits.some(({ team }) => team === 'present'));
  assert.deepEqual(filled.map(({ url, team }) => [url, team]), result.hits.slice(0, 3).map(({ url, team }) => [url, team]));
});

test('before its first day, after its last and outside its share there is no experiment', async () => {
  const { query } = queries[0];
  for (const change of [{ first: '2099-01-01' }, { last: '2000-01-01' }, { percent: 0 }]) {
    const result = await compared([], { ...TRIAL, ...change }).search(query);

    assert.equal(result.experiment, undefined);
  }
});

test('a reader who wants no counting is in no experiment', async (context) => {
  Object.defineProperty(globalThis.navigator, 'doNotTrack', { value: '1', configurable: true });
  context.after(() => delete globalThis.navigator.doNotTrack);

  assert.equal((await compared([]).search(queries[0].query)).experiment, undefined);
});

/** The number of an article in the shop's index. */
async function articleOf(url) {
  const cards = Object.entries(files).filter(([path]) => path.includes('/card-'));
  const [path] = cards.find(([, text]) => JSON.parse(text).url === url);
  return Number(/\/(\d+)\.json$/.exec(path)[1]);
}
