package flows

import (
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
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
