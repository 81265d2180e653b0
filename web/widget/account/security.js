// security.js: password and two-step verification.

import { h } from '../dom.js';
import { icons } from '../icons.js';
import { codeField, newPasswordFields } from '../screens/steps.js';
import { qrCode, secretKey, totpNames } from '../totp.js';
import { back, list } from './list.js';

export const password = {
  title: 'account.password',
  fields: (context) => [
    { name: 'username', label: 'field.username', value: context.element.auth?.username, autocomplete: 'username', visible: false, readonly: true },
    { name: 'password', label: 'field.currentPassword', type: 'password', autocomplete: 'current-password', errors: ['notAuthorized'] },
    ...newPasswordFields(context),
  ],
  submit: 'common.save',
  async run(context, values) {
    const auth = await context.auth();
    await auth.changePassword({ currentPassword: values.password, proposedPassword: values.newPassword, signal: context.signal });
    return { screen: 'account', notice: context.t('account.passwordChanged') };
  },
  back,
};

const factors = { totp: 'factor.totp', sms: 'factor.sms', email: 'factor.email' };
const codes = Object.keys(factors);
factors.passkey = 'factor.passkey'; // in place of both steps

export const mfa = {
  title: 'account.mfa',
  text: ({ t }) => t('account.mfaText'),
  enter: load,
  body: (context, panel) => {
    const { flow: { mfa: preference }, t, config } = context;
    if (!preference) return null;
    const on = (preference.enabled ?? []).map((name) => name.toLowerCase());
    const preferred = preference.preferred?.toLowerCase();
    const methods = config.mfa.methods.length ? codes.filter((name) => config.mfa.methods.includes(name) || on.includes(name)) : [...codes];
    if (on.includes('passkey') || (on.length && config.passwordless?.passkey)) methods.push('passkey');
    return list(panel, methods.map((name) => ({
      title: t(factors[name]),
      details: [preferred === name && t('account.preferred')],
      icon: icons[name],
      status: h('span', { class: `status ${on.includes(name) ? 'on' : ''}` }, t(on.includes(name) ? 'account.on' : 'account.off')),
      actions: on.includes(name)
        ? [
          name !== 'passkey' && preferred !== name && on.length > 1 && { text: 'account.prefer', run: () => prefer(context, { [name]: 'PREFERRED' }) },
          { text: 'account.turnOff', run: () => prefer(context, { [name]: 'DISABLED' }) },
        ]
        : [{ text: 'account.turnOn', run: async () => (name === 'totp' ? 'setUpTOTP' : prefer(context, { [name]: on.length ? 'ENABLED' : 'PREFERRED' })) }],
    })), t('account.none'));
  },
  back,
};

async function load(context) {
  const auth = await context.auth();
  context.flow.mfa = await auth.getMFAPreference({ signal: context.signal });
}

async function prefer(context, preference) {
  const auth = await context.auth();
  await auth.setMFAPreference({ ...preference, signal: context.signal });
  await load(context);
  return { screen: 'mfa', notice: context.t('account.saved') };
}

export const setUpTOTP = {
  title: 'totp.title',
  text: ({ t }) => t('totp.text'),
  async enter(context) {
    const auth = await context.auth();
    context.flow.totp = await auth.setUpTOTP({ ...totpNames(context), signal: context.signal });
  },
  before: (context) => (context.flow.totp ? [qrCode(context, context.flow.totp), secretKey(context, context.flow.totp)] : null),
  fields: () => [{ ...codeField, hint: 'totp.codeHint' }],
  submit: 'common.confirm',
  async run(context, { confirmationCode }) {
    const auth = await context.auth();
    await auth.verifyTOTPSetup({ code: confirmationCode, signal: context.signal });
    context.flow.totp = undefined;
    return prefer(context, { totp: 'PREFERRED' });
  },
  back: { text: 'common.back', to: 'mfa' },
};
