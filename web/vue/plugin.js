import { computed, getCurrentInstance, inject, shallowRef } from 'vue';

import { AuthStore, UNKNOWN } from '../bindings/store.js';

export const KEY = Symbol('amplify-auth');

/** The plugin for app.use(). source: the page's own client, or the options of one that lives as long as the app. */
export function createAuth(source) {
  const store = new AuthStore(source);
  return {
    get auth() { return store.client; },
    install(app) {
      const snapshot = shallowRef(UNKNOWN);
      const { mount, unmount } = app;
      let unsubscribe;
      app.provide(KEY, { store, snapshot });
      // what is known comes after the first rendering, which a server's markup has to match, and before the first paint
      app.mount = (...args) => {
        const root = mount(...args);
        const take = () => { snapshot.value = store.snapshot; };
        unsubscribe = store.subscribe(take);
        take();
        return root;
      };
      app.unmount = () => {
        unmount();
        unsubscribe?.();
      };
    },
  };
}

/** The state as refs and the client's calls, in setup of any component of the app. */
export function useAuth() {
  const given = getCurrentInstance() && inject(KEY, undefined);
  if (!given) throw new Error('useAuth needs app.use(createAuth(…)), and is called in setup.');
  const { store, snapshot } = given;
  const state = Object.fromEntries(Object.keys(UNKNOWN).map((name) => [name, computed(() => snapshot.value[name])]));
  return { ...state, ...store.calls, get auth() { return store.client; } };
}
