// Calls between two threads: each offers functions and calls the other's.
import { AuthError } from './errors.js';

const KEPT = 32; // errors that may come back as the cause of another

export class Wire {
  #port;
  #functions;
  #last = 0;
  #waiting = new Map(); // by number: { resolve, reject } of what was asked
  #serving = new Map(); // by number: who aborts what is asked here
  #kept = []; // errors that went to the other thread
  #theirs = new WeakMap(); // their number, of errors that came from there
  #failed;

  /** functions: by name, each gets its arguments and then a signal */
  constructor(port, functions) {
    this.#port = port;
    this.#functions = functions;
    port.onmessage = ({ data }) => this.#receive(data);
  }

  ask(name, args, signal) {
    return new Promise((resolve, reject) => {
      if (this.#failed) return reject(this.#failed);
      const id = ++this.#last;
      this.#port.postMessage({ id, name, args });
      this.#waiting.set(id, { resolve, reject });
      signal?.addEventListener('abort', () => this.#waiting.has(id) && this.#port.postMessage({ abort: id }));
    });
  }

  /** Asks for no answer. */
  tell(name, ...args) {
    this.#port.postMessage({ name, args });
  }

  /** Ends what is asked for now and later. */
  fail(error) {
    this.#failed = error;
    this.#port.onmessage = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #receive({ id, name, args, abort, answer, value, error }) {
    if (abort) return this.#serving.get(abort)?.abort();
    if (name) return this.#serve(id, name, args);
    const asked = this.#waiting.get(answer);
    this.#waiting.delete(answer);
    if (error) asked.reject(this.#unpack(error));
    else asked.resolve(value);
  }

  async #serve(id, name, args) {
    const life = new AbortController();
    if (id) this.#serving.set(id, life);
    try {
      const value = await this.#functions[name](...args, life.signal);
      if (id) this.#port.postMessage({ answer: id, value });
    } catch (error) {
      if (id) this.#port.postMessage({ answer: id, error: this.#pack(error) });
      else throw error;
    } finally {
      this.#serving.delete(id);
    }
  }

  // What is thrown need not be anything that can be copied, and comes back as the very same.
  #pack(error) {
    if (this.#theirs.has(Object(error))) return { back: this.#theirs.get(error) };
    const number = this.#kept.findIndex((kept) => kept === error);
    const kept = number < 0 ? this.#keep(error) : number;
    if (!(error instanceof Object)) return { kept };
    const { name, code, message, retryable, requestId, cause } = error;
    return {
      kept, name: String(name), message: String(message), cause: cause === undefined ? undefined : this.#pack(cause),
      ...(error instanceof AuthError && { code, retryable, requestId }),
    };
  }

  #keep(error) {
    const number = this.#last++ % KEPT;
    this.#kept[number] = error;
    return number;
  }

  #unpack({ back, kept, name = '', message = '', code, retryable, requestId, cause }) {
    if (back !== undefined) return this.#kept[back];
    if (cause) cause = this.#unpack(cause);
    const error = code ? new AuthError(name, code, message, { retryable, requestId, cause }) : Object.assign(new Error(message), { name }, cause && { cause });
    this.#theirs.set(error, kept);
    return error;
  }
}
