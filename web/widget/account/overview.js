// overview.js: the way to the parts of the account, signing out, and the end of the account.

import { DONE } from '../panel.js';
import { icon } from '../dom.js';
import { passkeysSupported } from '../screens/after-sign-in.js';
import { back } from './list.js';

const chevron = () => icon('M9 5l7 7-7 7');
const part = (to) => ({ to, text: `account.${to}`, kind: 'entry', icon: chevron });

export const account = {
  title: 'account.title',
  text: ({ element }) => element.auth?.username,
  choices: ({ config }) => [
    part('profile'),
    part('password'),
    config.mfa.status !== 'off' && part('mfa'),
    passkeysSupported() && part('passkeys'),
    part('devices'),
    { text: 'account.signOut', run: async (context) => { await (await context.auth()).signOut({ signal: context.signal }); return DONE; } },
  ],
  links: () => [{ to: 'signOutEverywhere', text: 'account.signOutEverywhere' }, { to: 'deleteAccount', text: 'account.deleteAccount' }],
};

export const signOutEverywhere = {
  title: 'account.signOutEverywhere',
  text: ({ t }) => t('account.signOutEverywhereText'),
  choices: () => [{
    text: 'account.signOutEverywhere', kind: 'primary solid',
    run: async (context) => { await (await context.auth()).signOut({ signOutGlobally: true, signal: context.signal }); return DONE; },
  }],
  links: () => [back],
};

export const deleteAccount = {
  title: 'account.deleteAccount',
  text: ({ t }) => t('account.deleteText'),
  fields: ({ element, t }) => [{
    name: 'confirmation', label: t('account.deleteConfirm', { username: element.auth?.username }), type: 'text', autocomplete: 'off', autocapitalize: 'none',
    validate: (value) => value !== element.auth?.username && 'invalid.username',
  }],
  submit: 'account.deleteAccount',
  danger: true,
  run: async (context) => { await (await context.auth()).deleteUser({ signal: context.signal }); return DONE; },
  links: () => [back],
};

export const signedOut = { title: 'account.title', text: ({ t }) => t('account.signedOut') };
