// An app of Amplify UI as its documentation starts one, with what the local Cognito prints as its whole configuration.
import { createRoot } from 'react-dom/client';
import { Amplify } from 'aws-amplify';
import { Authenticator } from '@aws-amplify/ui-react';
import '@aws-amplify/ui-react/styles.css';

const query = new URLSearchParams(location.search);
Amplify.configure(await (await fetch(`resources_config.json?client=${query.get('client') ?? ''}`)).json());

const passwordless = {
  preferredAuthMethod: query.get('preferred') ?? undefined,
  passkeyRegistrationPrompts: query.has('passkeys'),
};

createRoot(document.getElementById('root')).render(
  <Authenticator passwordless={passwordless}>
    {({ user, signOut }) => (
      <main>
        <output id="user">{user?.username}</output>
        <button onClick={signOut}>Sign out</button>
      </main>
    )}
  </Authenticator>,
);
