/**
 * `<kb-help>`: search, suggested articles, articles in place and the ways to people, on the shop's own pages. One file, that
 * kb_builder/client_code.py joins from this and what it imports; it reads the help center's files from the origin it is
 * loaded from. It knows of the page what its attributes say, stores nothing and tells nobody.
 */

import { cutQuery } from './analyzer.js';
import { element } from './elements.js';
import { keepMatching } from './filters.js';
import { readForeign } from './foreign_article.js';
import { handOver } from './hand_over.js';
import { highlight } from './highlight.js';
import { createSearch } from './search.js';
import { WIDGET_CSS } from './widget_css.js';

/** @import { Part } from './excerpts.js' */
/** @import { Ways } from './hand_over.js' */
/** @import { Hit, SearchOptions } from './search.js' */

/** @typedef {{language: string, direction: string, words: Record<string, string>, ways: Ways}} Help */

const ANSWERS = 5;
const SUGGESTIONS = 3;
const TYPING_MS = 150;
const LANGUAGE_TAG = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;

class KbHelp extends HTMLElement {
  /** @type {ShadowRoot | undefined} */
  #root;

  connectedCallback() {
    if (this.#root) return;
    const tag = this.getAttribute('language') ?? '';
    const site = new URL('../', import.meta.url);
    const base = LANGUAGE_TAG.test(tag) ? new URL(`${tag}/`, site) : site;
    this.#root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(WIDGET_CSS);
    this.#root.adoptedStyleSheets = [sheet];
    // A language that the help center has not is answered in its main one.
    loadHelp(base).catch(() => loadHelp(site)).then(
      ({ help, base: found }) => build(/** @type {ShadowRoot} */ (this.#root), help, found, (name) => this.getAttribute(name) ?? ''),
      () => this.remove(), // Without the help center there is nothing to offer.
    );
  }
}

/**
 * @param {URL} base
 * @returns {Promise<{help: Help, base: URL}>}
 */
async function loadHelp(base) {
  const response = await fetch(new URL('help.json', base), { cache: 'no-cache', credentials: 'omit' });
  if (!response.ok) throw new RangeError(`${base}: status ${response.status}`);
  return { help: await response.json(), base };
}

/**
 * @param {ShadowRoot} root
 * @param {Help} help
 * @param {URL} base
 * @param {(name: string) => string} attribute
 */
function build(root, { language, direction, words, ways }, base, attribute) {
  const engine = createSearch(base);
  const audience = attribute('audience');
  let turn = 0;
  let timer = 0;
  let query = '';

  const opener = button(words.widget_open, 'opener', show);
  opener.setAttribute('aria-haspopup', 'dialog');
  const input = /** @type {HTMLInputElement} */ (
    element('input', { id: 'q', type: 'search', maxlength: '256', autocomplete: 'off', placeholder: words.find_placeholder })
  );
  const form = element('form', { role: 'search' }, [element('label', { for: 'q', class: 'hidden' }, [words.find_label]), input]);
  const status = element('p', { role: 'status', class: 'status' });
  const view = element('div', { class: 'view', tabindex: '-1' });
  const title = element('h2', { id: 'title' }, [words.assistant_title]);
  const panel = /** @type {HTMLDialogElement} */ (
    element('dialog', { 'aria-labelledby': 'title', lang: language, dir: direction }, [
      element('div', { class: 'head' }, [title, button(words.assistant_close, 'close', () => panel.close())]),
      form, status, view,
      element('div', { class: 'foot' }, [button(words.assistant_person, 'person', showPeople)]),
    ])
  );

  opener.setAttribute('lang', language);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  input.addEventListener('input', (event) => {
    clearTimeout(timer);
    if (!(/** @type {InputEvent} */ (event).isComposing)) timer = setTimeout(search, TYPING_MS);
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) panel.close();
  });
  panel.addEventListener('close', () => {
    opener.hidden = false;
    opener.focus();
  });
  root.append(opener, panel);

  function show() {
    if (matchMedia('(max-width: 36rem)').matches) panel.showModal();
    else panel.show();
    opener.hidden = true;
    input.focus();
    if (!view.hasChildNodes()) search();
  }

  /** Answer what is typed; nothing typed, what the page is about. */
  async function search() {
    const mine = ++turn;
    query = cutQuery(input.value).trim();
    const asked = query || attribute('page');
    if (!asked.trim()) return replace([], '');
    try {
      const result = await engine.search(asked, { finished: !query, narrow: audience ? narrow : undefined });
      const hits = await result.withPassages(query ? ANSWERS : SUGGESTIONS);
      if (mine !== turn) return;
      const said = hits.length ? (query ? '' : words.widget_suggested) : words.assistant_none;
      const doubt = query && hits.length && result.level === 'unsure' ? words.assistant_unsure : said;
      replace([element('ul', {}, hits.map(item))], doubt || `${hits.length}`, !doubt);
    } catch {
      if (mine === turn) showPeople(words.assistant_failed);
    }
  }

  /** @type {NonNullable<SearchOptions['narrow']>} */
  function narrow(generation, scored) {
    return keepMatching(generation, scored, (facet) => (facet === 'audience' ? [audience] : []));
  }

  /**
   * @param {Node[]} nodes
   * @param {string} [said]
   * @param {boolean} [isQuiet] - Only screen readers are told.
   */
  function replace(nodes, said = '', isQuiet = false) {
    status.textContent = said;
    status.classList.toggle('hidden', isQuiet);
    view.replaceChildren(...nodes);
    view.scrollTop = 0;
  }

  /** @param {Hit} hit */
  function item(hit) {
    const address = addressOf(hit);
    const link = element('a', { href: address }, marked(hit.title));
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      read(hit, address);
    });
    return element('li', {}, [link, ...whose(hit), element('p', {}, marked(hit.excerpt))]);
  }

