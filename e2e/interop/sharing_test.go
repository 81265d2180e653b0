package interop

import (
	"slices"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

// ourToken is the access token that our page gives.
func ourToken(e *e2e.Env, tab *browser.Tab) string {
	return browser.Eval[string](tab, `auth.getTokens().then(tokens => tokens.accessToken.tokenString)`)
}

func ourState(tab *browser.Tab) string {
	return browser.Eval[string](tab, `auth.initialize().then(() => auth.currentUserState)`)
}

func ourSignIn(t *testing.T, tab *browser.Tab) {
	t.Helper()
	if got := browser.Eval[string](tab, `auth.signIn({ username: 'demo', password: 'Passw0rd!' }).then(step => step.signInState)`); got != "signedIn" {
		t.Fatalf("our signIn gave %q, want signedIn", got)
	}
}

// both runs a test for a pool with and without rotation of refresh tokens.
func both(t *testing.T, test func(*testing.T, *e2e.Env, *peers.Pool)) {
	for _, client := range []string{emulator.SeedClientID, emulator.SeedRotatingClientID} {
		t.Run(client, func(t *testing.T) {
			e := e2e.Start(t)
			test(t, e, seeded(t, e, client))
		})
	}
}

// Ensure that a session made by aws-amplify is ours after a reload, without a request and without the wasm.
func TestAmplifySessionIsOurs(t *testing.T) {
	both(t, func(t *testing.T, e *e2e.Env, pool *peers.Pool) {
		openAmplify(t, e, e.Tab, pool)
		next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
		theirs := checkSignedIn(t, e.Tab, "demo")
		e.Cognito.ResetCalls()
		e.Tab.ForgetRequests()
		openOurs(e, e.Tab, pool)
		if token := ourToken(e, e.Tab); token != theirs {
			t.Error("getTokens gives another access token than aws-amplify's")
		}
		if got := browser.Eval[[]any](e.Tab, `[auth.currentUserState, auth.isSignedIn, auth.username]`); !slices.Equal(got, []any{"signedIn", true, "demo"}) {
			t.Errorf("state, isSignedIn, username = %v", got)
		}
		if e.Tab.Fetched("/amplify-auth.wasm") || len(e.Operations()) > 0 {
			t.Errorf("to use a stored session took the wasm or requests: %v", e.Operations())
		}
		// The engine reads the same session.
		if email := browser.Eval[string](e.Tab, `auth.getUserAttributes().then(a => a.email)`); email != "demo@example.com" {
			t.Errorf("getUserAttributes gives the e-mail address %q", email)
		}
	})
}

// Ensure that our refresh of aws-amplify's session, and our sign-out, are seen by aws-amplify.
func TestAmplifySeesOurRefreshAndSignOut(t *testing.T) {
	both(t, func(t *testing.T, e *e2e.Env, pool *peers.Pool) {
		openAmplify(t, e, e.Tab, pool)
		next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
		theirs := checkSignedIn(t, e.Tab, "demo")

		e.Advance(2 * time.Hour)
		openOurs(e, e.Tab, pool)
		ours := ourToken(e, e.Tab)
		if ours == theirs {
			t.Fatal("we did not refresh the expired session")
		}
		e.Cognito.ResetCalls()
		openAmplify(t, e, e.Tab, pool)
		if again := checkSignedIn(t, e.Tab, "demo"); again != ours || len(e.Operations()) > 0 {
			t.Errorf("aws-amplify does not use the tokens that we stored; it asked for %v", e.Operations())
		}
		e.Advance(2 * time.Hour)
		if again := checkSignedIn(t, e.Tab, "demo"); again == ours {
			t.Error("aws-amplify could not refresh the session that we refreshed")
		}

		openOurs(e, e.Tab, pool)
		browser.Eval[any](e.Tab, `auth.signOut()`)
		openAmplify(t, e, e.Tab, pool)
		if name := rejection(e.Tab, `amplify.getCurrentUser()`); name != "UserUnAuthenticatedException" {
			t.Errorf("after our signOut aws-amplify's getCurrentUser is rejected with %q", name)
		}
		next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
	})
}

// Ensure that our session is aws-amplify's after a reload, that it can refresh it and sign it out, and that we see both.
func TestOurSessionIsAmplifys(t *testing.T) {
	both(t, func(t *testing.T, e *e2e.Env, pool *peers.Pool) {
		openOurs(e, e.Tab, pool)
		ourSignIn(t, e.Tab)
		ours := ourToken(e, e.Tab)
		e.Cognito.ResetCalls()
		openAmplify(t, e, e.Tab, pool)
		if theirs := checkSignedIn(t, e.Tab, "demo"); theirs != ours || len(e.Operations()) > 0 {
			t.Errorf("aws-amplify does not use our tokens; it asked for %v", e.Operations())
		}
		details := browser.Eval[struct{ LoginID, AuthFlowType string }](e.Tab, `amplify.getCurrentUser().then(user => user.signInDetails)`)
		if details.LoginID != "demo" || details.AuthFlowType != "USER_SRP_AUTH" {
			t.Errorf("aws-amplify reads the sign-in details %+v", details)
		}

		e.Advance(2 * time.Hour)
		theirs := checkSignedIn(t, e.Tab, "demo")
		if theirs == ours {
			t.Fatal("aws-amplify did not refresh our expired session")
		}
		e.Cognito.ResetCalls()
		openOurs(e, e.Tab, pool)
		if token := ourToken(e, e.Tab); token != theirs || len(e.Operations()) > 0 {
			t.Errorf("we do not use the tokens that aws-amplify stored; we asked for %v", e.Operations())
		}
		e.Advance(2 * time.Hour)
		if token := ourToken(e, e.Tab); token == theirs {
			t.Error("we could not refresh the session that aws-amplify refreshed")
		}

		openAmplify(t, e, e.Tab, pool)
		browser.Eval[any](e.Tab, `amplify.signOut()`)
		openOurs(e, e.Tab, pool)
		if state := ourState(e.Tab); state != "signedOut" {
			t.Errorf("after aws-amplify's signOut our state is %q", state)
		}
		ourSignIn(t, e.Tab)
	})
}

// Ensure that an open page of ours follows what aws-amplify does in another tab: sign-in, refresh and sign-out.
func TestOurTabFollowsAmplifys(t *testing.T) {
	e := e2e.Start(t)
	pool := seeded(t, e, emulator.SeedClientID)
	openAmplify(t, e, e.Tab, pool)
	other := e.Tab.Sibling()
	openOurs(e, other, pool)
	other.Run(`(globalThis.states = [], auth.addUserStateListener(state => states.push(state)), auth.initialize())`)
	if state := ourState(other); state != "signedOut" {
		t.Fatalf("our state is %q before anybody has signed in", state)
	}

	next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
	other.Wait(`auth.currentUserState === 'signedIn' && auth.username === 'demo'`)
	first := checkSignedIn(t, e.Tab, "demo")
	if ourToken(e, other) != first {
		t.Error("we have another token than aws-amplify in the other tab")
	}

	e.Advance(2 * time.Hour)
	other.Advance(2 * time.Hour)
	second := checkSignedIn(t, e.Tab, "demo")
	// One process hears a little later than the other what is in localStorage.
	other.Wait(`Object.values(localStorage).includes(` + e2e.Args(second) + `)`)
	e.Cognito.ResetCalls()
	if ourToken(e, other) != second || second == first || len(e.Operations()) > 0 {
		t.Errorf("we did not take over the tokens that aws-amplify refreshed in the other tab; we asked for %v", e.Operations())
	}

	browser.Eval[any](e.Tab, `amplify.signOut()`)
	other.Wait(`states.at(-1) === 'signedOut' && auth.currentUserState === 'signedOut'`)
}

// Ensure that aws-amplify in another tab follows us, and hears of it where it listens across tabs.
func TestAmplifysTabFollowsOurs(t *testing.T) {
	e := e2e.Start(t)
	pool := seeded(t, e, emulator.SeedClientID)
	openAmplify(t, e, e.Tab, pool)
	e.Tab.Run(`(globalThis.events = [], amplify.Hub.listen('auth', ({ payload }) => events.push(payload.event), { enableCrossTabEvents: true }), 0)`)
	other := e.Tab.Sibling()
	openOurs(e, other, pool)
	ourSignIn(t, other)
	e.Tab.Wait(`events.includes('signedIn')`)
	if checkSignedIn(t, e.Tab, "demo") != ourToken(e, other) {
		t.Error("aws-amplify has another token than we in the other tab")
	}
	browser.Eval[any](other, `auth.signOut()`)
	e.Tab.Wait(`events.includes('signedOut')`)
	if name := rejection(e.Tab, `amplify.getCurrentUser()`); name != "UserUnAuthenticatedException" {
		t.Errorf("after our signOut aws-amplify's getCurrentUser is rejected with %q", name)
	}
}
