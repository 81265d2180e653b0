// navigator.credentials for the engine, which has options and credentials in their JSON forms (WebAuthn Level 3). They are
// converted here, because not every browser has parseCreationOptionsFromJSON, parseRequestOptionsFromJSON and toJSON.
import { fromBase64url, toBase64url } from './base64.js';

const FIELDS = {
  create: ['clientDataJSON', 'attestationObject'],
  get: ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'],
};

/** method: 'create' or 'get'; mediation: a CredentialMediationRequirement, empty for the browser's default */
export async function passkey(method, json, mediation, signal) {
  const publicKey = JSON.parse(json);
  const { user, excludeCredentials, allowCredentials } = publicKey;
  publicKey.challenge = fromBase64url(publicKey.challenge);
  for (const named of [user, ...(excludeCredentials ?? []), ...(allowCredentials ?? [])]) if (named) named.id = fromBase64url(named.id);
  const credential = await navigator.credentials[method]({ publicKey, signal, ...(mediation && { mediation }) });
  if (!credential) return null;
  const { id, type, authenticatorAttachment, response: from } = credential;
  const response = { transports: from.getTransports?.() };
  for (const name of FIELDS[method]) if (from[name]) response[name] = toBase64url(from[name]);
  return JSON.stringify({ id, rawId: id, type, response, clientExtensionResults: {}, authenticatorAttachment: authenticatorAttachment ?? undefined });
}

/** Whether the browser has a ClientCapability. */
export const passkeyCan = async (name) => (await PublicKeyCredential.getClientCapabilities?.())?.[name];

/** Tells password managers, where the browser can, that a passkey is of no use any more. */
export const passkeyUnknown = (rpId, credentialId) => PublicKeyCredential.signalUnknownCredential?.({ rpId, credentialId });
