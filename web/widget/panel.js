// panel.js draws screens and runs them: the state machine that <amplify-sign-in> and <amplify-account> share.
//
// A screen is an entry of a table (see screens/ and account/):
//   title           text key, or (context) => text
//   text            (context) => text below the title
//   before, body    (context, panel) => shadow-DOM nodes before and after the fields
//   fields          (context) => field descriptions, see fields.js
//   slot            name of a slot for fields of the page's own
//   submit          text key of the submit button, or (context) => key; danger: true draws it as such
//   run             async (context, values, { clientMetadata, validationData }) => next; what submitting does
//   choices         (context) => large buttons below; links (context) => small ones. See action below.
//   enter           async (context) => next; runs when the screen comes up, before anything of it is of use
//   meanwhile       async (context, signal) => next; runs while the screen is up and nothing is submitted, unseen
//   recover         (context, error) => next, where an error leads to another screen
// next is the name of a screen, { screen, notice, kind, fresh }, DONE, or undefined to stay; fresh empties the
// fields of a screen that comes again.
// action is { text | label, values, to | run, check, leave, countdown, waiting, icon, kind, key }:
//   to              screen to go to, also while work is under way
//   run             async (context, values) => next; leave: also while work is under way, which is given up
//   check           names of fields that must be right first
//   countdown       () => seconds left until it can be pressed, shown with the text `waiting`

import { adoptStyles } from './theme.js';
import { warning } from './fields.js';
import { Form } from './form.js';
import { h, icon, kebab } from './dom.js';
import { direction } from './i18n.js';
import { errorText, isTechnical } from './errors.js';

export const DONE = Symbol('done');

export class Panel {
  #host;
  #screens;
  #context;
  #hooks;
  #root;
  #styles;
  #frame;
  #panel = h('div', { class: 'panel' });
  #status = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  #stale = h('div', { class: 'frame stale', part: 'base stale', role: 'status' });
  #content = h('slot', { hidden: true });
  #form;
  #extra = []; // light-DOM nodes of the screen beside its form
  #notice;
  #error;
  #abort; // AbortController of the work under way
  #meanwhile; // AbortController of the screen's meanwhile
  #closing = false; // by close, not by the user
  #countdowns = [];
  #timer;
  #held = false; // something of the screen is being pressed
  #late = false; // refresh waits for its release
  screen;

  // hooks: emit(type, detail, cancelable) -> false when cancelled; done(), cancel(); canCancel(), logo(), modal()
  constructor(host, screens, context, hooks) {
    this.#host = host;
    this.#screens = screens;
    this.#context = context;
    this.#hooks = hooks;
    this.#form = new Form(host);
    this.#root = host.attachShadow({ mode: 'open' });
    this.#styles = adoptStyles(this.#root);
  }

