// Amazon Cognito sign-in for web pages. Every method returns a promise, may be called at once (it waits for the engine
// itself) and rejects with an AuthError.

/** What every call takes beside its own arguments. */
export interface CallOptions {
  /** Ends the call; it rejects with `AbortError`. */
  signal?: AbortSignal;
  /** Milliseconds for the whole call, the loading of the engine included; then it rejects with `TimeoutError`. 0 is none. */
  timeout?: number;
}

// --- errors

/**
 * The codes of AWSMobileClientError, then our own. Other exceptions of the service come with their own name in
 * lowerCamelCase.
 */
export type AuthErrorCode =
  | 'aliasExists' | 'codeDeliveryFailure' | 'codeMismatch' | 'expiredCode' | 'groupExists' | 'internalError'
  | 'invalidLambdaResponse' | 'invalidOAuthFlow' | 'invalidParameter' | 'invalidPassword' | 'invalidUserPoolConfiguration'
  | 'limitExceeded' | 'mfaMethodNotFound' | 'notAuthorized' | 'passwordResetRequired' | 'resourceNotFound'
  | 'scopeDoesNotExist' | 'softwareTokenMFANotFound' | 'tooManyFailedAttempts' | 'tooManyRequests' | 'unexpectedLambda'
  | 'userLambdaValidation' | 'userNotConfirmed' | 'userNotFound' | 'usernameExists' | 'unknown' | 'notSignedIn'
  | 'identityIdUnavailable' | 'guestAccessNotAllowed' | 'federationProviderExists' | 'cognitoIdentityPoolNotConfigured'
  | 'unableToSignIn' | 'invalidState' | 'userPoolNotConfigured' | 'userCancelledSignIn' | 'badRequest'
  | 'expiredRefreshToken' | 'errorLoadingPage' | 'securityFailed' | 'idTokenNotIssued'
  | 'idTokenAndAcceessTokenNotIssued' | 'invalidConfiguration' | 'deviceNotRemembered'
  | 'networkError' | 'timeout' | 'aborted' | 'sessionExpired' | 'signInSuperseded' | 'signInExpired' | 'storageUnavailable'
  | 'webAssemblyUnavailable' | 'engineLoadError' | 'engineStopped' | 'serviceUnavailable' | 'closed'
  | 'passkeyNotSupported' | 'passkeyNotFound' | 'passkeyCancelled' | 'popupBlocked' | 'loginRequired'
  | 'federatedTokenExpired' | 'federatedTokenInvalid' | 'providerNotSupported' | 'roleNotAllowed' | 'invalidIdentityPoolConfiguration'
  | (string & {});

export class AuthError extends Error {
  constructor(name: string, code: AuthErrorCode, message: string,
    options?: { retryable?: boolean; requestId?: string; cause?: unknown });
  /** The service's exception name (`NotAuthorizedException`), or ours (`NetworkError`). */
  readonly name: string;
  /** Stable; test this one. */
  readonly code: AuthErrorCode;
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** The service's request id, where there was a request. */
  readonly requestId?: string;
  readonly cause?: unknown;
}

// --- options

/** A store of one's own. All methods of one store are sync or all return promises. */
export interface KeyValueStorage {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
}

export interface FederatedToken {
  token: string;
  customRoleARN?: string;
  cognitoIdentityId?: string;
}

export interface AmplifyAuthOptions {
  /**
   * The URL of a configuration, or the configuration itself as an object or its JSON: awsconfiguration.json,
   * amplify_outputs.json, aws-exports or Amplify v6's ResourcesConfig.
   */
  config: string | URL | object;
  /** Where the session is kept; 'local' by default. A browser store that is full or forbidden falls back to memory. */
  storage?: 'local' | 'session' | 'memory' | KeyValueStorage;
  /** Where the engine is; beside the script by default. */
  wasmURL?: string;
  /** Subresource integrity of the engine; that of the build by default, '' checks nothing. */
  wasmIntegrity?: string;
  /** What calls do when the session has expired for good: wait for a new sign-in (default) or reject with `SessionExpired`. */
  onExpired?: 'wait' | 'reject';
  /**
   * Whether an authorization response in the page's URL is handled when the client is made: true (default) where the
   * sign-in was started in this tab, false never, or a function that says so. Where it answers 'providerInitiated', a code
   * that no sign-in of ours asked for is taken as well, as from a SAML provider's own start page: anybody can then sign
   * the user in to an account that is not theirs by a link.
   */
  handleRedirect?: boolean | ((url: URL) => boolean | 'providerInitiated');
  /** Asked for a new token, by provider name, when a federated token has expired. */
  tokenSource?: Record<string, () => string | FederatedToken | Promise<string | FederatedToken>>;
}

