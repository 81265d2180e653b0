// index.js defines <amplify-sign-in>.

import { AmplifySignInElement } from './element.js';

export { AmplifySignInElement };
export { setTexts, LANGUAGES } from './i18n.js';

function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}
define('amplify-sign-in', AmplifySignInElement);
