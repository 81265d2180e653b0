// show-sign-in.js: the drop-in sign-in of AmplifyAuth.showSignIn.

import { DROP_IN_OPTIONS } from '../src/contract.js';
import { nameUnknown } from '../src/own.js';
import { removed } from './base.js';
import { asStepUp } from './screens/step-up.js';

// showSignIn opens an <amplify-sign-in> for auth, as a modal dialog or in options.container (an element or a
// selector), and resolves with { userState } once somebody is signed in. It rejects with userCancelledSignIn when
// the user closes it (canCancel) and with aborted by options.signal or when its element leaves the page.
//
// With options.stepUp the user is signed in, and the screens are the steps of auth.stepUp. A step-up that needs none
// shows none; one that is given up, or fails, leaves the session as it was.
//
// A second call while its dialog is open waits for the same one; of a step-up the level may be another, so that it has
// its turn then.
//
// options: { canCancel, logoImage (URL), backgroundColor, primaryColor (CSS colours), disableSignUp,
// startWithSignUp, container, stepUp (what auth.stepUp takes), signal }
export function showSignIn(auth, options = {}) {
  nameUnknown('showSignIn', options, DROP_IN_OPTIONS);
  const begin = options.stepUp ? stepUp : show;
  if (options.container) return begin(auth, options);
  const open = options.stepUp ? stepUps : dialogs;
  if (!open.has(auth)) {
    const shown = begin(auth, options).finally(() => open.delete(auth));
    open.set(auth, shown);
    return shown;
  }
  const { signal } = options;
  const ended = open.get(auth).then((end) => (options.stepUp ? showSignIn(auth, options) : end));
  return Promise.race([ended, new Promise((_, reject) => {
    const aborted = () => reject(abortError(signal.reason));
    if (signal?.aborted) aborted();
    signal?.addEventListener('abort', aborted, { once: true });
  })]);
}

// The dialogs that are open, as promises of their ends, by their auths.
const dialogs = new WeakMap();
const stepUps = new WeakMap();

const abortError = (cause) => failure('AbortError', 'aborted', 'showSignIn was aborted.', cause);

// stepUp shows the steps that are missing. Nobody being signed in is an error, not a sign-in of whoever is there.
async function stepUp(auth, options) {
  const input = { ...options.stepUp, wait: false };
  const step = await auth.stepUp({ ...input, signal: options.signal });
  if (step.signInState === 'signedIn') return { userState: 'signedIn' };
  try {
    const pending = await auth.getPendingSignIn();
    return await show(auth, { canCancel: true, ...options }, { stepUp: input, step, username: pending?.username });
  } catch (error) {
    auth.cancelSignIn().catch(() => {});
    throw error;
  }
}

// show shows the screens of a sign-in, or of the flow of a step-up.
function show(auth, options, flow) {
  const { canCancel, logoImage, backgroundColor, primaryColor, disableSignUp, startWithSignUp, signal } = options;
  let { container } = options;
  try {
    if (typeof container === 'string') container = document.querySelector(container);
  } catch { /* no selector */ }
  if (options.container && typeof container?.append !== 'function') {
    return Promise.reject(failure('InvalidParameter', 'invalidParameter', `showSignIn found no element for the container ${options.container}.`));
  }
  const element = document.createElement('amplify-sign-in');
  const attributes = {
    modal: !container, 'can-cancel': canCancel, 'hide-sign-up': disableSignUp,
    logo: logoImage, 'initial-screen': startWithSignUp && !disableSignUp ? 'signUp' : undefined,
  };
  for (const [name, value] of Object.entries(attributes)) if (value) element.setAttribute(name, value === true ? '' : value);
  element.auth = auth;
  return new Promise((resolve, reject) => {
    const aborted = () => reject(abortError(signal?.reason));
    element[removed] = aborted; // by the page's router, say
    if (signal?.aborted) { aborted(); return; }
    signal?.addEventListener('abort', aborted, { once: true });
    element.addEventListener('signedin', ({ detail }) => resolve({ userState: detail.userState }));
    if (flow) asStepUp(element, flow, (userState) => (userState === 'signedIn' ? resolve({ userState })
      : reject(failure('SignInSuperseded', 'signInSuperseded', 'The session that was to be stepped up is over.'))));
    element.addEventListener('cancel', () => reject(failure('UserCancelledSignIn', 'userCancelledSignIn', 'The user closed the sign-in.')));
    (container ?? document.body).append(element);
    paint(element, backgroundColor, primaryColor);
    element.show();
  }).finally(() => {
    element.hide(); // gives the focus back
    element.remove();
  });
}

const failure = (name, code, message, cause) => Object.assign(new Error(message, { cause }), { name, code, retryable: false });

// paint sets the two colours and what has to be legible on them.
function paint(element, background, primary) {
  if (background) {
    element.style.setProperty('--amplify-auth-background', background);
    element.setAttribute('theme', isDark(background) ? 'dark' : 'light');
  }
  if (primary) {
    element.style.setProperty('--amplify-auth-primary', primary);
    element.style.setProperty('--amplify-auth-on-primary', isDark(primary) ? '#fff' : '#000');
  }
}

// isDark tells whether white reads better on a CSS colour than black (relative luminance of WCAG 2).
function isDark(colour) {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179;
}