// --- values

export type UserState =
  | 'guest' | 'signedOut' | 'signedIn' | 'signedOutUserPoolsTokenInvalid' | 'signedOutFederatedTokensInvalid'
  /** The configuration or an asynchronous store has not been read yet. */
  | 'unknown';

export interface UserStateDetails {
  /** `cognito-idp.<region>.amazonaws.com/<poolId>`, `OAuth`, or a federated provider. */
  provider?: string;
  /** The provider's token. */
  token?: string;
  username?: string;
  /** Why the session has become invalid: `offline`, or an error code. */
  reason?: string;
  [key: string]: string | undefined;
}

export interface UserStateChange {
  userState: UserState;
  details: UserStateDetails;
}

export type UserStateListener = (userState: UserState, details: UserStateDetails) => void;

export type SignInState =
  | 'signedIn' | 'smsMFA' | 'emailMFA' | 'totpMFA' | 'smsOTP' | 'emailOTP' | 'selectMFA' | 'setUpMFA' | 'setUpTOTP' | 'setUpEmail'
  | 'newPasswordRequired' | 'customChallenge' | 'selectFactor' | 'password' | 'confirmSignUp' | 'resetPassword';

export type AuthFlow = 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH' | 'CUSTOM_AUTH' | 'USER_AUTH';
export type FirstFactor = 'PASSWORD' | 'PASSWORD_SRP' | 'EMAIL_OTP' | 'SMS_OTP' | 'WEB_AUTHN';
export type SecondFactor = 'SMS_MFA' | 'SOFTWARE_TOKEN_MFA' | 'EMAIL_OTP';
export type MFASetting = 'ENABLED' | 'DISABLED' | 'PREFERRED' | 'NOT_PREFERRED';

export interface CodeDeliveryDetails {
  deliveryMedium: 'sms' | 'email';
  /** Masked by the service. */
  destination?: string;
  attributeName?: string;
}

export interface TOTPSetup {
  /** Base32. */
  sharedSecret: string;
  /** `otpauth://…`, what authenticator apps scan. */
  uri: string;
  /** The URI as a QR code, an SVG document. */
  qr: string;
}

export interface SignInResult {
  /** What is to be done next, by `confirmSignIn` unless it is `signedIn`, `confirmSignUp` or `resetPassword`. */
  signInState: SignInState;
  codeDetails?: CodeDeliveryDetails;
  /** Of a custom challenge. */
  parameters?: Record<string, string>;
  /** Of selectFactor, selectMFA and setUpMFA: one of them is the answer. */
  allowedFactors?: (FirstFactor | SecondFactor)[];
  /** Of newPasswordRequired: attributes that have to be sent with the password. */
  requiredAttributes?: string[];
  /** Of setUpTOTP. */
  totpSetup?: TOTPSetup;
}

export interface PendingSignIn extends SignInResult {
  username: string;
  /** When the service forgets it, in epoch milliseconds. */
  deadline: number;
}

export interface SignUpResult {
  signUpConfirmationState: 'confirmed' | 'unconfirmed';
  codeDeliveryDetails?: CodeDeliveryDetails;
  userSub?: string;
}

export interface ForgotPasswordResult {
  forgotPasswordState: 'confirmationCodeSent' | 'done';
  codeDeliveryDetails?: CodeDeliveryDetails;
}

/** The user is signed out here in any case; `remoteError` says what failed at the service. */
export interface SignOutResult {
  userState: UserState;
  remoteError?: Pick<AuthError, 'name' | 'code' | 'message' | 'retryable' | 'requestId'>;
}

