import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { AmplifyAuth } from 'amplify-auth';
import { AuthProvider } from 'amplify-auth/react';
import { authError, FakeAmplifyAuth, storedSession } from 'amplify-auth/testing';
import { afterEach, expect, test } from 'vitest';
import { App } from './login';

afterEach(cleanup);

function start(auth: AmplifyAuth) {
  render(<AuthProvider auth={auth}><App /></AuthProvider>);
  return userEvent.setup();
}

test('signs in at the second try, with a code', async () => {
  const auth = new FakeAmplifyAuth();
  auth.answer('signIn', authError('notAuthorized', 'Wrong name or password.'), { signInState: 'totpMFA' });
  const user = start(auth);

  await user.type(await screen.findByLabelText('Name'), 'ada');
  await user.type(screen.getByLabelText('Password'), 'secret');
  await user.click(screen.getByText('Sign in'));
  expect((await screen.findByRole('alert')).textContent).toBe('Wrong name or password.');

  await user.click(screen.getByText('Sign in'));
  await user.type(await screen.findByLabelText('Code'), '123456');
  await user.click(screen.getByText('Sign in'));
  await screen.findByText('Hello ada');

  expect(auth.calls.filter(({ method }) => method.endsWith('ignIn')).map(({ method }) => method)).toEqual(['signIn', 'signIn', 'confirmSignIn']);
  expect(auth.calls).toContainEqual({ method: 'confirmSignIn', input: { challengeResponse: '123456' } });
});

test('shows administrators the way to the administration', async () => {
  start(new FakeAmplifyAuth({ signedIn: true, username: 'eva', claims: { 'cognito:groups': ['admins'] } }));
  await screen.findByText('Hello eva');
  await screen.findByText('Administration');
});

test('says so when the session ends, and signs out', async () => {
  const auth = new FakeAmplifyAuth({ signedIn: true });
  const user = start(auth);
  await screen.findByText('Hello ada');
  auth.setState('signedOutUserPoolsTokenInvalid');
  await screen.findByText('Your session has ended.');

  auth.setState('signedIn');
  await user.click(await screen.findByText('Sign out'));
  await screen.findByLabelText('Name');
  expect(auth.currentUserState).toBe('signedOut');
});

test('the real client takes a stored session, without a network', async () => {
  const config = { auth: { aws_region: 'us-east-1', user_pool_id: 'us-east-1_Abc123', user_pool_client_id: 'client' } };
  for (const [key, value] of Object.entries(storedSession(config, { username: 'eva' }))) localStorage.setItem(key, value);
  const auth = new AmplifyAuth({ config });
  start(auth);
  await screen.findByText('Hello eva');
  expect(await auth.getPendingSignIn()).toBe(undefined);
  expect(auth.engineThread).toBe('page'); // jsdom has no workers
  auth.close();
});
