// config.js reads out of a configuration, in any of its four formats, what decides how screens look.
// The engine checks the configuration; here a missing key just means a default.

import { formatOf, idsOf } from '../src/formats.js';

const lower = (list) => (list ?? []).map((item) => String(item).toLowerCase());
const list = (value) => (Array.isArray(value) ? value : value ? String(value).split(',') : []);

// normalise returns
//   clientId       of the user pool's app client
//   userPool       whether there is one: an identity pool alone has no user names and passwords
//   customAuth     whether sign-ins are of the flow CUSTOM_AUTH, which may do without a password
//   loginWith      identifiers a user signs in with: 'username' | 'email' | 'phone_number'
//   attributes     names asked for at sign-up
//   policy         { minLength, lowercase, uppercase, number, symbol } or null when not stated
//   providers      provider ids of the hosted UI, as written
//   direct         provider options for the providers' own web SDKs: { google: { clientId }, facebook: { appId, scope } }
//   hostedUI       whether there is a user-pool domain
//   mfa            { status: 'off' | 'optional' | 'on', methods: ['sms' | 'totp' | 'email'] }
//   passwordless   { emailOTP, smsOTP, passkey, preferred } or null
export function normalise(raw) {
  raw = Object(raw);
  const [format, part] = formatOf(raw);
  const { userPoolId, clientId } = idsOf(raw);
  const config = { clientId, userPool: Boolean(userPoolId), ...readers[format](part) };
  config.customAuth = /^CUSTOM/.test(raw.Auth?.Default?.authenticationFlowType ?? raw.authenticationFlowType ?? '');
  if (!config.loginWith.length) config.loginWith = ['username'];
  return config;
}

const readers = { outputs: fromOutputs, resources: fromResourcesConfig, exports: fromExports, awsConfiguration: fromAWSConfiguration };

export const emptyConfig = { ...normalise({}), userPool: true };

// amplify_outputs.json
function fromOutputs(auth) {
  const { password_policy: policy, passwordless, oauth } = auth;
  return {
    loginWith: lower(auth.username_attributes),
    attributes: lower(auth.standard_required_attributes),
    policy: policy && {
      minLength: policy.min_length ?? 8, lowercase: policy.require_lowercase, uppercase: policy.require_uppercase,
      number: policy.require_numbers, symbol: policy.require_symbols,
    },
    providers: oauth?.identity_providers ?? [],
    direct: {},
    hostedUI: Boolean(oauth?.domain),
    mfa: mfa(auth.mfa_configuration, auth.mfa_methods),
    passwordless: passwordless && {
      emailOTP: passwordless.email_otp_enabled, smsOTP: passwordless.sms_otp_enabled,
      passkey: Boolean(passwordless.web_authn), preferred: passwordless.preferred_challenge,
    },
  };
}

// Amplify v6 ResourcesConfig
function fromResourcesConfig(cognito) {
  const { loginWith = {}, passwordFormat: format, passwordless, mfa: second } = cognito;
  return {
    loginWith: [loginWith.username && 'username', loginWith.email && 'email', loginWith.phone && 'phone_number'].filter(Boolean),
    attributes: Object.entries(cognito.userAttributes ?? {}).filter(([, { required }]) => required).map(([name]) => name),
    policy: format && {
      minLength: format.minLength ?? 8, lowercase: format.requireLowercase, uppercase: format.requireUppercase,
      number: format.requireNumbers, symbol: format.requireSpecialCharacters,
    },
    providers: (loginWith.oauth?.providers ?? []).map((provider) => provider.custom ?? provider),
    direct: {},
    hostedUI: Boolean(loginWith.oauth?.domain),
    mfa: mfa(second?.status, [second?.smsEnabled && 'sms', second?.totpEnabled && 'totp', second?.emailEnabled && 'email'].filter(Boolean)),
    passwordless: passwordless && {
      emailOTP: passwordless.emailOtpEnabled, smsOTP: passwordless.smsOtpEnabled,
      passkey: Boolean(passwordless.webAuthn), preferred: passwordless.preferredChallenge,
    },
  };
}

// aws-exports.js
function fromExports(exported) {
  return {
    loginWith: lower(exported.aws_cognito_username_attributes),
    attributes: lower(exported.aws_cognito_signup_attributes),
    policy: classicPolicy(exported.aws_cognito_password_protection_settings),
    providers: list(exported.aws_cognito_social_providers),
    direct: {},
    hostedUI: Boolean(exported.oauth?.domain),
    mfa: mfa(exported.aws_cognito_mfa_configuration, exported.aws_cognito_mfa_types),
    passwordless: null,
  };
}

// awsconfiguration.json
function fromAWSConfiguration(raw) {
  const auth = raw.Auth?.Default ?? {};
  const google = raw.GoogleSignIn?.['ClientId-WebApp'];
  const facebook = raw.FacebookSignIn?.AppId;
  return {
    loginWith: lower(auth.usernameAttributes),
    attributes: lower(auth.signupAttributes),
    policy: classicPolicy(auth.passwordProtectionSettings),
    providers: list(auth.socialProviders),
    direct: {
      ...(google && { google: { clientId: google } }),
      ...(facebook && { facebook: { appId: facebook, scope: raw.FacebookSignIn.Permissions } }),
    },
    hostedUI: Boolean(auth.OAuth?.WebDomain || auth.OAuth?.SignInURI),
    mfa: mfa(auth.mfaConfiguration, auth.mfaTypes),
    passwordless: null,
  };
}

function classicPolicy(settings) {
  if (!settings) return null;
  const has = (name) => list(settings.passwordPolicyCharacters).some((item) => item.toUpperCase() === `REQUIRES_${name}`);
  return {
    minLength: Number(settings.passwordPolicyMinLength) || 8,
    lowercase: has('LOWERCASE'), uppercase: has('UPPERCASE'), number: has('NUMBERS'), symbol: has('SYMBOLS'),
  };
}

function mfa(status, methods) {
  const names = { none: 'off', required: 'on' };
  const value = String(status ?? 'off').toLowerCase();
  return { status: names[value] ?? value, methods: lower(list(methods)) };
}
