import { AuthError, invalidParameter } from './errors.js';
import { NONE, own } from './own.js';

const LONGEST = 2 ** 31 - 1; // what a timer takes, 24 days: one set for longer would fire at once

/**
 * Runs work under a call's `signal` and `timeout` (ms), whatever it waits for: the configuration, the wasm, the network.
 * work gets the limits for the engine, which stops its own requests by them.
 */
export function limited(options, work) {
  let { signal, timeout } = own(options);
  if (signal && typeof signal.addEventListener !== 'function') return Promise.reject(invalidParameter('signal must be an AbortSignal.'));
  if (timeout && !(timeout > 0)) return Promise.reject(invalidParameter('timeout must be a number of milliseconds.'));
  if (timeout > LONGEST) timeout = undefined;
  if (!signal && !timeout) return work(NONE);
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const stop = (error) => {
      reject(error);
      controller.abort(error);
    };
    const aborted = () =>
      stop(new AuthError('AbortError', 'aborted', 'The call was aborted by its signal.', { cause: signal.reason }));
    if (signal?.aborted) return aborted();
    signal?.addEventListener('abort', aborted);
    const timer = timeout && setTimeout(
      () => stop(new AuthError('TimeoutError', 'timeout', `No answer within ${timeout} ms.`, { retryable: true })), timeout);
    work({ signal: controller.signal, timeout })
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
      });
  });
}
