import { AmplifyAuth, AuthError } from './amplify-auth.js';
import { idsOf } from '../formats.js';
import { fail } from './errors.js';
import { tell } from './hub.js';
import { CookieStorage, defaultStorage, sessionStorage } from './storage.js';
import { parseAmplifyConfig } from './config.js';
import { NONE } from '../own.js';

/** signInWithRedirect's customState travels as the fragment of returnTo, which each sign-in keeps for itself. */
export const CUSTOM_STATE = '#amplify-custom-state=';

/** One configured client, with what Amplify's functions remember from one call to the next. */
export class Instance {
  /** @type {any} */
  storage = 'local';
  resources = {}; // ResourcesConfig
  pending; // { signInState, username } of the sign-in that goes on
  signedUp; // whether autoSignIn was asked for
  refreshMetadata; // as setClientMetadataProvider was given it
  staleCredentials; // whether AWS credentials are to be fetched anew

  /** Resolves when the last signedIn event has been told; Amplify tells it before signIn returns. */
  told = Promise.resolve();

  #options; // of AmplifyAuth
  #client;
  #leave; // stops listening to the client

  configure(config, { ssr, Auth } = NONE) {
    if (Auth?.tokenProvider || Auth?.credentialsProvider) {
      fail('PlatformNotSupported', 'A token or credentials provider of one\'s own cannot be used with this library.', 'Use federatedSignIn of AmplifyAuth for other identity providers.');
    }
    if (ssr) this.storage = new CookieStorage({ sameSite: 'lax' });
    this.#options = { config, headers: Auth?.headers && (() => Auth.headers()), clientMetadataProvider: () => this.refreshMetadata?.() };
    this.resources = parseAmplifyConfig(config);
    this.#open();
  }

  /** Keeps the session elsewhere from now on. */
  store(storage) {
    this.storage = storage === defaultStorage ? 'local' : storage === sessionStorage ? 'session' : storage;
    if (this.#options) this.#open();
  }

  #open() {
    this.close();
    // Amplify's calls never wait for a new sign-in
    const auth = (this.#client = new AmplifyAuth({ ...this.#options, storage: this.storage, onExpired: 'reject' }));
    const replaces = auth.isSignedIn; // signInWithRedirect with a prompt; no state changes then
    const response = auth.handleAuthResponse().then(({ handled, returnTo }) => {
      if (!handled) return;
      const [, customState] = returnTo?.split(CUSTOM_STATE) ?? [];
      if (customState) tell('customOAuthState', decodeURIComponent(customState));
      tell('signInWithRedirect');
      if (replaces) this.user().then((data) => tell('signedIn', data));
    }, (error) => {
      if (error.code !== 'closed') tell('signInWithRedirect_failure', { error });
    });
    this.#leave = this.#tellStates(auth, response);
  }

  close() {
    this.#leave?.();
    this.#client?.close();
  }

  get auth() {
    if (!this.#client) fail('AuthUserPoolException', 'Auth UserPool not configured.', 'Make sure to call Amplify.configure with Auth configuration including userPoolId and userPoolClientId.', { code: 'userPoolNotConfigured' });
    return this.#client;
  }

  // response is settled when a redirect's answer has been told, which comes before signedIn.
  #tellStates(auth, response) {
    let before;
    const stop = auth.addUserStateListener((state, { reason }) => {
      const signedIn = state === 'signedIn' || reason === 'offline'; // Amplify's users stay signed in without a network
      if (before === undefined) before = state === 'unknown' ? undefined : signedIn;
      else if (signedIn !== before) {
        before = signedIn;
        if (signedIn) this.told = response.then(() => this.user()).then((data) => tell('signedIn', data));
        else tell('signedOut');
      }
    });
    const refreshed = () => tell('tokenRefresh');
    const failed = ({ detail }) => tell('tokenRefresh_failure', { error: new AuthError(detail.name, detail.code, detail.message, detail) });
    auth.addEventListener('tokenRefresh', refreshed);
    auth.addEventListener('tokenRefreshFailure', failed);
    return () => {
      stop();
      auth.removeEventListener('tokenRefresh', refreshed);
      auth.removeEventListener('tokenRefreshFailure', failed);
    };
  }

  /** { username, userId, signInDetails } of the signed-in user, from the store. */
  async user() {
    const { username, userSub: userId } = this.auth;
    return { username, userId, signInDetails: await this.signInDetails(username) };
  }

  /** { loginId, authFlowType }, as both libraries store it. */
  async signInDetails(username) {
    const key = `CognitoIdentityServiceProvider.${idsOf(this.#options.config).clientId}.${username}.signInDetails`;
    try {
      const store = { local: defaultStorage, session: sessionStorage }[this.storage] ?? this.storage;
      return JSON.parse((await store.getItem(key)) ?? undefined);
    } catch {
      return undefined; // not there, or not of ours
    }
  }
}

/** What Amplify.configure has configured. */
export const common = new Instance();

const instances = new WeakMap(); // by AmplifyContext

/** The AmplifyContext of an instance: the first argument of the calls that shall be its own. */
export function contextOf(instance, members) {
  const context = Object.freeze({ ...members, token: Object.freeze({ value: Symbol('AmplifyContext') }) });
  instances.set(context, instance);
  return context;
}

/** A function of Amplify's, with an AmplifyContext before its arguments or without. work gets the instance in its place. */
export const api = (work) => async (...args) => {
  const given = instances.get(args[0]);
  if (given) return work(given, ...args.slice(1));
  if (args.some((argument) => instances.has(argument))) fail('InvalidAmplifyContextException', 'An AmplifyContext goes before the other arguments.', 'Give it as the first one.');
  if (args.length > 1 && args[0] === undefined) fail('NoAmplifyContextException', 'The AmplifyContext is undefined.', 'Make it by createAmplifyContext, or leave the argument out.');
  return work(common, ...args);
};
