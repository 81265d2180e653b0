// overview.js: the way to the parts of the account, signing out, and the end of the account.

import { NONE } from '../../src/own.js';
import { DONE } from '../done.js';
import { h } from '../dom.js';
import { icons } from '../icons.js';
import { passkeysSupported } from '../screens/after-sign-in.js';
import { initials } from '../view.js';
import { back } from './list.js';

// entry is the row of a part; its status is whether it is on, or a number of things.
const entry = ({ t }, to, status) => ({
  to, text: `account.${to}`, kind: 'entry', icon: icons[to],
  status: [
    status !== undefined && h('span', { class: `status ${status === true ? 'on' : ''}` },
      typeof status === 'number' ? new Intl.NumberFormat(t.language).format(status) : t(status ? 'account.on' : 'account.off')),
    icons.chevron(),
  ],
});

// summary asks for what the rows say. What cannot be had soon is left out: the part itself tells why.
async function summary(context, signal) {
  const { flow, config } = context;
  const auth = await context.auth();
  const bound = { signal, timeout: 3000 };
  const ask = (call) => call.catch(() => undefined);
  // Who it is stands in the token, which is there before the engine is.
  ask(auth.getTokens(bound)).then((tokens) => {
    if (signal.aborted) return;
    flow.claims = tokens?.idToken?.claims;
    context.panel.refresh();
  });
  const number = (items) => items?.length || undefined;
  const [attributes, mfa, passkeys, devices, sessions] = await Promise.all([
    ask(auth.getUserAttributes(bound)),
    config.mfa.status === 'off' ? undefined : ask(auth.getMFAPreference(bound)),
    passkeysSupported() ? ask(auth.listPasskeys(bound)) : undefined,
    ask(auth.deviceOperations.list({ limit: 60, ...bound })),
    ask(auth.listSessions(bound)), // refused where the pool does not track them
  ]);
  if (signal.aborted) return;
  Object.assign(flow, {
    attributes: attributes ?? flow.attributes,
    summary: { mfa: mfa && mfa.enabled?.length > 0, passkeys: number(passkeys?.credentials), devices: number(devices?.devices), sessions: number(sessions?.sessions) },
  });
  context.panel.refresh();
}

export const account = {
  title: 'account.title',
  header({ t, element, flow: { claims = NONE, attributes = claims, summary } }) {
    // No name stands there until the right one is known.
    const username = attributes !== NONE || summary ? element.auth?.username : '\u00a0';
    const title = attributes.name ?? ([attributes.given_name, attributes.family_name].filter(Boolean).join(' ') || username);
    const address = attributes.email ?? attributes.phone_number ?? username;
    return h('div', { class: 'identity', part: 'heading' },
      attributes.picture?.startsWith('https:') ? h('img', { class: 'avatar', part: 'avatar', src: attributes.picture, alt: '' }) : h('div', { class: 'avatar', part: 'avatar', 'aria-hidden': 'true' }, initials(title)),
      h('div', {},
        h('h2', { id: 'title', 'data-key': 'title', part: 'title', tabindex: '-1' }, h('span', { class: 'visually-hidden' }, `${t('account.title')}: `), h('bdi', {}, title)),
        h('p', { class: 'text', part: 'text' }, h('bdi', {}, address === title ? '\u00a0' : address))));
  },
  meanwhile: summary,
  // What follows the rows keeps out of sight until it is known how many there are.
  body: (context, panel) => h('ul', { class: `list entries ${context.flow.summary ? '' : 'pending'}`, part: 'list' }, [
    'profile', 'password', context.config.mfa.status !== 'off' && 'mfa', passkeysSupported() && 'passkeys', 'devices', context.flow.summary?.sessions && 'sessions',
  ].filter(Boolean).map((to) => h('li', {}, panel.button(entry(context, to, context.flow.summary?.[to]), 'entry')))),
  choices: () => [
    { text: 'account.signOut', run: async (context) => { await (await context.auth()).signOut({ signal: context.signal }); return DONE; } },
  ],
  links: () => [{ to: 'signOutEverywhere', text: 'account.signOutEverywhere' }, { to: 'deleteAccount', text: 'account.deleteAccount', kind: 'danger' }],
};

export const signOutEverywhere = {
  title: 'account.signOutEverywhere',
  text: ({ t }) => t('account.signOutEverywhereText'),
  choices: () => [{
    text: 'account.signOutEverywhere', kind: 'primary solid',
    run: async (context) => { await (await context.auth()).signOut({ signOutGlobally: true, signal: context.signal }); return DONE; },
  }],
  back,
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
  back,
};
