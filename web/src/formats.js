import { CONFIG_IDS, EXTERNAL_KEYS } from './contract.js';

/** The format of a configuration and the part of it that counts, in core/config's order: the first that fits. */
export function formatOf(config) {
  const { auth, Auth } = config;
  return auth != null ? ['outputs', auth]
    : Object.keys(config).some((key) => key.startsWith('aws_')) ? ['exports', config]
      : Auth?.Cognito != null ? ['resources', Auth.Cognito] : ['awsConfiguration', config];
}

/**
 * The ids that name the storage keys, from a configuration in any of the four formats: { userPoolId, clientId,
 * identityPoolId }, undefined where missing, `own`, which names what Amplify does not have, and whether another provider
 * than the user pool is `external`ly asked.
 */
export function idsOf(config) {
  const [format, part] = formatOf(config);
  let names = CONFIG_IDS[format];
  let [pool, identity, oauth] = [part, part, undefined];
  if (format === 'awsConfiguration') {
    [pool, identity, oauth] = [part.CognitoUserPool, part.CredentialsProvider?.CognitoIdentity, part.Auth].map((profiles) => profiles?.Default ?? {});
    oauth = oauth.OAuth ?? {};
    if (pool[CONFIG_IDS.old[0]] != null) names = CONFIG_IDS.old;
  }
  const trimmed = (id) => (typeof id === 'string' && id.trim()) || undefined;
  const userPoolId = trimmed(pool[names[0]]);
  const identityPoolId = trimmed(identity[names[2]]);
  const clientId = trimmed(pool[names[1]]) ?? trimmed(oauth?.AppClientId);
  return {
    userPoolId, clientId, identityPoolId, own: clientId ?? identityPoolId,
    external: EXTERNAL_KEYS.some((key) => trimmed(oauth?.[key])),
  };
}
