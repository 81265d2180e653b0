// account.js: <amplify-account>, what a signed-in user can change about the account.

import { AmplifyElement, allowed, begin, context, emit, finish, panel, stateChanged } from './base.js';
import { h } from './dom.js';
import { part } from './parts.js';
import { misconfigured } from './screens/misconfigured.js';
import { working } from './view.js';

// Screens that need nothing chosen before.
const sections = ['account', 'profile', 'password', 'mfa', 'passkeys', 'devices', 'sessions', 'signOutEverywhere', 'deleteAccount'];

const signedOut = { title: 'account.title', text: ({ t }) => t('account.signedOut') };

const screens = { signedOut, misconfigured };

// Until the file of the sections has come, this one stands for each and fetches it; after a failure by a button.
const fetching = {
  title: 'account.title',
  standIn: true,
  header: ({ t, panel }) => panel.busy && h('h2', { id: 'title', 'data-key': 'title', class: 'visually-hidden', tabindex: '-1' }, t('account.title')),
  async enter({ panel }) {
    Object.assign(screens, (await part('account')).screens);
    return { screen: panel.screen, fresh: true };
  },
  body: ({ t }, panel) => panel.busy && h('div', { class: 'loading' }, working(t)),
  choices: ({ panel }) => [!panel.busy && { text: 'common.continue', kind: 'primary solid', run: fetching.enter }],
};
for (const name of sections) screens[name] = fetching;

export class AmplifyAccountElement extends AmplifyElement {
  constructor() { super(screens); }

  [allowed](name) { return this.state === 'signedIn' && sections.includes(name); }

  // There is nothing to show before the state is known, or to a stranger.
  [begin]() {
    this[panel].showContent(false);
    if (!this.screen) this[panel].go(this.state === 'signedIn' ? 'account' : 'signedOut', { focus: false });
  }

  [stateChanged](state, before) {
    const wasOpen = this.screen && this.screen !== 'signedOut';
    if (before === 'signedIn') this[emit]('signedout', { userState: state });
    this[context].flow = {};
    this[panel].reset();
    this[panel].go(state === 'signedIn' ? 'account' : 'signedOut', { focus: Boolean(wasOpen) });
  }

  [finish]() {} // signing out and deleting end in a change of the user state
}
