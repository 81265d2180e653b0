// The classic script, dist/amplify-auth.iife.js: the global AmplifyAuth is the class.
import { AmplifyAuth, setAssets } from './client.js';

const here = globalThis.document?.currentScript?.src; // known only while the script runs
const beside = (file) => new URL(file, here).href;

setAssets({
  wasmURL: () => beside('amplify-auth.wasm'),
  integrity: WASM_INTEGRITY,
  loadSignIn: () => import(beside('amplify-sign-in.js')),
});

globalThis.AmplifyAuth = AmplifyAuth;
