// theme.js: the one stylesheet of both elements, adopted by their shadow roots (a strict CSP allows
// constructed sheets, not <style> elements).

import { h } from './dom.js';

const light = `
  --_primary: var(--amplify-auth-primary, #1d5fd0);
  --_on-primary: var(--amplify-auth-on-primary, #fff);
  --_background: var(--amplify-auth-background, #fff);
  --_text: var(--amplify-auth-text, #1b2430);
  --_muted: var(--amplify-auth-muted, #566270);
  --_link: var(--amplify-auth-link, var(--amplify-auth-primary, #1d5fd0));
  --_border: var(--amplify-auth-border, #7d8896);
  --_line: var(--amplify-auth-line, #dfe3e8);
  --_field: var(--amplify-auth-field-background, #fff);
  --_tint: var(--amplify-auth-tint, #f2f5f9);
  --_danger: var(--amplify-auth-danger, #b3261e);
  --_success: var(--amplify-auth-success, #19733a);
  --_warning: var(--amplify-auth-warning, #8a5300);
  --_danger-tint: #fdf3f2;
  --_success-tint: #f0f8f2;
  --_warning-tint: #fdf7ec;
  --_focus: var(--amplify-auth-focus, var(--amplify-auth-primary, #1d5fd0));
  --_shadow: var(--amplify-auth-shadow, 0 1px 2px rgb(16 24 40 / .06), 0 8px 28px rgb(16 24 40 / .08));
    color-scheme: light;`;

const dark = `
  --_primary: var(--amplify-auth-primary, #8ab4ff);
  --_on-primary: var(--amplify-auth-on-primary, #0b1c38);
  --_background: var(--amplify-auth-background, #1a1e24);
  --_text: var(--amplify-auth-text, #eceff3);
  --_muted: var(--amplify-auth-muted, #a7b0bc);
  --_link: var(--amplify-auth-link, var(--amplify-auth-primary, #9dc0ff));
  --_border: var(--amplify-auth-border, #77818e);
  --_line: var(--amplify-auth-line, #343b45);
  --_field: var(--amplify-auth-field-background, #12151a);
  --_tint: var(--amplify-auth-tint, #252b33);
  --_danger: var(--amplify-auth-danger, #ffb4ab);
  --_success: var(--amplify-auth-success, #7fd79b);
  --_warning: var(--amplify-auth-warning, #f0c068);
  --_danger-tint: #2b1d1e;
  --_success-tint: #182720;
  --_warning-tint: #2a2418;
  --_focus: var(--amplify-auth-focus, var(--amplify-auth-primary, #9dc0ff));
  --_shadow: var(--amplify-auth-shadow, 0 1px 2px rgb(0 0 0 / .4), 0 8px 28px rgb(0 0 0 / .35));
  color-scheme: dark;`;

// Slotted nodes are the page's children, so its rules would win over ours; !important inside a shadow root
// wins over the page. They take everything that shows from the box around them, which is a ::part().
const slotted = `
::slotted([data-amplify-auth]) { all: unset !important; box-sizing: border-box !important; }
::slotted(form[data-amplify-auth]) { display: block !important; position: absolute !important; block-size: 0 !important; }
::slotted(label[data-amplify-auth]) { display: inline !important; cursor: pointer !important; }
.box ::slotted(input), .box ::slotted(select) {
  display: block !important;
  inline-size: 100% !important;
  min-inline-size: 0 !important;
  flex: 1 !important;
  padding: .62em .75em !important;
  border-radius: inherit !important;
  line-height: 1.4 !important;
  min-block-size: 2.75rem !important;
  text-align: start !important;
  cursor: text !important;
  -webkit-text-fill-color: currentcolor !important;
}
.box ::slotted(select) { cursor: pointer !important; padding-inline-end: 2.2em !important; }
.box.code ::slotted(input) { letter-spacing: .35em !important; font-size: 1.35em !important; font-variant-numeric: tabular-nums !important; text-align: center !important; min-block-size: 3.5rem !important; }
.check ::slotted(input) { all: revert !important; flex: none !important; inline-size: 1.15rem !important; block-size: 1.15rem !important; margin: .1em 0 0 !important; accent-color: var(--_primary) !important; }
.check ::slotted(input:focus-visible) { outline: 2px solid var(--_focus) !important; outline-offset: 2px !important; }`;

