// index.js: the table of screens of <amplify-sign-in>. The steps of a sign-in bear the names of signInState.

import { confirmContact, offerPasskey, verifyContact } from './after-sign-in.js';
import { challenges } from './challenges.js';
import { federation } from './federation.js';
import { misconfigured } from './misconfigured.js';
import { forgotPassword, resetPassword } from './recovery.js';
import { signIn } from './sign-in.js';
import { confirmSignUp, signUp } from './sign-up.js';
import { stepUp } from './step-up.js';

export const screens = {
  signIn, stepUp, federation, signUp, confirmSignUp, forgotPassword, resetPassword, ...challenges, verifyContact, confirmContact, offerPasskey, misconfigured,
};
