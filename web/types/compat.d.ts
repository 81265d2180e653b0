// Amplify v6's functions and types for Auth, from one module: what `aws-amplify`, `aws-amplify/auth`,
// `aws-amplify/auth/cognito` and `aws-amplify/utils` export of it. A test holds them to aws-amplify's own declarations.
import { AuthError as OwnAuthError } from './amplify-auth.js';
import type { KeyValueStorage } from './amplify-auth.js';

export class AuthError extends OwnAuthError {
  readonly recoverySuggestion?: string;
  readonly underlyingError?: unknown;
  readonly metadata?: { requestId?: string };
}

type ClientMetadata = Record<string, string>;
type Options = Record<string, unknown>;
type WithMetadata = Options & { clientMetadata?: ClientMetadata };

// --- configuration and events

export type OAuthProvider = 'Amazon' | 'Apple' | 'Facebook' | 'Google';

export interface OAuthConfig {
  domain: string;
  scopes: ('openid' | 'email' | 'phone' | 'profile' | 'aws.cognito.signin.user.admin' | (string & {}))[];
  redirectSignIn: string[];
  redirectSignOut: string[];
  responseType: 'code' | 'token';
  providers?: (OAuthProvider | { custom: string })[];
}

export interface CognitoUserPoolConfig {
  userPoolId: string;
  userPoolClientId: string;
  userPoolEndpoint?: string;
  signUpVerificationMethod?: 'code' | 'link';
  loginWith?: { oauth?: OAuthConfig; username?: boolean; email?: boolean; phone?: boolean };
  userAttributes?: { [Key in StandardAttributeKey]?: { required: boolean } };
  mfa?: { status?: 'on' | 'off' | 'optional'; totpEnabled?: boolean; smsEnabled?: boolean };
  passwordFormat?: {
    minLength?: number;
    requireLowercase?: boolean;
    requireUppercase?: boolean;
    requireNumbers?: boolean;
    requireSpecialCharacters?: boolean;
  };
  groups?: Record<string, Record<string, number>>[];
  passwordless?: {
    emailOtpEnabled?: boolean;
    smsOtpEnabled?: boolean;
    webAuthn?: { relyingPartyId?: string; userVerification?: string };
    preferredChallenge?: 'EMAIL_OTP' | 'SMS_OTP' | 'WEB_AUTHN';
  };
}

export interface CognitoIdentityPoolConfig {
  identityPoolId: string;
  identityPoolEndpoint?: string;
  allowGuestAccess?: boolean;
}

type Without<T> = { [Key in keyof T]?: never };

export interface AuthUserPoolConfig { Cognito: CognitoUserPoolConfig & Without<CognitoIdentityPoolConfig> }
export interface AuthIdentityPoolConfig { Cognito: CognitoIdentityPoolConfig & Without<CognitoUserPoolConfig> }
export interface AuthUserPoolAndIdentityPoolConfig { Cognito: CognitoUserPoolConfig & CognitoIdentityPoolConfig }
export type AuthConfig = AuthUserPoolConfig | AuthIdentityPoolConfig | AuthUserPoolAndIdentityPoolConfig;

/** The parts for other categories are carried and not used. */
export interface ResourcesConfig {
  Auth?: AuthConfig;
  API?: object;
  Analytics?: object;
  Geo?: object;
  Interactions?: object;
  Notifications?: object;
  Predictions?: object;
  Storage?: object;
}

export interface LibraryOptions {
  /** Keeps the session in cookies. */
  ssr?: boolean;
  /** Providers of one's own are refused with `PlatformNotSupported`. */
  Auth?: {
    tokenProvider?: TokenProvider;
    credentialsProvider?: CredentialsAndIdentityIdProvider;
    /** Added to requests to Cognito. */
    headers?: () => Promise<Record<string, string>>;
  };
}

export const Amplify: {
  /** Takes amplify_outputs.json, aws-exports or a ResourcesConfig; replaces what was configured before. */
  configure(config: ResourcesConfig | object, libraryOptions?: LibraryOptions): void;
  getConfig(): ResourcesConfig;
};

/** A configured client of its own: given as the first argument, a call is for it and not for what `Amplify.configure` configured. */
export interface AmplifyContext {
  readonly resourcesConfig: Readonly<ResourcesConfig>;
  readonly libraryOptions: Readonly<LibraryOptions>;
  readonly token: { readonly value: symbol };
  fetchAuthSession(options?: FetchAuthSessionOptions): Promise<AuthSession>;
  /** AWS credentials are fetched anew when they are next asked for. */
  clearCredentials(): Promise<void>;
  getTokens(options: FetchAuthSessionOptions): Promise<AuthTokens | undefined>;
}

