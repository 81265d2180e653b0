import { auth, user } from './amplify.js';
import { asAmplify, need } from './errors.js';
import { delivery, totp } from './shapes.js';

const call = (method, input) => asAmplify(() => auth()[method](input));
const callDevice = (method, input) => asAmplify(() => auth().deviceOperations[method](input));

// --- attributes

export const fetchUserAttributes = () => call('getUserAttributes');

export async function updateUserAttributes({ userAttributes, options = {} }) {
  const codes = await call('updateUserAttributes', { attributes: userAttributes, ...options });
  return Object.fromEntries(Object.keys(userAttributes).map((key) => {
    const code = codes.find(({ attributeName }) => attributeName === key);
    return [key, {
      isUpdated: !code,
      nextStep: code ? { updateAttributeStep: 'CONFIRM_ATTRIBUTE_WITH_CODE', codeDeliveryDetails: delivery(code) } : { updateAttributeStep: 'DONE' },
    }];
  }));
}

export async function updateUserAttribute({ userAttribute: { attributeKey, value }, options }) {
  return (await updateUserAttributes({ userAttributes: { [attributeKey]: value }, options }))[attributeKey];
}

export async function confirmUserAttribute({ userAttributeKey, confirmationCode }) {
  need(confirmationCode, 'EmptyConfirmUserAttributeCode', 'confirmationCode');
  await call('confirmVerifyUserAttribute', { name: userAttributeKey, confirmationCode });
}

export const sendUserAttributeVerificationCode = async ({ userAttributeKey, options = {} }) =>
  delivery(await call('verifyUserAttribute', { name: userAttributeKey, ...options }));

export const deleteUserAttributes = async ({ userAttributeKeys }) => void await call('deleteUserAttributes', { names: userAttributeKeys });

export async function updatePassword({ oldPassword, newPassword }) {
  need(oldPassword && newPassword, 'EmptyUpdatePassword', 'oldPassword and newPassword');
  await call('changePassword', { currentPassword: oldPassword, proposedPassword: newPassword });
}

export const deleteUser = async () => void await call('deleteUser');

// --- MFA

export async function setUpTOTP() {
  const setup = await call('setUpTOTP');
  return totp(setup, (await user()).username);
}

export async function verifyTOTPSetup({ code, options = {} }) {
  need(code, 'EmptyVerifyTOTPSetupCode', 'code');
  await call('verifyTOTPSetup', { code, deviceName: options.friendlyDeviceName });
}

export async function fetchMFAPreference() {
  const { enabled: all, preferred } = await call('getMFAPreference');
  const enabled = all.filter((name) => name !== 'passkey'); // which Amplify has no word for
  return { ...(enabled.length && { enabled: enabled.map((name) => name.toUpperCase()) }), ...(preferred && { preferred: preferred.toUpperCase() }) };
}

export const updateMFAPreference = async (input) => void await call('setMFAPreference', input);

// --- devices

export const rememberDevice = async () => void await callDevice('updateStatus', { remembered: true });
export const forgetDevice = async ({ device } = {}) => void await callDevice('forget', { deviceKey: device?.id });

export async function fetchDevices() {
  const all = [];
  let paginationToken;
  do {
    const page = await callDevice('list', { paginationToken });
    all.push(...page.devices);
    ({ paginationToken } = page);
  } while (paginationToken);
  return all.map(({ deviceKey: id, attributes, createDate, lastModifiedDate, lastAuthenticatedDate }) =>
    ({ id, name: attributes.device_name, attributes, createDate, lastModifiedDate, lastAuthenticatedDate }));
}

// --- passkeys

export const associateWebAuthnCredential = async () =>
  void await asAmplify(() => auth().registerPasskey(), { passkeyCancelled: 'PasskeyRegistrationCanceled' });

export const listWebAuthnCredentials = ({ nextToken } = {}) => call('listPasskeys', { nextToken });
export const deleteWebAuthnCredential = async ({ credentialId }) => void await call('deletePasskey', { credentialId });
