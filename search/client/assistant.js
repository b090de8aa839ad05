/**
 * A conversation that answers with the site's own text, shows where it is from, and hands over to people. Loaded when it is
 * opened; what is said stays in the page's memory.
 */

import { readArticle } from './article.js';
import { cutQuery } from './analyzer.js';
import { element, isolated } from './elements.js';
import { handOver, transcript } from './hand_over.js';
import { notice } from './hits.js';
import { createThread, titleOf } from './thread.js';

/** @import { Line, Ways } from './hand_over.js' */
/** @import { Site } from './hits.js' */
/** @import { Hit } from './search.js' */
/** @import { Reply } from './thread.js' */
/** @import { Model } from './rephrase.js' */

const OFFERED = 2;
const PATIENCE_MS = 400;
const MOST_TURNS = 100;

/**
 * @typedef {object} HelpFile - help.json of the site in this language.
 * @property {Record<string, string>} words
 * @property {Ways} ways
 * @property {Model} [model]
 */

/**
 * Make the panel and show it.
 *
 * @param {HTMLButtonElement} opener
 * @param {Site} site
 */
export async function openAssistant(opener, site) {
  const { base, engine, record, say } = site;
  const [{ words, ways, model }] = await Promise.all([loadHelp(base), loadStyle()]);
  const thread = createThread(engine, words.assistant_follow_up.split(', '));
  /** @type {Line[]} */
  const said = [];
  let isBusy = false;

  const log = element('div', {
    class: 'kb-chat__log', role: 'log', tabindex: '0', 'aria-label': words.assistant_log, 'data-kb-results': 'assistant',
  });
  const input = /** @type {HTMLInputElement} */ (
    element('input', { id: 'kb-chat-q', class: 'kb-chat__input', maxlength: '256', placeholder: words.find_placeholder, autocomplete: 'off', enterkeyhint: 'send' })
  );
  const form = element('form', { class: 'kb-chat__form' }, [
    element('label', { for: input.id, class: 'kb-visually-hidden' }, [words.assistant_input]),
    input,
    element('button', { class: 'kb-button' }, [words.assistant_send]),
  ]);
  const close = button(words.assistant_close, 'kb-chat__close', () => panel.close());
  const person = button(words.assistant_person, 'kb-chat__person', () => add(offerPeople()));
  const title = element('h2', { id: 'kb-chat-title' }, [words.assistant_title]);
  const panel = /** @type {HTMLDialogElement} */ (
    element('dialog', { class: 'kb-chat', 'aria-labelledby': title.id }, [
      element('div', { class: 'kb-chat__head' }, [title, close]),
      log,
      element('div', { class: 'kb-chat__foot' }, [form, person]),
    ])
  );

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const question = cutQuery(input.value).trim();
    if (!question || isBusy) return;
    input.value = '';
    add([isolated(question)], 'you');
    said.push({ who: words.assistant_you, text: question });
    answer(() => thread.ask(question), question);
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) panel.close();
  });
  panel.addEventListener('close', () => {
    opener.hidden = false;
    opener.setAttribute('aria-expanded', 'false');
    opener.focus();
  });
  opener.addEventListener('click', show);
  document.body.append(panel);
  add([words.assistant_hello]);
  show();

  function show() {
    if (panel.open) return;
    if (matchMedia('(max-width: 36rem)').matches) panel.showModal(); // It covers the page.
    else panel.show();
    opener.setAttribute('aria-expanded', 'true');
    opener.hidden = true;
    input.focus();
  }

  /**
   * @param {(string | Node)[]} content
   * @param {'us' | 'you'} [who]
   */
  function add(content, who = 'us') {
    const speaker = who === 'you' ? words.assistant_you : words.assistant_us;
    const turn = element('div', { class: `kb-chat__turn kb-chat__turn--${who}` }, [
      element('span', { class: 'kb-visually-hidden' }, [`${speaker}: `]),
      ...content,
    ]);
    log.append(turn);
    while (log.children.length > MOST_TURNS) log.firstElementChild?.remove();
    // A long answer is read from its beginning.
    log.scrollTop = turn.offsetTop - log.offsetTop - (who === 'you' ? 0 : log.clientHeight / 4);
  }

  /**
   * @param {() => Promise<Reply>} work
   * @param {string} question - As it was asked; empty when an article was picked.
   */
  async function answer(work, question) {
    isBusy = true;
    const looking = element('p', { class: 'kb-chat__looking' }, [words.assistant_looking]);
    const patience = setTimeout(() => log.append(looking), PATIENCE_MS);
    let content;
    try {
      const reply = await work();
      if (question && reply.result.words.length) record(reply.result, OFFERED, 'assistant');
      content = [...site.noticesFor(question).map(notice), ...(await sayReply(reply, question))];
    } catch {
      const retry = button(say('search_retry').join(''), 'kb-chip', () => isBusy || answer(work, question));
      content = [paragraph([words.assistant_failed]), retry, ...offerPeople()];
    } finally {
      clearTimeout(patience);
      looking.remove();
      isBusy = false;
    }
    add(content);
  }

  /**
   * @param {Reply} reply
   * @param {string} question
   * @returns {Promise<Node[]>}
   */
  async function sayReply(reply, question) {
    const { kind, hits, together } = reply;
    const [hit, ...others] = hits;
    const isTogether = together ? [paragraph(fill(words.assistant_together, { topic: isolated(together) }), 'kb-chat__note')] : [];
    if (kind === 'none') return [paragraph([words.assistant_none]), ...offerPeople()];
    if (kind === 'unsure') return [paragraph([words.assistant_unsure]), ...offer(hits, reply)];
    if (kind === 'choice') return [...isTogether, paragraph([words.assistant_which]), ...offer(hits, reply)];
    said.push({ who: words.assistant_us, text: `${titleOf(hit)} ${addressOf(hit)}` });
    const rephrased = question && model ? await import('./rephrase.js').then(
      ({ rephrase }) => rephrase(question, hits.map(passageOf), model, document.documentElement.lang), () => null) : null;
    const isOpen = kind === 'maybe' && !rephrased ? [paragraph([words.assistant_maybe])] : [];
    const other = button(words.assistant_other, 'kb-chip', () => {
      other.remove();
      input.focus();
      add([...(others.length ? [paragraph([words.assistant_else]), ...offer(others, reply)] : offerPeople())]);
    });
    const body = rephrased ? sayRephrased(rephrased, hits) : [quote(hit), source(hit)];
    return [...isTogether, ...isOpen, ...body, readHere(hit), other];
  }

  /**
   * Let the customer pick what is meant.
   *
   * @param {Hit[]} hits
   * @param {Reply} reply - What they are from.
   * @returns {Node[]}
   */
  function offer(hits, { result }) {
    const offered = element('div', { class: 'kb-chat__choice' });
    for (const hit of hits.slice(0, OFFERED)) {
      const pick = button(titleOf(hit), 'kb-chip', () => {
        if (isBusy) return;
        offered.remove();
        input.focus();
        add([titleOf(hit)], 'you');
        said.push({ who: words.assistant_you, text: titleOf(hit) });
        answer(() => thread.pick(hit, result), '');
      });
      offered.append(pick);
    }
    const neither = button(words.assistant_neither, 'kb-chip kb-chat__neither', () => {
      offered.remove();
      input.focus();
      add(offerPeople());
    });
    offered.append(neither);
    return [offered];
  }

  /** @returns {Node[]} */
  function offerPeople() {
    return handOver(ways, words, base, transcript(said));
  }

  /**
   * @param {import('./rephrase.js').Sentence[]} sentences
   * @param {Hit[]} hits
   * @returns {Node[]}
   */
  function sayRephrased(sentences, hits) {
    const cited = [...new Set(sentences.flatMap(({ sources }) => sources))].sort((a, b) => a - b);
    const text = sentences.flatMap(({ text: sentence, sources }) => [
      `${sentence} `,
      ...sources.map((at) => element('a', { class: 'kb-chat__cite', href: addressOf(hits[at]), 'aria-label': titleOf(hits[at]) }, [`[${cited.indexOf(at) + 1}]`])),
      ' ',
    ]);
    const list = cited.map((at) => element('li', {}, [source(hits[at])]));
    return [paragraph(text, 'kb-chat__quote'), element('ol', { class: 'kb-chat__sources' }, list), paragraph([words.assistant_rephrased], 'kb-chat__note')];
  }

  /** @param {Hit} hit */
  function source(hit) {
    const name = [titleOf(hit), hit.heading && hit.anchor ? ` – ${hit.heading}` : ''].join('');
    const from = fill(words.assistant_source, { title: element('a', { href: addressOf(hit) }, [name]) });
    const isTheirs = hit.kind === 'community'; // Other customers say it, not the shop.
    return paragraph([...from, ...(isTheirs ? [' – ', element('strong', {}, [words.community])] : [])], 'kb-chat__source');
  }

  /**
   * @param {Hit} hit
   * @returns {HTMLElement} Opens the article in place.
   */
  function readHere(hit) {
    const body = element('div', { class: 'kb-chat__article kb-prose md-typeset', tabindex: '0', role: 'region', 'aria-label': titleOf(hit) });
    const whole = element('details', {}, [element('summary', {}, [words.assistant_read]), body]);
    whole.addEventListener('toggle', () => {
      if (body.hasChildNodes()) return;
      body.append(words.assistant_looking);
      readArticle(addressOf(hit)).then((nodes) => body.replaceChildren(...nodes), () => body.replaceChildren(source(hit)));
    });
    return whole;
  }

  /** @param {Hit} hit */
  function addressOf({ url, anchor }) {
    const address = new URL(url, base);
    if (address.origin !== base.origin) throw new RangeError(`${url}: leads out of this site`);
    address.hash = anchor;
    return address.href;
  }
}