/** Takes what `Amplify.configure` takes. Two contexts of one app client share its session. */
export function createAmplifyContext(config: ResourcesConfig | object, libraryOptions?: LibraryOptions): AmplifyContext;

/** Any configuration that `Amplify.configure` takes as a ResourcesConfig; of other formats than that the part for Auth. */
export function parseAmplifyConfig(config: ResourcesConfig | object): ResourcesConfig;

export const cognitoUserPoolsTokenProvider: {
  setKeyValueStorage(storage: KeyValueStorageInterface): void;
  /** What the pool's triggers get of a refresh, unless `fetchAuthSession` is given its own. */
  setClientMetadataProvider(provider: () => Promise<ClientMetadata>): void;
};

export interface KeyValueStorageInterface extends KeyValueStorage {
  setItem(key: string, value: string): Promise<void>;
  getItem(key: string): Promise<string | null>;
  removeItem(key: string): Promise<void>;
  clear(): Promise<void>;
}
export const defaultStorage: KeyValueStorageInterface;
export const sessionStorage: KeyValueStorageInterface;
export class CookieStorage implements KeyValueStorageInterface {
  constructor(options?: { domain?: string; path?: string; expires?: number; sameSite?: 'strict' | 'lax' | 'none'; secure?: boolean });
  setItem(key: string, value: string): Promise<void>;
  getItem(key: string): Promise<string | null>;
  removeItem(key: string): Promise<void>;
  clear(): Promise<void>;
}

export interface HubPayload { event: string; data?: any; message?: string }
export interface HubCapsule<Channel extends string = string, Payload extends HubPayload = HubPayload> {
  channel: Channel;
  payload: Payload;
  source: string;
  patternInfo?: string[];
}
export const Hub: {
  listen(channel: 'auth' | 'core' | (string & {}), callback: (capsule: HubCapsule<any, any>) => void, listenerName?: string): () => void;
  dispatch(channel: string, payload: HubPayload, source?: string): void;
};

// --- shapes

export type AuthFlowType = 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH' | 'CUSTOM_WITH_SRP' | 'CUSTOM_WITHOUT_SRP' | 'USER_AUTH';
type FirstFactor = 'WEB_AUTHN' | 'EMAIL_OTP' | 'SMS_OTP' | 'PASSWORD' | 'PASSWORD_SRP';
type ChallengeName =
  | FirstFactor | 'SMS_MFA' | 'SOFTWARE_TOKEN_MFA' | 'SELECT_MFA_TYPE' | 'SELECT_CHALLENGE' | 'MFA_SETUP' | 'PASSWORD_VERIFIER'
  | 'CUSTOM_CHALLENGE' | 'DEVICE_SRP_AUTH' | 'DEVICE_PASSWORD_VERIFIER' | 'ADMIN_NO_SRP_AUTH' | 'NEW_PASSWORD_REQUIRED';
export type MFAType = 'SMS' | 'TOTP' | 'EMAIL';
export type MFAPreference = 'ENABLED' | 'DISABLED' | 'PREFERRED' | 'NOT_PREFERRED';

export type VerifiableUserAttributeKey = 'email' | 'phone_number';
type StandardAttributeKey =
  | VerifiableUserAttributeKey | 'address' | 'birthdate' | 'email_verified' | 'family_name' | 'gender' | 'given_name' | 'locale'
  | 'middle_name' | 'name' | 'nickname' | 'phone_number_verified' | 'picture' | 'preferred_username' | 'profile' | 'sub'
  | 'updated_at' | 'website' | 'zoneinfo';
export type UserAttributeKey = StandardAttributeKey | (string & {});
type UserAttributes = { [Key in UserAttributeKey]?: string };

export interface CodeDeliveryDetails<Key extends UserAttributeKey = UserAttributeKey> {
  destination?: string;
  deliveryMedium?: 'EMAIL' | 'SMS' | 'PHONE' | 'UNKNOWN';
  attributeName?: Key;
}

type JSONValue = null | string | number | boolean | JSONValue[] | { [key: string]: JSONValue };
export interface JWT {
  payload: {
    exp?: number;
    iss?: string;
    aud?: string | string[];
    nbf?: number;
    iat?: number;
    scope?: string;
    jti?: string;
    sub?: string;
  } & { [claim: string]: JSONValue };
  toString(): string;
}

export interface SignInDetails { loginId?: string; authFlowType?: AuthFlowType }
export interface AuthUser { username: string; userId: string; signInDetails?: SignInDetails }

