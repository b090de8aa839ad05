// What the tests of the client share: the cases Python made, and a fetch that serves files from memory.

import { readFileSync } from 'node:fs';

/** Read a file of tests/shared. */
export function sharedCases(name) {
  return JSON.parse(readFileSync(new URL(`../shared/${name}`, import.meta.url), 'utf8'));
}

export const BASE = new URL('https://help.example/de/');

/**
 * Serve files from memory, as a static host would, and remember what was asked for.
 *
 * @param {Record<string, string>} files - Text by path below the base.
 */
export function memoryHost(files) {
  const asked = [];
  const fetch = async (url, options) => {
    const path = url.href.slice(BASE.href.length).replace(/\?.*/, '');
    asked.push({ path, search: url.search, cache: options.cache });
    const text = files[path];
    return typeof text === 'function' ? text(options) : new Response(text ?? 'Not here', { status: text === undefined ? 404 : 200 });
  };
  return { fetch, asked, files };
}
