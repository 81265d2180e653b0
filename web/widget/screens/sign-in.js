// sign-in.js: user name and password.

import { DONE } from '../panel.js';

const labels = { username: 'field.username', email: 'field.email', phone_number: 'field.phone' };

// identifier describes the field for what the user pool signs in with.
export function identifier({ config, flow }) {
  const kinds = config.loginWith;
  const only = kinds.length === 1 ? kinds[0] : undefined;
  return {
    name: 'username',
    label: labels[only] ?? (kinds.includes('username') ? 'field.identifier' : 'field.emailOrPhone'),
    type: only === 'email' ? 'email' : only === 'phone_number' ? 'tel' : 'text',
    autocomplete: 'username',
    autocapitalize: 'none',
    value: flow.username,
  };
}

export const signIn = {
  title: 'signIn.title',
  fields: (context) => [
    identifier(context),
    { name: 'password', label: 'field.password', type: 'password', autocomplete: 'current-password' },
  ],
  submit: 'signIn.title',
  async run({ auth, flow, signal }, { username, password }, { clientMetadata, validationData }) {
    flow.username = username;
    const engine = await auth();
    const result = await engine.signIn({ username, password, clientMetadata, validationData, signal });
    return result.signInState === 'signedIn' ? DONE : result.signInState;
  },
};
