import { useState } from 'react';
import { AmplifyAuth } from 'amplify-auth';
import { AmplifySignIn, AuthProvider, useAuth } from 'amplify-auth/react';

// One client for the whole app. On the server, which renders the page first, it does nothing.
const auth = new AmplifyAuth({ config: 'amplify_outputs.json' });

export const App = () => (
  <AuthProvider auth={auth}>
    <AmplifySignIn onSignedOut={({ detail }) => console.info(detail.userState)}>
      <Members />
    </AmplifySignIn>
    <HostedUI />
  </AuthProvider>
);

function Members() {
  const { user, signRequest, signOut } = useAuth();
  const [signature, setSignature] = useState('');

  async function sign() {
    const request = await signRequest('https://api.example.com/items', { service: 'execute-api', region: 'us-east-1' });
    setSignature(request.headers.get('authorization') ?? ''); // await fetch(request) sends it
  }

  return (
    <>
      <p>Angemeldet: <output id="user">{user?.username}</output></p>
      <button id="sign" onClick={sign}>Anfrage unterschreiben</button>
      <output id="signature">{signature}</output>
      <button id="sign-out" onClick={() => signOut({ redirect: false })}>Abmelden</button>
    </>
  );
}

function HostedUI() {
  const { showSignIn } = useAuth();
  return <button id="hosted-ui" onClick={() => showSignIn({ hostedUI: {} })}>Anmelden auf der Seite des Anbieters</button>;
}
