import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import { config, perCall, run } from './page.js';

Amplify.configure(config);

globalThis.app = {
  signIn: (username, password, authFlowType) => signIn({ username, password, options: { authFlowType } }).then((step) => step.isSignedIn),
  perCall: (n) => perCall(n, () => fetchAuthSession()),
  confirmSignIn, // what any page that signs in and out has in its bundle
  signOut,
};
run({ ready: async () => {}, token: () => fetchAuthSession().then((session) => session.tokens.accessToken.toString()) });
