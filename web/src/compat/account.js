import { allPages } from '../pages.js';
import { asAmplify, need } from './errors.js';
import { api } from './instance.js';
import { delivery, totp } from './shapes.js';
import { NONE } from '../own.js';

const call = (it, method, input) => asAmplify(() => it.auth[method](input));
const callDevice = (it, method, input) => asAmplify(() => it.auth.deviceOperations[method](input));

// --- attributes

export const fetchUserAttributes = api((it) => call(it, 'getUserAttributes'));

async function update(it, { userAttributes, options = NONE }) {
  const codes = await call(it, 'updateUserAttributes', { attributes: userAttributes, ...options });
  return Object.fromEntries(Object.keys(userAttributes).map((key) => {
    const code = codes.find(({ attributeName }) => attributeName === key);
    return [key, {
      isUpdated: !code,
      nextStep: code ? { updateAttributeStep: 'CONFIRM_ATTRIBUTE_WITH_CODE', codeDeliveryDetails: delivery(code) } : { updateAttributeStep: 'DONE' },
    }];
  }));
}

export const updateUserAttributes = api(update);

export const updateUserAttribute = api(async (it, { userAttribute: { attributeKey, value }, options }) =>
  (await update(it, { userAttributes: { [attributeKey]: value }, options }))[attributeKey]);

export const confirmUserAttribute = api(async (it, { userAttributeKey, confirmationCode }) => {
  need(confirmationCode, 'EmptyConfirmUserAttributeCode', 'confirmationCode');
  await call(it, 'confirmVerifyUserAttribute', { name: userAttributeKey, confirmationCode });
});

export const sendUserAttributeVerificationCode = api(async (it, { userAttributeKey, options = NONE }) =>
  delivery(await call(it, 'verifyUserAttribute', { name: userAttributeKey, ...options })));

export const deleteUserAttributes = api(async (it, { userAttributeKeys }) => void await call(it, 'deleteUserAttributes', { names: userAttributeKeys }));

export const updatePassword = api(async (it, { oldPassword, newPassword }) => {
  need(oldPassword && newPassword, 'EmptyUpdatePassword', 'oldPassword and newPassword');
  await call(it, 'changePassword', { currentPassword: oldPassword, proposedPassword: newPassword });
});

export const deleteUser = api(async (it) => void await call(it, 'deleteUser'));

// --- MFA

export const setUpTOTP = api(async (it) => {
  const setup = await call(it, 'setUpTOTP');
  return totp(setup, (await it.user()).username);
});

export const verifyTOTPSetup = api(async (it, { code, options = NONE }) => {
  need(code, 'EmptyVerifyTOTPSetupCode', 'code');
  await call(it, 'verifyTOTPSetup', { code, deviceName: options.friendlyDeviceName });
});

export const fetchMFAPreference = api(async (it) => {
  const { enabled: all, preferred } = await call(it, 'getMFAPreference');
  const enabled = all.filter((name) => name !== 'passkey'); // which Amplify has no word for
  return { ...(enabled.length && { enabled: enabled.map((name) => name.toUpperCase()) }), ...(preferred && { preferred: preferred.toUpperCase() }) };
});

export const updateMFAPreference = api(async (it, input) => void await call(it, 'setMFAPreference', input));

// --- devices

export const rememberDevice = api(async (it) => void await callDevice(it, 'updateStatus', { remembered: true }));
export const forgetDevice = api(async (it, { device } = NONE) => void await callDevice(it, 'forget', { deviceKey: device?.id }));

export const fetchDevices = api(async (it) => {
  const all = await allPages(async (token) => {
    const { devices, paginationToken } = await callDevice(it, 'list', { paginationToken: token });
    return [devices, paginationToken];
  });
  return all.map(({ deviceKey: id, attributes, createDate, lastModifiedDate, lastAuthenticatedDate }) =>
    ({ id, name: attributes.device_name, attributes, createDate, lastModifiedDate, lastAuthenticatedDate }));
});

// --- passkeys

export const associateWebAuthnCredential = api(async (it) =>
  void await asAmplify(() => it.auth.registerPasskey(), { passkeyCancelled: 'PasskeyRegistrationCanceled' }));

export const listWebAuthnCredentials = api((it, { nextToken } = NONE) => call(it, 'listPasskeys', { nextToken }));
export const deleteWebAuthnCredential = api(async (it, { credentialId }) => void await call(it, 'deletePasskey', { credentialId }));
