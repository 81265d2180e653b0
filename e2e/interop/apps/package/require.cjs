// Node.js 20.19, 22.12 and later give a module to require.
const { AmplifyAuth, decodeJWT } = require('amplify-auth');
if (typeof AmplifyAuth !== 'function' || decodeJWT('') !== undefined) throw new Error('not the package');
for (const entry of ['compat', 'sign-in', 'react', 'vue', 'testing']) require(`amplify-auth/${entry}`);
