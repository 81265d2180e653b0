// panel.js draws screens and runs them: the state machine that <amplify-sign-in> and <amplify-account> share.
//
// A screen is an entry of a table (see screens/):
//   title                text key, or (context) => text
//   text                 (context) => text below the title
//   before, body         (context, actions) => shadow-DOM nodes before and after the fields
//   fields               (context) => descriptions of fields.js
//   submit               text key of the submit button
//   run                  async (context, values, hooks) => next; called by the submit button with { name: value }
//   actions, links       (context) => buttons and links below: { text, values?, to | run, kind?, countdown? }
//   enter                async (context) => next; called when the screen comes up
//   slot                 name of a slot for the page's own fields
// `next` is a screen's name, undefined (stay) or DONE.

import { adoptStyles } from './theme.js';
import { Field, warning } from './fields.js';
import { h, icon, kebab } from './dom.js';
import { direction } from './i18n.js';

export const DONE = Symbol('done');

export class Panel {
  #host;
  #root;
  #hooks;
  #screens;
  #frame;
  #panel;
  #status;
  #content = h('slot');
  #form;
  #submitButton;
  #fields = new Map();
  #context;
  #notice;
  #formError;
  #abort;
  #countdowns = [];
  #timer;
  screen;

  // hooks: emit(type, detail, cancelable) -> not cancelled; cancel(); done(); canCancel(); logo(); modal()
  constructor(host, screens, context, hooks) {
    this.#host = host;
    this.#screens = screens;
    this.#context = context;
    this.#hooks = hooks;
    this.#root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    adoptStyles(this.#root);
  }

