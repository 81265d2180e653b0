// Package interop checks against software that was not written here: aws-amplify and
// amazon-cognito-identity-js in Chromium against the local Cognito, this module against cognito-local.
package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

var packages *peers.Packages

func TestMain(m *testing.M) {
	root, err := e2e.Root()
	if err == nil {
		packages, err = peers.Install(root, filepath.Join(root, "e2e", "interop"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
	browser.Main(m)
}

var bundles = map[string]func() (string, error){
	"amplify.js":      sync.OnceValues(func() (string, error) { return bundle("amplify.js") }),
	"aws-sdk.js":      sync.OnceValues(func() (string, error) { return bundle("aws-sdk.js") }),
	"identity-js.js":  sync.OnceValues(func() (string, error) { return bundle("identity-js.js") }),
	"odd-requests.js": sync.OnceValues(func() (string, error) { return bundle("odd-requests.js") }),
}

func bundle(entry string) (string, error) {
	text, err := packages.Bundle(entry)
	return string(text), err
}

// serveBundle makes the site serve a bundle at /peers/<entry>.
func serveBundle(t *testing.T, e *e2e.Env, entry string) {
	t.Helper()
	text, err := bundles[entry]()
	if err != nil {
		t.Fatal(err)
	}
	e.Site.Page("/peers/"+entry, text, "")
}

// seeded is the seeded pool with one of its clients.
func seeded(t *testing.T, e *e2e.Env, client string) *peers.Pool {
	return peers.OpenPool(t, e.Cognito.URL(), emulator.SeedPoolID, client)
}

// library is the path of a module with aws-amplify's functions: its own bundle, or the module of this project that stands
// in for it. A page that was written for the one has only to change its import for the other.
type library string

const (
	awsAmplify library = "/peers/amplify.js"
	compat     library = "/compat.js"
)

// eachLibrary runs a test for either.
func eachLibrary(t *testing.T, test func(*testing.T, library)) {
	t.Run("aws-amplify", func(t *testing.T) { test(t, awsAmplify) })
	t.Run("compat.js", func(t *testing.T) { test(t, compat) })
}

// open opens, in a tab of the site, a page of the library with the pool: the global amplify.
func (l library) open(t *testing.T, e *e2e.Env, tab *browser.Tab, pool *peers.Pool) {
	t.Helper()
	serveBundle(t, e, "amplify.js")
	openPage(e, tab, "amplify", `
import * as amplify from '`+string(l)+`';
amplify.Amplify.configure(`+e2e.Args(pool.Config())+`);
globalThis.amplify = amplify;`)
}

func openAmplify(t *testing.T, e *e2e.Env, tab *browser.Tab, pool *peers.Pool) {
	t.Helper()
	awsAmplify.open(t, e, tab, pool)
}

// openOurs opens a page of this module with the pool: the globals auth and AmplifyAuth.
func openOurs(e *e2e.Env, tab *browser.Tab, pool *peers.Pool) {
	openPage(e, tab, "auth", oursScript(pool))
}

func oursScript(pool *peers.Pool) string {
	return `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.auth = new AmplifyAuth({ config: ` + e2e.Args(pool.Config()) + ` });`
}

// openPage opens a page of one module script that ends by setting the global that is named, under the site's
// Content-Security-Policy.
func openPage(e *e2e.Env, tab *browser.Tab, global, script string) {
	openPageCSP(e, tab, global, script, "")
}

func openPageCSP(e *e2e.Env, tab *browser.Tab, global, script, csp string) {
	e.Site.Page("/"+global, `<!doctype html><title>`+global+`</title><script type="module" src="/`+global+`-page.js"></script>`, csp)
	e.Site.Page("/"+global+"-page.js", script, "")
	tab.Open(e.Origin + "/" + global)
	tab.Wait("globalThis." + global)
}

// step is what aws-amplify's signIn, confirmSignIn, signUp, confirmSignUp and autoSignIn give.
type step struct {
	IsSignedIn       bool
	IsSignUpComplete bool
	UserID           string
	NextStep         struct {
		SignInStep, SignUpStep string
		CodeDeliveryDetails    struct{ DeliveryMedium, Destination, AttributeName string }
		AvailableChallenges    []string
		AllowedMFATypes        []string
		MissingAttributes      []string
		AdditionalInfo         map[string]string
		TOTPSetupDetails       struct{ SharedSecret string }
	}
}

// next asks for an expression that gives a step, and checks where it leads: "DONE" is signed in.
func next(t *testing.T, tab *browser.Tab, expression, want string) step {
	t.Helper()
	got := browser.Eval[step](tab, expression)
	where := got.NextStep.SignInStep
	if where == "" {
		where = got.NextStep.SignUpStep
	}
	if where != want || got.IsSignedIn != (got.NextStep.SignInStep == "DONE") {
		t.Fatalf("%s: next step %q, signed in %v, want %q", expression, where, got.IsSignedIn, want)
	}
	return got
}

// signInCall is aws-amplify's signIn; options is the literal of its options, if not empty.
func signInCall(username, password, options string) string {
	input := map[string]any{"username": username}
	if password != "" {
		input["password"] = password
	}
	if options != "" {
		input["options"] = json.RawMessage(options)
	}
	return `amplify.signIn(` + e2e.Args(input) + `)`
}

func confirmCall(response string) string {
	return `amplify.confirmSignIn({ challengeResponse: ` + e2e.Args(response) + ` })`
}

// checkSignedIn checks that aws-amplify has tokens of the user, and returns the access token.
func checkSignedIn(t *testing.T, tab *browser.Tab, username string) string {
	t.Helper()
	got := browser.Eval[struct{ Username, AccessToken, IDUser string }](tab, `(async () => {
  const { username } = await amplify.getCurrentUser();
  const { accessToken, idToken } = (await amplify.fetchAuthSession()).tokens;
  return { username, accessToken: accessToken.toString(), idUser: idToken.payload['cognito:username'] };
})()`)
	if got.Username != username || got.IDUser != username || got.AccessToken == "" {
		t.Fatalf("aws-amplify has the user %q with an id token of %q, want %q", got.Username, got.IDUser, username)
	}
	return got.AccessToken
}

// rejection is the name of the error that a promise of the page is rejected with; empty if it is not.
func rejection(tab *browser.Tab, expression string) string {
	return browser.Eval[string](tab, `(async () => { try { await (`+expression+`); return ''; } catch (error) { return error.name; } })()`)
}

// freshTOTP moves the clocks to the next code, as one code serves once, and returns it.
func freshTOTP(e *e2e.Env, secret string) string {
	e.Advance(30 * time.Second)
	return e.TOTP(secret)
}
