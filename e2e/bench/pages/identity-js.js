import { AuthenticationDetails, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';
import { config, perCall, run } from './page.js';

const { userPoolId, userPoolClientId, userPoolEndpoint } = config.Auth.Cognito;
const pool = new CognitoUserPool({ UserPoolId: userPoolId, ClientId: userPoolClientId, endpoint: userPoolEndpoint });

function signIn(Username, Password, authFlow) {
  const user = new CognitoUser({ Username, Pool: pool });
  user.setAuthenticationFlowType(authFlow);
  return new Promise((resolve, onFailure) => user.authenticateUser(
    new AuthenticationDetails({ Username, Password }), { onSuccess: () => resolve(true), onFailure }));
}

function session(user) {
  return new Promise((resolve, reject) => user.getSession((error, given) => (error ? reject(error) : resolve(given))));
}

globalThis.app = {
  signIn,
  signOut: () => new Promise((resolve) => pool.getCurrentUser().signOut(resolve)),
  perCall: (n) => {
    const user = pool.getCurrentUser();
    return perCall(n, () => session(user));
  },
};
run({ ready: async () => {}, token: () => session(pool.getCurrentUser()).then((given) => given.getAccessToken().getJwtToken()) });
