import { createApp } from 'vue';
import { createAuth } from 'amplify-auth/vue';
import App from './App.vue';

createApp(App).use(createAuth({ config: 'amplify_outputs.json' })).mount('#app');
