// How the declarations are meant to be used; `make lint` compiles it.
import { AmplifyAuth, AuthError, decodeJWT } from './amplify-auth.js';
import './amplify-sign-in.js';
import { authError, FakeAmplifyAuth, storedSession } from './testing.js';
import { Amplify, CookieStorage, Hub, cognitoUserPoolsTokenProvider, confirmSignIn, fetchAuthSession, signIn } from './compat.js';

export async function client(): Promise<number | undefined> {
  const auth = new AmplifyAuth({
    config: '/amplify_outputs.json',
    storage: { getItem: async () => null, setItem: async () => {}, removeItem: async () => {} },
    tokenSource: { google: () => 'token', 'login.example.com': async () => ({ token: 't', customRoleARN: 'arn:aws:iam::1:role/r' }) },
  });
  auth.addEventListener('userstatechange', ({ detail }) => detail.userState === 'guest');
  auth.addEventListener('tokenRefresh', () => {});
  const stop: () => void = auth.addUserStateListener((userState, { username }) => console.log(userState, username));
  stop();

  const result = await auth.signIn({ username: 'ada', password: 'secret', timeout: 10_000 });
  if (result.signInState === 'totpMFA') await auth.confirmSignIn({ challengeResponse: '123456', signal: new AbortController().signal });
  try {
    await auth.showSignIn({ canCancel: true });
    await auth.showSignIn({ hostedUI: { scopes: ['openid'], mode: 'popup' } });
  } catch (error) {
    if (error instanceof AuthError && error.code !== 'userCancelledSignIn') throw error;
  }
  const widget = document.createElement('amplify-sign-in');
  widget.auth = auth;
  widget.addEventListener('signedin', ({ detail }) => detail.username);

  // @ts-expect-error one object, not positional arguments
  auth.signIn('ada', 'secret');
  // @ts-expect-error config is needed
  new AmplifyAuth({ storage: 'memory' });

  const { accessToken, idToken } = await auth.getTokens();
  const expires: Date = accessToken.expiration;
  return decodeJWT(idToken?.tokenString ?? '')?.['cognito:groups']?.length ?? expires.getTime();
}

export async function amplify(): Promise<string | undefined> {
  Amplify.configure({ auth: {} }, { ssr: true });
  cognitoUserPoolsTokenProvider.setKeyValueStorage(new CookieStorage({ sameSite: 'lax' }));
  Hub.listen('auth', ({ payload: { event } }) => event === 'signedIn');
  const { nextStep } = await signIn({ username: 'ada', password: 'secret', options: { authFlowType: 'CUSTOM_WITH_SRP' } });
  if (nextStep.signInStep === 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP') nextStep.totpSetupDetails.getSetupUri('App').href;
  await confirmSignIn({ challengeResponse: 'TOTP' });
  return (await fetchAuthSession()).tokens?.idToken?.toString();
}

export async function tests(): Promise<AmplifyAuth> {
  const fake = new FakeAmplifyAuth({ username: 'ada', claims: { 'cognito:groups': ['admins'] }, signedIn: true });
  fake.answer('signIn', { signInState: 'totpMFA' }, authError('notAuthorized'), ({ username }) => ({ signInState: username ? 'signedIn' : 'password' }));
  // @ts-expect-error there is no such state
  fake.answer('signIn', { signInState: 'done' });
  fake.setState('signedOutUserPoolsTokenInvalid');
  for (const [key, value] of Object.entries(storedSession({ auth: {} }, { expiresIn: 60 }))) localStorage.setItem(key, value);
  return fake;
}
