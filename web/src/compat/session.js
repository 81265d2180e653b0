import { decodeJWT as claimsOf } from './amplify-auth.js';
import { asAmplify, fail } from './errors.js';
import { api } from './instance.js';
import { jwt } from './shapes.js';
import { NONE } from '../own.js';

/** { payload, toString() }, the signature not checked. */
export function decodeJWT(token) {
  const payload = claimsOf(token);
  if (!payload) fail('InvalidJWT', 'Invalid token', 'A JWT has three parts in base64url.');
  return { payload, toString: () => token };
}

/** Without a usable session `tokens` is undefined and nothing is thrown; a lost network or a failing service is. */
export const fetchAuthSession = api((it, { forceRefresh, clientMetadata } = NONE) => asAmplify(async () => {
  const { auth } = it;
  await auth.initialize();
  const stored = auth.isSignedIn ? await auth.getTokens({ forceRefresh, clientMetadata }).catch(withoutSession) : undefined;
  const aws = it.resources.Auth?.Cognito.identityPoolId ? await credentials(it, forceRefresh) : {};
  return {
    tokens: stored && { accessToken: jwt(stored.accessToken), idToken: jwt(stored.idToken), signInDetails: await it.signInDetails(auth.username) },
    ...aws,
    userSub: stored?.accessToken.claims.sub,
  };
}));

function withoutSession(error) {
  if (!['notSignedIn', 'sessionExpired', 'invalidState'].includes(error.code)) throw error; // the last is a federated user's
}

async function credentials(it, forceRefresh) {
  try {
    const credentials = await it.auth.getAWSCredentials({ forceRefresh: forceRefresh || it.staleCredentials });
    it.staleCredentials = false;
    return { credentials, identityId: await it.auth.getIdentityId() };
  } catch (error) {
    if (error.code !== 'guestAccessNotAllowed') withoutSession(error);
    return {};
  }
}

export const getCurrentUser = api((it) => asAmplify(async () => {
  await it.auth.initialize();
  if (!it.auth.isSignedIn) fail('UserUnAuthenticatedException', 'User needs to be authenticated to call this API.', 'Sign in before calling this API again.', { code: 'notSignedIn' });
  const { idToken } = await it.auth.getTokens();
  const { username, ...rest } = await it.user();
  return { username: idToken?.claims['cognito:username'] ?? username, ...rest };
}));
