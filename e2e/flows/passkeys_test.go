package flows

import (
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// passkeys lists the signed-in user's passkeys.
func passkeys(e *e2e.Env) []m {
	return e2e.Must[struct{ Credentials []m }](e, `auth.listPasskeys()`).Credentials
}

var byPasskey = m{"username": "demo", "authFlow": "USER_AUTH", "preferredChallenge": "WEB_AUTHN"}

// Ensure that a passkey is registered, listed, used to sign in and deleted.
func TestPasskeys(t *testing.T) {
	e := e2e.Start(t)
	device := e.Tab.AddAuthenticator()
	e.App("")
	fails(t, e, "registerPasskey", nil, "notSignedIn")
	fails(t, e, "listPasskeys", nil, "notSignedIn")
	mustSignIn(t, e)
	if got := passkeys(e); got == nil || len(got) != 0 {
		t.Errorf("before registering: %v", got)
	}
	must(t, e, "registerPasskey", nil)
	keys := passkeys(e)
	if len(keys) != 1 || keys[0]["credentialId"] == "" || keys[0]["relyingPartyId"] != "localhost" || keys[0]["friendlyCredentialName"] == "" ||
		keys[0]["authenticatorAttachment"] != "platform" || !contains(keys[0]["authenticatorTransports"], "internal") {
		t.Fatalf("passkeys %v", keys)
	}
	if !e2e.Must[bool](e, `auth.listPasskeys().then(({ credentials: [{ createdAt }] }) => createdAt instanceof Date && Math.abs(createdAt - Date.now()) < 60_000)`) {
		t.Error("createdAt is no Date of now")
	}
	if held := device.Credentials(); len(held) != 1 || held[0].RpID != "localhost" || !held[0].IsResidentCredential {
		t.Errorf("the authenticator holds %v", held)
	}
	fails(t, e, "registerPasskey", nil, "passkeyAlreadyExists")
	must(t, e, "signOut", nil)

	// By name, and chosen among the factors.
	stands(t, "signIn", must(t, e, "signIn", byPasskey), "signedIn")
	must(t, e, "signOut", nil)
	out := stands(t, "signIn", must(t, e, "signIn", m{"username": "demo", "authFlow": "USER_AUTH"}), "selectFactor")
	if !contains(out["allowedFactors"], "WEB_AUTHN") {
		t.Errorf("allowed factors %v", out["allowedFactors"])
	}
	answer(t, e, "signedIn", "WEB_AUTHN", nil)
	must(t, e, "signOut", nil)

	// A choice that waits outlives a reload.
	must(t, e, "signIn", m{"username": "demo", "authFlow": "USER_AUTH"})
	reload(e)
	answer(t, e, "signedIn", "WEB_AUTHN", nil)

	must(t, e, "deletePasskey", m{"credentialId": keys[0]["credentialId"]})
	if got := passkeys(e); len(got) != 0 {
		t.Errorf("after deleting: %v", got)
	}
	fails(t, e, "deletePasskey", m{"credentialId": keys[0]["credentialId"]}, "resourceNotFound")
	must(t, e, "signOut", nil)
	stands(t, "signIn", must(t, e, "signIn", byPasskey), "selectFactor") // no passkey to prefer
}

func contains(values any, text string) bool {
	for _, v := range list(values) {
		if v == text {
			return true
		}
	}
	return false
}

// Ensure that a passkey with user verification counts as both factors where pool and user say so.
func TestPasskeyAsBothFactors(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.AddAuthenticator()
	p := e.NewPool(m{"Policies": m{"SignInPolicy": m{"AllowedFirstAuthFactors": []string{"PASSWORD", "WEB_AUTHN"}}}}, nil)
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": p.ID, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": m{"Enabled": true},
		"WebAuthnConfiguration": m{"RelyingPartyId": "localhost", "UserVerification": "required", "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}})
	e.NewUser(p.ID, "demo", nil)
	app(e, p)
	mustSignIn(t, e)
	fails(t, e, "setMFAPreference", m{"passkey": "ENABLED"}, "mfaMethodNotFound")
	must(t, e, "registerPasskey", nil)
	fails(t, e, "setMFAPreference", m{"passkey": "ENABLED"}, "mfaMethodNotFound") // the flag alone would lock users out
	secret, _ := must(t, e, "setUpTOTP", nil)["sharedSecret"].(string)
	must(t, e, "verifyTOTPSetup", m{"code": e.TOTP(secret)})
	must(t, e, "setMFAPreference", m{"totp": "PREFERRED"})
	must(t, e, "signOut", nil)
	start(t, e, "totpMFA", m{"username": "demo"})
	fails(t, e, "signIn", byPasskey, "passwordRequired") // the user's flag is off
	start(t, e, "totpMFA", m{"username": "demo"})
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
	must(t, e, "setMFAPreference", m{"passkey": "ENABLED"})
	if got := must(t, e, "getMFAPreference", nil); !slices.Equal(list(got["enabled"]), []string{"passkey", "totp"}) {
		t.Errorf("preferences %v", got)
	}
	must(t, e, "signOut", nil)
	stands(t, "signIn", must(t, e, "signIn", byPasskey), "signedIn")

	// Another passkey of such a user stands for both at once.
	must(t, e, "setMFAPreference", m{"passkey": "DISABLED"})
	if got := must(t, e, "getMFAPreference", nil); !slices.Equal(list(got["enabled"]), []string{"totp"}) {
		t.Errorf("turned off: %v", got)
	}
	must(t, e, "deletePasskey", m{"credentialId": passkeys(e)[0]["credentialId"]})
	must(t, e, "registerPasskey", nil)
	must(t, e, "signOut", nil)
	stands(t, "signIn", must(t, e, "signIn", byPasskey), "signedIn")
}

// Ensure that every way for a ceremony to fail has its own code, stores nothing and is no dead end.
func TestPasskeyFailures(t *testing.T) {
	e := e2e.Start(t)
	device := e.Tab.AddAuthenticator()
	e.App("")
	mustSignIn(t, e)
	signedIn := e.Stored()
	registered := func(when, code string) {
		t.Helper()
		if err := fails(t, e, "registerPasskey", nil, code); err.Retryable {
			t.Errorf("%s: %v is retryable", when, err)
		}
		checkStored(t, when, e.Stored(), signedIn)
		if got := passkeys(e); len(got) != 0 {
			t.Errorf("%s: the service has %v", when, got)
		}
	}
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": emulator.SeedPoolID, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": m{"Enabled": true},
		"WebAuthnConfiguration": m{"RelyingPartyId": "example.com"}})
	registered("for another site", "relyingPartyMismatch")
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": emulator.SeedPoolID, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": m{"Enabled": true},
		"WebAuthnConfiguration": m{"RelyingPartyId": "localhost", "UserVerification": "required"}})
	device.Recognize(false)
	registered("by a stranger", "passkeyCancelled")
	device.Recognize(true)

	device.Answer(false) // the dialog stays open
	_, err := e2e.Call[m](e, `auth.registerPasskey({ timeout: 300 })`)
	if err == nil || err.Code != "timeout" {
		t.Errorf("registerPasskey with a dialog that stays open: %v, want timeout", err)
	}
	device.Answer(true)

	must(t, e, "registerPasskey", nil)
	must(t, e, "signOut", nil)
	signIn := func(when, code string) {
		t.Helper()
		fails(t, e, "signIn", byPasskey, code)
		checkPending(t, when, e, "")
		checkStored(t, when, e.Stored(), map[string]string{})
	}
	device.Recognize(false)
	signIn("by a stranger", "passkeyCancelled")
	device.Recognize(true)
	device.Answer(false)
	byPasskeyFor := func(ms int) m {
		return m{"username": "demo", "authFlow": "USER_AUTH", "preferredChallenge": "WEB_AUTHN", "timeout": ms}
	}
	fails(t, e, "signIn", byPasskeyFor(300), "timeout")
	checkPending(t, "after the time was up", e, "")
	device.Answer(true)
	stands(t, "signIn", must(t, e, "signIn", byPasskey), "signedIn")
	must(t, e, "signOut", nil)
	device.Forget()
	signIn("with a device that has no passkey", "passkeyCancelled")
	start(t, e, "signedIn", m{"username": "demo"}) // the password still does
}

