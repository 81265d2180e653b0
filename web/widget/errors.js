// errors.js finds words for errors, by their code and never by their English message.

// Codes that mean the same to a user.
const alike = {
  userNotFound: 'notAuthorized', // pools that say so still should not tell a stranger who has an account
  limitExceeded: 'tooManyRequests', tooManyFailedAttempts: 'tooManyRequests',
  internalError: 'unknown', unexpectedLambda: 'unknown', invalidLambdaResponse: 'unknown',
  userPoolNotConfigured: 'invalidConfiguration', cognitoIdentityPoolNotConfigured: 'invalidConfiguration',
  invalidUserPoolConfiguration: 'invalidConfiguration', resourceNotFound: 'invalidConfiguration', invalidOAuthFlow: 'invalidConfiguration',
  operationNotEnabled: 'invalidConfiguration', unsupportedOperation: 'invalidConfiguration', scopeDoesNotExist: 'invalidConfiguration',
  passkeyFailed: 'passkeyCancelled', passkeyNotFound: 'passkeyCancelled', passwordRequired: 'passkeyCancelled', relyingPartyMismatch: 'passkeyNotSupported',
  responseUsed: 'sessionExpired', accessTokenRevoked: 'sessionExpired', expiredRefreshToken: 'sessionExpired', sessionRevoked: 'sessionExpired', notSignedIn: 'sessionExpired', unableToSignIn: 'sessionExpired',
  engineStopped: 'unknown', enableSoftwareTokenMFA: 'codeMismatch',
  federatedTokenInvalid: 'federation', federatedTokenExpired: 'federation', securityFailed: 'federation', badRequest: 'federation',
  errorLoadingPage: 'federation', idTokenNotIssued: 'federation', idTokenAndAcceessTokenNotIssued: 'federation',
  errorLoadingSDK: 'networkError',
};

// And groups of them, by how they begin.
/** @type {[RegExp, string][]} */
const groups = [[/^webAuthn/, 'passkeyNotSupported'], [/^invalid(Email|Sms)Role/, 'codeDeliveryFailure']];
const meaning = (code) => alike[code] ?? groups.find(([begin]) => begin.test(code))?.[1];

// isTechnical tells whether an error is for the developer of the page: its configuration, its policy, its files.
export const isTechnical = ({ code }) => !code || [code, meaning(code)].includes('invalidConfiguration') || /^(engine|webAssembly)/.test(code);

// errorText is the text of an error on a screen. What the pool's own Lambda function says is written for the
// user and shown as it is.
export function errorText(t, error, screen) {
  const { code, message } = error;
  // The service adds a full stop, also after a sentence that has its own.
  if (code === 'userLambdaValidation' && message) return message.replace(/^\w+ failed with error /, '').replace(/([.!?…。！？])\.$/, '$1');
  const key = [code, meaning(code)].flatMap((name) => [`error.${screen}.${name}`, `error.${name}`]).find(t.has) ?? 'error.unknown';
  return t(key);
}

// responseText is the text of a sign-in that did not come back well from a provider's pages, with what was said there.
export function responseText(t, error) {
  const text = errorText(t, error);
  return /^user/.test(error.code) ? text : `${text} (\u2068${error.message}\u2069)`;
}
