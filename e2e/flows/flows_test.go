// Package flows tests the product as a person and a page meet it: in Chromium, against the local Cognito.
package flows

import (
	"maps"
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

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