  get busy() { return Boolean(this.#abort); }

  get dark() { return getComputedStyle(this.#frame).colorScheme === 'dark'; }

  // typed tells whether the user has begun to fill in the screen.
  get typed() { return this.#form.typed; }

  // --- frame

  // build makes the frame: a box in the page, or a <dialog>.
  build() {
    const modal = this.#hooks.modal();
    if (this.#frame && (this.#frame.localName === 'dialog') === modal) return;
    // What a copy of another element or a saved page brought along goes first.
    if (!this.#frame) for (const stale of this.#host.querySelectorAll(':scope > [data-amplify-auth]')) stale.remove();
    this.#frame = h(modal ? 'dialog' : 'div', {
      class: 'frame', part: modal ? 'base dialog' : 'base', hidden: !this.#content.hidden && !modal, 'aria-labelledby': modal ? 'title' : null,
      oncancel: (event) => { event.preventDefault(); if (this.#hooks.canCancel()) this.#hooks.cancel(); },
      onclose: () => this.#closed(),
      onpointerdown: () => this.#hold(),
      onkeydown: (event) => { if (event.key === ' ' && event.target.localName === 'button') this.#hold(); },
    }, this.#panel, this.#status);
    this.#root.replaceChildren(...this.#styles, this.#frame, this.#stale, this.#content);
  }

  open() {
    if (!this.#frame) return; // not in a document yet
    this.#frame.hidden = false;
    if (this.#frame.localName !== 'dialog' || this.#frame.open || !this.#frame.isConnected) return;
    this.#frame.showModal();
    this.#focusScreen();
  }

  close() {
    if (this.#frame?.localName === 'div') this.#frame.hidden = true;
    else if (this.#frame?.open) {
      this.#closing = true;
      this.#frame.close();
    }
  }

  // A browser may close a dialog in spite of oncancel; one that must not be cancelled comes up again.
  #closed() {
    if (this.#closing || !this.screen) this.#closing = false;
    else if (this.#hooks.canCancel()) this.#hooks.cancel();
    else this.open();
  }

  // moved: a dialog leaves the top layer when its element is moved in the document.
  moved() {
    if (this.#frame.localName === 'dialog' && this.#frame.open) {
      this.#frame.removeAttribute('open');
      this.open();
    }
  }

  // showContent swaps the screens for the page's own content (the default slot), or back.
  showContent(shown) {
    this.#content.hidden = !shown;
    if (shown) {
      this.close();
      this.reset();
    } else if (!this.#hooks.modal()) this.open();
  }

  // stale shows a line above the page's own content, or takes it away.
  stale(text) {
    const { t } = this.#context;
    Object.assign(this.#stale, { lang: t.language, dir: direction(t.language) });
    this.#stale.replaceChildren(...(text ? [text] : []));
  }

  // waiting shows a sign of work in place of a screen (a session is being looked up).
  waiting() {
    this.showContent(false);
    this.#panel.replaceChildren(h('div', { class: 'loading' }, this.#working()));
  }

  #working() { return h('div', { class: 'working' }, h('span', { class: 'spinner' }), this.#context.t('common.working')); }

  // --- screens

  // stop gives up the work under way.
  stop() {
    this.#meanwhile?.abort();
    this.#abort?.abort();
    this.#abort = undefined;
    clearInterval(this.#timer);
  }

  // reset leaves the screen.
  reset() {
    this.stop();
    this.#clear();
    this.#notice = this.#error = this.screen = undefined;
    this.#panel.replaceChildren();
  }

  // go shows a screen. focus: move the focus to it (not on a page's first paint).
  go(next, { focus = true } = {}) {
    const { screen, notice, kind = 'success', fresh = false } = typeof next === 'string' ? { screen: next } : next;
    this.stop();
    if (notice) this.#notice = { text: notice, kind };
    this.#error = undefined;
    const changed = screen !== this.screen;
    if (changed || fresh) this.#clear();
    this.screen = screen;
    this.refresh();
    this.#hooks.emit('screenchange', { screen, parameters: this.#context.flow.step?.parameters });
    // A dialog that opened before its first screen came holds the focus itself.
    if (focus || this.#root.activeElement === this.#frame) this.#focusScreen();
    if (notice) this.announce(notice);
    const { enter } = this.#screens[screen];
    if (enter && changed) this.perform(() => enter(this.#context), { enter: true });
    else this.wait();
  }

  // wait runs the screen's meanwhile, anew if what it goes by is another. Nobody has asked for it, so nobody hears
  // of its failing.
  async wait() {
    this.#meanwhile?.abort();
    const meanwhile = this.#screens[this.screen]?.meanwhile;
    if (!meanwhile || this.busy) return;
    const { signal } = this.#meanwhile = new AbortController();
    const next = await meanwhile(this.#context, signal).catch(() => {});
    if (next && !signal.aborted) this.#follow(next);
  }

  #follow(next) {
    if (next === DONE) this.#hooks.done();
    else if (next) this.go(next);
    else this.refresh();
  }

  #clear() {
    this.#form.clear();
    for (const node of this.#extra) node.remove();
    this.#extra = [];
  }

  // notify shows a line above the screen until its next step; kind: 'info', 'success' or 'error'.
  notify(text, kind = 'info') {
    this.#notice = { text, kind };
    this.refresh();
    this.announce(text);
  }

  announce(text) {
    // The same words twice in a row would be no change, and not be read.
    this.#status.textContent = text && this.#status.textContent === text ? `${text}\u00a0` : text;
  }

  // forgive takes an error away that is none any more.
  forgive() {
    this.#error = undefined;
    this.refresh();
  }

  // connection: the browser went offline or came back.
  connection() {
    this.refresh();
    if (this.screen) this.announce(navigator.onLine ? '' : this.#context.t('notice.offline'));
  }

  // light adds a light-DOM node of the screen, slotted at name.
  light(name) {
    const node = h('div', { slot: name, 'data-amplify-auth': '' });
    this.#extra.push(node);
    this.#host.append(node);
    return node;
  }

  // input tells the panel that something was typed.
  input(event) { if (this.#form.input(event)) this.refresh(); }

  // #hold: a button that is drawn anew between its press and its release is not clicked.
  #hold() {
    this.#held = true;
    const over = new AbortController();
    const release = () => {
      over.abort();
      this.#held = false;
      setTimeout(() => { if (this.#late) this.refresh(); }); // the click comes first
    };
    for (const type of ['pointerup', 'pointercancel', 'keyup', 'contextmenu']) addEventListener(type, release, { signal: over.signal, capture: true });
  }

  // refresh draws the screen anew; what is typed, and where the focus is, stay.
  refresh() {
    const screen = this.#screens[this.screen];
    if (!screen) return;
    this.#late = this.#held && this.#frame.dataset.screen === this.screen;
    if (this.#late) return;
    const context = this.#context;
    const { t } = context;
    const focused = this.#root.activeElement?.dataset.key;
    const { busy } = this;
    const fields = this.#form.sync((screen.fields?.(context) ?? []).filter(Boolean), t, {
      submit: screen.submit && (busy ? t('common.working') : this.#text(screen.submit)),
      onsubmit: (event) => { event.preventDefault(); this.submit(); },
      onchange: (spec, value) => { if (spec.onchange(context, value)) this.refresh(); },
    });
    const [logo, text] = [this.#hooks.logo(), screen.text?.(context)];
    const slots = kebab(this.screen);
    const choices = (screen.choices?.(context) ?? []).filter(Boolean);
    const links = (screen.links?.(context) ?? []).filter(Boolean);
    this.#countdowns = [];
    this.#frame.lang = t.language;
    this.#frame.dir = direction(t.language);
    this.#frame.dataset.screen = this.screen;
    this.#frame.classList.toggle('busy', busy);
    this.#panel.replaceChildren(...[
      this.#hooks.canCancel() && h('button', {
        type: 'button', class: 'close', part: 'close-button', 'data-key': 'close', 'aria-label': t('common.cancel'), onclick: () => this.#hooks.cancel(),
      }, icon('M6 6l12 12', 'M18 6L6 18')),
      this.#slot('header', logo && h('img', { class: 'logo', part: 'logo', src: logo, alt: '' })),
      this.#slot(`${slots}-header`),
      h('div', { class: 'body', part: 'body', role: 'group', 'aria-labelledby': 'title', 'aria-busy': String(busy) },
        h('div', { class: 'heading', part: 'heading' },
          h('h2', { id: 'title', 'data-key': 'title', part: 'title', tabindex: '-1' }, this.#text(screen.title)),
          text && h('p', { class: 'text', part: 'text' }, h('bdi', {}, text))),
        !navigator.onLine && this.#noticeView({ text: t('notice.offline'), kind: 'info' }),
        this.#notice && this.#noticeView(this.#notice),
        this.#error && this.#noticeView({ text: this.#error(), kind: 'error' }),
        screen.before?.(context, this),
        fields.map((field) => field.view(this)),
        screen.slot && this.#slot(screen.slot),
        screen.submit && h('div', { class: `button primary ${screen.danger ? 'danger' : ''}`, part: 'submit-button' }, h('slot', { name: '_form' }), busy && h('span', { class: 'spinner' }), h('slot', { name: '_submit' })),
        busy && !screen.submit && this.#working(),
        screen.body?.(context, this),
        choices.length > 0 && h('div', { class: 'choices', part: 'choices' }, choices.map((choice) => this.button(choice, `button ${choice.kind ?? ''}`))),
        links.length > 0 && h('div', { class: 'links', part: 'links' }, links.map((link) => this.button(link, 'link')))),
      this.#slot(`${slots}-footer`),
      this.#slot('footer'),
    ].filter(Boolean));
    if (focused) this.#root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    this.#tick();
  }

  #text(text) { return typeof text === 'function' ? text(this.#context) : this.#context.t(text); }

  // An empty slot must not leave a gap.
  #slot(name, ...fallback) {
    const slot = h('slot', { name, class: 'page-slot' }, ...fallback);
    const mark = () => slot.classList.toggle('empty', !slot.childElementCount && !slot.assignedNodes().length);
    slot.addEventListener('slotchange', mark);
    queueMicrotask(mark);
    return slot;
  }

  #noticeView({ text, kind }) {
    return h('div', { class: `notice ${kind}`, part: kind === 'error' ? 'error-message' : 'notice' },
      kind === 'success' ? icon('M5 12.5l5 5L20 7') : kind === 'info' ? icon('M12 3a9 9 0 100 18 9 9 0 000-18z', 'M12 11v5', 'M12 7.5v.5') : warning(), h('span', {}, text));
  }

  words(key) { return this.#context.t(key); }

  // button makes a shadow-DOM button of an action.
  button(action, className) {
    const { t } = this.#context;
    const label = action.label ?? t(action.text, action.values);
    const words = () => { const seconds = action.countdown?.() ?? 0; return seconds > 0 ? t(action.waiting, { seconds }) : label; };
    const blocked = () => action.countdown?.() > 0 || (this.busy && !action.to && !action.leave);
    const text = h('span', {}, words());
    const button = h('button', {
      type: 'button', class: className, part: className.startsWith('link') ? 'link' : `button ${action.part ?? ''}`.trim(),
      'data-key': action.key ?? action.to ?? action.text, 'aria-disabled': blocked() ? 'true' : null, 'aria-label': action.name,
      onclick: () => { if (!blocked()) this.#press(action); },
    }, action.icon?.(), text);
    if (action.countdown) this.#countdowns.push(() => { text.textContent = words(); if (!blocked()) button.removeAttribute('aria-disabled'); return action.countdown() > 0; });
    return button;
  }

  #press(action) {
    this.#notice = undefined;
    if (action.to) { this.go(action.to); return; }
    if (action.check && !this.#valid(action.check)) return;
    if (action.leave) this.stop();
    this.perform(() => action.run(this.#context, this.#form.values()));
  }

  #tick() {
    clearInterval(this.#timer);
    if (!this.#countdowns.length) return;
    this.#timer = setInterval(() => {
      if (!this.#countdowns.map((update) => update()).some(Boolean)) clearInterval(this.#timer);
    }, 1000);
  }

  // --- steps

  // #valid shows what is wrong with the named fields, or all, and moves to the first.
  #valid(names) {
    const wrong = this.#form.check(names);
    this.#notice = this.#error = undefined;
    if (wrong) {
      this.refresh();
      this.#focusError(wrong);
    }
    return !wrong;
  }

  #focusError(field) {
    // Moving the focus makes assistive technology read the field with its error. If it is there already the
    // error has to be said.
    if (this.#host.getRootNode().activeElement === field.input) this.announce(field.error);
    else field.focus();
  }

  async submit() {
    if (this.busy || !this.#valid()) return;
    const screen = this.#screens[this.screen];
    const detail = { screen: this.screen, values: this.#form.values(screen.slot), clientMetadata: undefined, validationData: undefined };
    if (!this.#hooks.emit('beforesubmit', detail, true)) return;
    await this.perform(() => screen.run(this.#context, detail.values, detail));
  }

  // perform runs a step of the flow with a visible sign of work and goes where it says.
  async perform(step, { enter = false } = {}) {
    if (this.busy) return;
    this.#meanwhile?.abort();
    const abort = this.#abort = new AbortController();
    const { screen } = this;
    const { t } = this.#context;
    this.#context.signal = abort.signal;
    if (!enter) this.#error = undefined;
    this.refresh();
    if (!enter) this.announce(t('common.working'));
    let next, failure;
    try {
      next = await step();
    } catch (error) {
      failure = error ?? new Error('unknown');
    }
    if (abort !== this.#abort) return; // left meanwhile
    this.#abort = undefined;
    if (!enter) this.announce('');
    if (failure) {
      this.fail(failure);
      if (this.screen === screen) this.wait();
      return;
    }
    if (!enter) this.#hooks.emit('aftersubmit', { screen, next: next === DONE ? undefined : next?.screen ?? next });
    this.#follow(next);
  }

  // fail shows an error: at the field it belongs to, else above the form.
  fail(error) {
    if (error.code === 'aborted' || error.code === 'signInSuperseded') { this.refresh(); return; }
    // The user can do nothing about it, and its text on the screen does not say what is wrong.
    if (isTechnical(error)) console.error(`${this.#host.localName}:`, error);
    this.#hooks.emit('autherror', { error, screen: this.screen });
    const next = this.#screens[this.screen]?.recover?.(this.#context, error);
    if (next) { this.go(next); return; }
    const { screen } = this;
    const text = () => errorText(this.#context.t, error, screen);
    const field = this.#form.fieldOf(error.code);
    if (field) field.setError(text);
    else this.#error = text;
    this.refresh();
    if (field) this.#focusError(field);
    else this.announce(text());
  }

  // #focusScreen moves to the first field that is still to be filled in, else to the heading.
  #focusScreen() {
    const field = this.#form.next;
    if (field) field.focus();
    else this.#root.getElementById('title')?.focus();
  }
}
