// Package flows tests the product as a person and a page meet it: in Chromium, against the local Cognito.
package flows

import (
	"maps"
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

func TestMain(m *testing.M) {
	// An engine lives for seconds here: optimizing it takes a quarter of the CPU time of all, and gives nothing back.
	browser.Flags = append(browser.Flags, "js-flags=--liftoff-only")
	browser.Main(m)
}

const (
	signIn = `auth.signIn({ username: 'demo', password: 'Passw0rd!' })`
	wasm   = "/amplify-auth.wasm"
)

// step is what signIn resolves with.
type step struct{ SignInState string }

// mustSignIn signs the user demo in by the API.
func mustSignIn(t *testing.T, e *e2e.Env) {
	t.Helper()
	if got := e2e.Must[step](e, signIn); got.SignInState != "signedIn" {
		t.Fatalf("signIn gave %q, want signedIn", got.SignInState)
	}
}

// m is an object of JSON.
type m = map[string]any

// call calls a method of auth; what it resolves with is decoded.
func call(e *e2e.Env, method string, input m) (m, *e2e.AuthError) {
	return e2e.Call[m](e, "auth."+method+"("+arguments(input)+")")
}

func arguments(input m) string {
	if input == nil {
		return ""
	}
	return e2e.Args(input)
}

// must is call that has to resolve.
func must(t *testing.T, e *e2e.Env, method string, input m) m {
	t.Helper()
	out, err := call(e, method, input)
	if err != nil {
		t.Fatalf("%s(%s): rejected with %v", method, arguments(input), err)
	}
	return out
}

// fails is call that has to be rejected with a code.
func fails(t *testing.T, e *e2e.Env, method string, input m, code string) *e2e.AuthError {
	t.Helper()
	out, err := call(e, method, input)
	if err == nil {
		t.Fatalf("%s(%s) gave %v, want the error %s", method, arguments(input), out, code)
	}
	if !err.AuthError || err.Code != code || err.Message == "" {
		t.Fatalf("%s(%s): rejected with %v, want the code %s", method, arguments(input), err, code)
	}
	return err
}

// start signs in, with the seeded password unless input has another, as far as the first question.
func start(t *testing.T, e *e2e.Env, state string, input m) m {
	t.Helper()
	in := m{"password": emulator.SeedPassword}
	maps.Copy(in, input)
	return stands(t, "signIn", must(t, e, "signIn", in), state)
}

// answer answers the question at which the sign-in stands; more are further arguments.
func answer(t *testing.T, e *e2e.Env, state, response string, more m) m {
	t.Helper()
	in := m{"challengeResponse": response}
	maps.Copy(in, more)
	return stands(t, "confirmSignIn", must(t, e, "confirmSignIn", in), state)
}

func stands(t *testing.T, method string, out m, state string) m {
	t.Helper()
	if out["signInState"] != state {
		t.Fatalf("%s gave %v, want %s", method, out, state)
	}
	return out
}

// list is a list of texts in a result.
func list(v any) []string {
	var out []string
	values, _ := v.([]any)
	for _, text := range values {
		s, _ := text.(string)
		out = append(out, s)
	}
	return out
}

// app opens the app with the configuration of a pool.
func app(e *e2e.Env, p e2e.Pool) { e.App("config: " + e2e.Args(p.Config())) }

// reload loads the app's page again.
func reload(e *e2e.Env) {
	e.Tab.Reload()
	e.Tab.Wait("globalThis.auth")
}

// checkPending compares the step of getPendingSignIn; empty means that no sign-in waits for an answer.
func checkPending(t *testing.T, when string, e *e2e.Env, state string) {
	t.Helper()
	pending := must(t, e, "getPendingSignIn", nil)
	if got, _ := pending["signInState"].(string); got != state {
		t.Errorf("%s: the pending sign-in is %v, want %q", when, pending, state)
	}
}

// fetches counts the GET requests to a path.
func fetches(e *e2e.Env, path string) int {
	n := 0
	for _, r := range e.Tab.Requests() {
		if r.Path() == path && r.Method == "GET" {
			n++
		}
	}
	return n
}

// foreign are keys of other apps on the same origin, some deceptively like ours; nobody may touch them.
var foreign = map[string]string{
	"theme": "dark",
	"CognitoIdentityServiceProvider.another-client.LastAuthUser":    "demo",
	"CognitoIdentityServiceProvider.another-client.demo.idToken":    "not ours",
	"CognitoIdentityServiceProvider.local-web-client2.demo.idToken": "not ours",
	"com.amplify.Cognito.us-east-1:other.identityId":                "not ours",
	"amplify-signin-with-hostedUI":                                  "false",
}

func putForeign(e *e2e.Env) {
	e.Tab.Run("Object.assign(localStorage, " + e2e.Args(foreign) + ")")
}

// checkStored compares everything the page has stored.
func checkStored(t *testing.T, when string, got, want map[string]string) {
	t.Helper()
	if maps.Equal(got, want) {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if value, ok := want[key]; !ok {
			t.Errorf("%s: the key %s is new", when, key)
		} else if value != got[key] {
			t.Errorf("%s: the key %s has changed", when, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if _, ok := got[key]; !ok {
			t.Errorf("%s: the key %s is gone", when, key)
		}
	}
}
