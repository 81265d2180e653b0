package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

const newPassword = "N3w-Passw0rd"

// open opens a page with an <amplify-sign-in> of the configuration and further attributes.
func open(t *testing.T, e *e2e.Env, config string, attributes map[string]string) *widget.Widget {
	t.Helper()
	all := map[string]string{"config": config}
	for name, value := range attributes {
		all[name] = value
	}
	w := widget.Open(t, e, widget.Tag("amplify-sign-in", all), nil)
	w.Wait("el.auth && el.screen")
	return w
}

// checkTied checks that a field says what is wrong with it, to the eye and to assistive technology alike, and has the
// focus.
func checkTied(t *testing.T, w *widget.Widget, field, text string) {
	t.Helper()
	got := widget.Eval[[]string](w, `((input) => [
		input.getAttribute('aria-invalid') ?? '',
		(input.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id.endsWith('-error')).map((id) => document.getElementById(id).textContent).join(),
	])(el.querySelector('[name="`+field+`"]'))`)
	if want := []string{"true", text}; !slices.Equal(got, want) {
		t.Errorf("%s: aria-invalid and described by the error = %q, want %q", field, got, want)
	}
	if got := w.Focus(); got != field {
		t.Errorf("the focus is on %q, want %q", got, field)
	}
}

// announced are the words of the element's live region.
func announced(w *widget.Widget) string {
	return widget.Eval[string](w, `el.shadowRoot.querySelector('[aria-live]').textContent.trim()`)
}

// checkSignedInAs checks who is signed in, and that the page was told once.
func checkSignedInAs(t *testing.T, w *widget.Widget, name string) {
	t.Helper()
	w.SignedIn()
	if got := widget.Eval[string](w, `el.auth.currentUserState + ' ' + el.auth.username`); got != "signedIn "+name {
		t.Errorf("state and user %q, want signedIn %s", got, name)
	}
	if got := browser.Eval[int](w.Tab, `events.filter((event) => event.startsWith('signedin')).length`); got != 1 {
		t.Errorf("the events are %s, want one signedin", w.Events())
	}
}

// userAttributes are those that the service has of a user.
func userAttributes(e *e2e.Env, poolID, name string) map[string]string {
	got := map[string]string{}
	attributes, _ := e.Admin("AdminGetUser", m{"UserPoolId": poolID, "Username": name})["UserAttributes"].([]any)
	for _, a := range attributes {
		got[a.(m)["Name"].(string)] = a.(m)["Value"].(string)
	}
	return got
}

