import { SIGNED_OUT_ELSEWHERE } from './contract.js';

/** The user state of one client and those who listen to it. */
export class States {
  current = { userState: 'unknown', details: {} };
  #listeners = new Set();
  #target;

  constructor(target) {
    this.#target = target;
  }

  /**
   * The listener gets the current state, then each change, always once and in order, in a microtask of its own: neither
   * within addUserStateListener nor within the engine's call.
   */
  add(fn) {
    const listener = { fn };
    this.#listeners.add(listener);
    this.#tell([listener], this.current);
    return () => this.#listeners.delete(listener);
  }

  remove(fn) {
    for (const listener of this.#listeners) if (listener.fn === fn) this.#listeners.delete(listener);
  }

  /** told: the engine says so, and it is a change even where only the token or the reason is another one. */
  set({ userState, details }, told) {
    const before = this.current;
    // The store alone says no reason: what is known of it stays, and a session that is gone was ended elsewhere.
    if (/Out$|guest/.test(userState)) details.reason ??= /In/.test(before.userState) ? SIGNED_OUT_ELSEWHERE : before.details.reason;
    const now = (this.current = { userState, details });
    const parts = ['username', 'provider', ...(told ? ['token', 'reason'] : [])];
    if (userState === before.userState && parts.every((part) => details[part] === before.details[part])) return;
    this.#tell([...this.#listeners], now);
    queueMicrotask(() => this.#target.dispatchEvent(new CustomEvent('userstatechange', { detail: now })));
  }

  clear() {
    this.#listeners.clear();
  }

  #tell(listeners, { userState, details }) {
    queueMicrotask(() => {
      for (const listener of listeners) {
        if (!this.#listeners.has(listener)) continue;
        try {
          listener.fn(userState, details);
        } catch (error) {
          setTimeout(() => { throw error; }); // it is the page's; the other listeners still hear
        }
      }
    });
  }
}
