// Starts and, when it has died, starts again the Go program, in the thread that this script runs in. One program serves
// every client of the page that names the same wasm.
import loadGo from 'go-wasm-exec';
import { compile } from './engine-file.js';
import { AuthError, engineStopped } from './errors.js';
import { fs } from './fs.js';
import { modPow } from './modpow.js';

const programs = new Map(); // by wasm URL and integrity: the promises of its module, kept for a restart, and of its run

/**
 * The engine of one client: { call(method, args, limits), close() }, see `create` of the Go program, and the state that it
 * begins with.
 * onStop is called when the program has exited; every call under way has then been rejected with EngineStopped and the
 * next createEngine starts a fresh program.
 */
export async function createEngine(program, host, onStop) {
  const run = await start(program);
  await turn();
  const engine = await run.guard(() => run.create(host));
  const life = new AbortController();
  const end = (error) => {
    life.abort();
    onStop(error);
  };
  run.onStop.add(end);
  host.onWake(() => engine.wake(), life.signal);
  await turn();
  const call = (method, args, limits) => run.guard(() => engine.call(method, args, limits));
  const close = () => {
    life.abort();
    run.onStop.delete(end);
    if (!run.stopped) engine.close();
  };
  try {
    return { state: await call('initialize', '{}', {}), call, close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * The promise of the program's Run.
 * @param {[string, string]} file  URL and integrity
 */
export function start(file) {
  const key = String(file);
  const program = programs.get(key) ?? {};
  programs.set(key, program);
  // what has failed is tried again by a later call
  const once = (part, make) => (program[part] ??= make().catch((error) => {
    program[part] = undefined;
    throw error;
  }));
  return once('run', async () => {
    const module = await once('module', () => compile(...file));
    const run = new Run();
    run.onStop.add(() => (program.run = undefined));
    await turn();
    await run.start(module);
    return run;
  });
}

/** Lets the page have its turn: what starts an engine is work enough for several tasks. No timer: a hidden page's come late. */
const turn = () => /** @type {Promise<void>} */ (new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); resolve(); };
  port2.postMessage(0);
}));

// Runs fn while Go finds the file system that it looks for while it starts and never again. Left in place it would mislead
// libraries that look for Node.js.
function withFS(fn) {
  const known = 'fs' in globalThis, before = globalThis.fs;
  Reflect.set(globalThis, 'fs', fs);
  try {
    return fn();
  } finally {
    if (known) Reflect.set(globalThis, 'fs', before);
    else Reflect.deleteProperty(globalThis, 'fs');
  }
}

/** One life of the Go program. */
class Run {
  onStop = new Set();
  #stopped; // the error that calls get from then on
  #pending = new Set(); // reject functions of the calls under way

  get stopped() {
    return !!this.#stopped;
  }

  /** Resolves once Go has handed over `create`. */
  async start(module) {
    const go = new (loadGo(fs))();
    const instance = await WebAssembly.instantiate(module, go.importObject);
    await turn();

    const stop = (cause) => {
      go.exited = true;
      go._scheduledTimeouts.forEach((timer) => clearTimeout(timer));
      go._scheduledTimeouts.clear();
      this.#stop(cause);
    };
    const resume = go._resume;
    go._resume = () => {
      if (go.exited) return; // a late timer or promise of a program that is gone
      try {
        resume.call(go);
      } catch (trap) {
        stop(trap);
      }
    };
    go.exit = (code) => stop(`exit code ${code}`);

    await this.guard(() => /** @type {Promise<void>} */ (new Promise((resolve) => {
      globalThis.__amplifyAuth = {
        ready: (create) => {
          this.create = create;
          resolve();
        },
        modPow,
        makeError: (name, code, message, retryable, requestId, cause) =>
          new AuthError(name, code, message, { retryable, requestId: requestId || undefined, cause }),
      };
      withFS(() => go.run(instance)).catch(stop);
    })));
  }

  /** fn's promise, rejected as soon as the program stops. */
  guard(fn) {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(this.#stopped);
      this.#pending.add(reject);
      // where Go dies within fn, #stop has rejected already
      new Promise((done) => done(fn())).then(resolve, reject).finally(() => this.#pending.delete(reject));
    });
  }

  #stop(cause) {
    if (this.#stopped) return;
    this.#stopped = engineStopped(cause);
    for (const reject of this.#pending) reject(this.#stopped);
    for (const fn of this.onStop) fn(this.#stopped);
  }
}
