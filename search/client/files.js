/**
 * Fetch the search files of one generation: the manifest, and the blocks it names.
 *
 * Names carry a hash of their content, so a generation never mixes with another: every block is asked for by the
 * manifest that a query started with.
 */

/** The format of search/FORMAT.md that this code reads. */
export const FORMAT = 5;

const TIMEOUT_MS = 10_000;
const LIMIT_BYTES = 4_000_000;

/**
 * Why a search file could not be used. `gone` says that a newer generation may have taken its place.
 */
export class SearchFileError extends Error {
  /**
   * @param {string} message
   * @param {{gone?: boolean}} [options]
   */
  constructor(message, { gone = false } = {}) {
    super(message);
    this.name = 'SearchFileError';
    this.gone = gone;
  }
}

/**
 * @typedef {object} Manifest
 * @property {number} format
 * @property {string} language
 * @property {number} articles
 * @property {number} limit
 * @property {number} meaning - Percent of a score that semantic postings may make.
 * @property {[number, number][]} boosts - Article and boost in thousandths, of those that have one.
 * @property {{hash: string, first: string}} words - `first`: what each block's words begin at, packed.
 * @property {string} hot_words - Those of the block behind the others.
 * @property {{hash: string, first: string}} spelling - `first`: the least key of the words each file is for.
 * @property {{hash: string}} cards
 * @property {string} [facets] - Hash of the file with them; empty when there are none.
 */

/**
 * @typedef {object} Generation
 * @property {Manifest} manifest
 * @property {string[]} first - What each words block begins at.
 * @property {string[]} hot - The words of the block behind them.
 * @property {(kind: 'words' | 'spelling' | 'card' | 'text' | 'facets', hash: string) => Promise<any>} block - Each file is fetched once.
 */

/**
 * Load the manifest and stand ready to load what it names.
 *
 * @param {URL} folder - Where the search files are; ends in a slash.
 * @param {typeof globalThis.fetch} fetch
 * @param {{fresh?: boolean}} [options] - `fresh` passes by caches that hold an older manifest, or a missing file.
 * @returns {Promise<Generation>}
 * @throws {SearchFileError} It cannot be fetched, or its format is not known.
 */
export async function openGeneration(folder, fetch, { fresh = false } = {}) {
  const again = fresh ? `?again=${Date.now()}` : '';
  const cache = fresh ? 'reload' : undefined;
  const manifest = await load(new URL(`manifest.json${again}`, folder), fetch, fresh ? 'reload' : 'no-cache');
  if (manifest.format !== FORMAT) {
    throw new SearchFileError(`The search files have format ${manifest.format}; this page reads format ${FORMAT}.`);
  }
  /** @type {Map<string, Promise<any>>} */
  const loading = new Map();
  return {
    manifest,
    first: unpackSorted(manifest.words?.first),
    hot: wordsOf(manifest.hot_words),
    block(kind, hash) {
      const name = `${kind}-${hash}.json`;
      let file = loading.get(name);
      if (!file) {
        file = load(new URL(name + again, folder), fetch, cache);
        file.catch(() => loading.delete(name)); // A failure is tried again when it is next asked for.
        loading.set(name, file);
      }
      return file;
    },
  };
}

/**
 * Give the main thread back, so that what a visitor does comes before what follows.
 *
 * @returns {Promise<void>}
 */
export function nextTask() {
  const { scheduler } = /** @type {any} */ (globalThis);
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}

/**
 * @param {unknown} text
 * @returns {string[]} What stands between its spaces.
 */
export function wordsOf(text) {
  return `${text ?? ''}`.match(/\S+/g) ?? [];
}

/**
 * Read texts, each of them a capital for how much it shares with the one before (A is nothing), then the rest.
 *
 * @param {unknown} packed
 * @returns {string[]}
 */
function unpackSorted(packed) {
  /** @type {string[]} */
  let before = [];
  return (`${packed ?? ''}`.match(/[A-Z][^A-Z]*/g) ?? []).map((part) => {
    before = [...before.slice(0, part.charCodeAt(0) - 65), ...part.slice(1)];
    return before.join('');
  });
}

/**
 * @param {URL} url
 * @param {typeof globalThis.fetch} fetch
 * @param {RequestCache | undefined} cache
 * @returns {Promise<any>}
 */
async function load(url, fetch, cache) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let text;
  try {
    await nextTask(); // A query may ask for dozens of files, and to ask for one costs a slow phone a millisecond.
    const response = await fetch(url, { cache, signal });
    if (!response.ok) {
      throw new SearchFileError(`${url.pathname}: status ${response.status}`, { gone: response.status < 500 });
    }
    text = await read(response);
  } catch (error) {
    if (error instanceof SearchFileError) throw error;
    const reason = signal.aborted ? `no answer in ${TIMEOUT_MS / 1000} seconds` : error;
    throw new SearchFileError(`${url.pathname}: ${reason}`);
  }
  try {
    return Object(JSON.parse(text));
  } catch {
    // Some hosts answer a missing file with a page and status 200.
    throw new SearchFileError(`${url.pathname}: not JSON`, { gone: true });
  }
}

/**
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function read(response) {
  const decoder = new TextDecoder();
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > LIMIT_BYTES) {
      reader.cancel(); // Nothing keeps arriving after a refusal.
      throw new SearchFileError(`${response.url}: more than ${LIMIT_BYTES} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
