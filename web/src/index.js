// The ES module, dist/amplify-auth.js.
import { AmplifyAuth, setAssets } from './client.js';

setAssets({
  wasmURL: () => new URL('./amplify-auth.wasm', import.meta.url).href, // in this form for bundlers
  integrity: WASM_INTEGRITY,
  loadSignIn: () => import('./amplify-sign-in.js'),
});

export { AmplifyAuth };
export { AuthError } from './errors.js';
export { decodeJWT } from './session.js';
