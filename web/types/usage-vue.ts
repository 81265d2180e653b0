// How the Vue binding is meant to be used; `make lint` compiles it.
import { createApp, defineComponent, h } from 'vue';
import { AmplifyAuth } from './amplify-auth.js';
import { AmplifyAccount, AmplifySignIn, createAuth, useAuth } from './vue.js';

const profile = defineComponent({
  setup() {
    const { isLoading, isSignedIn, user, tokens, signOut, getTokens, auth } = useAuth();
    const token: () => Promise<string> = async () => (await getTokens()).accessToken.tokenString;
    const expires: Date | undefined = tokens.value?.accessToken.expiration;
    return () => isLoading.value || !isSignedIn.value ? null
      : h('button', { title: expires?.toISOString(), onFocus: token, onClick: () => signOut() }, user.value?.username ?? auth.identityId);
  },
});

const auth = createAuth(new AmplifyAuth({ config: '/amplify_outputs.json' }));
export const signedIn: boolean = auth.auth.isSignedIn;
createApp(profile).use(auth).use(createAuth({ config: { auth: {} }, storage: 'session' })).mount('#app');

export const form = h(AmplifySignIn, { canCancel: true, providers: ['google'], onSignedin: ({ detail }) => console.log(detail.username) });
export const account = h(AmplifyAccount, { lang: 'de' });
// @ts-expect-error there is no such screen
export const screen = h(AmplifySignIn, { initialScreen: 'register' });
