// The HTML and JavaScript one would write for what is on screen.

import { clientOptions } from './client.js';
import { $, copyButton, drawer, h } from '../dom.js';
import { settings } from './settings.js';

// literal writes a value as JavaScript.
export function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value && typeof value === 'object') {
    const members = Object.entries(value).map(([name, v]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name)}: ${literal(v)}`);
    return members.length ? `{ ${members.join(', ')} }` : '{}';
  }
  return typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : String(value);
}

const file = () => `/${settings.config}`;

// attributes are those of <amplify-sign-in> as the switches say.
export const attributes = () => ({
  ...(settings.theme && { theme: settings.theme }),
  ...(settings.lang && { lang: settings.lang }),
  ...(settings.dir && { dir: settings.dir }),
  ...(settings.providers !== 'file' && { providers: settings.providers }),
});

function markup() {
  const more = Object.entries(attributes()).map(([name, value]) => ` ${name}="${value}"`).join('');
  return `<script type="module" src="/amplify-sign-in.js"></script>

<amplify-sign-in config="${file()}"${more}>
  <amplify-account></amplify-account>
</amplify-sign-in>`;
}

function script(replica) {
  const options = { config: file(), ...clientOptions(settings.network === 'regionDown' && replica) };
  return `import { AmplifyAuth } from 'amplify-auth';
import 'amplify-auth/sign-in';

const auth = new AmplifyAuth(${literal(options)});
const element = document.querySelector('amplify-sign-in');
element.auth = auth; // in place of the config attribute
element.addEventListener('signedin', ({ detail }) => console.log('Hello', detail.username));`;
}

const answer = (what, more = '') => `step = await auth.confirmSignIn({ challengeResponse: ${what}${more} });`;

// What a form of one's own calls where the element has this screen.
const calls = {
  signIn: () => (settings.passwordless
    ? "let step = await auth.signIn({ username, authFlow: 'USER_AUTH' });"
    : 'let step = await auth.signIn({ username, password });'),
  signUp: () => `const { signUpConfirmationState } = await auth.signUp({ username, password, userAttributes: { email } });`,
  confirmSignUp: () => 'await auth.confirmSignUp({ username, confirmationCode });\nawait auth.autoSignIn();',
  forgotPassword: () => 'const { codeDeliveryDetails } = await auth.forgotPassword({ username });',
  resetPassword: () => 'await auth.confirmForgotPassword({ username, newPassword, confirmationCode });',
  selectFactor: () => answer('factor') + ' // one of step.allowedFactors',
  selectMFA: () => answer('factor') + ' // one of step.allowedFactors',
  setUpMFA: () => answer('factor') + ' // one of step.allowedFactors',
  setUpTOTP: () => answer('code') + ' // show step.totpSetup.qr first',
  setUpEmail: () => answer('email'),
  newPasswordRequired: () => answer('newPassword', ', userAttributes'),
  password: () => answer('password'),
  customChallenge: () => answer('answer') + ' // to step.parameters',
  verifyContact: () => "const { destination } = await auth.verifyUserAttribute({ name: 'email' });",
  confirmContact: () => "await auth.confirmVerifyUserAttribute({ name: 'email', confirmationCode });",
  offerPasskey: () => 'await auth.registerPasskey();',
  ...Object.fromEntries(['smsMFA', 'emailMFA', 'totpMFA', 'smsOTP', 'emailOTP'].map((name) => [name, () => answer('code')])),
};

const signedIn = () => `const { idToken, accessToken } = await auth.getTokens();
const request = await auth.signRequest('/api/orders', { service: 'execute-api', region: 'us-east-1' });
const orders = await (await fetch(request)).json();`;

// codePanel gives what shows the code for a screen; undefined is the signed-in content.
export function codePanel(replica) {
  const draw = drawer((blocks) => $('#code').replaceChildren(...blocks.map(([title, text]) => h('section', {},
    h('div', { class: 'bar' }, h('h3', {}, title), copyButton(() => text, title)), h('pre', { tabindex: '0' }, text)))));
  return (screen, state) => {
    const step = state === 'signedIn' ? signedIn : calls[screen];
    draw([
      ['In the page', markup()],
      ['With a client of your own', script(replica)],
      ...(step ? [[state === 'signedIn' ? 'Signed in, by calls' : `The screen ${screen}, by calls`, step()]] : []),
    ]);
  };
}
