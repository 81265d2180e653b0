// A page of the React binding: globals mount, hydrate and what they record.
import { StrictMode, useEffect } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { AmplifyAccount, AmplifySignIn, AuthProvider, RequireAuth, useAuth } from 'amplify-auth/react';

const events = (globalThis.events = []);

function Members() {
  const { user, tokens, signOut, auth } = useAuth();
  globalThis.client = auth;
  return <p id="user" onClick={() => signOut()}>{user.username} {user.claims.token_use} {tokens ? 'has tokens' : ''}</p>;
}

const App = ({ options }) => (
  <StrictMode>
    <AuthProvider {...options}>
      <RequireAuth loading={<p id="loading">wait</p>} fallback={
        <AmplifySignIn canCancel={false} onSignedIn={({ detail }) => events.push('signedin ' + detail.username)}>signed in</AmplifySignIn>}>
        <Members />
        <AmplifyAccount />
      </RequireAuth>
    </AuthProvider>
  </StrictMode>
);

const root = document.getElementById('root');

globalThis.mount = (options) => {
  const mounted = createRoot(root);
  mounted.render(<App options={options} />);
  return () => mounted.unmount();
};

globalThis.hydrate = (options) => {
  root.innerHTML = renderToString(<App options={options} />);
  hydrateRoot(root, <App options={options} />, { onRecoverableError: (error) => events.push('mismatch ' + error.message) });
  return root.innerHTML;
};

// The plain tag, whose element is defined once the page is hydrated, or has drawn its form before.
function Tag({ config }) {
  useEffect(() => { import('./amplify-sign-in.js'); }, []);
  return <main><amplify-sign-in config={config}><p id="members">members only</p></amplify-sign-in></main>;
}

globalThis.hydrateTag = async (config, early) => {
  const served = renderToString(<StrictMode><Tag config={config} /></StrictMode>);
  root.innerHTML = served;
  if (early) {
    await import('./amplify-sign-in.js');
    while (!root.querySelector('input')) await new Promise(requestAnimationFrame);
  }
  hydrateRoot(root, <StrictMode><Tag config={config} /></StrictMode>, { onRecoverableError: (error) => events.push('mismatch ' + error.message) });
  return served;
};
