// Every method of AmplifyAuth as a form, and what was called so far.

import { literal } from './code.js';
import { $, copyButton, h, prose } from '../dom.js';
import { plain } from './errors.js';
import { fieldsOf } from './fields.js';
import { log } from './log.js';
import { methods } from './methods.js';

// What the forms begin with.
const examples = {
  signIn: { username: 'demo', password: 'Passw0rd!' },
  confirmSignIn: { challengeResponse: '' },
  signUp: { username: 'ada', password: 'Passw0rd!', userAttributes: { email: 'ada@example.com' } },
  confirmSignUp: { username: 'ada' },
  resendSignUpCode: { username: 'ada' },
  forgotPassword: { username: 'demo' },
  confirmForgotPassword: { username: 'demo' },
  changePassword: { currentPassword: 'Passw0rd!' },
  updateUserAttributes: { attributes: { nickname: 'Demo' } },
  deleteUserAttributes: { names: ['nickname'] },
  verifyUserAttribute: { name: 'email' },
  confirmVerifyUserAttribute: { name: 'email' },
  setMFAPreference: { totp: 'PREFERRED' },
  getTokens: { forceRefresh: false },
  stepUp: { acr: 'urn:cognito:loa:4' },
  signRequest: { request: '/api/orders', service: 'execute-api', region: 'us-east-1' },
  federatedSignIn: { providerName: 'google' },
  showSignIn: { canCancel: true },
  'deviceOperations.updateStatus': { remembered: true },
};

const source = (name, { positional, argument }) => {
  const given = [...positional, Object.keys(argument).length ? argument : undefined];
  while (given.length && given.at(-1) === undefined) given.pop();
  return `await auth.${name}(${given.map(literal).join(', ')})`;
};

// call runs a method by its name.
function call(auth, name, { positional, argument }, signal) {
  const path = name.split('.');
  const method = path.pop();
  const owner = path.reduce((object, key) => object[key], auth);
  return owner[method](...positional, { ...argument, signal });
}

const shown = (value) => (value instanceof Request ? { url: value.url, method: value.method, headers: Object.fromEntries(value.headers) } : value);

// callsPanel puts the forms up; auth() is the client, after(): what a call may have changed is to be shown.
export function callsPanel(auth, after) {
  const form = $('#call'), picker = $('#method'), history = $('#history');
  for (const group of new Set(methods.map((method) => method.group))) {
    picker.append(h('optgroup', { label: group }, methods.filter((method) => method.group === group).map(({ name }) => h('option', {}, name))));
  }
  let editing;
  const write = () => { $('#call-source').textContent = source(picker.value, editing.read()); };

  // open shows the form of a method with values.
  const open = (name, values = examples[name]) => {
    picker.value = name;
    const method = methods.find((m) => m.name === name);
    editing = fieldsOf(method, values);
    $('#call-means').replaceChildren(...prose(method.means));
    $('#call-fields').replaceChildren(...editing.view);
    write();
  };

  picker.onchange = () => open(picker.value);
  $('#call-fields').oninput = write;
  $('#call-copy').replaceWith(copyButton(() => $('#call-source').textContent, 'the call'));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const name = picker.value, given = editing.read();
    const controller = new AbortController(), started = performance.now();
    const time = h('span', { class: 'note' }, 'under way');
    const abort = h('button', { type: 'button', class: 'quiet', onclick: () => controller.abort() }, 'Abort');
    const result = h('pre', { class: 'result', tabindex: '0', hidden: true });
    const again = h('button', { type: 'button', class: 'quiet', onclick: () => { open(name, { ...given.argument, ...positions(name, given) }); picker.focus(); } }, 'Edit again');
    history.prepend(h('li', { 'data-method': name }, h('code', {}, source(name, given)), h('div', { class: 'bar' }, time, abort, again), result));
    const { value, error } = await call(auth(), name, given, controller.signal).then((v) => ({ value: shown(v) }), (e) => ({ error: plain(e) }));
    abort.remove();
    time.textContent = `${error ? 'rejected' : 'resolved'} after ${Math.round(performance.now() - started)} ms`;
    result.hidden = false;
    result.classList.toggle('error', Boolean(error));
    result.textContent = error || value !== undefined ? JSON.stringify(error ?? value, null, 2) : 'undefined';
    log(`${name} ${error ? 'rejected' : 'resolved'}`, error && { name: error.name, code: error.code });
    after();
  };
  $('#clear-history').onclick = () => history.replaceChildren();
  open('getTokens');
}

const positions = (name, { positional }) => Object.fromEntries(
  methods.find((m) => m.name === name).fields.filter(({ position }) => position).map((field, i) => [field.name, positional[i]]));
