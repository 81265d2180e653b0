package flows

import (
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// What follows the account's rows keeps out of sight until it is known how many there are.
const canSignOut = `el.shadowRoot.querySelector('[data-key="account.signOut"]').checkVisibility({ visibilityProperty: true })`

// openAccount opens a page whose <amplify-sign-in> has an <amplify-account> for content, signs in and returns both.
func openAccount(t *testing.T, e *e2e.Env, p e2e.Pool, auth m, name string) (signIn, account *widget.Widget) {
	t.Helper()
	signIn = open(t, e, widget.Outputs(p, auth), map[string]string{"": widget.Members + "<amplify-account></amplify-account>"})
	signIn.Tab.Click(signIn.Field("rememberDevice"))
	signIn.SignIn(name, emulator.SeedPassword)
	signIn.SignedIn()
	account = signIn.In("amplify-account")
	account.At("account")
	return signIn, account
}

// Ensure that the panel shows and changes attributes, proves a new address, changes the password, sets up, prefers and
// drops second factors, and forgets devices.
func TestWidgetAccount(t *testing.T) {
	e := e2e.Start(t)
	p := devicePool(e, false)
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": p.ID, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": m{"Enabled": true}, "EmailMfaConfiguration": m{}})
	e.Admin("UpdateUserPool", m{"UserPoolId": p.ID, "AutoVerifiedAttributes": []string{"email"}, "DeviceConfiguration": m{"ChallengeRequiredOnNewDevice": true}})
	_, w := openAccount(t, e, p, m{"mfa_configuration": "OPTIONAL", "mfa_methods": []string{"TOTP", "EMAIL"}, "password_policy": widget.Policy,
		"standard_required_attributes": []string{"name"}}, "ada")
	w.Tab.WaitUntil("the user's name and address are there", func() bool { return strings.Contains(w.Text(), "Your account:\nada\n\nada@example.com") })

	w.Press("profile")
	checkScreen(t, w, "profile", "ada@example.com", "title")
	w.Press("account.edit-Full name")
	checkScreen(t, w, "attribute", "Full name", "name")
	w.Answer("name", "Ada Lovelace")
	checkScreen(t, w, "profile", "Saved.", "title")
	w.Press("account.edit-Email")
	w.At("attribute")
	w.Answer("email", "ada@example.org")
	checkScreen(t, w, "confirmAttribute", "We sent you a code.", "confirmationCode")
	w.Answer("confirmationCode", "000000")
	w.Refused()
	checkTied(t, w, "confirmationCode", wrongCode)
	w.Answer("confirmationCode", e.Code("ada"))
	checkScreen(t, w, "profile", "ada@example.org", "title")
	got := userAttributes(e, p.ID, "ada")
	if got["name"] != "Ada Lovelace" || got["email"] != "ada@example.org" || got["email_verified"] != "true" {
		t.Errorf("attributes %v", got)
	}
	w.Press("account")

	w.Press("password")
	checkScreen(t, w, "password", "Password", "password")
	w.Fill("password", "Wrong-passw0rd")
	w.Fill("newPassword", newPassword)
	w.Submit()
	w.Refused()
	checkTied(t, w, "password", "The password is not right.")
	w.Answer("password", emulator.SeedPassword)
	checkScreen(t, w, "account", "Your password has been changed.", "title")

	w.Press("mfa")
	checkScreen(t, w, "mfa", "Authenticator app", "title")
	w.Tab.Run(`((el) => { el.setAttribute('totp-issuer', 'Example'); el.setAttribute('totp-account-name', 'Ada at home'); })(document.querySelector('amplify-account'))`)
	w.Press("account.turnOn-Authenticator app")
	w.At("setUpTOTP")
	if got := widget.Eval[string](w, `el.shadowRoot.querySelector('[part~=qr] + .hint a').href`); !strings.HasPrefix(got, "otpauth://totp/Example:Ada%20at%20home?secret=") || !strings.HasSuffix(got, "&issuer=Example") {
		t.Errorf("the authenticator app is to show %s", got)
	}
	w.Answer("confirmationCode", "000000")
	w.Refused()
	checkTied(t, w, "confirmationCode", wrongCode)
	w.Answer("confirmationCode", e.TOTP(widget.Eval[string](w, `el.shadowRoot.querySelector('code').textContent.replace(/ /g, '')`)))
	checkScreen(t, w, "mfa", "Used first", "title")
	w.Press("account.turnOn-Email")
	w.Wait(`el.shadowRoot.querySelector('[data-key="account.prefer-Email"]')`)
	w.Press("account.prefer-Email")
	w.Wait(`el.shadowRoot.querySelector('[data-key="account.prefer-Authenticator app"]')`)
	w.Press("account.turnOff-Authenticator app")
	w.Wait(`el.shadowRoot.querySelector('[data-key="account.turnOn-Authenticator app"]')`)
	user := e.Admin("AdminGetUser", m{"UserPoolId": p.ID, "Username": "ada"})
	if user["PreferredMfaSetting"] != "EMAIL_OTP" || len(list(user["UserMFASettingList"])) != 1 {
		t.Errorf("second factors %v, preferred %v", user["UserMFASettingList"], user["PreferredMfaSetting"])
	}
	w.Press("account")

	w.Press("devices")
	w.At("devices")
	w.Tab.Click(w.Selector + " >>> .row button")
	w.Wait(`el.shadowRoot.querySelector('.body').innerText.includes('Nothing here yet.')`)
	if devices, _ := e.Admin("AdminListDevices", m{"UserPoolId": p.ID, "Username": "ada"})["Devices"].([]any); len(devices) != 0 {
		t.Errorf("the service has %v", devices)
	}
}

