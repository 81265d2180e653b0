// The pages: what each of them shows.

import { $, h } from '../dom.js';
import { get } from './api.js';
import { auth } from './auth.js';
import { go } from './router.js';

const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });
const day = (date) => new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(new Date(date));

export const routes = [
  { path: /^\/shop\/?$/, page: home },
  { path: /^\/shop\/orders$/, needsUser: true, page: orders },
  { path: /^\/shop\/orders\/(\d+)$/, needsUser: true, page: order },
  { path: /^\/shop\/profile$/, needsUser: true, page: profile },
  { path: /^\/callback$/, page: completeSignIn },
  { path: /^\/signed-out$/, page: () => [h('h1', {}, 'Signed out'), h('p', {}, 'See you soon.'), signIn('/shop')] },
];

function home() {
  return [
    h('h1', {}, auth.isSignedIn ? `Welcome back, ${auth.username}` : 'Pens, paper, ink'),
    h('p', { class: 'lead' }, 'A small shop that shows how an app signs its users in: a guard, deep links, and an API that takes signed requests.'),
    h('ul', { class: 'cards' },
      card('/shop/orders', 'Your orders', 'From an API, by requests signed with the user’s AWS credentials.'),
      card('/shop/orders/1042?tab=delivery#map', 'A deep link', 'It is there again after the sign-in, with its query and its hash.'),
      card('/shop/profile', 'Your profile', 'From the claims of the ID token.')),
  ];
}

const card = (href, title, text) => h('li', {}, h('a', { href }, title), h('p', {}, text));

async function orders() {
  const { data, at } = await get('/api/orders');
  return [
    h('h1', {}, 'Orders'), old(at),
    h('ul', { class: 'orders' }, data.map(({ id, item, placed, state, total }) => h('li', {},
      h('div', {}, h('a', { href: `/shop/orders/${id}` }, item), h('p', { class: 'soft' }, day(placed))), h('span', { class: 'tag' }, state), h('b', {}, money.format(total))))),
  ];
}

async function order(id) {
  const { data: { item, placed, state, total }, at } = await get(`/api/orders/${id}`);
  const tab = new URLSearchParams(location.search).get('tab') ?? 'summary';
  return [
    h('p', {}, h('a', { href: '/shop/orders' }, 'All orders')), h('h1', {}, item), old(at),
    h('p', { class: 'soft' }, `Order ${id}, ${tab}${location.hash}`),
    h('dl', {}, h('dt', {}, 'Placed'), h('dd', {}, day(placed)), h('dt', {}, 'State'), h('dd', {}, state), h('dt', {}, 'Total'), h('dd', {}, money.format(total))),
  ];
}

async function profile() {
  const { idToken } = await auth.getTokens();
  return [
    h('h1', {}, 'Profile'),
    h('dl', {}, ['email', 'cognito:username', 'sub'].flatMap((name) => [h('dt', {}, name), h('dd', {}, String(idToken?.claims[name] ?? '–'))])),
  ];
}

const old = (at) => at && h('p', { class: 'notice', role: 'status' }, `There is no connection: this is from ${at.toLocaleTimeString()}.`);

// Where the hosted UI sends the user back to. A response that was already handled gets the same answer.
async function completeSignIn() {
  try {
    const { handled, returnTo = '/shop' } = await auth.handleAuthResponse();
    await go(handled ? returnTo : '/shop', true);
    return undefined;
  } catch (error) {
    return [h('h1', {}, 'You are not signed in'), refusal(error), signIn('/shop')];
  }
}

export const guarded = () => [
  h('h1', {}, 'Please sign in'), h('p', {}, 'This page is for who is signed in. You come back to it.'), signIn(location.pathname + location.search + location.hash),
];

export const notFound = () => [h('h1', {}, 'Not found'), h('p', {}, 'There is nothing at ', h('code', {}, location.pathname), '.')];

export const failed = (error) => (error.code === 'notFound' ? notFound() : [
  h('h1', {}, ['networkError', 'timeout'].includes(error.code) ? 'No connection' : 'That did not work'), refusal(error),
  h('p', {}, h('button', { onclick: () => go(location.href, true) }, 'Try again')),
]);

const refusal = ({ code, message }) => h('p', { class: 'error', role: 'alert', 'data-code': code }, message);

function signIn(returnTo) {
  const problem = h('div');
  // By a redirect the promise stays pending: the page is being left.
  const start = (options) => async () => {
    problem.replaceChildren();
    try {
      await auth.showSignIn({ hostedUI: { returnTo, ...options } });
    } catch (error) {
      problem.replaceChildren(refusal(error));
    }
  };
  return h('div', { class: 'sign-in' },
    h('p', { class: 'row' },
      h('button', { class: 'primary', id: 'sign-in', onclick: start({}) }, 'Sign in'),
      h('button', { id: 'sign-in-window', onclick: start({ mode: 'popup' }) }, 'Sign in in a window'),
      h('button', { id: 'sign-in-google', onclick: start({ identityProvider: 'Google' }) }, 'Sign in with Google')),
    problem);
}

// header shows who is signed in.
export function header() {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('nav a'))) {
    if (location.pathname.startsWith(link.pathname)) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  $('#user').replaceChildren(...(auth.isSignedIn ? [h('b', {}, auth.username), h('button', { id: 'sign-out', onclick: () => auth.signOut() }, 'Sign out')] : ['Not signed in']));
}
