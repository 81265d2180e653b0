import { createElement, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';

import { AuthStore, UNKNOWN } from '../bindings/store.js';
import { AuthContext } from './context.js';
import { AmplifySignIn } from './elements.js';

/** auth: the page's own client; or options of one that lives as long as this component. They are read once. */
export function AuthProvider({ auth, children, ...options }) {
  const [store] = useState(() => new AuthStore(auth ?? options));
  useEffect(() => store.subscribe(() => {}), [store]); // keeps the client while no component reads its state
  return createElement(AuthContext.Provider, { value: store }, children);
}

const onServer = () => UNKNOWN;

export function useAuth() {
  const store = useContext(AuthContext);
  if (!store) throw new Error('useAuth needs an <AuthProvider> around the component.');
  const state = useSyncExternalStore(store.subscribe, () => store.snapshot, onServer);
  return useMemo(() => ({ ...state, ...store.calls, get auth() { return store.client; } }), [state, store]);
}

/** Shows children to who is signed in, loading until that is known, and fallback (the sign-in) to everybody else. */
export function RequireAuth({ children, loading = null, fallback = createElement(AmplifySignIn) }) {
  const { isSignedIn, isLoading } = useAuth();
  return isSignedIn ? children : isLoading ? loading : fallback;
}
