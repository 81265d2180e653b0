// The classic script: `import type {} from 'amplify-auth/amplify-auth.iife.js'` anywhere in the project declares its global.
import type { AmplifyAuth as Client } from './amplify-auth.js';

declare global {
  var AmplifyAuth: typeof Client;
  type AmplifyAuth = Client;
}
