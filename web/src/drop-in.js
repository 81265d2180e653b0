import { AuthError, invalidParameter } from './errors.js';

/**
 * Shows <amplify-sign-in> in `container` (an element or a selector), or as a modal dialog, until the user has signed in
 * ({ userState }) or cancelled (UserCancelledSignIn). load imports the element's module.
 */
export async function openSignIn(auth, load, options, signal) {
  const { canCancel, logoImage, backgroundColor, primaryColor, disableSignUp, startWithSignUp, container } = options;
  const parent = typeof container === 'string' ? document.querySelector(container) : (container ?? document.body);
  if (!parent) throw invalidParameter(`showSignIn: nothing in the page matches container ${container}.`);
  try {
    if (!customElements.get('amplify-sign-in')) await load();
  } catch (cause) {
    throw new AuthError('NetworkError', 'networkError', 'amplify-sign-in.js could not be loaded; it has to lie beside this script.', { cause, retryable: true });
  }
  const element = document.createElement('amplify-sign-in');
  element.auth = auth;
  const attributes = {
    modal: !container,
    'can-cancel': canCancel,
    logo: logoImage,
    'hide-sign-up': disableSignUp,
    'initial-screen': startWithSignUp && 'signUp',
  };
  for (const [name, value] of Object.entries(attributes)) if (value) element.setAttribute(name, value === true ? '' : value);
  if (backgroundColor) element.style.setProperty('--amplify-auth-background', backgroundColor);
  if (primaryColor) element.style.setProperty('--amplify-auth-primary', primaryColor);
  try {
    return await new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      element.addEventListener('signedin', ({ detail }) => resolve({ userState: detail.userState }));
      element.addEventListener('cancel', () =>
        reject(new AuthError('UserCancelledSignIn', 'userCancelledSignIn', 'The user has closed the sign-in.')));
      parent.append(element);
      element.show();
    });
  } finally {
    element.remove();
  }
}
