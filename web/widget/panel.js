// panel.js draws screens and runs them: the state machine that <amplify-sign-in> and <amplify-account> share.
//
// A screen is an entry of a table (see screens/ and account/):
//   title           text key, or (context) => text
//   text            (context) => text below the title
//   before, body    (context, panel) => shadow-DOM nodes before and after the fields
//   fields          (context) => field descriptions, see fields.js
//   back            action, or (context) => action: the way back, an arrow at the top
//   header          (context) => node in place of the title and text that are shown
//   slot            name of a slot for fields of the page's own
//   submit          text key of the submit button, or (context) => key; danger: true draws it as such
//   run             async (context, values, { clientMetadata, validationData }) => next; what submitting does
//   choices         (context) => large buttons below; links (context) => small ones. See action below.
//   enter           async (context) => next; runs when the screen comes up, before anything of it is of use
//   standIn         true for what is shown until the screen itself is there: no screenchange tells of it
//   meanwhile       async (context, signal) => next; runs while the screen is up and nothing is submitted, unseen
//   recover         (context, error) => next, where an error leads to another screen
// next is the name of a screen, { screen, notice, kind, fresh }, DONE, or undefined to stay; with fresh
// a screen that is up comes as if it were another.
// action is { text | label, values, to | run | set, check, leave, countdown, waiting, icon, status, kind, key }:
//   to              screen to go to, also while work is under way
//   run             async (context, values) => next; leave: also while work is under way, which is given up
//   set             (context, values): changes what the screen shows, at once
//   check           names of fields that must be right first
//   status          words at the end of a row; kind 'entry' makes a row
//   countdown       () => seconds left until it can be pressed, shown with the text `waiting`

import { h, isImage, kebab } from './dom.js';
import { Buttons } from './buttons.js';
import { customise } from './customise.js';
import { DONE } from './done.js';
import { errorText, isTechnical } from './errors.js';
import { Form } from './form.js';
import { Frame } from './frame.js';
import { icons } from './icons.js';
import { closeButton, heading, notice, slot, submitButton, working } from './view.js';

const asList = (items) => (items || []).filter(Boolean);

export class Panel {
  #host;
  #screens;
  #context;
  #hooks;
  #frame;
  #form;
  #extra = []; // light-DOM nodes of the screen beside its form
  #notice;
  #error;
  #abort; // AbortController of the work under way
  #meanwhile; // AbortController of the screen's meanwhile
  #buttons;
  #late = false; // refresh waits for the release of what is pressed
  screen;

