// after-sign-in.js: what is offered once somebody is signed in, and can be skipped.

import { DONE } from '../done.js';
import { isOn } from '../dom.js';
import { icons } from '../icons.js';
import { declinePasskey, passkeyDeclined, rememberUsername } from '../remember.js';
import { codeField, resend, sentTo, startCountdown } from './steps.js';

export const passkeysSupported = () => typeof PublicKeyCredential === 'function' && Boolean(navigator.credentials?.create);

// afterSignIn returns the next thing to offer, or undefined.
export async function afterSignIn(context) {
  const { config, flow } = context;
  if (flow.remember !== undefined) rememberUsername(config, flow.remember ? flow.username : undefined);
  const auth = await context.auth();
  flow.afterSignIn = true;
  try {
    if (!flow.verifySkipped) {
      flow.unverified = unverifiedContacts((await auth.getTokens()).idToken?.claims);
      if (flow.unverified.length) return 'verifyContact';
    }
    if (config.passwordless?.passkey && passkeysSupported() && !isOn(context.element, 'hide-passkey-offer') && !flow.passkeySkipped && !passkeyDeclined(config)) {
      const { credentials = [] } = await auth.listPasskeys();
      if (!credentials.length && !await madeUnasked(context)) return 'offerPasskey';
    }
  } catch (error) {
    // These are offers; the user is signed in whatever becomes of them.
    console.warn('amplify-sign-in: could not prepare what follows the sign-in', error);
  }
  return undefined;
}

// madeUnasked reports whether the browser's password manager, which has just filled in the password, has made the
// passkey without a question.
async function madeUnasked({ auth, flow, signal }) {
  if (!flow.byPassword) return false;
  return (await auth()).registerPasskey({ mediation: 'conditional', signal, timeout: 10_000 }).then(() => true, () => false);
}

// unverifiedContacts lists the contacts of somebody who has none that is verified: without one a forgotten
// password cannot be reset.
function unverifiedContacts(claims = {}) {
  if (claims.email_verified || claims.phone_number_verified) return [];
  return ['email', 'phone_number'].filter((name) => claims[name]);
}

const skip = (mark) => ({
  text: 'common.skip',
  leave: true,
  async run(context) {
    mark(context);
    return (await afterSignIn(context)) ?? DONE;
  },
});

const attributeLabel = { email: 'field.email', phone_number: 'field.phone' };

export const verifyContact = {
  title: 'verify.title',
  text: ({ t }) => t('verify.text'),
  choices: ({ flow }) => flow.unverified.map((name) => ({
    key: name,
    kind: 'entry',
    icon: icons[name === 'email' ? 'email' : 'sms'],
    text: attributeLabel[name],
    async run(context) {
      const auth = await context.auth();
      flow.contact = name;
      flow.step = { codeDetails: await auth.verifyUserAttribute({ name, signal: context.signal }) };
      startCountdown(flow);
      return 'confirmContact';
    },
  })),
  links: () => [skip(({ flow }) => { flow.verifySkipped = true; })],
};

export const confirmContact = {
  title: 'code.title',
  text: sentTo,
  fields: () => [codeField],
  submit: 'common.confirm',
  async run(context, { confirmationCode }) {
    const auth = await context.auth();
    await auth.confirmVerifyUserAttribute({ name: context.flow.contact, confirmationCode, signal: context.signal });
    context.flow.verifySkipped = true;
    return (await afterSignIn(context)) ?? DONE;
  },
  links: (context) => [
    resend(async ({ flow }, auth) => { flow.step = { codeDetails: await auth.verifyUserAttribute({ name: flow.contact }) }; })(context),
    skip(({ flow }) => { flow.verifySkipped = true; }),
  ],
};

export const offerPasskey = {
  title: 'passkey.offerTitle',
  text: ({ t }) => t('passkey.offerText'),
  choices: () => [{
    text: 'passkey.add',
    kind: 'primary solid',
    async run(context) {
      const auth = await context.auth();
      await auth.registerPasskey({ signal: context.signal });
      return DONE;
    },
  }],
  links: () => [skip(({ config, flow }) => { flow.passkeySkipped = true; declinePasskey(config); })],
};
