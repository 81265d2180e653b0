import { AmplifyAuth } from 'amplify-auth';
import { AmplifySignIn, AuthProvider } from 'amplify-auth/react';
import { HostedUI, Profile } from '../profile';

// One client for the whole app. On the server, which renders the page first, it does nothing.
const auth = new AmplifyAuth({ config: 'amplify_outputs.json' });

export const App = () => (
  <AuthProvider auth={auth}>
    <AmplifySignIn onSignedOut={({ detail }) => console.info(detail.userState)}>
      <Profile />
    </AmplifySignIn>
    <HostedUI />
  </AuthProvider>
);
