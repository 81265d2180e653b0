// Amplify v6's functions for Auth, from one module: what `aws-amplify`, `aws-amplify/auth`, `aws-amplify/auth/cognito` and
// `aws-amplify/utils` export of it.
import type { AWSCredentials, Claims, KeyValueStorage } from './amplify-auth.js';

export { AuthError } from './amplify-auth.js';

type ClientMetadata = Record<string, string>;
interface WithMetadata { clientMetadata?: ClientMetadata }

// --- configuration and events

export interface LibraryOptions {
  /** Keeps the session in cookies. */
  ssr?: boolean;
}

export const Amplify: {
  /** Takes amplify_outputs.json, aws-exports or a ResourcesConfig; replaces what was configured before. */
  configure(config: object, libraryOptions?: LibraryOptions): void;
  /** In the shape of ResourcesConfig. */
  getConfig(): { Auth?: { Cognito: { userPoolId?: string; userPoolClientId?: string; identityPoolId?: string; [key: string]: unknown } } };
};

export const cognitoUserPoolsTokenProvider: { setKeyValueStorage(storage: KeyValueStorageInterface): void };

export interface KeyValueStorageInterface extends KeyValueStorage {
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
export interface HubCapsule { channel: string; payload: HubPayload; source: string; patternInfo?: string[] }
export const Hub: {
  listen(channel: 'auth' | 'core' | (string & {}), callback: (capsule: HubCapsule) => void, listenerName?: string): () => void;
  dispatch(channel: string, payload: HubPayload, source?: string): void;
};

// --- shapes

export type AuthFlowType = 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH' | 'CUSTOM_WITH_SRP' | 'CUSTOM_WITHOUT_SRP' | 'USER_AUTH';
export type ChallengeName = 'WEB_AUTHN' | 'EMAIL_OTP' | 'SMS_OTP' | 'PASSWORD' | 'PASSWORD_SRP';
export type MFAType = 'SMS' | 'TOTP' | 'EMAIL';
export type MFAPreference = 'ENABLED' | 'DISABLED' | 'PREFERRED' | 'NOT_PREFERRED';
export interface CodeDeliveryDetails { destination?: string; deliveryMedium?: 'EMAIL' | 'SMS'; attributeName?: string }
export interface SetUpTOTPOutput { sharedSecret: string; getSetupUri(appName: string, accountName?: string): URL }
export interface JWT { payload: Claims; toString(): string }
export interface SignInDetails { loginId?: string; authFlowType?: AuthFlowType }

export type SignInNextStep =
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE'; additionalInfo?: Record<string, string> }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED'; missingAttributes?: string[] }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_SMS_CODE' | 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE'; codeDeliveryDetails?: CodeDeliveryDetails }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION'; availableChallenges?: ChallengeName[] }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION' | 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION'; allowedMFATypes?: MFAType[] }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP'; totpSetupDetails: SetUpTOTPOutput }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE' | 'CONFIRM_SIGN_IN_WITH_PASSWORD' | 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP'
      | 'CONFIRM_SIGN_UP' | 'RESET_PASSWORD' | 'DONE' };
export interface SignInOutput { isSignedIn: boolean; nextStep: SignInNextStep }
export interface SignUpOutput {
  isSignUpComplete: boolean;
  userId?: string;
  nextStep: { signUpStep: 'CONFIRM_SIGN_UP' | 'COMPLETE_AUTO_SIGN_IN' | 'DONE'; codeDeliveryDetails?: CodeDeliveryDetails };
}
export interface ResetPasswordOutput {
  isPasswordReset: boolean;
  nextStep: { resetPasswordStep: 'CONFIRM_RESET_PASSWORD_WITH_CODE' | 'DONE'; codeDeliveryDetails: CodeDeliveryDetails };
}
export interface UpdateUserAttributeOutput {
  isUpdated: boolean;
  nextStep: { updateAttributeStep: 'CONFIRM_ATTRIBUTE_WITH_CODE' | 'DONE'; codeDeliveryDetails?: CodeDeliveryDetails };
}
export interface SignInOptions extends WithMetadata { authFlowType?: AuthFlowType; preferredChallenge?: ChallengeName }

// --- sign-up and sign-in

