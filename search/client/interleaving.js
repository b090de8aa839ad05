/**
 * Draft the results of each search from two rankings, so that readers' clicks say which of the two they prefer. Loaded only
 * while the settings have an experiment; everything is held in the page's memory.
 */

/** @import { Site } from './hits.js' */
/** @import { Scored } from './ranking.js' */
/** @import { Hit, SearchResult } from './search.js' */

/**
 * @typedef {object} Experiment
 * @property {string} id
 * @property {string} first - Day, UTC.
 * @property {string} last
 * @property {number} percent - Of visits.
 * @property {number | null} meaning - Percent of a score that meanings may make in the other ranking; null: as in the present one.
 * @property {boolean} boosts - The other ranking has them, too.
 */

/** @typedef {{meaning: number, boosts: [number, number][]}} Weights - Of the present ranking; see files.js. */

/**
 * Search with both rankings from now on, in the share of visits that chance takes, where readers may be counted.
 *
 * @param {HTMLFormElement} form - Says which experiment.
 * @param {Pick<Site, 'engine'>} site - The `search` of its engine is replaced.
 */
export function startExperiment(form, { engine }) {
  /** @type {Experiment} */
  const experiment = JSON.parse(form.dataset.kbExperiment ?? '');
  const { id, first, last, percent } = experiment;
  const today = new Date().toISOString().slice(0, 10);
  const { globalPrivacyControl, doNotTrack } = /** @type {any} */ (navigator);
  if (today < first || today > last || globalPrivacyControl || doNotTrack === '1' || Math.random() * 100 >= percent) return;
  const { search } = engine;
  /** @type {Map<string, number>} - What the same words were drafted with: their list stays the same. */
  const coins = new Map();
  engine.search = async (query, options = {}) => {
    const { narrow = async (_, scored) => scored } = options;
    const [present, other] = await Promise.all([
      search(query, options),
      search(query, {
        ...options,
        narrow: async (generation, scored) => reweigh(await narrow(generation, scored), generation.manifest, experiment),
      }),
    ]);
    if (present.index !== other.index) return present; // A new one was published in between.
    const words = present.words.join(' ');
    const coin = coins.get(words) ?? crypto.getRandomValues(new Uint32Array(1))[0];
    coins.set(words, coin);
    return { ...joined(present, other, draft(present.hits, other.hits, coin)), experiment: id };
  };
}

/**
 * Give articles the scores of the other ranking. All of both are sums of what words give and what their meanings do.
 *
 * @param {Scored[]} scored - By the present one, best first; before them one that is pinned.
 * @param {Weights} present
 * @param {Pick<Experiment, 'meaning' | 'boosts'>} other
 * @returns {Scored[]} Best first, behind one that is pinned.
 */
export function reweigh(scored, { meaning, boosts }, other) {
  const share = other.meaning ?? meaning;
  // Where words lead to no article, meanings alone count, whatever their share.
  const factor = meaning && scored.some(({ lexical }) => lexical) ? (share * (100 - meaning)) / (meaning * (100 - share)) : 1;
  const without = new Map(other.boosts ? [] : boosts);
  const again = scored.map((each) => {
    const score = each.lexical + (each.score - each.lexical) * factor;
    return { ...each, score: Math.round((score * 1000) / (without.get(each.article) ?? 1000)) };
  });
  const pinned = scored.length > 1 && scored[0].score < scored[1].score ? again.splice(0, 1) : [];
  return [...pinned, ...again.sort((a, b) => b.score - a.score || a.article - b.article)];
}

/**
 * In each round the team with fewer hits, or else the one that a coin says, takes its best hit that is not taken. What both
 * begin with is of no team. Source: Radlinski, Kurup and Joachims, CIKM 2008; and for the beginning Chapelle et al., ACM
 * TOIS 30(1), 2012.
 *
 * @param {Hit[]} present
 * @param {Hit[]} other
 * @param {number} coin - A bit for each round.
 * @returns {Hit[]} As many as the shorter list has.
 */
export function draft(present, other, coin) {
  const length = Math.min(present.length, other.length);
  let same = 0;
  while (same < length && present[same].url === other[same].url) same++;
  const drafted = present.slice(0, same);
  const taken = new Set(drafted.map(({ url }) => url));
  for (let lead = 0, round = 0; drafted.length < length; ) {
    const isOther = lead ? lead < 0 : (coin >>> round++) % 2 === 1; // Leads are those of the other team.
    const hit = /** @type {Hit} */ ((isOther ? other : present).find(({ url }) => !taken.has(url)));
    lead += isOther ? 1 : -1;
    taken.add(hit.url);
    drafted.push({ ...hit, team: isOther ? 'other' : 'present' });
  }
  return drafted;
}

/**
 * @param {SearchResult} present
 * @param {SearchResult} other
 * @param {Hit[]} hits - Drafted from both.
 * @returns {SearchResult} That of the team whose hit is first, with these hits.
 */
function joined(present, other, hits) {
  const [leader, follower] = hits[0]?.team === 'other' ? [other, present] : [present, other];
  return {
    ...leader,
    hits,
    withPassages: async (shown) => {
      const filled = [...(await follower.withPassages(shown)), ...(await leader.withPassages(shown))];
      const byUrl = new Map(filled.map((hit) => [hit.url, hit]));
      return hits.slice(0, shown).map((hit) => ({ ...hit, ...byUrl.get(hit.url) }));
    },
  };
}
