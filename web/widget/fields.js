// fields.js: form fields.
//
// Inputs, labels, hints and errors are light-DOM children of the element, each slotted into its place in the
// shadow root, and belong to one light-DOM <form> by their form attribute. Password managers, browser autofill
// and assistive technology see an ordinary form, while the boxes around the inputs stay out of the page's CSS.

import { h, icon, setAttribute } from './dom.js';
import { missing, rules } from './password-policy.js';

let count = 0;

// A field is described by a plain object:
//   name        name of the form field
//   label       text key, or `text` with the words themselves
//   type        text (default), email, tel, url, date, password, newPassword, code, select, checkbox, radio, hidden
//   autocomplete, inputmode, placeholder, value, maxlength, pattern, readonly
//   required    true unless set to false
//   hint        text key of a line below
//   options     for select and radio: [{ value, label | text, hint? }]
//   link        { text, value?, run | to }: an action at the end of the label's line
//   policy      password policy for newPassword
//   validate    (value, values, t) -> error text or a falsy value
//   visible     false keeps the input in the form but out of sight (a user name for password managers)
export class Field {
  constructor(host, form) {
    this.host = host;
    this.form = form;
    this.id = `amplify-auth-${++count}`;
    this.nodes = [];
  }

  // update makes the light-DOM nodes fit the description; an input that still fits is kept with what was typed.
  update(spec, t) {
    const before = this.spec;
    this.spec = spec;
    this.t = t;
    const shape = (field) => field && `${field.type} ${JSON.stringify(field.options)}`;
    if (shape(before) !== shape(spec)) this.#build();
    this.#describe();
    if (spec.readonly || before === undefined) this.value = this.value || spec.value || '';
  }

