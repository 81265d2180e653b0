// A router on the History API, with a guard.

import { auth } from './auth.js';

let routes, show;

// start takes routes of { path, needsUser, page }, and draw(route, parameters), which is called for each page.
export function start(table, draw) {
  [routes, show] = [table, draw];
  addEventListener('popstate', update);
  auth.addEventListener('userstatechange', update); // also when another tab signs in or out
  document.addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin || !routeOf(link)) return;
    event.preventDefault();
    go(link.href);
  });
  return update();
}

const routeOf = ({ pathname }) => routes.find(({ path }) => path.test(pathname));

// go opens a path of the app; one of another app of the origin is loaded.
export function go(to, replace) {
  const url = new URL(to, location.href);
  if (!routeOf(url)) {
    location.replace(url);
    return undefined;
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  return update();
}

let current; // the last one wins
async function update() {
  const mine = current = {};
  const latest = () => mine === current;
  await auth.initialize(); // the state of a stored session needs neither a network nor the engine
  const route = routeOf(location);
  if (latest()) await show(route, route?.path.exec(location.pathname).slice(1) ?? [], latest);
}