export interface Claims {
  sub?: string;
  iss?: string;
  aud?: string | string[];
  exp?: number;
  iat?: number;
  auth_time?: number;
  token_use?: 'id' | 'access';
  client_id?: string;
  username?: string;
  scope?: string;
  email?: string;
  'cognito:username'?: string;
  'cognito:groups'?: string[];
  [claim: string]: unknown;
}

export interface Token {
  tokenString: string;
  /** The payload, read-only. */
  claims: Claims;
  expiration: Date;
}

export interface Tokens {
  /** Absent where no scope of the sign-in asked for it. */
  idToken?: Token;
  accessToken: Token;
  /** Opaque. */
  refreshToken?: { tokenString: string };
}

export interface AWSCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

export interface Device {
  deviceKey: string;
  attributes: Record<string, string>;
  createDate?: Date;
  lastModifiedDate?: Date;
  lastAuthenticatedDate?: Date;
}

export interface Passkey {
  credentialId: string;
  friendlyCredentialName: string;
  relyingPartyId: string;
  authenticatorAttachment?: string;
  authenticatorTransports: string[];
  createdAt: Date;
}

export interface AuthResponseResult {
  /** False when the URL is no authorization response of ours. */
  handled: boolean;
  userState: UserState;
  /** Where the sign-in was started from, as given to `showSignIn`. */
  returnTo?: string;
}

// --- arguments

type Metadata = { clientMetadata?: Record<string, string> };
/** `facebook`, `google`, …, or a SAML or OIDC provider as the identity pool names it. */
export type ProviderName = 'facebook' | 'google' | 'amazon' | 'apple' | 'twitter' | 'developer' | (string & {});

export interface SignUpInput extends CallOptions, Metadata {
  username: string;
  password?: string;
  userAttributes?: Record<string, string>;
  validationData?: Record<string, string>;
}

export interface SignInInput extends CallOptions, Metadata {
  username: string;
  password?: string;
  /** USER_SRP_AUTH by default. */
  authFlow?: AuthFlow;
  /** Of USER_AUTH. */
  preferredChallenge?: FirstFactor;
  /** Of WEB_AUTHN: the passkey is offered in the autofill of an input with autocomplete="username webauthn". */
  mediation?: 'conditional';
  validationData?: Record<string, string>;
  /** true marks a tracked browser as remembered, false keeps it from being tracked; the pool decides by default. */
  rememberDevice?: boolean;
}

export interface ConfirmSignInInput extends CallOptions, Metadata {
  /** The code, the new password, the chosen factor, the answer to a custom challenge. */
  challengeResponse: string;
  userAttributes?: Record<string, string>;
  friendlyDeviceName?: string;
}

export interface HostedUIOptions {
  scopes?: string[];
  identityProvider?: ProviderName;
  idpIdentifier?: string;
  federationProviderName?: string;
  signInURIQueryParameters?: Record<string, string>;
  disableFederation?: boolean;
  /** The user name that the sign-in page begins with. */
  loginHint?: string;
  /** The language of the sign-in page, such as `de` or `pt-BR`. */
  lang?: string;
  /** `none`, `login`, `consent` or `select_account`. */
  prompt?: string;
  /** One of the configured ones; without it that of this page, else the first of this origin. */
  redirectURI?: string;
  /** A URL of this origin, handed back by `handleAuthResponse`. */
  returnTo?: string;
  /** 'redirect' by default. */
  mode?: 'redirect' | 'popup';
}

export interface DropInOptions extends CallOptions {
  hostedUI?: undefined;
  canCancel?: boolean;
  /** A URL. */
  logoImage?: string;
  /** A CSS colour. */
  backgroundColor?: string;
  /** A CSS colour. */
  primaryColor?: string;
  disableSignUp?: boolean;
  startWithSignUp?: boolean;
  /** Where it is shown, an element or a selector; a modal dialog without it. */
  container?: Element | string;
}

