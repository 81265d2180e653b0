// view.js: the parts that screens are drawn of.

import { h, icon } from './dom.js';
import { icons } from './icons.js';

// slot is a place for the page's own nodes; an empty one must not leave a gap.
export function slot(name, ...fallback) {
  const node = h('slot', { name, class: 'page-slot' }, ...fallback);
  const mark = () => node.classList.toggle('empty', !node.childElementCount && !node.assignedNodes().length);
  node.addEventListener('slotchange', mark);
  queueMicrotask(mark);
  return node;
}

// notice is a line with an icon and a tone of its own; kind: 'info', 'success', 'offline' or 'error'.
export const notice = ({ text, kind }) => h('div', { class: `notice ${kind}`, part: kind === 'error' ? 'error-message' : 'notice' }, icons[kind](), h('span', {}, text));

export const working = (t) => h('div', { class: 'working' }, h('span', { class: 'spinner' }), t('common.working'));

export const heading = (title, text) => h('div', { class: 'heading', part: 'heading' },
  h('h2', { id: 'title', 'data-key': 'title', part: 'title', tabindex: '-1' }, title),
  text && h('p', { class: 'text', part: 'text' }, h('bdi', {}, text)));

export const closeButton = (t, onclick) => h('button', {
  type: 'button', class: 'corner close', part: 'close-button', 'data-key': 'close', 'aria-label': t('common.cancel'), onclick,
}, icon('M6 6l12 12', 'M18 6L6 18'));

// submitButton is the box around the form's own button. At work it keeps its words and width.
export const submitButton = (busy, danger) => h('div', { class: `button primary ${danger ? 'danger' : ''}`, part: 'submit-button' },
  h('slot', { name: '_form' }), h('slot', { name: '_submit' }), busy && h('span', { class: 'spinner' }));

// initials are of a name's first and last word.
export function initials(name = '') {
  const words = name.trim().split(/\s+/).map(([first = '']) => first);
  return (words.length > 1 ? words[0] + words[words.length - 1] : words[0]).toLocaleUpperCase();
}
