// profile.js: the user's attributes.

import { attributeField, attributeLabel } from '../attributes.js';
import { h } from '../dom.js';
import { codeField, resend, sentTo, startCountdown } from '../screens/steps.js';
import { back, list } from './list.js';

// The service's own, not the user's to change.
const internal = /^(sub|identities|cognito:.*|.*_verified|updated_at)$/;

const contacts = ['email', 'phone_number'];

export const profile = {
  title: 'account.profile',
  async enter(context) {
    const auth = await context.auth();
    context.flow.attributes = await auth.getUserAttributes({ signal: context.signal });
  },
  body: (context, panel) => {
    const { attributes } = context.flow;
    if (!attributes) return null;
    const { t } = context;
    const names = [...new Set([...Object.keys(attributes).filter((name) => !internal.test(name)), ...context.config.attributes])];
    return list(panel, names.map((name) => {
      const verified = attributes[`${name}_verified`] === 'true' || attributes[`${name}_verified`] === true;
      const unverified = contacts.includes(name) && attributes[name] && !verified;
      return {
        title: t(attributeLabel(context, name)),
        details: [attributes[name] ?? '–'],
        status: verified ? h('span', { class: 'status on' }, t('account.verified')) : unverified && h('span', { class: 'status warn' }, t('account.notVerified')),
        actions: [
          unverified && { text: 'account.verify', run: () => sendCode(context, name) },
          { text: 'account.edit', run: async () => { context.flow.name = name; return 'attribute'; } },
        ],
      };
    }), t('account.none'));
  },
  back,
};

async function sendCode(context, name) {
  const { flow, signal } = context;
  const auth = await context.auth();
  flow.name = name;
  flow.step = { codeDetails: await auth.verifyUserAttribute({ name, signal }) };
  startCountdown(flow);
  return 'confirmAttribute';
}

export const attribute = {
  title: (context) => context.t(attributeLabel(context, context.flow.name)),
  fields: (context) => {
    const { name, attributes } = context.flow;
    return [{ ...attributeField(context, name), value: attributes[name] }];
  },
  submit: 'common.save',
  async run(context, values) {
    const { flow, signal, t } = context;
    const { name } = flow;
    const auth = await context.auth();
    if (values[name] !== flow.attributes[name]) {
      await auth.updateUserAttributes({ attributes: { [name]: values[name] }, signal });
      // Cognito sends a code for a new contact by itself.
      flow.attributes = await auth.getUserAttributes({ signal });
      if (contacts.includes(name) && String(flow.attributes[`${name}_verified`]) !== 'true') {
        flow.step = undefined;
        startCountdown(flow);
        return 'confirmAttribute';
      }
    }
    return { screen: 'profile', notice: t('account.saved') };
  },
  back: { text: 'common.back', to: 'profile' },
};

export const confirmAttribute = {
  title: 'code.title',
  text: sentTo,
  fields: () => [codeField],
  submit: 'common.confirm',
  async run(context, { confirmationCode }) {
    const { flow, signal, t } = context;
    const auth = await context.auth();
    await auth.confirmVerifyUserAttribute({ name: flow.name, confirmationCode, signal });
    return { screen: 'profile', notice: t('account.verified') };
  },
  links: (context) => [
    resend(async ({ flow, signal }, auth) => { flow.step = { codeDetails: await auth.verifyUserAttribute({ name: flow.name, signal }) }; })(context),
  ],
  back: { text: 'common.back', to: 'profile' },
};
