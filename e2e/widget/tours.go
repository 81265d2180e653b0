package widget

import (
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

type object = map[string]any

// A Tour leads through screens, each in the order of a flow.
type Tour struct {
	Name string
	Run  func(t browser.T, e *e2e.Env, visit func(w *Widget, view string))
}

// Tours come to every screen of both elements, and to what else the screens can look like: with errors, notices,
// providers, in a dialog. A view is named after its screen; those of <amplify-account> are "account" itself and
// "account-" and the screen.
var Tours = []Tour{
	{"sign-up", signUp},
	{"recovery", recovery},
	{"phone", phone},
	{"codes", codes},
	{"first factors", firstFactors},
	{"second factors", secondFactors},
	{"new password", newPassword},
	{"custom challenge", customChallenge},
	{"step-up", stepUp},
	{"contacts", contacts},
	{"passkeys", passkeys},
	{"providers", providers},
	{"notices", notices},
	{"account", account},
}

const newPass = "N3w-Passw0rd"

// SignUpAttributes has a field of every kind.
const SignUpAttributes = `[
	"name", "birthdate", { "name": "website", "required": false },
	{ "name": "custom:plan", "label": "Plan", "type": "select", "options": [{ "value": "free", "label": "Free of charge" }, { "value": "pro", "label": "Professional" }] },
	{ "name": "custom:news", "label": "Send me news", "type": "checkbox", "required": false },
	{ "name": "terms", "type": "terms", "url": "/terms" }
]`

// SignUpPool signs up with an e-mail address and SignUpAttributes, and confirms by e-mail.
func SignUpPool(e *e2e.Env) e2e.Pool {
	return e.NewPool(object{
		"UsernameAttributes": []string{"email"}, "AutoVerifiedAttributes": []string{"email"},
		"Schema":   []object{{"Name": "plan", "AttributeDataType": "String", "Mutable": true}, {"Name": "news", "AttributeDataType": "String", "Mutable": true}},
		"Policies": object{"PasswordPolicy": object{"MinimumLength": 8, "RequireLowercase": true, "RequireUppercase": true, "RequireNumbers": true, "RequireSymbols": true}},
	}, object{"WriteAttributes": []string{"email", "name", "birthdate", "website", "custom:plan", "custom:news"}})
}

func signUp(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	config := Outputs(SignUpPool(e), object{"username_attributes": []string{"email"}, "password_policy": Policy})
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": config, "logo": "/icon.svg", "sign-up-attributes": SignUpAttributes, "initial-screen": "signUp",
		"": Members + `<p slot="footer">The page's own footer</p>`}), visit)
	w.At("signUp")
	w.Fill("password", "short")
	w.Submit()
	w.Refused()
	w.Show("signUp-errors")
	w.Fill("username", "ada@example.com")
	w.Fill("name", "Ada Lovelace")
	w.Tab.Press("\t12101815")
	w.Tab.Type(w.Field("custom:plan"), "p\r")
	w.Tab.Click(w.Field("terms"))
	w.Fill("password", newPass)
	w.Show("signUp-filled")
	w.Submit()
	w.At("confirmSignUp")
	w.Answer("confirmationCode", "000000")
	w.Refused()
	w.Show("confirmSignUp-error")
	w.Answer("confirmationCode", e.Code("ada@example.com"))
	w.SignedIn()
}

func recovery(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": Outputs(Seeded(e), object{"password_policy": Policy})}), visit)
	w.At("signIn")
	w.SignIn("demo", "Wrong-passw0rd")
	w.Refused()
	w.Show("signIn-error")
	w.Press("signIn.forgot")
	w.At("forgotPassword")
	w.Submit()
	w.At("resetPassword")
	w.Fill("confirmationCode", e.Code("demo"))
	w.Fill("newPassword", newPass)
	w.Submit()
	w.SignedIn()
}

func phone(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	p := e.NewPool(object{"UsernameAttributes": []string{"phone_number"}}, nil)
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": Outputs(p, object{"username_attributes": []string{"phone_number"}})}), visit)
	w.Wait(`el.shadowRoot.querySelector('.dial')`)
	w.Fill("username", "+49 30 123456")
	w.Show("signIn-phone")
}

