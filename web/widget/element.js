// element.js: <amplify-sign-in>.

import { emptyConfig, normalise } from './config.js';
import { detectLanguage, isLoaded, loadLanguage, translator } from './i18n.js';
import { Panel } from './panel.js';
import { screens } from './screens/index.js';

const LIBRARY = new URL('./amplify-auth.js', import.meta.url).href;

export class AmplifySignInElement extends HTMLElement {
  static observedAttributes = ['config', 'lang', 'can-cancel', 'logo', 'providers', 'sign-up-attributes', 'hide-sign-up', 'modal', 'theme'];

  #panel;
  #auth; // promise of an AmplifyAuth
  #own; // the AmplifyAuth made here, to be closed here
  #given; // the page's
  #unsubscribe;
  #state = 'unknown';
  #stop;
  #texts = {};
  #context = {
    config: emptyConfig,
    flow: {},
    element: this,
    auth: () => this.#attach(),
    t: translator('en'),
  };

  constructor() {
    super();
    this.#panel = new Panel(this, screens, this.#context, {
      emit: (type, detail, cancelable = false) => this.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles: type !== 'cancel', composed: true })),
      cancel: () => this.#cancel(),
      done: () => this.#finish(),
      canCancel: () => this.hasAttribute('can-cancel'),
      logo: () => this.getAttribute('logo'),
      modal: () => this.hasAttribute('modal'),
    });
  }

  // auth shares an existing AmplifyAuth with the element; without it the element makes its own from `config`.
  get auth() { return this.#given ?? this.#own; }
  set auth(auth) {
    if (auth === this.#given) return;
    this.#detach();
    this.#given = auth;
    if (this.isConnected) this.#attach().catch((error) => this.#panel.fail(error));
  }

  // texts replaces single texts by their keys.
  get texts() { return this.#texts; }
  set texts(texts) { this.#texts = texts ?? {}; this.#translate(); }

  // screen is the name of the screen on show, undefined while the default slot is.
  get screen() { return this.#panel.screen; }

  show() {
    this.hidden = false;
    if (this.#state !== 'signedIn') this.#panel.open();
  }

  hide() {
    if (this.hasAttribute('modal')) this.#panel.close();
    else this.hidden = true;
  }

  connectedCallback() {
    if (this.#stop) return; // moved
    for (const name of ['auth', 'texts']) this.#upgrade(name);
    const stop = this.#stop = new AbortController();
    const { signal } = stop;
    this.addEventListener('input', (event) => this.#panel.input(event), { signal });
    // The engine is fetched as soon as somebody begins to fill in the form.
    this.addEventListener('focusin', () => { if (this.#panel.screen) this.#attach().then((auth) => auth.initialize()).catch(() => {}); }, { signal, once: true });
    for (const type of ['online', 'offline']) addEventListener(type, () => this.#connection(), { signal });
    this.#panel.build();
    this.#translate().then(() => {
      if (signal.aborted) return;
      if (mayHaveSession() && this.#state === 'unknown') this.#panel.waiting();
      else if (this.#state !== 'signedIn') this.#begin();
      this.#attach().catch((error) => { this.#begin(); this.#panel.fail(error); });
    });
  }

  disconnectedCallback() {
    // An element that is only moved is connected again before the microtask runs.
    queueMicrotask(() => {
      if (this.isConnected) { if (this.hasAttribute('modal') && this.#panel.screen) this.#panel.open(); return; }
      this.#stop?.abort();
      this.#stop = undefined;
      this.#panel.stop();
      this.#detach();
    });
  }

  attributeChangedCallback(name, before, value) {
    if (before === value || !this.#stop) return;
    if (name === 'lang') this.#translate();
    else if (name === 'modal') { this.#panel.build(); this.#panel.refresh(); } else if (name === 'config') {
      this.#detach();
      this.#attach().catch((error) => this.#panel.fail(error));
    } else this.#panel.refresh();
  }

  // A property set before the element was defined would hide the accessor.
  #upgrade(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  async #translate() {
    const language = detectLanguage(this);
    if (!isLoaded(language)) await loadLanguage(language);
    this.#context.t = translator(language, this.#texts);
    this.#panel.refresh();
  }

  // #attach resolves with the AmplifyAuth in use; a failure (no network) is tried again at the next call.
  #attach() {
    this.#auth ??= this.#connect().catch((error) => {
      this.#auth = undefined;
      throw error;
    });
    return this.#auth;
  }

  async #connect() {
    const given = this.#given;
    const source = this.getAttribute('config');
    const raw = source ? await readConfig(source) : undefined;
    if (raw) this.#context.config = normalise(raw);
    this.#panel.refresh();
    let auth = given;
    if (!auth) {
      if (!raw) throw Object.assign(new Error('<amplify-sign-in> needs a config attribute or an auth property.'), { name: 'InvalidConfiguration', code: 'invalidConfiguration' });
      const { AmplifyAuth } = await import(LIBRARY);
      auth = this.#own = new AmplifyAuth({ config: raw });
    }
    if (!this.#stop) { this.#detach(); return auth; }
    const listener = (event) => this.#onState(event.detail?.userState ?? auth.currentUserState);
    auth.addEventListener('userstatechange', listener);
    this.#unsubscribe = () => auth.removeEventListener('userstatechange', listener);
    this.#onState(auth.currentUserState);
    if (auth.currentUserState === 'unknown') auth.initialize().then(({ userState }) => this.#onState(userState), (error) => { this.#begin(); this.#panel.fail(error); });
    return auth;
  }

  #detach() {
    this.#unsubscribe?.();
    this.#own?.close();
    this.#auth = this.#own = this.#unsubscribe = undefined;
    this.#state = 'unknown';
  }

  #onState(state) {
    const before = this.#state;
    if (state === 'unknown' || (state === before && this.#panel.screen)) return;
    if (state === 'signedIn') {
      // While a step of our own runs, its end tells.
      if (!this.#panel.busy) this.#finish();
      return;
    }
    this.#state = state;
    if (before === 'signedIn') {
      this.#context.flow = {};
      this.dispatchEvent(new CustomEvent('signedout', { detail: { userState: state }, bubbles: true, composed: true }));
    }
    this.#begin();
    if (state.startsWith('signedOut') && state !== 'signedOut') this.#panel.notify(this.#context.t('notice.sessionEnded'));
  }

  // #begin shows the first screen unless one is on show.
  #begin() {
    this.#panel.showContent(false);
    if (!this.#panel.screen) this.#panel.go('signIn', { focus: false });
    this.#connection();
  }

  #finish() {
    const before = this.#state;
    const auth = this.auth;
    this.#state = 'signedIn';
    this.#panel.showContent(true);
    if (before !== 'signedIn') this.dispatchEvent(new CustomEvent('signedin', { detail: { userState: 'signedIn', username: auth.username }, bubbles: true, composed: true }));
  }

  #cancel() {
    this.#panel.stop();
    this.hide();
    this.dispatchEvent(new CustomEvent('cancel'));
  }

  #connection() {
    if (!this.#panel.screen) return;
    this.#panel.notify(navigator.onLine ? '' : this.#context.t('notice.offline'));
  }
}

// mayHaveSession guesses from the keys of storage, before any configuration is read, so that neither a form
// flashes up for who is signed in nor a spinner for who is not.
function mayHaveSession() {
  try {
    return [localStorage, sessionStorage].some((store) => Object.keys(store).some((key) => /^CognitoIdentityServiceProvider\..+\.LastAuthUser$/.test(key)));
  } catch {
    return false;
  }
}

// readConfig takes a URL or the JSON text itself.
async function readConfig(source) {
  const fail = (code, message, retryable, cause) => Object.assign(new Error(message, { cause }), { name: code === 'networkError' ? 'NetworkError' : 'InvalidConfiguration', code, retryable });
  let text = source;
  if (!source.trim().startsWith('{')) {
    let response;
    try {
      response = await fetch(source);
      text = await response.text();
    } catch (cause) {
      throw fail('networkError', `The configuration ${source} could not be fetched.`, true, cause);
    }
    if (!response.ok) throw fail('invalidConfiguration', `The configuration ${source} answered ${response.status}.`, response.status >= 500);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail('invalidConfiguration', `The configuration ${source} is not JSON.`, false, cause);
  }
}
