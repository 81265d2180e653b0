// index.js defines <amplify-sign-in> and <amplify-account>.

import { AmplifyAccountElement } from './account.js';
import { AmplifySignInElement } from './element.js';

export { AmplifyAccountElement, AmplifySignInElement };
export { LANGUAGES, setTexts } from './i18n.js';
export { showSignIn } from './show-sign-in.js';

// A page may carry the script twice; the first wins.
for (const [name, element] of Object.entries({ 'amplify-sign-in': AmplifySignInElement, 'amplify-account': AmplifyAccountElement })) {
  if (!customElements.get(name)) customElements.define(name, element);
}
