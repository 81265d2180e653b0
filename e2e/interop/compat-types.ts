// Compiled against aws-amplify's own declarations: every type that `aws-amplify/auth` exports is exported by compat with the
// same meaning, and every function takes and gives the same. `aws` is theirs, `ours` is compat.
import type * as aws from 'aws-amplify/auth';
import type * as ours from 'amplify-auth/compat';
import type { AmplifyContext, ResourcesConfig } from 'aws-amplify';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : ['theirs is not ours', B]) : ['ours is not theirs', A];

export const types: { [Name in keyof Types]: true } = {} as Types;

interface Types {
  ConfirmResetPasswordInput: Same<ours.ConfirmResetPasswordInput, aws.ConfirmResetPasswordInput>;
  ConfirmSignInInput: Same<ours.ConfirmSignInInput, aws.ConfirmSignInInput>;
  ConfirmSignUpInput: Same<ours.ConfirmSignUpInput, aws.ConfirmSignUpInput>;
  ConfirmUserAttributeInput: Same<ours.ConfirmUserAttributeInput, aws.ConfirmUserAttributeInput>;
  ResendSignUpCodeInput: Same<ours.ResendSignUpCodeInput, aws.ResendSignUpCodeInput>;
  ResetPasswordInput: Same<ours.ResetPasswordInput, aws.ResetPasswordInput>;
  SignInInput: Same<ours.SignInInput, aws.SignInInput>;
  SignInWithRedirectInput: Same<ours.SignInWithRedirectInput, aws.SignInWithRedirectInput>;
  SignOutInput: Same<ours.SignOutInput, aws.SignOutInput>;
  SignUpInput: Same<ours.SignUpInput, aws.SignUpInput>;
  UpdateMFAPreferenceInput: Same<ours.UpdateMFAPreferenceInput, aws.UpdateMFAPreferenceInput>;
  UpdatePasswordInput: Same<ours.UpdatePasswordInput, aws.UpdatePasswordInput>;
  UpdateUserAttributesInput: Same<ours.UpdateUserAttributesInput, aws.UpdateUserAttributesInput>;
  UpdateUserAttributeInput: Same<ours.UpdateUserAttributeInput, aws.UpdateUserAttributeInput>;
  VerifyTOTPSetupInput: Same<ours.VerifyTOTPSetupInput, aws.VerifyTOTPSetupInput>;
  SendUserAttributeVerificationCodeInput: Same<ours.SendUserAttributeVerificationCodeInput, aws.SendUserAttributeVerificationCodeInput>;
  DeleteUserAttributesInput: Same<ours.DeleteUserAttributesInput, aws.DeleteUserAttributesInput>;
  ForgetDeviceInput: Same<ours.ForgetDeviceInput, aws.ForgetDeviceInput>;
  FetchUserAttributesOutput: Same<ours.FetchUserAttributesOutput, aws.FetchUserAttributesOutput>;
  GetCurrentUserOutput: Same<ours.GetCurrentUserOutput, aws.GetCurrentUserOutput>;
  ConfirmSignInOutput: Same<ours.ConfirmSignInOutput, aws.ConfirmSignInOutput>;
  ConfirmSignUpOutput: Same<ours.ConfirmSignUpOutput, aws.ConfirmSignUpOutput>;
  FetchMFAPreferenceOutput: Same<ours.FetchMFAPreferenceOutput, aws.FetchMFAPreferenceOutput>;
  ResendSignUpCodeOutput: Same<ours.ResendSignUpCodeOutput, aws.ResendSignUpCodeOutput>;
  ResetPasswordOutput: Same<ours.ResetPasswordOutput, aws.ResetPasswordOutput>;
  SetUpTOTPOutput: Same<ours.SetUpTOTPOutput, aws.SetUpTOTPOutput>;
  SignInOutput: Same<ours.SignInOutput, aws.SignInOutput>;
  SignUpOutput: Same<ours.SignUpOutput, aws.SignUpOutput>;
  UpdateUserAttributesOutput: Same<ours.UpdateUserAttributesOutput, aws.UpdateUserAttributesOutput>;
  SendUserAttributeVerificationCodeOutput: Same<ours.SendUserAttributeVerificationCodeOutput, aws.SendUserAttributeVerificationCodeOutput>;
  UpdateUserAttributeOutput: Same<ours.UpdateUserAttributeOutput, aws.UpdateUserAttributeOutput>;
  FetchDevicesOutput: Same<ours.FetchDevicesOutput, aws.FetchDevicesOutput>;
  AuthUser: Same<ours.AuthUser, aws.AuthUser>;
  CodeDeliveryDetails: Same<ours.CodeDeliveryDetails, aws.CodeDeliveryDetails>;
  UserAttributeKey: Same<ours.UserAttributeKey, aws.UserAttributeKey>;
  VerifiableUserAttributeKey: Same<ours.VerifiableUserAttributeKey, aws.VerifiableUserAttributeKey>;
  FetchAuthSessionOptions: Same<ours.FetchAuthSessionOptions, aws.FetchAuthSessionOptions>;
  AuthSession: Same<ours.AuthSession, aws.AuthSession>;
  CredentialsAndIdentityIdProvider: Same<ours.CredentialsAndIdentityIdProvider, aws.CredentialsAndIdentityIdProvider>;
  GetCredentialsOptions: Same<ours.GetCredentialsOptions, aws.GetCredentialsOptions>;
  CredentialsAndIdentityId: Same<ours.CredentialsAndIdentityId, aws.CredentialsAndIdentityId>;
  TokenProvider: Same<ours.TokenProvider, aws.TokenProvider>;
  AuthTokens: Same<ours.AuthTokens, aws.AuthTokens>;
  JWT: Same<ours.JWT, aws.JWT>;
  AuthWebAuthnCredential: Same<ours.AuthWebAuthnCredential, aws.AuthWebAuthnCredential>;
  DeleteWebAuthnCredentialInput: Same<ours.DeleteWebAuthnCredentialInput, aws.DeleteWebAuthnCredentialInput>;
  ListWebAuthnCredentialsInput: Same<ours.ListWebAuthnCredentialsInput, aws.ListWebAuthnCredentialsInput>;
  ListWebAuthnCredentialsOutput: Same<ours.ListWebAuthnCredentialsOutput, aws.ListWebAuthnCredentialsOutput>;
}

