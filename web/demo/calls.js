// Every method of AmplifyAuth with an argument to start from. A method whose form has no text takes
// only the options that every call takes.

export const groups = [
  ['Life cycle and state', [
    ['initialize'],
    ['releaseSignInWait'],
    ['close', null, 'Frees the instance; reload the page afterwards.'],
  ]],
  ['Sign-in', [
    ['signIn', { username: 'demo', password: 'Passw0rd!' }, 'authFlow: USER_SRP_AUTH (default), USER_PASSWORD_AUTH, CUSTOM_AUTH, USER_AUTH'],
    ['confirmSignIn', { challengeResponse: '' }],
    ['autoSignIn'],
    ['getPendingSignIn'],
    ['cancelSignIn'],
    ['signOut', { signOutGlobally: false, invalidateTokens: true }],
    ['deleteUser'],
  ]],
  ['Sign-up', [
    ['signUp', { username: 'ada', password: 'Passw0rd!', userAttributes: { email: 'ada@example.com' } }],
    ['confirmSignUp', { username: 'ada', confirmationCode: '' }],
    ['resendSignUpCode', { username: 'ada' }],
  ]],
  ['Password', [
    ['forgotPassword', { username: 'demo' }],
    ['confirmForgotPassword', { username: 'demo', newPassword: '', confirmationCode: '' }],
    ['changePassword', { currentPassword: 'Passw0rd!', proposedPassword: '' }],
  ]],
  ['Attributes', [
    ['getUserAttributes'],
    ['updateUserAttributes', { attributes: { nickname: 'Demo' } }],
    ['deleteUserAttributes', { names: ['nickname'] }],
    ['verifyUserAttribute', { name: 'email' }],
    ['confirmVerifyUserAttribute', { name: 'email', confirmationCode: '' }],
  ]],
  ['MFA', [
    ['setUpTOTP'],
    ['verifyTOTPSetup', { code: '' }],
    ['getMFAPreference'],
    ['setMFAPreference', { totp: 'PREFERRED' }],
  ]],
  ['Passkeys', [
    ['registerPasskey'],
    ['listPasskeys'],
    ['deletePasskey', { credentialId: '' }],
  ]],
  ['Tokens and AWS credentials', [
    ['getTokens', { forceRefresh: false }],
    ['getAWSCredentials'],
    ['credentialsProvider', null, 'The function that the AWS SDK for JavaScript takes as credentials.'],
    ['getIdentityId'],
    ['signRequest', { request: { url: 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15', method: 'GET' }, service: 'sts', region: 'us-east-1' }],
  ]],
  ['Federation and hosted UI', [
    ['federatedSignIn', { providerName: 'google', token: '' }],
    ['showSignIn', { hostedUI: { scopes: ['openid', 'email'], mode: 'redirect' } }, 'Without hostedUI the drop-in widget opens as a dialog: {"canCancel": true}'],
    ['handleAuthResponse'],
  ]],
  ['Devices', [
    ['deviceOperations.list', { limit: 20 }],
    ['deviceOperations.get', {}],
    ['deviceOperations.updateStatus', { remembered: true }],
    ['deviceOperations.forget', {}],
  ]],
];

// call runs one method by name with the object of its form.
export function call(auth, name, args, signal) {
  if (name === 'signRequest') {
    const { request: { url, ...init }, ...options } = args;
    return auth.signRequest(new Request(url, init), { ...options, signal })
      .then((signed) => ({ url: signed.url, method: signed.method, headers: Object.fromEntries(signed.headers) }));
  }
  if (name === 'handleAuthResponse') return auth.handleAuthResponse();
  const path = name.split('.');
  const method = path.pop();
  const owner = path.reduce((object, key) => object[key], auth);
  if (typeof owner?.[method] !== 'function') return Promise.reject(new TypeError(`auth.${name} is not a function of this build`));
  return owner[method]({ ...args, signal });
}