// Ensure that a passkey is offered in autofill without a dialog, gives way to another sign-in, and leaves nothing
// behind where there is none.
func TestPasskeyInAutofill(t *testing.T) {
	e := e2e.Start(t)
	device := e.Tab.AddAuthenticator()
	e.App("")
	inAutofill := m{"username": "demo", "authFlow": "USER_AUTH", "preferredChallenge": "WEB_AUTHN", "mediation": "conditional"}
	fails(t, e, "signIn", inAutofill, "passkeyNotFound")
	checkPending(t, "without a passkey", e, "")
	fails(t, e, "signIn", m{"username": "demo", "password": "Passw0rd!", "mediation": "conditional"}, "invalidParameter")
	mustSignIn(t, e)
	must(t, e, "registerPasskey", nil)
	must(t, e, "signOut", nil)

	device.Answer(false)
	e.Tab.Run(`globalThis.offered = auth.signIn(` + e2e.Args(inAutofill) + `).then(() => 'signed in', (error) => error.code); undefined`)
	e.Tab.WaitUntil("the passkey is asked for", func() bool { return slices.Contains(e.Operations(), "InitiateAuth") })
	checkPending(t, "while it is offered", e, "")
	mustSignIn(t, e)
	if got := browser.Eval[string](e.Tab, `offered`); got != "signInSuperseded" {
		t.Errorf("the offer ended with %s", got)
	}
	must(t, e, "signOut", nil)
	device.Answer(true)
	stands(t, "signIn", must(t, e, "signIn", inAutofill), "signedIn")
}