func codes(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	e.Admin("AdminSetUserMFAPreference", object{"UserPoolId": emulator.SeedPoolID, "Username": "demo", "EmailMfaSettings": object{"Enabled": true, "PreferredMfa": true}})
	e.Admin("AdminSetUserMFAPreference", object{"UserPoolId": emulator.SeedPoolID, "Username": "demo-new",
		"SMSMfaSettings": object{"Enabled": true}, "EmailMfaSettings": object{"Enabled": true}})
	e.Admin("AdminSetUserPassword", object{"UserPoolId": emulator.SeedPoolID, "Username": "demo-new", "Password": emulator.SeedPassword, "Permanent": true})
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": Outputs(Seeded(e), nil)}), visit)
	for _, user := range []struct{ name, screen string }{{"demo-sms", "smsMFA"}, {"demo", "emailMFA"}, {"demo-totp", "totpMFA"}, {"demo-new", "selectMFA"}} {
		w.SignIn(user.name, emulator.SeedPassword)
		w.At(user.screen)
		w.Press("common.back")
		w.Wait(`el.screen === 'signIn' && !el.shadowRoot.querySelector('.busy')`)
	}
}

// Passwordless is the section of amplify_outputs.json for a pool with every first factor.
var Passwordless = object{"email_otp_enabled": true, "sms_otp_enabled": true, "web_authn": object{"relying_party_id": "localhost"}}

func firstFactors(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": Outputs(Seeded(e), object{"passwordless": Passwordless})}), visit)
	w.Wait("el.screen === 'signIn' && el.auth")
	w.Show("signIn-passwordless")
	for _, factor := range []struct{ key, screen string }{{"factor.email", "emailOTP"}, {"factor.sms", "smsOTP"}, {"factor.password", "password"}} {
		w.Answer("username", "demo")
		w.At("selectFactor")
		w.Press(factor.key)
		w.At(factor.screen)
		w.Press("common.back")
		w.Wait(`el.screen === 'signIn' && !el.shadowRoot.querySelector('.busy')`)
	}
}

func secondFactors(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	p := e.NewPool(object{"AutoVerifiedAttributes": []string{"email"}}, nil)
	e.Admin("SetUserPoolMfaConfig", object{"UserPoolId": p.ID, "MfaConfiguration": "ON",
		"SoftwareTokenMfaConfiguration": object{"Enabled": true}, "EmailMfaConfiguration": object{}})
	e.NewUser(p.ID, "ada", nil)
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": Outputs(p, nil)}), visit)
	w.SignIn("ada", emulator.SeedPassword)
	w.At("setUpMFA")
	w.Press("factor.totp")
	w.At("setUpTOTP")
	w.Answer("confirmationCode", "000000")
	w.Refused()
	w.Press("common.back")
	w.SignIn("ada", emulator.SeedPassword)
	w.Wait("el.screen === 'setUpMFA'")
	w.Press("factor.email")
	w.At("setUpEmail")
}

func newPassword(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	p := e.NewPool(object{"Schema": []object{{"Name": "name", "AttributeDataType": "String", "Required": true, "Mutable": true}}}, nil)
	e.Admin("AdminCreateUser", object{"UserPoolId": p.ID, "Username": "ada", "TemporaryPassword": emulator.SeedPassword, "MessageAction": "SUPPRESS"})
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": Outputs(p, object{"password_policy": Policy})}), visit)
	w.SignIn("ada", emulator.SeedPassword)
	w.At("newPasswordRequired")
}

// RiddlePool asks peers.Riddles after the password. It has the user ada.
func RiddlePool(t browser.T, e *e2e.Env) e2e.Pool {
	lambdas := peers.ServeRiddles(t)
	p := e.NewPool(object{"LambdaConfig": object{"DefineAuthChallenge": *lambdas.DefineAuthChallenge,
		"CreateAuthChallenge": *lambdas.CreateAuthChallenge, "VerifyAuthChallengeResponse": *lambdas.VerifyAuthChallengeResponse}}, nil)
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true"})
	return p
}

// RiddleConfig is the configuration of a RiddlePool, whose sign-ins are of the flow CUSTOM_AUTH.
func RiddleConfig(p e2e.Pool) string {
	config := p.Config()
	config["Auth"] = object{"Default": object{"authenticationFlowType": "CUSTOM_AUTH"}}
	return e2e.Args(config)
}

