// index.js defines <amplify-sign-in> and <amplify-account>.

import { AmplifyAccountElement } from './account.js';
import { AmplifySignInElement } from './element.js';

export { AmplifyAccountElement, AmplifySignInElement };
export { LANGUAGES, setTexts } from './i18n.js';
export { showSignIn } from './show-sign-in.js';

// A page may carry the script twice: the first wins. A server has no elements.
for (const [name, element] of Object.entries({ 'amplify-sign-in': AmplifySignInElement, 'amplify-account': AmplifyAccountElement })) {
  if (globalThis.customElements?.get(name) === undefined) globalThis.customElements?.define(name, element);
}
