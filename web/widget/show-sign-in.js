// show-sign-in.js: the drop-in sign-in of AmplifyAuth.showSignIn.

import { DROP_IN_OPTIONS } from '../src/contract.js';
import { nameUnknown } from '../src/own.js';
import { removed } from './base.js';

// showSignIn opens an <amplify-sign-in> for auth, as a modal dialog or in options.container (an element or a
// selector), and resolves with { userState } once somebody is signed in. It rejects with userCancelledSignIn when
// the user closes it (canCancel) and with aborted by options.signal or when its element leaves the page.
//
// A second call while the dialog is open waits for the same one.
//
// options: { canCancel, logoImage (URL), backgroundColor, primaryColor (CSS colours), disableSignUp,
// startWithSignUp, container, signal }
export function showSignIn(auth, options = {}) {
  nameUnknown('showSignIn', options, DROP_IN_OPTIONS);
  if (options.container) return show(auth, options);
  if (!dialogs.has(auth)) {
    const shown = show(auth, options).finally(() => dialogs.delete(auth));
    dialogs.set(auth, shown);
    return shown;
  }
  const { signal } = options;
  return Promise.race([dialogs.get(auth), new Promise((_, reject) => {
    const aborted = () => reject(abortError(signal.reason));
    if (signal?.aborted) aborted();
    signal?.addEventListener('abort', aborted, { once: true });
  })]);
}

const dialogs = new WeakMap(); // the dialog that is open, as a promise of its end, by its auth

const abortError = (cause) => failure('AbortError', 'aborted', 'showSignIn was aborted.', cause);

function show(auth, options) {
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