export interface AuthTokens { accessToken: JWT; idToken?: JWT; signInDetails?: SignInDetails }
interface Credentials { accessKeyId: string; secretAccessKey: string; sessionToken?: string; expiration?: Date }
export interface AuthSession { tokens?: AuthTokens; credentials?: Credentials; identityId?: string; userSub?: string }
export interface FetchAuthSessionOptions { forceRefresh?: boolean; clientMetadata?: ClientMetadata }

export interface TokenProvider { getTokens(options?: { forceRefresh?: boolean }): Promise<AuthTokens | null> }
export type GetCredentialsOptions = { forceRefresh?: boolean; authConfig: AuthConfig | undefined }
  & ({ authenticated: true; tokens: AuthTokens } | { authenticated: false; tokens?: never });
export interface CredentialsAndIdentityId { credentials: Credentials; identityId?: string }
export interface CredentialsAndIdentityIdProvider {
  getCredentialsAndIdentityId(options: GetCredentialsOptions): Promise<CredentialsAndIdentityId | undefined>;
  clearCredentialsAndIdentityId(): void;
}

// --- sign-up and sign-in

export interface SignInOptions extends Options { authFlowType?: AuthFlowType; clientMetadata?: ClientMetadata; preferredChallenge?: FirstFactor }
export interface SignInInput { username: string; password?: string; options?: SignInOptions }
export type SignInNextStep =
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE'; additionalInfo?: Record<string, string> }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED'; missingAttributes?: UserAttributeKey[] }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_SMS_CODE'; codeDeliveryDetails?: CodeDeliveryDetails }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE'; codeDeliveryDetails?: CodeDeliveryDetails }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION'; availableChallenges?: ChallengeName[] }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION'; allowedMFATypes?: MFAType[] }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION'; allowedMFATypes?: MFAType[] }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP'; totpSetupDetails: SetUpTOTPOutput }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP' }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE' }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_PASSWORD' }
  | { signInStep: 'CONFIRM_SIGN_UP' }
  | { signInStep: 'RESET_PASSWORD' }
  | { signInStep: 'DONE' };
export interface SignInOutput { isSignedIn: boolean; nextStep: SignInNextStep }
export function signIn(context: AmplifyContext, input: SignInInput): Promise<SignInOutput>;
export function signIn(input: SignInInput): Promise<SignInOutput>;

export interface ConfirmSignInInput {
  challengeResponse: string;
  options?: WithMetadata & { userAttributes?: UserAttributes; friendlyDeviceName?: string };
}
export type ConfirmSignInOutput = SignInOutput;
export function confirmSignIn(context: AmplifyContext, input: ConfirmSignInInput): Promise<ConfirmSignInOutput>;
export function confirmSignIn(input: ConfirmSignInInput): Promise<ConfirmSignInOutput>;

export interface SignUpInput {
  username: string;
  password?: string;
  options?: {
    userAttributes: UserAttributes;
    validationData?: Record<string, string>;
    clientMetadata?: ClientMetadata;
    autoSignIn?: SignInOptions | boolean;
  };
}
export interface SignUpOutput {
  isSignUpComplete: boolean;
  userId?: string;
  nextStep:
    | { signUpStep: 'CONFIRM_SIGN_UP'; codeDeliveryDetails: CodeDeliveryDetails<VerifiableUserAttributeKey> }
    | { signUpStep: 'COMPLETE_AUTO_SIGN_IN'; codeDeliveryDetails?: CodeDeliveryDetails<VerifiableUserAttributeKey> }
    | { signUpStep: 'DONE' };
}
export function signUp(context: AmplifyContext, input: SignUpInput): Promise<SignUpOutput>;
export function signUp(input: SignUpInput): Promise<SignUpOutput>;

export interface ConfirmSignUpInput { username: string; confirmationCode: string; options?: WithMetadata & { forceAliasCreation?: boolean } }
export type ConfirmSignUpOutput = SignUpOutput;
export function confirmSignUp(context: AmplifyContext, input: ConfirmSignUpInput): Promise<ConfirmSignUpOutput>;
export function confirmSignUp(input: ConfirmSignUpInput): Promise<ConfirmSignUpOutput>;

export interface ResendSignUpCodeInput { username: string; options?: WithMetadata }
export type ResendSignUpCodeOutput = CodeDeliveryDetails<VerifiableUserAttributeKey>;
export function resendSignUpCode(context: AmplifyContext, input: ResendSignUpCodeInput): Promise<ResendSignUpCodeOutput>;
export function resendSignUpCode(input: ResendSignUpCodeInput): Promise<ResendSignUpCodeOutput>;

