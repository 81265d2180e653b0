// Vue, 3.3 or later. It is the page's own.
import type { AllowedComponentProps, App, ComputedRef, VNodeProps } from 'vue';
import type { AmplifyAuth, AmplifyAuthOptions } from './amplify-auth.js';
import type { AmplifyAccountElement, AmplifySignInElement } from './amplify-sign-in.js';
import type { AccountProps, AmplifyEvents, AuthCalls, AuthState, SignInProps } from './bindings.js';

export type { AuthCalls, AuthState, AuthUser } from './bindings.js';

/** `app.use(createAuth(…))`: with the page's own client, or the options of one that lives as long as the app. */
export function createAuth(source: AmplifyAuth | AmplifyAuthOptions): {
  /** The client, for a router's guards and whatever else is outside of components. */
  readonly auth: AmplifyAuth;
  install(app: App): void;
};

/** The state as refs, and the client's calls. Called in `setup`; throws where the app has no `createAuth`. */
export function useAuth(): { readonly [Name in keyof AuthState]: ComputedRef<AuthState[Name]> } & AuthCalls & {
  /** The client. There is none while a server renders. */
  readonly auth: AmplifyAuth;
};

type Listeners = { [Type in keyof AmplifyEvents as `on${Capitalize<Type>}`]?: (event: AmplifyEvents[Type]) => void };

interface Component<Props, E> {
  new (): {
    $props: Props & Listeners & AllowedComponentProps & VNodeProps;
    $slots: { default?(): unknown };
    readonly element: E | null;
  };
}

/** `<amplify-sign-in>`, whose module is fetched when it is first shown. Signed in, it shows its default slot. */
export const AmplifySignIn: Component<SignInProps, AmplifySignInElement>;
/** `<amplify-account>`: what a signed-in user can change about the account. */
export const AmplifyAccount: Component<AccountProps, AmplifyAccountElement>;

// The plain tags in templates.
declare module 'vue' {
  interface GlobalComponents {
    'amplify-sign-in': typeof AmplifySignIn;
    'amplify-account': typeof AmplifyAccount;
  }
}
