// From this library's results to Amplify's.

/** Absent members are not there, as an app may ask by `in`. */
export const present = (object) => {
  for (const key in object) if (object[key] === undefined) delete object[key];
  return object;
};

export const delivery = (details) => details && present({
  destination: details.destination,
  deliveryMedium: details.deliveryMedium?.toUpperCase(),
  attributeName: details.attributeName,
});

const FACTORS = { __proto__: null, SMS_MFA: 'SMS', SOFTWARE_TOKEN_MFA: 'TOTP', EMAIL_OTP: 'EMAIL' };
const toFactor = (name) => FACTORS[name] ?? name;
export const fromFactor = (name) => Object.keys(FACTORS).find((key) => FACTORS[key] === name) ?? name;

export const totp = ({ sharedSecret }, username) => ({
  sharedSecret,
  getSetupUri: (appName, accountName = username) => {
    const name = encodeURIComponent(appName);
    return new URL(`otpauth://totp/${name}:${encodeURIComponent(accountName)}?secret=${sharedSecret}&issuer=${name}`);
  },
});

const STEPS = {
  __proto__: null,
  signedIn: 'DONE',
  smsMFA: 'CONFIRM_SIGN_IN_WITH_SMS_CODE',
  smsOTP: 'CONFIRM_SIGN_IN_WITH_SMS_CODE',
  emailMFA: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE',
  emailOTP: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE',
  totpMFA: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE',
  selectMFA: 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION',
  setUpMFA: 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION',
  setUpTOTP: 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP',
  setUpEmail: 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP',
  newPasswordRequired: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED',
  customChallenge: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
  selectFactor: 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION',
  password: 'CONFIRM_SIGN_IN_WITH_PASSWORD',
  confirmSignUp: 'CONFIRM_SIGN_UP',
  resetPassword: 'RESET_PASSWORD',
};

/** SignInOutput of a SignInResult. */
export function signInOutput(result, username) {
  const { signInState: state } = result;
  const mfa = state === 'selectMFA' || state === 'setUpMFA';
  return {
    isSignedIn: state === 'signedIn',
    nextStep: present({
      signInStep: STEPS[state],
      codeDeliveryDetails: delivery(result.codeDetails),
      additionalInfo: result.parameters,
      missingAttributes: state === 'newPasswordRequired' ? result.requiredAttributes ?? [] : undefined,
      allowedMFATypes: mfa ? result.allowedFactors?.map(toFactor) : undefined,
      availableChallenges: mfa ? undefined : result.allowedFactors,
      totpSetupDetails: result.totpSetup && totp(result.totpSetup, username),
    }),
  };
}

/** A JWT as Amplify hands it out. */
export const jwt = (token) => token && { payload: token.claims, toString: () => token.tokenString };
