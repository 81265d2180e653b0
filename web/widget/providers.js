// providers.js: identity providers as buttons. A provider signs in through the user pool's hosted UI, or, when
// it has the client id of its own web SDK, directly at the provider and then federates with the identity pool.

import { NONE } from '../src/own.js';
import { NOT_IN_PROVIDER_NAMES, PROVIDERS } from '../src/contract.js';
import { DONE } from './done.js';
import { marks } from './marks.js';
import { h, icon, isImage } from './dom.js';

// Configurations, phones and OpenID have names of their own: LOGIN_WITH_AMAZON, accounts.google.com.
function brand(id) {
  const plain = id.toLowerCase().replace(NOT_IN_PROVIDER_NAMES, '');
  return Object.keys(PROVIDERS).find((name) => PROVIDERS[name].some((alias) => alias.toLowerCase() === plain));
}

// providers lists { id, label, icon, identityProvider, idpIdentifier, domains, mode, clientId, appId, scope } in
// the order of the element's `providers` (names, or JSON), else of the configuration.
export function providers(context) {
  const { config, element } = context;
  const given = element.providers;
  let list;
  if (Array.isArray(given)) list = given;
  else if (given == null) list = [...(config.hostedUI ? config.providers : []), ...Object.keys(config.direct).filter((id) => !config.hostedUI || !config.providers.some((other) => brand(other) === id))];
  else if (given.trim().startsWith('[')) list = parse(given);
  else list = given.split(/[\s,]+/).filter(Boolean);
  return list.filter((item) => {
    const named = typeof (item?.id ?? item) === 'string';
    if (!named) console.error('amplify-sign-in: a provider without an id is left out', item);
    return named;
  }).map((item) => {
    const own = typeof item === 'string' ? { id: item } : item;
    const name = brand(own.id);
    // It goes where the configuration says that it is set up.
    const hosted = config.hostedUI && config.providers.some((other) => brand(other) === name);
    const direct = hosted && typeof item === 'string' ? {} : config.direct[name];
    // Brand names are not translated.
    return { label: PROVIDERS[name]?.[0] ?? own.id, identityProvider: own.id, ...direct, ...own, brand: name, start };
  });
}

function parse(json) {
  try {
    return JSON.parse(json);
  } catch (error) {
    console.error('amplify-sign-in: providers is neither a list of names nor JSON', error);
    return [];
  }
}

// providerChoices are the actions of the buttons.
// More than two stand side by side under their bare names, so that they do not outweigh the form.
export function providerChoices(context) {
  const shown = providers(context).filter((provider) => !provider.hidden);
  return shown.map((provider) => choice(context, provider, shown.length > 2));
}

const choice = (context, provider, several) => ({
  key: `provider-${provider.id}`,
  label: several ? provider.label : context.t('provider.continue', { provider: provider.label }),
  name: several ? context.t('provider.continue', { provider: provider.label }) : undefined,
  kind: provider.brand ?? 'other',
  part: `button provider provider-${provider.brand ?? 'other'}`,
  icon: () => marks[provider.brand]?.() ?? (isImage(provider.icon) ? h('img', { class: 'mark', src: provider.icon, alt: '' }) : icon('M4 21V5l8-3 8 3v16', 'M9 21v-4h6v4', 'M9 9h.01M15 9h.01M9 13h.01M15 13h.01')),
  run: () => provider.start(context),
});

// routeFor finds the provider that a user name's e-mail domain belongs to.
export function routeFor(context, username) {
  const domain = username?.split('@')[1]?.toLowerCase();
  return domain && providers(context).find(({ domains }) => domains?.some((own) => own.toLowerCase() === domain));
}

/** @this {any} the provider */
async function start(context, { loginHint } = NONE) {
  if (this.clientId || this.appId) {
    context.flow.provider = this;
    return 'federation';
  }
  const auth = await context.auth();
  const { identityProvider, idpIdentifier, mode } = this;
  await auth.showSignIn({
    hostedUI: {
      identityProvider: idpIdentifier ? undefined : identityProvider, idpIdentifier, mode, loginHint,
    },
    signal: context.signal,
  });
  return auth.isSignedIn ? DONE : undefined; // a redirect leaves the page instead
}
