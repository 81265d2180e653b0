import { AuthError, configError, invalidParameter, newError } from './errors.js';
import { Clock } from './clock.js';
import { checkOptions, fetchConfig } from './config.js';
import { showDropIn } from './drop-in.js';
import { STORED_CALLS } from './contract.js';
import { createEngine } from './engine.js';
import { idsOf } from './formats.js';
import { createHost } from './host.js';
import { whenIdle } from './idle.js';
import { limited } from './limits.js';
import { NONE, nameUnknown, own } from './own.js';
import { prepare } from './popup.js';
import { forgetResponse, keep, keptResponse, takeResponse } from './redirect.js';
import { decodeJWT, readSession, storageKeys } from './session.js';
import { States } from './states.js';
import { isPromise, openStore } from './storage.js';
import { Tabs } from './tabs.js';
import { dates, signedRequest, storedCredentials, storedTokens } from './values.js';

let assets;

export const createWorker = (url) => new Worker(new URL(url, document.baseURI), { type: 'module', name: 'amplify-auth' });

const answers = new Map(); // by client: the promise of what came of the response that this page was opened with

/** Where the loader's companions are: { wasmURL(), integrity, worker(), loadSignIn() }. Said once, by index.js or iife.js. */
export const setAssets = (companions) => (assets = companions);

// An argument as the engine takes it; what JSON cannot say is the caller's error.
function toJSON(value, error) {
  try {
    return JSON.stringify(value);
  } catch ({ message }) {
    throw error(message);
  }
}

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

// Whose session it is, and whether it is over.
const summary = ({ userState, details: { username, provider } }) => [userState, username, provider].join();