export const css = `
:host { display: block; }
:host([hidden]) { display: none; }
[hidden] { display: none !important; }

.frame {
  all: initial;
  ${light}
  display: block;
  box-sizing: border-box;
  inline-size: 100%;
  max-inline-size: var(--amplify-auth-width, 25rem);
  margin-inline: auto;
  padding: var(--amplify-auth-padding, clamp(1.25rem, 6vw, 2rem));
  border: 1px solid var(--_line);
  border-radius: calc(var(--_radius) * 1.75);
  --_radius: var(--amplify-auth-radius, 8px);
  background: var(--_background);
  color: var(--_text);
  box-shadow: var(--_shadow);
  font-family: var(--amplify-auth-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  font-size: var(--amplify-auth-font-size, 1rem);
  line-height: 1.5;
  overflow-wrap: anywhere;
}
@media (prefers-color-scheme: dark) { :host(:not([theme=light])) .frame { ${dark} } }
:host([theme=dark]) .frame { ${dark} }

.stale { max-inline-size: none; padding: .7rem 1rem; margin-block-end: 1rem; box-shadow: none; background: var(--_tint); }
.stale:empty { display: none; }

dialog.frame:not([open]) { display: none; }
dialog.frame { position: fixed; inset: 0; margin: auto; block-size: fit-content; max-block-size: calc(100vh - 2rem); max-block-size: calc(100dvh - 2rem); max-inline-size: min(var(--amplify-auth-width, 25rem), calc(100vw - 1.5rem)); overflow: auto; }
dialog.frame::backdrop { background: var(--amplify-auth-backdrop, rgb(10 15 25 / .5)); }

.frame *, .frame *::before, .frame *::after { box-sizing: border-box; }
.panel { display: grid; gap: 1.1rem; position: relative; }
.panel > * { min-inline-size: 0; }
.page-slot { display: block; }
.page-slot.empty { display: none; }
.body { display: grid; gap: 1.1rem; }
.body > * { min-inline-size: 0; }
.logo { display: block; max-inline-size: 100%; block-size: 2.75rem; object-fit: contain; }

h2, p, ul { margin: 0; padding: 0; }
h2 { font-size: 1.3em; line-height: 1.3; font-weight: 600; letter-spacing: -.01em; }
.close ~ slot .heading:first-child h2 { padding-inline-end: 2rem; } /* a long title goes around the button */
h2:focus { outline: none; } /* it takes the focus for the screen's sake and cannot be operated */
.heading { display: grid; gap: .3rem; }
.back ~ .heading { margin-block-start: -.9rem; }
.text { color: var(--_muted); }
a { color: var(--_link); }

.field { display: grid; gap: .4rem; }
.field > .link { justify-self: end; }
.label { font-weight: 500; font-size: .9em; }
.box { display: flex; align-items: center; position: relative; border: 1px solid var(--_border); border-radius: var(--_radius); background: var(--_field); color: var(--_text); }
.box.focus { outline: 2px solid var(--_focus); outline-offset: 1px; }
.box.invalid { border-color: var(--_danger); box-shadow: inset 0 0 0 1px var(--_danger); }
.box.readonly { background: var(--_tint); border-color: var(--_line); }
.box.select::after { content: ""; position: absolute; inset-inline-end: .95em; inline-size: .5em; block-size: .5em; border-right: 2px solid; border-bottom: 2px solid; transform: translateY(-25%) rotate(45deg); pointer-events: none; }
.dial { position: relative; flex: none; align-self: stretch; display: flex; align-items: center; gap: .5em; padding-inline: .75em .2em; color: var(--_muted); }
.dial::after { content: ""; inline-size: .4em; block-size: .4em; border-right: 2px solid; border-bottom: 2px solid; transform: translateY(-25%) rotate(45deg); }
.dial:focus-within { outline: 2px solid var(--_focus); outline-offset: -2px; border-radius: inherit; }
.dial select { position: absolute; inset: 0; inline-size: 100%; opacity: 0; font: inherit; cursor: pointer; }
.reveal {
  all: unset;
  box-sizing: border-box;
  flex: none;
  display: grid;
  place-items: center;
  inline-size: 2.75rem;
  block-size: 2.75rem;
  border-radius: inherit;
  color: var(--_muted);
  cursor: pointer;
}
.reveal[aria-pressed=true] path:last-child { display: none; }
.check { display: flex; gap: .65rem; align-items: start; }
.hint { font-size: .875em; color: var(--_muted); }
.error-text { display: flex; gap: .4rem; font-size: .875em; color: var(--_danger); }
.error-text .icon { inline-size: 1.1em; block-size: 1.1em; margin-block-start: .15em; }
.policy { font-size: .875em; color: var(--_muted); }
.policy ul { list-style: none; display: grid; gap: .15rem; }
.policy .unmet { color: var(--_danger); }
.policy li { display: flex; gap: .5rem; align-items: baseline; }
.policy .mark::before { content: "○"; }
.policy .met { color: var(--_success); }
.policy .met .mark::before { content: "✓"; font-weight: 700; }

.icon { inline-size: 1.35rem; block-size: 1.35rem; flex: none; fill: none; stroke: currentcolor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }

.button {
  all: unset;
  box-sizing: border-box;
  display: flex;
  align-items: center;
  justify-content: center;
  gap: .65rem;
  min-block-size: 2.75rem;
  padding: .45rem 1rem;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_background);
  color: var(--_text);
  font-weight: 450;
  text-align: center;
  cursor: pointer;
}
.button:hover { background: var(--_tint); }
.button.primary { background: var(--_primary); color: var(--_on-primary); border-color: transparent; font-weight: 550; position: relative; padding: 0; }
.button.primary:hover { filter: brightness(1.07); }
.button.primary ::slotted(button) { flex: 1 !important; text-align: center !important; padding: .45rem 2.5rem !important; min-block-size: 2.75rem !important; border-radius: inherit !important; cursor: pointer !important; }
.button.primary.danger { background: var(--_danger); color: var(--_background); }
.button.primary.solid { padding: .45rem 1rem; }
.entry { all: unset; box-sizing: border-box; display: flex; align-items: center; gap: .8rem; inline-size: 100%; min-block-size: 3.25rem; padding: .6rem .25rem; cursor: pointer; }
.entry .words { flex: 1; text-align: start; }
.entry .icon { inline-size: 1.2rem; block-size: 1.2rem; color: var(--_muted); }
.button.entry { padding-inline: .9rem; border: 1px solid var(--_line); border-radius: var(--_radius); }
.entry:hover { background: var(--_tint); }
.entries .icon:last-child { inline-size: 1rem; block-size: 1rem; }
[dir=rtl] .entries .icon:last-child, [dir=rtl] .back .icon { transform: scaleX(-1); }
.pending ~ * { visibility: hidden; }
.list > li + li { border-block-start: 1px solid var(--_line); }
.status { font-size: .875em; color: var(--_muted); }
.status.on { color: var(--_success); }
.status.warn { color: var(--_warning); }
.identity { display: flex; align-items: center; gap: .8rem; }
.identity .text { font-size: .9em; }
.avatar { flex: none; display: grid; place-items: center; inline-size: 3rem; block-size: 3rem; border-radius: 50%; background: var(--_tint); color: var(--_muted); object-fit: cover; }
.choices.compact { grid-template-columns: repeat(2, 1fr); }
.button.provider { padding-inline: .25rem; gap: .5rem; overflow-wrap: break-word; }
.compact .button:last-child:nth-child(odd) { grid-column: 1 / -1; }
.challenge { max-inline-size: 100%; }
.frame:has(> .panel:empty), .unconfigured .field ~ *, dialog.unconfigured { opacity: 0; } /* a dialog stands in the middle, whatever its height */
.mark { inline-size: 1.25rem; block-size: 1.25rem; flex: none; object-fit: contain; forced-color-adjust: none; }
.policy .mark { inline-size: auto; block-size: auto; }
.provider-button { display: grid; justify-items: center; }
.provider-button ::slotted(div) { display: block !important; inline-size: 100% !important; min-block-size: 44px !important; text-align: center !important; color-scheme: light !important; }
.choices { display: grid; gap: .5rem; }
.button:focus-visible, .button.primary:focus-within, .entry:focus-visible, .link:focus-visible, .reveal:focus-visible, .corner:focus-visible, a:focus-visible { outline: 2px solid var(--_focus); outline-offset: 2px; }
.busy .button, .busy .link { cursor: progress; }
.busy .box { background: var(--_tint); border-color: var(--_line); color: var(--_muted); }
.link { all: unset; box-sizing: border-box; color: var(--_link); font-size: .9em; text-underline-offset: .2em; cursor: pointer; border-radius: 2px; }
.link:hover { text-decoration: underline; }
.link.danger { color: var(--_danger); }
.links.apart { justify-content: space-between; }
.link.disclosure { justify-self: center; color: var(--_muted); }
.disclosure .icon { inline-size: 1em; block-size: 1em; margin-inline-start: .3em; vertical-align: -.15em; transform: rotate(90deg); }
.disclosure[aria-expanded=true] .icon { transform: rotate(-90deg); }
.link[aria-disabled=true], .button[aria-disabled=true] { color: var(--_muted); cursor: default; text-decoration: none; }
.links { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; justify-content: center; }
.links:empty { display: none; }
.corner { all: unset; box-sizing: border-box; display: grid; place-content: center; inline-size: 2.5rem; block-size: 2.5rem; border-radius: 50%; color: var(--_muted); cursor: pointer; }
.close { position: absolute; inset-block-start: -.5rem; inset-inline-end: -.5rem; z-index: 1; }
.back { margin: -.5rem -.6rem 0; }
.corner:hover { background: var(--_tint); }

.spinner { position: absolute; inset-inline-start: .9rem; inline-size: 1.1rem; block-size: 1.1rem; border: 2px solid currentcolor; border-inline-end-color: transparent; border-radius: 50%; pointer-events: none; }
.notice { display: flex; gap: .6rem; padding: .7rem .85rem; border-radius: var(--_radius); background: var(--_tint); border: 1px solid var(--_line); font-size: .95em; }
.notice.error { color: var(--_danger); background: var(--_danger-tint); border-color: transparent; }
.notice.success { color: var(--_success); background: var(--_success-tint); border-color: transparent; }
.notice.offline { color: var(--_warning); background: var(--_warning-tint); border-color: transparent; }
.notice .icon { inline-size: 1.2rem; block-size: 1.2rem; margin-block-start: .1em; }
.divider { display: flex; align-items: center; gap: .8rem; color: var(--_muted); font-size: .9em; }
.divider::before, .divider::after { content: ""; flex: 1; border-block-start: 1px solid var(--_line); }
.loading { display: grid; place-items: center; min-block-size: 12rem; color: var(--_muted); }
.loading .spinner { position: static; }
.held { visibility: hidden; }
div.waiting { block-size: 0; padding-block: 0; border: 0; box-shadow: none; }
.waiting .loading { min-block-size: 4rem; }
.working { display: flex; align-items: center; justify-content: center; gap: .7rem; color: var(--_muted); }
.working .spinner { position: static; }
.qr { inline-size: 12rem; max-inline-size: 100%; margin-inline: auto; display: block; background: #fff; border-radius: var(--_radius); border: .5rem solid #fff; forced-color-adjust: none; }
.qr + .hint { text-align: center; margin-block-start: -.5rem; }
.secret { display: flex; flex-wrap: wrap; gap: .35rem 1rem; align-items: baseline; justify-content: space-between; }
.secret p { inline-size: 100%; }
code { flex: 1; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .95em; }
.list { list-style: none; border-block: 1px solid var(--_line); }
.row { display: flex; align-items: center; gap: .75rem; padding-block: .75rem; }
.row-text { display: grid; justify-items: start; flex: 1 1 auto; }
.row-title { font-weight: 500; }
.row > .icon { color: var(--_muted); }
.side { display: flex; flex: 0 9999999 auto; flex-wrap: wrap; align-items: baseline; white-space: nowrap; } /* gives way before the text does */
.side, .side .links { gap: .25rem 1rem; justify-content: end; }
.visually-hidden { position: absolute !important; inline-size: 1px !important; block-size: 1px !important; margin: -1px !important; overflow: hidden !important; clip-path: inset(50%) !important; white-space: nowrap !important; }

@media (max-width: 22rem) { .entry, .row { gap: .5rem; } }

@media (prefers-reduced-motion: no-preference) {
  .spinner { animation: spin .8s linear infinite; }
  .button, .box, .link { transition: background-color .12s, border-color .12s, filter .12s; }
}
@keyframes spin { to { transform: rotate(1turn); } }

@media (forced-colors: active) {
  .button.primary { border-color: ButtonText; }
  .notice, .frame { border-color: CanvasText; }
  .box.invalid { border-width: 2px; }
  .button:focus-visible, .box.focus { outline-color: Highlight; }
}
${slotted}`;

let sheet;

// adoptStyles gives a shadow root the stylesheet, parsed once for all elements of the page, and returns what has
// to stay in the root: a <style> in browsers without constructed sheets (Safari before 16.4), else nothing.
export function adoptStyles(root) {
  try {
    const { defaultView } = root.ownerDocument;
    if (!(sheet instanceof defaultView.CSSStyleSheet)) {
      sheet = new defaultView.CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets = [sheet];
    return [];
  } catch {
    return [h('style', {}, css)];
  }
}
