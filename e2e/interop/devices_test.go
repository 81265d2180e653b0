package interop

import (
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

// deviceSignIn are the operations of a sign-in that a remembered device lets through.
var deviceSignIn = []string{"InitiateAuth", "RespondToAuthChallenge", "RespondToAuthChallenge", "RespondToAuthChallenge"}

// Ensure that aws-amplify has a device confirmed and remembered, signs in with it without a code, and forgets it.
func TestAmplifyRememberedDevice(t *testing.T) { eachLibrary(t, amplifyRememberedDevice) }

func amplifyRememberedDevice(t *testing.T, l library) {
	e := e2e.Start(t)
	l.open(t, e, e.Tab, peers.NewDevicePool(t, e.Cognito.URL()))
	amplifyRemembers(t, e)
	devices := browser.Eval[[]struct{ ID string }](e.Tab, `amplify.fetchDevices()`)
	if len(devices) != 1 || devices[0].ID == "" {
		t.Fatalf("fetchDevices gives %v", devices)
	}
	browser.Eval[any](e.Tab, `amplify.signOut()`)
	e.Cognito.ResetCalls()
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "DONE")
	if ops := e.Operations(); !slices.Equal(ops, deviceSignIn) {
		t.Errorf("operations of the sign-in with a remembered device: %v", ops)
	}
	checkSignedIn(t, e.Tab, "ann")

	browser.Eval[any](e.Tab, `amplify.forgetDevice()`)
	browser.Eval[any](e.Tab, `amplify.signOut()`)
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_EMAIL_CODE")
}

func amplifyRemembers(t *testing.T, e *e2e.Env) {
	t.Helper()
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_EMAIL_CODE")
	next(t, e.Tab, confirmCall(e.Code("ann")), "DONE")
	if ops := e.Operations(); !slices.Contains(ops, "ConfirmDevice") {
		t.Fatalf("aws-amplify has confirmed no device: %v", ops)
	}
	browser.Eval[any](e.Tab, `amplify.rememberDevice()`)
}

// Ensure that a device that aws-amplify remembered lets us in without a code.
func TestAmplifysDeviceIsOurs(t *testing.T) {
	e := e2e.Start(t)
	pool := peers.NewDevicePool(t, e.Cognito.URL())
	openAmplify(t, e, e.Tab, pool)
	amplifyRemembers(t, e)
	browser.Eval[any](e.Tab, `amplify.signOut()`)
	openOurs(e, e.Tab, pool)
	if state := browser.Eval[string](e.Tab, `auth.signIn({ username: 'ann', password: 'Passw0rd!' }).then(step => step.signInState)`); state != "signedIn" {
		t.Errorf("our signIn with aws-amplify's device gives %q", state)
	}
}

// Ensure that a device that we remembered lets aws-amplify in without a code.
func TestOurDeviceIsAmplifys(t *testing.T) {
	e := e2e.Start(t)
	pool := peers.NewDevicePool(t, e.Cognito.URL())
	openOurs(e, e.Tab, pool)
	if state := browser.Eval[string](e.Tab, `auth.signIn({ username: 'ann', password: 'Passw0rd!', rememberDevice: true }).then(step => step.signInState)`); state != "emailMFA" {
		t.Fatalf("our signIn gives %q", state)
	}
	if state := browser.Eval[string](e.Tab, `auth.confirmSignIn({ challengeResponse: '`+e.Code("ann")+`' }).then(step => step.signInState)`); state != "signedIn" {
		t.Fatalf("our confirmSignIn gives %q", state)
	}
	browser.Eval[any](e.Tab, `auth.signOut()`)
	openAmplify(t, e, e.Tab, pool)
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "DONE")
	checkSignedIn(t, e.Tab, "ann")
}
