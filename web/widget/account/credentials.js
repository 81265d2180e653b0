// credentials.js: passkeys, remembered devices, and where the user is signed in.

import { NONE } from '../../src/own.js';
import { allPages } from '../../src/pages.js';
import { passkeysSupported } from '../screens/after-sign-in.js';
import { h } from '../dom.js';
import { icons } from '../icons.js';
import { back, day, list } from './list.js';

export const passkeys = {
  title: 'account.passkeys',
  text: ({ t }) => t('passkey.text'),
  enter: loadPasskeys,
  body: (context, panel) => context.flow.passkeys && list(panel, context.flow.passkeys.map(({ credentialId, friendlyCredentialName, createdAt }) => ({
    icon: icons.passkey,
    title: friendlyCredentialName || context.t('factor.passkey'),
    details: [createdAt && context.t('account.added', { date: day(context, createdAt) })],
    actions: [{ text: 'common.remove', key: credentialId, run: () => change(context, 'passkeys', loadPasskeys, (auth, signal) => auth.deletePasskey({ credentialId, signal })) }],
  })), context.t('account.none')),
  choices: (context) => [passkeysSupported() && {
    text: 'passkey.add', run: () => change(context, 'passkeys', loadPasskeys, (auth, signal) => auth.registerPasskey({ signal })),
  }],
  back,
};

function loadPasskeys(context) {
  return load(context, 'passkeys', (auth, page) => auth.listPasskeys(page), 'credentials');
}

export const devices = {
  title: 'account.devices',
  text: ({ t }) => t('account.devicesText'),
  enter: loadDevices,
  body: (context, panel) => context.flow.devices && list(panel, context.flow.devices.map(({ deviceKey, attributes, lastAuthenticatedDate }) => ({
    icon: icons.devices,
    title: attributes?.device_name ?? deviceKey,
    status: deviceKey === context.flow.thisDevice && h('span', { class: 'status on' }, context.t('account.thisDevice')),
    details: [lastAuthenticatedDate && context.t('account.lastUsed', { date: day(context, lastAuthenticatedDate) })],
    actions: [{ text: 'common.remove', key: deviceKey, run: () => change(context, 'devices', loadDevices, (auth, signal) => auth.deviceOperations.forget({ deviceKey, signal })) }],
  })), context.t('account.none')),
  back,
};

async function loadDevices(context) {
  await load(context, 'devices', (auth, page) => auth.deviceOperations.list({ limit: 60, ...page }), 'devices', 'paginationToken');
  const auth = await context.auth();
  context.flow.thisDevice = (await auth.deviceOperations.get({ signal: context.signal }).catch(() => undefined))?.deviceKey; // it may be remembered nowhere
}

export const sessions = {
  title: 'account.sessions',
  enter: loadSessions,
  body: (context, panel) => context.flow.sessions && list(panel, context.flow.sessions.map(({ sessionId, deviceType, lastActiveDate, lastIPAddress, lastLocation = NONE, isCurrent }) => ({
    icon: icons.sessions,
    title: deviceType || lastIPAddress || sessionId,
    status: isCurrent && h('span', { class: 'status on' }, context.t('account.thisDevice')),
    details: [[lastLocation.city, lastLocation.country].filter(Boolean).join(', ') || lastIPAddress, lastActiveDate && context.t('account.lastUsed', { date: day(context, lastActiveDate) })],
    actions: [!isCurrent && { text: 'account.signOut', key: sessionId, run: () => change(context, 'sessions', loadSessions, (auth, signal) => auth.revokeSession({ sessionId, linked: true, signal })) }],
  })), context.t('account.none')),
  back,
};

function loadSessions(context) {
  return load(context, 'sessions', (auth, page) => auth.listSessions(page), 'sessions');
}

// load reads all pages of what the user has; token is the name of what leads to the next one.
async function load({ auth, flow, signal }, what, read, items, token = 'nextToken') {
  const client = await auth();
  flow[what] = await allPages(async (next) => {
    const page = await read(client, { [token]: next, signal });
    return [page[items], page[token]];
  });
}

async function change(context, screen, reload, act) {
  await act(await context.auth(), context.signal);
  await reload(context);
  return { screen, notice: context.t('account.saved') };
}
