// What a stored session says, without the engine. The same rules stand in Go (core); both are tested against
// core/testdata/stored_sessions.json.
import { fromBase64url } from './base64.js';
import {
  AWS_DOMAINS, CLOCK_LEEWAY, COGNITO_PREFIX, CREDENTIALS, EXTERNAL_RECORD, EXTERNAL_SESSION, FEDERATION, FEDERATION_RECORD, GENERATION_GAP,
  IDENTITY_PREFIX, IDENTITY_SUFFIX, LAST_USER, MAX_DRIFT, MAX_EXPIRATION, OAUTH_METADATA, OWN_PREFIX, TOKEN_MARGIN,
} from './contract.js';
import { isPromise } from './storage.js';

// A NumericDate of a token in ms; undefined when it is none.
const time = (v) => (typeof v === 'number' && v > 0 && v < 2 ** 40 ? Math.trunc(v) * 1000 : undefined);

// Whether a token is good at a time of the service's, by its claims, if any. Before it was issued the clock is wrong, and
// nothing it says is known.
const good = (/** @type {any} */ { exp, iat } = {}, at, expiration = time(exp)) => at + TOKEN_MARGIN < expiration && !(time(iat) > at + CLOCK_LEEWAY);

const isWhole = (name, v) =>
  Number.isInteger(v) && (name === 'clockDrift' ? Math.abs(v) < MAX_DRIFT : v >= 0 && v <= MAX_EXPIRATION);

/**
 * What is stored as JSON, by core/contract's description of it; undefined where it is nothing that we have written.
 * @returns {any}
 */
export function record(text, description) {
  if (!text) return; // said without an exception, which costs more than all else here
  try {
    const given = JSON.parse(text);
    const members = {};
    for (const name in description) {
      const value = (members[name] = given[name] ?? description[name]);
      if (typeof value !== typeof description[name] || (typeof value === 'number' && !isWhole(name, value))) return;
    }
    return members;
  } catch {
    // no JSON, or null
  }
}

/** The storage keys of one app client and one identity pool: Amplify v6's layout. */
export function storageKeys({ userPoolId, clientId, identityPoolId, own, external }) {
  const prefix = `${COGNITO_PREFIX}${clientId}.`;
  const ours = `${OWN_PREFIX}${own}.`;
  return {
    prefix,
    outer: [
      userPoolId ? prefix + LAST_USER : '',
      identityPoolId ? IDENTITY_PREFIX + identityPoolId + IDENTITY_SUFFIX : '',
      external ? ours + EXTERNAL_SESSION : '',
      identityPoolId ? ours + FEDERATION : '',
    ],
    credentials: identityPoolId ? ours + CREDENTIALS : '',
    ofUser: (user) =>
      ['accessToken', 'idToken', 'refreshToken', 'clockDrift', 'oauthMetadata'].map((k) => `${prefix}${user}.${k}`),
  };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function decodeSegment(text) {
  if (!/^[\w-]+$/.test(text)) throw text; // atob is laxer than base64url
  // frozen, because one decoded copy is handed to every caller
  const value = JSON.parse(decoder.decode(fromBase64url(text)), (_, v) => {
    if (v === Infinity || v === -Infinity) throw v; // beyond what a number holds
    return Object.freeze(v);
  });
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
      if (signature !== undefined && more === undefined && typeof decodeSegment(header).alg === 'string') claims = decodeSegment(payload);
    } catch {
      // claims stay undefined
    }
    if (decoded.size > 9) decoded.clear();
    decoded.set(token, claims);
  }
  return decoded.get(token);
}

function poolHost(userPoolId) {
  const [region] = userPoolId.split('_');
  const [, domain] = AWS_DOMAINS.find(([begin]) => region.startsWith(begin));
  return `${region}.${domain}`;
}

const then = (value, fn) => (isPromise(value) ? value.then(fn) : fn(value));

/**
 * ids   { userPoolId, clientId, identityPoolId }, each may be missing
 * get   keys -> values (string | null), of a store; where it answers a promise, so does readSession
 * now   local time in ms
 * ->    { userState, details, fresh, username, accessToken, idToken, refreshToken, identityId, holder, credentials }
 *       username only in signedIn and signedOutUserPoolsTokenInvalid; tokens (raw strings) only in signedIn; holder says
 *       whose AWS credentials are asked for, where the engine need not look; credentials (JSON) may be another's
 */
