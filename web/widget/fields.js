// fields.js: form fields.
//
// Inputs, labels, hints and errors are light-DOM children of the element, each slotted into its place in the
// shadow root, and belong to one light-DOM <form> by their form attribute. Password managers, browser autofill
// and assistive technology see an ordinary form, while the boxes around the inputs stay out of the page's CSS.

import { h, icon, setAttribute } from './dom.js';
import { icons } from './icons.js';
import { part } from './parts.js';
import { missing, rules } from './password-policy.js';

let count = 0;

// A field is described by a plain object:
//   name          of the form field; label, hint: text keys, or words of the page's own
//   type          text (default), email, tel, url, date, password, newPassword, code, select, checkbox
//   value         to begin with
//   required      true unless false
//   visible       false keeps the input in the form but out of sight (a user name for password managers)
//   readonly, autocomplete, autocapitalize, inputmode, placeholder, maxlength: as the attributes
//   options       of a select: [{ value, label }]
//   link          an action below the input
//   after         shadow-DOM node behind a checkbox
//   policy        password policy of a newPassword
//   validate      (value, values of the form) => text key, or a falsy value when it is right
//   errors        error codes that belong to this field
//   onchange      (context, value) => true to draw the screen anew
export class Field {
  #nodes = [];
  #before; // where in the light DOM the nodes go: in the order of the form, for password managers
  #form;
  #id = `amplify-auth-${++count}`;
  #revealed = false;
  #entered = false; // has had the focus
  #dial; // the <select> of country codes
  #why; // () => the error's text, in the language of now
  error = '';

  constructor(before, form) {
    this.#before = before;
    this.#form = form;
  }

  // update makes the light-DOM nodes fit the description; an input that still fits stays.
  update(spec, t) {
    const before = this.spec;
    const untouched = !before || (this.value || '') === (before.value || '');
    this.spec = spec;
    this.t = t;
    if (!before || (before.type === 'select') !== (spec.type === 'select')) this.#build();
    this.#describe();
    if (untouched) this.value = spec.value ?? '';
  }

