// icons.js: the outline icons, 24 x 24. None is the only carrier of a meaning.

import { icon } from './dom.js';

const drawing = (...paths) => () => icon(...paths);

export const icons = {
  // of the lines above a form
  info: drawing('M12 3a9 9 0 100 18 9 9 0 000-18z', 'M12 11v5', 'M12 7.5v.5'),
  success: drawing('M12 3a9 9 0 100 18 9 9 0 000-18z', 'M8 12.5l3 3 5-6'),
  error: drawing('M12 3a9 9 0 100 18 9 9 0 000-18z', 'M12 7.5v5', 'M12 16v.5'),
  offline: drawing('M7 18h10a4 4 0 000-8A5.5 5.5 0 006.5 11 3.5 3.5 0 007 18z', 'M4 4l16 16'),
  // of factors and the parts of an account
  password: drawing('M6 11h12v9H6z', 'M8.5 11V8a3.5 3.5 0 017 0v3'),
  passkey: drawing('M8 11a4 4 0 100 8 4 4 0 000-8z', 'M11 12l8-8', 'M16 7l3 3'),
  get passkeys() { return this.passkey; },
  totp: drawing('M7 3h10v18H7z', 'M11 18h2'),
  email: drawing('M3.5 6h17v12h-17z', 'M4 7l8 6 8-6'),
  sms: drawing('M4 5h16v11H10l-4 4v-4H4z'),
  profile: drawing('M12 4a4 4 0 100 8 4 4 0 000-8z', 'M4.5 20c1-8 14-8 15 0'),
  mfa: drawing('M12 3l8 3v5c0 5-3 8-8 10-5-2-8-5-8-10V6z', 'M8.5 12l2.5 2.5 4.5-5'),
  devices: drawing('M3 5h18v11H3z', 'M8 20h8'),
  sessions: drawing('M12 21c-9-9-7-18 0-18s9 9 0 18z', 'M12 8a2 2 0 100 4 2 2 0 000-4z'),
  countries: drawing('M12 3a9 9 0 100 18 9 9 0 000-18z', 'M3 12h18', 'M12 3c-5 5-5 13 0 18 5-5 5-13 0-18z'),
  // of ways
  back: drawing('M19 12H5', 'M11 6l-6 6 6 6'),
  chevron: drawing('M9 6l6 6-6 6'),
};
