// The ES module, dist/amplify-auth.js.
import { AmplifyAuth, setAssets } from './client.js';

// The dev servers of Vite and Angular move a package's script into a folder of theirs, and leave its other files.
const moved = /\/(node_modules\/\.vite|\.angular\/cache\/.+\/vite)\/deps(_\w+)?\//;

setAssets({
  wasmURL: () => new URL('./amplify-auth.wasm', import.meta.url).href.replace(moved, '/node_modules/amplify-auth/'), // in this form for bundlers
  integrity: WASM_INTEGRITY,
  loadSignIn: () => import('./amplify-sign-in.js'),
});

export { AmplifyAuth };
export { AuthError } from './errors.js';
export { decodeJWT } from './session.js';
