// account.js: <amplify-account>, what a signed-in user can change about the account.

import { AmplifyElement, allowed, begin, context, emit, finish, panel, stateChanged } from './base.js';
import { screens } from './account/index.js';

// Screens that need nothing chosen before.
const sections = ['account', 'profile', 'password', 'mfa', 'passkeys', 'devices', 'signOutEverywhere', 'deleteAccount'];

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
