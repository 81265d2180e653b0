import { auth, CUSTOM_STATE, told } from './amplify.js';
import { asAmplify, fail, need } from './errors.js';
import { tell } from './hub.js';
import { delivery, fromFactor, signInOutput } from './shapes.js';

let pending; // { signInState, username } of the sign-in that goes on
let signedUp; // whether autoSignIn was asked for

const SIGNED_IN = { invalidState: 'UserAlreadyAuthenticatedException' };

async function output(username, work, names) {
  const result = await asAmplify(work, names);
  pending = { signInState: result.signInState, username };
  await told;
  return signInOutput(result, username);
}

export async function signIn({ username, password, options = {} }) {
  need(username, 'EmptySignInUsername', 'username');
  const { authFlowType: flow = 'USER_SRP_AUTH', preferredChallenge, clientMetadata } = options;
  const custom = flow.startsWith('CUSTOM_');
  if (flow === 'CUSTOM_WITHOUT_SRP' && password) fail('CustomAuthSignInPassword', 'A password is not needed when signing in with CUSTOM_WITHOUT_SRP.', 'Do not include a password in your signIn call.');
  if (flow !== 'USER_AUTH' && flow !== 'CUSTOM_WITHOUT_SRP') need(password, 'EmptySignInPassword', 'password');
  // Amplify lets the user pool ask for the factor, whatever password there is
  if (flow === 'USER_AUTH' && !preferredChallenge) password = undefined;
  return output(username, () =>
    auth().signIn({ username, password, authFlow: custom ? 'CUSTOM_AUTH' : flow, preferredChallenge, clientMetadata }), SIGNED_IN);
}

export async function confirmSignIn({ challengeResponse, options = {} }) {
  need(challengeResponse, 'EmptyChallengeResponse', 'challengeResponse');
  const { userAttributes, clientMetadata, friendlyDeviceName } = options;
  pending ??= await asAmplify(() => auth().getPendingSignIn()); // the page has been reloaded
  const choice = ['selectMFA', 'setUpMFA'].includes(pending?.signInState);
  return output(pending?.username, () => auth().confirmSignIn({
    challengeResponse: choice ? fromFactor(challengeResponse) : challengeResponse, userAttributes, clientMetadata, friendlyDeviceName,
  }), { invalidState: 'SignInException' });
}

export async function autoSignIn() {
  if (!signedUp) fail('AutoSignInException', 'There is no sign-up to go on from.', 'Give signUp the option autoSignIn, and confirm the sign-up, before you call autoSignIn.', { code: 'invalidState' });
  signedUp = false;
  return output(undefined, () => auth().autoSignIn(), { invalidState: 'AutoSignInException' });
}

const PROVIDERS = { Amazon: 'amazon', Apple: 'apple', Facebook: 'facebook', Google: 'google' };

export async function signInWithRedirect({ provider, customState, options = {} } = {}) {
  const { loginHint, lang, nonce, prompt } = options;
  await asAmplify(() => auth().showSignIn({
    hostedUI: {
      identityProvider: PROVIDERS[provider] ?? provider?.custom, idpIdentifier: provider?.idpIdentifier,
      returnTo: customState && CUSTOM_STATE + encodeURIComponent(customState), loginHint, lang, nonce, prompt: [prompt ?? []].flat().join(' ').toLowerCase() || undefined,
    },
  }), SIGNED_IN);
}

export async function signOut({ global, oauth } = {}) {
  const before = auth().isSignedIn;
  await asAmplify(() => auth().signOut({ signOutGlobally: !!global, redirectURL: oauth?.redirectUrl }));
  pending = undefined;
  if (!before) tell('signedOut'); // which Amplify tells however it was
}

// --- sign-up

const signUpOutput = ({ signUpConfirmationState, codeDeliveryDetails, userSub }) => {
  const done = signUpConfirmationState === 'confirmed';
  const signUpStep = !done ? 'CONFIRM_SIGN_UP' : signedUp ? 'COMPLETE_AUTO_SIGN_IN' : 'DONE';
  return {
    isSignUpComplete: done,
    nextStep: codeDeliveryDetails ? { signUpStep, codeDeliveryDetails: delivery(codeDeliveryDetails) } : { signUpStep },
    ...(userSub && { userId: userSub }),
  };
};

export async function signUp({ username, password, options = {} }) {
  need(username, 'EmptySignUpUsername', 'username');
  const { userAttributes, validationData, clientMetadata, autoSignIn: auto } = options;
  signedUp = !!auto;
  return signUpOutput(await asAmplify(() => auth().signUp({ username, password, userAttributes, validationData, clientMetadata })));
}

export async function confirmSignUp({ username, confirmationCode, options = {} }) {
  need(username, 'EmptyConfirmSignUpUsername', 'username');
  need(confirmationCode, 'EmptyConfirmSignUpCode', 'confirmationCode');
  return signUpOutput(await asAmplify(() => auth().confirmSignUp({ username, confirmationCode, ...options })));
}

export async function resendSignUpCode({ username, options = {} }) {
  need(username, 'EmptyresendSignUpCodeUsername', 'username');
  return delivery((await asAmplify(() => auth().resendSignUpCode({ username, ...options }))).codeDeliveryDetails) ?? {};
}

// --- passwords

export async function resetPassword({ username, options = {} }) {
  need(username, 'EmptyResetPasswordUsername', 'username');
  const { forgotPasswordState, codeDeliveryDetails } = await asAmplify(() => auth().forgotPassword({ username, ...options }));
  const done = forgotPasswordState === 'done';
  return {
    isPasswordReset: done,
    nextStep: { resetPasswordStep: done ? 'DONE' : 'CONFIRM_RESET_PASSWORD_WITH_CODE', codeDeliveryDetails: delivery(codeDeliveryDetails) ?? {} },
  };
}

export async function confirmResetPassword({ username, newPassword, confirmationCode, options = {} }) {
  need(username, 'EmptyConfirmResetPasswordUsername', 'username');
  need(newPassword, 'EmptyConfirmResetPasswordNewPassword', 'newPassword');
  need(confirmationCode, 'EmptyConfirmResetPasswordConfirmationCode', 'confirmationCode');
  await asAmplify(() => auth().confirmForgotPassword({ username, newPassword, confirmationCode, ...options }));
}
