import type { AmplifyAuth, AuthError, AuthErrorCode, DropInOptions, UserState } from './amplify-auth.js';

export interface AmplifyElementEventMap extends HTMLElementEventMap {
  /** `username` is undefined after a `federatedSignIn`. */
  signedin: CustomEvent<{ userState: UserState; username: string | undefined }>;
  signedout: CustomEvent<{ userState: UserState }>;
  cancel: CustomEvent<null>;
  /** `submit` takes the screen's step with values of markup of the page's own. */
  screenchange: CustomEvent<{ screen: string; parameters?: Record<string, string>; username?: string; submit(values: Record<string, string>): Promise<void> }>;
  /** Before a step is sent; cancelable. `values` may be changed; `clientMetadata` and `validationData` may be set. */
  beforesubmit: CustomEvent<{
    screen: string;
    values: Record<string, string>;
    clientMetadata?: Record<string, string>;
    validationData?: Record<string, string>;
    /** Stops the step and shows the message, at the field of the name or else above the form. */
    reject(message: string, fieldName?: string): void;
  }>;
  aftersubmit: CustomEvent<{ screen: string; next?: string }>;
  /** The error is no AuthError where there is no client yet, or a provider's SDK has failed. */
  autherror: CustomEvent<{ error: AuthError | (Error & { readonly code: AuthErrorCode }); screen: string }>;
}

/** What the page wants otherwise about fields, by the names of a screen and of a field in it. */
export type ScreenFields = Record<string, Record<string, {
  /** A key of the texts, or words. */
  label?: string;
  placeholder?: string;
  /** Fields without it count by their place, from 1. */
  order?: number;
  /** Has no effect on a field that the step cannot do without. */
  hidden?: boolean;
  autocomplete?: string;
}>>;

declare abstract class AmplifyElement extends HTMLElement {
  /** Shares an existing client; without it the element makes its own from the `config` attribute. */
  auth: AmplifyAuth | undefined;
  /** Replaces single texts by their keys. */
  texts: Record<string, string>;
  fields: ScreenFields;
  /** Goes to a screen that can be shown now; one that does not exist throws. */
  showScreen(name: string): void;
  /** The screen on show; undefined while the default slot is. */
  readonly screen: string | undefined;
  addEventListener<K extends keyof AmplifyElementEventMap>(type: K, listener: (this: this, event: AmplifyElementEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof AmplifyElementEventMap>(type: K, listener: (this: this, event: AmplifyElementEventMap[K]) => void,
    options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** `<amplify-sign-in>`. Its attributes are in custom-elements.json; signed in, it shows the content of its default slot. */
export class AmplifySignInElement extends AmplifyElement {
  /** As the attributes of these names, as arrays; web/docs/element.md has their members. */
  providers: readonly unknown[] | undefined;
  signUpAttributes: readonly unknown[] | undefined;
  show(): void;
  hide(): void;
}

/** `<amplify-account>`: what a signed-in user can change about the account. */
export class AmplifyAccountElement extends AmplifyElement {}

/** What `AmplifyAuth.showSignIn` does without `hostedUI`. */
export function showSignIn(auth: AmplifyAuth, options?: DropInOptions): Promise<{ userState: UserState }>;

/** Texts by key for a language (BCP 47). */
export function setTexts(language: string, texts: Record<string, string>): void;
export const LANGUAGES: readonly string[];

declare global {
  interface HTMLElementTagNameMap {
    'amplify-sign-in': AmplifySignInElement;
    'amplify-account': AmplifyAccountElement;
  }
}
