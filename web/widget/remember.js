// remember.js keeps two small things of a browser's user: the name signed in with, and that no passkey is
// wanted. Both are kept only if the user asked for it, apart from the session's keys.

const key = (config, name) => `amplify-sign-in.${config.clientId}.${name}`;

const read = (config, name) => {
  try { return localStorage.getItem(key(config, name)) ?? undefined; } catch { return undefined; }
};

const write = (config, name, value) => {
  try {
    if (value === undefined) localStorage.removeItem(key(config, name));
    else localStorage.setItem(key(config, name), value);
  } catch { /* a full or forbidden storage only costs the convenience */ }
};

// Until the configuration has come the name of whichever app client it is will do.
export const rememberedUsername = (config) => (config.clientId ? read(config, 'username') : guess());
const guess = () => {
  try { return localStorage[Object.keys(localStorage).find((name) => /^amplify-sign-in\..*\.username$/.test(name))]; } catch { return undefined; }
};
export const rememberUsername = (config, username) => write(config, 'username', username);
export const passkeyDeclined = (config) => read(config, 'passkey') === 'declined';
export const declinePasskey = (config) => write(config, 'passkey', 'declined');
