// Calls between two threads: each offers functions and calls the other's.
import { AuthError } from './errors.js';

const KEPT = 32; // errors that may come back as the cause of another
const DEPTH = 8; // of causes: an error may be its own

export class Wire {
  heard = 0; // messages
  #port;
  #functions;
  #last = 0;
  #waiting = new Map(); // by number: { resolve, reject } of what was asked
  #serving = new Map(); // by number: who aborts what is asked here
  #kept = new Map(); // errors that went to the other thread, by number
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
      const abort = () => this.#waiting.has(id) && this.#port.postMessage({ abort: id });
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort);
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
    this.heard++;
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

  // What is thrown need not be anything that can be copied, nor read, and comes back as the very same.
  #pack(error, depth = 0) {
    const back = this.#theirs.get(Object(error));
    const kept = this.#keep(error);
    try {
      const { name = '', code, message = '', retryable, requestId, cause } = Object(error);
      return {
        back, kept, name: String(name), message: String(message),
        ...(cause !== undefined && depth < DEPTH && { cause: this.#pack(cause, depth + 1) }),
        ...(error instanceof AuthError && { code, retryable, requestId }),
      };
    } catch {
      return { back, kept };
    }
  }

  #keep(error) {
    for (const [number, kept] of this.#kept) if (kept === error) return number;
    this.#kept.set(++this.#last, error);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
    return this.#last;
  }

  #unpack({ back, kept, name = '', message = '', code, retryable, requestId, cause }) {
    if (this.#kept.has(back)) return this.#kept.get(back);
    if (cause) cause = this.#unpack(cause);
    const error = code ? new AuthError(name, code, message, { retryable, requestId, cause }) : Object.assign(new Error(message), { name }, cause && { cause });
    this.#theirs.set(error, kept);
    return error;
  }
}
