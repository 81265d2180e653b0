// sign-up.js: a new account and its confirmation.

import { attributeFields, attributeValues } from '../attributes.js';
import { canonical, codeField, follow, hiddenUsername, identifier, newPasswordFields, resend, sentTo, startCountdown } from './steps.js';

// A pool whose preferred first factor is no password lets users sign up without one.
const wantsPassword = ({ config }) => !config.passwordless || /^(PASSWORD.*)?$/.test(config.passwordless.preferred ?? '');

export const signUp = {
  title: 'signUp.title',
  slot: 'sign-up-fields',

  fields: (context) => [
    { ...identifier(context), errors: ['usernameExists', 'aliasExists'] },
    ...attributeFields(context),
    ...(wantsPassword(context) ? newPasswordFields(context, 'password', 'field.password') : []),
  ],

  submit: 'signUp.title',

  async run(context, values, { clientMetadata, validationData }) {
    const { flow, signal, config } = context;
    const { password } = values;
    const username = flow.username = canonical(context, values.username);
    const auth = await context.auth();
    const userAttributes = attributeValues(context, values);
    if (!config.loginWith.includes('username')) userAttributes[username.includes('@') ? 'email' : 'phone_number'] ??= username;
    const result = await auth.signUp({ username, password, userAttributes, clientMetadata, validationData, signal });
    flow.password = password;
    flow.step = result;
    startCountdown(flow);
    return result.signUpConfirmationState === 'confirmed' ? enter(context) : 'confirmSignUp';
  },

  links: () => [{ to: 'signIn', text: 'signUp.signIn' }],
};

export const confirmSignUp = {
  title: 'confirmSignUp.title',
  // Somebody who comes here from signing in has had the code earlier.
  text: (context) => (context.flow.step?.codeDeliveryDetails ? sentTo(context) : context.t('confirmSignUp.text')),
  fields: (context) => [hiddenUsername(context), codeField],
  submit: 'common.confirm',
  async run(context, { confirmationCode }, { clientMetadata }) {
    const auth = await context.auth();
    await auth.confirmSignUp({ username: context.flow.username, confirmationCode, clientMetadata, signal: context.signal });
    return enter(context);
  },
  links: (context) => [
    resend(async ({ flow, signal }, auth) => { flow.step = await auth.resendSignUpCode({ username: flow.username, signal }); })(context),
  ],
  back: { to: 'signIn', text: 'common.back' },
};

// enter signs the new user in: with the password typed just now, or with what confirming left behind.
async function enter(context) {
  const { flow, t, signal } = context;
  const auth = await context.auth();
  const done = { screen: 'signIn', notice: t('signUp.done') };
  try {
    if (flow.password) return await follow(context, await auth.signIn({ username: flow.username, password: flow.password, signal }));
    if (context.config.passwordless) return await follow(context, await auth.autoSignIn({ signal }));
  } catch (error) {
    if (error.code === 'aborted') throw error;
    // The account is confirmed whatever went wrong after.
  }
  return done;
}
