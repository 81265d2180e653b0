// The engine of a client: in the page's worker, or on the page where there can be no worker.
import { assets, createWorker } from './assets.js';
import { startWorker } from './engine-thread.js';
import { configError, invalidParameter } from './errors.js';
import { NONE } from './own.js';
import { createEngine as createHere } from './program.js';
import { absolute, toJSON } from './values.js';

const workers = new Map(); // by what they run: the promise of a Thread, of undefined where there can be none

/** Started when it is needed first, and again when it has died: every call under way then ends with EngineStopped. */
export class Engine {
  running = false; // it says what the state is
  thread; // that it runs in, or did last
  #options;
  #user;
  #load;
  #host;
  #program; // promise of { call(method, args, limits), close() }

  /** load() is the promise of the client's configuration; what host() gives may be asked for then. */
  constructor(options, user, load, host) {
    this.#options = options;
    this.#user = user;
    this.#load = load;
    this.#host = host;
  }

  /** Whether it was asked for. */
  get wanted() {
    return !!this.#program;
  }

  async send(method, { signal, timeout, ...args } = NONE, limits = NONE) {
    const text = toJSON(args, invalidParameter);
    const program = await this.start();
    if (limits.signal?.aborted) throw limits.signal.reason; // nobody waits for it any more
    return JSON.parse(await program.call(method, text, limits)) ?? undefined;
  }

  start() {
    return (this.#program ??= this.#start().catch((error) => {
      this.#gone();
      throw error;
    }));
  }

  close() {
    this.#program?.then((program) => program.close(), () => {});
    this.#gone();
  }

  #gone() {
    this.#program = undefined;
    this.running = false;
  }

  async #start() {
    await this.#load();
    const { wasmURL, wasmIntegrity, worker } = this.#options;
    const url = absolute(wasmURL ?? assets.wasmURL(), globalThis.document?.baseURI);
    if (!url) throw configError(`wasmURL ${wasmURL} is not a URL.`);
    const program = await create([url, wasmIntegrity ?? assets.integrity], worker, this.#host(), () => {
      this.#gone();
      this.#user.refresh();
    });
    this.thread = program.thread;
    if (!this.#program) { // closed meanwhile
      program.close();
      return this.#load();
    }
    this.#user.told(JSON.parse(program.state));
    this.running = true;
    return program;
  }
}

async function create(program, worker, host, onStop) {
  if (worker && typeof document !== 'undefined') { // none outside a page
    const key = `${program} ${worker}`;
    const make = worker === true ? assets.worker : () => createWorker(worker);
    if (!workers.has(key)) workers.set(key, startWorker(make, program, () => workers.delete(key)));
    const thread = await workers.get(key);
    if (thread) return { thread: 'worker', ...await thread.create(host, onStop) };
  }
  return { thread: 'page', ...await createHere(program, host, onStop) };
}
