// form.js: the light-DOM form of a screen and its fields.

import { h } from './dom.js';
import { Field } from './fields.js';

let count = 0;

export class Form {
  #host;
  #form;
  #button;
  #fields = new Map(); // by name

  constructor(host) { this.#host = host; }

  get #all() { return [...this.#fields.values()]; }
  get #shown() { return this.#all.filter(({ spec }) => spec.visible !== false); }

  // typed tells whether the user has begun to fill it in.
  get typed() { return this.#all.some(({ spec, value }) => value && value !== spec.value); }

  // sync makes the form fit the descriptions and returns its fields. A field that stays keeps its input, and so
  // what is typed, the focus, and what a password manager knows of it.
  sync(specs, t, { submit, onsubmit, onchange }) {
    if (submit && !this.#form) {
      this.#form = h('form', { slot: '_form', id: `amplify-auth-form-${++count}`, method: 'post', novalidate: true, 'data-amplify-auth': '', onsubmit });
      this.#button = h('button', { slot: '_submit', type: 'submit', form: this.#form.id, 'data-amplify-auth': '' });
      this.#host.prepend(this.#form, this.#button);
    }
    if (submit) this.#button.textContent = submit;
    for (const [name, field] of this.#fields) {
      if (specs.some((spec) => spec.name === name)) continue;
      field.remove();
      this.#fields.delete(name);
    }
    return specs.map((spec) => {
      const field = this.#fields.get(spec.name) ?? new Field(this.#button, this.#form);
      this.#fields.set(spec.name, field);
      field.update(spec, t);
      field.input.onchange = spec.onchange && (() => onchange(spec, field.value));
      return field;
    });
  }

  // torn tells that something else has taken nodes of it out of the page; mend puts them back, with what is typed.
  get torn() { return Boolean(this.#form) && [this.#form, this.#button, ...this.#all.map(({ input }) => input)].some((node) => node.parentNode !== this.#host); }
  mend() {
    this.#host.prepend(this.#form, this.#button);
    for (const field of this.#all) field.place();
  }

  clear() {
    for (const field of this.#all) field.remove();
    this.#fields.clear();
    this.#form?.remove();
    this.#button?.remove();
    this.#form = this.#button = undefined;
  }

  // values are those of the fields, and of the page's own fields in a slot, by their names.
  values(slot) {
    const values = Object.fromEntries([...this.#fields].map(([name, field]) => [name, field.value]));
    for (const own of slot ? this.#host.querySelectorAll(`:scope > [slot="${slot}"]`) : []) {
      for (const control of own.matches('input, select, textarea') ? [own] : own.querySelectorAll('input, select, textarea')) {
        if (control.name) values[control.name] = control.type === 'checkbox' ? control.checked : control.value;
      }
    }
    return values;
  }

  // check marks what is wrong with the named fields, or all, and returns the first that is.
  check(names = [...this.#fields.keys()]) {
    return names.map((name) => this.#fields.get(name)).filter((field) => {
      const problem = () => field.problem(this.values());
      field.setError(problem() && problem);
      return field.error;
    })[0];
  }

  // input tells that something was typed. It returns true when that has put right what was wrong.
  input(event) {
    const field = this.#all.find(({ input }) => input === event.target);
    field?.onInput?.();
    if (!field?.error || field.problem(this.values())) return false;
    field.setError();
    return true;
  }

  // named is the field on show with a name.
  named(name) { return this.#shown.find(({ spec }) => spec.name === name); }

  // fieldOf finds the field that an error code belongs to.
  fieldOf(code) { return this.#shown.find(({ spec }) => spec.errors?.includes(code)); }

  // next is the first field that is still to be filled in.
  get next() { return this.#shown.find(({ spec, value }) => !spec.readonly && spec.type !== 'checkbox' && !value); }
}
