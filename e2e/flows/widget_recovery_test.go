package flows

import (
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that a forgotten password is reset with a code and that the user is signed in with the new one.
func TestWidgetForgotPassword(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), m{"password_policy": widget.Policy}), nil)
	w.Fill("username", "demo")
	w.Press("signIn.forgot")
	w.At("forgotPassword")
	if got := widget.Eval[string](w, `el.querySelector('[name=username]').value`); got != "demo" {
		t.Errorf("the user name is %q, want what was typed before", got)
	}
	if got := w.Focus(); got != "title" {
		t.Errorf("the focus is on %q, want the heading", got)
	}
	w.Submit()
	w.At("resetPassword")
	w.Fill("confirmationCode", e.Code("demo"))
	w.Fill("newPassword", "short")
	w.Submit()
	w.Refused()
	checkTied(t, w, "newPassword", "This password does not meet the rules.")
	w.Fill("confirmationCode", "000000")
	w.Fill("newPassword", newPassword)
	w.Submit()
	w.Refused()
	checkTied(t, w, "confirmationCode", "This code is not right. Check it and try again.")
	w.Answer("confirmationCode", e.Code("demo"))
	checkSignedInAs(t, w, "demo")

	// A password that an administrator has reset.
	w.SignOut()
	e.Admin("AdminResetUserPassword", m{"UserPoolId": emulator.SeedPoolID, "Username": "demo"})
	w.SignIn("demo", newPassword)
	w.At("resetPassword")
	if got := w.Text(); !strings.Contains(got, "Your password has to be reset.") {
		t.Errorf("the screen says %q", got)
	}
	w.Press("signIn")
	w.At("signIn")
}
