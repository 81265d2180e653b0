// index.js: the table of screens of <amplify-account>.

import { misconfigured } from '../screens/misconfigured.js';
import { account, deleteAccount, signedOut, signOutEverywhere } from './overview.js';
import { attribute, confirmAttribute, profile } from './profile.js';
import { mfa, password, setUpTOTP } from './security.js';
import { devices, passkeys } from './credentials.js';

export const screens = { account, profile, attribute, confirmAttribute, password, mfa, setUpTOTP, passkeys, devices, signOutEverywhere, deleteAccount, signedOut, misconfigured };
