// Answer queries with the browser's own code, one JSON line each, over indexes that a file holds. See test_parity.py.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { createSearch } from '../../search/client/search.js';
import { BASE, memoryHost } from './shared.mjs';

const indexes = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const engines = indexes.map((files) => createSearch(BASE, memoryHost(files)));

for await (const line of createInterface({ input: process.stdin })) {
  const { index, query, finished } = JSON.parse(line);
  const { words, unknown, corrections, confidence, level, hits, withPassages } = await engines[index].search(query, { finished });
  const shown = (await withPassages(hits.length)).map(({ url, score, anchor, excerpt }) => [url, score, anchor, excerpt]);
  process.stdout.write(`${JSON.stringify({ words, unknown, corrections, confidence, level, hits: shown })}\n`);
}
