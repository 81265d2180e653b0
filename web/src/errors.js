/**
 * The one error class of the page API.
 *
 * name       the service's exception name (`NotAuthorizedException`) or ours (`NetworkError`)
 * code       stable, camelCase; the codes of AWSMobileClientError first (`notAuthorized`)
 * retryable  true when the same call may succeed later without a change
 * requestId  the service's request id, where there was a request
 * captcha    of requestBlocked: whether AWS WAF wants a CAPTCHA solved
 * cause      what was thrown below, where there is something
 */
export class AuthError extends Error {
  /**
   * @param {string} name
   * @param {string} code
   * @param {string} message
   * @param {{ retryable?: boolean, requestId?: string, cause?: unknown }} more
   */
  constructor(name, code, message, { retryable = false, requestId, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
    this.code = code;
    this.retryable = retryable;
    this.requestId = requestId;
    if (code === 'requestBlocked') this.captcha = /captcha/i.test(message);
  }
}

/** An error of ours: its name is its code. */
export const newError = (code, message, more) => new AuthError(code[0].toUpperCase() + code.slice(1), code, message, more);

export const configError = (message, cause, retryable) => newError('invalidConfiguration', message, { cause, retryable });

/** A call that cannot be made, refused before anything is sent. */
export const invalidParameter = (message) => newError('invalidParameter', message);

/** What the calls get that were under way when the engine ended. */
export const engineStopped = (cause) => newError('engineStopped',
  'The engine has stopped; the console has its last words. The session is kept, the next call starts it again.',
  { cause, retryable: true });
