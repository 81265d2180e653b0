// config.js reads out of a configuration, in any of its four formats, what decides how screens look.
// The engine checks the configuration; here a missing key just means a default.

import { CONFIG_KEYS, SDK_KEYS } from '../src/contract.js';
import { formatOf, idsOf } from '../src/formats.js';

// normalise returns
//   clientId       of the user pool's app client
//   userPool       whether there is one: an identity pool alone has no user names and passwords
//   customAuth     whether sign-ins are of the flow CUSTOM_AUTH, which may do without a password
//   loginWith      identifiers a user signs in with: 'username' | 'email' | 'phone_number'
//   attributes     names asked for at sign-up
//   policy         { minLength, lowercase, uppercase, number, symbol } or undefined when not stated
//   providers      provider ids of the hosted UI, as written
//   direct         provider options for the providers' own web SDKs: { google: { clientId }, facebook: { appId, scope } }
//   hostedUI       whether there is a user-pool domain, or another provider
//   mfa            { status: 'off' | 'optional' | 'on', methods: ['sms' | 'totp' | 'email'] }
//   passwordless   { passkey, preferred } or undefined
export function normalise(raw) {
  raw = Object(raw);
  const [format, part] = formatOf(raw);
  const { userPoolId, clientId, external } = idsOf(raw);
  const keys = CONFIG_KEYS[format];
  const root = format === 'awsConfiguration' ? part.Auth?.Default : part;
  const at = (path) => find(root, path);
  const loginWith = names(at(keys.loginWith)).map((name) => (name === 'phone' ? 'phone_number' : name));
  const status = String(at(keys.mfa) ?? 'off').toLowerCase();
  return {
    clientId,
    userPool: Boolean(userPoolId),
    customAuth: /^CUSTOM/.test(at(keys.authFlow)),
    loginWith: loginWith.length ? loginWith : ['username'],
    attributes: names(at(keys.attributes)),
    policy: policy(at(keys.policy.at), keys.policy),
    providers: list(at(keys.providers)).map((provider) => provider.custom ?? provider),
    direct: direct(part),
    hostedUI: external || Boolean(at(keys.oauth)?.[keys.domain]),
    mfa: { status: { none: 'off', required: 'on' }[status] ?? status, methods: names(at(keys.mfaMethods)).map((name) => name.replace('Enabled', '')) },
    passwordless: at(keys.passwordless) && { passkey: Boolean(at(keys.passkey)), preferred: at(keys.preferred) },
  };
}

// find is what a path with dots leads to.
const find = (object, path) => path?.split('.').reduce((inner, name) => inner?.[name], object);

// list reads a list, or one text with commas in it.
const list = (value) => (Array.isArray(value) ? value : value ? String(value).split(',') : []);

// names are those of a list, whatever their case, or the members of an object that are true or required.
const names = (value) => (value instanceof Object && !Array.isArray(value)
  ? Object.keys(value).filter((name) => value[name] === true || value[name]?.required)
  : list(value).map((name) => String(name).trim().toLowerCase()));

function policy(from, keys) {
  if (!from) return undefined;
  const listed = keys.characters && names(from[keys.characters]);
  const requires = (name) => Boolean(listed ? listed.includes(name.toLowerCase()) : from[name]);
  return {
    minLength: Number(from[keys.minLength]) || 8,
    lowercase: requires(keys.lowercase), uppercase: requires(keys.uppercase), number: requires(keys.number), symbol: requires(keys.symbol),
  };
}

function direct(part) {
  const clientId = find(part, SDK_KEYS.google);
  const appId = find(part, SDK_KEYS.facebook);
  return { ...(clientId && { google: { clientId } }), ...(appId && { facebook: { appId, scope: find(part, SDK_KEYS.facebookScope) } }) };
}

export const emptyConfig = { ...normalise({}), userPool: true };
