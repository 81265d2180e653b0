// The session of the page: the getters of the client and its tokens.

import { $, copyButton, drawer, h } from '../dom.js';
import { plain } from './errors.js';

const getters = ['currentUserState', 'isSignedIn', 'username', 'userSub', 'identityId', 'engineThread'];

export async function showSession(auth) {
  const state = auth.currentUserState;
  $('#state').textContent = $('#state').dataset.state = state;
  $('#who').textContent = auth.username ?? '';
  $('#sign-out').hidden = state !== 'signedIn';
  $('#dialog').hidden = state === 'signedIn';
  $('#getters').replaceChildren(...getters.flatMap((name) => [h('dt', {}, name), h('dd', {}, String(auth[name] ?? '–'))]));
  if (state !== 'signedIn') drawTokens({});
  else drawTokens(await auth.getTokens({ timeout: 10_000 }).catch((error) => ({ error: plain(error) })));
}

// One that is looked at stays open until it is another.
const drawTokens = drawer(({ error, ...tokens }) => {
  const views = ['idToken', 'accessToken', 'refreshToken'].filter((name) => tokens[name]).map((name) => tokenView(name, tokens[name]));
  if (error) views.push(h('pre', { class: 'error', tabindex: '0' }, JSON.stringify(error, null, 2)));
  $('#tokens').replaceChildren(...(views.length ? views : [h('p', { class: 'note' }, 'The tokens are here while a user is signed in.')]));
  tick();
});

const tokenView = (name, { tokenString, claims, expiration }) => h('details', { class: 'token' },
  h('summary', {}, name, ' ', h('span', { class: 'until', 'data-at': expiration?.getTime() })),
  h('pre', { tabindex: '0' }, claims ? JSON.stringify(claims, null, 2) : 'opaque: only Cognito can read it'),
  copyButton(() => tokenString, `the ${name}`));

// The remaining time is the only thing that changes by itself.
function tick() {
  for (const until of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.until[data-at]'))) {
    const seconds = Math.round((Number(until.dataset.at) - Date.now()) / 1000);
    const amount = Math.abs(seconds) >= 120 ? `${Math.round(Math.abs(seconds) / 60)} min` : `${Math.abs(seconds)} s`;
    until.textContent = seconds > 0 ? `expires in ${amount}` : `expired ${amount} ago`;
    until.classList.toggle('over', seconds <= 0);
  }
}
setInterval(tick, 1000);
