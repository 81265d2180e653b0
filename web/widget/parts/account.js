// account.js: the screens of <amplify-account>, which are fetched when somebody is signed in.

export { screens } from '../account/index.js';
