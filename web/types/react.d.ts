// React, 18 or 19. It is the page's own.
import type { CSSProperties, ForwardRefExoticComponent, ReactElement, ReactNode, RefAttributes } from 'react';
import type { AmplifyAuth, AmplifyAuthOptions } from './amplify-auth.js';
import type { AmplifyAccountElement, AmplifySignInElement } from './amplify-sign-in.js';
import type { AccountProps, AmplifyEvents, AuthCalls, AuthState, SignInProps } from './bindings.js';
import type {} from './jsx.js';

export type { AuthCalls, AuthState, AuthUser } from './bindings.js';

/** The page's own client, or the options of one that lives as long as the provider. Both are read once. */
export type AuthProviderProps = { children?: ReactNode } & ({ auth: AmplifyAuth } | (AmplifyAuthOptions & { auth?: undefined }));
export function AuthProvider(props: AuthProviderProps): ReactElement | null;

/** The state, which draws the component anew when it changes, and the client's calls. Throws where no `AuthProvider` is around. */
export function useAuth(): AuthState & AuthCalls & {
  /** The client. There is none while a server renders. */
  readonly auth: AmplifyAuth;
};

export interface RequireAuthProps {
  children?: ReactNode;
  /** For who is not signed in: `<AmplifySignIn />` by default; a router's redirect, say. */
  fallback?: ReactNode;
  /** Until it is known; nothing by default. */
  loading?: ReactNode;
}
export function RequireAuth(props: RequireAuthProps): ReactElement | null;

interface ElementProps {
  className?: string;
  style?: CSSProperties;
  id?: string;
  hidden?: boolean;
  children?: ReactNode;
  onSignedOut?: (event: AmplifyEvents['signedout']) => void;
  onScreenChange?: (event: AmplifyEvents['screenchange']) => void;
  onBeforeSubmit?: (event: AmplifyEvents['beforesubmit']) => void;
  onAfterSubmit?: (event: AmplifyEvents['aftersubmit']) => void;
  onAuthError?: (event: AmplifyEvents['autherror']) => void;
}

export interface AmplifySignInProps extends SignInProps, ElementProps {
  onSignedIn?: (event: AmplifyEvents['signedin']) => void;
  onCancel?: (event: AmplifyEvents['cancel']) => void;
}
export interface AmplifyAccountProps extends AccountProps, ElementProps {}

/** `<amplify-sign-in>`, whose module is fetched when it is first shown. Signed in, it shows its children. */
export const AmplifySignIn: ForwardRefExoticComponent<AmplifySignInProps & RefAttributes<AmplifySignInElement>>;
/** `<amplify-account>`: what a signed-in user can change about the account. */
export const AmplifyAccount: ForwardRefExoticComponent<AmplifyAccountProps & RefAttributes<AmplifyAccountElement>>;