function absolute(url, base) {
  try {
    return new URL(url, base).href;
  } catch {
    return undefined;
  }
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
  #keys;
  #store;
  #session; // of this tab: pending sign-ins and OAuth transactions
  #async = false; // the store answers promises
  #clock = new Clock();
  #stored; // what the store said last, see readSession
  #seen; // whose session that was when the engine was last known to know of it
  #states = new States(this);
  #tabs;
  #engine; // promise of the engine
  #thread; // that the engine runs in, or did last
  #running = false; // the engine says what the state is
  #identityId; // as the engine said last
  #closed = false;
  #life = new AbortController(); // aborted by close
  #warned = false;

  constructor(options) {
    super();
    const { config, storage, handleRedirect } = (this.#options = checkOptions(options));
    this.#take(globalThis.location?.href, handleRedirect);
    const fellBack = (error) => this.#storageFellBack(error);
    this.#store = openStore(storage, fellBack);
    this.#session = openStore('session', fellBack);
    // memoized by the store: the AWS SDK would keep the last user's for the next one
    this.credentialsProvider = Object.assign((settings) => this.getAWSCredentials({ forceRefresh: settings?.forceRefresh }), { memoized: true });
    this.deviceOperations = {};
    for (const name of ['get', 'list', 'updateStatus', 'forget']) {
      this.deviceOperations[name] = async (input) => dates(await this.#call('deviceOperations.' + name, input));
    }
    if (typeof config === 'object') this.#configure(toJSON(config, configError));
    else this.#load().catch(() => {}); // the first call tries again and tells
  }

  // --- life cycle

  initialize(options) {
    return limited(options, async () => {
      await this.#settled();
      const { fresh } = await this.#read();
      if (!this.#ids.clientId && !this.#ids.identityPoolId) await this.#start(); // it says what the configuration lacks
      else if (!fresh) this.#start().catch(() => {}); // it will be asked for next
      this.#update();
      return { ...this.#states.current };
    });
  }

  get ready() {
    return this.initialize();
  }

  close() {
    this.#closed = true;
    this.#life.abort();
    this.#running = false;
    this.#tabs?.close();
    this.#states.clear();
    this.#engine?.then((engine) => engine.close(), () => {});
    this.#engine = undefined;
  }

  // --- state

  get currentUserState() {
    this.#update();
    return this.#states.current.userState;
  }

  // A session that only waits for the network is not over.
  get isSignedIn() {
    const { userState, details } = (this.#update(), this.#states.current);
    return userState === 'signedIn' || details.reason === 'offline';
  }

  get isLoggedIn() {
    return this.isSignedIn;
  }

  get username() {
    return this.#known()?.username;
  }

  get userSub() {
    const { idToken, accessToken } = this.#known() ?? {};
    return decodeJWT(idToken || accessToken || '')?.sub;
  }

  get identityId() {
    return this.#identityId ?? this.#known()?.identityId;
  }

  get engineThread() {
    return this.#thread;
  }

  /** The configuration as it was given; the sign-in element draws its screens from it. */
  get configuration() {
    return this.#load().then(() => JSON.parse(this.#config));
  }

  addUserStateListener(listener) {
    if (typeof listener !== 'function') throw invalidParameter('addUserStateListener takes a function.');
    this.#update();
    return this.#states.add(listener);
  }

  removeUserStateListener(listener) {
    this.#states.remove(listener);
  }

  // --- calls that are more than a message to the engine

  getTokens(options) {
    options = known('getTokens', options);
    const { forceRefresh, signal } = options;
    if (!forceRefresh && !signal?.aborted && !this.#closed && this.#keys && !this.#async) {
      const tokens = storedTokens(this.#read());
      if (tokens) return Promise.resolve(tokens);
    }
    return this.#storedOr('getTokens', options, storedTokens, Object.values);
  }

  getAWSCredentials(options) {
    return this.#storedOr('getAWSCredentials', known('getAWSCredentials', options), storedCredentials, Array.of);
  }

  // What the store has, else the engine's answer, whose times are in datedParts.
  #storedOr(method, options, stored, datedParts) {
    return limited(options, async (limits) => {
      await this.#settled();
      const session = await this.#read();
      const value = !options.forceRefresh && !session.setBack && stored(session, Date.now());
      if (value) return value;
      const answer = await this.#send(method, session.setBack ? { ...options, forceRefresh: true } : options, limits);
      dates(datedParts(answer));
      return answer;
    });
  }

  async getIdentityId(options) {
    return (this.#identityId = await this.#call('getIdentityId', options));
  }

  async listPasskeys(options) {
    return dates(await this.#call('listPasskeys', options));
  }

  async listSessions(options) {
    return dates(await this.#call('listSessions', options));
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
      if (this.isSignedIn) throw newError('invalidState', 'A user is signed in already. Call signOut first.');
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
    'getMFAPreference', 'setMFAPreference', 'registerPasskey', 'deletePasskey', 'revokeSession', 'releaseSignInWait',
    'federatedSignIn',
  ].map((name) => (this.prototype[name] = function (input) { return this.#call(name, input); }));

  // --- within

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
      return this.#send(method, input, limits);
    });
  }

  async #send(method, { signal, timeout, ...args } = NONE, limits = NONE) {
    const text = toJSON(args, invalidParameter);
    const engine = await this.#start();
    if (limits.signal?.aborted) throw limits.signal.reason; // nobody waits for it any more
    return JSON.parse(await engine.call(method, text, limits)) ?? undefined;
  }

  #load() {
    if (this.#closed) return Promise.reject(newError('closed', 'This client was closed. Make a new one.'));
    if (this.#keys) return Promise.resolve();
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
    this.#keys = storageKeys(this.#ids);
    this.#tabs = new Tabs(this.#ids.own, (key) => this.#concerns(key), () => this.#changedElsewhere());
    const read = this.#read();
    this.#update();
    if (this.#options.handleRedirect !== false) this.#answer()?.catch(() => {});
    whenIdle(() => this.#startIdle());
    return isPromise(read) ? read.then(() => {}, () => {}) : undefined;
  }

  #concerns(key) {
    return this.#keys.outer.includes(key) || (key.startsWith(this.#keys.prefix) && /(LastAuthUser|Token)$/.test(key));
  }

  // A page on the way to a sign-in gets the engine before it is asked for; one with a usable session may never need it.
  async #startIdle() {
    try {
      if (this.#closed || this.#engine || navigator.connection?.saveData || (await this.#read()).fresh) return;
      await this.#start();
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
    if (!response) return answers.get(own)?.then((answer) => (this.#changedElsewhere(), answer));
    const answer = this.#send('handleAuthResponse', response);
    answers.set(own, answer);
    answer.then(
      () => forgetResponse(this.#session, own),
      (error) => {
        if (answers.get(own) !== answer || this.#closed) return; // who has asked again tells
        // without an engine nobody has used the code up
        if (!error.retryable && this.#engine) forgetResponse(this.#session, own);
        console.warn('AmplifyAuth: the sign-in could not be completed, handleAuthResponse() tells why:', error);
        this.dispatchEvent(new CustomEvent('autherror', { detail: { error } }));
      },
    );
    return answer;
  }

  // --- the engine

  #start() {
    return (this.#engine ??= this.#startEngine().catch((error) => {
      this.#engine = undefined;
      this.#running = false;
      throw error;
    }));
  }

  async #startEngine() {
    await this.#load();
    const { wasmURL } = this.#options;
    const url = absolute(wasmURL ?? assets.wasmURL(), globalThis.document?.baseURI);
    if (!url) throw configError(`wasmURL ${wasmURL} is not a URL.`);
    const integrity = this.#options.wasmIntegrity ?? assets.integrity;
    const engine = await createEngine({ url, integrity, worker: this.#worker() }, this.#host(), () => this.#engineStopped());
    this.#thread = engine.thread;
    if (this.#closed) {
      engine.close();
      return this.#load();
    }
    const state = await engine.call('initialize', '{}', own());
    this.#setState(JSON.parse(state));
    this.#running = true;
    return engine;
  }

  // What makes the engine's worker; undefined where there is to be none, or can be none: outside a page and in old browsers.
  #worker() {
    const { worker } = this.#options;
    if (!worker || typeof document === 'undefined' || !globalThis.Worker) return;
    return { key: worker, make: worker === true ? assets.worker : () => createWorker(worker) };
  }

  #engineStopped() {
    this.#engine = undefined;
    this.#running = false;
    this.#refresh();
  }

  #host() {
    const { onExpired, tokenSource, storage, headers, replicaRegion, replicaEndpoint } = this.#options;
    return createHost({
      config: this.#config,
      options: JSON.stringify({
        onExpired, storage: typeof storage === 'string' ? storage : 'page', tokenSources: Object.keys(tokenSource), headers: !!headers,
        replicaRegion, replicaEndpoint,
      }),
      storage: { get: (keys) => this.#store.get(keys), apply: (changes) => this.#apply(changes) },
      session: this.#session,
      emit: (type, detail) => this.#onEvent(type, JSON.parse(detail)),
      headers: async (operation, url) => JSON.stringify(await headers({ operation, url })),
      tokenSource: async (providerName) => {
        const token = await tokenSource[providerName]?.();
        return JSON.stringify((typeof token === 'string' ? { token } : token) ?? null);
      },
    });
  }

  #apply(changes) {
    const shared = !['session', 'memory'].includes(this.#options.storage);
    const tell = () => {
      this.#noted();
      if (shared && changes.some(([key]) => this.#concerns(key))) this.#tabs.tell();
    };
    const applied = this.#store.apply(changes);
    if (isPromise(applied)) return applied.then(tell);
    tell();
  }

  #onEvent(type, detail) {
    if (this.#closed) return;
    if (type === 'userState') this.#setState(detail);
    else queueMicrotask(() => this.dispatchEvent(new CustomEvent(type, { detail })));
  }

  #setState({ userState, details = {} }) {
    this.#identityId = undefined;
    if (this.#async) this.#refresh();
    else this.#noted();
    // what the engine says while it starts is what the store has said before
    this.#states.set({ userState, details }, this.#running);
  }

  // --- what the store says

  #read() {
    const read = readSession(this.#ids, this.#keys, (keys) => this.#store.get(keys), Date.now());
    const take = (session) => {
      session.setBack = this.#clock.setBack(session.clockDrift);
      session.fresh &&= !session.setBack;
      return (this.#stored = session);
    };
    this.#async = isPromise(read);
    if (!this.#async) return take(read);
    return read.then((session) => {
      take(session);
      this.#update();
      return session;
    }, (cause) => {
      throw newError('storageUnavailable', `The storage given to AmplifyAuth failed: ${cause?.message ?? cause}`, { cause });
    });
  }

  #known() {
    if (this.#keys && !this.#async && !this.#closed) this.#read();
    return this.#stored;
  }

  // The state is what the store says, until the engine has said more of it. What neither the engine nor another tab has
  // written, the page's own script has: the engine is told.
  #update() {
    const session = this.#known();
    if (!session) return;
    const foreign = this.#running && !this.#async && this.#seen && this.#seen !== summary(session);
    if (!this.#running || foreign) this.#states.set(session);
    this.#seen = summary(session);
    if (foreign) this.#send('storageChanged').catch(() => {});
  }

  // What the store holds now is the engine's doing, or known to it.
  #noted() {
    if (this.#known()) this.#seen = summary(this.#stored);
  }

  #refresh() {
    if (this.#closed) return;
    const read = this.#read();
    if (isPromise(read)) read.catch(() => {});
    else this.#update();
  }

  #changedElsewhere() {
    this.#seen = undefined;
    this.#refresh();
    if (this.#running) this.#send('storageChanged').catch(() => {});
  }

  #storageFellBack(error) {
    if (this.#warned || typeof document === 'undefined') return;
    this.#warned = true;
    console.warn('AmplifyAuth: the browser\'s storage cannot be used, this page keeps its session in memory:', error);
    this.dispatchEvent(new CustomEvent('storageFallback', { detail: { error } }));
  }
}
