// base64url of RFC 4648.
export const fromBase64url = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

export const toBase64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

export const toBase64url = (buffer) => toBase64(buffer).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
