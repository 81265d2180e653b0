// The one client of the app. It is made before the router starts: it takes the response of the hosted UI off the address bar.

import { AmplifyAuth } from '/amplify-auth.js';

export const auth = globalThis.auth = new AmplifyAuth({ config: '/amplify_outputs.json' });
