import { CLOCK_LEEWAY, CREDENTIALS_MARGIN, CREDENTIALS_RECORD } from './contract.js';
import { invalidParameter, newError } from './errors.js';
import { decodeJWT, record } from './session.js';

const DATES = ['expiration', 'createDate', 'lastModifiedDate', 'lastAuthenticatedDate', 'createdAt', 'lastActiveDate'];

/** An argument as the engine takes it; what JSON cannot say is the caller's error. */
export function toJSON(value, error) {
  try {
    return JSON.stringify(value);
  } catch ({ message }) {
    throw error(message);
  }
}

/** undefined where there is none */
export function absolute(url, base) {
  try {
    return new URL(url, base).href;
  } catch {
    return undefined;
  }
}

/** The engine's answer with its epoch milliseconds as Dates, in the value itself and in the lists it holds. */
export function dates(value) {
  if (Array.isArray(value)) value.forEach(dates);
  else if (value && typeof value === 'object') {
    for (const [key, v] of Object.entries(value)) {
      if (DATES.includes(key) && typeof v === 'number') value[key] = new Date(v);
      else if (Array.isArray(v)) dates(v);
    }
  }
  return value;
}

const token = (tokenString, expiration) => {
  if (!tokenString) return;
  const claims = decodeJWT(tokenString);
  return { tokenString, ...(claims && { claims }), expiration: new Date(expiration || claims.exp * 1000) };
};

/** Stands for a refresh token in the page's store where the engine's worker keeps it for itself. */
export const KEPT = 'kept by the engine';

/** What getTokens gives, of a fresh stored session; undefined of any other. */
export const storedTokens = ({ fresh, idToken, accessToken, refreshToken, expiration }) =>
  fresh ? { idToken: token(idToken), accessToken: token(accessToken, expiration), refreshToken: refreshToken && refreshToken !== KEPT ? { tokenString: refreshToken } : undefined } : undefined;

/** What getAWSCredentials gives, of stored ones that are good for ten minutes at least; undefined of any other. */
export function storedCredentials({ credentials, holder, identityId }, now) {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, clockDrift, issued, ...of } = record(credentials, CREDENTIALS_RECORD) ?? {};
  const time = now + clockDrift; // the service's, unless the clock was put right since
  if (of.holder === holder && of.identityId === identityId && accessKeyId && secretAccessKey && expiration - Math.max(now, time) > CREDENTIALS_MARGIN && issued <= Math.min(now, time) + CLOCK_LEEWAY) {
    return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiration) };
  }
}

/**
 * A Request (or what its constructor takes) with the headers of AWS Signature Version 4.
 * sign takes { method, url, headers, payloadHash } and gives { headers }, the headers to be set.
 */
export async function signedRequest(input, sign) {
  let request;
  try {
    request = new Request(input);
  } catch (cause) {
    throw invalidParameter(`signRequest takes a Request or its URL: ${cause.message}`);
  }
  if (!globalThis.crypto?.subtle) {
    throw newError('securityFailed', 'signRequest needs a secure context: serve the page by https.');
  }
  // read once: a stream cannot be hashed and then sent
  const body = await request.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  const { headers } = await sign({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    payloadHash: Array.from(hash, (b) => b.toString(16).padStart(2, '0')).join(''),
  });
  const signed = new Request(request, /^(GET|HEAD)$/.test(request.method) ? undefined : { body });
  for (const [name, value] of Object.entries(headers)) signed.headers.set(name, value);
  return signed;
}
