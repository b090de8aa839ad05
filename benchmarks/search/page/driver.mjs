/**
 * Drives one search engine in one visit; web.py calls it. An engine's module exports `open({code, index, files})`, which
 * loads what it needs before the first query and gives `ask(query, {limit, shown})`, which gives the URLs of its hits.
 *
 * @typedef {(query: string, options: {limit: number, shown: number}) => string[] | Promise<string[]>} Ask
 */

const CODE = new URL('/code/', location.href).href;
const INDEX = new URL('/index/', location.href).href;

/** @type {Ask} */
let ask;
let longest = 0;

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
}).observe({ type: 'longtask' });

/** A query of a visitor begins in a task of its own; so do its answer and what follows. */
const ownTask = () => new Promise((resolve) => setTimeout(resolve));

window.bench = {
  /** Give the milliseconds from nothing to ready. */
  async open(module, files) {
    const began = performance.now();
    ask = await (await import(module)).open({ code: CODE, index: INDEX, files });
    return performance.now() - began;
  },

  /** Give the hits of each query, best first. */
  async ask(queries, options) {
    const hits = [];
    for (const query of queries) hits.push(await ask(query, options));
    return hits;
  },

  /** Give the milliseconds of each query, and of the longest task of the main thread (0: none above 50). */
  async time(queries, options) {
    await ownTask();
    longest = 0;
    const times = [];
    for (const query of queries) {
      await ownTask();
      const began = performance.now();
      await ask(query, options);
      times.push(performance.now() - began);
    }
    await new Promise((resolve) => setTimeout(resolve, 200)); // the observer is told late
    return { times, longest };
  },
};
