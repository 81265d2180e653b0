// parts.js: what few pages need lies in files beside the bundle, imported when it is first used.

import { otherRelease } from './release.js';

// ofThisRelease takes the module of such a file only if it was built together with this one.
export async function ofThisRelease(file, load) {
  const module = await load();
  if (module.release !== RELEASE) throw new Error(otherRelease(file));
  return module;
}

// Each by a literal import, which bundlers can follow.
const files = {
  account: () => import('./parts/account.js'),
  'dial-codes': () => import('./parts/dial-codes.js'),
  sdk: () => import('./parts/sdk.js'),
};

export const part = (name) => ofThisRelease(`parts/${name}.js`, files[name]).catch((cause) => {
  throw Object.assign(new Error(`parts/${name}.js could not be loaded. It has to lie beside amplify-sign-in.js.`, { cause }), { name: 'NetworkError', code: 'networkError', retryable: true });
});
