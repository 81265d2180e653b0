package flows

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
)

// updated calls updateUserAttributes; it resolves with the codes that were sent.
func updated(e *e2e.Env, attributes m) []m {
	return e2e.Must[[]m](e, `auth.updateUserAttributes(`+e2e.Args(m{"attributes": attributes})+`)`)
}

// Ensure that attributes are read, changed, verified and deleted.
func TestAttributes(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(emailPool, nil)
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true", "nickname": "A"})
	app(e, p)
	fails(t, e, "getUserAttributes", nil, "notSignedIn")
	start(t, e, "signedIn", m{"username": "ada"})
	if got := must(t, e, "getUserAttributes", nil); got["email"] != "ada@example.com" || got["nickname"] != "A" || got["sub"] == "" {
		t.Errorf("attributes %v", got)
	}
	if sent := updated(e, m{"name": "Ada ♥"}); sent == nil || len(sent) != 0 {
		t.Errorf("a new name sent the codes %v", sent)
	}
	sent := updated(e, m{"email": "new@example.com"})
	if len(sent) != 1 || sent[0]["attributeName"] != "email" || sent[0]["deliveryMedium"] != "email" || sent[0]["destination"] != "n***@e***" {
		t.Errorf("a new address sent the codes %v", sent)
	}
	if got := must(t, e, "getUserAttributes", nil); got["name"] != "Ada ♥" || got["email"] != "new@example.com" || got["email_verified"] != "false" {
		t.Errorf("attributes %v", got)
	}
	fails(t, e, "confirmVerifyUserAttribute", m{"name": "email", "confirmationCode": "000000"}, "codeMismatch")
	first := e.Code("ada")
	if out := must(t, e, "verifyUserAttribute", m{"name": "email"}); out["deliveryMedium"] != "email" || out["attributeName"] != "email" || e.Code("ada") == first {
		t.Errorf("verifyUserAttribute gave %v", out)
	}
	must(t, e, "confirmVerifyUserAttribute", m{"name": "email", "confirmationCode": e.Code("ada")})
	must(t, e, "deleteUserAttributes", m{"names": []string{"nickname"}})
	got := must(t, e, "getUserAttributes", nil)
	if _, left := got["nickname"]; left || got["email_verified"] != "true" {
		t.Errorf("attributes %v", got)
	}
	fails(t, e, "updateUserAttributes", m{"attributes": m{"no_such": "x"}}, "invalidParameter")
	fails(t, e, "verifyUserAttribute", m{"name": "no_such"}, "invalidParameter")
	if claim := e2e.Must[string](e, `auth.getTokens({ forceRefresh: true }).then((t) => t.idToken.claims.email)`); claim != "new@example.com" {
		t.Errorf("the refreshed token has the address %s", claim)
	}
}

// Ensure that a pool which wants new addresses verified first keeps the old one until then.
func TestAttributePendingVerification(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{
		"AutoVerifiedAttributes":      []string{"email"},
		"UserAttributeUpdateSettings": m{"AttributesRequireVerificationBeforeUpdate": []string{"email"}},
	}, nil)
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true"})
	app(e, p)
	start(t, e, "signedIn", m{"username": "ada"})
	if sent := updated(e, m{"email": "new@example.com"}); len(sent) != 1 {
		t.Errorf("a new address sent the codes %v", sent)
	}
	if got := must(t, e, "getUserAttributes", nil); got["email"] != "ada@example.com" || got["email_verified"] != "true" {
		t.Errorf("before the code: %v", got)
	}
	must(t, e, "confirmVerifyUserAttribute", m{"name": "email", "confirmationCode": e.Code("new@example.com")})
	if got := must(t, e, "getUserAttributes", nil); got["email"] != "new@example.com" || got["email_verified"] != "true" {
		t.Errorf("after the code: %v", got)
	}
}

// Ensure that a deleted user is signed out, with nothing left of ours and everything of others.
func TestDeleteUser(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	fails(t, e, "deleteUser", nil, "notSignedIn")
	putForeign(e)
	mustSignIn(t, e)
	must(t, e, "deleteUser", nil)
	checkStored(t, "deleted", e.Stored(), foreign)
	e.Tab.Wait(`auth.currentUserState === 'signedOut' && states.at(-1) === 'signedOut'`)
	fails(t, e, "signIn", m{"username": "demo", "password": emulator.SeedPassword}, "notAuthorized")
}
