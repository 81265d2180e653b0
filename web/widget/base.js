// base.js: what <amplify-sign-in> and <amplify-account> share: the AmplifyAuth they work with, its
// configuration, the language, and the panel that draws their screens.

import { SESSION_KEY } from '../src/contract.js';
import { NONE } from '../src/own.js';
import { emptyConfig, normalise } from './config.js';
import { isOn } from './dom.js';
import { responseText } from './errors.js';
import { detectLanguage, isLoaded, loadLanguage, translator } from './i18n.js';
import { Panel } from './panel.js';
import { otherRelease } from './release.js';
import { adoptStyles } from './theme.js';

// Members for the two elements and their screens; symbols keep them out of the elements' public interface.
export const panel = Symbol('panel');
export const context = Symbol('context');
export const attach = Symbol('attach');
export const emit = Symbol('emit');
const follow = Symbol('follow');
export const stateChanged = Symbol('stateChanged'); // (state, before): the user state is another one
export const stale = Symbol('stale'); // (offline): whether the session waits for the network
export const begin = Symbol('begin'); // show the first screen
export const finish = Symbol('finish'); // a screen ended the flow
export const connected = Symbol('connected');
export const configured = Symbol('configured'); // the configuration has come
export const cancel = Symbol('cancel');
export const allowed = Symbol('allowed'); // (screen): whether the page may go there now
export const removed = Symbol('removed'); // the element was taken out of the page

// Where there is no page the module can be imported all the same.
export class AmplifyElement extends /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? Object) {
  static observedAttributes = ['config', 'lang', 'dir', 'theme'];

  #auth; // promise of the AmplifyAuth in use
  #current; // that AmplifyAuth, once it is there
  #own; // the same if it was made here, to be closed here
  #given; // the page's
  #unsubscribe;
  #stop; // AbortController of the time in the document
  #texts = {};
  #fields = {};
  #settled = false; // the configuration has come, or will not
  #worded = false; // the first paint has its language
  state = 'unknown'; // the user state last seen

  constructor(screens) {
    super();
    this[context] = {
      element: this,
      config: emptyConfig,
      flow: {}, // what the screens of one flow hand on
      t: translator('en'),
      auth: () => this[attach](),
    };
    this[panel] = this[context].panel = new Panel(this, screens, this[context], {
      emit: (type, detail, cancelable) => this[emit](type, detail, cancelable),
      cancel: () => this[cancel]?.(),
      done: () => this[finish](),
      canCancel: () => isOn(this, 'can-cancel'),
      logo: () => this.getAttribute('logo'),
      modal: () => isOn(this, 'modal'),
      configured: () => this.#settled,
    });
  }

