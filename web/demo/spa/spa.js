// A single-page app with a router of its own: pages that need a user, deep links that survive the sign-in, the hosted
// UI by redirect and in a window. What is special to amplify-auth is marked with *.

import { AmplifyAuth } from '/amplify-auth.js';

// * First, before the router: it takes the response of the hosted UI off the address bar.
const auth = new AmplifyAuth({ config: '/amplify_outputs.json' });
globalThis.auth = auth;

const view = document.querySelector('#view');
const orders = [{ id: '1041', what: 'Two notebooks' }, { id: '1042', what: 'A fountain pen' }];

// --- pages: path, needs a user, what is shown

const routes = [
  [/^\/shop\/?$/, false, () => [
    h('h1', 'Welcome'),
    h('p', 'Your orders and your profile need a sign-in. Open ', h('a', { href: '/shop/orders/1042?tab=delivery#map' }, 'an order'), ' directly: you come back to it.'),
  ]],
  [/^\/shop\/orders$/, true, () => [
    h('h1', 'Orders'),
    h('ul', ...orders.map(({ id, what }) => h('li', h('a', { href: '/shop/orders/' + id }, what)))),
  ]],
  [/^\/shop\/orders\/(\d+)$/, true, (id) => {
    const order = orders.find((o) => o.id === id);
    return order ? [h('h1', order.what), h('p', `Order ${id}, ${new URLSearchParams(location.search).get('tab') ?? 'summary'}${location.hash}`)] : notFound();
  }],
  [/^\/shop\/profile$/, true, async () => {
    const { idToken } = await auth.getTokens();
    const shown = ['email', 'cognito:username', 'sub'].flatMap((name) => [h('dt', name), h('dd', String(idToken?.claims[name] ?? '–'))]);
    return [h('h1', 'Profile'), h('dl', ...shown)];
  }],
  [/^\/callback$/, false, completeSignIn],
  [/^\/signed-out$/, false, () => [h('h1', 'Signed out'), h('p', 'See you soon.'), signInButtons('/shop')]],
];

const notFound = () => [h('h1', 'Not found'), h('p', 'There is nothing at ', h('code', location.pathname), '.')];

// * Where the hosted UI sends the user back to. A response that was already handled gets the same answer.
async function completeSignIn() {
  try {
    const { handled, returnTo = '/shop' } = await auth.handleAuthResponse();
    go(handled ? returnTo : '/shop', true);
  } catch (error) {
    return [h('h1', 'You are not signed in'), h('p', { class: 'error', 'data-code': error.code }, error.message), signInButtons('/shop')];
  }
}

function signInButtons(returnTo) {
  const failed = h('p', { class: 'error', role: 'alert' });
  // * A promise that is still pending belongs to a page that is being left.
  const signIn = (options) => async () => {
    failed.textContent = '';
    try {
      await auth.showSignIn({ hostedUI: { returnTo, ...options } });
    } catch (error) {
      failed.dataset.code = error.code;
      failed.textContent = error.message;
    }
  };
  return h('div',
    h('p', { class: 'row' },
      h('button', { class: 'primary', id: 'sign-in', onclick: signIn({}) }, 'Sign in'),
      h('button', { id: 'sign-in-window', onclick: signIn({ mode: 'popup' }) }, 'Sign in in a window'),
      h('button', { id: 'sign-in-google', onclick: signIn({ identityProvider: 'Google' }) }, 'Sign in with Google')),
    failed);
}

// --- the router

let showing; // the last one wins
async function show() {
  const mine = (showing = {});
  const [path, needsUser, page] = routes.find(([pattern]) => pattern.test(location.pathname)) ?? [null, false, notFound];
  await auth.initialize(); // * the state of a stored session needs no network and no wasm
  const here = location.pathname + location.search + location.hash;
  const content = needsUser && !auth.isSignedIn
    ? [h('h1', 'Please sign in'), h('p', 'This page needs a user.'), signInButtons(here)]
    : await page(...(path?.exec(location.pathname).slice(1) ?? []));
  if (mine !== showing || !content) return;
  view.replaceChildren(...content);
  document.title = `${view.querySelector('h1').textContent} – Shop`;
  for (const link of document.querySelectorAll('nav a')) link.toggleAttribute('aria-current', location.pathname.startsWith(link.pathname));
  const signOut = h('button', { id: 'sign-out', onclick: () => auth.signOut() }, 'Sign out');
  document.querySelector('#user').replaceChildren(...(auth.isSignedIn ? [auth.username, signOut] : ['Not signed in']));
}

// go opens a path of the app; one of another app of the origin is loaded.
function go(to, replace) {
  const url = new URL(to, location.href);
  if (!routes.some(([pattern]) => pattern.test(url.pathname))) {
    location.replace(url);
    return;
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  show();
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin || !routes.some(([pattern]) => pattern.test(link.pathname))) return;
  event.preventDefault();
  go(link.href);
});
addEventListener('popstate', show);
auth.addEventListener('userstatechange', show); // * also when another tab signs in or out
show();

// h makes an element: attributes, then children.
function h(tag, ...rest) {
  const element = document.createElement(tag);
  const [first] = rest;
  if (first && first.constructor === Object) {
    rest.shift();
    for (const [name, value] of Object.entries(first)) {
      if (name.startsWith('on')) element[name] = value;
      else element.setAttribute(name, value);
    }
  }
  element.append(...rest.filter((child) => child != null));
  return element;
}
