package flows

import (
	"slices"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// Ensure that a signed-in user steps up by the factors that are missing, in all tabs at once, and that a failure leaves
// the session as it was.
func TestStepUp(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	fails(t, e, "stepUp", m{"acr": "urn:cognito:loa:4"}, "notSignedIn")
	mustSignIn(t, e)
	secret, _ := must(t, e, "setUpTOTP", nil)["sharedSecret"].(string)
	must(t, e, "verifyTOTPSetup", m{"code": e.TOTP(secret)})
	e.Tab.Run(`auth.configuration.then((config) => void (globalThis.other = new AmplifyAuth({ config })))`)
	session := func() map[string]string { // without what the step-up itself keeps
		now := e.Stored()
		delete(now, "session:AmplifyAuth."+emulator.SeedClientID+".pendingSignIn")
		return now
	}
	stored := session()

	e.Cognito.ResetCalls()
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:1"}), "signedIn") // by the password
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("a level that the token has was asked of the service: %v", got)
	}
	fails(t, e, "stepUp", nil, "invalidParameter")
	fails(t, e, "stepUp", m{"acr": "unknown"}, "invalidParameter")
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:4"}), "totpMFA")
	checkPending(t, "in a step-up", e, "totpMFA")
	fails(t, e, "confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")
	checkStored(t, "after a wrong code", session(), stored)
	if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedIn" {
		t.Errorf("in a step-up the state is %s", state)
	}
	must(t, e, "cancelSignIn", nil)
	checkStored(t, "cancelled", e.Stored(), stored)

	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:4"}), "totpMFA")
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
	type tokens struct {
		AccessToken, IDToken struct {
			Claims struct {
				ACR string
				AMR []string
			}
		}
		RefreshToken struct{ TokenString string }
	}
	for _, client := range []string{"auth", "other"} {
		got := e2e.Must[tokens](e, client+`.getTokens()`)
		if c := got.AccessToken.Claims; c.ACR != "urn:cognito:loa:4" || !slices.Contains(c.AMR, "otp") || got.IDToken.Claims.ACR != c.ACR {
			t.Errorf("%s has %+v", client, got)
		}
	}
	e2e.Must[tokens](e, `other.getTokens({ forceRefresh: true })`)
	e.Cognito.ResetCalls()
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:3", "maxAge": 60}), "signedIn")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("a level that the token has was asked of the service: %v", got)
	}

	// After a while everything has to be proved anew.
	e.Advance(2 * time.Minute)
	stands(t, "stepUp", must(t, e, "stepUp", m{"acr": "urn:cognito:loa:4", "maxAge": 60, "password": "Passw0rd!"}), "totpMFA")
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
}
