// The classic script, dist/amplify-auth.iife.js: the global AmplifyAuth is the class.
import { createWorker, setAssets } from './assets.js';
import { AmplifyAuth } from './client.js';
import { configError } from './errors.js';

// Known only while the script runs, and not where it was put in as text or blob. An element of the page may go by the name
// of currentScript.
const script = globalThis.document?.currentScript;
const here = script && script instanceof HTMLScriptElement ? script.src : '';

function beside(file, remedy) {
  try {
    return new URL(file, here).href;
  } catch {
    throw configError(`amplify-auth.iife.js cannot tell where it was loaded from, nor where ${file} is. ${remedy}`);
  }
}

setAssets({
  wasmURL: () => beside('amplify-auth.wasm', 'Give new AmplifyAuth a wasmURL.'),
  worker: () => createWorker(beside('amplify-auth.worker.js', '')),
  integrity: WASM_INTEGRITY,
  loadSignIn: () => import(beside('amplify-sign-in.js', 'Put <amplify-sign-in> with its script into the page.')),
});

globalThis.AmplifyAuth = AmplifyAuth;
