// misconfigured.js stands in place of a form that cannot work, and tells the developer what is wrong.

import { h } from '../dom.js';

export const misconfigured = {
  title: 'signIn.title',
  body: ({ flow }) => flow.misconfigured && h('code', { class: 'notice', part: 'detail', dir: 'auto' }, flow.misconfigured),
};
