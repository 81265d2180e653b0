import { createRoot } from 'react-dom/client';
import { Amplify } from 'aws-amplify';
import { Authenticator } from '@aws-amplify/ui-react';
import { config } from './page.js';

Amplify.configure(config);
createRoot(document.querySelector('#root')).render(
  <Authenticator>{({ user }) => <p>{user?.username}</p>}</Authenticator>,
);