  #build() {
    this.remove();
    const { name, type } = this.spec;
    const slot = (kind) => ({ slot: `_${name}-${kind}`, 'data-amplify-auth': '' });
    this.input = h(type === 'select' ? 'select' : 'input', { ...slot('input'), id: this.#id, name, form: this.#form.id });
    this.label = h('label', { ...slot('label'), for: this.#id });
    this.hint = h('span', { ...slot('hint'), id: `${this.#id}-hint` });
    this.errorNode = h('span', { ...slot('error'), id: `${this.#id}-error` });
    this.#nodes = [this.label, this.input, this.hint, this.errorNode];
    this.place();
  }

  // place puts the nodes where they belong.
  place() { this.#before.before(...this.#nodes); }

  #describe() {
    const { spec, t, input } = this;
    const { type = 'text' } = spec;
    const secret = /password/i.test(type);
    const required = spec.required !== false;
    this.label.textContent = t(spec.label, spec.values) + (required || type === 'checkbox' ? '' : ` ${t('common.optional')}`);
    if (type === 'select') this.#fillSelect();
    const plain = type === 'text' && !/username|email|one-time/.test(spec.autocomplete);
    const attributes = {
      type: type === 'select' ? null : secret ? (this.#revealed ? 'text' : 'password') : type === 'code' ? 'text' : type,
      autocomplete: spec.autocomplete,
      autocapitalize: spec.autocapitalize ?? (plain ? null : 'none'),
      spellcheck: plain ? null : 'false',
      inputmode: spec.inputmode ?? (type === 'code' ? 'numeric' : null),
      placeholder: spec.placeholder,
      maxlength: spec.maxlength,
      readonly: spec.readonly,
      passwordrules: spec.policy && passwordRules(spec.policy),
      dir: /code|tel|email|url|password/i.test(type) ? 'ltr' : type === 'text' ? 'auto' : null,
      'aria-required': required && spec.visible !== false ? 'true' : null,
    };
    for (const [name, value] of Object.entries(attributes)) setAttribute(input, name, value);
    this.hint.textContent = [
      spec.hint && t(spec.hint),
      spec.policy && `${t('policy.title')} ${t.list(rules(spec.policy).map((rule) => t(rule.key, rule.values)))}`,
    ].filter(Boolean).join(' ');
    this.setError(this.#why);
  }

  #fillSelect() {
    const chosen = this.input.value || this.spec.value;
    this.input.replaceChildren(h('option', { value: '' }), ...this.spec.options.map(({ value, label }) => h('option', { value }, this.t(label ?? value))));
    this.input.value = chosen ?? '';
  }

  get value() {
    const { type } = this.spec;
    if (type === 'checkbox') return this.input.checked;
    const typed = this.input.value;
    // A password keeps every character; around other values blanks are slips.
    if (/password/i.test(type)) return typed;
    return type === 'tel' ? phoneNumber(typed) : type === 'code' ? typedCode(typed) : typed.trim();
  }

  set value(value) {
    if (this.spec.type === 'checkbox') this.input.checked = Boolean(value);
    else if (this.input.value !== value) this.input.value = value;
  }

  // problem is the text of what is wrong with the value, or ''.
  problem(values) {
    const { spec, value, t } = this;
    if (spec.visible === false) return '';
    if (value === '' || value === false) return spec.required === false ? '' : t(spec.type === 'checkbox' ? 'invalid.accept' : 'invalid.required');
    if (spec.type === 'email' && !isEmailAddress(value)) return t('invalid.email');
    if (spec.type === 'tel' && !isPhoneNumber(value)) return t('invalid.phone');
    if (spec.type === 'url' && !isURL(value)) return t('invalid.url');
    const broken = missing(spec.policy, value);
    if (broken.length) return t('error.invalidPassword'); // the rules stand beside it, marked
    const key = spec.validate?.(value, values);
    return key ? t(key) : '';
  }

  setError(why) {
    this.#why = why;
    const text = this.error = why ? why() : '';
    this.errorNode.textContent = text;
    setAttribute(this.input, 'aria-invalid', text ? 'true' : null);
    setAttribute(this.input, 'aria-describedby', [text && this.errorNode.id, this.hint.textContent && this.hint.id].filter(Boolean).join(' ') || null);
  }

  // view is the shadow-DOM side: the boxes with the slots.
  view(panel) {
    const { spec } = this;
    const { name, type } = spec;
    if (spec.visible === false) return null;
    const slot = (kind) => h('slot', { name: `_${name}-${kind}` });
    const notes = [
      this.hint.textContent && h('div', { class: spec.policy ? 'visually-hidden' : 'hint', part: 'hint' }, slot('hint')),
      this.error && h('div', { class: 'error-text', part: 'error' }, warning(), slot('error')),
    ];
    if (type === 'checkbox') {
      return h('div', { class: 'field', part: 'field' }, h('div', { class: 'check', part: 'checkbox' }, slot('input'), h('div', {}, slot('label'), spec.after && ' ', spec.after)), notes);
    }
    const box = h('div', { part: 'input' }, type === 'tel' && !spec.readonly && this.#dialCodes(), slot('input'), /password/i.test(type) && this.#reveal());
    // :focus-within is not set on a box that is drawn around an input which has the focus already.
    const focus = () => box.classList.toggle('focus', this.input.matches(':focus-visible'));
    box.className = ['box', this.error && 'invalid', spec.readonly && 'readonly', /select|code/.test(type) && type].filter(Boolean).join(' ');
    focus();
    this.input.onfocus = this.input.onblur = focus;
    return h('div', { class: 'field', part: 'field' },
      h('div', { class: 'label', part: 'label' }, slot('label')),
      box, notes, spec.policy && this.#checklist(), spec.link && panel.button(spec.link, 'link'));
  }

  // #dialCodes is a list of countries for whoever does not know the number's country code.
  #dialCodes() {
    const { t, input, spec } = this;
    const name = t('field.dialCode');
    this.#dial ??= h('select', { 'data-key': `dial-${spec.name}` });
    setAttribute(this.#dial, 'aria-label', name);
    const box = h('div', { class: 'dial', part: 'dial-code', title: name }, icons.countries(), this.#dial);
    if (this.#dial.lang !== t.language) {
      this.#dial.lang = t.language;
      part('dial-codes').then(({ fill }) => fill(this.#dial, input, t.language, this.#form.parentElement?.getAttribute('dial-codes')?.split(/[\s,]+/)),
        () => { box.hidden = true; }); // the number can be typed all the same
    }
    return box;
  }

  #reveal() {
    const name = this.t('field.showPassword');
    const button = h('button', {
      type: 'button', class: 'reveal', part: 'show-password-button', 'data-key': `reveal-${this.spec.name}`, title: name, 'aria-label': name, 'aria-pressed': String(this.#revealed),
      onclick: () => {
        this.#revealed = !this.#revealed;
        this.input.type = this.#revealed ? 'text' : 'password';
        button.setAttribute('aria-pressed', String(this.#revealed));
      },
    }, icon('M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12z', 'M12 9a3 3 0 100 6 3 3 0 000-6z', 'M4 20L20 4'));
    return button;
  }

  // The checklist is for the eye. Assistive technology hears the rules as the input's description, and on
  // submit those that are still missing.
  #checklist() {
    const { t, spec: { policy } } = this;
    const items = rules(policy).map((rule) => [rule, h('li', {}, h('span', { class: 'mark' }), t(rule.key, rule.values))]);
    this.onInput = () => { for (const [rule, item] of items) { item.classList.toggle('met', rule.test(this.value)); item.classList.toggle('unmet', Boolean(this.error) && !rule.test(this.value)); } };
    this.onInput();
    const shown = h('div', { class: 'policy', part: 'password-policy', 'aria-hidden': 'true', hidden: !this.#entered }, h('ul', {}, items.map(([, item]) => item)));
    // Once there it stays: what is below must not move away from under a press.
    this.input.addEventListener('focus', () => { this.#entered = true; shown.hidden = false; }, { once: true });
    return shown;
  }

  focus() { this.input.focus(); }

  remove() { for (const node of this.#nodes) node.remove(); }
}

export const warning = () => icon('M12 3L2 20h20L12 3z', 'M12 10v4', 'M12 17v.5');

// phoneNumber drops what people write between the digits, any dash, blank or invisible mark of direction, and the (0) that
// is not dialled from abroad: Cognito takes E.164 (+12025550123).
export const phoneNumber = (value) => latinDigits(value).replace(/＋/g, '+').replace(/[\s\p{Pd}\p{Cf}\u2212./]/gu, '').replace(/^(\+.*?)\(0\)/, '$1').replace(/[()]/g, '');

export const typedCode = (value) => latinDigits(value).replace(/\s/g, '');

// latinDigits turns the digits of Arabic and Persian keyboards and those of full width into 0 to 9.
const latinDigits = (value) => value.replace(/[٠-٩۰-۹０-９]/g, (digit) => digit.charCodeAt() & 15);

function isURL(value) {
  try {
    return Boolean(new URL(value));
  } catch {
    return false;
  }
}

export const isEmailAddress = (text) => /^\S+@\S+$/.test(text);

export const isPhoneNumber = (value) => /^\+[1-9]\d{5,14}$/.test(value);

// passwordRules tells the policy to password managers that generate passwords (Apple's passwordrules format).
function passwordRules({ minLength, lowercase, uppercase, number, symbol }) {
  const required = [lowercase && 'lower', uppercase && 'upper', number && 'digit', symbol && '[-!@#$%^&*()_+=]'].filter(Boolean);
  return [`minlength: ${minLength}`, ...required.map((kind) => `required: ${kind}`)].join('; ') + ';';
}
