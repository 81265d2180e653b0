package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/site"
)

// App opens, in the tab of the test, a page that is as plain as an app can be: it makes auth, an
// AmplifyAuth with the site's amplify_outputs.json and the given further constructor options
// ("storage: 'memory'"), and collects in states the user states it was told, and in reasons their details.reason.
func (e *Env) App(options string) {
	e.t.Helper()
	e.Site.Page("/app", `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, e.policy)
	e.Site.Page("/app.js", `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.states = [];
globalThis.reasons = [];
globalThis.auth = new AmplifyAuth({ config: '/amplify_outputs.json', `+options+` });
auth.addEventListener('userstatechange', ({ detail: { userState, details } }) => {
  states.push(userState);
  reasons.push(details.reason);
});
`, "")
	e.Tab.Open(e.Origin + "/app")
	e.Tab.Wait("globalThis.auth")
}

// Replica starts a secondary Region, which the policy of App's page allows, and returns the constructor options that
// name it.
func (e *Env) Replica() string {
	e.t.Helper()
	replica, err := e.Cognito.StartReplica()
	if err != nil {
		e.t.Fatalf("e2e: %v", err)
	}
	e.t.Cleanup(func() { replica.Close() })
	e.policy = site.CSP(e.Cognito.URL() + " " + replica.URL())
	return fmt.Sprintf("replicaRegion: %q, replicaEndpoint: %q", emulator.SeedReplicaRegion, replica.URL())
}

// Advance moves the clock of the local Cognito and of the tab alike.
func (e *Env) Advance(d time.Duration) {
	e.t.Helper()
	e.Cognito.Advance(d)
	e.Tab.Advance(d)
}

// AuthError is an error as the page sees it.
type AuthError struct {
	AuthError bool // instanceof AuthError
	Name      string
	Code      string
	Message   string
	Retryable bool
	RequestID string
}

func (e *AuthError) Error() string { return fmt.Sprintf("%s (%s): %s", e.Name, e.Code, e.Message) }

// Call evaluates an expression of a promise in the page: its value decoded into V, or what it was rejected with.
func Call[V any](e *Env, expression string) (V, *AuthError) {
	e.t.Helper()
	return CallIn[V](e.Tab, expression)
}

// CallIn is Call in another tab.
func CallIn[V any](tab *browser.Tab, expression string) (V, *AuthError) {
	result := browser.Eval[struct {
		Value V
		Error *AuthError
	}](tab, `(async () => {
  try {
    return { value: await (`+expression+`) };
  } catch (error) {
    const { name, code, message, retryable, requestId } = error;
    return { error: { authError: error instanceof AmplifyAuth.AuthError, name, code, message, retryable, requestId } };
  }
})()`)
	return result.Value, result.Error
}

// Must is Call that fails the test when the promise is rejected.
func Must[V any](e *Env, expression string) V {
	e.t.Helper()
	value, err := Call[V](e, expression)
	if err != nil {
		e.t.Fatalf("%s: rejected with %v", expression, err)
	}
	return value
}

// Args makes the JavaScript literal of an argument.
func Args(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Stored is a copy of everything the page keeps in localStorage and, under keys with the prefix
// "session:", in sessionStorage.
func (e *Env) Stored() map[string]string {
	e.t.Helper()
	stored := browser.Eval[map[string]string](e.Tab, `({ ...localStorage })`)
	maps.Copy(stored, browser.Eval[map[string]string](e.Tab,
		`Object.fromEntries(Object.entries(sessionStorage).map(([key, value]) => ['session:' + key, value]))`))
	return stored
}
