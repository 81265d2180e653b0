// recovery.js: a forgotten password.

import { canonical, codeField, follow, hiddenUsername, identifier, newPasswordFields, resend, sentTo, startCountdown } from './steps.js';

async function sendCode(context, auth) {
  const { flow, signal } = context;
  const result = await auth.forgotPassword({ username: flow.username, signal });
  flow.step = { ...result, signInState: undefined };
  startCountdown(flow);
  return result;
}

export const forgotPassword = {
  title: 'forgot.title',
  text: ({ t }) => t('forgot.text'),
  fields: (context) => [{ ...identifier(context), errors: ['userNotFound', 'invalidParameter', 'notAuthorized'] }],
  submit: 'forgot.submit',
  async run(context, { username }) {
    context.flow.username = canonical(context, username);
    const { forgotPasswordState } = await sendCode(context, await context.auth());
    return forgotPasswordState === 'done' ? 'signIn' : 'resetPassword';
  },
  back: { to: 'signIn', text: 'common.back' },
};

// Also the step of a sign-in whose password an administrator has reset.
export const resetPassword = {
  title: 'newPassword.title',
  text: (context) => (context.flow.step?.signInState === 'resetPassword' ? context.t('reset.required') : sentTo(context)),
  fields: (context) => [hiddenUsername(context), codeField, ...newPasswordFields(context)],
  submit: 'reset.submit',
  async run(context, { confirmationCode, newPassword }, { clientMetadata }) {
    const { flow, signal, t } = context;
    const auth = await context.auth();
    await auth.confirmForgotPassword({ username: flow.username, confirmationCode, newPassword, clientMetadata, signal });
    try {
      return await follow(context, await auth.signIn({ username: flow.username, password: newPassword, signal }));
    } catch (error) {
      if (error.code === 'aborted') throw error;
      return { screen: 'signIn', notice: t('reset.done') }; // the password is changed whatever went wrong after
    }
  },
  back: { to: 'signIn', text: 'common.back' },
  links: (context) => [resend(sendCode)(context)],
};
