// What every measured page has: the configuration and the task, which its HTML carries, and how it tells its times.

/** Amplify v6's ResourcesConfig. */
export const config = JSON.parse(document.querySelector('#config').textContent);

/** Runs the task of the page, one of `tasks`, and leaves { value, at } in globalThis.done; at is ms since the navigation. */
export async function run(tasks) {
  const value = await tasks[document.documentElement.dataset.task]();
  globalThis.done = { value, at: performance.now() };
}

/** ms that one of n calls in a row takes, each awaited. */
export async function perCall(n, call) {
  const start = performance.now();
  for (let i = 0; i < n; i++) await call();
  return (performance.now() - start) / n;
}