  /**
   * @param {Part[]} parts
   * @returns {(string | Node)[]} What was asked for is marked; nothing is where nobody asked.
   */
  function marked(parts) {
    return query ? highlight(parts) : parts.map(([text]) => text);
  }

  /**
   * @param {Hit} hit
   * @param {string} address
   */
  async function read(hit, address) {
    const mine = ++turn;
    const heading = element('h3', { tabindex: '-1' }, [hit.title.map(([text]) => text).join('')]);
    const full = outward(address, words.widget_full);
    const back = button(words.widget_back, 'back', () => {
      search();
      input.focus();
    });
    const body = element('div', { class: 'article' }, [words.assistant_looking]);
    replace([back, heading, ...whose(hit), body, element('p', {}, [full])]);
    heading.focus();
    const nodes = await readForeign(address).catch(() => highlight(hit.excerpt));
    if (mine === turn) body.replaceChildren(...nodes);
  }

  /**
   * @param {Hit} hit
   * @returns {Node[]} That it is not the shop's word, where other customers say it.
   */
  function whose({ kind }) {
    return kind === 'community' ? [element('p', {}, [element('strong', {}, [words.community])])] : [];
  }

  /** @param {unknown} [said] */
  function showPeople(said) {
    turn++;
    replace(handOver(ways, words, base, query), typeof said === 'string' ? said : '');
    // The shop's page, with what is in its basket, stays.
    for (const link of view.querySelectorAll('a[href^=http]')) {
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', 'noopener');
    }
    view.focus();
  }

  /** @param {Hit} hit */
  function addressOf({ url, anchor }) {
    const address = new URL(url, base);
    if (address.origin !== base.origin) throw new RangeError(`${url}: leads out of the help center`);
    address.hash = anchor;
    return address.href;
  }

  /**
   * @param {string} label
   * @param {string} name
   * @param {(event: Event) => unknown} act
   */
  function button(label, name, act) {
    const made = element('button', { type: 'button', class: name }, [label]);
    made.addEventListener('click', act);
    return made;
  }
}

/**
 * @param {string} href
 * @param {string} label
 * @returns {HTMLElement} Opens beside the shop's page.
 */
function outward(href, label) {
  return element('a', { href, target: '_blank', rel: 'noopener' }, [label]);
}

if (!customElements.get('kb-help')) customElements.define('kb-help', KbHelp);
