import { formatOf, idsOf } from '../formats.js';
import { present } from './shapes.js';

const PROVIDERS = { GOOGLE: 'Google', FACEBOOK: 'Facebook', LOGIN_WITH_AMAZON: 'Amazon', SIGN_IN_WITH_APPLE: 'Apple' };

const required = (names) => names && Object.fromEntries(names.map((name) => [name.toLowerCase(), { required: true }]));

// By format: what of a user pool ResourcesConfig says besides its ids.
const PARTS = {
  outputs: (auth) => {
    const { oauth, password_policy: password, mfa_configuration: mfa, mfa_methods: methods, username_attributes: names, passwordless } = auth;
    return {
      userPoolEndpoint: auth.user_pool_endpoint,
      identityPoolEndpoint: auth.identity_pool_endpoint,
      allowGuestAccess: auth.unauthenticated_identities_enabled,
      groups: auth.groups,
      loginWith: (oauth || names) && present({
        oauth: oauth && {
          domain: oauth.domain, scopes: oauth.scopes, redirectSignIn: oauth.redirect_sign_in_uri, redirectSignOut: oauth.redirect_sign_out_uri,
          responseType: oauth.response_type === 'token' ? 'token' : 'code', providers: oauth.identity_providers?.map((name) => PROVIDERS[name] ?? name),
        },
        ...(names && { email: names.includes('email'), phone: names.includes('phone_number'), username: names.includes('username') }),
      }),
      userAttributes: required(auth.standard_required_attributes),
      mfa: mfa && { status: { NONE: 'off', REQUIRED: 'on' }[mfa] ?? 'optional', totpEnabled: methods?.includes('TOTP'), smsEnabled: methods?.includes('SMS') },
      passwordFormat: password && {
        minLength: password.min_length ?? 6, requireLowercase: password.require_lowercase, requireUppercase: password.require_uppercase,
        requireNumbers: password.require_numbers, requireSpecialCharacters: password.require_symbols,
      },
      passwordless: passwordless && present({
        emailOtpEnabled: passwordless.email_otp_enabled, smsOtpEnabled: passwordless.sms_otp_enabled,
        webAuthn: passwordless.web_authn && { relyingPartyId: passwordless.web_authn.relying_party_id, userVerification: passwordless.web_authn.user_verification },
        preferredChallenge: passwordless.preferred_challenge,
      }),
    };
  },
  exports: (all) => {
    const { oauth, aws_cognito_mfa_configuration: mfa, aws_cognito_mfa_types: methods, aws_cognito_password_protection_settings: password } = all;
    const names = all.aws_cognito_username_attributes ?? [];
    const demands = (what) => !!password.passwordPolicyCharacters?.includes(`REQUIRES_${what}`);
    const urls = (text) => text?.split(',') ?? [];
    return {
      allowGuestAccess: all.aws_mandatory_sign_in !== 'enable',
      signUpVerificationMethod: all.aws_cognito_sign_up_verification_method,
      loginWith: {
        ...(oauth?.domain && {
          oauth: {
            domain: oauth.domain, scopes: oauth.scope, redirectSignIn: urls(oauth.redirectSignIn), redirectSignOut: urls(oauth.redirectSignOut),
            responseType: oauth.responseType, providers: all.aws_cognito_social_providers?.map((name) => name[0] + name.slice(1).toLowerCase()),
          },
        }),
        username: !names.includes('EMAIL') && !names.includes('PHONE_NUMBER'), email: names.includes('EMAIL'), phone: names.includes('PHONE_NUMBER'),
      },
      userAttributes: required([...(all.aws_cognito_verification_mechanisms ?? []), ...(all.aws_cognito_signup_attributes ?? [])]),
      mfa: mfa && { status: mfa.toLowerCase(), totpEnabled: !!methods?.includes('TOTP'), smsEnabled: !!methods?.includes('SMS') },
      passwordFormat: password && {
        minLength: password.passwordPolicyMinLength, requireLowercase: demands('LOWERCASE'), requireUppercase: demands('UPPERCASE'),
        requireNumbers: demands('NUMBERS'), requireSpecialCharacters: demands('SYMBOLS'),
      },
    };
  },
  awsConfiguration: () => ({}),
};

/** A configuration in the shape of ResourcesConfig; of the other formats the part for Auth. */
export function parseAmplifyConfig(config) {
  const [format, part] = formatOf(config);
  if (format === 'resources') return config;
  const { userPoolId, clientId: userPoolClientId, identityPoolId } = idsOf(config);
  if (!userPoolId && !identityPoolId) return {};
  return { Auth: { Cognito: present({ userPoolId, userPoolClientId, identityPoolId, ...PARTS[format](part) }) } };
}