// Ensure that a person signs up: every kind of field, a checklist of the password's rules before anything is typed, all
// that is wrong at once, a code that can be asked for again after a while, and is signed in at the end.
func TestWidgetSignUp(t *testing.T) {
	e := e2e.Start(t)
	p := widget.SignUpPool(e)
	e.NewUser(p.ID, "taken@example.com", nil)
	config := widget.Outputs(p, m{"username_attributes": []string{"email"}, "password_policy": widget.Policy})
	w := open(t, e, config, map[string]string{"sign-up-attributes": widget.SignUpAttributes})
	w.Press("signUp")
	w.At("signUp")
	if got := w.Focus(); got != "username" {
		t.Errorf("the focus is on %q, want the first field", got)
	}

	// The rules come with the focus and are ticked off one by one.
	rules := func() []string {
		return widget.Eval[[]string](w, `[...el.shadowRoot.querySelectorAll('[part=password-policy] li.met')].map((item) => item.textContent)`)
	}
	if text := w.Text(); strings.Contains(text, "at least 8 characters") {
		t.Errorf("before the field is entered it says %q", text)
	}
	w.Tab.Click(w.Field("password"))
	if text := w.Text(); !strings.Contains(text, "at least 8 characters") || len(rules()) != 0 {
		t.Errorf("rules met: %q in %q", rules(), text)
	}
	w.Fill("password", "aA1")
	if got, want := rules(), []string{"a lowercase letter", "an uppercase letter", "a number"}; !slices.Equal(got, want) {
		t.Errorf("rules met %q, want %q", got, want)
	}

	e.Cognito.ResetCalls()
	w.Submit()
	w.Refused()
	checkTied(t, w, "username", "Fill in this field.")
	for _, field := range []string{"name", "birthdate", "custom:plan", "terms", "password"} {
		if !widget.Eval[bool](w, `el.querySelector('[name="`+field+`"]').getAttribute('aria-invalid') === 'true'`) {
			t.Errorf("%s is not marked as wrong", field)
		}
	}
	for _, field := range []string{"website", "custom:news"} {
		if !widget.Eval[bool](w, `!el.querySelector('[name="`+field+`"]').hasAttribute('aria-invalid')`) {
			t.Errorf("%s is optional and marked as wrong", field)
		}
	}
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("requests were sent: %v", got)
	}

	w.Fill("username", "taken@example.com")
	w.Fill("name", "Ada Lovelace")
	w.Tab.Press("\t12101815")
	w.Fill("website", "not an address")
	w.Tab.Type(w.Field("custom:plan"), "p\r")
	w.Tab.Click(w.Field("terms"))
	w.Fill("password", newPassword)
	if got := w.Problems(); got != "" {
		t.Errorf("put right, it still says %q", got)
	}
	w.Submit()
	w.Refused()
	checkTied(t, w, "website", "Enter a web address, for example https://example.com.")
	w.Fill("website", "https://ada.example")
	w.Submit()
	w.Refused()
	checkTied(t, w, "username", "This account exists already. Sign in instead.")
	w.Fill("username", "ada@example.com")
	w.Submit()

	w.At("confirmSignUp")
	if got := w.Text(); !strings.Contains(got, "We sent a code to a***@e***.") || !strings.Contains(got, "New code in 30 s") {
		t.Errorf("the screen says %q", got)
	}
	if got := w.Focus(); got != "confirmationCode" {
		t.Errorf("the focus is on %q, want the code", got)
	}
	w.Answer("confirmationCode", "000000")
	w.Refused()
	checkTied(t, w, "confirmationCode", "This code is not right. Check it and try again.")

	// The countdown goes by the clock on the wall.
	w.Press("code.resend")
	if got := e.Operations(); slices.Contains(got, "ResendConfirmationCode") {
		t.Errorf("a code was sent again before its time: %v", got)
	}
	e.Advance(31 * time.Second)
	w.Wait(`!el.shadowRoot.querySelector('[data-key="code.resend"]').hasAttribute('aria-disabled')`)
	first := e.Code("ada@example.com")
	w.Press("code.resend")
	w.Tab.WaitUntil("there is another code", func() bool { return e.Code("ada@example.com") != first })
	w.Wait(`el.shadowRoot.querySelector('.notice.success')`)
	w.Answer("confirmationCode", e.Code("ada@example.com"))
	w.SignedIn()
	got := userAttributes(e, p.ID, "ada@example.com")
	checkSignedInAs(t, w, got["sub"])
	for name, want := range map[string]string{"email": "ada@example.com", "email_verified": "true", "name": "Ada Lovelace",
		"birthdate": "1815-12-10", "website": "https://ada.example", "custom:plan": "pro", "custom:news": "false"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// Ensure that the fields of sign-up follow from the configuration, and that a pool without passwords signs up and in
// without one.
func TestWidgetSignUpWithoutPassword(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{"UsernameAttributes": []string{"email"}, "AutoVerifiedAttributes": []string{"email"},
		"Policies": m{"SignInPolicy": m{"AllowedFirstAuthFactors": []string{"PASSWORD", "EMAIL_OTP"}}}}, nil)
	w := open(t, e, widget.Outputs(p, m{"username_attributes": []string{"email"}, "standard_required_attributes": []string{"email", "given_name"},
		"passwordless": m{"email_otp_enabled": true, "preferred_challenge": "EMAIL_OTP"}}), map[string]string{"initial-screen": "signUp"})
	fields := widget.Eval[[]string](w, `[...el.querySelectorAll('input')].map((input) => input.name + ' ' + input.type + ' ' + input.autocomplete)`)
	if want := []string{"username email username", "given_name text given-name"}; !slices.Equal(fields, want) {
		t.Errorf("the fields are %q, want %q", fields, want)
	}
	w.Fill("username", "ada@example.com")
	w.Fill("given_name", "Ada")
	w.Submit()
	w.At("confirmSignUp")
	w.Answer("confirmationCode", e.Code("ada@example.com"))
	checkSignedInAs(t, w, userAttributes(e, p.ID, "ada@example.com")["sub"])
}
