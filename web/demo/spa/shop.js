// A single-page app: pages that need a user, deep links that survive the sign-in, and what is shown without a network.

import { $ } from '../dom.js';
import { auth } from './auth.js';
import { failed, guarded, header, notFound, routes } from './pages.js';
import { start } from './router.js';

async function draw(route, parameters, latest) {
  const page = !route ? notFound : route.needsUser && !auth.isSignedIn ? guarded : route.page;
  const content = await Promise.resolve(page(...parameters)).catch(failed);
  if (!latest() || !content) return;
  $('#view').replaceChildren(...content.filter(Boolean));
  document.title = `${$('#view h1').textContent} – Shop`;
  header();
}

const connection = () => { $('#offline').hidden = navigator.onLine; };
for (const type of ['online', 'offline']) addEventListener(type, connection);
connection();
start(routes, draw);
