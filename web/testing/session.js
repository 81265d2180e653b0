import { idsOf } from '../src/formats.js';
import { storageKeys } from '../src/session.js';

const encode = (value) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

/** A JWT with the claims. Its signature is none: who checks it, as a back end does, refuses it. */
export const unsignedToken = (claims) => `${encode({ alg: 'RS256', kid: 'test' })}.${encode(claims)}.${encode('unsigned')}`;

export const USER = { username: 'ada', userSub: '00000000-0000-4000-8000-000000000001', claims: {}, expiresIn: 3600 };

/** The tokens that Cognito would issue. */
export function tokensOf({ userPoolId = 'us-east-1_Testing00', clientId = 'test-client' }, user) {
  const { username, userSub, claims, expiresIn } = { ...USER, ...user };
  const iat = Math.floor(Date.now() / 1000);
  const common = {
    sub: userSub, iss: `https://cognito-idp.${userPoolId.split('_')[0]}.amazonaws.com/${userPoolId}`,
    iat, auth_time: iat, exp: iat + expiresIn, origin_jti: '00000000-0000-4000-8000-00000000000a',
  };
  const groups = claims['cognito:groups'];
  return {
    idToken: unsignedToken({ ...common, token_use: 'id', aud: clientId, 'cognito:username': username, ...claims }),
    accessToken: unsignedToken({
      ...common, token_use: 'access', client_id: clientId, username, scope: 'aws.cognito.signin.user.admin', ...(groups && { 'cognito:groups': groups }),
    }),
    refreshToken: 'test-refresh-token',
  };
}

/** What a browser's storage holds of a signed-in user, by key: put it there before the page loads. */
export function storedSession(config, user) {
  const ids = idsOf(typeof config === 'string' ? JSON.parse(config) : config);
  if (!ids.userPoolId || !ids.clientId) throw new Error('storedSession needs a configuration with a user pool and an app client.');
  const { username } = { ...USER, ...user };
  const { prefix } = storageKeys(ids);
  const entries = { [prefix + 'LastAuthUser']: username, [`${prefix}${username}.clockDrift`]: '0' };
  for (const [name, token] of Object.entries(tokensOf(ids, user))) entries[`${prefix}${username}.${name}`] = token;
  return entries;
}
