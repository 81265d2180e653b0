// federation.js: signing in at Google or Facebook with their own web SDKs.

import { DONE } from '../done.js';
import { h } from '../dom.js';
import { part } from '../parts.js';

// federate trades the provider's token for a session.
async function federate(context, token) {
  const { flow, signal } = context;
  const auth = await context.auth();
  await auth.federatedSignIn({ providerName: flow.provider.brand, token, signal });
  return DONE;
}

// logIn opens Facebook's window, for which it has to be called in a click.
const logIn = async (context) => federate(context, await context.flow.sdk.facebookLogin(context.flow.provider));

const isFacebook = ({ flow }) => flow.provider.brand === 'facebook';

export const federation = {
  title: ({ t, flow }) => t('provider.continue', { provider: flow.provider.label }),
  text: ({ t, flow }) => t('provider.window', { provider: flow.provider.label }),

  async enter(context) {
    const { flow, t, panel } = context;
    flow.sdk = await part('sdk');
    if (isFacebook(context)) {
      await flow.sdk.facebookReady(flow.provider, t.language);
      // One click is enough while the browser still lets it open a window.
      return navigator.userActivation?.isActive ? logIn(context) : undefined;
    }
    await flow.sdk.google(flow.provider, {
      container: panel.light('_provider'),
      language: t.language,
      dark: panel.dark,
      signedIn: (token) => panel.perform(() => federate(context, token)),
    });
    return undefined;
  },

  body: (context) => !isFacebook(context) && h('div', { class: 'provider-button' }, h('slot', { name: '_provider' })),

  choices: (context) => [isFacebook(context) && {
    label: context.t('common.continue'), kind: 'primary solid', key: 'facebook',
    run: () => (context.flow.sdk ? logIn(context) : federation.enter(context)),
  }],

  back: { text: 'common.back', to: 'signIn' },
};
