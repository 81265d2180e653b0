/** Where the loader's companions are: { wasmURL(), integrity, worker(), loadSignIn() }. Said once, by index.js or iife.js. */
export let assets;

export const setAssets = (companions) => (assets = companions);

export const createWorker = (url) => new Worker(new URL(url, document.baseURI), { type: 'module' });
