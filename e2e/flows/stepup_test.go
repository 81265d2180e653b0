package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that a signed-in user steps up by the factors that are missing, in all tabs at once, and that a failure leaves
// the session as it was.
func TestStepUp(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	fails(t, e, "stepUp", m{"acr": "urn:cognito:loa:4"}, "notSignedIn")
	mustSignIn(t, e)
	secret, _ := must(t, e, "setUpTOTP", nil)["sharedSecret"].(string)
	must(t, e, "verifyTOTPSetup", m{"code": e.TOTP(secret)})
	e.Tab.Run(`auth.configuration.then((config) => void (globalThis.other = new AmplifyAuth({ config })))`)
	session := func() map[string]string { // without what the step-up itself keeps
		now := e.Stored()
		delete(now, "session:AmplifyAuth."+emulator.SeedClientID+".pendingSignIn")
		return now
	}
	stored := session()

	e.Cognito.ResetCalls()
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:1"}), "signedIn") // by the password
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("a level that the token has was asked of the service: %v", got)
	}
	fails(t, e, "stepUp", nil, "invalidParameter")
	fails(t, e, "stepUp", m{"acr": "unknown"}, "invalidParameter")
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:4"}), "totpMFA")
	checkPending(t, "in a step-up", e, "totpMFA")
	fails(t, e, "confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")
	checkStored(t, "after a wrong code", session(), stored)
	if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedIn" {
		t.Errorf("in a step-up the state is %s", state)
	}
	must(t, e, "cancelSignIn", nil)
	checkStored(t, "cancelled", e.Stored(), stored)

	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:4"}), "totpMFA")
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
	type tokens struct {
		AccessToken, IDToken struct {
			Claims struct {
				ACR string
				AMR []string
			}
		}
		RefreshToken struct{ TokenString string }
	}
	for _, client := range []string{"auth", "other"} {
		got := e2e.Must[tokens](e, client+`.getTokens()`)
		if c := got.AccessToken.Claims; c.ACR != "urn:cognito:loa:4" || !slices.Contains(c.AMR, "otp") || got.IDToken.Claims.ACR != c.ACR {
			t.Errorf("%s has %+v", client, got)
		}
	}
	e2e.Must[tokens](e, `other.getTokens({ forceRefresh: true })`)
	e.Cognito.ResetCalls()
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:3", "maxAge": 60}), "signedIn")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("a level that the token has was asked of the service: %v", got)
	}

	// After a while everything has to be proved anew.
	e.Advance(2 * time.Minute)
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:4", "maxAge": 60, "password": "Passw0rd!"}), "totpMFA")
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
}

