import { AmplifyAuth } from './amplify-auth.js';
import { formatOf, idsOf } from '../formats.js';
import { fail } from './errors.js';
import { Hub, tell } from './hub.js';
import { CookieStorage, defaultStorage, sessionStorage } from './storage.js';

let client; // AmplifyAuth
let current; // what was configured: { config, storage, headers }
export let refreshMetadata; // as setClientMetadataProvider was given it
let leave; // stops listening to client

/** Resolves when the last signedIn event has been told; Amplify tells it before signIn returns. */
export let told = Promise.resolve();

/** Amplify.configure replaces, it does not merge. libraryOptions: { ssr } keeps the session in cookies, { Auth: { headers } } adds to requests. */
export const Amplify = {
  configure(config, { ssr, Auth } = {}) {
    if (Auth?.tokenProvider || Auth?.credentialsProvider) {
      fail('PlatformNotSupported', 'A token or credentials provider of one\'s own cannot be used with this library.', 'Use federatedSignIn of AmplifyAuth for other identity providers.');
    }
    use({ config, storage: ssr ? new CookieStorage({ sameSite: 'lax' }) : (current?.storage ?? 'local'), headers: Auth?.headers && (() => Auth.headers()) });
    Hub.dispatch('core', { event: 'configure', data: Amplify.getConfig() }, 'Configure');
  },

  /** In the shape of ResourcesConfig. */
  getConfig: () => resources(current?.config ?? {}),
};

export const cognitoUserPoolsTokenProvider = {
  setKeyValueStorage(storage) {
    const kind = storage === defaultStorage ? 'local' : storage === sessionStorage ? 'session' : storage;
    if (current) use({ ...current, storage: kind });
    else current = { storage: kind };
  },

  /** Asked, before tokens are fetched, for what the pool's triggers get of a refresh. */
  setClientMetadataProvider(provider) {
    refreshMetadata = provider;
  },
};

/** The client of what was configured last. */
export function auth() {
  if (!client) fail('AuthUserPoolException', 'Auth UserPool not configured.', 'Make sure to call Amplify.configure with Auth configuration including userPoolId and userPoolClientId.', { code: 'userPoolNotConfigured' });
  return client;
}

function use(next) {
  leave?.();
  client?.close();
  current = next;
  if (!next.config) return;
  // Amplify's calls never wait for a new sign-in
  const auth = (client = new AmplifyAuth({ ...next, onExpired: 'reject' }));
  const response = auth.handleAuthResponse().then(({ handled, returnTo }) => {
    if (!handled) return;
    const [, customState] = returnTo?.split(CUSTOM_STATE) ?? [];
    if (customState) tell('customOAuthState', decodeURIComponent(customState));
    tell('signInWithRedirect');
  }, (error) => {
    if (error.code !== 'closed') tell('signInWithRedirect_failure', { error });
  });
  leave = tellStates(auth, response);
}

/** signInWithRedirect's customState travels as the fragment of returnTo, which each sign-in keeps for itself. */
export const CUSTOM_STATE = '#amplify-custom-state=';

// response is settled when a redirect's answer has been told, which comes before signedIn.
function tellStates(auth, response) {
  let before;
  const stop = auth.addUserStateListener((state, { reason }) => {
    const signedIn = state === 'signedIn' || reason === 'offline'; // Amplify's users stay signed in without a network
    if (before === undefined) before = state === 'unknown' ? undefined : signedIn;
    else if (signedIn !== before) {
      before = signedIn;
      if (signedIn) told = response.then(user).then((data) => tell('signedIn', data));
      else tell('signedOut');
    }
  });
  const refreshed = () => tell('tokenRefresh');
  const failed = ({ detail }) => tell('tokenRefresh_failure', { error: detail });
  auth.addEventListener('tokenRefresh', refreshed);
  auth.addEventListener('tokenRefreshFailure', failed);
  return () => {
    stop();
    auth.removeEventListener('tokenRefresh', refreshed);
    auth.removeEventListener('tokenRefreshFailure', failed);
  };
}

/** { username, userId, signInDetails } of the signed-in user, from the store. */
export async function user() {
  const { username, userSub: userId } = client;
  return { username, userId, signInDetails: await signInDetails(username) };
}

/** { loginId, authFlowType }, as both libraries store it. */
export async function signInDetails(username) {
  const key = `CognitoIdentityServiceProvider.${Amplify.getConfig().Auth?.Cognito.userPoolClientId}.${username}.signInDetails`;
  try {
    const { storage } = current;
    const store = storage === 'local' ? defaultStorage : storage === 'session' ? sessionStorage : storage;
    return JSON.parse((await store.getItem(key)) ?? undefined);
  } catch {
    return undefined; // not there, or not of ours
  }
}

function resources(config) {
  if (formatOf(config)[0] === 'resources') return { Auth: config.Auth };
  const { userPoolId, clientId: userPoolClientId, identityPoolId } = idsOf(config);
  const Cognito = { userPoolId, userPoolClientId, identityPoolId };
  for (const key in Cognito) if (Cognito[key] === undefined) delete Cognito[key];
  return Object.keys(Cognito).length ? { Auth: { Cognito } } : {};
}
