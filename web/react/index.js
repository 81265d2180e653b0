// dist/react.js. React is the page's own, 18 or 19.
export { AmplifyAccount, AmplifySignIn } from './elements.js';
export { AuthProvider, RequireAuth, useAuth } from './provider.js';