func customChallenge(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": RiddleConfig(RiddlePool(t, e))}), visit)
	w.SignIn("ada", emulator.SeedPassword)
	w.At("customChallenge")
}

func stepUp(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	config := Outputs(Seeded(e), nil)
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": config}), visit)
	w.SignIn("demo", emulator.SeedPassword)
	w.SignedIn()
	secret := Eval[string](w, `el.auth.setUpTOTP().then(({ sharedSecret }) => sharedSecret)`)
	w.Auth(`.verifyTOTPSetup({ code: '` + e.TOTP(secret) + `' })`)
	e.Advance(2 * time.Minute)
	w.Tab.Run(`(async () => {
		document.querySelector('amplify-sign-in').remove();
		const { AmplifyAuth } = await import('/amplify-auth.js');
		new AmplifyAuth({ config: ` + config + ` }).showSignIn({ stepUp: { acr: 'urn:cognito:loa:4', maxAge: 0 } }).catch(() => {});
	})()`)
	w.Wait(`el?.shadowRoot`)
	w.At("password")
	w.Show("password-step-up")
	w.Answer("password", emulator.SeedPassword)
	w.At("totpMFA")
	w.Show("totpMFA-step-up")
	e.Cognito.InjectFault(emulator.Fault{Operation: "InitiateAuth", Kind: "status500", Count: 3})
	w.Press("common.back")
	w.At("stepUp")
}

func contacts(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	p := e.NewPool(object{"AutoVerifiedAttributes": []string{"email"}}, nil)
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com"})
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": Outputs(p, nil)}), visit)
	w.SignIn("ada", emulator.SeedPassword)
	w.At("verifyContact")
	w.Press("email")
	w.At("confirmContact")
	w.Answer("confirmationCode", e.Code("ada"))
	w.SignedIn()
}

func passkeys(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	e.Tab.AddAuthenticator()
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": Outputs(Seeded(e), object{"passwordless": Passwordless})}), visit)
	w.Wait("el.screen === 'signIn' && el.auth")
	w.Press("signIn.other")
	w.Show("signIn-other-ways")
	w.Press("signIn.usePassword")
	w.Tab.WaitFor(w.Field("password"))
	w.Tab.Click(w.Field("rememberDevice"))
	w.SignIn("demo", emulator.SeedPassword)
	w.At("offerPasskey")
	w.Press("common.skip")
	w.SignedIn()
	w.SignOut()
	w.Wait("el.screen === 'signIn'")
	w.Show("signIn-remembered")
}

// FakeSDKs stands in for the web SDKs of Google and Facebook, which are elsewhere.
const FakeSDKs = `
globalThis.google = { accounts: { id: {
  initialize(options) { this.options = options; },
  renderButton(container, options) {
    const button = document.createElement('button');
    button.id = 'google';
    button.textContent = 'Continue with Google';
    button.onclick = () => this.options.callback({ credential: globalThis.googleToken });
    container.append(button);
    globalThis.googleButton = options;
  },
  prompt() {},
} } };
globalThis.FB = { init(options) { this.options = options; }, login(done, options) { globalThis.asked = options; done(globalThis.facebookAnswer); } };`

func providers(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	all := `["google", "facebook", "amazon", "apple", { "id": "Example", "label": "Example", "domains": ["example.com"] }]`
	oauth := object{"domain": e.Cognito.URL(), "scopes": []string{"openid"}, "redirect_sign_in_uri": []string{e.Origin + "/callback"},
		"redirect_sign_out_uri": []string{e.Origin + "/signed-out"}, "response_type": "code"}
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"providers": all, "config": Outputs(Seeded(e), object{"oauth": oauth})}), visit)
	w.Wait("el.screen === 'signIn' && el.auth")
	w.Show("signIn-providers")
	w.Fill("username", "ada@example.com")
	w.Tab.Press("\t")
	w.Wait(`!el.querySelector('[name=password]')`)
	w.Show("signIn-route")
	direct := `[{ "id": "google", "clientId": "local-google-client" }, { "id": "facebook", "appId": "local-facebook-app" }]`
	w = Open(t, e, Tag("amplify-sign-in", map[string]string{"providers": direct, "config": Outputs(Seeded(e), nil)}), visit)
	w.Wait("el.screen === 'signIn' && el.auth")
	w.Show("signIn-two-providers")
	w.Tab.Run(FakeSDKs + "globalThis.facebookAnswer = {};")
	w.Press("provider-google")
	w.At("federation")
	w.Press("signIn")
	w.Press("provider-facebook")
	w.Wait("el.screen === 'federation' && !el.shadowRoot.querySelector('.busy')")
	w.Show("federation-facebook")
}

