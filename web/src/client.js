import { assets } from './assets.js';
import { checkOptions, fetchConfig } from './config.js';
import { STORED_CALLS } from './contract.js';
import { CurrentUser } from './current-user.js';
import { showDropIn } from './drop-in.js';
import { Engine } from './engine.js';
import { AuthError, configError, invalidParameter, newError } from './errors.js';
import { idsOf } from './formats.js';
import { createHost } from './host.js';
import { whenIdle } from './idle.js';
import { limited } from './limits.js';
import { nameUnknown, own } from './own.js';
import { prepare } from './popup.js';
import { forgetResponse, keep, keptResponse, takeResponse } from './redirect.js';
import { decodeJWT } from './session.js';
import { isPromise, openStore } from './storage.js';
import { absolute, dates, signedRequest, storedCredentials, storedTokens, toJSON } from './values.js';

const answers = new Map(); // by client: the promise of what came of the response that this page was opened with

// The options of a call that the store may answer.
const known = (method, options) => nameUnknown(method, own(options), STORED_CALLS[method]);

// A signal for the end of either; the first may be missing.
function either(...signals) {
  const end = new AbortController();
  for (const signal of signals) {
    if (signal?.aborted) end.abort(signal.reason);
    signal?.addEventListener('abort', () => end.abort(signal.reason));
  }
  return end.signal;
}

/** See the type declarations for what each member takes, gives and throws. */
export class AmplifyAuth extends EventTarget {
  static AuthError = AuthError;
  static decodeJWT = decodeJWT;
  static release = RELEASE; // put in by build.sh; the element takes no client of another one

  #options;
  #href; // with a response that no sign-in of ours asked for, where the page wants it
  #config; // JSON text, once it is known
  #loading; // promise of #config
  #ids;
  #session; // of this tab: pending sign-ins and OAuth transactions
  #user;
  #engine;
  #closed = false;
  #life = new AbortController(); // aborted by close
  #warned = false;

