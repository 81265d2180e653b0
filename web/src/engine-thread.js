// The page's side of the worker that the engine runs in (worker.js is the other).
import { engineStopped } from './errors.js';
import { Wire } from './wire.js';

const PATIENCE = 10_000; // ms, for the script to come
const TICK = 1000;
const TICKS = 20; // that an engine may leave without a word while calls wait
const LATE = 20_000; // ms after close: what the engine has under way may still have to be stored

/**
 * The thread of the worker that make makes, for the program [url, integrity]; undefined where there can be none: a
 * policy's worker-src, a script of another origin, a file that is missing or of another release.
 */
export const startWorker = (make, program, onStop) => /** @type {Promise<Thread | void>} */ (new Promise((resolve) => {
  try {
    const worker = make();
    const refuse = () => {
      worker.terminate();
      resolve();
    };
    const timer = setTimeout(refuse, PATIENCE);
    worker.onerror = (event) => {
      event.preventDefault(); // the engine runs on the page instead
      refuse();
    };
    const thread = new Thread(worker, program, onStop, (release) => {
      if (release !== RELEASE) return refuse();
      clearTimeout(timer);
      worker.onerror = ({ message }) => thread.stop(message);
      resolve(thread);
    });
  } catch {
    resolve();
  }
}));

class Thread {
  #worker;
  #wire;
  #onStop;
  #clients = new Map(); // by number: { host, onStop }
  #last = 0;
  #calls = 0;
  #watch;

  constructor(worker, program, onStop, hello) {
    this.#worker = worker;
    this.#onStop = onStop;
    this.#wire = new Wire(worker, {
      hello,
      ask: (client, name, args, signal) => this.#clients.get(client).host.ask(name, args, signal),
      emit: (client, type, detail) => this.#clients.get(client)?.host.emit(type, detail),
      stopped: (message) => this.stop(message),
    });
    this.#wire.tell('start', program); // before anybody knows whether the worker comes
  }

  async create(host, onStop) {
    const client = ++this.#last;
    const life = new AbortController();
    this.#clients.set(client, { host, onStop, life });
    const { config, options, page } = host;
    let state;
    try {
      state = await this.#ask('create', [client, { config, options, page }]);
    } catch (error) {
      this.#clients.delete(client);
      throw error;
    }
    host.onWake(() => this.#wire.tell('wake', client, host.page), life.signal);
    addEventListener('offline', () => this.#wire.tell('page', client, host.page), life);
    return {
      state,
      call: (method, args, { signal, timeout }) => this.#ask('call', [client, host.page, method, args, timeout], signal),
      close: () => {
        life.abort();
        this.#wire.tell('close', client);
        setTimeout(() => this.#clients.delete(client), LATE);
      },
    };
  }

  /** Ends the engine; message is what is known of its end. */
  stop(message) {
    clearInterval(this.#watch);
    this.#worker.terminate();
    this.#onStop();
    this.#wire.fail(engineStopped(message));
    for (const { onStop, life } of this.#clients.values()) {
      if (!life.signal.aborted) onStop();
      life.abort();
    }
    this.#clients.clear();
  }

  async #ask(name, args, signal) {
    if (!this.#calls++) this.#guard();
    try {
      return await this.#wire.ask(name, args, signal);
    } finally {
      if (!--this.#calls) clearInterval(this.#watch);
    }
  }

  // While calls wait, an engine that says nothing is stuck for good. A tick that comes late says that the machine has no
  // time for the page, so none for the worker; after a long pause both have slept.
  #guard() {
    let missed = 0;
    let heard;
    let last = Date.now();
    this.#watch = setInterval(() => {
      const now = Date.now();
      const pause = Math.abs(now - last) / TICK;
      last = now;
      if (heard !== this.#wire.heard || pause > 2) missed = 0;
      else if (pause > 1.2) return;
      heard = this.#wire.heard;
      if (missed >= TICKS) return this.stop(`no answer within ${TICKS} seconds`);
      if (!missed++) this.#wire.ask('ping', []).catch(() => {});
    }, TICK);
  }
}
