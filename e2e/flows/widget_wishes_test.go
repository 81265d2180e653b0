package flows

import (
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
	"amplify-auth/e2e/widget"
)

// Ensure that a page's fields property changes what a screen asks for, and hides nothing that the step needs.
func TestWidgetOwnFields(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), map[string]string{"initial-screen": "signUp", "sign-up-attributes": `[{ "name": "name", "required": false }, "email"]`, "confirm-password": ""})
	w.At("signUp")
	names := `[...el.querySelectorAll('input')].filter((input) => input.assignedSlot).map(({ name }) => name).join(' ')`
	w.Wait(names + ` === 'username name email password confirmPassword'`)
	w.Tab.Run(`document.querySelector('amplify-sign-in').fields = { signUp: {
		name: { hidden: true }, password: { hidden: true }, email: { label: 'Work address', placeholder: 'you@work.example', autocomplete: 'off', order: 0 },
	} }`)
	if got, want := widget.Eval[string](w, `[...el.shadowRoot.querySelectorAll('.field slot[name$=-input]')].map((slot) => slot.name).join(' ')`),
		"_email-input _username-input _password-input _confirmPassword-input"; got != want {
		t.Errorf("fields: %s, want %s", got, want)
	}
	if got, want := widget.Eval[string](w, `((email) => [email.labels[0].textContent, email.placeholder, email.autocomplete].join(', '))(el.querySelector('[name=email]'))`),
		"Work address, you@work.example, off"; got != want {
		t.Errorf("the field: %s, want %s", got, want)
	}
	w.Fill("email", "ada@example.com")
	w.Fill("username", "ada")
	w.Fill("password", newPassword)
	w.Fill("confirmPassword", newPassword+"x")
	w.Submit()
	w.Refused()
	checkTied(t, w, "confirmPassword", "The two passwords are not the same.")
	w.Fill("password", newPassword+" ")
	w.Submit()
	w.Refused()
	checkTied(t, w, "password", "A password cannot begin or end with a blank.")
}

// Ensure that a page's own check stops a step with its words, at a field or above the form.
func TestWidgetReject(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	w.Tab.Run(`document.querySelector('amplify-sign-in').addEventListener('beforesubmit', ({ detail }) => { if (globalThis.no) detail.reject(...no); })`)
	e.Cognito.ResetCalls()
	w.Tab.Run(`globalThis.no = ['Staff only.', 'username']; undefined`)
	w.SignIn("demo", emulator.SeedPassword)
	w.Refused()
	checkTied(t, w, "username", "Staff only.")
	w.Tab.Run(`globalThis.no = ['Closed on Sundays.']; undefined`)
	w.Submit()
	w.Tab.WaitUntil("the second refusal is shown", func() bool { return strings.Contains(w.Problems(), "Closed on Sundays.") })
	if got := announced(w); got != "Closed on Sundays." {
		t.Errorf("announced %q", got)
	}
	if got := e.Operations(); len(got) > 0 {
		t.Errorf("rejected, and yet the service was asked: %q", got)
	}
	w.Tab.Run(`globalThis.no = undefined`)
	w.Submit()
	checkSignedInAs(t, w, "demo")
}

// Ensure that a page can go to a screen where that makes sense, that initial-screen may change, and that a screen of
// the page's own takes its step.
func TestWidgetShowScreen(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), map[string]string{
		"": widget.Members + `<form slot="sign-in" id="own"><input name="name"><input name="secret" type="password"></form>`})
	w.At("signIn")
	for _, step := range []struct{ do, screen string }{
		{`el.showScreen('signUp')`, "signUp"},
		{`el.showScreen('smsMFA')`, "signUp"}, // nobody has asked for a code
		{`el.setAttribute('initial-screen', 'forgotPassword')`, "forgotPassword"},
	} {
		w.Tab.Run(`((el) => ` + step.do + `)(document.querySelector('amplify-sign-in'))`)
		w.At(step.screen)
	}
	if got := widget.Eval[string](w, `(() => { try { el.showScreen('nowhere'); } catch ({ code }) { return code; } })()`); got != "invalidParameter" {
		t.Errorf("a screen that does not exist: %q", got)
	}
	w.Tab.Run(`((el) => {
		el.addEventListener('screenchange', ({ detail }) => { globalThis.own = detail; }, { once: true });
		el.showScreen('signIn');
	})(document.querySelector('amplify-sign-in'))`)
	if got := widget.Eval[bool](w, `el.querySelector('#own').checkVisibility() && !el.shadowRoot.querySelector('#title').checkVisibility()`); !got {
		t.Error("the page's own screen does not stand in the place of ours")
	}
	w.Tab.Run(`own.submit({ username: 'demo', password: '` + emulator.SeedPassword + `' })`)
	checkSignedInAs(t, w, "demo")
}

// Ensure that factors and offers which the page does not want are not there.
func TestWidgetHidden(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.AddAuthenticator()
	w := open(t, e, widget.Outputs(widget.Seeded(e), m{"passwordless": widget.Passwordless}), map[string]string{"hide-factors": "passkey sms", "hide-passkey-offer": ""})
	w.Wait("el.screen === 'signIn' && el.auth")
	w.Press("signIn.other")
	if got := widget.Eval[bool](w, `Boolean(el.shadowRoot.querySelector('[data-key="signIn.passkey"]'))`); got {
		t.Error("a passkey is offered")
	}
	w.Answer("username", "demo")
	w.At("selectFactor")
	if got, want := widget.Eval[string](w, `[...el.shadowRoot.querySelectorAll('.choices button')].map((button) => button.dataset.key).join(' ')`), "factor.password factor.email"; got != want {
		t.Errorf("factors: %s, want %s", got, want)
	}
	w.Press("factor.password")
	w.At("password")
	w.Answer("password", emulator.SeedPassword)
	checkSignedInAs(t, w, "demo")
}

