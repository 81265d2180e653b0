// storage: 'memory' in a worker: the refresh token lives here alone, and the page's store has a mark in its place.
import { KEPT } from './values.js';

const SECRET = /\.refreshToken$|^AmplifyAuth\..*\.session$/; // of the user pool, and of another OpenID provider

export class Veil {
  #secrets = new Map();

  /** ask of the host, the page's being askPage. */
  async ask(askPage, name, args, signal) {
    if (name === 'storage.apply') return askPage(name, [args[0].map((change) => this.#hide(change))], signal);
    const values = await askPage(name, args, signal);
    return name === 'storage.get' ? values.map((value, i) => (SECRET.test(args[0][i]) ? this.#secrets.get(args[0][i]) ?? null : value)) : values;
  }

  /** What a method gives, as the page may have it. */
  result(method, text) {
    if (method !== 'getTokens') return text;
    const { refreshToken: _, ...tokens } = JSON.parse(text);
    return JSON.stringify(tokens);
  }

  #hide([key, value]) {
    if (!SECRET.test(key)) return [key, value];
    if (value === null) {
      this.#secrets.delete(key);
      return [key, value];
    }
    this.#secrets.set(key, value);
    if (key.endsWith('.refreshToken')) return [key, KEPT];
    const session = JSON.parse(value);
    return [key, JSON.stringify({ ...session, refreshToken: session.refreshToken && KEPT })];
  }
}
