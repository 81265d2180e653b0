// The local Cognito, as far as the page steers and watches it: see e2e/emulator.

export class LocalCognito {
  constructor(url) { this.url = url; }

  async #ask(path, body, headers) {
    const response = await fetch(`${this.url}${path}`, { method: body ? 'POST' : 'GET', body: body && JSON.stringify(body), headers, keepalive: Boolean(body) });
    if (!response.ok) throw new Error(`The local Cognito answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  // state has messages, pools with their users, the clock.
  state() { return this.#ask('/_emulator/state'); }

  // file is a configuration of the pool as it is now.
  file(name) { return this.#ask(`/_emulator/${name}`); }

  fault(fault) { return this.#ask('/_emulator/faults', { operation: '*', count: -1, ...fault }); }

  // setMFA sets a pool's MFA: OFF, OPTIONAL or ON.
  setMFA(pool, mode) {
    return this.#ask('/', {
      UserPoolId: pool, MfaConfiguration: mode,
      // Where MFA is required a passkey has to stand for both factors.
      WebAuthnConfiguration: mode === 'ON' ? { FactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION', UserVerification: 'required' } : { FactorConfiguration: 'SINGLE_FACTOR' },
      ...(mode !== 'OFF' && {
        SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/local-sms' } },
        SoftwareTokenMfaConfiguration: { Enabled: true }, EmailMfaConfiguration: {},
      }),
    }, { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'AWSCognitoIdentityProviderService.SetUserPoolMfaConfig' });
  }
}

const faults = {
  offline: { kind: 'drop' },
  slow: { kind: 'slow', delayMs: 1500 },
  regionDown: { kind: 'drop', region: 'primary' },
};

// setNetwork makes the network as bad as the switch says: online, offline, slow or regionDown.
export async function setNetwork(cognito, mode) {
  const online = mode !== 'offline';
  const changed = online !== navigator.onLine;
  Object.defineProperty(navigator, 'onLine', { get: () => online, configurable: true });
  await cognito.fault({ kind: 'none' });
  if (faults[mode]) await cognito.fault(faults[mode]);
  if (changed) dispatchEvent(new Event(online ? 'online' : 'offline'));
}
