// The engine's file: fetched, held against the hash that this script was built with, and compiled.
import { toBase64 } from './base64.js';
import { AuthError, newError } from './errors.js';

const REMEDY = "Check wasmURL, or keep the package out of a dev server's optimizer.";
const CHANGED = 'it is not the file this script was built with. Deploy both together';

const unavailable = (message, cause) => newError('webAssemblyUnavailable', message, { cause });
const loadError = (message, cause, retryable = true) => newError('engineLoadError', message, { cause, retryable });

export async function compile(url, integrity) {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // the empty module
  } catch (cause) {
    throw unavailable(typeof WebAssembly === 'undefined'
      ? 'This browser has no WebAssembly, or it is switched off (Lockdown Mode).'
      : "WebAssembly is refused here: the page's Content-Security-Policy needs 'wasm-unsafe-eval' in script-src.", cause);
  }
  // A cache may still hold the engine of the last release, or what was there before any.
  return load(url, integrity, 'default').catch((error) => {
    if (error.code !== 'engineLoadError') throw error;
    return load(url, integrity, 'reload');
  });
}

async function load(url, integrity, cache) {
  // fetch would hash ten megabytes on the main thread, and let nothing be compiled before all of them are there.
  const hash = globalThis.crypto?.subtle && /^sha(256|384|512)-([\w+/]+=*)$/.exec(integrity);
  const response = await get(url, hash ? { cache } : { cache, integrity }).catch((cause) => {
    throw loadError(`${url} could not be fetched: the network failed, or the server does not allow this origin (CORS)${
      hash || !integrity ? '' : `, or ${CHANGED}`}.`, cause);
  });
  if (!response.ok) throw loadError(`${url} could not be fetched: HTTP ${response.status}. ${REMEDY}`, undefined, response.status >= 500);
  const type = response.headers.get('content-type') ?? '';
  const copy = hash && response.clone();
  // streaming insists on this type to the letter, and not every server sends it
  const module = WebAssembly.compileStreaming && type.toLowerCase() === 'application/wasm'
    ? WebAssembly.compileStreaming(response) : response.arrayBuffer().then((bytes) => compileBytes(bytes, url, type));
  try {
    const [found, failure] = await Promise.all([hash && digest(copy, hash[1]), module.then(() => {}, (error) => error)]);
    if (hash && found !== hash[2] && !(failure instanceof AuthError)) throw loadError(`${url} is refused: ${CHANGED}.`, undefined, false);
    return await module;
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    if (cause instanceof WebAssembly.CompileError) {
      throw unavailable(`${url} does not compile: it is no intact engine, or this browser is too old for it.`, cause);
    }
    throw loadError(`${url} could not be read to its end.`, cause);
  }
}

/** fetch, and what a script of Node.js lies beside: its fetch takes no file: URL. */
async function get(url, init) {
  const files = url.startsWith('file:') && globalThis.process?.getBuiltinModule?.('node:fs/promises');
  return files ? new Response(await files.readFile(new URL(url))) : fetch(url, init);
}

function compileBytes(bytes, url, type) {
  if (new Uint32Array(bytes.slice(0, 4))[0] === 0x6d736100) return WebAssembly.compile(bytes);
  throw loadError(`${url} is no WebAssembly (the server answers ${type || 'without a media type'}): there is no such file, or it is compressed without a Content-Encoding. ${REMEDY}`, undefined, false);
}

// a view: Node.js before 24 takes no ArrayBuffer of another realm, which a test runner's document may bring
const digest = (response, bits) =>
  response.arrayBuffer().then((bytes) => crypto.subtle.digest('SHA-' + bits, new Uint8Array(bytes))).then(toBase64);
