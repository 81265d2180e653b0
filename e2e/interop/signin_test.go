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

// Ensure that aws-amplify signs in by both password flows, and is told a wrong password and an unknown user.
func TestAmplifySignIn(t *testing.T) { eachLibrary(t, amplifySignIn) }

func amplifySignIn(t *testing.T, l library) {
	tests := []struct {
		flow       string
		operations []string
	}{
		{"USER_SRP_AUTH", []string{"InitiateAuth", "RespondToAuthChallenge"}},
		{"USER_PASSWORD_AUTH", []string{"InitiateAuth"}},
	}
	for _, test := range tests {
		t.Run(test.flow, func(t *testing.T) {
			e := e2e.Start(t)
			l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
			flow := `{"authFlowType": "` + test.flow + `"}`
			for _, wrong := range []string{signInCall("demo", "Wrong-passw0rd", flow), signInCall("nobody", emulator.SeedPassword, flow)} {
				if name := rejection(e.Tab, wrong); name != "NotAuthorizedException" {
					t.Errorf("%s: rejected with %q, want NotAuthorizedException", wrong, name)
				}
			}
			e.Cognito.ResetCalls()
			next(t, e.Tab, signInCall("demo", emulator.SeedPassword, flow), "DONE")
			if ops := e.Operations(); !slices.Equal(ops, test.operations) {
				t.Errorf("operations %v, want %v", ops, test.operations)
			}
			checkSignedIn(t, e.Tab, "demo")
			email := browser.Eval[string](e.Tab, `amplify.fetchUserAttributes().then(a => a.email)`)
			if email != "demo@example.com" {
				t.Errorf("fetchUserAttributes gives the e-mail address %q", email)
			}
		})
	}
}

// Ensure that aws-amplify keeps, refreshes and ends its session, with and without rotation of the refresh token.
func TestAmplifySession(t *testing.T) { eachLibrary(t, amplifySession) }

func amplifySession(t *testing.T, l library) {
	for _, client := range []string{emulator.SeedClientID, emulator.SeedRotatingClientID} {
		t.Run(client, func(t *testing.T) {
			e := e2e.Start(t)
			pool := seeded(t, e, client)
			l.open(t, e, e.Tab, pool)
			next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
			first := checkSignedIn(t, e.Tab, "demo")
			l.open(t, e, e.Tab, pool)
			if checkSignedIn(t, e.Tab, "demo") != first {
				t.Error("the reload gave another token")
			}
			for range 3 {
				e.Cognito.ResetCalls()
				e.Advance(2 * time.Hour)
				before := first
				if first = checkSignedIn(t, e.Tab, "demo"); first == before {
					t.Error("an expired token was not refreshed")
				}
				if ops := e.Operations(); !slices.Equal(ops, []string{"GetTokensFromRefreshToken"}) {
					t.Errorf("operations of a refresh: %v", ops)
				}
			}
			e.Cognito.ResetCalls()
			browser.Eval[any](e.Tab, `amplify.signOut({ global: false })`)
			if ops := e.Operations(); !slices.Equal(ops, []string{"RevokeToken"}) {
				t.Errorf("operations of signOut: %v", ops)
			}
			next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
			e.Cognito.ResetCalls()
			browser.Eval[any](e.Tab, `amplify.signOut({ global: true })`)
			if ops := e.Operations(); !slices.Equal(ops, []string{"GlobalSignOut"}) {
				t.Errorf("operations of a global signOut: %v", ops)
			}
			if name := rejection(e.Tab, `amplify.getCurrentUser()`); name != "UserUnAuthenticatedException" {
				t.Errorf("getCurrentUser after signOut: rejected with %q", name)
			}
		})
	}
}

// identityJS is a page's use of amazon-cognito-identity-js, its callbacks made promises.
const identityJS = `
import * as peer from '/peers/identity-js.js';
const pool = new peer.CognitoUserPool(CONFIG);
const user = (Username) => new peer.CognitoUser({ Username, Pool: pool });
const session = (given) => ({
  accessToken: given.getAccessToken().getJwtToken(), username: given.getIdToken().payload['cognito:username'],
});
globalThis.identity = {
  signIn: (Username, Password) => new Promise((onSuccess, onFailure) =>
    user(Username).authenticateUser(new peer.AuthenticationDetails({ Username, Password }), { onSuccess, onFailure })).then(session),
  session: () => new Promise((resolve, reject) =>
    pool.getCurrentUser().getSession((error, given) => (error ? reject(error) : resolve(session(given))))),
  attributes: () => new Promise((resolve, reject) => {
    const current = pool.getCurrentUser();
    current.getSession(() => current.getUserAttributes((error, given) => (error ? reject(error) : resolve(
      Object.fromEntries(given.map((a) => [a.getName(), a.getValue()]))))));
  }),
};`

type identitySession struct{ AccessToken, Username string }

func openIdentityJS(t *testing.T, e *e2e.Env, tab *browser.Tab, pool *peers.Pool) {
	t.Helper()
	serveBundle(t, e, "identity-js.js")
	openPage(e, tab, "identity", `const CONFIG = `+
		e2e.Args(map[string]any{"UserPoolId": pool.ID, "ClientId": pool.ClientID, "endpoint": pool.URL})+`;`+identityJS)
}

// Ensure that amazon-cognito-identity-js signs in by SRP, and that its session is ours after a reload and the other way round.
func TestIdentityJS(t *testing.T) {
	e := e2e.Start(t)
	pool := seeded(t, e, emulator.SeedClientID)
	openIdentityJS(t, e, e.Tab, pool)
	if name := rejection(e.Tab, `identity.signIn('demo', 'Wrong-passw0rd')`); name != "NotAuthorizedException" {
		t.Errorf("a wrong password: rejected with %q", name)
	}
	e.Cognito.ResetCalls()
	theirs := browser.Eval[identitySession](e.Tab, `identity.signIn('demo', 'Passw0rd!')`)
	if ops := e.Operations(); theirs.Username != "demo" || !slices.Equal(ops, []string{"InitiateAuth", "RespondToAuthChallenge"}) {
		t.Fatalf("signed in as %q by %v", theirs.Username, ops)
	}
	if email := browser.Eval[map[string]string](e.Tab, `identity.attributes()`)["email"]; email != "demo@example.com" {
		t.Errorf("getUserAttributes gives the e-mail address %q", email)
	}

	openOurs(e, e.Tab, pool)
	if token := ourToken(e, e.Tab); token != theirs.AccessToken {
		t.Error("we do not use the token of its session")
	}
	e.Advance(2 * time.Hour)
	ours := ourToken(e, e.Tab)
	if ours == theirs.AccessToken {
		t.Error("we did not refresh its expired session")
	}
	openIdentityJS(t, e, e.Tab, pool)
	if again := browser.Eval[identitySession](e.Tab, `identity.session()`); again.AccessToken != ours || again.Username != "demo" {
		t.Error("it does not use the session that we refreshed")
	}
	e.Advance(2 * time.Hour)
	refreshed := browser.Eval[identitySession](e.Tab, `identity.session()`).AccessToken
	openOurs(e, e.Tab, pool)
	if token := ourToken(e, e.Tab); token != refreshed || refreshed == ours {
		t.Error("we do not use the session that it refreshed")
	}
}
