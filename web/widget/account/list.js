// list.js: rows of things that the user has, each with its actions.

import { h } from '../dom.js';

export const back = { text: 'common.back', to: 'account' };

// list draws rows { title, icon, details: [text], status: node, actions: [action] }; empty is the text when there are none.
export const list = (panel, rows, empty) => (rows.length === 0 ? h('p', { class: 'hint' }, empty)
  : h('ul', { class: 'list', part: 'list' }, rows.map(({ title, icon, details = [], status, actions = [] }) => h('li', { class: 'row', part: 'row' },
    icon?.(), h('div', { class: 'row-text' }, h('bdi', { class: 'row-title' }, title), details.filter(Boolean).map((text) => h('bdi', { class: 'hint' }, text))),
    h('div', { class: 'side' }, status, h('div', { class: 'links' }, actions.filter(Boolean).map((action) => panel.button({ key: `${action.text}-${title}`, name: `${action.label ?? panel.words(action.text)}: ${title}`, ...action }, 'link'))))))));

// day writes a date in the user's language; the service sends dates, seconds or text.
export function day({ t }, value) {
  const date = value instanceof Date ? value : new Date(typeof value === 'number' && value < 1e12 ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat(t.language, { dateStyle: 'medium' }).format(date);
}
