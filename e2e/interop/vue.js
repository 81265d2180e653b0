// A page of the Vue binding: the same globals as react.jsx.
import { createApp, createSSRApp, defineComponent, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { AmplifyAccount, AmplifySignIn, createAuth, useAuth } from 'amplify-auth/vue';

const events = (globalThis.events = []);

const App = defineComponent({
  setup() {
    const { isLoading, isSignedIn, user, tokens, signOut, auth } = useAuth();
    return () => {
      if (isSignedIn.value) {
        globalThis.client = auth;
        return [
          h('p', { id: 'user', onClick: () => signOut() }, `${user.value.username} ${user.value.claims.token_use} ${tokens.value ? 'has tokens' : ''}`),
          h(AmplifyAccount),
        ];
      }
      if (isLoading.value) return h('p', { id: 'loading' }, 'wait');
      return h(AmplifySignIn, { canCancel: false, onSignedin: ({ detail }) => events.push('signedin ' + detail.username) }, () => 'signed in');
    };
  },
});

const root = document.getElementById('root');

const made = (create, options) => {
  const app = create(App).use(createAuth(options));
  app.config.warnHandler = (message) => events.push('mismatch ' + message);
  return app;
};

globalThis.mount = (options) => {
  const app = made(createApp, options);
  app.mount(root);
  return () => app.unmount();
};

globalThis.hydrate = async (options) => {
  root.innerHTML = await renderToString(made(createSSRApp, options));
  const { innerHTML } = root;
  made(createSSRApp, options).mount(root);
  return innerHTML;
};