  // auth is the AmplifyAuth in use. Setting it shares the page's own; without it the element makes one from
  // `config`, or takes that of an <amplify-sign-in> around it.
  get auth() { return this.#given ?? this.#current; }
  set auth(auth) {
    if (auth === this.#given) return;
    this.#detach();
    this.#given = auth;
    this.#start();
  }

  // texts replaces single texts by their keys: { 'signIn.title': 'Welcome' }.
  get texts() { return this.#texts; }
  set texts(texts) {
    this.#texts = texts ?? {};
    this.#translate();
  }

  // fields changes single fields of screens: { signUp: { email: { label, placeholder, order, hidden, autocomplete } } }.
  get fields() { return this.#fields; }
  set fields(fields) {
    this.#fields = fields ?? {};
    this[panel].refresh();
  }

  // showScreen goes to a screen by its name, from a place where it makes sense.
  showScreen(name) {
    if (!this[panel].has(name)) throw Object.assign(new Error(`<${this.localName}> has no screen ${name}.`), { name: 'InvalidParameter', code: 'invalidParameter', retryable: false });
    if (this.#stop && this[allowed](name)) this[panel].go(name);
  }

  // screen is the name of the screen on show; undefined while the page's own content is.
  get screen() { return this[panel].screen; }

  // firstChild is the first of the page's own children, before which ours stand: a framework that hydrates what a server
  // has rendered goes along them from here, and finds what it expects.
  get firstChild() {
    /** @type {any} */
    let node = super.firstChild;
    while (node?.dataset?.amplifyAuth === '') node = node.nextSibling;
    return node;
  }

  connectedCallback() {
    if (this.#stop) return; // only moved
    for (const name of ['auth', 'texts', 'fields', 'providers', 'signUpAttributes']) this.#upgrade(name);
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this[panel].build();
    this.addEventListener('input', (event) => this[panel].input(event), { signal });
    for (const type of ['online', 'offline']) addEventListener(type, () => this[panel].connection(), { signal });
    // Coming back from a provider's page by the back button finds this page as it was left.
    addEventListener('pageshow', ({ persisted }) => { if (persisted) { this[panel].stop(); this[panel].refresh(); } }, { signal });
    const page = new MutationObserver(() => this.#translate());
    page.observe(document.documentElement, { attributeFilter: ['lang'] });
    const own = new MutationObserver(() => this[panel].mend());
    own.observe(this, { childList: true });
    signal.addEventListener('abort', () => { page.disconnect(); own.disconnect(); });
    this[connected]?.(signal);
    // The first paint waits for nothing but its language.
    this.#translate().then(() => {
      if (signal.aborted) return;
      this.#worded = true;
      this.#start();
    });
  }

  disconnectedCallback() {
    // An element that is only moved is connected again before the microtask runs.
    queueMicrotask(() => {
      if (this.isConnected) { this[panel].moved(); return; }
      this.#stop?.abort();
      this.#stop = undefined;
      this.#worded = false;
      this[removed]?.();
      this.#detach();
    });
  }

  adoptedCallback() { adoptStyles(this.shadowRoot); } // a stylesheet is good for one document

  attributeChangedCallback(name, before, value) {
    if (before === value || !this.#stop) return;
    if (name === 'lang') this.#translate();
    else if (name === 'config') { this.#detach(); this.#start(); } else { this[panel].build(); this[panel].refresh(); }
  }

  // A property that was set before the element was defined would hide the accessor.
  #upgrade(name) {
    if (!Object.prototype.hasOwnProperty.call(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  async #translate() {
    const language = detectLanguage(this);
    if (!isLoaded(language)) await loadLanguage(language);
    this[context].t = translator(language, this.#texts);
    this[panel].refresh();
  }

  #start() {
    if (!this.#worded) return;
    // What is known by now, because an element within has asked before, is on show.
    if (this.state === 'unknown') {
      if (this.#given?.authResponse || mayHaveSession(this.#given)) this[panel].waiting();
      else this[begin]();
    }
    // An aborted one has been started anew.
    this[attach]().catch((error) => error.code === 'aborted' || this.#failed(error));
  }

  #failed(error) {
    this.#settled = true;
    this[panel].keep(() => {
      // A form that cannot work is not offered.
      if (error.code === 'invalidConfiguration') {
        this[context].flow.misconfigured = error.message;
        this[panel].showContent(false);
        this[panel].go('misconfigured', { focus: false });
      } else this[begin]();
      this[panel].fail(error);
    });
  }

  // [follow]: the element around has another client, or one at last.
  [follow](auth) {
    if (!this.#stop || this.#given || this.hasAttribute('config') || (this.#auth && (this.#current ?? auth) === auth)) return;
    this.#detach();
    this.#start();
  }

  // [attach] resolves with the AmplifyAuth in use; after a failure (no network) the next call tries again.
  [attach]() {
    const attempt = this.#auth ??= this.#connect().catch((error) => {
      if (this.#auth === attempt) this.#auth = undefined;
      throw error;
    });
    return attempt;
  }

  async #connect() {
    const given = this.#given;
    const source = this.getAttribute('config');
    const around = !given && !source && this.parentElement?.closest('amplify-sign-in');
    // Without either the page's script has the word, which may be still to come.
    if (!given && !source && !around && document.readyState !== 'complete') await new Promise((loaded) => { addEventListener('load', loaded, { once: true }); });
    let auth = given ?? (around && await around[attach]());
    const raw = source ? await readConfig(source) : await auth?.configuration;
    if (!auth && !raw) throw configError(`<${this.localName}> needs a config attribute or an auth property.`);
    const { AmplifyAuth } = auth ? { AmplifyAuth: auth.constructor } : await import('./amplify-auth.js');
    if ((AmplifyAuth?.release ?? RELEASE) !== RELEASE) throw configError(otherRelease('amplify-auth.js'));
    if (!auth) auth = new AmplifyAuth({ config: raw });
    // A sign-in that comes back from a provider's pages says first what came of it.
    const failed = await auth.authResponse?.then(() => {}, (error) => error);
    if (!this.#stop || given !== this.#given || source !== this.getAttribute('config')) {
      if (auth !== given && !around) auth.close();
      throw Object.assign(new Error('The element was given another configuration or taken out of the page.'), { name: 'AbortError', code: 'aborted' });
    }
    this.#current = auth;
    if (auth !== given && !around) this.#own = auth;
    this[context].config = normalise(raw);
    this.#settled = true;
    if (this.screen === 'misconfigured') this[panel].reset();
    this[configured]?.();
    this[panel].forgive();
    this[panel].wait();
    for (const inner of this.querySelectorAll('amplify-account')) inner[follow]?.(auth);
    const onState = (state, details) => this.#onState(state, details);
    this.#unsubscribe = auth.addUserStateListener(onState);
    if (failed) auth.initialize().then(() => this[panel].fail(failed, responseText)); // once there is a screen
    if (auth.currentUserState === 'unknown') auth.initialize().catch((error) => this.#failed(error));
    return auth;
  }

  #detach() {
    this[panel].stop(); // what is under way is the old client's
    this.#unsubscribe?.();
    this.#own?.close();
    this.#auth = this.#current = this.#own = this.#unsubscribe = undefined;
    this.#settled = false;
    this.state = 'unknown';
  }

  #onState(state, { reason } = NONE) {
    // A session that cannot be renewed offline goes on by itself when the network is back.
    const offline = reason === 'offline';
    if (offline) state = 'signedIn';
    const before = this.state;
    if (state === 'unknown') return;
    if (state !== before) {
      this.state = state;
      this[stateChanged](state, before);
    }
    this[stale]?.(offline);
  }

  [emit](type, detail, cancelable = false) {
    // Events of an <amplify-account> inside an <amplify-sign-in> are not that element's.
    const bubbles = this.localName === 'amplify-sign-in' && type !== 'cancel';
    return this.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles, composed: bubbles }));
  }
}

// mayHaveSession guesses from the page's storage and URL, before any configuration is read, so that neither a
// form flashes up for who is signed in nor a spinner for who is not.
function mayHaveSession(given) {
  if (/[?&](code|error)=/.test(location.search) && /[?&]state=/.test(location.search)) return true;
  try {
    // Each store costs a request to the browser's process, and only an auth of the page's own may use the second.
    return (given ? [localStorage, sessionStorage] : [localStorage])
      .some((store) => Object.keys(store).some((key) => SESSION_KEY.test(key)));
  } catch {
    return false; // storage is forbidden
  }
}

// readConfig takes a URL or the JSON text itself.
async function readConfig(source) {
  let text = source;
  if (!source.trim().startsWith('{')) {
    const response = await fetch(source).catch((cause) => {
      throw Object.assign(new Error(`The configuration ${source} could not be fetched.`, { cause }), { name: 'NetworkError', code: 'networkError', retryable: true });
    });
    if (!response.ok) throw configError(`The configuration ${source} answered ${response.status}.`);
    text = await response.text();
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw configError(`The configuration ${source} is not JSON.`, cause);
  }
}

const configError = (message, cause) => Object.assign(new Error(message, { cause }), { name: 'InvalidConfiguration', code: 'invalidConfiguration', retryable: false });
