// Starts and, when it has died, starts again the Go program. One program serves every client of the page that names the
// same wasm.
import loadGo from 'go-wasm-exec';
import { compile } from './engine-file.js';
import { AuthError } from './errors.js';
import { modPow } from './modpow.js';

const programs = new Map(); // by wasm URL and integrity

/**
 * The engine of one client: { call(method, args, limits), close() }, see `create` of the Go program.
 * onStop is called when the program has exited; every call under way has then been rejected with EngineStopped and the
 * next createEngine starts a fresh program.
 */
export async function createEngine(url, integrity, host, onStop) {
  const key = `${url} ${integrity}`;
  let program = programs.get(key);
  if (!program) programs.set(key, (program = new Program(url, integrity)));
  const run = await program.start();
  await turn();
  const engine = await run.guard(() => run.create(host));
  const life = new AbortController();
  const end = () => {
    life.abort();
    onStop();
  };
  run.onStop.add(end);
  host.onWake(() => engine.wake(), life.signal);
  await turn();
  return {
    call: (method, args, limits) => run.guard(() => engine.call(method, args, limits)),
    close() {
      life.abort();
      run.onStop.delete(end);
      if (!run.stopped) engine.close();
    },
  };
}

class Program {
  #url;
  #integrity;
  #module; // promise of the compiled module, kept for a restart
  #run; // promise of the running program

  constructor(url, integrity) {
    this.#url = url;
    this.#integrity = integrity;
  }

  start() {
    return (this.#run ??= this.#start().catch((error) => {
      this.#run = undefined; // a later call tries again
      throw error;
    }));
  }

  async #start() {
    const module = await (this.#module ??= compile(this.#url, this.#integrity).catch((error) => {
      this.#module = undefined;
      throw error;
    }));
    const run = new Run();
    run.onStop.add(() => (this.#run = undefined));
    await turn();
    await run.start(module);
    return run;
  }
}

/** Lets the page have its turn: what starts an engine is work enough for several tasks. No timer: a hidden page's come late. */
const turn = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); resolve(); };
  port2.postMessage(0);
});

const GLOBALS = ['Go', 'fs', 'process', 'path'];

// Runs fn while the globals of Go's support script hold these values, then puts the page's own back. Go reads them while
// it starts and never again; left in place they mislead libraries that look for Node.js.
function withGlobals(values, fn) {
  const before = GLOBALS.map((name) => name in globalThis && [globalThis[name]]);
  for (const name of GLOBALS) Reflect.set(globalThis, name, values[name]);
  try {
    return fn();
  } finally {
    GLOBALS.forEach((name, i) => before[i] ? Reflect.set(globalThis, name, before[i][0]) : Reflect.deleteProperty(globalThis, name));
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
    const globals = {};
    const Go = withGlobals(globals, () => {
      const loaded = loadGo();
      for (const name of GLOBALS) globals[name] = globalThis[name];
      return loaded;
    });
    const go = new Go();
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

    await this.guard(() => new Promise((resolve) => {
      globalThis.__amplifyAuth = {
        ready: (create) => {
          this.create = create;
          resolve();
        },
        modPow,
        makeError: (name, code, message, retryable, requestId, cause) =>
          new AuthError(name, code, message, { retryable, requestId: requestId || undefined, cause }),
      };
      withGlobals(globals, () => go.run(instance)).catch(stop);
    }));
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
    this.#stopped = new AuthError('EngineStopped', 'engineStopped',
      'The engine has stopped; its last words are in the console. The stored session is kept and the next call starts the engine again.',
      { cause, retryable: true });
    for (const reject of this.#pending) reject(this.#stopped);
    for (const fn of this.onStop) fn();
  }
}