// Ensure that showSignIn({ stepUp }) asks a signed-in user for what is missing in a dialog, answers without one where
// nothing is, and leaves the session as it was when it is given up, refused or overtaken by a sign-out.
func TestWidgetStepUp(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	const four = `{ acr: 'urn:cognito:loa:4' }`
	fails(t, e, "showSignIn", m{"stepUp": m{"acr": "urn:cognito:loa:4"}}, "notSignedIn")
	mustSignIn(t, e)
	secret, _ := must(t, e, "setUpTOTP", nil)["sharedSecret"].(string)
	must(t, e, "verifyTOTPSetup", m{"code": e.TOTP(secret)})
	e.Tab.Run(`void (globalThis.told = []); for (const name of ['signedin', 'signedout', 'screenchange']) addEventListener(name, ({ detail }) => told.push(detail.screen ?? name));
		document.body.insertAdjacentHTML('beforeend', '<button id="opener">Pay</button>')`)
	pendingKey := "session:AmplifyAuth." + emulator.SeedClientID + ".pendingSignIn"
	session := func() map[string]string {
		now := e.Stored()
		delete(now, pendingKey)
		return now
	}
	call := func(name, options string) {
		t.Helper()
		e.Tab.Run(`globalThis.` + name + ` = auth.showSignIn(` + options + `).then(({ userState }) => userState, (error) => error.code + ' ' + (error instanceof AmplifyAuth.AuthError)); undefined`)
	}
	show := func(options string) *widget.Widget {
		t.Helper()
		e.Tab.Run(`document.querySelector('#opener').focus()`)
		call("shown", options)
		return widget.On(t, e, "amplify-sign-in")
	}
	ended := func(how, want string) {
		t.Helper()
		if got := browser.Eval[string](e.Tab, "shown"); got != want {
			t.Errorf("%s: %q, want %q", how, got, want)
		}
		e.Tab.Wait(`!document.querySelector('amplify-sign-in, [data-amplify-auth]') && document.activeElement.id === 'opener'`)
		e.Tab.WaitUntil("no step is pending", func() bool { return e.Stored()[pendingKey] == "" })
	}
	told := func(when string, want ...string) {
		t.Helper()
		if got := browser.Eval[[]string](e.Tab, `told.splice(0)`); !slices.Equal(got, want) {
			t.Errorf("%s: the events are %v, want %v", when, got, want)
		}
	}

	e.Cognito.ResetCalls()
	level := must(t, e, "showSignIn", m{"stepUp": m{"acr": "urn:cognito:loa:1"}})
	if got := e.Operations(); level["userState"] != "signedIn" || len(got) != 0 {
		t.Errorf("a level that the token has: %v, asked of the service: %v", level, got)
	}
	fails(t, e, "showSignIn", m{"stepUp": m{}}, "invalidParameter")
	fails(t, e, "showSignIn", m{"stepUp": m{"acr": "urn:cognito:loa:4"}, "container": "#nowhere"}, "invalidParameter")
	told("without a dialog")
	stored := session()

	w := show(`{ stepUp: ` + four + ` }`)
	w.At("totpMFA")
	checkScreen(t, w, "totpMFA", "authenticator app", "confirmationCode")
	if got := widget.Eval[string](w, `[el.shadowRoot.querySelector('dialog').matches(':modal'), el.shadowRoot.querySelector('#title').innerText,
		...[...el.shadowRoot.querySelectorAll('button')].map((button) => button.dataset.key)].join()`); got != "true,Confirm that it is you,close" {
		t.Errorf("modal, title and buttons are %q", got)
	}
	if got := widget.Eval[string](w, `(el.showScreen('signIn'), el.screen)`); got != "totpMFA" {
		t.Errorf("showScreen leads a signed-in user to %s", got)
	}
	w.Answer("confirmationCode", "000000")
	w.Refused()
	checkStored(t, "after a wrong code", session(), stored)
	e.Tab.Press(kb.Escape)
	ended("closed by Escape", "userCancelledSignIn true")
	checkStored(t, "cancelled", session(), stored)
	wantState(t, e, "signedIn")
	told("cancelled", "totpMFA")

	// A second call has its turn after the dialog of the first, and finds the level there.
	w = show(`{ stepUp: ` + four + ` }`)
	w.At("totpMFA")
	call("second", `{ stepUp: { acr: 'urn:cognito:loa:3' } }`)
	e.Tab.Type(w.Field("confirmationCode"), e.NextTOTP(secret)+"\r")
	ended("with the right code", "signedIn")
	if got := browser.Eval[string](e.Tab, "second"); got != "signedIn" {
		t.Errorf("the second call: %s", got)
	}
	told("stepped up", "totpMFA")
	if got := browser.Eval[string](e.Tab, `auth.getTokens().then(({ accessToken }) => accessToken.claims.acr)`); got != "urn:cognito:loa:4" {
		t.Errorf("the level is %s", got)
	}
}

