package interop

import (
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// credentials are what a session has for AWS.
type credentials struct{ IdentityID, AccessKeyID, SecretAccessKey, SessionToken string }

const amplifyCredentials = `amplify.fetchAuthSession().then(s => ({ identityId: s.identityId, ...s.credentials }))`

// Ensure that fetchAuthSession gets credentials of the identity pool, for guests and for users, and that the guest's
// identity becomes the user's.
func TestAmplifyCredentials(t *testing.T) { eachLibrary(t, amplifyCredentialsFlow) }

func amplifyCredentialsFlow(t *testing.T, l library) {
	e := e2e.Start(t)
	pool := seeded(t, e, emulator.SeedClientID)
	pool.IdentityPoolID = emulator.SeedIdentityPoolID
	l.open(t, e, e.Tab, pool)
	guest := browser.Eval[credentials](e.Tab, amplifyCredentials)
	if guest.IdentityID == "" || guest.AccessKeyID == "" || guest.SecretAccessKey == "" || guest.SessionToken == "" {
		t.Fatalf("credentials of a guest: %+v", guest)
	}
	if ops := e.Operations(); !slices.Equal(ops, []string{"GetId", "GetCredentialsForIdentity"}) {
		t.Errorf("operations for a guest: %v", ops)
	}
	next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
	user := browser.Eval[credentials](e.Tab, amplifyCredentials)
	if user.IdentityID != guest.IdentityID || user.AccessKeyID == "" || user.AccessKeyID == guest.AccessKeyID {
		t.Errorf("credentials of the user: %+v, of the guest before: %+v", user, guest)
	}
	e.Cognito.ResetCalls()
	if again := browser.Eval[credentials](e.Tab, amplifyCredentials); again != user || len(e.Operations()) > 0 {
		t.Errorf("asked again: %+v, with the operations %v", again, e.Operations())
	}
}

// Ensure that the identity that aws-amplify has stored is ours, and the other way round.
func TestIdentityIsShared(t *testing.T) {
	e := e2e.Start(t)
	pool := seeded(t, e, emulator.SeedClientID)
	pool.IdentityPoolID = emulator.SeedIdentityPoolID
	openAmplify(t, e, e.Tab, pool)
	guest := browser.Eval[credentials](e.Tab, amplifyCredentials)
	openOurs(e, e.Tab, pool)
	if id := browser.Eval[string](e.Tab, `auth.getIdentityId()`); id != guest.IdentityID {
		t.Errorf("our identity is %s, aws-amplify's %s", id, guest.IdentityID)
	}
	ourSignIn(t, e.Tab)
	ours := browser.Eval[credentials](e.Tab, `auth.getAWSCredentials()`)
	id := browser.Eval[string](e.Tab, `auth.getIdentityId()`)
	openAmplify(t, e, e.Tab, pool)
	if user := browser.Eval[credentials](e.Tab, amplifyCredentials); user.IdentityID != id || user.AccessKeyID == "" || ours.AccessKeyID == "" {
		t.Errorf("aws-amplify has %+v, we %+v of %s", user, ours, id)
	}
}