export interface DeviceOperations {
  get(input?: CallOptions & { deviceKey?: string }): Promise<Device>;
  list(input?: CallOptions & { limit?: number; paginationToken?: string }): Promise<{ devices: Device[]; paginationToken?: string }>;
  updateStatus(input: CallOptions & { remembered: boolean; deviceKey?: string }): Promise<void>;
  forget(input?: CallOptions & { deviceKey?: string }): Promise<void>;
}

// --- the client

export interface AmplifyAuthEventMap {
  userstatechange: CustomEvent<UserStateChange>;
  /** The browser's storage is full or forbidden; the session lives in memory. */
  storageFallback: CustomEvent<{ error: unknown }>;
  /** This page has refreshed the tokens. */
  tokenRefresh: CustomEvent<object>;
  /** A refresh failed; the detail has an AuthError's fields. The session is kept unless `userstatechange` says otherwise. */
  tokenRefreshFailure: CustomEvent<{ name: string; code: string; message: string; retryable: boolean; requestId?: string }>;
}

export class AmplifyAuth extends EventTarget {
  /** Throws an AuthError when `config` or `storage` cannot be used at all. */
  constructor(options: AmplifyAuthOptions);

  static readonly AuthError: typeof AuthError;
  /** `decodeJWT`, for pages that have the classic script. */
  static readonly decodeJWT: typeof decodeJWT;
  /** Which build this is; the element takes no client of another one. */
  static readonly release: string;

  /**
   * The state once the configuration has been read and an authorization response in the URL has been dealt with. Without
   * a usable stored session the engine begins to load; it is not waited for.
   */
  initialize(options?: CallOptions): Promise<UserStateChange>;
  /** `initialize()` as a property. */
  readonly ready: Promise<UserStateChange>;
  /** Frees everything; later calls reject with `Closed`. Nothing stored is removed. */
  close(): void;

  /** The configuration as it was given, once it has been read. */
  readonly configuration: Promise<object>;

