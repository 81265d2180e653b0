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

// Ensure that who cannot have a new password is told why, that a blank at a password's end is named as what is wrong, and
// that a trigger's sentence keeps the one full stop that it has.
func TestWidgetWords(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(emailPool, nil)
	e.Admin("AdminCreateUser", m{"UserPoolId": p.ID, "Username": "invited", "TemporaryPassword": emulator.SeedPassword, "MessageAction": "SUPPRESS",
		"UserAttributes": []m{{"Name": "email", "Value": "ada@example.com"}, {"Name": "email_verified", "Value": "true"}}})
	e.NewUser(p.ID, "unreachable", map[string]string{"email": "bob@example.com"})
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true"})
	w := open(t, e, widget.Outputs(p, nil), map[string]string{"initial-screen": "forgotPassword"})
	w.At("forgotPassword")
	for _, test := range []struct{ username, words string }{
		{"invited", "This password cannot be reset now. If you were invited, sign in with your temporary password."},
		{"unreachable", "There is no confirmed address or number to send a code to. Ask the people who run this service."},
	} {
		w.Answer("username", test.username)
		w.Tab.WaitUntil("the words for "+test.username+" are shown", func() bool { return w.Problems() == test.words })
		checkTied(t, w, "username", test.words)
	}
	w.Answer("username", "ada")
	w.At("resetPassword")
	w.Fill("confirmationCode", e.Code("ada"))
	w.Answer("newPassword", newPassword+" ")
	w.Refused()
	checkTied(t, w, "newPassword", "A password cannot begin or end with a blank.")
	w.Answer("newPassword", newPassword)
	w.SignedIn()
	w.SignOut()
	w.Tab.Run(`document.querySelector('amplify-sign-in').showScreen('signIn')`)
	w.At("signIn")
	for said, want := range map[string]string{"Come back on Monday.": "Come back on Monday.", "not on Sundays": "not on Sundays.", "Who are you?": "Who are you?"} {
		e.Admin("UpdateUserPool", m{"UserPoolId": p.ID, "LambdaConfig": m{"PreAuthentication": refusing(t, said)}})
		w.SignIn("ada", newPassword)
		w.Tab.WaitUntil("the trigger's words are shown: "+want, func() bool { return w.Problems() == want })
	}
}
