package interop

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

// Ensure that aws-amplify registers a passkey at the local Cognito, signs in with it and deletes it.
func TestAmplifyPasskey(t *testing.T) { eachLibrary(t, amplifyPasskey) }

func amplifyPasskey(t *testing.T, l library) {
	e := e2e.Start(t)
	pool := peers.NewPasskeyPool(t, e.Cognito.URL())
	pool.AddUser("ann")
	l.open(t, e, e.Tab, pool)
	e.Tab.AddAuthenticator()
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "DONE")
	browser.Eval[any](e.Tab, `amplify.associateWebAuthnCredential()`)
	list := browser.Eval[[]string](e.Tab, `amplify.listWebAuthnCredentials().then(l => l.credentials.map(c => c.credentialId))`)
	if len(list) != 1 {
		t.Fatalf("listWebAuthnCredentials gives %v", list)
	}
	browser.Eval[any](e.Tab, `amplify.signOut()`)

	next(t, e.Tab, signInCall("ann", "", `{"authFlowType": "USER_AUTH", "preferredChallenge": "WEB_AUTHN"}`), "DONE")
	checkSignedIn(t, e.Tab, "ann")
	browser.Eval[any](e.Tab, `amplify.signOut()`)
	next(t, e.Tab, signInCall("ann", "", `{"authFlowType": "USER_AUTH"}`), "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION")
	next(t, e.Tab, confirmCall("WEB_AUTHN"), "DONE")
	browser.Eval[any](e.Tab, `amplify.deleteWebAuthnCredential({ credentialId: `+e2e.Args(list[0])+` })`)
	if list = browser.Eval[[]string](e.Tab, `amplify.listWebAuthnCredentials().then(l => l.credentials.map(c => c.credentialId))`); len(list) != 0 {
		t.Errorf("after deleteWebAuthnCredential there is still %v", list)
	}
}
