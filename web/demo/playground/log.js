// The log of events.

import { $, h } from '../dom.js';

// Tokens would bury the log; the session has them in full.
const short = (_, value) => (typeof value === 'string' && value.length > 100 ? `${value.slice(0, 20)}…` : typeof value === 'function' ? undefined : value);

export function log(what, detail) {
  $('#log').prepend(h('li', {},
    h('time', {}, new Date().toLocaleTimeString()), ' ', h('b', {}, what), ' ',
    detail !== undefined && detail !== null && h('code', {}, JSON.stringify(detail, short))));
}

$('#clear-events').onclick = () => $('#log').replaceChildren();
