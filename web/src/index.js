// The ES module, dist/amplify-auth.js.
import { createWorker, setAssets } from './assets.js';
import { AmplifyAuth } from './client.js';

// The dev servers of Vite and Angular move a package's script into a folder of theirs, and leave its other files.
const home = import.meta.url.replace(/\/(node_modules\/\.vite|\.angular\/cache\/.+\/vite)\/deps(_\w+)?\/.*/, '/node_modules/amplify-auth/');
const moved = home !== import.meta.url;

setAssets({
  // bundlers know them in this form
  wasmURL: () => moved ? home + 'amplify-auth.wasm' : new URL('./amplify-auth.wasm', import.meta.url).href,
  worker: () => moved ? createWorker(home + 'amplify-auth.worker.js')
    : new Worker(new URL('./amplify-auth.worker.js', import.meta.url), { type: 'module' }),
  integrity: WASM_INTEGRITY,
  loadSignIn: () => import('./amplify-sign-in.js'),
});

export { AmplifyAuth };
export { AuthError } from './errors.js';
export { decodeJWT } from './session.js';
