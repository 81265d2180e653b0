// What a stored session says, without the engine. The same rules stand in Go (core); both are tested against
// web/testdata/stored_sessions.json.
import { isPromise } from './storage.js';

// A token this close to its end (in ms) is treated as expired, as Amplify does.
const MARGIN = 5000;

/** The storage keys of one app client and one identity pool: Amplify v6's layout. */
export function storageKeys({ clientId, identityPoolId }) {
  const prefix = `CognitoIdentityServiceProvider.${clientId}.`;
  return {
    prefix,
    outer: [clientId ? prefix + 'LastAuthUser' : '', identityPoolId ? `com.amplify.Cognito.${identityPoolId}.identityId` : ''],
    ofUser: (user) =>
      ['accessToken', 'idToken', 'refreshToken', 'clockDrift', 'oauthMetadata'].map((k) => `${prefix}${user}.${k}`),
  };
}

const decoder = new TextDecoder();

function decodeSegment(text) {
  if (!/^[\w-]+$/.test(text)) throw text; // atob is laxer than base64url
  const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  // frozen, because one decoded copy is handed to every caller
  const value = JSON.parse(decoder.decode(bytes), (_, v) => Object.freeze(v));
  if (!value || typeof value !== 'object' || Array.isArray(value)) throw value;
  return value;
}

const decoded = new Map();

/** The claims of a JWT, its signature NOT checked; undefined when it is no JWT. Cached by the token itself. */
export function decodeJWT(token) {
  if (!decoded.has(token)) {
    let claims;
    try {
      const [header, payload, signature, more] = token.split('.');
      if (signature !== undefined && more === undefined && decodeSegment(header)) claims = decodeSegment(payload);
    } catch {
      // claims stay undefined
    }
    if (decoded.size > 9) decoded.clear();
    decoded.set(token, claims);
  }
  return decoded.get(token);
}

const sameOrMissing = (a, b) => a === undefined || b === undefined || a === b;

const then = (value, fn) => (isPromise(value) ? value.then(fn) : fn(value));

/**
 * ids   { userPoolId, clientId, identityPoolId }, each may be missing
 * get   keys -> values (string | null), of a store; where it answers a promise, so does readSession
 * now   local time in ms
 * ->    { userState, details, fresh, username, accessToken, idToken, refreshToken, identityId }
 *       username only in signedIn and signedOutUserPoolsTokenInvalid; tokens (raw strings) only in signedIn
 */
export const readSession = (ids, keys, get, now) =>
  then(get(keys.outer), ([user, identityId]) =>
    then(user && keys.outer[0] ? get(keys.ofUser(user)) : [], (values) => ({
      ...(values.length ? ofUser(ids, user, values, now) : outside(keys.outer[1] && identityId ? 'guest' : 'signedOut')),
      identityId: identityId || undefined,
    })));

function ofUser(ids, username, [accessToken, idToken, refreshToken, drift, oauth], now) {
  const serverNow = now + (/^-?\d{1,15}$/.test(drift) ? +drift : 0); // clockDrift is server minus local, in ms
  const unexpired = ({ exp }) => typeof exp === 'number' && serverNow + MARGIN < exp * 1000;
  const ours = (token, use, audience) => {
    const claims = token && decodeJWT(token);
    if (claims?.token_use !== use || claims[audience] !== ids.clientId) return;
    const { iss } = claims;
    if (ids.userPoolId && typeof iss === 'string' && iss.endsWith('/' + ids.userPoolId)) return claims;
  };

  const access = ours(accessToken, 'access', 'client_id');
  const id = ours(idToken, 'id', 'aud');
  if (access && (unexpired(access) || refreshToken)) {
    const oneGeneration = id && ['sub', 'origin_jti', 'iat'].every((k) => sameOrMissing(access[k], id[k]));
    return {
      userState: 'signedIn',
      details: oauth?.includes('"oauthSignIn":true')
        ? { provider: 'OAuth', token: accessToken, username }
        : { provider: access.iss.replace(/^https?:\/\//, ''), token: idToken || accessToken, username },
      fresh: unexpired(access) && (!idToken || !!(oneGeneration && unexpired(id))),
      username,
      accessToken,
      idToken,
      refreshToken,
    };
  }
  return id ? { ...outside('signedOutUserPoolsTokenInvalid'), details: { username }, username } : outside('signedOut');
}

const outside = (userState) => ({ userState, details: {}, fresh: false });
