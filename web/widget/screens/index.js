// index.js: the table of screens of <amplify-sign-in>. Sign-in steps bear the names of the engine's signInState.

import { signIn } from './sign-in.js';

export const screens = { signIn };
