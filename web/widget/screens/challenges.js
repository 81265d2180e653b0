// challenges.js: the steps that a sign-in can ask for, by the names of signInState.

import { attributeField } from '../attributes.js';
import { qrCode, secretKey } from '../totp.js';
import { back, codeField, hiddenUsername, newPasswordField, recover, resend, respond, sentTo } from './steps.js';

const code = (text, extra = {}) => ({
  title: 'code.title',
  text,
  fields: () => [codeField],
  submit: 'common.confirm',
  run: (context, { confirmationCode }, hooks) => respond(context, confirmationCode, hooks),
  recover,
  links: () => [back],
  ...extra,
});

// A code that is the first factor can be asked for again by starting the same sign-in; a second factor cannot,
// without the password.
const otp = code(sentTo, {
  links: (context) => [
    context.flow.signInInput && resend(async ({ flow, signal }, auth) => {
      const preferredChallenge = { smsOTP: 'SMS_OTP', emailOTP: 'EMAIL_OTP' }[flow.step.signInState];
      flow.step = await auth.signIn({ ...flow.signInInput, authFlow: 'USER_AUTH', preferredChallenge, signal });
    })(context),
    back,
  ],
});

// Factors and MFA methods by the service's names.
const factors = [
  ['factor.password', /^PASSWORD/], ['factor.passkey', /^WEB_?AUTHN/i], ['factor.totp', /TOTP|SOFTWARE_TOKEN/i],
  ['factor.email', /EMAIL/i], ['factor.sms', /SMS/i],
];
const factorName = (factor) => factors.find(([, pattern]) => pattern.test(factor))?.[0] ?? factor;

const select = (title, text) => ({
  title,
  text,
  choices: ({ flow }) => {
    const named = new Map((flow.step?.allowedFactors ?? []).map((factor) => [factorName(factor), factor]));
    return [...named].map(([key, factor]) => ({ text: key, run: (context) => respond(context, factor) }));
  },
  recover,
  links: () => [back],
});

const t = (key) => (context) => context.t(key);

export const smsMFA = code(sentTo);
export const emailMFA = code(sentTo);
export const totpMFA = code(t('code.totpText'));
export const smsOTP = otp;
export const emailOTP = otp;
export const selectMFA = select('select.mfaTitle');
export const setUpMFA = select('select.setUpTitle', t('select.setUpText'));
export const selectFactor = select('select.factorTitle');

export const setUpTOTP = code(t('totp.text'), {
  title: 'totp.title',
  before: (context) => [qrCode(context, context.flow.step.totpSetup), secretKey(context, context.flow.step.totpSetup)],
  fields: () => [{ ...codeField, hint: 'totp.codeHint' }],
});

export const setUpEmail = {
  title: 'setUpEmail.title',
  text: t('setUpEmail.text'),
  fields: () => [{ name: 'email', label: 'field.email', type: 'email', autocomplete: 'email' }],
  submit: 'common.continue',
  run: (context, { email }, hooks) => respond(context, email, hooks),
  recover,
  links: () => [back],
};

export const newPasswordRequired = {
  title: 'newPassword.title',
  text: t('newPassword.text'),
  fields: (context) => [
    hiddenUsername(context),
    newPasswordField(context),
    ...(context.flow.step?.requiredAttributes ?? []).map((name) => attributeField(context, name)),
  ],
  submit: 'common.continue',
  run: (context, { newPassword, username, ...userAttributes }, hooks) => respond(context, newPassword, { ...hooks, userAttributes }),
  recover,
  links: () => [back],
};

// What is asked is the pool's own; its parameters come with the screenchange event, for a page that shows more.
export const customChallenge = {
  title: 'custom.title',
  text: ({ flow }) => { const { prompt, question, message } = flow.step?.parameters ?? {}; return prompt ?? question ?? message; },
  fields: () => [{ name: 'confirmationCode', label: 'custom.answer', autocomplete: 'one-time-code', errors: ['codeMismatch', 'notAuthorized'] }],
  submit: 'common.continue',
  run: async (context, { confirmationCode }, hooks) => {
    const next = await respond(context, confirmationCode, hooks);
    return next === 'customChallenge' ? { screen: next, fresh: true } : next; // another round
  },
  recover,
  links: () => [back],
};

export const password = {
  title: 'password.title',
  text: ({ flow }) => flow.username,
  fields: (context) => [
    hiddenUsername(context),
    { name: 'password', label: 'field.password', type: 'password', autocomplete: 'current-password', link: { text: 'signIn.forgot', to: 'forgotPassword' } },
  ],
  submit: 'signIn.title',
  run: (context, values, hooks) => respond(context, values.password, hooks),
  recover,
  links: () => [back],
};