export function autoSignIn(context: AmplifyContext): Promise<SignInOutput>;
export function autoSignIn(): Promise<SignInOutput>;

export interface SignInWithRedirectInput {
  provider?: OAuthProvider | { custom: string; idpIdentifier?: never } | { idpIdentifier: string; custom?: never };
  customState?: string;
  options?: {
    loginHint?: string;
    lang?: 'de' | 'en' | 'es' | 'fr' | 'id' | 'it' | 'ja' | 'ko' | 'pt-BR' | 'zh-CN' | 'zh-TW' | (string & {});
    nonce?: string;
    prompt?: 'NONE' | 'LOGIN' | 'CONSENT' | 'SELECT_ACCOUNT';
    /** Of mobile frameworks; without effect in a browser. */
    authSessionOpener?: (url: string, redirectURLs: string[], preferPrivateSession?: boolean) => Promise<any>;
    preferPrivateSession?: boolean;
  };
}
export function signInWithRedirect(context: AmplifyContext, input?: SignInWithRedirectInput): Promise<void>;
export function signInWithRedirect(input?: SignInWithRedirectInput): Promise<void>;

export interface SignOutInput { global: boolean; oauth?: { redirectUrl?: string } }
export function signOut(context: AmplifyContext, input?: Partial<SignOutInput>): Promise<void>;
export function signOut(input?: Partial<SignOutInput>): Promise<void>;

// --- session

export type GetCurrentUserOutput = AuthUser;
export function getCurrentUser(context: AmplifyContext): Promise<GetCurrentUserOutput>;
export function getCurrentUser(): Promise<GetCurrentUserOutput>;
export function fetchAuthSession(context: AmplifyContext, options?: FetchAuthSessionOptions): Promise<AuthSession>;
export function fetchAuthSession(options?: FetchAuthSessionOptions): Promise<AuthSession>;
export function decodeJWT(token: string): JWT;

// --- passwords

export interface ResetPasswordInput { username: string; options?: WithMetadata }
export interface ResetPasswordOutput {
  isPasswordReset: boolean;
  nextStep: {
    resetPasswordStep: 'CONFIRM_RESET_PASSWORD_WITH_CODE' | 'DONE';
    additionalInfo?: Record<string, string>;
    codeDeliveryDetails: CodeDeliveryDetails<VerifiableUserAttributeKey>;
  };
}
export function resetPassword(context: AmplifyContext, input: ResetPasswordInput): Promise<ResetPasswordOutput>;
export function resetPassword(input: ResetPasswordInput): Promise<ResetPasswordOutput>;
export interface ConfirmResetPasswordInput { username: string; newPassword: string; confirmationCode: string; options?: WithMetadata }
export function confirmResetPassword(context: AmplifyContext, input: ConfirmResetPasswordInput): Promise<void>;
export function confirmResetPassword(input: ConfirmResetPasswordInput): Promise<void>;
export interface UpdatePasswordInput { oldPassword: string; newPassword: string }
export function updatePassword(context: AmplifyContext, input: UpdatePasswordInput): Promise<void>;
export function updatePassword(input: UpdatePasswordInput): Promise<void>;

// --- attributes

export type FetchUserAttributesOutput = UserAttributes;
export function fetchUserAttributes(context: AmplifyContext): Promise<FetchUserAttributesOutput>;
export function fetchUserAttributes(): Promise<FetchUserAttributesOutput>;
export interface UpdateUserAttributesInput { userAttributes: UserAttributes; options?: WithMetadata }
export interface UpdateUserAttributeOutput {
  isUpdated: boolean;
  nextStep: { updateAttributeStep: 'CONFIRM_ATTRIBUTE_WITH_CODE' | 'DONE'; codeDeliveryDetails?: CodeDeliveryDetails };
}
export type UpdateUserAttributesOutput = { [Key in UserAttributeKey]: UpdateUserAttributeOutput };
export function updateUserAttributes(context: AmplifyContext, input: UpdateUserAttributesInput): Promise<UpdateUserAttributesOutput>;
export function updateUserAttributes(input: UpdateUserAttributesInput): Promise<UpdateUserAttributesOutput>;
export interface UpdateUserAttributeInput { userAttribute: { attributeKey: UserAttributeKey; value: string }; options?: WithMetadata }
export function updateUserAttribute(context: AmplifyContext, input: UpdateUserAttributeInput): Promise<UpdateUserAttributeOutput>;
export function updateUserAttribute(input: UpdateUserAttributeInput): Promise<UpdateUserAttributeOutput>;
export interface ConfirmUserAttributeInput { userAttributeKey: VerifiableUserAttributeKey; confirmationCode: string }
export function confirmUserAttribute(context: AmplifyContext, input: ConfirmUserAttributeInput): Promise<void>;
export function confirmUserAttribute(input: ConfirmUserAttributeInput): Promise<void>;
export interface SendUserAttributeVerificationCodeInput { userAttributeKey: VerifiableUserAttributeKey; options?: WithMetadata }
export type SendUserAttributeVerificationCodeOutput = CodeDeliveryDetails<VerifiableUserAttributeKey>;
export function sendUserAttributeVerificationCode(context: AmplifyContext, input: SendUserAttributeVerificationCodeInput): Promise<SendUserAttributeVerificationCodeOutput>;
export function sendUserAttributeVerificationCode(input: SendUserAttributeVerificationCodeInput): Promise<SendUserAttributeVerificationCodeOutput>;
export interface DeleteUserAttributesInput { userAttributeKeys: [UserAttributeKey, ...UserAttributeKey[]] }
export function deleteUserAttributes(context: AmplifyContext, input: DeleteUserAttributesInput): Promise<void>;
export function deleteUserAttributes(input: DeleteUserAttributesInput): Promise<void>;
export function deleteUser(context: AmplifyContext): Promise<void>;
export function deleteUser(): Promise<void>;