  // hooks: emit(type, detail, cancelable) -> false when cancelled; done(), cancel(); canCancel(), logo(), modal();
  // configured() tells whether the configuration has come
  constructor(host, screens, context, hooks) {
    this.#host = host;
    this.#screens = screens;
    this.#context = context;
    this.#hooks = hooks;
    this.#form = new Form(host);
    this.#buttons = new Buttons({ t: () => context.t, busy: () => this.busy, press: (action) => this.#press(action) });
    this.#frame = new Frame(host, {
      ...hooks, opened: () => this.#focusScreen(), wanted: () => this.screen, released: () => { if (this.#late) this.refresh(); },
    });
  }

  get busy() { return Boolean(this.#abort); }
  get dark() { return this.#frame.dark; }

  // typed tells whether the user has begun to fill in the screen.
  get typed() { return this.#form.typed; }

  has(screen) { return Object.keys(this.#screens).includes(screen); }

  // --- the frame

  build() { this.#frame.build(); }
  open() { this.#frame.open(); }
  close() { this.#frame.close(); }
  moved() { this.#frame.moved(); }
  announce(text) { this.#frame.announce(text); }
  stale(text) { this.#frame.stale(text, this.#context.t); }

  // showContent swaps the screens for the page's own content, or back.
  showContent(shown) {
    this.#frame.showContent(shown);
    if (shown) this.reset();
  }

  // waiting shows a sign of work in place of a screen (a session is being looked up).
  waiting() {
    this.showContent(false);
    this.#frame.wait(h('div', { class: 'loading' }, working(this.#context.t)));
  }

  // --- screens

  // stop gives up the work under way.
  stop() {
    this.#meanwhile?.abort();
    this.#abort?.abort();
    this.#abort = undefined;
    this.#buttons.stop();
  }

  // reset leaves the screen.
  reset() {
    this.stop();
    this.#clear();
    this.#notice = this.#error = this.screen = undefined;
    this.#frame.panel.replaceChildren();
  }

  // go shows a screen. focus: move the focus to it (not on a page's first paint).
  go(next, { focus = true } = {}) {
    const { screen, notice, kind = 'success', fresh = false } = typeof next === 'string' ? { screen: next } : next;
    this.stop();
    if (notice) this.#notice = { text: notice, kind };
    this.#error = undefined;
    const changed = fresh || screen !== this.screen;
    if (changed) this.#clear();
    this.screen = screen;
    this.refresh();
    const { enter, standIn } = this.#screens[screen];
    if (!standIn) this.#hooks.emit('screenchange', {
      screen, parameters: this.#context.flow.step?.parameters, username: this.#context.flow.username,
      submit: (values) => this.#send(screen, values),
    });
    // A dialog that opened before its first screen came holds the focus itself.
    if (focus || this.#frame.root.activeElement === this.#frame.box) this.#focusScreen();
    if (notice) this.announce(notice);
    if (enter && changed) this.perform(() => enter(this.#context), { enter: true, focus });
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

  #follow(next, focus) {
    if (next === DONE) this.#hooks.done();
    else if (next) this.go(next, { focus });
    else this.refresh();
  }

  #clear() {
    this.#frame.loosen();
    this.#form.clear();
    for (const node of this.#extra) node.remove();
    this.#extra = [];
  }

  // notify shows a line above the screen until its next step; kind: as of view.js.
  notify(text, kind = 'info') {
    this.#notice = { text, kind };
    this.refresh();
    this.announce(text);
  }

  // forgive takes an error away that is none any more.
  forgive() {
    this.#error = undefined;
    this.keep(() => this.refresh());
  }

  keep(draw) { this.#frame.keep(draw); }

  // connection: the browser went offline or came back.
  connection() {
    this.refresh();
    if (this.screen) this.announce(navigator.onLine ? '' : this.#context.t('notice.offline'));
  }

  // mend puts back what something else, which draws the page anew, has taken out of the form.
  mend() { if (this.#form.torn) { this.#form.mend(); this.refresh(); } }

  // light adds a light-DOM node of the screen, slotted at name.
  light(name) {
    const node = h('div', { slot: name, 'data-amplify-auth': '' });
    this.#extra.push(node);
    this.#host.prepend(node);
    return node;
  }

  // input tells the panel that something was typed.
  input(event) { if (this.#form.input(event)) this.refresh(); }

  // refresh draws the screen anew; what is typed, and where the focus is, stay.
  refresh() {
    const screen = this.#screens[this.screen];
    if (!screen) return;
    const { box, root } = this.#frame;
    this.#late = this.#frame.held && box.dataset.screen === this.screen;
    if (this.#late) return;
    const focused = root.activeElement?.dataset.key;
    this.#buttons.stop();
    this.#dress(box);
    this.#frame.panel.replaceChildren(...this.#draw(screen, this.#fields(screen)));
    if (focused) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    this.#buttons.tick();
  }

  // #dress tells the box what it shows.
  #dress(box) {
    this.#frame.dress(box, this.#context.t.language);
    box.dataset.screen = this.screen;
    box.classList.toggle('busy', this.busy);
    box.classList.toggle('unconfigured', !this.#hooks.configured());
  }

  // #fields makes the light-DOM form fit the screen.
  #fields(screen) {
    const context = this.#context;
    const specs = asList(screen.fields?.(context));
    return this.#form.sync(customise(specs, this.#host.fields?.[this.screen]), context.t, {
      submit: this.#text(screen.submit),
      onsubmit: (event) => { event.preventDefault(); this.submit(); },
      onchange: (spec, value) => { if (spec.onchange(context, value)) this.refresh(); },
    });
  }

  // #draw lays out the shadow-DOM side. The page may take the place of the whole body by a slot of the screen's name.
  #draw(screen, fields) {
    const [logo, name] = [this.#hooks.logo(), kebab(this.screen)];
    return [
      this.#hooks.canCancel() && closeButton(this.#context.t, () => this.#hooks.cancel()),
      slot('header', isImage(logo) && h('img', { class: 'logo', part: 'logo', src: logo, alt: '' })),
      slot(`${name}-header`),
      slot(name, h('div', { class: 'body', part: 'body', role: 'group', 'aria-labelledby': 'title', 'aria-busy': String(this.busy) }, this.#body(screen, fields))),
      slot(`${name}-footer`),
      slot('footer'),
    ].filter(Boolean);
  }

  #body(screen, fields) {
    const context = this.#context;
    const choices = asList(screen.choices?.(context));
    const links = asList(screen.links?.(context));
    const submits = this.#text(screen.submit);
    const back = typeof screen.back === 'function' ? screen.back(context) : screen.back;
    return [
      back && this.#backButton(back),
      screen.header?.(context) ?? heading(this.#text(screen.title), screen.text?.(context)),
      this.#notices(),
      screen.before?.(context, this),
      fields.map((field) => field.view(this)),
      screen.slot && slot(screen.slot),
      submits && submitButton(this.busy, screen.danger),
      this.busy && !submits && working(context.t),
      screen.body?.(context, this),
      choices.length > 0 && h('div', { class: 'choices', part: 'choices' }, choices.map((choice) => this.button(choice, `button ${choice.kind ?? ''}`))),
      links.length > 0 && h('div', { class: `links ${links.some(({ kind }) => kind) ? 'apart' : ''}`, part: 'links' }, links.map((link) => this.button(link, `link ${link.kind ?? ''}`))),
    ];
  }

  #notices() {
    return [
      !navigator.onLine && { text: this.#context.t('notice.offline'), kind: 'offline' },
      this.#notice,
      this.#error && { text: this.#error(), kind: 'error' },
    ].filter(Boolean).map(notice);
  }

  #text(text) { return typeof text === 'function' ? text(this.#context) : text && this.#context.t(text); }

  words(key) { return this.#context.t(key); }

  #backButton(action) {
    const name = this.#context.t('common.back');
    return this.button({ ...action, name, label: '', icon: icons.back, part: 'back-button' }, 'corner back');
  }

  button(action, className) { return this.#buttons.make(action, className); }

  #press(action) {
    this.#notice = undefined;
    if (action.to) { this.go(action.to); return; }
    if (action.set) { action.set(this.#context, this.#form.values()); this.refresh(); return; }
    if (action.check && !this.#valid(action.check)) return;
    if (action.leave) this.stop();
    this.perform(() => action.run(this.#context, this.#form.values()));
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

  // submit sends what the form holds.
  async submit() {
    if (this.busy || !this.#valid()) return;
    await this.#send(this.screen, this.#form.values(this.#screens[this.screen].slot));
  }

  // #send takes the screen's step with values of its form, or of markup of the page's own in its place.
  async #send(screen, values) {
    if (screen !== this.screen || this.busy) return;
    const rejected = [];
    const detail = {
      screen, values, clientMetadata: undefined, validationData: undefined,
      reject: (message, fieldName) => { rejected.push([String(message), fieldName]); },
    };
    const wanted = this.#hooks.emit('beforesubmit', detail, true);
    if (rejected.length) this.#reject(rejected);
    else if (wanted) await this.perform(() => this.#screens[screen].run(this.#context, detail.values, detail));
  }

  // #reject shows what the page says against a step: each message at the field of its name, else above the form.
  #reject(rejected) {
    const [first] = rejected.map(([message, name]) => {
      const field = this.#form.named(name);
      if (field) field.setError(() => message);
      else this.#error = () => message;
      return field;
    }).filter(Boolean);
    this.refresh();
    if (first) this.#focusError(first);
    else this.announce(rejected[0][0]);
  }

  // perform runs a step of the flow with a visible sign of work and goes where it says.
  async perform(step, { enter = false, focus = true } = {}) {
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
    this.#follow(next, focus);
  }

  // fail shows an error, in words of its own: at the field it belongs to, else above the form.
  fail(error, words = errorText) {
    if (error.code === 'aborted' || error.code === 'signInSuperseded') { this.refresh(); return; }
    // The user can do nothing about it, and its text on the screen does not say what is wrong.
    if (isTechnical(error)) console.error(`${this.#host.localName}:`, error);
    this.#hooks.emit('autherror', { error, screen: this.screen });
    const next = this.#screens[this.screen]?.recover?.(this.#context, error);
    if (next) { this.go(next); return; }
    const { screen } = this;
    const text = () => words(this.#context.t, error, screen);
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
    else this.#frame.root.getElementById('title')?.focus();
  }
}
