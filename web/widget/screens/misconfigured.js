// misconfigured.js stands in place of a form that cannot work. What is wrong is on the console; on the computer where the
// page is made it is on the screen as well.

import { h } from '../dom.js';

const isLocal = /^(localhost|127\.0\.0\.1|\[::1\]|)$/; // a page of a file has no host name

export const misconfigured = {
  title: 'signIn.title',
  body: ({ flow }) => isLocal.test(location.hostname) && h('code', { class: 'notice', part: 'detail', dir: 'auto' }, flow.misconfigured),
};
