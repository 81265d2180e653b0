'use client'; // for Next

import { useState } from 'react';
import { useAuth } from 'amplify-auth/react';

/** What a signed-in user sees. */
export function Profile() {
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

export function HostedUI() {
  const { showSignIn } = useAuth();
  return <button id="hosted-ui" onClick={() => showSignIn({ hostedUI: {} })}>Anmelden auf der Seite des Anbieters</button>;
}
