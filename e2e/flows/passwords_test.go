package flows

import (
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
)

// Ensure that a forgotten password is replaced by means of the code that was sent, and by nothing else.
func TestForgotPassword(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(emailPool, nil)
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true"})
	e.NewUser(p.ID, "bob", nil)
	app(e, p)
	out := must(t, e, "forgotPassword", m{"username": "ada"})
	delivery, _ := out["codeDeliveryDetails"].(m)
	if out["forgotPasswordState"] != "confirmationCodeSent" || delivery["deliveryMedium"] != "email" || delivery["destination"] != "a***@e***" || delivery["attributeName"] != "email" {
		t.Errorf("forgotPassword gave %v", out)
	}
	reset := m{"username": "ada", "newPassword": "N3w-Passw0rd", "confirmationCode": "000000"}
	fails(t, e, "confirmForgotPassword", reset, "codeMismatch")
	reset["confirmationCode"] = e.Code("ada")
	fails(t, e, "confirmForgotPassword", m{"username": "ada", "newPassword": "weak", "confirmationCode": e.Code("ada")}, "invalidPassword")
	if out := must(t, e, "confirmForgotPassword", reset); out["forgotPasswordState"] != "done" {
		t.Errorf("confirmForgotPassword gave %v", out)
	}
	fails(t, e, "confirmForgotPassword", reset, "expiredCode") // used up
	fails(t, e, "signIn", m{"username": "ada", "password": emulator.SeedPassword}, "notAuthorized")
	start(t, e, "signedIn", m{"username": "ada", "password": "N3w-Passw0rd"})
	must(t, e, "signOut", nil)

	must(t, e, "forgotPassword", m{"username": "ada"})
	reset["confirmationCode"] = e.Code("ada")
	e.Advance(2 * time.Hour)
	fails(t, e, "confirmForgotPassword", reset, "expiredCode")

	// Nobody can find out who is registered; who is and has no address is told so.
	if out := must(t, e, "forgotPassword", m{"username": "nobody"}); out["forgotPasswordState"] != "confirmationCodeSent" {
		t.Errorf("forgotPassword of nobody gave %v", out)
	}
	fails(t, e, "forgotPassword", m{"username": "bob"}, "invalidParameter")
}

// Ensure that a signed-in user changes the password knowing the old one, and stays signed in.
func TestChangePassword(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	fails(t, e, "changePassword", m{"currentPassword": "a", "proposedPassword": "b"}, "notSignedIn")
	mustSignIn(t, e)
	before := e.Stored()
	fails(t, e, "changePassword", m{"currentPassword": "Wrong-passw0rd", "proposedPassword": "N3w-Passw0rd"}, "notAuthorized")
	fails(t, e, "changePassword", m{"currentPassword": emulator.SeedPassword, "proposedPassword": "weak"}, "invalidPassword")
	must(t, e, "changePassword", m{"currentPassword": emulator.SeedPassword, "proposedPassword": "N3w-Passw0rd"})
	checkStored(t, "password changed", e.Stored(), before)
	must(t, e, "signOut", nil)
	start(t, e, "signedIn", m{"username": "demo", "password": "N3w-Passw0rd"})
}
