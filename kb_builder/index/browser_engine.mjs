// Run queries through the browser client in Node, over files on disk, and note which of them a visitor would fetch.
// Reads one job as JSON on standard input, writes the runs as JSON on standard output. Started by browser_engine.py.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @type {{client: string, files: string, limit: number, queries: [string, string][]}} */
const job = JSON.parse(readFileSync(0, 'utf8'));
const { createSearch } = await import(pathToFileURL(join(job.client, 'search.js')));
const { SHOWN } = await import(pathToFileURL(join(job.client, 'search_box.js')));

const BASE = new URL('https://help.invalid/');

/** @type {Map<string, Buffer>} */
const read = new Map();

/** A visitor who has fetched nothing yet; asks as the search box does: hits, and passages for those it shows. */
function newVisit() {
  let fetched = [];
  const fetch = async (url) => {
    const name = url.pathname.replace('/search/', '');
    fetched.push(name);
    if (!read.has(name)) read.set(name, readFileSync(join(job.files, name)));
    return new Response(read.get(name));
  };
  const engine = createSearch(BASE, { fetch });
  return async (query) => {
    fetched = [];
    const { hits, confidence, withPassages } = await engine.search(query, { finished: true, limit: job.limit });
    await withPassages(SHOWN);
    return { hits: hits.map(({ url, score }) => [url, score]), confidence, fetched };
  };
}

/** Ask each query first in a visit of its own, then the one after it in the same visit. */
async function runAll(queries) {
  const runs = queries.map(([id]) => ({ id, hits: [], first: [], next: [] }));
  for (const [i, [, query]] of queries.entries()) {
    const ask = newVisit();
    const { fetched, ...answer } = await ask(query);
    const following = (i + 1) % queries.length;
    Object.assign(runs[i], { ...answer, first: fetched });
    runs[following].next = (await ask(queries[following][1])).fetched;
  }
  return runs;
}

try {
  process.stdout.write(JSON.stringify(await runAll(job.queries)));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
