// The playground: the elements in the middle, what their users are sent beside them, and what one would write below.

import { LANGUAGES } from '/amplify-sign-in.js';
import { callsPanel } from './calls.js';
import { makeClient } from './client.js';
import { attributes, codePanel } from './code.js';
import { LocalCognito, setNetwork } from './cognito.js';
import { $, h } from '../dom.js';
import { fill } from './form-fill.js';
import { inboxPanel } from './inbox.js';
import { log } from './log.js';
import { plain } from './errors.js';
import { showSession } from './session.js';
import { offer, onSetting, restore, settings } from './settings.js';
import { tabs } from './tabs.js';
import { usersPanel } from './users.js';

const rightToLeft = ['ar', 'he'];
const languages = new Intl.DisplayNames('en', { type: 'language' });
$('#settings').elements.lang.append(...LANGUAGES.map((language) => h('option', { value: language }, languages.of(language))));
restore();

const site = await (await fetch('/demo.json')).json();
const cognito = new LocalCognito(site.cognito);
$('#cognito').href = `${site.cognito}/_emulator/`;
offer('network', 'regionDown', Boolean(site.replica));

const element = h('amplify-sign-in', {}, h('amplify-account'));
const showCode = codePanel(site.replica);
let auth;

// --- the client

async function connect() {
  const client = await makeClient(cognito, site.replica);
  // What the switch is about shows where a sign-in begins.
  if (auth && element.screen && element.screen !== 'signIn') {
    await auth.cancelSignIn().catch((error) => log('cancelSignIn failed', plain(error)));
    element.showScreen('signIn');
  }
  auth?.close();
  auth = globalThis.auth = element.auth = client;
  client.addEventListener('userstatechange', ({ detail }) => { log('userstatechange', detail); refresh(); });
  client.addEventListener('regionchange', ({ detail }) => {
    log('regionchange', detail);
    $('#region').textContent = detail.readOnly ? `by ${detail.region}, read-only` : '';
  });
  for (const name of ['autherror', 'storageFallback', 'tokenRefresh', 'tokenRefreshFailure']) client.addEventListener(name, (event) => log(name, /** @type {CustomEvent} */ (event).detail));
  client.initialize().then((result) => log('initialize', result), (error) => log('initialize failed', plain(error))).finally(refresh);
}

function refresh() {
  showSession(auth);
  showCode(element.screen, auth.currentUserState);
}

for (const name of ['signedin', 'signedout', 'cancel', 'screenchange', 'autherror']) {
  element.addEventListener(name, ({ detail }) => { log(`element ${name}`, detail); refresh(); });
}

$('#sign-out').onclick = () => auth.signOut().catch((error) => log('signOut failed', plain(error)));
$('#dialog').onclick = () => auth.showSignIn({ canCancel: true }).then((result) => log('showSignIn', result), (error) => log('showSignIn failed', plain(error)));

// --- the switches

// Those that the page and the element follow at once.
function dress() {
  document.documentElement.dataset.theme = settings.theme;
  document.documentElement.dir = settings.dir || (rightToLeft.includes(settings.lang) ? 'rtl' : 'ltr');
  for (const [name, value] of Object.entries({ theme: undefined, lang: undefined, dir: undefined, providers: undefined, ...attributes() })) {
    for (const one of [element, $('amplify-account', element)]) {
      if (value === undefined) one.removeAttribute(name);
      else one.setAttribute(name, value);
    }
  }
}

// Those that take the local Cognito or a new client.
const switches = {
  network: () => setNetwork(cognito, settings.network),
  async mfa() {
    const { pools } = await cognito.state();
    await cognito.setMFA(pools[0].id, settings.mfa);
    await connect();
  },
  config: connect, storage: connect, worker: connect, passwordless: connect,
};

// One after the other: each makes a client of what all switches say.
let changes = Promise.resolve();
const change = (name) => { changes = changes.then(() => apply(name)); };

async function apply(name) {
  $('#refused').textContent = '';
  dress();
  try {
    await switches[name]?.();
  } catch (error) {
    $('#refused').textContent = error.message;
  }
  refresh();
}
onSetting(change);
// What a page has done to the network ends with it.
addEventListener('pagehide', () => { if (settings.network !== 'online') cognito.fault({ kind: 'none' }).catch(() => {}); });

// --- what the local Cognito has sent

// choose fills in the form, on the screen that it is for: another user signs in after this one has signed out.
const choose = async (values, screen) => {
  if (screen && auth.isSignedIn) await auth.signOut();
  if (screen && element.screen !== screen) element.showScreen(screen);
  fill(element, values);
};
const showUsers = usersPanel(choose), showInbox = inboxPanel(choose);

async function watch() {
  if (!document.hidden) {
    const state = await cognito.state().catch(() => undefined);
    if (state) {
      showInbox(state.messages);
      showUsers(state.pools[0]);
    }
  }
  setTimeout(watch, 1000);
}

tabs($('[role=tablist]'));
callsPanel(() => auth, refresh);
dress();
if (settings.network !== 'online') await setNetwork(cognito, settings.network);
if (settings.mfa !== 'OPTIONAL') await switches.mfa();
else await connect();
$('#canvas').append(element);
watch();