  constructor(options) {
    super();
    const { config, storage, handleRedirect } = (this.#options = checkOptions(options));
    this.#take(globalThis.location?.href, handleRedirect);
    const fellBack = (error) => this.#storageFellBack(error);
    this.#session = openStore('session', fellBack);
    this.#user = new CurrentUser(this, openStore(storage, fellBack), !['session', 'memory'].includes(storage));
    this.#engine = this.#user.engine = new Engine(this.#options, this.#user, () => this.#load(), () => this.#host());
    // memoized by the store: the AWS SDK would keep the last user's for the next one
    this.credentialsProvider = Object.assign((settings) => this.getAWSCredentials({ forceRefresh: settings?.forceRefresh }), { memoized: true });
    this.deviceOperations = {};
    for (const name of ['get', 'list', 'updateStatus', 'forget']) {
      this.deviceOperations[name] = (input) => this.#call('deviceOperations.' + name, input);
    }
    if (typeof config === 'object') this.#configure(toJSON(config, configError));
    else this.#load().catch(() => {}); // the first call tries again and tells
  }

  // --- life cycle

  initialize(options) {
    return limited(options, async () => {
      await this.#settled();
      const { fresh } = await this.#user.read();
      if (!this.#ids.clientId && !this.#ids.identityPoolId) await this.#engine.start(); // it says what the configuration lacks
      else if (!fresh) this.#engine.start().catch(() => {}); // it will be asked for next
      this.#user.update();
      return { ...this.#user.current };
    });
  }

  get ready() {
    return this.initialize();
  }

  close() {
    this.#closed = true;
    this.#life.abort();
    this.#user.close();
    this.#engine.close();
  }

  // --- state

  get currentUserState() {
    return this.#state().userState;
  }

  // A session that only waits for the network is not over.
  get isSignedIn() {
    const { userState, details } = this.#state();
    return userState === 'signedIn' || details.reason === 'offline';
  }

  get isLoggedIn() {
    return this.isSignedIn;
  }

  get username() {
    return this.#user.known()?.username;
  }

  get userSub() {
    const { idToken, accessToken } = this.#user.known() ?? {};
    return decodeJWT(idToken || accessToken || '')?.sub;
  }

  get identityId() {
    return this.#user.identityId ?? this.#user.known()?.identityId;
  }

  get engineThread() {
    return this.#engine.thread;
  }

  /** The configuration as it was given; the sign-in element draws its screens from it. */
  get configuration() {
    return this.#load().then(() => JSON.parse(this.#config));
  }

  addUserStateListener(listener) {
    if (typeof listener !== 'function') throw invalidParameter('addUserStateListener takes a function.');
    this.#user.update();
    return this.#user.add(listener);
  }

  removeUserStateListener(listener) {
    this.#user.remove(listener);
  }

  // --- calls that are more than a message to the engine

  getTokens(options) {
    options = known('getTokens', options);
    const { forceRefresh, signal } = options;
    if (!forceRefresh && !signal?.aborted && this.#user.readable) {
      const tokens = storedTokens(this.#user.read());
      if (tokens) return Promise.resolve(tokens);
    }
    return this.#storedOr('getTokens', options, storedTokens);
  }

  getAWSCredentials(options) {
    return this.#storedOr('getAWSCredentials', options, storedCredentials);
  }

  // What the store has, else the engine's answer, whose times may be a level down.
  #storedOr(method, options, stored) {
    options = known(method, options);
    return limited(options, async (limits) => {
      await this.#settled();
      const session = await this.#user.read();
      const value = !options.forceRefresh && !session.setBack && stored(session, Date.now());
      if (value) return value;
      const answer = await this.#engine.send(method, session.setBack ? { ...options, forceRefresh: true } : options, limits);
      dates([answer, ...Object.values(answer)]);
      return answer;
    });
  }

  async getIdentityId(options) {
    return (this.#user.identityId = await this.#call('getIdentityId', options));
  }

  signRequest(request, options) {
    return signedRequest(request, (described) => this.#call('signRequest', { ...described, ...options }));
  }

  showSignIn(options) {
    options = own(options);
    if (typeof document === 'undefined') return Promise.reject(newError('invalidState', 'showSignIn needs a page, and there is none in a worker.'));
    if (options.hostedUI) {
      const hostedUI = own(options.hostedUI);
      const popup = hostedUI.mode === 'popup' ? prepare() : undefined;
      hostedUI.window = popup?.name;
      const shown = this.#call('showSignIn', { ...options, hostedUI });
      if (popup) shown.catch(popup.close);
      return shown;
    }
    return limited(options, async ({ signal }) => {
      await this.#load();
      if (this.isSignedIn && !options.stepUp) throw newError('invalidState', 'A user is signed in already. Call signOut first.');
      return showDropIn(this, assets.loadSignIn, { ...options, signal: either(signal, this.#life.signal) });
    });
  }

  handleAuthResponse(url, options) {
    return limited(options, async () => {
      const { handleRedirect } = this.#options;
      const href = !url || typeof url === 'string' || url instanceof URL ? absolute(url || location.href, location.href) : undefined;
      if (!href) throw invalidParameter('handleAuthResponse takes a URL, and then options.');
      const taken = (url || !handleRedirect) && this.#take(href, handleRedirect || true);
      await this.#load();
      const answer = !url || taken ? await this.#answer() : {};
      return { handled: false, ...answer, userState: this.currentUserState };
    });
  }

  /** What came, or is still to come, of the response that this page was opened with, as handleAuthResponse says it; undefined without one. */
  get authResponse() {
    return answers.get(this.#ids?.own);
  }

  // --- the other calls

  // eslint-disable-next-line no-unused-private-class-members -- a static block is lowered to 500 bytes more
  static #plain = [
    'signUp', 'confirmSignUp', 'resendSignUpCode', 'signIn', 'confirmSignIn', 'autoSignIn', 'getPendingSignIn', 'cancelSignIn', 'stepUp', 'signOut',
    'deleteUser', 'forgotPassword', 'confirmForgotPassword', 'changePassword', 'getUserAttributes', 'updateUserAttributes',
    'deleteUserAttributes', 'verifyUserAttribute', 'confirmVerifyUserAttribute', 'setUpTOTP', 'verifyTOTPSetup',
    'getMFAPreference', 'setMFAPreference', 'registerPasskey', 'listPasskeys', 'deletePasskey', 'listSessions', 'revokeSession',
    'releaseSignInWait', 'federatedSignIn',
  ].map((name) => (this.prototype[name] = function (input) { return this.#call(name, input); }));

  // --- within

  #state() {
    this.#user.update();
    return this.#user.current;
  }

  // A call right after a redirect would otherwise meet the state before it.
  async #settled() {
    await this.#load();
    await answers.get(this.#ids.own)?.catch(() => {});
  }

  #call(method, input) {
    input ??= {};
    if (typeof input !== 'object') return Promise.reject(invalidParameter(`${method} takes one object, not a ${typeof input}.`));
    return limited(input, async (limits) => {
      await this.#settled();
      return dates(await this.#engine.send(method, input, limits));
    });
  }

  #load() {
    if (this.#closed) return Promise.reject(newError('closed', 'This client was closed. Make a new one.'));
    if (this.#ids) return Promise.resolve();
    return (this.#loading ??= fetchConfig(this.#options.config).then(
      (text) => this.#configure(text),
      (error) => {
        this.#loading = undefined;
        throw error;
      },
    ));
  }

  #configure(text) {
    if (this.#closed) return this.#load();
    this.#config = text;
    this.#ids = idsOf(Object(JSON.parse(text)));
    const read = this.#user.begin(this.#ids);
    if (this.#options.handleRedirect !== false) this.#answer()?.catch(() => {});
    whenIdle(() => this.#startIdle());
    return isPromise(read) ? read.then(() => {}, () => {}) : undefined;
  }

  // A page on the way to a sign-in gets the engine before it is asked for; one with a usable session may never need it.
  async #startIdle() {
    try {
      if (this.#closed || this.#engine.wanted || navigator.connection?.saveData || (await this.#user.read()).fresh) return;
      await this.#engine.start();
    } catch (error) {
      if (!error.retryable) console.warn('AmplifyAuth:', error);
    }
  }

  #take(href, decide) {
    const taken = takeResponse(href, decide);
    if (taken === 'providerInitiated') this.#href = href;
    return taken;
  }

  // What came of the response that was taken, by this client or another one of the page; undefined without one.
  #answer() {
    const { own } = this.#ids;
    if (this.#href) keep(own, new URL(this.#href), true);
    this.#href = undefined;
    const response = keptResponse(this.#session, own);
    if (!response) return answers.get(own)?.then((answer) => (this.#user.changedElsewhere(), answer));
    const answer = this.#engine.send('handleAuthResponse', response);
    answers.set(own, answer);
    answer.then(
      () => forgetResponse(this.#session, own),
      (error) => {
        if (answers.get(own) !== answer || this.#closed) return; // who has asked again tells
        // without an engine nobody has used the code up
        if (!error.retryable && this.#engine.wanted) forgetResponse(this.#session, own);
        console.warn('AmplifyAuth: the sign-in failed, handleAuthResponse() tells why:', error);
        this.dispatchEvent(new CustomEvent('autherror', { detail: { error } }));
      },
    );
    return answer;
  }

  // --- the engine's side

  #host() {
    const { onExpired, tokenSource, storage, headers, clientMetadataProvider, replicaRegion, replicaEndpoint } = this.#options;
    return createHost({
      config: this.#config,
      options: JSON.stringify({
        onExpired, storage: typeof storage === 'string' ? storage : 'page', tokenSources: Object.keys(tokenSource), headers: !!headers, clientMetadata: !!clientMetadataProvider,
        replicaRegion, replicaEndpoint,
      }),
      storage: this.#user,
      session: this.#session,
      emit: (type, detail) => this.#onEvent(type, JSON.parse(detail)),
      headers: async (operation, url) => JSON.stringify(await headers({ operation, url })),
      clientMetadata: async () => JSON.stringify(await clientMetadataProvider()),
      tokenSource: async (providerName) => {
        const token = await tokenSource[providerName]?.();
        return JSON.stringify((typeof token === 'string' ? { token } : token) ?? null);
      },
    });
  }

  #onEvent(type, detail) {
    if (this.#closed) return;
    if (type === 'userState') this.#user.told(detail);
    else queueMicrotask(() => this.dispatchEvent(new CustomEvent(type, { detail })));
  }

  #storageFellBack(error) {
    if (this.#warned || typeof document === 'undefined') return;
    this.#warned = true;
    console.warn('AmplifyAuth: the browser\'s storage cannot be used, this page keeps its session in memory:', error);
    this.dispatchEvent(new CustomEvent('storageFallback', { detail: { error } }));
  }
}
