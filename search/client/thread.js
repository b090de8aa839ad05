/**
 * Decide what the assistant answers, from the search files alone. What was asked before is held in memory.
 */

/** @import { Hit, SearchEngine, SearchResult } from './search.js' */

/**
 * What to answer. `answer` is sure, `maybe` is not; for a `choice` the customer is asked which of two is meant; `unsure` has
 * hits that are hardly right; `none` has none.
 *
 * @typedef {object} Reply
 * @property {'answer' | 'maybe' | 'choice' | 'unsure' | 'none'} kind
 * @property {Hit[]} hits - With passages: what answers, then what else may be meant.
 * @property {string} together - The question before, if this one was read as going on from it.
 * @property {SearchResult} result
 */

/** A second hit with this share of the first one's score is as likely meant. */
const AS_LIKELY = 0.85;
/** A hit of a question that goes on has at least this share, so that the new words find it and not the topic alone. */
const FOUND_BY_NEW_WORDS = 0.5;
const FEW_WORDS = 4;
const HITS = 5;
const TOPIC_CHARACTERS = 120;

/**
 * @param {SearchEngine} engine
 * @param {string[]} connectives - What a question that goes on from another begins with, such as "what about".
 */
export function createThread(engine, connectives) {
  let topic = '';

  /**
   * @param {string} question
   * @returns {Promise<Reply>}
   */
  async function ask(question) {
    const alone = await engine.search(question, { finished: true });
    const goesOn = topic && beginsWithOne(question, connectives);
    if (!goesOn && (!topic || alone.level === 'sure' || alone.words.length > FEW_WORDS)) return stand(alone);
    const together = await engine.search(`${topic} ${question}`, { finished: true });
    if (alone.level === 'unsure' || !alone.hits.length) {
      const isBetter = together.level !== 'unsure' && together.hits.length > 0;
      return isBetter ? { ...(await read(together)), together: topic } : stand(alone);
    }
    // The new words find, the topic chooses among what they found.
    const found = alone.hits.filter(({ score }) => score >= alone.hits[0].score * FOUND_BY_NEW_WORDS);
    const chosen = together.hits.find(({ url }) => found.some((hit) => hit.url === url));
    if (!chosen || chosen.url === alone.hits[0].url) return stand(alone);
    const [first] = await alone.withPassages(1);
    const own = (await together.withPassages(together.hits.indexOf(chosen) + 1)).at(-1) ?? chosen;
    return { kind: 'choice', hits: [own, first], together: topic, result: alone };
  }

  /**
   * @param {SearchResult} result
   * @returns {Promise<Reply>} The question stands for itself, and is the topic from now on if anything answers it.
   */
  async function stand(result) {
    const reply = await read(result);
    if (reply.kind !== 'unsure' && reply.kind !== 'none') topic = result.query.slice(0, TOPIC_CHARACTERS);
    return reply;
  }

  /**
   * Answer with an article that the customer picked.
   *
   * @param {Hit} hit
   * @param {SearchResult} result - What it was among.
   * @returns {Promise<Reply>}
   */
  async function pick(hit, result) {
    topic = titleOf(hit).slice(0, TOPIC_CHARACTERS);
    const exact = await engine.search(titleOf(hit), { finished: true });
    const [first] = await exact.withPassages(1); // Of a title that is the query it is the answer, in whole sentences.
    return { kind: 'answer', hits: [first?.url === hit.url ? first : hit], together: '', result };
  }

  return { ask, pick };
}

/**
 * @param {Hit} hit
 * @returns {string}
 */
export function titleOf({ title }) {
  return title.map(([text]) => text).join('');
}

/**
 * @param {SearchResult} result
 * @returns {Promise<Reply>}
 */
async function read(result) {
  const hits = await result.withPassages(HITS);
  const [first, second] = hits;
  const isClose = second && second.score >= first.score * AS_LIKELY;
  const open = isClose ? 'choice' : 'maybe';
  const kind = !first ? 'none' : result.level === 'sure' ? 'answer' : result.level === 'open' ? open : 'unsure';
  return { kind, hits, together: '', result };
}

/**
 * @param {string} question
 * @param {string[]} beginnings
 * @returns {boolean}
 */
function beginsWithOne(question, beginnings) {
  const said = question.toLowerCase().replace(/^[^\p{L}\p{N}]+/u, '');
  // Japanese puts no space behind them.
  return beginnings.some((words) => said.startsWith(words) && (/\p{sc=Hiragana}$/u.test(words) || !/^[\p{L}\p{N}]/u.test(said.slice(words.length))));
}