// --- MFA

export interface SetUpTOTPOutput { sharedSecret: string; getSetupUri(appName: string, accountName?: string): URL }
export function setUpTOTP(context: AmplifyContext): Promise<SetUpTOTPOutput>;
export function setUpTOTP(): Promise<SetUpTOTPOutput>;
export interface VerifyTOTPSetupInput { code: string; options?: Options & { friendlyDeviceName?: string } }
export function verifyTOTPSetup(context: AmplifyContext, input: VerifyTOTPSetupInput): Promise<void>;
export function verifyTOTPSetup(input: VerifyTOTPSetupInput): Promise<void>;
export interface FetchMFAPreferenceOutput { enabled?: MFAType[]; preferred?: MFAType }
export function fetchMFAPreference(context: AmplifyContext): Promise<FetchMFAPreferenceOutput>;
export function fetchMFAPreference(): Promise<FetchMFAPreferenceOutput>;
export interface UpdateMFAPreferenceInput { sms?: MFAPreference; totp?: MFAPreference; email?: MFAPreference }
export function updateMFAPreference(context: AmplifyContext, input: UpdateMFAPreferenceInput): Promise<void>;
export function updateMFAPreference(input: UpdateMFAPreferenceInput): Promise<void>;

// --- devices and passkeys

export function rememberDevice(context: AmplifyContext): Promise<void>;
export function rememberDevice(): Promise<void>;
export interface ForgetDeviceInput { device?: { id: string; name?: string } }
export function forgetDevice(context: AmplifyContext, input?: ForgetDeviceInput): Promise<void>;
export function forgetDevice(input?: ForgetDeviceInput): Promise<void>;
export type FetchDevicesOutput = {
  id: string;
  name?: string;
  attributes: { device_status?: string; device_name?: string; last_ip_used?: string } & Record<string, string>;
  createDate?: Date;
  lastModifiedDate?: Date;
  lastAuthenticatedDate?: Date;
}[];
export function fetchDevices(context: AmplifyContext): Promise<FetchDevicesOutput>;
export function fetchDevices(): Promise<FetchDevicesOutput>;

export interface AuthWebAuthnCredential {
  credentialId: string | undefined;
  friendlyCredentialName: string | undefined;
  relyingPartyId: string | undefined;
  authenticatorAttachment?: string;
  authenticatorTransports: string[] | undefined;
  createdAt: Date | undefined;
}
export function associateWebAuthnCredential(context: AmplifyContext): Promise<void>;
export function associateWebAuthnCredential(): Promise<void>;
export interface ListWebAuthnCredentialsInput { pageSize?: number; nextToken?: string }
export interface ListWebAuthnCredentialsOutput { credentials: AuthWebAuthnCredential[]; nextToken?: string }
export function listWebAuthnCredentials(context: AmplifyContext, input?: ListWebAuthnCredentialsInput): Promise<ListWebAuthnCredentialsOutput>;
export function listWebAuthnCredentials(input?: ListWebAuthnCredentialsInput): Promise<ListWebAuthnCredentialsOutput>;
export interface DeleteWebAuthnCredentialInput { credentialId: string }
export function deleteWebAuthnCredential(context: AmplifyContext, input: DeleteWebAuthnCredentialInput): Promise<void>;
export function deleteWebAuthnCredential(input: DeleteWebAuthnCredentialInput): Promise<void>;
