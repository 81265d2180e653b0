import { type FormEvent, useState } from 'react';
import { RequireAuth, useAuth } from 'amplify-auth/react';

/** The app: a form of its own, and what members see. */
export const App = () => <RequireAuth fallback={<Login />}><Account /></RequireAuth>;

function Account() {
  const { user, signOut } = useAuth();
  return (
    <>
      <h1>Hello {user?.username}</h1>
      {user?.claims['cognito:groups']?.includes('admins') && <a href="/admin">Administration</a>}
      <button onClick={() => signOut()}>Sign out</button>
    </>
  );
}

function Login() {
  const { userState, signIn, confirmSignIn } = useAuth();
  const [step, setStep] = useState('');
  const [problem, setProblem] = useState('');

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const { username, password, code } = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    try {
      const result = step ? await confirmSignIn({ challengeResponse: code }) : await signIn({ username, password });
      setStep(result.signInState);
      setProblem('');
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <form onSubmit={submit}>
      {userState === 'signedOutUserPoolsTokenInvalid' && <p role="status">Your session has ended.</p>}
      {problem && <p role="alert">{problem}</p>}
      {step === 'totpMFA'
        ? <label>Code <input name="code" /></label>
        : <><label>Name <input name="username" /></label><label>Password <input name="password" type="password" /></label></>}
      <button>Sign in</button>
    </form>
  );
}
