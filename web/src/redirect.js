// The page's part in a sign-in by the hosted UI. The rest is the engine's (core/hostedui.go), which keeps each sign-in as
// a transaction in the session store, under AmplifyAuth.<own>.oauth.<state>.

import { CALLBACK, OAUTH, OWN_PREFIX, RESPONSE_CHANNEL, RESPONSE_PARAMETERS } from './contract.js';

const keptKey = (own) => `${OWN_PREFIX}${own}.${CALLBACK}`;

/**
 * Takes an authorization response (RFC 6749 4.1.2) that is ours off the address bar, at once, before the page's router
 * reads it and before configuration and engine are there. It is kept in the session store until it is done, so that a
 * reload does not lose it. Ours is one that carries the state of a sign-in that this tab has started; whether it can be
 * used the engine says. Everything else of the URL stays, and so does every other URL.
 *
 * href    the page's URL
 * decide  options.handleRedirect
 * ->      true when it was taken; 'providerInitiated' where decide wants a response that no sign-in of ours asked for
 */
export function takeResponse(href, decide) {
  // nobody signs in in a frame: who frames the page would bring the response
  if (!href || decide === false || globalThis.top !== globalThis.self) return;
  const url = new URL(href);
  const state = url.searchParams.get('state');
  if (!url.searchParams.has('code') && !url.searchParams.has('error')) return;
  const verdict = typeof decide !== 'function' || decide(url);
  if (!verdict) return;
  try {
    const end = '.' + OAUTH + state;
    const key = state && Object.keys(sessionStorage).find((k) => k.startsWith(OWN_PREFIX) && k.endsWith(end));
    if (key) {
      keep(key.slice(OWN_PREFIX.length, -end.length), url);
      return true;
    }
  } catch {
    // no session storage, so no sign-in was started here
  }
  if (state?.startsWith('popup.')) answerOpener(url, state);
  return verdict === 'providerInitiated' && verdict;
}

export function keep(own, url, providerInitiated) {
  sessionStorage[keptKey(own)] = JSON.stringify({ url: url.href, providerInitiated });
  clean(url);
}

/** The response that waits to be handled, if there is one, as the engine takes it. */
export function keptResponse(session, own) {
  try {
    return JSON.parse(session.get([keptKey(own)])[0]);
  } catch {
    // not written by us
  }
}

export const forgetResponse = (session, own) => session.apply([[keptKey(own), null]]);

function clean({ href, pathname, search, hash }) {
  if (location.href !== href) return;
  const rest = search.slice(1).split('&').filter((p) => !RESPONSE_PARAMETERS.includes(p.split('=')[0])).join('&');
  history.replaceState(history.state, '', pathname + (rest && '?' + rest) + hash);
}

// A popup gives the response to the page that opened it, which alone knows what it is good for and listens to a channel
// that is named by the state. A page in a frame of another site has channels of its own: it is this window's opener.
function answerOpener(url, state) {
  const message = { authResponse: url.href };
  if (globalThis.BroadcastChannel) {
    const channel = new BroadcastChannel(RESPONSE_CHANNEL + state);
    channel.onmessage = ({ data }) => {
      if (data?.taken !== url.href) return;
      clean(url);
      close();
    };
    channel.postMessage(message);
  }
  globalThis.opener?.postMessage(message, location.origin);
}
