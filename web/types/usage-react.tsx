// How the React binding and the plain tags are meant to be used; `make lint` compiles it with the typings of React 18 and 19.
import { createRef } from 'react';
import { AmplifyAuth } from './amplify-auth.js';
import type { AmplifySignInElement } from './amplify-sign-in.js';
import { AmplifyAccount, AmplifySignIn, AuthProvider, RequireAuth, useAuth } from './react.js';

const auth = new AmplifyAuth({ config: '/amplify_outputs.json' });
const element = createRef<AmplifySignInElement>();

function Profile() {
  const { isLoading, user, tokens, error, signIn, signOut, getTokens, showSignIn, auth } = useAuth();
  if (isLoading) return <p>…</p>;
  if (error?.code === 'invalidConfiguration') return <p>{error.message}</p>;
  const again: () => Promise<string> = async () => (await getTokens({ forceRefresh: true })).accessToken.tokenString;
  const expires: Date | undefined = tokens?.accessToken.expiration;
  return (
    <>
      <p title={expires?.toISOString()}>{user?.username} {user?.claims['cognito:groups']?.join()}</p>
      <button onClick={() => signOut({ signOutGlobally: true })}>Sign out</button>
      <button onClick={() => showSignIn({ hostedUI: { identityProvider: 'google' } })}>Google</button>
      <button onClick={async () => (await signIn({ username: 'ada', password: 'secret' })).signInState === 'totpMFA'}>{auth.identityId}</button>
      <button onClick={again}>Again</button>
    </>
  );
}

export const app = (
  <AuthProvider auth={auth}>
    <AmplifySignIn ref={element} canCancel={false} lang="de" providers={['google']} className="box" style={{ margin: 8 }}
      onSignedIn={({ detail }) => console.log(detail.username)} onBeforeSubmit={(event) => event.preventDefault()}
      onAuthError={({ detail: { error } }) => console.log(error.code)}>
      Welcome
    </AmplifySignIn>
    <RequireAuth fallback={<a href="/sign-in">Sign in</a>} loading="…">
      <Profile />
      <AmplifyAccount texts={{ 'account.title': 'You' }} onSignedOut={({ detail }) => console.log(detail.userState)} />
    </RequireAuth>
    <amplify-sign-in config="/amplify_outputs.json" can-cancel="false" modal ref={element} data-test="form"><p>Members</p></amplify-sign-in>
    <amplify-account lang="de" />
  </AuthProvider>
);

export const own = <AuthProvider config={{ auth: {} }} storage="session"><Profile /></AuthProvider>;

// @ts-expect-error either a client or the options of one
export const neither = <AuthProvider><Profile /></AuthProvider>;
// @ts-expect-error there is no such screen
export const screen = <AmplifySignIn initialScreen="register" />;
// @ts-expect-error there is no such attribute
export const attribute = <amplify-sign-in colour="red" />;
