// Amplify v6's functions for Auth over AmplifyAuth: what `aws-amplify`, `aws-amplify/auth`, `aws-amplify/auth/cognito` and
// `aws-amplify/utils` export of it, from one module.
export { AuthError } from './amplify-auth.js';
export { Amplify, cognitoUserPoolsTokenProvider, createAmplifyContext } from './compat/amplify.js';
export { parseAmplifyConfig } from './compat/config.js';
export { Hub } from './compat/hub.js';
export { CookieStorage, defaultStorage, sessionStorage } from './compat/storage.js';
export { decodeJWT, fetchAuthSession, getCurrentUser } from './compat/session.js';
export {
  autoSignIn, confirmResetPassword, confirmSignIn, confirmSignUp, resendSignUpCode, resetPassword, signIn, signInWithRedirect, signOut, signUp,
} from './compat/sign-in.js';
export {
  associateWebAuthnCredential, confirmUserAttribute, deleteUser, deleteUserAttributes, deleteWebAuthnCredential, fetchDevices,
  fetchMFAPreference, fetchUserAttributes, forgetDevice, listWebAuthnCredentials, rememberDevice, sendUserAttributeVerificationCode, setUpTOTP,
  updateMFAPreference, updatePassword, updateUserAttribute, updateUserAttributes, verifyTOTPSetup,
} from './compat/account.js';
