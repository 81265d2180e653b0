// What the local Cognito has "sent": every code, as it comes.

import { $, copyButton, drawer, h } from '../dom.js';

const media = { EMAIL: 'E-mail', SMS: 'SMS' };

// inboxPanel gives what shows the messages; choose(values) fills in the form.
export function inboxPanel(choose) {
  const list = $('#inbox-list');
  return drawer((messages) => list.replaceChildren(...messages.slice(0, 20).map(({ to, medium, code, purpose, at, text }) => h('li', {},
    h('div', { class: 'grow' },
      h('span', { class: 'note' }, `${media[medium] ?? medium} to ${to}, ${new Date(at).toLocaleTimeString()}`),
      h('span', {}, text || purpose),
      h('span', { class: 'code' }, h('code', {}, code), copyButton(() => code, `the code for ${to}`),
        h('button', { type: 'button', class: 'quiet', onclick: () => choose({ confirmationCode: code }) }, 'Fill in')))))));
}
