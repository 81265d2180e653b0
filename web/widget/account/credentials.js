// credentials.js: passkeys and remembered devices.

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

async function loadPasskeys(context) {
  const auth = await context.auth();
  let passkeys = [];
  let nextToken;
  do {
    const page = await auth.listPasskeys({ nextToken, signal: context.signal });
    passkeys = passkeys.concat(page.credentials ?? []);
    nextToken = page.nextToken;
  } while (nextToken);
  context.flow.passkeys = passkeys;
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
  const auth = await context.auth();
  let devices = [];
  let paginationToken;
  do {
    const page = await auth.deviceOperations.list({ limit: 60, paginationToken, signal: context.signal });
    devices = devices.concat(page.devices ?? []);
    paginationToken = page.paginationToken;
  } while (paginationToken);
  context.flow.devices = devices;
  context.flow.thisDevice = (await auth.deviceOperations.get({ signal: context.signal }).catch(() => undefined))?.deviceKey; // it may be remembered nowhere
}

async function change(context, screen, reload, act) {
  await act(await context.auth(), context.signal);
  await reload(context);
  return { screen, notice: context.t('account.saved') };
}
