// Build the index of one engine: node build.mjs ENGINE DOCUMENTS.json INDEX.json
// DOCUMENTS is a list of {url, title, text}; INDEX is what a visitor's browser downloads.

import { readFileSync, writeFileSync } from 'node:fs';

const [engine, documents, index] = process.argv.slice(2);
const { build } = await import(`./${engine}.mjs`);
writeFileSync(index, await build(JSON.parse(readFileSync(documents, 'utf8'))));
