// dist/vue.js. Vue is the page's own, 3.3 or later.
export { AmplifyAccount, AmplifySignIn } from './elements.js';
export { createAuth, useAuth } from './plugin.js';
