// sdk.js: the web SDKs of Google and Facebook, fetched from the provider when somebody chooses it.

const sources = {
  google: () => 'https://accounts.google.com/gsi/client',
  facebook: (language) => `https://connect.facebook.net/${facebookLocale(language)}/sdk.js`,
};

// Facebook names languages with a country, and answers an unknown one with English.
const facebookLocales = {
  ar: 'ar_AR', de: 'de_DE', es: 'es_ES', fr: 'fr_FR', he: 'he_IL', hi: 'hi_IN', it: 'it_IT', ja: 'ja_JP', ko: 'ko_KR', nl: 'nl_NL',
  pl: 'pl_PL', pt: 'pt_PT', ru: 'ru_RU', sv: 'sv_SE', tr: 'tr_TR', uk: 'uk_UA', 'zh-Hans': 'zh_CN', 'zh-Hant': 'zh_TW',
};
const facebookLocale = (language) => facebookLocales[language] ?? 'en_US';

// A page under Trusted Types has to allow the policy amplify-sign-in, which makes these two addresses only.
let policy;
const trusted = (url) => {
  if (!globalThis.trustedTypes) return url;
  policy ??= trustedTypes.createPolicy('amplify-sign-in', { createScriptURL: (address) => address });
  return policy.createScriptURL(url);
};

const loading = {};

function load(name, ready, language) {
  if (ready()) return Promise.resolve();
  loading[name] ??= /** @type {Promise<void>} */ (new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.async = true;
    script.crossOrigin = 'anonymous';
    script.src = trusted(sources[name](language));
    const failed = () => {
      script.remove();
      delete loading[name]; // the next try fetches again
      reject(Object.assign(new Error(`The ${name} SDK could not be loaded from ${script.src}.`), { name: 'SDKError', code: 'errorLoadingSDK', retryable: true }));
    };
    script.onload = () => (ready() ? resolve() : failed());
    script.onerror = failed;
    document.head.append(script);
  }));
  return loading[name];
}

// google shows Google's own button in container (its rules allow no other for an ID token) and calls
// signedIn with the ID token once the user has chosen an account.
export async function google({ clientId }, { container, language, dark, signedIn }) {
  await load('google', () => globalThis.google?.accounts?.id, language);
  const { id } = globalThis.google.accounts;
  id.initialize({ client_id: clientId, callback: ({ credential }) => signedIn(credential), ux_mode: 'popup', use_fedcm_for_prompt: true });
  id.renderButton(container, {
    type: 'standard', theme: dark ? 'filled_black' : 'outline', size: 'large', text: 'continue_with', width: Math.min(container.clientWidth || 300, 400), locale: language,
  });
  id.prompt();
}

// facebookReady loads and initialises Facebook's SDK.
export async function facebookReady({ appId, version = 'v24.0' }, language) {
  await load('facebook', () => globalThis.FB, language);
  globalThis.FB.init({ appId, version, xfbml: false, cookie: false });
}

// facebookLogin opens Facebook's window and resolves with the access token. It has to be called from a click.
export const facebookLogin = ({ scope = 'public_profile,email' }) => new Promise((resolve, reject) => {
  globalThis.FB.login(({ authResponse }) => {
    if (authResponse?.accessToken) resolve(authResponse.accessToken);
    else reject(Object.assign(new Error('The user closed the window of Facebook or refused.'), { name: 'UserCancelledSignIn', code: 'userCancelledSignIn' }));
  }, { scope });
});