func notices(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	config := Outputs(Seeded(e), nil)
	w := Open(t, e, Tag("amplify-sign-in", map[string]string{"config": config, "modal": "", "can-cancel": ""}), visit)
	w.Wait("el.auth")
	w.Tab.Run(w.js() + ".show()")
	w.Wait(`el.shadowRoot.querySelector('dialog').open`)
	w.Show("signIn-dialog")
	w.Tab.Offline(true)
	w.Wait(`el.shadowRoot.querySelector('.notice')`)
	w.Show("signIn-dialog-offline")
	w.Tab.Offline(false)
	e.Cognito.InjectFault(emulator.Fault{Operation: "InitiateAuth", Kind: "slow", Count: 1, DelayMs: 60_000})
	w.SignIn("demo", emulator.SeedPassword)
	w.Wait(`el.shadowRoot.querySelector('.busy')`)
	w.Show("signIn-working")
	w = Open(t, e, Tag("amplify-sign-in", map[string]string{"config": "not JSON"}), visit)
	w.Wait("el.screen === 'misconfigured'")
	w.Show("misconfigured")
}

func account(t browser.T, e *e2e.Env, visit func(*Widget, string)) {
	e.Tab.AddAuthenticator()
	p := e.NewPool(object{"AutoVerifiedAttributes": []string{"email"}, "DeviceConfiguration": object{"ChallengeRequiredOnNewDevice": true},
		"Policies": object{"SignInPolicy": object{"AllowedFirstAuthFactors": []string{"PASSWORD", "WEB_AUTHN"}}}}, nil)
	e.Admin("SetUserPoolMfaConfig", object{"UserPoolId": p.ID, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": object{"Enabled": true},
		"EmailMfaConfiguration": object{}, "WebAuthnConfiguration": object{"RelyingPartyId": "localhost", "UserVerification": "required"}})
	e.Admin("SetUserPoolSessionConfiguration", object{"UserPoolId": p.ID, "UserSessionTracking": "ENABLED", "TokenSession": object{"MaxPerUser": 5}})
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true", "name": "Ada Lovelace", "phone_number": "+15555550100"})
	config := Outputs(p, object{"password_policy": Policy, "mfa_configuration": "OPTIONAL", "mfa_methods": []string{"TOTP", "EMAIL"}})
	w := Open(t, e, Tag("amplify-account", map[string]string{"config": config}), func(w *Widget, view string) {
		if visit != nil {
			visit(w, "account-"+view)
		}
	})
	w.At("signedOut")
	w.Auth(`.signIn({ username: 'ada', password: '` + emulator.SeedPassword + `' })`)
	w.Wait(`el.shadowRoot.querySelector('[data-key="sessions"]')`)
	w.Show("account")
	w.Auth(`.registerPasskey()`)
	w.Press("profile")
	w.At("profile")
	w.Press("account.edit-Email")
	w.At("attribute")
	w.Answer("email", "ada@example.org")
	w.At("confirmAttribute")
	w.Press("profile")
	w.Wait("el.screen === 'profile' && !el.shadowRoot.querySelector('.busy')")
	w.Press("account")
	w.Press("password")
	w.At("password")
	w.Press("account")
	w.Press("mfa")
	w.At("mfa")
	w.Press("account.turnOn-Authenticator app")
	w.At("setUpTOTP")
	w.Press("mfa")
	w.Press("account")
	w.Press("passkeys")
	w.At("passkeys")
	w.Press("account")
	w.Press("devices")
	w.At("devices")
	w.Press("account")
	w.Press("sessions")
	w.At("sessions")
	w.Press("account")
	w.Press("signOutEverywhere")
	w.At("signOutEverywhere")
	w.Press("account")
	w.Press("deleteAccount")
	w.At("deleteAccount")
	w = Open(t, e, Tag("amplify-account", map[string]string{"config": "not JSON"}), w.visit)
	w.Wait("el.screen === 'misconfigured'")
	w.Show("misconfigured")
}
