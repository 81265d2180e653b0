import { asAmplify, fail, need } from './errors.js';
import { tell } from './hub.js';
import { api, CUSTOM_STATE } from './instance.js';
import { delivery, fromFactor, signInOutput } from './shapes.js';
import { NONE } from '../own.js';

const SIGNED_IN = { invalidState: 'UserAlreadyAuthenticatedException' };

async function output(it, username, work, names) {
  const result = await asAmplify(work, names);
  it.pending = { signInState: result.signInState, username };
  await it.told;
  return signInOutput(result, username);
}

export const signIn = api(async (it, { username, password, options = NONE }) => {
  need(username, 'EmptySignInUsername', 'username');
  const { authFlowType: flow = 'USER_SRP_AUTH', preferredChallenge, clientMetadata } = options;
  const custom = flow.startsWith('CUSTOM_');
  if (flow === 'CUSTOM_WITHOUT_SRP' && password) fail('CustomAuthSignInPassword', 'A password is not needed when signing in with CUSTOM_WITHOUT_SRP.', 'Do not include a password in your signIn call.');
  if (flow !== 'USER_AUTH' && flow !== 'CUSTOM_WITHOUT_SRP') need(password, 'EmptySignInPassword', 'password');
  // Amplify lets the user pool ask for the factor, whatever password there is
  if (flow === 'USER_AUTH' && !preferredChallenge) password = undefined;
  return output(it, username, () =>
    it.auth.signIn({ username, password, authFlow: custom ? 'CUSTOM_AUTH' : flow, preferredChallenge, clientMetadata }), SIGNED_IN);
});

export const confirmSignIn = api(async (it, { challengeResponse, options = NONE }) => {
  need(challengeResponse, 'EmptyChallengeResponse', 'challengeResponse');
  const { userAttributes, clientMetadata, friendlyDeviceName } = options;
  it.pending ??= await asAmplify(() => it.auth.getPendingSignIn()); // the page has been reloaded
  const choice = ['selectMFA', 'setUpMFA'].includes(it.pending?.signInState);
  return output(it, it.pending?.username, () => it.auth.confirmSignIn({
    challengeResponse: choice ? fromFactor(challengeResponse) : challengeResponse, userAttributes, clientMetadata, friendlyDeviceName,
  }), { invalidState: 'SignInException' });
});

export const autoSignIn = api(async (it) => {
  if (!it.signedUp) fail('AutoSignInException', 'There is no sign-up to go on from.', 'Give signUp the option autoSignIn, and confirm the sign-up, before you call autoSignIn.', { code: 'invalidState' });
  it.signedUp = false;
  return output(it, undefined, () => it.auth.autoSignIn(), { invalidState: 'AutoSignInException' });
});

export const signInWithRedirect = api(async (it, { provider, customState, options = NONE } = NONE) => {
  const { loginHint, lang, nonce, prompt } = options;
  await asAmplify(() => it.auth.showSignIn({
    hostedUI: {
      identityProvider: provider?.custom ?? (typeof provider === 'string' ? provider : undefined), idpIdentifier: provider?.idpIdentifier,
      returnTo: customState && CUSTOM_STATE + encodeURIComponent(customState), loginHint, lang, nonce, prompt: [prompt ?? []].flat().join(' ').toLowerCase() || undefined,
    },
  }), SIGNED_IN);
});

export const signOut = api(async (it, { global, oauth } = NONE) => {
  const before = it.auth.isSignedIn;
  const { details } = await asAmplify(() => it.auth.initialize());
  // the address is for who has signed in by a redirect; others stay in the page
  const redirect = details.provider === 'OAuth' ? oauth?.redirectUrl : undefined;
  await asAmplify(() => it.auth.signOut({ signOutGlobally: !!global, redirect }), { invalidParameter: 'InvalidPreferredRedirectUrlException' });
  it.pending = undefined;
  if (!before) tell('signedOut'); // which Amplify tells however it was
});

// --- sign-up

const signUpOutput = (it, { signUpConfirmationState, codeDeliveryDetails, userSub }) => {
  const done = signUpConfirmationState === 'confirmed';
  const signUpStep = !done ? 'CONFIRM_SIGN_UP' : it.signedUp ? 'COMPLETE_AUTO_SIGN_IN' : 'DONE';
  return {
    isSignUpComplete: done,
    nextStep: codeDeliveryDetails ? { signUpStep, codeDeliveryDetails: delivery(codeDeliveryDetails) } : { signUpStep },
    ...(userSub && { userId: userSub }),
  };
};

export const signUp = api(async (it, { username, password, options = NONE }) => {
  need(username, 'EmptySignUpUsername', 'username');
  const { userAttributes, validationData, clientMetadata, autoSignIn: auto } = options;
  it.signedUp = !!auto;
  return signUpOutput(it, await asAmplify(() => it.auth.signUp({ username, password, userAttributes, validationData, clientMetadata })));
});

export const confirmSignUp = api(async (it, { username, confirmationCode, options = NONE }) => {
  need(username, 'EmptyConfirmSignUpUsername', 'username');
  need(confirmationCode, 'EmptyConfirmSignUpCode', 'confirmationCode');
  return signUpOutput(it, await asAmplify(() => it.auth.confirmSignUp({ username, confirmationCode, ...options })));
});

export const resendSignUpCode = api(async (it, { username, options = NONE }) => {
  need(username, 'EmptyresendSignUpCodeUsername', 'username');
  return delivery((await asAmplify(() => it.auth.resendSignUpCode({ username, ...options }))).codeDeliveryDetails) ?? {};
});

// --- passwords

export const resetPassword = api(async (it, { username, options = NONE }) => {
  need(username, 'EmptyResetPasswordUsername', 'username');
  const { forgotPasswordState, codeDeliveryDetails } = await asAmplify(() => it.auth.forgotPassword({ username, ...options }));
  const done = forgotPasswordState === 'done';
  return {
    isPasswordReset: done,
    nextStep: { resetPasswordStep: done ? 'DONE' : 'CONFIRM_RESET_PASSWORD_WITH_CODE', codeDeliveryDetails: delivery(codeDeliveryDetails) ?? {} },
  };
});

export const confirmResetPassword = api(async (it, { username, newPassword, confirmationCode, options = NONE }) => {
  need(username, 'EmptyConfirmResetPasswordUsername', 'username');
  need(newPassword, 'EmptyConfirmResetPasswordNewPassword', 'newPassword');
  need(confirmationCode, 'EmptyConfirmResetPasswordConfirmationCode', 'confirmationCode');
  await asAmplify(() => it.auth.confirmForgotPassword({ username, newPassword, confirmationCode, ...options }));
});
