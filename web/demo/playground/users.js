// The users of the local Cognito, each with what their sign-in takes: the codes of their authenticator apps too.

import { $, copyButton, drawer, h } from '../dom.js';

const PASSWORD = 'Passw0rd!'; // of the seeded ones

const factors = { SMS_MFA: 'a code by SMS', EMAIL_OTP: 'a code by e-mail', SOFTWARE_TOKEN_MFA: 'an authenticator app' };
const seeded = (name) => /^demo(-|$)/.test(name);

function takes({ username, status, mfa }) {
  if (status === 'UNCONFIRMED') return 'has to confirm the sign-up';
  if (status === 'FORCE_CHANGE_PASSWORD') return 'has to set a new password';
  if (status !== 'CONFIRMED') return status.toLowerCase().replaceAll('_', ' ');
  const second = mfa.map((name) => factors[name]).filter(Boolean).join(' or ');
  return second ? `password and ${second}` : seeded(username) ? 'password alone' : 'no second factor';
}

// usersPanel gives what shows the users of a pool; choose(values) fills in the form.
export function usersPanel(choose) {
  const list = $('#users-list');
  const draw = drawer((users) => list.replaceChildren(...users.map((user) => h('li', {},
    h('div', { class: 'grow' }, h('b', {}, user.username), h('span', { class: 'note' }, takes(user)),
      user.totp && h('span', { class: 'code' }, h('code', {}, user.totp), copyButton(() => user.totp, `the code of ${user.username}`),
        h('button', { type: 'button', class: 'quiet', onclick: () => choose({ confirmationCode: user.totp }) }, 'Fill in'))),
    h('button', { type: 'button', class: 'quiet', 'aria-label': `Use ${user.username}`, onclick: () => choose({ username: user.username, ...(seeded(user.username) && { password: PASSWORD }) }, 'signIn') }, 'Use')))));
  return ({ users }) => draw(users.slice(0, 12));
}
