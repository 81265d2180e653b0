import { AmplifyAuth } from '/amplify-auth.js';
import '/amplify-sign-in.js';
import { groups, call } from '/calls.js';

const $ = (selector, root = document) => root.querySelector(selector);

// The choices live in the URL, so that a reload and a link keep them.
const settings = $('#settings');
const query = new URLSearchParams(location.search);
for (const select of settings.elements) {
  if ([...select.options].some((option) => option.value === query.get(select.name))) select.value = query.get(select.name);
}
settings.onchange = () => {
  for (const select of settings.elements) query.set(select.name, select.value);
  location.assign('/?' + query);
};

const auth = new AmplifyAuth({ config: settings.elements.config.value, storage: settings.elements.storage.value });
globalThis.auth = auth;

// --- the widget ---
const widget = $('amplify-sign-in');
widget.auth = auth;
for (const name of ['signedin', 'signedout', 'cancel', 'screenchange', 'autherror']) {
  widget.addEventListener(name, (event) => log(`widget ${name}`, event.detail));
}
$('#sign-out').onclick = () => auth.signOut().catch((error) => log('signOut failed', plain(error)));

// --- state and tokens ---
auth.addEventListener('userstatechange', (event) => {
  log('userstatechange', event.detail);
  show();
});
auth.initialize().then((result) => log('initialize', result), (error) => log('initialize failed', plain(error))).finally(show);

async function show() {
  const state = auth.currentUserState;
  $('#state').textContent = $('#state').dataset.state = state;
  $('#who').textContent = auth.username ?? '';
  const rows = ['currentUserState', 'isSignedIn', 'isLoggedIn', 'username', 'userSub', 'identityId'];
  $('#getters').replaceChildren(...rows.flatMap((name) => [el('dt', name), el('dd', String(auth[name] ?? '–'))]));
  const holder = $('#tokens');
  if (state !== 'signedIn') {
    holder.replaceChildren(el('p', 'Tokens are shown here while a user is signed in.', 'note'));
    return;
  }
  try {
    const tokens = await auth.getTokens({ timeout: 10_000 });
    holder.replaceChildren(...['idToken', 'accessToken', 'refreshToken'].filter((name) => tokens[name]).map((name) => tokenView(name, tokens[name])));
    tick();
  } catch (error) {
    holder.replaceChildren(el('pre', JSON.stringify(plain(error), null, 2), 'result error'));
  }
}

function tokenView(name, token) {
  const details = el('details', '', 'token');
  const summary = el('summary', name + ' ');
  const until = el('span', '', 'until');
  if (token.expiration) until.dataset.at = token.expiration.getTime();
  summary.append(until);
  const claims = el('pre', token.claims ? JSON.stringify(token.claims, null, 2) : 'opaque: only Cognito can read it');
  claims.tabIndex = 0;
  const copy = el('button', 'Copy token');
  copy.type = 'button';
  copy.onclick = () => navigator.clipboard.writeText(token.tokenString).then(() => { copy.textContent = 'Copied'; }, () => { copy.textContent = 'The browser refused'; });
  details.append(summary, claims, copy);
  return details;
}

// The remaining time is the only thing that changes by itself.
function tick() {
  for (const until of document.querySelectorAll('.until[data-at]')) {
    const seconds = Math.round((until.dataset.at - Date.now()) / 1000);
    const amount = Math.abs(seconds) >= 120 ? `${Math.round(Math.abs(seconds) / 60)} min` : `${Math.abs(seconds)} s`;
    until.textContent = seconds > 0 ? `expires in ${amount}` : `expired ${amount} ago`;
    until.classList.toggle('over', seconds <= 0);
  }
}
setInterval(tick, 1000);

// --- the console of calls ---
for (const [title, methods] of groups) {
  const group = el('details');
  group.append(el('summary', title));
  for (const method of methods) group.append(callForm(...method));
  $('#calls').append(group);
}

function callForm(name, args, note) {
  const form = $('#call-form').content.cloneNode(true).firstElementChild;
  form.dataset.method = name;
  const text = $('textarea', form), run = $('button', form), abort = $('.abort', form), result = $('.result', form);
  $('code', form).textContent = name;
  text.setAttribute('aria-label', `Arguments of ${name}`);
  if (note) Object.assign($('.note', form), { textContent: note, hidden: false });
  if (args) {
    text.value = JSON.stringify(args, null, 2);
    text.rows = text.value.split('\n').length;
  } else {
    text.hidden = true;
  }
  form.onsubmit = async (event) => {
    event.preventDefault();
    const controller = new AbortController();
    abort.onclick = () => controller.abort();
    const started = performance.now();
    run.disabled = true;
    abort.hidden = false;
    let value, failed = false;
    try {
      value = await call(auth, name, text.value.trim() ? JSON.parse(text.value) : {}, controller.signal);
    } catch (error) {
      failed = true;
      value = plain(error);
    }
    run.disabled = false;
    abort.hidden = true;
    $('.time', form).textContent = `${Math.round(performance.now() - started)} ms`;
    result.hidden = false;
    result.classList.toggle('error', failed);
    result.textContent = value === undefined ? 'undefined' : JSON.stringify(value, null, 2);
    log(`${name} ${failed ? 'rejected' : 'resolved'}`, failed ? { name: value.name, code: value.code } : undefined);
    show();
  };
  return form;
}

// --- the log of events ---
function log(what, detail) {
  const item = el('li');
  item.append(el('time', new Date().toLocaleTimeString()), ' ', el('b', what));
  if (detail !== undefined && detail !== null) item.append(' ', el('code', JSON.stringify(detail, short)));
  $('#log').prepend(item);
}
$('#clear-events').onclick = () => $('#log').replaceChildren();

// Tokens would bury the log; the session card has them in full.
const short = (_, value) => typeof value === 'string' && value.length > 100 ? value.slice(0, 20) + '…' : value;

// plain makes an error JSON can show: the fields of AuthError are what an app has to work with.
function plain(error) {
  const { name, code, message, retryable, requestId, cause } = error;
  return { name, code, message, retryable, requestId, cause: cause && String(cause) };
}

function el(tag, text = '', className = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}
