import { AmplifyAuth } from './amplify-auth.js';

// Before there is a client, and wherever a server renders.
export const UNKNOWN = Object.freeze({
  userState: 'unknown', details: {}, isLoading: true, isSignedIn: false, user: undefined, tokens: undefined, error: undefined,
});

const LIFE = ['constructor', 'initialize', 'close', 'addUserStateListener', 'removeUserStateListener'];

/** The names of the client's calls, so that a binding has those of its version. */
const CALLS = Object.entries(Object.getOwnPropertyDescriptors(AmplifyAuth.prototype))
  .filter(([name, { value }]) => typeof value === 'function' && !LIFE.includes(name))
  .map(([name]) => name);

/**
 * What a framework shows of a client: a snapshot, which is another object whenever something in it has changed, and the
 * client's calls as functions that need no `this`.
 *
 * source   an AmplifyAuth, which stays the page's, or the options of one: it is made when it is first needed, lives while
 *          somebody has subscribed, and is closed then
 */
export class AuthStore {
  snapshot = UNKNOWN;
  calls = {};
  #options;
  #client;
  #listeners = new Set();
  #unfollow;

  constructor(source) {
    if (typeof source?.addUserStateListener === 'function') {
      this.#client = source;
      this.#update();
    } else this.#options = source;
    for (const name of CALLS) this.calls[name] = (...args) => this.client[name](...args);
  }

  get client() {
    return (this.#client ??= new AmplifyAuth(this.#options));
  }

  subscribe = (listener) => {
    this.#listeners.add(listener);
    if (!this.#unfollow) this.#follow(this.client);
    return () => {
      this.#listeners.delete(listener);
      // who unsubscribes may subscribe again at once: React's StrictMode, a router that mounts anew
      queueMicrotask(() => {
        if (!this.#listeners.size) this.#leave();
      });
    };
  };

  #follow(client) {
    const refreshed = () => this.#update();
    const unsubscribe = client.addUserStateListener((_, details) => this.#update({ details }));
    client.addEventListener('tokenRefresh', refreshed);
    this.#unfollow = () => {
      unsubscribe();
      client.removeEventListener('tokenRefresh', refreshed);
    };
    const settled = (error) => {
      if (client === this.#client) this.#update({ isLoading: false, error });
    };
    client.initialize().then(() => settled(), settled);
  }

  #leave() {
    this.#unfollow?.();
    this.#unfollow = undefined;
    if (!this.#options) return;
    this.#client?.close();
    this.#client = undefined;
    this.snapshot = UNKNOWN;
  }

  #update(changes) {
    const { currentUserState: userState, isSignedIn, username, userSub } = this.#client;
    const { user, tokens } = this.snapshot;
    const same = user && isSignedIn && user.username === username && user.userSub === userSub;
    this.#set({
      userState, isSignedIn,
      user: same ? user : isSignedIn ? { username, userSub, claims: {} } : undefined,
      tokens: same ? tokens : undefined,
      ...changes,
    });
    if (isSignedIn) this.#readTokens(this.#client);
  }

  async #readTokens(client) {
    const tokens = await client.getTokens({ wait: false }).catch(() => undefined); // the state tells why there are none
    const { user, tokens: before } = this.snapshot;
    if (!tokens || !user || client !== this.#client || tokens.accessToken.tokenString === before?.accessToken.tokenString) return;
    const { claims } = tokens.idToken ?? tokens.accessToken;
    this.#set({ tokens, user: { ...user, claims: claims ?? {} } });
  }

  #set(changes) {
    const { snapshot } = this;
    if (Object.entries(changes).every(([name, value]) => snapshot[name] === value)) return;
    this.snapshot = Object.freeze({ ...snapshot, ...changes });
    for (const listener of [...this.#listeners]) listener();
  }
}