// Ensure that a user of managed login steps up there: stepUp says so, showSignIn lets who is signed in go with acrValues,
// maxAge or prompt, the same user's tokens take the place of the old ones, which nobody has any more, and whatever else
// comes of it leaves the session as it was.
func TestHostedUIStepUp(t *testing.T) {
	e := e2e.Start(t)
	e.Site.Page("/callback", `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "")
	e.App("")
	leave := func(options string) {
		t.Helper()
		e.Tab.Open(e.Origin + "/app")
		e.Tab.Wait("globalThis.auth")
		e.Tab.Run(`void auth.showSignIn({ hostedUI: ` + options + ` }).catch(() => {})`)
	}
	back := func() {
		t.Helper()
		e.Tab.Wait(`location.pathname === '/callback' && globalThis.auth?.isSignedIn`)
	}
	claims := func() (acr, user string) {
		got := browser.Eval[[]string](e.Tab, `auth.getTokens().then(({ accessToken: { claims } }) => [claims.acr, claims.username])`)
		return got[0], got[1]
	}
	const four = `{ acrValues: 'urn:cognito:loa:4' }`
	leave(four) // nobody is signed in: a sign-in like any other
	atCognito(e, e.Tab, "/login")
	signInHosted(e.Tab, "demo-totp")
	e.Tab.WaitFor(`input[name="answer"]`)

	leave(`{}`)
	atCognito(e, e.Tab, "/login")
	signInHosted(e.Tab, "demo")
	back()
	secret, _ := must(t, e, "setUpTOTP", nil)["sharedSecret"].(string)
	must(t, e, "verifyTOTPSetup", m{"code": e.TOTP(secret)})
	must(t, e, "setMFAPreference", m{"totp": "PREFERRED"})
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:1"}), "signedIn")
	if err := fails(t, e, "stepUp", m{"acr": "urn:cognito:loa:4"}, "invalidState"); !strings.Contains(err.Message, "acrValues") {
		t.Errorf("stepUp of a user of managed login: %v", err)
	}
	fails(t, e, "showSignIn", m{"hostedUI": m{}}, "invalidState")
	fails(t, e, "showSignIn", m{"hostedUI": m{"loginHint": "demo"}}, "invalidState")

	// Refused, given up, and by another user.
	stored := e.Stored()
	same := func(when string) {
		t.Helper()
		now := e.Stored()
		for key, value := range stored {
			if strings.HasPrefix(key, "CognitoIdentityServiceProvider.") && now[key] != value {
				t.Errorf("%s: %s is another", when, key)
			}
		}
		wantState(t, e, "signedIn")
	}
	outcome := func() string {
		return browser.Eval[string](e.Tab, `auth.handleAuthResponse().then(({ userState }) => userState, ({ code }) => code)`)
	}
	leave(`{ acrValues: 'urn:cognito:loa:4', prompt: 'none' }`)
	e.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
	if got := outcome(); got != "loginRequired" {
		t.Errorf("refused: %s", got)
	}
	same("refused")
	leave(four)
	atCognito(e, e.Tab, "/login")
	e.Tab.Back()
	e.Tab.Wait(`location.pathname === '/app' && globalThis.auth?.isSignedIn`)
	same("given up")
	leave(`{ prompt: 'select_account' }`)
	atCognito(e, e.Tab, "/login")
	signInHosted(e.Tab, "demo-sms")
	e.Tab.WaitFor(`input[name="answer"]`)
	e.Tab.Type(`input[name="answer"]`, e.Code("demo-sms"))
	e.Tab.Click(hostedGo)
	back()
	if got := outcome(); got != "invalidState" {
		t.Errorf("another user: %s", got)
	}
	same("another user")

	e.Cognito.ResetCalls()
	leave(four)
	atCognito(e, e.Tab, "/login")
	signInHosted(e.Tab, "demo")
	e.Tab.WaitFor(`input[name="answer"]`)
	e.Tab.Type(`input[name="answer"]`, e.NextTOTP(secret))
	e.Tab.Click(hostedGo)
	back()
	if got := outcome(); got != "signedIn" {
		t.Errorf("stepped up: %s", got)
	}
	if acr, user := claims(); acr != "urn:cognito:loa:4" || user != "demo" {
		t.Errorf("stepped up: %s of %s", acr, user)
	}
	e.Tab.WaitUntil("the old tokens are revoked", func() bool { return count(e, "RevokeToken") == 1 })
	must(t, e, "getTokens", m{"forceRefresh": true})
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:4", "maxAge": 600}), "signedIn")
	if got := browser.Eval[[]string](e.Tab, `states`); !slices.Equal(got, []string{"signedIn"}) {
		t.Errorf("the states were %v", got)
	}
}
