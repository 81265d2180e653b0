// challenges.js: the steps that a sign-in can ask for, by the names of signInState.

import { attributeField } from '../attributes.js';
import { h, isImage, isLink } from '../dom.js';
import { isHidden } from '../factors.js';
import { icons } from '../icons.js';
import { qrCode, secretKey } from '../totp.js';
import { asking, back, codeField, hiddenUsername, newPasswordFields, recover, resend, respond, sentTo } from './steps.js';

const code = (text, extra = {}) => ({
  title: asking('code.title'),
  text,
  fields: () => [codeField],
  submit: 'common.confirm',
  run: (context, { confirmationCode }, hooks) => respond(context, confirmationCode, hooks),
  recover,
  back,
  ...extra,
});

// A code that is the first factor can be asked for again by starting the same sign-in; a second factor cannot,
// without the password.
const otp = code(sentTo, {
  links: (context) => [
    (context.flow.signInInput || context.flow.stepUp) && resend(async ({ flow, signal }, auth) => {
      const preferredChallenge = { smsOTP: 'SMS_OTP', emailOTP: 'EMAIL_OTP' }[flow.step.signInState];
      flow.step = await (flow.stepUp ? auth.stepUp({ ...flow.stepUp, preferredChallenge, signal })
        : auth.signIn({ ...flow.signInInput, authFlow: 'USER_AUTH', preferredChallenge, signal }));
    })(context),
  ],
});

// Factors and MFA methods by the service's names.
/** @type {[string, RegExp][]} */
const factors = [
  ['factor.password', /^PASSWORD/], ['factor.passkey', /^WEB_?AUTHN/i], ['factor.totp', /TOTP|SOFTWARE_TOKEN/i],
  ['factor.email', /EMAIL/i], ['factor.sms', /SMS/i],
];
const factorName = (factor) => factors.find(([, pattern]) => pattern.test(factor))?.[0] ?? factor;

// destination is where a factor's code would go, where the service says so.
function destination({ flow }, key) {
  const { CODE_DELIVERY_DELIVERY_MEDIUM: medium, CODE_DELIVERY_DESTINATION: destination } = flow.step?.parameters ?? {};
  return medium && key === `factor.${medium.toLowerCase()}` && h('bdi', { class: 'status' }, destination);
}

const select = (title, text) => ({
  title,
  text,
  choices: (context) => {
    const named = new Map((context.flow.step?.allowedFactors ?? []).map((factor) => [factorName(factor), factor]));
    return [...named].filter(([key]) => !isHidden(context, key)).map(([key, factor]) => ({
      text: key, kind: 'entry', icon: icons[key.split('.')[1]], status: destination(context, key), run: () => respond(context, factor),
    }));
  },
  recover,
  back,
});

const t = (key) => (context) => context.t(key);

export const challenges = {
  smsMFA: code(sentTo),
  emailMFA: code(sentTo),
  totpMFA: code(t('code.totpText')),
  smsOTP: otp,
  emailOTP: otp,
  selectMFA: select('select.mfaTitle'),
  setUpMFA: select('select.setUpTitle', t('select.setUpText')),
  selectFactor: select(asking('select.factorTitle')),

  setUpTOTP: code(t('totp.text'), {
    title: 'totp.title',
    before: (context) => [qrCode(context, context.flow.step.totpSetup), secretKey(context, context.flow.step.totpSetup)],
    fields: () => [{ ...codeField, hint: 'totp.codeHint' }],
  }),

  setUpEmail: {
    title: 'setUpEmail.title',
    text: t('setUpEmail.text'),
    fields: () => [{ name: 'email', label: 'field.email', type: 'email', autocomplete: 'email' }],
    submit: 'common.continue',
    run: (context, { email }, hooks) => respond(context, email, hooks),
    recover,
    back,
  },

  newPasswordRequired: {
    title: 'newPassword.title',
    text: t('newPassword.text'),
    fields: (context) => [
      hiddenUsername(context),
      ...newPasswordFields(context),
      ...(context.flow.step?.requiredAttributes ?? []).map((name) => attributeField(context, name)),
    ],
    submit: 'common.continue',
    run: (context, { newPassword, username, confirmPassword, ...userAttributes }, hooks) => respond(context, newPassword, { ...hooks, userAttributes }),
    recover,
    back,
  },

  // What is asked is the pool's own. Of its parameters prompt, image (with imageAlt) and link (with linkText) are
  // shown; all come with the screenchange event, for a page that shows more.
  customChallenge: {
    title: 'custom.title',
    text: ({ flow }) => { const { prompt, question, message } = flow.step?.parameters ?? {}; return prompt ?? question ?? message; },
    before: ({ flow, t }) => {
      const { image, imageAlt = '', link, linkText } = flow.step?.parameters ?? {};
      return [
        isImage(image) && h('img', { class: 'challenge', part: 'challenge-image', src: image, alt: imageAlt }),
        isLink(link) && h('a', { href: link, part: 'link', target: '_blank', rel: 'noopener noreferrer' }, linkText ?? t('custom.link')),
      ];
    },
    fields: () => [{ name: 'confirmationCode', label: 'custom.answer', autocomplete: 'one-time-code', errors: ['codeMismatch', 'notAuthorized'] }],
    submit: 'common.continue',
    run: async (context, { confirmationCode }, hooks) => {
      const next = await respond(context, confirmationCode, hooks);
      return next === 'customChallenge' ? { screen: next, fresh: true } : next; // another round
    },
    recover,
    back,
  },

  password: {
    title: asking('password.title'),
    text: ({ flow }) => flow.username,
    fields: (context) => [
      hiddenUsername(context),
      { name: 'password', label: 'field.password', type: 'password', autocomplete: 'current-password', link: !context.flow.stepUp && { text: 'signIn.forgot', to: 'forgotPassword' } },
    ],
    submit: ({ flow, t }) => t(flow.stepUp ? 'common.confirm' : 'signIn.title'),
    run: (context, values, hooks) => respond(context, values.password, hooks),
    recover,
    back,
  },
};
