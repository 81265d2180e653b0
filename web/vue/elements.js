import { defineComponent, h, inject, onMounted, onUpdated, ref } from 'vue';

import { ACCOUNT, attributesOf, defineElements, setProperties, SIGN_IN } from '../bindings/tags.js';
import { KEY } from './plugin.js';

const isBoolean = (name) => /^(modal|can|hide)/.test(name);

// Listeners (@signedin) fall through to the element, as class and style do.
function component(tag, names) {
  return defineComponent({
    name: tag,
    props: Object.fromEntries(['auth', ...names].map((name) => [name, isBoolean(name) ? Boolean : null])),
    setup(props, { expose, slots }) {
      const element = ref(null);
      const given = inject(KEY, undefined);
      const set = () => setProperties(element.value, props.auth ?? (props.config ? undefined : given?.store.client), props);
      onMounted(() => {
        set();
        defineElements();
      });
      onUpdated(set);
      expose({ element });
      return () => h(tag, { ref: element, ...attributesOf(names, props) }, slots.default?.());
    },
  });
}

export const AmplifySignIn = component('amplify-sign-in', SIGN_IN);
export const AmplifyAccount = component('amplify-account', ACCOUNT);
