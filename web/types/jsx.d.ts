// The plain tags in TSX, for React's typings of 18 and 19: `import type {} from 'amplify-auth/jsx'` anywhere in the project.
import type { CSSProperties, ReactNode, Ref } from 'react';
import type { AmplifyAccountElement, AmplifySignInElement } from './amplify-sign-in.js';

type Flag = boolean | '' | 'true' | 'false';

interface ElementProps<E> {
  key?: string | number | bigint | null;
  ref?: Ref<E>;
  id?: string;
  class?: string;
  style?: CSSProperties;
  slot?: string;
  hidden?: boolean;
  children?: ReactNode;
  suppressHydrationWarning?: boolean;
  /** The URL of the configuration, or its JSON. */
  config?: string;
  lang?: string;
  dir?: 'ltr' | 'rtl';
  theme?: 'light' | 'dark';
  'dial-codes'?: string;
  'totp-issuer'?: string;
  'totp-account-name'?: string;
  'confirm-password'?: Flag;
  [data: `data-${string}`]: unknown;
  [aria: `aria-${string}`]: unknown;
}

interface SignInProps extends ElementProps<AmplifySignInElement> {
  modal?: Flag;
  'can-cancel'?: Flag;
  logo?: string;
  'initial-screen'?: 'signIn' | 'signUp' | 'forgotPassword';
  providers?: string;
  'sign-up-attributes'?: string;
  'hide-sign-up'?: Flag;
  'hide-remember-device'?: Flag;
  'hide-factors'?: string;
  'hide-password'?: Flag;
  'hide-passkey-offer'?: Flag;
}

interface AmplifyTags {
  'amplify-sign-in': SignInProps;
  'amplify-account': ElementProps<AmplifyAccountElement>;
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends AmplifyTags {}
  }
}
