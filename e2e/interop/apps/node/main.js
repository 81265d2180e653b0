// A script: signs in with the name and password of its arguments, and ends by itself.
import { AmplifyAuth } from 'amplify-auth';

const [config, username, password] = process.argv.slice(2);
const auth = new AmplifyAuth({ config, storage: 'memory' });
const { signInState } = await auth.signIn({ username, password });
if (signInState !== 'signedIn') throw new Error(`one step more: ${signInState}`);

const request = await auth.signRequest('https://api.example.com/items', { service: 'execute-api', region: 'us-east-1' });
console.log(auth.username, request.headers.get('authorization')); // await fetch(request) sends it

await auth.signOut();
auth.close();