// Ensure that a browser without passkeys says so, before anybody is asked for anything.
func TestPasskeysNotSupported(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.OnNewDocument(`delete globalThis.PublicKeyCredential`)
	e.App("")
	mustSignIn(t, e)
	e.Cognito.ResetCalls()
	fails(t, e, "registerPasskey", nil, "passkeyNotSupported")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("requests were sent: %v", got)
	}
	must(t, e, "listPasskeys", nil)
}

// Ensure that password managers hear of a deleted passkey, and that a passkey is made without a dialog only where the
// browser says that it can.
func TestPasskeysTheModernWay(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.AddAuthenticator()
	e.App("")
	e.Tab.Run(`
		globalThis.signals = [];
		globalThis.can = false;
		globalThis.mediations = [];
		PublicKeyCredential.signalUnknownCredential = async (of) => { signals.push(of); };
		PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: can });
		const { create } = CredentialsContainer.prototype;
		CredentialsContainer.prototype.create = function ({ mediation, ...options }) {
			mediations.push(mediation ?? 'dialog');
			return create.call(this, options);
		};
		undefined`)
	mustSignIn(t, e)
	e.Cognito.ResetCalls()
	fails(t, e, "registerPasskey", m{"mediation": "conditional"}, "passkeyNotSupported")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("requests were sent: %v", got)
	}
	e.Tab.Run(`globalThis.can = true`)
	must(t, e, "registerPasskey", m{"mediation": "conditional"})
	if got := browser.Eval[[]string](e.Tab, `mediations`); !slices.Equal(got, []string{"conditional"}) {
		t.Errorf("created by %v", got)
	}
	id, _ := passkeys(e)[0]["credentialId"].(string)
	must(t, e, "deletePasskey", m{"credentialId": id})
	type signal struct{ RPID, CredentialID string }
	if got := browser.Eval[[]signal](e.Tab, `signals`); !slices.Equal(got, []signal{{"localhost", id}}) {
		t.Errorf("signals %v", got)
	}
	fails(t, e, "deletePasskey", m{"credentialId": id}, "resourceNotFound")
	if n := browser.Eval[int](e.Tab, `signals.length`); n != 1 {
		t.Errorf("%d signals", n)
	}

	// One that is offered although the user pool does not know it.
	must(t, e, "registerPasskey", nil)
	must(t, e, "signOut", nil)
	e.Tab.Run(`{
		const { get } = CredentialsContainer.prototype;
		CredentialsContainer.prototype.get = async function (options) {
			const { type, response } = await get.call(this, options);
			return { id: 'c3RyYW5nZXI', type, response };
		};
	}`)
	fails(t, e, "signIn", byPasskey, "notAuthorized")
	if got := browser.Eval[[]signal](e.Tab, `signals.slice(1)`); !slices.Equal(got, []signal{{"localhost", "c3RyYW5nZXI"}}) {
		t.Errorf("after a refused assertion: signals %v", got)
	}
}