/**
 * @param {URL} base
 * @returns {Promise<HelpFile>}
 */
async function loadHelp(base) {
  const file = await fetch(new URL('help.json', base), { cache: 'no-cache' });
  return file.json();
}

/** @returns {Promise<unknown>} */
function loadStyle() {
  const style = element('link', { rel: 'stylesheet', href: new URL('./assistant.css', import.meta.url).href });
  document.head.append(style);
  return new Promise((resolve, reject) => {
    style.addEventListener('load', resolve);
    style.addEventListener('error', reject);
  });
}

/**
 * @param {Hit} hit
 * @returns {string}
 */
function passageOf({ excerpt }) {
  return excerpt.map(([text]) => text).join('');
}

/**
 * @param {Hit} hit
 * @returns {HTMLElement}
 */
function quote(hit) {
  const text = passageOf(hit);
  return element('blockquote', { class: 'kb-chat__quote' }, [/^\p{Ll}/u.test(text) ? '… ' : '', text]);
}

/**
 * @param {string} sentence - With names in braces.
 * @param {Record<string, Node>} values
 * @returns {(string | Node)[]}
 */
function fill(sentence, values) {
  return sentence.split(/\{(\w+)\}/).map((piece, i) => (i % 2 ? (values[piece] ?? '') : piece));
}

/**
 * @param {(string | Node)[]} children
 * @param {string} [name]
 * @returns {HTMLElement}
 */
function paragraph(children, name = '') {
  return element('p', { class: name }, children);
}

/**
 * @param {string} label
 * @param {string} name - Of its class.
 * @param {() => unknown} act
 * @returns {HTMLElement}
 */
function button(label, name, act) {
  const made = element('button', { type: 'button', class: name }, [label]);
  made.addEventListener('click', act);
  return made;
}
