/**
 * The look of `<kb-help>`: a constructable style sheet, so that the shop's policy needs no inline styles. The shop sets the
 * `--kb-help-…` variables.
 */

export const WIDGET_CSS = `
:host { --accent: var(--kb-help-accent, #17573e); --on-accent: var(--kb-help-on-accent, #fff); --ground: var(--kb-help-ground, #fff); --ink: var(--kb-help-ink, #15211b); --soft: var(--kb-help-soft, #43514a); --line: var(--kb-help-line, #75837a); --mark: var(--kb-help-mark, #ffe79a); --mark-ink: var(--kb-help-mark-ink, #2b2300); font: 16px/1.5 var(--kb-help-font, system-ui, sans-serif); }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
button, input { font: inherit; min-height: 44px; color: inherit; }
button { border: 0; background: none; cursor: pointer; font-weight: 600; }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.opener { position: fixed; inset-block-end: 16px; inset-inline-end: 16px; z-index: var(--kb-help-layer, 1000); padding: 10px 22px; border-radius: 999px; background: var(--accent); color: var(--on-accent); box-shadow: 0 2px 12px rgb(0 0 0 / .3); }
.opener:focus-visible { outline-color: var(--ink); }
dialog { position: fixed; inset: auto; inset-block-end: 16px; inset-inline-end: 16px; z-index: var(--kb-help-layer, 1000); width: min(26rem, calc(100vw - 32px)); height: min(40rem, calc(100dvh - 32px)); max-width: none; max-height: none; margin: 0; padding: 0; overflow: hidden; border: 1px solid var(--line); border-radius: var(--kb-help-radius, 14px); background: var(--ground); color: var(--ink); box-shadow: 0 8px 40px rgb(0 0 0 / .3); }
dialog[open] { display: flex; flex-direction: column; }
.head { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 8px 8px 8px 20px; padding-inline: 20px 8px; background: var(--accent); color: var(--on-accent); }
.head :focus-visible { outline-color: var(--on-accent); outline-offset: -4px; }
h2, h3 { margin: 0; line-height: 1.3; font-size: 1.0625rem; }
h3 { font-size: 1.25rem; }
form { padding: 12px 16px 0; }
input { width: 100%; padding-inline: 16px; border: 1px solid var(--line); border-radius: 999px; background: var(--ground); }
input::placeholder { color: var(--soft); opacity: 1; }
.status { margin: 0; padding: 12px 20px 0; color: var(--soft); font-weight: 600; }
.status:empty { display: none; }
.view { flex: 1; overflow: auto; padding: 8px 20px 16px; overflow-wrap: anywhere; outline-offset: -3px; }
.view > ul { margin: 0; padding: 0; list-style: none; }
.view > ul > li { padding-block: 10px; border-block-end: 1px solid var(--line); }
.view > ul > li > a { display: inline-block; padding-block: 10px; font-weight: 600; }
.view > ul > li > p { margin: 0; color: var(--soft); font-size: .9375rem; }
.kb-chat__ways span { margin-inline-start: 12px; color: var(--soft); font-size: .875rem; }
.article { font-size: 1rem; }
.article pre, .article table { display: block; overflow: auto; }
.article :is(th, td) { padding: 4px 8px; border: 1px solid var(--line); text-align: start; overflow-wrap: normal; }
.article h2 { margin-block: 1.2em .4em; font-size: 1.0625rem; }
mark { background: var(--mark); color: var(--mark-ink); }
.back, .person, .kb-chip { padding: 0 4px; color: var(--accent); text-decoration: underline; text-underline-offset: .2em; }
.foot { border-block-start: 1px solid var(--line); text-align: center; }
@media (max-width: 36rem) { dialog { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; } }
@media (forced-colors: active) { .opener, input { border: 1px solid; } }
@media print { .opener, dialog { display: none !important; } }
`;
