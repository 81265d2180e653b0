const RESPONSE = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss', 'session_state'];

/** Whether a URL could be the answer of an authorization server (RFC 6749 4.1.2) at all. */
export const isAuthResponse = (url) => url.searchParams.has('code') || url.searchParams.has('error');

/**
 * The authorization response that this page was opened with, when it is ours: the sign-in it belongs to was started in
 * this tab. It is taken off the address bar at once, before the page's router reads it and before the engine is there,
 * and kept in the session store until it is done, so that a reload does not lose it. Everything else of the URL stays.
 *
 * href     the page's URL when the client was made
 * decide   options.handleRedirect
 * own      names the keys, see configIds
 * ->       the URL to be handled, or undefined
 */
export function takeRedirect(href, decide, session, own) {
  if (decide === false || !href) return;
  const url = new URL(href);
  const kept = keptKey(own);
  const [transaction, interrupted] = session.get([`AmplifyAuth.${own}.oauth.${url.searchParams.get('state')}`, kept]);
  const mine = !!transaction && isAuthResponse(url);
  if (typeof decide === 'function' ? !decide(url) : !mine) return interrupted ?? undefined;
  if (mine && location.href === href) {
    session.apply([[kept, href]]);
    const rest = url.search.slice(1).split('&').filter((p) => !RESPONSE.includes(p.split('=')[0])).join('&');
    history.replaceState(history.state, '', url.pathname + (rest && '?' + rest) + url.hash);
  }
  return href;
}

export const forgetRedirect = (session, own) => session.apply([[keptKey(own), null]]);

const keptKey = (own) => `AmplifyAuth.${own}.callback`;
