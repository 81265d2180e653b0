// The engine of a client: in the page's worker, or on the page where there can be no worker.
import { startWorker } from './engine-thread.js';
import { createEngine as createHere } from './program.js';

const workers = new Map(); // by what they run: the promise of a Thread, of undefined where there can be none

/**
 * where   { url, integrity } of the wasm, worker { key, make() }, undefined for none
 * ->      { thread: 'worker' | 'page', call(method, args, limits), close() }
 * onStop is called when the program has exited; every call under way has then been rejected with EngineStopped and the
 * next createEngine starts a fresh program.
 */
export async function createEngine({ url, integrity, worker }, host, onStop) {
  if (worker) {
    const key = `${url} ${integrity} ${worker.key}`;
    if (!workers.has(key)) workers.set(key, startWorker(worker.make, () => workers.delete(key)));
    const thread = await workers.get(key);
    if (thread) return { thread: 'worker', ...await thread.create(url, integrity, host, onStop) };
  }
  return { thread: 'page', ...await createHere(url, integrity, host, onStop) };
}
