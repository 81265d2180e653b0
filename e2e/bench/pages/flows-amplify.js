// The flows whose requests are counted, by aws-amplify.
import { Amplify } from 'aws-amplify';
import * as auth from 'aws-amplify/auth';
import { config } from './page.js';

Amplify.configure(config);
const step = (given) => ({ signedIn: given.isSignedIn, sharedSecret: given.nextStep.totpSetupDetails?.sharedSecret });

globalThis.app = {
  signIn: ({ flow, preferredChallenge, ...input }) =>
    auth.signIn({ ...input, options: { authFlowType: flow, preferredChallenge } }).then(step),
  confirm: (challengeResponse) => auth.confirmSignIn({ challengeResponse }).then(step),
  signUp: (username, password) => auth.signUp({
    username, password, options: { userAttributes: { email: username + '@example.com' }, autoSignIn: { authFlowType: 'USER_AUTH' } },
  }),
  confirmSignUp: (username, confirmationCode) => auth.confirmSignUp({ username, confirmationCode }),
  resend: (username) => auth.resendSignUpCode({ username }),
  autoSignIn: () => auth.autoSignIn().then(step),
  tokens: () => auth.fetchAuthSession(),
  refresh: () => auth.fetchAuthSession({ forceRefresh: true }),
  credentials: () => auth.fetchAuthSession(),
  signOut: (global) => auth.signOut({ global }),
  forgot: (username) => auth.resetPassword({ username }),
  reset: (username, newPassword, confirmationCode) => auth.confirmResetPassword({ username, newPassword, confirmationCode }),
  changePassword: (oldPassword, newPassword) => auth.updatePassword({ oldPassword, newPassword }),
  attributes: () => auth.fetchUserAttributes(),
  updateAttributes: (userAttributes) => auth.updateUserAttributes({ userAttributes }),
  setUpTOTP: () => auth.setUpTOTP().then(({ sharedSecret }) => ({ sharedSecret })),
  verifyTOTP: (code) => auth.verifyTOTPSetup({ code }),
  mfaPreference: () => auth.fetchMFAPreference(),
  preferTOTP: () => auth.updateMFAPreference({ totp: 'PREFERRED' }),
  preferEmail: () => auth.updateMFAPreference({ email: 'PREFERRED' }),
  rememberDevice: () => auth.rememberDevice(),
  devices: () => auth.fetchDevices(),
  forgetDevice: () => auth.forgetDevice(),
  registerPasskey: () => auth.associateWebAuthnCredential(),
  passkeys: () => auth.listWebAuthnCredentials(),
  deleteUser: () => auth.deleteUser(),
};
