import { AuthError, newError } from './errors.js';

/** The drop-in sign-in; load imports its module, which is fetched only when it is shown. */
export async function showDropIn(auth, load, options) {
  let dropIn;
  try {
    dropIn = await load();
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw newError('networkError', 'amplify-sign-in.js could not be loaded. It has to lie beside this script.', { cause, retryable: true });
  }
  try {
    return await dropIn.showSignIn(auth, options);
  } catch (error) {
    throw new AuthError(error.name, error.code, error.message, error);
  }
}
