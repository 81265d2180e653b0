package flows

import (
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that a page signs in while the user pool's Region is down, knows what is not possible meanwhile, and comes back.
func TestReplicaRegion(t *testing.T) {
	e := e2e.Start(t)
	e.App(e.Replica())
	e.Tab.Run(`void (globalThis.regions = [], auth.addEventListener('regionchange', ({ detail: { region, readOnly } }) => regions.push(region + ' ' + readOnly)))`)
	told := func(when string, want ...string) {
		t.Helper()
		if got := browser.Eval[[]string](e.Tab, `regions`); !slices.Equal(got, want) {
			t.Errorf("%s: regionchange told %v, want %v", when, got, want)
		}
	}
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: "drop", Count: -1, Region: "primary"}); err != nil {
		t.Fatal(err)
	}
	mustSignIn(t, e)
	told("down", "us-west-2 true")
	must(t, e, "getUserAttributes", nil)
	must(t, e, "getTokens", m{"forceRefresh": true})
	if err := fails(t, e, "changePassword", m{"currentPassword": emulator.SeedPassword, "proposedPassword": "Passw0rd!2"}, "readOnlyRegion"); !err.Retryable {
		t.Error("a write cannot be tried again")
	}
	must(t, e, "signOut", nil)
	software := m{"username": "demo-totp", "password": emulator.SeedPassword}
	if err := fails(t, e, "signIn", software, "readOnlyRegion"); !err.Retryable {
		t.Error("the sign-in of a user with an authenticator app cannot be tried again")
	}
	checkPending(t, "after what the replica does not do", e, "")
	told("down", "us-west-2 true")

	e.Cognito.ClearFaults()
	mustSignIn(t, e) // by the replica still
	must(t, e, "changePassword", m{"currentPassword": emulator.SeedPassword, "proposedPassword": "Passw0rd!2"})
	told("back", "us-west-2 true", "us-east-1 false")

	e.App(`replicaRegion: 'us-east-1'`) // the pool's own
	fails(t, e, "signIn", m{"username": "demo", "password": emulator.SeedPassword}, "invalidConfiguration")
}

// Ensure that a sign-in which a reload and then an outage interrupt starts over at the replica, says so on the screen, and
// comes to its end there.
func TestHalfDoneSignInInAnOutage(t *testing.T) {
	e := e2e.Start(t)
	e.App(e.Replica())
	stands(t, "signIn", must(t, e, "signIn", m{"username": "demo-sms", "password": emulator.SeedPassword}), "smsMFA")
	void := e.Code("demo-sms")
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: "drop", Count: -1, Region: "primary"}); err != nil {
		t.Fatal(err)
	}
	e.Tab.Reload()
	e.Tab.Wait(`globalThis.auth`)
	e.Tab.Run(`globalThis.shown = auth.showSignIn().then(({ userState }) => userState, ({ code }) => code); undefined`)
	w := widget.On(t, e, "amplify-sign-in")
	w.At("smsMFA")
	w.Answer("confirmationCode", void)
	w.At("password")
	if got := w.Text(); !strings.Contains(got, "start over") {
		t.Errorf("started over, the screen says %q", got)
	}
	w.Answer("password", emulator.SeedPassword)
	w.At("smsMFA")
	w.Answer("confirmationCode", e.Code("demo-sms"))
	if got := browser.Eval[string](e.Tab, `shown`); got != "signedIn" {
		t.Errorf("the sign-in came to %q", got)
	}
}

// Ensure that the element says in words what a replica does not do, and that a browser which is new to a pool that tracks
// devices signs in there although the replica cannot confirm it.
func TestWhatAReplicaDoesNot(t *testing.T) {
	down := func(e *e2e.Env) {
		t.Helper()
		if err := e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: "drop", Count: -1, Region: "primary"}); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("the element", func(t *testing.T) {
		e := e2e.Start(t)
		e.App(e.Replica())
		down(e)
		e.Tab.Run(`void auth.showSignIn().catch(() => {})`)
		w := widget.On(t, e, "amplify-sign-in")
		w.At("signIn")
		w.SignIn("demo-totp", emulator.SeedPassword)
		if got, want := w.Refused(), "This is not possible at the moment. Please try again in a few minutes."; got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
		w.SignIn("demo", emulator.SeedPassword)
		e.Tab.Wait(`auth.isSignedIn`)
	})
	t.Run("a new device", func(t *testing.T) {
		e := e2e.Start(t)
		p := devicePool(e, false)
		e.App(e.Replica() + ", config: " + e2e.Args(p.Config()))
		down(e)
		start(t, e, "signedIn", m{"username": "ada"})
		if n := count(e, "ConfirmDevice"); n == 0 {
			t.Error("the device was not to be confirmed")
		}
		must(t, e, "getTokens", m{"forceRefresh": true})
		wantState(t, e, "signedIn")
	})
}
