// steps.js: what several screens share.

import { NONE } from '../../src/own.js';
import { DONE } from '../done.js';
import { isOn } from '../dom.js';
import { isPhoneNumber, phoneNumber } from '../fields.js';
import { blankAtEnd } from '../password-policy.js';
import { totpNames } from '../totp.js';
import { afterSignIn } from './after-sign-in.js';

// follow goes where the engine's answer to signIn, confirmSignIn or autoSignIn leads: its signInState is the
// name of a screen.
export async function follow(context, result) {
  const { flow } = context;
  if (flow.password || flow.step?.signInState === 'password') flow.byPassword = true;
  flow.step = result;
  const names = totpNames(context);
  if (result.signInState === 'setUpTOTP' && (names.issuer || names.accountName)) flow.step = await (await context.auth()).getPendingSignIn(names) ?? result;
  if (result.signInState === 'signedIn') {
    flow.password = undefined;
    return (!flow.stepUp && await afterSignIn(context)) || DONE;
  }
  if (result.signInState !== 'confirmSignUp') flow.password = undefined;
  startCountdown(flow);
  return result.startedOver ? { screen: result.signInState, notice: context.t('notice.startedOver'), kind: 'info', fresh: true } : result.signInState;
}

// respond answers the challenge on show.
export async function respond(context, challengeResponse, { userAttributes, clientMetadata } = NONE) {
  const auth = await context.auth();
  return follow(context, await auth.confirmSignIn({ challengeResponse, userAttributes, clientMetadata, signal: context.signal }));
}

// start is the screen that the steps begin at.
const start = ({ stepUp }) => (stepUp ? 'stepUp' : 'signIn');

// restart leaves a sign-in that is under way.
async function restart(context) {
  const { flow } = context;
  const auth = await context.auth();
  await auth.cancelSignIn();
  flow.step = flow.password = undefined;
  return start(flow);
}

// From the first step of a step-up there is no way back, but the dialog's close button.
export const back = ({ flow }) => (!flow.stepUp || flow.step?.signInState !== flow.first) && { text: 'common.back', run: restart, leave: true };

// asking is the title of a step: in a step-up it says what for.
export const asking = (key) => ({ flow, t }) => t(flow.stepUp ? 'stepUp.title' : key);

// recover starts over where the service no longer knows the sign-in.
export function recover({ flow, t }, error) {
  if (!['signInExpired', 'invalidState'].includes(error.code)) return undefined;
  flow.step = undefined;
  return { screen: start(flow), notice: t(flow.stepUp ? 'notice.stepUpExpired' : 'notice.signInExpired'), kind: 'info' };
}

export const RESEND_SECONDS = 30;

export const startCountdown = (flow) => { flow.resendAt = Date.now() + RESEND_SECONDS * 1000; };

// resend is the link that sends a code again, at most once in RESEND_SECONDS.
export const resend = (send) => (context) => ({
  text: 'code.resend',
  waiting: 'code.resendIn',
  countdown: () => Math.max(0, Math.ceil(((context.flow.resendAt ?? 0) - Date.now()) / 1000)),
  async run() {
    const auth = await context.auth();
    await send(context, auth);
    startCountdown(context.flow);
    return { screen: context.panel.screen, notice: sentTo(context) };
  },
});

// sentTo says where a code went.
export function sentTo({ t, flow }) {
  const destination = flow.step?.codeDetails?.destination ?? flow.step?.codeDeliveryDetails?.destination;
  return destination ? t('code.sentTo', { destination }) : t('code.sent');
}

export const codeField = {
  name: 'confirmationCode', label: 'field.code', type: 'code', autocomplete: 'one-time-code', maxlength: 64,
  errors: ['codeMismatch', 'expiredCode', 'enableSoftwareTokenMFA'],
};

// newPasswordFields are the field of a new password and, where the page wants it (confirm-password), one for
// typing it again.
export const newPasswordFields = ({ config, element }, name = 'newPassword', label = 'field.newPassword') => [
  {
    name, label, type: 'newPassword', autocomplete: 'new-password', policy: config.policy,
    errors: ['invalidPassword', 'passwordHistoryPolicyViolation'],
    validate: (value) => blankAtEnd(value) && 'invalid.passwordBlank',
  },
  isOn(element, 'confirm-password') && {
    name: 'confirmPassword', label: 'field.confirmPassword', type: 'newPassword', autocomplete: 'new-password',
    validate: (value, values) => value !== values[name] && 'invalid.confirmPassword',
  },
];

// hiddenUsername lets password managers know whose password the screen is about.
export const hiddenUsername = ({ flow }) => ({
  name: 'username', label: 'field.username', value: flow.username, autocomplete: 'username', visible: false, readonly: true,
});

const labels = { username: 'field.username', email: 'field.email', phone_number: 'field.phone' };

// identifier is the field for what the user pool signs in with.
export function identifier({ config, flow }) {
  const kinds = config.loginWith;
  const only = kinds.length === 1 ? kinds[0] : undefined;
  return {
    name: 'username',
    label: labels[only] ?? (kinds.includes('username') ? 'field.identifier' : 'field.emailOrPhone'),
    type: { email: 'email', phone_number: 'tel' }[only] ?? 'text',
    autocomplete: 'username',
    value: flow.username,
    validate: (value) => !kinds.includes('username') && !value.includes('@') && !isPhoneNumber(phoneNumber(value)) && 'invalid.emailOrPhone',
  };
}

// canonical brings a typed identifier into the form that the service knows.
export const canonical = ({ config }, value) => (
  !config.loginWith.includes('username') && !value.includes('@') ? phoneNumber(value) : value);
