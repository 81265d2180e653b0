// What the bindings of React and Vue have in common.
import type { AmplifyAuth, AuthError, Claims, Tokens, UserState, UserStateDetails } from './amplify-auth.js';
import type { AmplifyElementEventMap, ScreenFields } from './amplify-sign-in.js';

export interface AuthUser {
  /** Undefined after a `federatedSignIn`. */
  readonly username: string | undefined;
  readonly userSub: string | undefined;
  /** Of the ID token, or of the access token where there is none; empty until they have been read. */
  readonly claims: Claims;
}

export interface AuthState {
  readonly userState: UserState;
  readonly details: UserStateDetails;
  /** True until the configuration has been read and an authorization response in the URL has been dealt with. */
  readonly isLoading: boolean;
  readonly isSignedIn: boolean;
  /** Who is signed in. */
  readonly user: AuthUser | undefined;
  /** As they were last read, to be shown. A request takes those of `getTokens()`, which are refreshed when they must be. */
  readonly tokens: Tokens | undefined;
  /** Why there is no state, such as a configuration that is wrong. */
  readonly error: AuthError | undefined;
}

type Life = 'initialize' | 'close' | 'addUserStateListener' | 'removeUserStateListener' | keyof EventTarget;

/** The client's calls, as functions that need no `this`. */
export type AuthCalls = {
  readonly [Name in Exclude<keyof AmplifyAuth, Life> as AmplifyAuth[Name] extends (...args: never[]) => Promise<unknown>
    ? Name extends 'credentialsProvider' ? never : Name : never]: AmplifyAuth[Name];
};

export type AmplifyEvents = Pick<AmplifyElementEventMap,
  'signedin' | 'signedout' | 'cancel' | 'screenchange' | 'beforesubmit' | 'aftersubmit' | 'autherror'>;

export interface AccountProps {
  /** The client of the element; that of the provider without it, unless `config` is given. */
  auth?: AmplifyAuth;
  /** The configuration, its URL or its JSON, for an element with a client of its own. */
  config?: string | object;
  lang?: string;
  dir?: 'ltr' | 'rtl';
  theme?: 'light' | 'dark';
  /** Countries that come first in the list of a phone number's field, as `DE AT CH`. */
  dialCodes?: string;
  /** Replaces single texts by their keys. */
  texts?: Record<string, string>;
  /** The name of the service in authenticator apps; the page's host name by default. */
  totpIssuer?: string;
  /** The account's name there; what the user signs in with by default. */
  totpAccountName?: string;
  /** A new password is typed twice. */
  confirmPassword?: boolean;
}

export interface SignInProps extends AccountProps {
  modal?: boolean;
  canCancel?: boolean;
  /** A URL. */
  logo?: string;
  initialScreen?: 'signIn' | 'signUp' | 'forgotPassword';
  providers?: string | readonly unknown[];
  signUpAttributes?: string | readonly unknown[];
  /** Per screen: label, placeholder, order, hidden, autocomplete. */
  fields?: ScreenFields;
  hideSignUp?: boolean;
  hideRememberDevice?: boolean;
  hideFactors?: string;
  hidePassword?: boolean;
  hidePasskeyOffer?: boolean;
}
