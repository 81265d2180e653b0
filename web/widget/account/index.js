// index.js: the table of screens of <amplify-account> for who is signed in.

import { account, deleteAccount, signOutEverywhere } from './overview.js';
import { attribute, confirmAttribute, profile } from './profile.js';
import { mfa, password, setUpTOTP } from './security.js';
import { devices, passkeys, sessions } from './credentials.js';

export const screens = { account, profile, attribute, confirmAttribute, password, mfa, setUpTOTP, passkeys, devices, sessions, signOutEverywhere, deleteAccount };