// Ensure that who is signed in is named before the engine is there, and can sign out where it does not come.
func TestWidgetAccountBeforeEngine(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Allow("ERR_BLOCKED_BY_CLIENT")
	_, w := openAccount(t, e, widget.Seeded(e), nil, "demo")
	e.Tab.Block("*://*:*" + wasm)
	e.Tab.Reload()
	w.At("account")
	w.Tab.WaitUntil("the user's name and address are there", func() bool { return strings.Contains(w.Text(), "Your account:\ndemo\n\ndemo@example.com") })
	w.Wait(canSignOut)
}

// Ensure that passkeys are added and removed, that signing out here and everywhere brings the form back, and that the
// account is deleted once the user has typed its name.
func TestWidgetAccountEnds(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.AddAuthenticator()
	signIn, w := openAccount(t, e, widget.Seeded(e), nil, "demo")
	w.Press("passkeys")
	w.At("passkeys")
	w.Press("passkey.add")
	w.Wait(`el.shadowRoot.querySelector('.row')`)
	w.Press("passkey.add")
	if got, want := w.Refused(), "This device has a passkey for your account already."; got != want {
		t.Errorf("a second passkey: %q, want %q", got, want)
	}
	w.Tab.Click(w.Selector + " >>> .row button")
	w.Wait(`!el.shadowRoot.querySelector('.row') && !el.shadowRoot.querySelector('.busy')`)
	w.Press("account")
	w.Press("account.signOut")
	signIn.At("signIn")
	if got := e.Operations(); got[len(got)-1] != "RevokeToken" {
		t.Errorf("signing out asked for %v", got)
	}

	signIn.SignIn("demo", emulator.SeedPassword)
	w.At("account")
	w.Press("signOutEverywhere")
	checkScreen(t, w, "signOutEverywhere", "You will be signed out on this and all other devices.", "title")
	w.Press("account.signOutEverywhere")
	signIn.At("signIn")
	if got := count(e, "GlobalSignOut"); got != 1 {
		t.Errorf("GlobalSignOut was asked for %d times", got)
	}

	signIn.SignIn("demo", emulator.SeedPassword)
	w.At("account")
	w.Press("deleteAccount")
	checkScreen(t, w, "deleteAccount", "It cannot be undone.", "confirmation")
	w.Answer("confirmation", "somebody")
	w.Refused()
	checkTied(t, w, "confirmation", "This is not your user name.")
	w.Answer("confirmation", "demo")
	signIn.At("signIn")
	signIn.SignIn("demo", emulator.SeedPassword)
	if got, want := signIn.Refused(), "Incorrect user name or password."; got != want {
		t.Errorf("after the account was deleted: %q, want %q", got, want)
	}
}