// Ensure that a sign-in of the flow CUSTOM_AUTH needs no password: none is asked for where the page says so, and elsewhere its
// field may stay empty; what is sent proves none.
func TestWidgetCustomAuthWithoutPassword(t *testing.T) {
	e := e2e.Start(t)
	config := widget.RiddleConfig(widget.RiddlePool(t, e))
	for _, attributes := range []map[string]string{nil, {"hide-password": ""}} {
		w := open(t, e, config, attributes)
		w.At("signIn")
		_, hidden := attributes["hide-password"]
		if got := widget.Eval[bool](w, `Boolean(el.querySelector('[name=password]'))`); got == hidden {
			t.Errorf("with %v there is a password: %v", attributes, got)
		}
		e.Cognito.ResetCalls()
		w.Answer("username", "ada")
		checkScreen(t, w, "customChallenge", peers.Riddles[0].Question, "confirmationCode")
		if got := e.Operations(); !slices.Equal(got, []string{"InitiateAuth"}) {
			t.Errorf("with %v the service was asked %v", attributes, got)
		}
		for _, riddle := range peers.Riddles {
			w.Tab.WaitUntil("the riddle is asked", func() bool { return strings.Contains(w.Text(), riddle.Question) })
			w.Answer("confirmationCode", riddle.Answer)
		}
		checkSignedInAs(t, w, "ada")
		w.SignOut()
	}
}

// Ensure that the working button keeps its width and its words, that inputs show that they rest, and that neither goes on after.
func TestWidgetAtWork(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	w.At("signIn")
	const look = `((root) => [el.querySelector('[type=submit]').textContent, root.querySelector('[part=submit-button]').offsetWidth,
		getComputedStyle(root.querySelector('[part=input]')).backgroundColor, Boolean(root.querySelector('.spinner'))].join(' / '))(el.shadowRoot)`
	rest := widget.Eval[string](w, look)
	e.Cognito.InjectFault(emulator.Fault{Operation: "InitiateAuth", Kind: "slow", Count: 1, DelayMs: 60_000})
	w.SignIn("demo", emulator.SeedPassword)
	w.Wait(`el.shadowRoot.querySelector('.busy .spinner')`)
	work := widget.Eval[string](w, look)
	atRest, atWork := strings.Split(rest, " / "), strings.Split(work, " / ")
	if !slices.Equal(atRest[:2], atWork[:2]) || atRest[2] == atWork[2] || atRest[3] != "false" || atWork[3] != "true" {
		t.Errorf("words, width, inputs and spinner were %q, and are %q at work", rest, work)
	}
}

// Ensure that a factor's row says where its code would go, masked as the service has it, for the medium that it names.
func TestWidgetFactorDestination(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	w.Auth(`.signIn = async () => ({ signInState: 'selectMFA', allowedFactors: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'],
		parameters: { CODE_DELIVERY_DELIVERY_MEDIUM: 'SMS', CODE_DELIVERY_DESTINATION: '+*******0121' } }); undefined`)
	w.SignIn("demo-sms", emulator.SeedPassword)
	w.At("selectMFA")
	w.Tab.Screenshot("widget-selectMFA-destination")
	rows := widget.Eval[[]string](w, `[...el.shadowRoot.querySelectorAll('.choices button')].map((row) => [Boolean(row.querySelector('svg')), ...[...row.querySelectorAll('.words, .status')].map((node) => node.textContent)].join(' '))`)
	if want := []string{"true Text message +*******0121", "true Authenticator app"}; !slices.Equal(rows, want) {
		t.Errorf("icon, factor and destination: %q, want %q", rows, want)
	}
}

// Ensure that a passkey is offered after a sign-in by password, unless the page wants no such offer.
func TestWidgetPasskeyOffer(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.AddAuthenticator()
	for _, hidden := range []bool{true, false} {
		attributes := map[string]string{"hide-passkey-offer": map[bool]string{true: "", false: "false"}[hidden]}
		w := open(t, e, widget.Outputs(widget.Seeded(e), m{"passwordless": widget.Passwordless}), attributes)
		w.Wait("el.screen === 'signIn' && el.auth")
		w.Press("signIn.other")
		w.Press("signIn.usePassword")
		w.Tab.WaitFor(w.Field("password"))
		w.SignIn("demo", emulator.SeedPassword)
		if hidden {
			checkSignedInAs(t, w, "demo")
			w.SignOut()
		} else {
			w.At("offerPasskey")
		}
	}
}

// Ensure that an identity pool alone asks for no user name, and says so where it has no provider either.
func TestWidgetIdentityPoolAlone(t *testing.T) {
	e := e2e.Start(t)
	pool := m{"CredentialsProvider": m{"CognitoIdentity": m{"Default": m{"PoolId": emulator.SeedIdentityPoolID, "Region": "us-east-1"}}}}
	w := open(t, e, e2e.Args(pool), nil)
	w.Wait(`el.auth && !el.querySelector('[name=username]')`)
	if got := w.Text(); !strings.Contains(got, "No way to sign in is set up on this page.") {
		t.Errorf("it says %q", got)
	}
	w.Tab.Run(`document.querySelector('amplify-sign-in').setAttribute('providers', '[{ "id": "google", "clientId": "local" }]')`)
	w.Tab.WaitFor(w.Button("provider-google"))
}
