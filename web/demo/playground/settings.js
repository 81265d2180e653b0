// The switches of the page. They live in the URL, so that a reload and a link keep them.

import { $ } from '../dom.js';

const form = $('#settings');
const fields = [...form.elements].filter(({ name }) => name);
const value = (field) => (field.type === 'checkbox' ? field.checked : field.value);
const initial = Object.fromEntries(fields.map((field) => [field.name, value(field)]));

export const settings = { ...initial };

const query = new URLSearchParams(location.search);

// restore sets the switches as the URL says.
export function restore() {
  for (const field of fields) {
    const wanted = query.get(field.name);
    if (wanted === null) continue;
    if (field.type === 'checkbox') field.checked = wanted === 'true';
    else if ([...field.options].some((option) => option.value === wanted)) field.value = wanted;
    settings[field.name] = value(field);
  }
}

// onSetting calls back with the name of each setting that has changed.
export function onSetting(changed) {
  form.onchange = ({ target: field }) => {
    settings[field.name] = value(field);
    if (settings[field.name] === initial[field.name]) query.delete(field.name);
    else query.set(field.name, settings[field.name]);
    history.replaceState(null, '', `${location.pathname}${query.size ? `?${query}` : ''}${location.hash}`);
    changed(field.name);
  };
}

// offer leaves an option of a switch in or out, as far as this site has what it takes.
export function offer(name, option, possible) {
  [...form.elements[name].options].find(({ value }) => value === option).disabled = !possible;
}