  readonly currentUserState: UserState;
  /** `currentUserState` is `signedIn`. */
  readonly isSignedIn: boolean;
  /** The same. */
  readonly isLoggedIn: boolean;
  /** Of a signed-in user, or of one whose session has expired for good. */
  readonly username: string | undefined;
  readonly userSub: string | undefined;
  /** Of the identity pool, as far as it is known in this browser. */
  readonly identityId: string | undefined;
  /**
   * The listener gets the current state, then each change once and in order, always in a microtask of its own.
   * @returns a function that removes it
   */
  addUserStateListener(listener: UserStateListener): () => void;
  removeUserStateListener(listener: UserStateListener): void;
  addEventListener<K extends keyof AmplifyAuthEventMap>(type: K, listener: (this: AmplifyAuth, event: AmplifyAuthEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof AmplifyAuthEventMap>(type: K, listener: (this: AmplifyAuth, event: AmplifyAuthEventMap[K]) => void,
    options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;

  signUp(input: SignUpInput): Promise<SignUpResult>;
  confirmSignUp(input: CallOptions & Metadata & { username: string; confirmationCode: string; forceAliasCreation?: boolean }): Promise<SignUpResult>;
  resendSignUpCode(input: CallOptions & Metadata & { username: string }): Promise<SignUpResult>;

  signIn(input: SignInInput): Promise<SignInResult>;
  confirmSignIn(input: ConfirmSignInInput): Promise<SignInResult>;
  /** Signs in the user who has just confirmed the sign-up. */
  autoSignIn(options?: CallOptions): Promise<SignInResult>;
  /** The sign-in that waits for `confirmSignIn`, also after a reload. */
  getPendingSignIn(options?: CallOptions): Promise<PendingSignIn | undefined>;
  cancelSignIn(options?: CallOptions): Promise<void>;

  signOut(input?: CallOptions & {
    /** Ends all sessions of the user. */
    signOutGlobally?: boolean;
    /** Revokes the refresh token; true by default. */
    invalidateTokens?: boolean;
    /** false stays in the page after a hosted-UI sign-in. */
    redirect?: boolean;
  }): Promise<SignOutResult>;
  deleteUser(options?: CallOptions): Promise<void>;

  forgotPassword(input: CallOptions & Metadata & { username: string }): Promise<ForgotPasswordResult>;
  confirmForgotPassword(input: CallOptions & Metadata & { username: string; newPassword: string; confirmationCode: string }): Promise<ForgotPasswordResult>;
  changePassword(input: CallOptions & { currentPassword: string; proposedPassword: string }): Promise<void>;

  getUserAttributes(options?: CallOptions): Promise<Record<string, string>>;
  /** @returns the codes that were sent to verify new addresses */
  updateUserAttributes(input: CallOptions & Metadata & { attributes: Record<string, string> }): Promise<CodeDeliveryDetails[]>;
  deleteUserAttributes(input: CallOptions & { names: string[] }): Promise<void>;
  /** Sends a code to an e-mail address or phone number. */
  verifyUserAttribute(input: CallOptions & Metadata & { name: string }): Promise<CodeDeliveryDetails>;
  confirmVerifyUserAttribute(input: CallOptions & { name: string; confirmationCode: string }): Promise<void>;

  setUpTOTP(input?: CallOptions & {
    /** Shown in the authenticator app, without a colon; the page's host name by default. */
    issuer?: string;
  }): Promise<TOTPSetup>;
  verifyTOTPSetup(input: CallOptions & { code: string; deviceName?: string }): Promise<void>;
  getMFAPreference(options?: CallOptions): Promise<{ enabled: ('sms' | 'totp' | 'email')[]; preferred?: 'sms' | 'totp' | 'email' }>;
  setMFAPreference(input: CallOptions & { sms?: MFASetting; totp?: MFASetting; email?: MFASetting }): Promise<void>;

  registerPasskey(options?: CallOptions): Promise<void>;
  listPasskeys(input?: CallOptions & { nextToken?: string }): Promise<{ credentials: Passkey[]; nextToken?: string }>;
  deletePasskey(input: CallOptions & { credentialId: string }): Promise<void>;

  /** The stored tokens while they are good, else refreshed ones. See `onExpired` for a session that has expired for good. */
  getTokens(options?: CallOptions & Metadata & {
    forceRefresh?: boolean;
    /** Overrides `onExpired` for this call. */
    wait?: boolean;
  }): Promise<Tokens>;
  getAWSCredentials(options?: CallOptions & {
    forceRefresh?: boolean;
    /** Overrides `onExpired` for this call. */
    wait?: boolean;
  }): Promise<AWSCredentials>;
  /**
   * What clients of the AWS SDK for JavaScript v3 take as `credentials`; the same function every time. A client that outlives
   * its user signs with the next one's.
   */
  readonly credentialsProvider: { (settings?: { forceRefresh?: boolean }): Promise<AWSCredentials>; memoized: true };
  getIdentityId(options?: CallOptions): Promise<string>;
  /** Rejects the calls that wait for a new sign-in. */
  releaseSignInWait(options?: CallOptions): Promise<void>;
  /** The request with the headers of AWS Signature Version 4, for `fetch`. Its body is read to the end. */
  signRequest(request: Request | string | URL, options: CallOptions & { service: string; region: string }): Promise<Request>;

  federatedSignIn(input: CallOptions & { providerName: ProviderName; token: string; customRoleARN?: string; cognitoIdentityId?: string }): Promise<{ userState: UserState }>;

  /** The hosted UI. With mode 'redirect' the page is left and the promise stays pending. */
  showSignIn(options: CallOptions & { hostedUI: HostedUIOptions }): Promise<{ userState: UserState }>;
  /** The drop-in element; rejects with `UserCancelledSignIn` when it is closed and with `AbortError` when the page removes it. */
  showSignIn(options?: DropInOptions): Promise<{ userState: UserState }>;
  /**
   * Completes a hosted-UI sign-in from an authorization response. Without a URL: what came of the response that the page
   * was opened with, however often it is asked.
   */
  handleAuthResponse(url?: string | URL, options?: CallOptions): Promise<AuthResponseResult>;

  readonly deviceOperations: DeviceOperations;
}

/** The claims of a JWT, its signature not checked; undefined when it is no JWT. */
export function decodeJWT(token: string): Claims | undefined;
