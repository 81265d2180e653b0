// npm's oidc-provider on a free port of the loopback address. Its argument is JSON: the client's metadata (OpenID Connect
// Dynamic Client Registration 1.0), and the resource (RFC 8707) of JWT access tokens, without which they are opaque.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';

const { client, resource } = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false, // the e-mail address in the ID token, as Auth0 has it
    clientBasedCORS: (ctx, origin) => client.redirect_uris.some((uri) => new URL(uri).origin === origin),
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }) }),
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: Boolean(resource),
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: '', accessTokenFormat: 'jwt', audience: resource }),
      },
    },
  });
  server.on('request', provider.callback());
  console.log(`listens on ${issuer}`);
});
