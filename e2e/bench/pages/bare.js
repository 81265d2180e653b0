// A page that has its token without any library, to tell what the browser itself takes.
import { run } from './page.js';

if (document.documentElement.dataset.engine === 'compiled') {
  const script = `WebAssembly.compileStreaming(fetch('${location.origin}/amplify-auth.wasm'))`;
  new Worker(URL.createObjectURL(new Blob([script])));
}

run({ ready: async () => {}, token: async () => {
  const prefix = 'CognitoIdentityServiceProvider.';
  const key = Object.keys(localStorage).find((name) => name.startsWith(prefix) && name.endsWith('.accessToken'));
  return localStorage[key];
} });
