package flows

import (
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that a passkey is offered after a sign-in by password, signs in by its button, and then by autofill: the form
// of a remembered user is open, and the passkey chosen in it signs in with nothing else pressed.
func TestWidgetPasskeys(t *testing.T) {
	e := e2e.Start(t)
	device := e.Tab.AddAuthenticator()
	config := widget.Outputs(widget.Seeded(e), m{"passwordless": widget.Passwordless})
	w := open(t, e, config, nil)
	if got := widget.Eval[string](w, `el.querySelector('[name=username]').autocomplete`); got != "username webauthn" {
		t.Errorf("autocomplete of the user name is %q", got)
	}
	w.Press("signIn.other")
	w.Press("signIn.usePassword")
	w.Tab.WaitFor(w.Field("password"))
	w.SignIn("demo", emulator.SeedPassword)
	checkScreen(t, w, "offerPasskey", "Sign in faster next time", "title")
	w.Press("passkey.add")
	checkSignedInAs(t, w, "demo")
	if held := device.Credentials(); len(held) != 1 || held[0].RpID != "localhost" {
		t.Fatalf("the device holds %v", held)
	}
	w.SignOut()
	w.Tab.Run("events.length = 0")

	// By the button, which needs to know who it is; remembered from now on.
	w.At("signIn")
	w.Fill("username", "")
	w.Press("signIn.other")
	w.Press("signIn.passkey")
	w.Refused()
	checkTied(t, w, "username", "Fill in this field.")
	w.Fill("username", "demo")
	w.Tab.Click(w.Field("rememberDevice"))
	w.Press("signIn.passkey")
	checkSignedInAs(t, w, "demo")

	// By autofill. While nobody picks the suggestion nothing happens; a virtual device that answers at once stands
	// for the user who does.
	device.Answer(false)
	w.SignOut()
	e.Cognito.ResetCalls()
	w.Tab.Reload()
	w.At("signIn")
	w.Tab.WaitUntil("the service was asked for the passkey's challenge", func() bool {
		return slices.Contains(e.Operations(), "InitiateAuth")
	})
	if got := w.Problems() + w.Events(); got != "" || widget.Eval[string](w, "el.screen") != "signIn" {
		t.Errorf("before anything was picked it says %q", got)
	}
	device.Answer(true)
	e.Cognito.ResetCalls()
	w.Tab.Reload()
	checkSignedInAs(t, w, "demo")
	if got := e.Operations(); len(got) < 2 || !slices.Equal(got[:2], []string{"InitiateAuth", "RespondToAuthChallenge"}) {
		t.Errorf("operations %v", got)
	}

	// While autofill waits, the password is still a way in.
	device.Answer(false)
	w.SignOut()
	w.At("signIn")
	w.Press("signIn.other")
	w.Press("signIn.usePassword")
	w.Tab.WaitFor(w.Field("password"))
	w.Answer("password", emulator.SeedPassword)
	w.SignedIn()
}

// Ensure that a passkey which fails leaves the form with the reason, and that an offer declined is not made again.
func TestWidgetPasskeyRefused(t *testing.T) {
	e := e2e.Start(t)
	device := e.Tab.AddAuthenticator()
	config := widget.Outputs(widget.Seeded(e), m{"passwordless": widget.Passwordless})
	w := open(t, e, config, nil)
	w.Press("signIn.other")
	w.Press("signIn.usePassword")
	w.Tab.WaitFor(w.Field("password"))
	w.SignIn("demo", emulator.SeedPassword)
	w.At("offerPasskey")
	device.Recognize(false)
	w.Press("passkey.add")
	if got, want := w.Refused(), "The passkey was not used. Try again or choose another way."; got != want || announced(w) != want {
		t.Errorf("shown %q, announced %q, want %q", got, announced(w), want)
	}
	w.Press("common.skip")
	checkSignedInAs(t, w, "demo")
	w.SignOut()
	w.Tab.Run("events.length = 0")
	w.Press("signIn.other")
	w.Press("signIn.usePassword")
	w.Tab.WaitFor(w.Field("password"))
	w.SignIn("demo", emulator.SeedPassword)
	checkSignedInAs(t, w, "demo")
}

// Ensure that the browser's password manager makes the passkey of who has signed in by password, and nobody is asked;
// and that the question comes where it does not.
func TestWidgetPasskeyUnasked(t *testing.T) {
	e := e2e.Start(t)
	device := e.Tab.AddAuthenticator()
	e.Tab.OnNewDocument(`
globalThis.mediations = [];
PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: true });
const { create } = CredentialsContainer.prototype;
CredentialsContainer.prototype.create = function ({ mediation, ...options }) {
	mediations.push(mediation ?? 'dialog');
	if (globalThis.refuses) throw new DOMException('no password was filled in', 'NotAllowedError');
	return create.call(this, options);
};`)
	w := open(t, e, widget.Outputs(widget.Seeded(e), m{"passwordless": widget.Passwordless}), nil)
	signIn := func() {
		t.Helper()
		w.Press("signIn.other")
		w.Press("signIn.usePassword")
		w.Tab.WaitFor(w.Field("password"))
		w.SignIn("demo", emulator.SeedPassword)
	}
	w.Tab.Run(`globalThis.refuses = true`)
	signIn()
	w.At("offerPasskey")
	w.Tab.Run(`globalThis.refuses = false`)
	w.Press("passkey.add")
	checkSignedInAs(t, w, "demo")
	if got := browser.Eval[[]string](w.Tab, `mediations.splice(0)`); !slices.Equal(got, []string{"conditional", "dialog"}) {
		t.Errorf("refused, the passkey was made by %v", got)
	}
	w.Auth(`.listPasskeys().then(({ credentials: [{ credentialId }] }) =>
		document.querySelector('amplify-sign-in').auth.deletePasskey({ credentialId }))`)
	device.Forget()
	w.SignOut()
	w.Tab.Run("events.length = 0")

	signIn()
	checkSignedInAs(t, w, "demo")
	if got := browser.Eval[[]string](w.Tab, `mediations.splice(0)`); !slices.Equal(got, []string{"conditional"}) {
		t.Errorf("the passkey was made by %v", got)
	}
	if held := device.Credentials(); len(held) != 1 {
		t.Errorf("the device holds %v", held)
	}
}
