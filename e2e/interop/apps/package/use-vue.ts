import { AmplifySignIn, createAuth, useAuth } from 'amplify-auth/vue';

export const { auth } = createAuth({ config: '/amplify_outputs.json' });
export const name = () => useAuth().user.value?.username;
export { AmplifySignIn };
