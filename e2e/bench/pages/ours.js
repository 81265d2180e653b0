import { AmplifyAuth } from 'amplify-auth';
import { config, perCall, run } from './page.js';

const auth = new AmplifyAuth({ config, worker: document.documentElement.dataset.engine !== 'page' });
const token = () => auth.getTokens().then((tokens) => tokens.accessToken.tokenString);

globalThis.app = {
  signIn: (username, password, authFlow) => auth.signIn({ username, password, authFlow }).then((step) => step.signInState === 'signedIn'),
  signOut: () => auth.signOut(),
  perCall: (n) => perCall(n, () => auth.getTokens()),
};
run({ ready: () => auth.getPendingSignIn(), token });