  get busy() { return Boolean(this.#abort); }

  // build makes the frame: a box in the page or a <dialog>. What a copied or server-rendered element brought
  // along from another instance goes first.
  build() {
    const modal = this.#hooks.modal();
    if (this.#frame && (this.#frame.localName === 'dialog') === modal) return;
    for (const stale of this.#host.querySelectorAll(':scope > [data-amplify-auth]')) {
      if (!this.#owns(stale)) stale.remove();
    }
    this.#panel ??= h('div', { class: 'panel' });
    this.#status ??= h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
    this.#frame = h(modal ? 'dialog' : 'div', {
      class: 'frame', part: modal ? 'base dialog' : 'base', 'aria-labelledby': modal ? 'title' : null,
      onclose: () => this.#hooks.canCancel() && this.#hooks.cancel(),
      oncancel: (event) => { if (!this.#hooks.canCancel()) event.preventDefault(); },
    }, this.#panel, this.#status);
    this.#content.hidden = true;
    this.#root.replaceChildren(this.#frame, this.#content);
  }

  #owns(node) {
    return node === this.#form || node === this.#submitButton || [...this.#fields.values()].some((field) => [...field.nodes, field.hint, field.errorNode].includes(node));
  }

  open() {
    this.#frame.hidden = false;
    if (this.#frame.localName === 'dialog' && !this.#frame.open && this.#frame.isConnected) {
      this.#frame.showModal();
      this.#focusScreen();
    }
  }

  close() {
    if (this.#frame.localName !== 'dialog') { this.#frame.hidden = true; return; }
    if (!this.#frame.open) return;
    // Closing by ourselves is not a cancellation: the close event comes later, so it must not find its handler's dialog.
    this.#frame.addEventListener('close', (event) => event.stopImmediatePropagation(), { once: true, capture: true });
    this.#frame.close();
  }

  // showContent swaps the screens for the page's own content (the default slot), or back.
  showContent(shown) {
    this.#content.hidden = !shown;
    if (!shown) { if (!this.#hooks.modal()) this.open(); return; }
    this.stop();
    this.close();
    this.#clearForm();
    this.screen = undefined;
    this.#panel.replaceChildren();
  }

  // stop ends what the screen had under way.
  stop() {
    this.#abort?.abort();
    this.#abort = undefined;
    clearInterval(this.#timer);
  }

  // go shows a screen. focus: move the focus to it (not on a page's first paint).
  go(name, { focus = true } = {}) {
    if (name !== this.screen) {
      this.stop();
      this.#clearForm();
      this.#formError = undefined;
      this.screen = name;
      this.refresh();
      this.#hooks.emit('screenchange', { screen: name });
      if (focus) this.#focusScreen();
      const enter = this.#screens[name].enter;
      if (enter) this.perform(() => enter(this.#context), { quiet: true });
    } else {
      this.refresh();
    }
  }

  // notify shows a line above the screen until the next one; kind: 'info', 'success' or 'error'.
  notify(text, kind = 'info') {
    this.#notice = text && { text, kind };
    if (this.screen) this.refresh();
    if (text) this.announce(text);
  }

  announce(text) {
    // The same words twice in a row would not be a change, and not be read.
    this.#status.textContent = this.#status.textContent === text ? `${text}\u00a0` : text;
  }

  // waiting shows a spinner in place of a screen (a session is being looked up).
  waiting() {
    this.#panel.replaceChildren(h('div', { class: 'loading' }, h('span', { class: 'spinner' }), h('span', { class: 'visually-hidden' }, this.#context.t('common.working'))));
  }

  // refresh draws the screen anew; what is typed and where the focus is stay.
  refresh() {
    const screen = this.#screens[this.screen];
    if (!screen) return;
    const context = this.#context;
    const { t } = context;
    const active = this.#root.activeElement?.dataset.key;
    const title = this.#text(screen.title);
    const text = screen.text && this.#text(screen.text);
    const fields = this.#reconcile((screen.fields?.(context) ?? []).filter(Boolean));
    const slots = kebab(this.screen);
    const busy = this.busy;
    this.#countdowns = [];
    this.#frame.lang = t.language;
    this.#frame.dir = direction(t.language);
    this.#frame.classList.toggle('busy', busy);
    this.#frame.dataset.screen = this.screen;
    const logo = this.#hooks.logo();
    this.#panel.replaceChildren(...[
      this.#hooks.canCancel() && h('button', { type: 'button', class: 'close', part: 'close-button', 'data-key': 'close', 'aria-label': t('common.cancel'), onclick: () => this.#hooks.cancel() }, icon('M6 6l12 12', 'M18 6L6 18')),
      h('slot', { name: 'header' }, logo && h('img', { class: 'logo', part: 'logo', src: logo, alt: '' })),
      h('slot', { name: `${slots}-header` }),
      h('div', { class: 'body', part: 'body', role: 'group', 'aria-labelledby': 'title', 'aria-busy': String(busy) }, [
        h('h2', { id: 'title', part: 'title', tabindex: '-1' }, title),
        text && h('p', { class: 'text', part: 'text' }, text),
        this.#notice && this.#noticeView(this.#notice),
        this.#formError && this.#noticeView({ text: this.#formError, kind: 'error' }),
        screen.before?.(context, this),
        fields.map((field) => field.view(this)),
        screen.slot && h('slot', { name: screen.slot, class: 'filled' }),
        screen.submit && h('div', { class: 'button primary', part: 'submit-button' }, h('slot', { name: '_form' }), busy && h('span', { class: 'spinner' }), h('slot', { name: '_submit' })),
        screen.body?.(context, this),
        (screen.actions?.(context) ?? []).filter(Boolean).map((action) => this.button(action, `button ${action.kind ?? ''}`)),
        h('div', { class: 'links', part: 'links' }, (screen.links?.(context) ?? []).filter(Boolean).map((link) => this.button(link, 'link'))),
      ].flat().filter(Boolean)),
      h('slot', { name: `${slots}-footer` }),
      h('slot', { name: 'footer' }),
    ].filter(Boolean));
    for (const slot of this.#panel.querySelectorAll(':scope > slot')) {
      const mark = () => slot.classList.toggle('filled', slot.childElementCount > 0 || slot.assignedNodes().length > 0);
      slot.addEventListener('slotchange', mark);
      mark();
    }
    if (active) this.#root.querySelector(`[data-key="${CSS.escape(active)}"]`)?.focus();
    this.#tick();
  }

  #text(text) { return typeof text === 'function' ? text(this.#context) : this.#context.t(text); }

  #noticeView({ text, kind }) {
    return h('div', { class: `notice ${kind}`, part: kind === 'error' ? 'error-message' : 'notice' },
      kind === 'success' ? icon('M5 12.5l5 5L20 7') : warning(), h('span', {}, text));
  }

  // button makes a shadow-DOM button of an action { text | label, to | run, countdown }.
  button(action, className) {
    const { t } = this.#context;
    const label = action.label ?? t(action.text, action.values);
    const waiting = action.countdown && action.countdown() > 0;
    const button = h('button', {
      type: 'button', class: className, 'data-key': action.key ?? action.text, part: action.part ?? (className.startsWith('link') ? 'link' : 'button'),
      'aria-disabled': waiting || this.busy ? 'true' : null, 'aria-label': action.name, lang: action.lang,
      onclick: () => {
        if (this.busy || (action.countdown && action.countdown() > 0)) return;
        if (action.to) { this.#notice = undefined; this.go(action.to); } else this.perform(() => action.run(this.#context, this.#values()));
      },
    }, action.icon?.(), waiting ? t(action.waiting, { seconds: action.countdown() }) : label);
    if (action.countdown) this.#countdowns.push({ button, action, label });
    return button;
  }

  #tick() {
    clearInterval(this.#timer);
    if (!this.#countdowns.length) return;
    this.#timer = setInterval(() => {
      for (const { button, action, label } of this.#countdowns) {
        const left = action.countdown();
        button.lastChild.textContent = left > 0 ? this.#context.t(action.waiting, { seconds: left }) : label;
        if (left <= 0 && !this.busy) button.removeAttribute('aria-disabled');
      }
      if (this.#countdowns.every(({ action }) => action.countdown() <= 0)) clearInterval(this.#timer);
    }, 1000);
  }

  // #reconcile makes the form fit the descriptions; a field that stays keeps its input, so that what is
  // typed, the focus and what a password manager remembers of it survive.
  #reconcile(specs) {
    const screen = this.#screens[this.screen];
    const { t } = this.#context;
    if (screen.submit && !this.#form) {
      this.#form = h('form', {
        slot: '_form', id: `amplify-auth-form-${this.screen}-${++forms}`, 'data-amplify-auth': '', novalidate: true, method: 'post', action: '#',
        onsubmit: (event) => { event.preventDefault(); this.submit(); },
      });
      this.#submitButton = h('button', { slot: '_submit', type: 'submit', form: this.#form.id, 'data-amplify-auth': '' });
      this.#host.append(this.#form);
    }
    for (const [name, field] of this.#fields) {
      if (!specs.some((spec) => spec.name === name)) { field.remove(); this.#fields.delete(name); }
    }
    for (const spec of specs) {
      let field = this.#fields.get(spec.name);
      if (!field) {
        field = new Field(this.#host, this.#form);
        this.#fields.set(spec.name, field);
      }
      field.update(spec, t);
      if (spec.onchange) field.input.onchange = () => spec.onchange(this.#context, field.value);
    }
    if (screen.submit) {
      this.#submitButton.textContent = this.busy ? t('common.working') : t(screen.submit);
      if (this.#host.lastElementChild !== this.#submitButton && !this.#submitButton.isConnected) this.#host.append(this.#submitButton);
    }
    return specs.map((spec) => this.#fields.get(spec.name));
  }

  #clearForm() {
    for (const field of this.#fields.values()) field.remove();
    this.#fields.clear();
    this.#form?.remove();
    this.#submitButton?.remove();
    this.#form = this.#submitButton = undefined;
  }

  // input tells the panel that something was typed (the element listens once for all fields).
  input(event) {
    for (const field of this.#fields.values()) if (field.inputs.includes(event.target)) field.onInput?.();
  }

  owns(node) { return this.#owns(node); }

  // typed is whether the user has begun to fill in the screen.
  get typed() { return [...this.#fields.values()].some((field) => field.value && field.value !== field.spec.value); }

  #values() {
    const values = Object.fromEntries([...this.#fields].map(([name, field]) => [name, field.value]));
    const { slot } = this.#screens[this.screen];
    // Fields that the page put into the screen's slot count by their names.
    for (const own of slot ? this.#host.querySelectorAll(`:scope > [slot="${slot}"]`) : []) {
      for (const control of own.matches('input, select, textarea') ? [own] : own.querySelectorAll('input, select, textarea')) {
        if (control.name) values[control.name] = control.type === 'checkbox' ? control.checked : control.value;
      }
    }
    return values;
  }

  async submit() {
    if (this.busy) return;
    const screen = this.#screens[this.screen];
    const values = this.#values();
    let first;
    for (const field of this.#fields.values()) {
      const problem = field.problem(values);
      field.setError(problem);
      if (problem) first ??= field;
    }
    this.#formError = undefined;
    this.#notice = undefined;
    if (first) {
      this.refresh();
      this.#focusField(first);
      return;
    }
    const hooks = { clientMetadata: undefined, validationData: undefined };
    if (!this.#hooks.emit('beforesubmit', Object.assign(hooks, { screen: this.screen, values }), true)) return;
    await this.perform(() => screen.run(this.#context, values, hooks));
  }

  #focusField(field) {
    // Moving the focus makes assistive technology read the field with its error; if it is there already
    // the error has to be said.
    if (field.inputs.includes(this.#host.getRootNode().activeElement)) this.announce(field.error);
    else field.focus();
  }

  // perform runs a step of the flow with a visible sign of work and goes where it says.
  async perform(step, { quiet = false } = {}) {
    if (this.busy) return;
    const abort = this.#abort = new AbortController();
    const { screen } = this;
    this.#context.signal = abort.signal;
    this.#formError = undefined;
    this.refresh();
    if (!quiet) this.announce(this.#context.t('common.working'));
    let next, failure;
    try {
      next = await step();
    } catch (error) {
      failure = error;
    }
    if (abort !== this.#abort) return; // left meanwhile
    this.#abort = undefined;
    if (failure) { this.fail(failure); return; }
    if (!quiet) { this.announce(''); this.#hooks.emit('aftersubmit', { screen }); }
    if (next === DONE) this.#hooks.done();
    else if (next) this.go(next);
    else this.refresh();
  }

  // fail shows an error: at the field it belongs to, else above the form.
  fail(error) {
    const { t } = this.#context;
    if (error?.code === 'aborted') { this.refresh(); return; }
    this.#hooks.emit('autherror', { error, screen: this.screen });
    const recovery = this.#screens[this.screen]?.recover?.(this.#context, error);
    if (recovery) { this.go(recovery); return; }
    const text = errorText(t, error, this.screen);
    const field = [...this.#fields.values()].find(({ spec }) => spec.visible !== false && spec.errors?.includes(error.code));
    if (field) {
      field.setError(text);
      this.refresh();
      field.focus();
      this.#focusField(field);
      return;
    }
    this.#formError = text;
    this.refresh();
    this.announce(text);
  }

  // #focusScreen moves to the first field that is to be filled in, else to the heading.
  #focusScreen() {
    const field = [...this.#fields.values()].find(({ spec, value }) => spec.visible !== false && !spec.readonly && spec.type !== 'checkbox' && !value)
      ?? [...this.#fields.values()].find(({ spec }) => spec.type === 'radio');
    if (field) field.focus();
    else this.#root.getElementById('title')?.focus();
  }
}

let forms = 0;

// errorText finds the text of an error: that of the screen, of its code, or a general one. A message that the
// pool's own Lambda function wrote for the user is shown as it is.
function errorText(t, error, screen) {
  if (error.code === 'userLambdaValidation' && error.message) return error.message.replace(/^\w+ failed with error /, '');
  const key = [`error.${screen}.${error.code}`, `error.${error.code}`].find(t.has) ?? 'error.unknown';
  return t(key);
}