// A value takes part as well: a function by what it takes and gives, in the form without a context.
type Functions = { [Name in keyof typeof aws as (typeof aws)[Name] extends (...args: never[]) => unknown ? Name : never]: (typeof aws)[Name] };
type Taken<F> = F extends (...args: infer A) => unknown ? A : never;
type Given<F> = F extends (...args: never[]) => infer R ? R : never;
type Compared = {
  [Name in keyof Functions]: Name extends keyof typeof ours
    ? Taken<Functions[Name]> extends Taken<(typeof ours)[Name]> ? Same<Given<(typeof ours)[Name]>, Given<Functions[Name]>> : 'takes less'
    : 'is missing';
};
export const functions: { [Name in keyof Compared]: true } = {} as Compared;

// Every function takes a context before its arguments.
type Contextual = { [Name in Exclude<keyof Functions, 'decodeJWT'>]: Name extends keyof typeof ours ? ((typeof ours)[Name] extends (context: ours.AmplifyContext, input: never) => unknown ? true : 'no context') : 'is missing' };
export const contextual: { [Name in keyof Contextual]: true } = {} as Contextual;
export const context: Same<keyof ours.AmplifyContext, keyof AmplifyContext> = true;

// A configuration for theirs is one for ours, and getConfig's can be handed to code that is typed by theirs.
export const configuration: [ResourcesConfig] extends [ours.ResourcesConfig] ? true : false = true;
export const configured: [ours.AuthConfig] extends [NonNullable<ResourcesConfig['Auth']>] ? true : false = true;
