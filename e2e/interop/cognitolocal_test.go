package interop

import (
	"os"
	"testing"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
	"amplify-auth/e2e/site"
)

// startCognitoLocal starts npm's cognito-local on a free port of the loopback address, with an empty directory of its own,
// and returns its URL.
func startCognitoLocal(t *testing.T) string {
	t.Helper()
	server := packages.Command("cognito-local/lib/bin/start.js")
	server.Dir = t.TempDir()
	server.Env = append(os.Environ(), "HOST=127.0.0.1", "PORT=0", "NO_COLOR=1")
	return listening(t, server, `Cognito Local running on (http://127\.0\.0\.1:\d+)`)
}

// openCognitoLocal opens a page of this module with a new pool of cognito-local.
func openCognitoLocal(t *testing.T) (*e2e.Env, *peers.Pool) {
	t.Helper()
	e := e2e.Start(t)
	pool := peers.NewPool(t, startCognitoLocal(t), func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		in.MfaConfiguration = "OPTIONAL"
	})
	openPageCSP(e, e.Tab, "auth", oursScript(pool), site.CSP(pool.URL))
	return e, pool
}

// passwordSignIn is the sign-in that cognito-local knows (it has no SRP); its user names are e-mail addresses.
func passwordSignIn(password string) string {
	return `auth.signIn({ username: 'ann@example.com', password: '` + password + `', authFlow: 'USER_PASSWORD_AUTH' })`
}

// totp is the code at this moment, as cognito-local has no clock of its own.
func totp(t *testing.T, secret string) string {
	t.Helper()
	code, err := emulator.TOTP(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// ours asks for an expression that gives a step of this module's signIn, and checks its state.
func ours(t *testing.T, e *e2e.Env, expression, want string) {
	t.Helper()
	got := e2e.Must[struct{ SignInState string }](e, expression)
	if got.SignInState != want {
		t.Fatalf("%s gives %q, want %q", expression, got.SignInState, want)
	}
}

// Ensure that this module signs in to cognito-local with a password, and keeps, refreshes and ends the session.
func TestCognitoLocalPassword(t *testing.T) {
	e, pool := openCognitoLocal(t)
	pool.AddUser("ann@example.com")
	if _, err := e2e.Call[any](e, passwordSignIn("Wrong-passw0rd")); err == nil || !err.AuthError {
		t.Errorf("a wrong password: %v", err)
	}
	ours(t, e, passwordSignIn(emulator.SeedPassword), "signedIn")
	first := ourToken(e, e.Tab)
	if email := e2e.Must[map[string]string](e, `auth.getUserAttributes()`)["email"]; email != "ann@example.com" {
		t.Errorf("getUserAttributes gives the e-mail address %q", email)
	}
	e.Tab.Reload()
	e.Tab.Wait("globalThis.auth")
	if ourToken(e, e.Tab) != first {
		t.Error("the reload gave another token")
	}
	e2e.Must[any](e, `auth.getTokens({ forceRefresh: true })`)
	if ourToken(e, e.Tab) == first {
		t.Error("the token was not refreshed")
	}
	e2e.Must[any](e, `auth.signOut()`)
	if state := ourState(e.Tab); state != "signedOut" {
		t.Errorf("state %q after signOut", state)
	}
}

// Ensure that this module sets up TOTP at cognito-local and signs in with a code.
func TestCognitoLocalTOTP(t *testing.T) {
	e, pool := openCognitoLocal(t)
	pool.AddUser("ann@example.com")
	ours(t, e, passwordSignIn(emulator.SeedPassword), "signedIn")
	secret := e2e.Must[struct{ SharedSecret string }](e, `auth.setUpTOTP()`).SharedSecret
	e2e.Must[any](e, `auth.verifyTOTPSetup({ code: '`+totp(t, secret)+`' })`)
	e2e.Must[any](e, `auth.setMFAPreference({ totp: 'PREFERRED' })`)
	e2e.Must[any](e, `auth.signOut()`)
	ours(t, e, passwordSignIn(emulator.SeedPassword), "totpMFA")
	if _, err := e2e.Call[any](e, `auth.confirmSignIn({ challengeResponse: '000000' })`); err == nil || err.Name != "CodeMismatchException" {
		t.Errorf("a wrong code: %v", err)
	}
	ours(t, e, `auth.confirmSignIn({ challengeResponse: '`+totp(t, secret)+`' })`, "signedIn")
}

// Ensure that this module sets the new password of a user whom cognito-local has invited.
func TestCognitoLocalNewPassword(t *testing.T) {
	e, pool := openCognitoLocal(t)
	pool.InviteUser("ann@example.com")
	ours(t, e, passwordSignIn(emulator.SeedPassword), "newPasswordRequired")
	ours(t, e, `auth.confirmSignIn({ challengeResponse: 'N3w-passw0rd' })`, "signedIn")
	e2e.Must[any](e, `auth.signOut()`)
	ours(t, e, passwordSignIn("N3w-passw0rd"), "signedIn")
}
