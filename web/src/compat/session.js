import { decodeJWT as claimsOf } from './amplify-auth.js';
import { Amplify, auth, refreshMetadata, signInDetails, user } from './amplify.js';
import { asAmplify, fail } from './errors.js';
import { jwt } from './shapes.js';

/** { payload, toString() }, the signature not checked. */
export function decodeJWT(token) {
  const payload = claimsOf(token);
  if (!payload) fail('InvalidJWT', 'Invalid token', 'A JWT has three parts in base64url.');
  return { payload, toString: () => token };
}

/** Without a usable session `tokens` is undefined and nothing is thrown; a lost network or a failing service is. */
export const fetchAuthSession = ({ forceRefresh, clientMetadata } = {}) => asAmplify(async () => {
  await auth().initialize();
  const metadata = clientMetadata ?? (await refreshMetadata?.());
  const stored = auth().isSignedIn ? await auth().getTokens({ forceRefresh, clientMetadata: metadata }).catch(withoutSession) : undefined;
  const aws = Amplify.getConfig().Auth?.Cognito.identityPoolId ? await credentials(forceRefresh) : {};
  return {
    tokens: stored && { accessToken: jwt(stored.accessToken), idToken: jwt(stored.idToken), signInDetails: await signInDetails(auth().username) },
    ...aws,
    userSub: stored?.accessToken.claims.sub,
  };
});

function withoutSession(error) {
  if (!['notSignedIn', 'sessionExpired', 'invalidState'].includes(error.code)) throw error; // the last is a federated user's
}

async function credentials(forceRefresh) {
  try {
    const credentials = await auth().getAWSCredentials({ forceRefresh });
    return { credentials, identityId: await auth().getIdentityId() };
  } catch (error) {
    if (error.code !== 'guestAccessNotAllowed') withoutSession(error);
    return {};
  }
}

export const getCurrentUser = () => asAmplify(async () => {
  await auth().initialize();
  if (!auth().isSignedIn) fail('UserUnAuthenticatedException', 'User needs to be authenticated to call this API.', 'Sign in before calling this API again.', { code: 'notSignedIn' });
  const { idToken } = await auth().getTokens();
  const { username, ...rest } = await user();
  return { username: idToken?.claims['cognito:username'] ?? username, ...rest };
});
