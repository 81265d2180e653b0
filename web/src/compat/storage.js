// The stores of aws-amplify/utils.
import { NONE } from '../own.js';

const webStorage = (area) => ({
  setItem: async (key, value) => globalThis[area].setItem(key, value),
  getItem: async (key) => globalThis[area].getItem(key),
  removeItem: async (key) => globalThis[area].removeItem(key),
  clear: async () => globalThis[area].clear(),
});

export const defaultStorage = webStorage('localStorage');
export const sessionStorage = webStorage('sessionStorage');

/** The session in cookies, for servers that render pages. sameSite: 'strict' | 'lax' | 'none'; expires in days. */
export class CookieStorage {
  #attributes; // of a cookie, by days
  #expires;

  constructor({ domain, path = '/', expires = 365, sameSite, secure = true } = NONE) {
    if (sameSite && !['strict', 'lax', 'none'].includes(sameSite)) throw new Error('sameSite must be strict, lax or none.');
    if (sameSite === 'none' && !secure) throw new Error('sameSite none needs secure.');
    const one = (name, value) => (value ? `; ${name}=${value}` : '');
    const common = one('domain', domain) + one('path', path) + one('samesite', sameSite) + (secure ? '; secure' : '');
    this.#attributes = (days) => common + one('expires', new Date(Date.now() + days * 864e5).toUTCString());
    this.#expires = expires;
  }

  async setItem(key, value) {
    document.cookie = `${encodeURIComponent(key)}=${encodeURIComponent(value)}${this.#attributes(this.#expires)}`;
  }

  async getItem(key) {
    for (const cookie of document.cookie.split('; ')) {
      const [name, ...value] = cookie.split('=');
      if (decode(name) === key) return decode(value.join('='));
    }
    return null;
  }

  async removeItem(key) {
    document.cookie = `${encodeURIComponent(key)}=${this.#attributes(-1)}`;
  }

  async clear() {
    for (const cookie of document.cookie.split('; ')) await this.removeItem(decode(cookie.split('=')[0]));
  }
}

// Other libraries encode fewer characters.
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
