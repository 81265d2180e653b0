// For an app's own tests.
import type { AmplifyAuth, AuthError, AuthErrorCode, Claims, UserState, UserStateDetails } from './amplify-auth.js';

export interface FakeUser {
  /** `ada` by default. */
  username?: string;
  userSub?: string;
  /** Of the ID token, over the usual ones; `cognito:groups` goes into the access token too. */
  claims?: Claims;
}

type Calls = { [Name in keyof AmplifyAuth as AmplifyAuth[Name] extends (...args: never[]) => Promise<unknown> ? Name : never]: AmplifyAuth[Name] };
type Answer<F> = F extends (...args: infer Args) => Promise<infer Result>
  ? Result | Error | ((input: Args[0], fake: FakeAmplifyAuth) => Result | Error | Promise<Result | Error>) : never;

/** A client without engine, network and storage. It signs in at once, unless `answer` says otherwise. */
export interface FakeAmplifyAuth extends AmplifyAuth {
  /** What was called, in order. */
  readonly calls: { method: string; input: unknown }[];
  /** Who signs in. */
  readonly user: Required<FakeUser> & { attributes: Record<string, string> };
  /**
   * The next answers of a call, in order, before it answers as usual again: a value, an Error to reject with, or a function
   * of what the call gets. A sign-in that answers `signedIn` signs in.
   */
  answer<Name extends keyof Calls>(method: Name, ...answers: Answer<Calls[Name]>[]): this;
  answer(method: `deviceOperations.${keyof AmplifyAuth['deviceOperations']}`, ...answers: unknown[]): this;
  /** Another user state, as by another tab or the end of the session. */
  setState(userState: UserState, details?: UserStateDetails): void;
}

export const FakeAmplifyAuth: new (options?: FakeUser & {
  attributes?: Record<string, string>;
  /** Whether the user is signed in from the start; false by default. */
  signedIn?: boolean;
  /** What `configuration` gives to the elements. */
  configuration?: object;
}) => FakeAmplifyAuth;

/** An error as the client rejects with; its name is the code in upper camel case. */
export function authError(code: AuthErrorCode, message?: string, options?: { retryable?: boolean; requestId?: string; cause?: unknown }): AuthError;

/**
 * What a browser's storage holds of a signed-in user, by key: put it into `localStorage` before the page loads and the client
 * is signed in, until `expiresIn` (seconds, an hour by default) has passed and a refresh asks the service. The tokens have no
 * signature: a back end refuses them.
 */
export function storedSession(config: object | string, user?: FakeUser & { expiresIn?: number }): Record<string, string>;

/** A JWT with the claims, without a signature. */
export function unsignedToken(claims: Claims): string;
