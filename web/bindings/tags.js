// What the components of the frameworks know of <amplify-sign-in> and <amplify-account>.

const EVENTS = {
  onSignedIn: 'signedin', onSignedOut: 'signedout', onCancel: 'cancel', onScreenChange: 'screenchange',
  onBeforeSubmit: 'beforesubmit', onAfterSubmit: 'aftersubmit', onAuthError: 'autherror',
};

const PROPERTIES = ['texts', 'providers', 'signUpAttributes', 'fields'];

export const ACCOUNT = ['config', 'lang', 'dir', 'theme', 'dialCodes', 'totpIssuer', 'totpAccountName', 'confirmPassword', ...PROPERTIES];
export const SIGN_IN = [...ACCOUNT, 'logo', 'initialScreen', 'modal', 'canCancel', 'hideSignUp', 'hideRememberDevice', 'hideFactors', 'hidePassword', 'hidePasskeyOffer'];

/** Fetches the elements' module and defines them; a server has no use for it. */
export const defineElements = () => import('./amplify-sign-in.js');

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase());

/** The attributes for the props that are texts or booleans; objects are set as properties. */
export function attributesOf(names, props) {
  const attributes = {};
  for (const name of names) {
    const value = props[name];
    if (value === true || typeof value === 'string') attributes[kebab(name)] = value;
    else if (name === 'config' && value) attributes.config = JSON.stringify(value);
  }
  return attributes;
}

/** Gives an element what cannot be written as an attribute. A client goes before the rest, as the element starts by it. */
export function setProperties(element, auth, props) {
  if (auth && element.auth !== auth) element.auth = auth;
  for (const name of PROPERTIES) {
    const value = props[name];
    if (value && typeof value === 'object' && element[name] !== value) element[name] = value;
  }
}

/** Calls the handler that props() has for an event at the time. -> a function that stops it */
export function listen(element, props) {
  const end = new AbortController();
  for (const [prop, type] of Object.entries(EVENTS)) {
    element.addEventListener(type, (event) => props()[prop]?.(event), { signal: end.signal });
  }
  return () => end.abort();
}