// Ensure that a user sees where they are signed in, and signs out there; and lets a passkey stand for both steps.
func TestWidgetAccountSessions(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.AddAuthenticator()
	p := e.NewPool(m{"Policies": m{"SignInPolicy": m{"AllowedFirstAuthFactors": []string{"PASSWORD", "WEB_AUTHN"}}}}, nil)
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": p.ID, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": m{"Enabled": true}, "EmailMfaConfiguration": m{},
		"WebAuthnConfiguration": m{"RelyingPartyId": "localhost", "UserVerification": "required", "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}})
	e.Admin("SetUserPoolSessionConfiguration", m{"UserPoolId": p.ID, "UserSessionTracking": "ENABLED", "TokenSession": m{"MaxPerUser": 5}})
	e.NewUser(p.ID, "demo", map[string]string{"email": "demo@example.com", "email_verified": "true"})
	app(e, p)
	mustSignIn(t, e) // another place; the page that opens next has a session of its own
	e.Tab.Run(`localStorage.clear()`)

	w := widget.Open(t, e, widget.Tag("amplify-account", map[string]string{"config": widget.Outputs(p, m{"mfa_configuration": "OPTIONAL", "mfa_methods": []string{"TOTP", "EMAIL"},
		"passwordless": m{"web_authn": m{"relying_party_id": "localhost", "user_verification": "required"}}})}), nil)
	w.At("signedOut")
	w.Auth(`.signIn({ username: 'demo', password: '` + emulator.SeedPassword + `' })`)
	w.Wait(`el.shadowRoot.querySelector('[data-key="sessions"]')`)
	w.Press("sessions")
	w.Wait(`el.shadowRoot.querySelectorAll('.row').length === 2`)
	w.Tab.Screenshot("account-sessions")
	if got := w.Text(); strings.Count(got, "This device") != 1 {
		t.Errorf("the screen says %q", got)
	}
	w.Tab.Click(w.Selector + " >>> .row .links button")
	w.Wait(`el.shadowRoot.querySelectorAll('.row').length === 1`)
	if got := w.Text(); !strings.Contains(got, "This device") {
		t.Errorf("the place that is left is %q", got)
	}
	w.Press("account")

	w.Press("passkeys")
	w.At("passkeys")
	w.Press("passkey.add")
	w.Wait(`el.shadowRoot.querySelector('.row')`)
	w.Press("account")
	w.Press("mfa")
	w.Press("account.turnOn-Email")
	w.Wait(`el.shadowRoot.querySelector('[data-key="account.turnOn-Passkey"]')`)
	w.Press("account.turnOn-Passkey")
	w.Wait(`el.shadowRoot.querySelector('[data-key="account.turnOff-Passkey"]')`)
	if got := list(e.Admin("AdminGetUser", m{"UserPoolId": p.ID, "Username": "demo"})["UserMFASettingList"]); !slices.Contains(got, "WEB_AUTHN_MFA") {
		t.Errorf("second factors %v", got)
	}
}

// Ensure that the file of the account's screens is fetched once somebody is signed in, that its want is said, and that it is
// fetched again by a click; what stands in for a screen until then is none.
func TestWidgetAccountFile(t *testing.T) {
	const file = "/parts/account.js"
	e := e2e.Start(t)
	e.Tab.Allow("ERR_BLOCKED_BY_CLIENT")
	e.Tab.Block("*://*:*" + file)
	w := widget.Open(t, e, widget.Tag("amplify-account", map[string]string{"config": widget.Outputs(widget.Seeded(e), nil)}), nil)
	w.Wait("el.state === 'signedOut'") // its screen of that name has come twice then
	w.At("signedOut")
	if e.Tab.Fetched(file) {
		t.Error("the file is fetched for nobody")
	}
	w.Tab.Run(`globalThis.came = []; document.querySelector('amplify-account').addEventListener('screenchange', ({ detail }) => came.push(detail.screen))`)
	w.Auth(`.signIn({ username: 'demo', password: '` + emulator.SeedPassword + `' })`)
	if got := w.Refused(); !strings.Contains(got, "connection") {
		t.Errorf("it says %q", got)
	}
	e.Tab.Block()
	w.Press("common.continue")
	w.Wait(`el.shadowRoot.querySelector('[data-key="profile"]')`)
	w.Press("profile")
	w.At("profile")
	if got := browser.Eval[string](w.Tab, `came.join(' ')`); got != "account profile" {
		t.Errorf("screenchange told of %s", got)
	}
}