export function signUp(input: {
  username: string;
  password?: string;
  options?: WithMetadata & {
    userAttributes?: Record<string, string>;
    autoSignIn?: boolean | SignInOptions;
    validationData?: Record<string, string>;
  };
}): Promise<SignUpOutput>;
export function confirmSignUp(input: { username: string; confirmationCode: string; options?: WithMetadata & { forceAliasCreation?: boolean } }): Promise<SignUpOutput>;
export function resendSignUpCode(input: { username: string; options?: WithMetadata }): Promise<CodeDeliveryDetails>;
export function autoSignIn(): Promise<SignInOutput>;
export function signIn(input: { username: string; password?: string; options?: SignInOptions }): Promise<SignInOutput>;
export function confirmSignIn(input: {
  challengeResponse: string;
  options?: WithMetadata & { userAttributes?: Record<string, string>; friendlyDeviceName?: string };
}): Promise<SignInOutput>;
export function signInWithRedirect(input?: {
  provider?: 'Amazon' | 'Apple' | 'Facebook' | 'Google' | { custom: string } | { idpIdentifier: string };
  customState?: string;
  options?: {
    loginHint?: string;
    lang?: string;
    nonce?: string;
    prompt?: 'NONE' | 'LOGIN' | 'CONSENT' | 'SELECT_ACCOUNT' | ('LOGIN' | 'CONSENT' | 'SELECT_ACCOUNT')[];
  };
}): Promise<void>;
export function signOut(input?: { global?: boolean; oauth?: { redirectUrl: string } }): Promise<void>;

// --- session

export function getCurrentUser(): Promise<{ username: string; userId: string; signInDetails?: SignInDetails }>;
export function fetchAuthSession(options?: WithMetadata & { forceRefresh?: boolean }): Promise<{
  tokens?: { accessToken: JWT; idToken?: JWT; signInDetails?: SignInDetails };
  credentials?: AWSCredentials;
  identityId?: string;
  userSub?: string;
}>;
export function decodeJWT(token: string): JWT;

// --- account

export function fetchUserAttributes(): Promise<Record<string, string>>;
export function updateUserAttributes(input: { userAttributes: Record<string, string>; options?: WithMetadata }): Promise<Record<string, UpdateUserAttributeOutput>>;
export function updateUserAttribute(input: { userAttribute: { attributeKey: string; value: string }; options?: WithMetadata }): Promise<UpdateUserAttributeOutput>;
export function confirmUserAttribute(input: { userAttributeKey: string; confirmationCode: string }): Promise<void>;
export function sendUserAttributeVerificationCode(input: { userAttributeKey: string; options?: WithMetadata }): Promise<CodeDeliveryDetails>;
export function deleteUserAttributes(input: { userAttributeKeys: string[] }): Promise<void>;
export function resetPassword(input: { username: string; options?: WithMetadata }): Promise<ResetPasswordOutput>;
export function confirmResetPassword(input: { username: string; newPassword: string; confirmationCode: string; options?: WithMetadata }): Promise<void>;
export function updatePassword(input: { oldPassword: string; newPassword: string }): Promise<void>;
export function deleteUser(): Promise<void>;
export function setUpTOTP(): Promise<SetUpTOTPOutput>;
export function verifyTOTPSetup(input: { code: string; options?: { friendlyDeviceName?: string } }): Promise<void>;
export function fetchMFAPreference(): Promise<{ enabled?: MFAType[]; preferred?: MFAType }>;
export function updateMFAPreference(input: { sms?: MFAPreference; totp?: MFAPreference; email?: MFAPreference }): Promise<void>;
export function rememberDevice(): Promise<void>;
export function forgetDevice(input?: { device?: { id: string } }): Promise<void>;
export function fetchDevices(): Promise<{
  id: string;
  name?: string;
  attributes: Record<string, string>;
  createDate?: Date;
  lastModifiedDate?: Date;
  lastAuthenticatedDate?: Date;
}[]>;
export function associateWebAuthnCredential(): Promise<void>;
export function listWebAuthnCredentials(input?: { pageSize?: number; nextToken?: string }): Promise<{
  credentials: {
    credentialId: string;
    friendlyCredentialName: string;
    relyingPartyId: string;
    authenticatorAttachment?: string;
    authenticatorTransports: string[];
    createdAt: Date;
  }[];
  nextToken?: string;
}>;
export function deleteWebAuthnCredential(input: { credentialId: string }): Promise<void>;