  #build() {
    const typed = this.input?.value;
    this.remove();
    const { type, name } = this.spec;
    const slot = (kind) => ({ slot: `_${name}-${kind}`, 'data-amplify-auth': '' });
    if (type === 'radio') {
      this.options = this.spec.options.map((option, index) => ({
        ...option,
        input: h('input', { ...slot(`input${index}`), type: 'radio', id: `${this.id}-${index}`, name, value: option.value, form: this.form.id }),
        label: h('label', { ...slot(`label${index}`), for: `${this.id}-${index}` }),
      }));
      this.inputs = this.options.map((option) => option.input);
      this.nodes = this.options.flatMap(({ input, label }) => [input, label]);
    } else {
      const tag = type === 'select' ? 'select' : 'input';
      this.inputs = [h(tag, { ...slot('input'), id: this.id, name, form: this.form.id })];
      this.label = h('label', { ...slot('label'), for: this.id });
      this.nodes = [this.label, ...this.inputs];
    }
    this.hint = h('span', { ...slot('hint'), id: `${this.id}-hint` });
    this.errorNode = h('span', { ...slot('error'), id: `${this.id}-error` });
    this.host.append(...this.nodes, this.hint, this.errorNode);
    if (typed) this.value = typed;
  }

  #describe() {
    const { spec, t, input } = this;
    const required = spec.required !== false;
    const words = (item) => item.text ?? t(item.label, item.values);
    this.revealed &&= spec.type === 'password' || spec.type === 'newPassword';
    if (this.options) {
      this.options.forEach((option, index) => { option.label.textContent = words(spec.options[index]); });
    } else {
      this.label.textContent = words(spec) + (required || spec.type === 'checkbox' ? '' : ` ${t('common.optional')}`);
    }
    if (spec.type === 'select') this.#fillSelect();
    const types = { newPassword: 'password', code: 'text', select: null };
    for (const node of this.inputs) {
      for (const [name, value] of Object.entries({
        type: this.revealed ? 'text' : spec.type in types ? types[spec.type] : spec.type ?? 'text',
        autocomplete: spec.autocomplete,
        autocapitalize: spec.autocapitalize ?? (/^(text|select|checkbox|radio)?$/.test(spec.type ?? '') && !/username|email/.test(spec.autocomplete) ? null : 'none'),
        spellcheck: spec.type && spec.type !== 'text' ? 'false' : null,
        inputmode: spec.inputmode ?? (spec.type === 'code' ? 'numeric' : null),
        placeholder: spec.placeholder,
        maxlength: spec.maxlength,
        readonly: spec.readonly,
        'aria-required': required && spec.visible !== false && !this.options ? 'true' : null,
      })) setAttribute(node, name, value);
    }
    const hints = [spec.hint && t(spec.hint), spec.policy && `${t('policy.title')} ${t.list(rules(spec.policy).map((rule) => t(rule.key, rule.values)))}`];
    this.hint.textContent = hints.filter(Boolean).join(' ');
    this.setError(this.error);
    if (spec.autocomplete?.includes('one-time-code')) input.dir = 'ltr';
  }

  #fillSelect() {
    const chosen = this.value;
    this.input.replaceChildren(
      h('option', { value: '' }),
      ...this.spec.options.map((option) => h('option', { value: option.value }, option.text ?? this.t(option.label))),
    );
    this.value = chosen;
  }

  get input() { return this.inputs?.[0]; }

  get value() {
    if (this.options) return this.inputs.find((input) => input.checked)?.value ?? '';
    if (this.spec.type === 'checkbox') return this.input.checked;
    const typed = this.input?.value ?? '';
    // A password keeps every character; in other fields blanks around the value are slips.
    return /password/i.test(this.spec.type) ? typed : typed.trim();
  }

  set value(value) {
    if (this.options) for (const input of this.inputs) input.checked = input.value === value;
    else if (this.spec.type === 'checkbox') this.input.checked = Boolean(value);
    else if (this.input.value !== value) this.input.value = value;
  }

  // problem returns the text of what is wrong with the value, or ''.
  problem(values) {
    const { spec, value, t } = this;
    if (spec.visible === false) return '';
    const empty = value === '' || value === false;
    if (empty) return spec.required === false ? '' : t('invalid.required');
    if (spec.type === 'email' && !/^\S+@\S+$/.test(value)) return t('invalid.email');
    if (spec.type === 'tel' && !/^\+[1-9]\d{5,14}$/.test(phoneNumber(value))) return t('invalid.phone');
    const broken = missing(spec.policy, value);
    if (broken.length) return t('invalid.password', { rules: t.list(broken.map((rule) => t(rule.key, rule.values))) });
    return spec.validate?.(value, values, t) || '';
  }

  setError(text) {
    this.error = text;
    this.errorNode.textContent = text ?? '';
    const described = [this.hint.textContent && this.hint.id, text && this.errorNode.id].filter(Boolean).join(' ');
    for (const input of this.inputs) {
      setAttribute(input, 'aria-invalid', text ? 'true' : null);
      setAttribute(input, 'aria-describedby', described || null);
    }
  }

  // view builds the shadow-DOM side: the boxes with the slots.
  view(actions) {
    const { spec, t } = this;
    const { name, type } = spec;
    if (spec.visible === false) return null;
    const slot = (kind) => h('slot', { name: `_${name}-${kind}` });
    const notes = [
      this.hint.textContent && h('div', { class: spec.policy ? 'visually-hidden' : 'hint', part: 'hint' }, slot('hint')),
      this.error && h('div', { class: 'error-text', part: 'error' }, warning(), slot('error')),
    ];
    if (this.options) {
      return h('div', { class: 'field', part: 'field', role: 'radiogroup', 'aria-labelledby': 'title' },
        this.options.map((option, index) => h('div', { class: 'choice', part: 'choice' }, slot(`input${index}`), slot(`label${index}`))), notes);
    }
    if (type === 'checkbox') {
      return h('div', { class: 'field', part: 'field' }, h('div', { class: 'check', part: 'checkbox' }, slot('input'), slot('label'), spec.after), notes);
    }
    const box = h('div', { part: 'input' }, slot('input'), /password/i.test(type) && this.#reveal());
    // :focus-within is not set on a box that is drawn around an input which has the focus already.
    const focus = () => box.classList.toggle('focus', this.input.matches(':focus-visible'));
    box.className = ['box', this.error && 'invalid', spec.readonly && 'readonly', /select|code/.test(type) && type].filter(Boolean).join(' ');
    focus();
    this.input.onfocus = this.input.onblur = focus;
    return h('div', { class: 'field', part: 'field' },
      h('div', { class: 'label-line' }, h('div', { class: 'label', part: 'label' }, slot('label')), spec.link && actions.button(spec.link, 'link')),
      box,
      notes,
      spec.policy && this.#checklist());
  }

  #reveal() {
    const button = h('button', {
      type: 'button', class: 'reveal', part: 'show-password', 'data-key': `reveal-${this.spec.name}`,
      'aria-label': this.t('field.showPassword'), title: this.t('field.showPassword'), 'aria-pressed': String(Boolean(this.revealed)),
      onclick: () => {
        this.revealed = !this.revealed;
        this.input.type = this.revealed ? 'text' : 'password';
        button.setAttribute('aria-pressed', String(this.revealed));
      },
    }, icon('M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12z', 'M12 9a3 3 0 100 6 3 3 0 000-6z', 'M4 20L20 4'));
    return button;
  }

  // The checklist is for the eye; assistive technology hears the rules as the input's description, and on
  // submit the ones that are still missing.
  #checklist() {
    const { t, spec: { policy } } = this;
    const items = rules(policy).map((rule) => ({ rule, node: h('li', {}, h('span', { class: 'mark' }), t(rule.key, rule.values)) }));
    this.onInput = () => {
      for (const { rule, node } of items) node.classList.toggle('met', rule.test(this.value));
    };
    this.onInput();
    return h('ul', { class: 'policy', part: 'password-policy', 'aria-hidden': 'true' }, items.map((item) => item.node));
  }

  focus() {
    const target = this.inputs.find((input) => input.checked) ?? this.input;
    target.focus();
  }

  remove() {
    for (const node of [...this.nodes, this.hint, this.errorNode]) node?.remove();
    this.options = this.label = undefined;
  }
}

export const warning = () => icon('M12 3L2 20h20L12 3z', 'M12 10v4', 'M12 17v.5');

// phoneNumber drops what people write between the digits: Cognito takes E.164 (+12025550123).
export const phoneNumber = (value) => value.replace(/[\s().\-/]/g, '');
