import { AuthError } from './amplify-auth.js';

// Amplify's names for what this library calls otherwise, by code.
const NAMES = {
  __proto__: null,
  notSignedIn: 'UserUnAuthenticatedException',
  sessionExpired: 'UserUnAuthenticatedException',
  userPoolNotConfigured: 'AuthUserPoolException',
  deviceNotRemembered: 'DeviceMetadataNotFoundException',
  signInExpired: 'SignInException',
  passkeyNotSupported: 'PasskeyNotSupported',
  passkeyCancelled: 'PasskeyAuthenticationCanceled',
};

export function fail(name, message, recoverySuggestion, options) {
  throw Object.assign(new AuthError(name, options?.code ?? 'invalidParameter', message, options), { recoverySuggestion, underlyingError: options?.cause });
}

/** Runs work and gives its errors Amplify's names and members. */
export async function asAmplify(work, names = {}) {
  try {
    return await work();
  } catch (error) {
    const name = names[error.code] ?? NAMES[error.code];
    if (name) fail(name, error.message, undefined, { code: error.code, retryable: error.retryable, requestId: error.requestId, cause: error });
    error.underlyingError = error.cause;
    if (error.requestId) error.metadata = { requestId: error.requestId };
    throw error;
  }
}

/** Amplify's validation errors: name, what is missing. */
export function need(value, name, what) {
  if (!value) fail(name, `${what} is required.`, `Give ${what}.`);
}
