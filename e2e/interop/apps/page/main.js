import { AmplifyAuth } from 'amplify-auth';
import 'amplify-auth/sign-in';

// One client for the whole page: the element draws the screens for it, the page asks it for tokens.
const auth = new AmplifyAuth({ config: 'amplify_outputs.json' });
document.querySelector('amplify-sign-in').auth = auth;

const show = (id, text) => { document.getElementById(id).textContent = text; };
const onClick = (id, run) => document.getElementById(id).addEventListener('click', run);

auth.addUserStateListener(() => show('user', auth.username ?? ''));

onClick('sign', async () => {
  const request = await auth.signRequest('https://api.example.com/items', { service: 'execute-api', region: 'us-east-1' });
  show('signature', request.headers.get('authorization')); // await fetch(request) sends it
});
onClick('sign-out', () => auth.signOut({ redirect: false }));
onClick('hosted-ui', () => auth.showSignIn({ hostedUI: {} }));
