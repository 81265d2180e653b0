// The flows whose requests are counted, by this module.
import { AmplifyAuth } from 'amplify-auth';
import { config } from './page.js';

const auth = new AmplifyAuth({ config });
const step = (given) => ({ signedIn: given.signInState === 'signedIn', sharedSecret: given.totpSetup?.sharedSecret });

globalThis.app = {
  signIn: ({ flow, ...input }) => auth.signIn({ ...input, authFlow: flow?.replace(/^CUSTOM.*/, 'CUSTOM_AUTH') }).then(step),
  confirm: (challengeResponse) => auth.confirmSignIn({ challengeResponse }).then(step),
  signUp: (username, password) => auth.signUp({ username, password, userAttributes: { email: username + '@example.com' } }),
  confirmSignUp: (username, confirmationCode) => auth.confirmSignUp({ username, confirmationCode }),
  resend: (username) => auth.resendSignUpCode({ username }),
  autoSignIn: () => auth.autoSignIn().then(step),
  tokens: () => auth.getTokens(),
  refresh: () => auth.getTokens({ forceRefresh: true }),
  credentials: () => auth.getAWSCredentials(),
  signOut: (signOutGlobally) => auth.signOut({ signOutGlobally }),
  forgot: (username) => auth.forgotPassword({ username }),
  reset: (username, newPassword, confirmationCode) => auth.confirmForgotPassword({ username, newPassword, confirmationCode }),
  changePassword: (currentPassword, proposedPassword) => auth.changePassword({ currentPassword, proposedPassword }),
  attributes: () => auth.getUserAttributes(),
  updateAttributes: (attributes) => auth.updateUserAttributes({ attributes }),
  setUpTOTP: () => auth.setUpTOTP(),
  verifyTOTP: (code) => auth.verifyTOTPSetup({ code }),
  mfaPreference: () => auth.getMFAPreference(),
  preferTOTP: () => auth.setMFAPreference({ totp: 'PREFERRED' }),
  preferEmail: () => auth.setMFAPreference({ email: 'PREFERRED' }),
  rememberDevice: () => auth.deviceOperations.updateStatus({ remembered: true }),
  devices: () => auth.deviceOperations.list(),
  forgetDevice: () => auth.deviceOperations.forget(),
  registerPasskey: () => auth.registerPasskey(),
  passkeys: () => auth.listPasskeys(),
  deleteUser: () => auth.deleteUser(),
};
