// A call's argument as a form: one field for each member that the declarations have.

import { h, prose } from '../dom.js';

let count = 0;

// An editor draws a member and reads it: undefined is a member that is left out.
const editors = {
  text: ({ choices }, value = '') => {
    const id = choices && `choices-${++count}`;
    const input = h('input', { value, list: id, spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off' });
    return { input, beside: id && h('datalist', { id }, choices.map((choice) => h('option', { value: choice }))), read: () => input.value || undefined };
  },
  number: (_, value = '') => {
    const input = h('input', { value, type: 'number' });
    return { input, read: () => (input.value === '' ? undefined : input.valueAsNumber) };
  },
  boolean: (_, value) => select(['true', 'false'], value?.toString(), (text) => text === 'true'),
  choice: ({ choices }, value) => select(choices, value, (text) => text),
  list: (_, value = []) => {
    const input = h('input', { value: value.join(', '), placeholder: 'one, another', autocomplete: 'off' });
    const items = () => input.value.split(',').map((item) => item.trim()).filter(Boolean);
    return { input, read: () => (items().length ? items() : undefined) };
  },
  record: (_, value = {}) => {
    const input = h('textarea', { rows: '2', placeholder: 'name = value', spellcheck: 'false' }, Object.entries(value).map(([name, v]) => `${name} = ${v}`).join('\n'));
    const members = () => Object.fromEntries(input.value.split('\n').map((line) => line.split('=')).filter(([name]) => name.trim())
      .map(([name, ...rest]) => [name.trim(), rest.join('=').trim()]));
    return { input, read: () => (Object.keys(members()).length ? members() : undefined) };
  },
};

function select(choices, value, typed) {
  const input = h('select', {}, h('option', { value: '' }, '–'), choices.map((choice) => h('option', { selected: choice === value }, choice)));
  return { input, read: () => (input.value ? typed(input.value) : undefined) };
}

const at = (value, path) => path.split('.').reduce((object, name) => object?.[name], value);

// fieldsOf draws the fields of a method, beginning with values; those that are rarely wanted are folded away.
// read() gives { positional, argument }.
export function fieldsOf({ fields }, values = {}) {
  const editing = fields.map((field) => {
    const value = at(values, field.name);
    const { input, beside, read } = editors[field.kind](field, value);
    input.name = field.name;
    input.required = Boolean(field.required) && field.kind !== 'boolean';
    const view = h('label', { class: 'field' }, h('span', {}, h('code', {}, field.name), field.required && ' *'), input, beside, field.means && h('span', { class: 'note' }, ...prose(field.means)));
    return { field, view, read, near: field.required || value !== undefined };
  });
  const near = editing.filter((e) => e.near), far = editing.filter((e) => !e.near);
  return {
    view: [
      near.map(({ view }) => view),
      far.length > 0 && h('details', {}, h('summary', {}, near.length ? 'Further members' : 'Members'), h('div', { class: 'fields' }, far.map(({ view }) => view))),
    ].flat(),
    read() {
      const positional = [], argument = {};
      for (const { field, read } of editing) {
        const value = read();
        if (field.position) positional.push(value);
        else if (value !== undefined) put(argument, field.name, value);
      }
      return { positional, argument };
    },
  };
}

function put(object, path, value) {
  const names = path.split('.');
  const last = names.pop();
  for (const name of names) object = object[name] ??= {};
  object[last] = value;
}
