// The one door between the engine and the page. Whatever the engine needs of a page it asks of this object; what every
// thread has itself (fetch, crypto, Web Locks, BigInt, timers) it uses itself.
import { passkey, passkeyCan, passkeyUnknown } from './passkeys.js';
import * as popup from './popup.js';

/**
 * client  { config, options, storage, session, emit, headers, clientMetadata, tokenSource }, see #host of AmplifyAuth
 * ->      { config, options }   text in JSON, read once
 *         page                  what the page is at this moment
 *         ask(name, args, signal)  a value or a promise of it; signal ends when nobody waits for it any more
 *         emit(type, detail)    tells an event, in order
 *         onWake(fn, signal)    calls fn when the page may have slept, was hidden or offline
 */
export function createHost({ config, options, storage, session, emit, headers, clientMetadata, tokenSource }) {
  const functions = {
    'storage.get': (keys) => storage.get(keys),
    'storage.apply': (changes) => storage.apply(changes),
    'session.get': (keys) => session.get(keys),
    'session.apply': (changes) => session.apply(changes),
    'session.keeps': () => !session.forgetful,
    'popup.open': popup.open,
    'popup.next': popup.next,
    'popup.taken': popup.taken,
    'popup.close': popup.close,
    leave,
    passkey,
    passkeyCan,
    passkeyUnknown,
    securityData,
    headers,
    clientMetadata,
    tokenSource,
  };
  return { config, options, emit, onWake, ask: (name, args, signal) => functions[name](...args, signal), get page() { return facts(); } };
}

const facts = () => {
  const { document, location, navigator, PublicKeyCredential, top, self } = globalThis;
  return {
    online: navigator?.onLine,
    userAgent: navigator?.userAgent,
    passkeys: !!(PublicKeyCredential && navigator?.credentials),
    hostName: location?.hostname,
    url: document && location?.href, // only a page has windows
    framed: top !== self,
    protection: !!globalThis.AmazonCognitoAdvancedSecurityData,
  };
};

function onWake(wake, signal) {
  const { document } = globalThis;
  document?.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake(), { signal });
  // pageshow: back from the back-forward cache
  for (const event of ['online', 'pageshow']) globalThis.addEventListener?.(event, () => wake(), { signal });
}

/** Resolves when the user has come back to this very page. */
const leave = (url, signal) => /** @type {Promise<void>} */ (new Promise((back) => {
  addEventListener('pageshow', ({ persisted }) => persisted && back(), { signal });
  location.assign(url);
}));

// What Cognito's threat protection wants to know of the user's browser, by its script.
const securityData = (username, poolId, clientId) =>
  globalThis.AmazonCognitoAdvancedSecurityData.getData(username, poolId, clientId);
