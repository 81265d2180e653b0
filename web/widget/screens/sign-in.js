// sign-in.js: the first screen. With passwordless sign-in it asks for the name alone and lets the user pool
// say how to go on; otherwise for name and password.

import { h, isOn } from '../dom.js';
import { isHidden } from '../factors.js';
import { icons } from '../icons.js';
import { providerChoices, routeFor } from '../providers.js';
import { rememberUsername } from '../remember.js';
import { passkeysSupported } from './after-sign-in.js';
import { canonical, follow, identifier } from './steps.js';

const withPasskeys = (context) => context.config.passwordless?.passkey && passkeysSupported() && !isHidden(context, 'factor.passkey');

const isRemembered = ({ flow }) => flow.remembered !== undefined && flow.remembered === flow.username;

const nameFirst = ({ config, flow }) => config.passwordless && !flow.withPassword;

export const signIn = {
  title: 'signIn.title',

  fields(context) {
    const { config, flow, element } = context;
    const remembered = isRemembered(context);
    const passkey = withPasskeys(context);
    return config.userPool && [
      {
        ...identifier(context),
        readonly: remembered && !passkey, // a browser offers no passkey in a field that cannot be filled in
        autocomplete: passkey ? 'username webauthn' : 'username',
        link: remembered && { text: 'signIn.notYou', run: notYou },
        // A name whose domain signs in elsewhere needs no password here.
        onchange: (_, value) => {
          const route = routeFor(context, value);
          const changed = route?.id !== flow.route?.id;
          flow.route = route;
          return changed;
        },
      },
      !flow.route && !nameFirst(context) && !isOn(element, 'hide-password') && {
        required: !config.customAuth, name: 'password', label: 'field.password', type: 'password', autocomplete: 'current-password',
        link: { text: 'signIn.forgot', run: (_, { username }) => { keep(context, username); return 'forgotPassword'; }, leave: true },
      },
      !flow.route && !isOn(element, 'hide-remember-device') && {
        name: 'rememberDevice', label: 'field.rememberDevice', type: 'checkbox', required: false, value: remembered,
      },
    ];
  },

  before(context) {
    const { flow, t, config } = context;
    if (!config.userPool && !providerChoices(context).length) return h('p', { class: 'text' }, t('signIn.nothing'));
    return flow.route && h('p', { class: 'hint' }, t('provider.route', { provider: flow.route.label }));
  },

  submit: (context) => context.config.userPool && context.t(context.flow.route || nameFirst(context) ? 'common.continue' : 'signIn.title'),

  async run(context, { username, password, rememberDevice }, { clientMetadata, validationData }) {
    const { config, flow, signal } = context;
    const route = routeFor(context, username);
    if (route) return route.start(context, { loginHint: username });
    keep(context, username);
    flow.remember = rememberDevice;
    flow.password = password; // in memory, until the sign-in is through, for a sign-up that is to be confirmed first
    const auth = await context.auth();
    const input = { username: flow.username, rememberDevice, clientMetadata, validationData, signal };
    if (nameFirst(context)) Object.assign(input, { authFlow: 'USER_AUTH', preferredChallenge: config.passwordless.preferred });
    else if (password) input.password = password;
    flow.signInInput = { ...input, password: undefined, signal: undefined };
    return follow(context, await auth.signIn(input));
  },

  body: (context, panel) => {
    const choices = providerChoices(context);
    const ways = otherWays(context);
    return [
      ways.length > 0 && h('div', { class: 'choices', part: 'choices' },
        panel.button({ text: 'signIn.other', set: ({ flow }) => { flow.otherWays = !flow.otherWays; }, expanded: String(Boolean(context.flow.otherWays)), status: icons.chevron() }, 'link disclosure'),
        context.flow.otherWays && ways.map((way) => panel.button(way, 'button'))),
      choices.length > 0 && [
        context.config.userPool && h('div', { class: 'divider', part: 'divider' }, context.t('common.or')),
        h('div', { class: `choices ${choices.length > 2 ? 'compact' : ''}`, part: 'providers' }, choices.map((choice) => panel.button(choice, `button provider ${choice.kind}`))),
      ],
    ];
  },

  // The user pool needs to know who it is before it asks for a passkey, so autofill can offer the passkey of a
  // remembered user only.
  async meanwhile(context, signal) {
    if (!withPasskeys(context) || !isRemembered(context) || !await PublicKeyCredential.isConditionalMediationAvailable?.()) return undefined;
    const auth = await context.auth();
    signal.throwIfAborted();
    const result = await auth.signIn({ ...passkeySignIn(context), mediation: 'conditional', signal });
    return signal.aborted ? undefined : follow(context, result);
  },

  links: ({ element, config, flow }) => config.userPool && [
    nameFirst({ config, flow }) && { to: 'forgotPassword', text: 'signIn.forgot' },
    !isOn(element, 'hide-sign-up') && { to: 'signUp', text: 'signUp.title' },
  ],
};

// otherWays are what else the first step may be, out of sight until somebody asks.
function otherWays(context) {
  return [
    withPasskeys(context) && {
      text: 'signIn.passkey', icon: icons.passkey, check: ['username'], run: (_, values) => signInWithPasskey(context, values),
    },
    context.config.passwordless && !isHidden(context, 'factor.password') && {
      text: nameFirst(context) ? 'signIn.usePassword' : 'signIn.noPassword', icon: icons[nameFirst(context) ? 'password' : 'email'],
      set: (_, { username }) => { keep(context, username); context.flow.withPassword = nameFirst(context); },
    },
  ].filter(Boolean);
}

function keep(context, username) {
  context.flow.username = canonical(context, username);
}

function notYou({ config, flow }) {
  rememberUsername(config, undefined);
  flow.username = flow.remembered = undefined;
  return { screen: 'signIn', fresh: true };
}

async function signInWithPasskey(context, { username, rememberDevice }) {
  keep(context, username);
  context.flow.remember = rememberDevice;
  const auth = await context.auth();
  return follow(context, await auth.signIn({ ...passkeySignIn(context), rememberDevice, signal: context.signal }));
}

const passkeySignIn = ({ flow }) => ({ username: flow.username, authFlow: 'USER_AUTH', preferredChallenge: 'WEB_AUTHN' });