export const readSession = (ids, keys, get, now) =>
  then(get([...keys.outer, keys.credentials]), ([user, identityId, external, federation, credentials]) =>
    then(user && keys.outer[0] ? get(keys.ofUser(user)) : [], (values) => ({
      ...(values.length ? ofUser(ids, user, values, now)
        : keys.outer[2] && ofProvider(external, now) || keys.outer[3] && ofFederation(federation)
          || outside(keys.outer[1] && identityId ? 'guest' : 'signedOut')),
      identityId: identityId || undefined,
      credentials,
    })));

function ofUser(ids, username, [accessToken, idToken, refreshToken, clockDrift, note], now) {
  const oauth = record(note, OAUTH_METADATA);
  // clockDrift is the service's clock minus ours, in ms
  const drift = /^[+-]?\d+$/.test(clockDrift) && isWhole('clockDrift', +clockDrift) ? +clockDrift : 0;
  const ours = (token, use, audience) => {
    const claims = token && decodeJWT(token);
    if (claims?.token_use !== use || claims[audience] !== ids.clientId) return;
    const { iss, exp } = claims;
    // the issuer's host may be the service's or an endpoint of one's own, so its last part decides
    if (typeof iss === 'string' && iss.endsWith('/' + ids.userPoolId) && time(exp) !== undefined) return claims;
  };

  const access = ours(accessToken, 'access', 'client_id');
  const id = ours(idToken, 'id', 'aud');
  const isFresh = (at) => good(access, at) && (!idToken || good(id, at) && sameGeneration(id, access));
  const fresh = isFresh(now + drift);
  if (access && (fresh || refreshToken)) {
    return {
      userState: 'signedIn',
      details: oauth?.oauthSignIn
        ? ofHostedUI(accessToken, username, oauth)
        : { provider: `cognito-idp.${poolHost(ids.userPoolId)}/${ids.userPoolId}`, ...(id && { token: idToken }), username },
      fresh: fresh && isFresh(now),
      holder: holder(username, oauth),
      clockDrift: drift,
      username,
      accessToken,
      idToken,
      refreshToken,
    };
  }
  return id ? over(username, oauth?.oauthSignIn) : outside('signedOut');
}

// The session of federatedSignIn: one value. Without its token it is over.
function ofFederation(text) {
  const { provider, token } = record(text, FEDERATION_RECORD) ?? {};
  if (!provider) return;
  return token ? { ...outside('signedIn'), details: { provider, token }, holder: 'provider ' + provider }
    : { ...outside('signedOutFederatedTokensInvalid'), details: { provider, reason: ENDED } };
}

// The session of another OpenID provider than the user pool: one value. Its times are ms by the provider's clock.
function ofProvider(text, now) {
  const stored = record(text, EXTERNAL_RECORD);
  const { username, accessToken, idToken, refreshToken, expiration, clockDrift } = stored ?? {};
  if (!accessToken && !username) return;
  const id = decodeJWT(idToken);
  const isFresh = (at) => good(decodeJWT(accessToken), at, expiration) && (!id || good(id, at));
  const fresh = isFresh(now + clockDrift);
  if (!accessToken || !(refreshToken || fresh)) return over(username, true);
  return {
    userState: 'signedIn', details: ofHostedUI(accessToken, username, stored), fresh: fresh && isFresh(now), clockDrift, username, accessToken,
    idToken: id && idToken, refreshToken, expiration, holder: holder(username, stored),
  };
}

// Whether two tokens were issued together: another tab may be between two writes. The service may need a moment from the
// one to the other.
const sameGeneration = (a, b) => {
  const origin = ({ origin_jti: jti }) => (typeof jti === 'string' ? jti : '');
  return (!origin(a) || !origin(b) || origin(a) === origin(b)) && !(Math.abs(time(a.iat) - time(b.iat)) >= GENERATION_GAP * 1000);
};

const ENDED = 'sessionExpired'; // the reason of a session that is stored as over

const ofHostedUI = (token, username, { identityProvider, idpIdentifier }) =>
  ({ provider: 'OAuth', token, username, ...(identityProvider && { identityProvider }), ...(idpIdentifier && { idpIdentifier }) });

// A session may be kept from the identity pool: there its user is a guest.
const holder = (username, oauth) => oauth?.disableFederation ? 'guest' : 'user ' + username;

const outside = (userState) => ({ userState, details: {}, fresh: false, holder: userState === 'guest' ? 'guest' : undefined });

const over = (username, oauth) => ({
  ...outside('signedOutUserPoolsTokenInvalid'),
  details: { ...(oauth && { provider: 'OAuth' }), username, reason: ENDED },
  username,
});
