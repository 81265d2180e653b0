// totp.js shows a TOTP secret as a QR code and as a key to type in.

import { h, icon, svg } from './dom.js';

// totpNames are what an authenticator app is to show, as the page has it.
export const totpNames = ({ element }) => ({
  issuer: element.getAttribute('totp-issuer') ?? undefined, accountName: element.getAttribute('totp-account-name') ?? undefined,
});

// qrCode draws setup.qr, an SVG image as text. Its paths are taken over one by one: markup strings are refused
// under Trusted Types, and data: images by many a Content-Security-Policy.
export function qrCode({ t }, { qr, uri }) {
  const attribute = (name) => qr?.match(new RegExp(`\\b${name}="([^"]+)"`))?.[1];
  const viewBox = attribute('viewBox');
  const modules = [...(qr ?? '').matchAll(/<path fill="([^"]+)" d="([^"]+)"/g)].map(([, fill, d]) => svg('path', { fill, d }));
  const figure = viewBox && modules.length > 0 && svg('svg', { class: 'qr', part: 'qr', viewBox, role: 'img', 'aria-label': t('totp.qr'), 'shape-rendering': 'crispEdges' }, modules);
  return [figure, h('p', { class: 'hint' }, h('a', { href: uri, part: 'link' }, t('totp.open')))];
}

// secretKey shows the secret in groups of four, with a button that copies it.
export function secretKey({ t, panel }, { sharedSecret }) {
  const code = h('code', { dir: 'ltr', tabindex: '0', 'data-key': 'secret' }, sharedSecret.replace(/.{4}(?=.)/g, '$& '));
  const copy = h('button', {
    type: 'button', class: 'link', part: 'link', 'data-key': 'copy',
    async onclick() {
      try {
        await navigator.clipboard.writeText(sharedSecret);
      } catch { // not allowed here: the key is marked, to be copied by hand
        code.focus();
        getSelection().selectAllChildren(code);
        return;
      }
      copy.replaceChildren(icon('M5 12.5l5 5L20 7'), t('common.copied'));
      panel.announce(t('common.copied'));
    },
  }, t('common.copy'));
  return h('div', { class: 'secret', part: 'secret' },
    h('p', { class: 'hint' }, t('totp.manual')),
    code,
    navigator.clipboard && copy);
}
