// element.js: <amplify-sign-in>.

import { AmplifyElement, allowed, attach, begin, cancel, connected, configured, context, emit, finish, panel, stale, stateChanged } from './base.js';
import { isOn } from './dom.js';
import { rememberedUsername } from './remember.js';
import { screens } from './screens/index.js';
import { totpNames } from './totp.js';

const firstScreens = ['signIn', 'signUp', 'forgotPassword'];
const firstScreen = (name) => (firstScreens.includes(name) ? name : 'signIn');

export class AmplifySignInElement extends AmplifyElement {
  static observedAttributes = [
    ...super.observedAttributes,
    'can-cancel', 'logo', 'modal', 'initial-screen', 'providers', 'sign-up-attributes', 'hide-sign-up', 'hide-remember-device', 'hide-factors', 'hide-password', 'hide-passkey-offer', 'confirm-password',
  ];

  #providers;
  #signUpAttributes;
  #expiry; // timer for the end of the token's life while offline

  constructor() { super(screens); }

  // providers and signUpAttributes take what the attributes of these names take, as arrays.
  get providers() { return this.#providers ?? this.getAttribute('providers'); }
  set providers(providers) { this.#providers = providers; this[panel].refresh(); }
  get signUpAttributes() { return this.#signUpAttributes ?? this.getAttribute('sign-up-attributes'); }
  set signUpAttributes(attributes) { this.#signUpAttributes = attributes; this[panel].refresh(); }

  // show brings the screens up: the dialog of a modal element, else the element itself.
  show() {
    this.hidden = false;
    if (this.state !== 'signedIn') this[panel].open();
  }

  hide() {
    if (isOn(this, 'modal')) this[panel].close();
    else this.hidden = true;
  }

  // A step of a sign-in is shown where it is the step that the service waits for.
  [allowed](name) {
    return this.state !== 'signedIn' && (firstScreens.includes(name) || this[context].flow.step?.signInState === name);
  }

  attributeChangedCallback(name, before, value) {
    super.attributeChangedCallback(name, before, value);
    if (name === 'initial-screen' && before !== value && this.isConnected && firstScreens.includes(this.screen) && !this[panel].busy) this.showScreen(firstScreen(value));
  }

  [connected](signal) {
    // The engine is fetched as soon as somebody turns to the form; this is the call that does no more than that.
    this.addEventListener('focusin', () => { if (this.screen) this[attach]().then((auth) => auth.getPendingSignIn()).catch(() => {}); }, { signal, once: true });
    for (const type of ['online', 'offline']) addEventListener(type, () => this.#checkSession(), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.#expiry));
  }

  [configured]() {
    const { flow, config } = this[context];
    if (!this[panel].typed && flow.username === flow.remembered) flow.username = flow.remembered = rememberedUsername(config);
  }

  [begin](focus = false) {
    this[panel].showContent(false);
    if (this.screen) return;
    this[configured]();
    this[panel].go(firstScreen(this.getAttribute('initial-screen')), { focus });
  }

  [stateChanged](state, before) {
    const { flow, t } = this[context];
    if (state === 'signedIn') {
      // While a screen of ours is at work, its end tells.
      if (!this[panel].busy && !flow.afterSignIn) this[finish]();
      return;
    }
    const focused = this.matches(':focus-within'); // on what signed out, which goes
    this.#checkSession();
    if (before === 'signedIn') {
      this[context].flow = {};
      this[emit]('signedout', { userState: state });
      this[panel].reset();
    }
    // Who signs in again has the name given and the focus in the password.
    const ended = /TokensInvalid|TokenInvalid/.test(state);
    if (ended) this[context].flow.username ??= this.auth?.username;
    const { activeElement, body } = this.ownerDocument;
    this[begin](focused || (ended && (activeElement ?? body) === body));
    if (ended) {
      this[panel].notify(t('notice.sessionEnded'));
    } else if (before === 'unknown') this.#resume(flow);
  }

  // #resume goes on with a sign-in that a reload interrupted, unless the user has begun anew.
  async #resume(flow) {
    if (!mayHavePending()) return;
    const auth = await this[attach]();
    const pending = await auth.getPendingSignIn(totpNames(this[context])).catch(() => null);
    if (!pending?.signInState || pending.stepUp || !screens[pending.signInState] || this[panel].busy || this[panel].typed || !firstScreens.includes(this.screen)) return;
    Object.assign(flow, { step: pending, username: pending.username ?? flow.username });
    this[panel].go(pending.signInState, { focus: false });
  }

  async [finish]() {
    const auth = await this[attach]();
    this[context].flow = {};
    this.state = 'signedIn';
    this[panel].showContent(true);
    this.#checkSession();
    this[emit]('signedin', { userState: 'signedIn', username: auth.username });
  }

  [stale](offline) { this[panel].stale(offline ? this[context].t('notice.stale') : ''); }

  // #checkSession says so when the session cannot be renewed for lack of a network: the page's content may be
  // old, yet nobody is signed out.
  async #checkSession() {
    clearTimeout(this.#expiry);
    if (this.state !== 'signedIn' || navigator.onLine) {
      this[stale](false);
      return;
    }
    try {
      const { accessToken } = await this.auth.getTokens({ timeout: 5000 });
      this.#expiry = setTimeout(() => this.#checkSession(), Math.min(Math.max(accessToken.expiration - Date.now(), 1000), 3600_000));
    } catch {
      if (this.state === 'signedIn' && !navigator.onLine) this[stale](true);
    }
  }

  [cancel]() {
    this[panel].stop();
    this.auth?.cancelSignIn?.().catch(() => {});
    this.hide();
    this[panel].reset();
    this[context].flow = {};
    this[begin]();
    this[emit]('cancel');
  }
}

// mayHavePending guesses from the tab's storage whether a sign-in was interrupted, so that the engine is not
// fetched for the answer.
function mayHavePending() {
  try {
    return Object.keys(sessionStorage).some((key) => key.endsWith('.pendingSignIn'));
  } catch {
    return true; // the engine knows whether it kept one elsewhere
  }
}
