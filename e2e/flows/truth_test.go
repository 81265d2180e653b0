package flows

import (
	"slices"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// Ensure that the state follows what the page's own script does to the store, at the next look.
func TestStateFollowsTheStore(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	e.Tab.Run(`(globalThis.kept = { ...localStorage }, localStorage.clear())`)
	if got := browser.Eval[[]any](e.Tab, `[auth.currentUserState, auth.isSignedIn, auth.username ?? null]`); got[0] != "signedOut" || got[1] != false || got[2] != nil {
		t.Errorf("after localStorage.clear() the state is %v", got)
	}
	e.Tab.Wait(`states.at(-1) === 'signedOut'`)
	if _, err := e2e.Call[any](e, `auth.getTokens()`); err == nil || err.Code != "notSignedIn" {
		t.Errorf("getTokens: %v", err)
	}
	mustSignIn(t, e)
	e.Tab.Run(`(localStorage.clear(), Object.assign(localStorage, kept))`)
	if got := browser.Eval[string](e.Tab, `auth.currentUserState`); got != "signedIn" {
		t.Errorf("with the tokens of before the state is %q", got)
	}
	// No look, just the next call.
	e.Tab.Run(`localStorage.clear()`)
	mustSignIn(t, e)
	if got := browser.Eval[[]string](e.Tab, `states`); !slices.Equal(got[len(got)-2:], []string{"signedOut", "signedIn"}) {
		t.Errorf("the listener heard %v", got)
	}
	if got := browser.Eval[[]string](e.Tab, `states`); len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("the listener heard a state twice: %v", got)
	}
}

// Ensure that a session which the service has ended elsewhere is over here too, for every call and tab alike.
func TestGlobalSignOutElsewhere(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	other := e.Tab.Sibling()
	other.Open(e.Origin + "/app")
	other.Wait(`globalThis.auth && auth.currentUserState === 'signedIn'`)
	e.Tab.Run(`(async () => {
		const elsewhere = new AmplifyAuth({ config: '/amplify_outputs.json', storage: 'memory' });
		await elsewhere.signIn({ username: 'demo', password: 'Passw0rd!' });
		await elsewhere.signOut({ signOutGlobally: true });
		elsewhere.close();
	})()`)
	if _, err := e2e.Call[any](e, `auth.getUserAttributes({ wait: false })`); err == nil || err.Code != "sessionExpired" {
		t.Errorf("getUserAttributes: %v", err)
	}
	for _, tab := range []*browser.Tab{e.Tab, other} {
		tab.Wait(`auth.currentUserState === 'signedOutUserPoolsTokenInvalid' && !auth.isSignedIn && states.at(-1) === 'signedOutUserPoolsTokenInvalid'`)
	}
	waiting := `(globalThis.attributes = auth.getUserAttributes(), 0)`
	e.Tab.Run(waiting)
	if _, err := e2e.CallIn[any](other, `auth.signIn({ username: 'demo', password: 'Passw0rd!' })`); err != nil {
		t.Errorf("signIn: %v", err)
	}
	if email, err := e2e.Call[string](e, `attributes.then((a) => a.email)`); err != nil || email == "" {
		t.Errorf("the call that waited for a sign-in: %q, %v", email, err)
	}
}

// Ensure that a session that waits for the network is not over, whoever asks.
func TestOfflineIsNotSignedOut(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	e.Advance(2 * time.Hour)
	e.Tab.Offline(true)
	e.Tab.Run(`(globalThis.tokens = auth.getTokens(), 0)`)
	e.Tab.Wait(`states.at(-1) === 'signedOutUserPoolsTokenInvalid'`)
	if got := browser.Eval[[]any](e.Tab, `[auth.isSignedIn, auth.isLoggedIn, auth.username]`); got[0] != true || got[1] != true || got[2] != "demo" {
		t.Errorf("offline: isSignedIn, isLoggedIn, username = %v", got)
	}
	if _, err := e2e.Call[any](e, `auth.showSignIn()`); err == nil || err.Code != "invalidState" {
		t.Errorf("showSignIn: %v", err)
	}
	if _, err := e2e.Call[any](e, `auth.getUserAttributes({ wait: false })`); err == nil || err.Code != "networkError" {
		t.Errorf("getUserAttributes: %v", err)
	}
	e.Tab.Offline(false)
	if _, err := e2e.Call[bool](e, `tokens.then(() => true)`); err != nil {
		t.Errorf("the call that waited for the network: %v", err)
	}
	e.Tab.Wait(`auth.currentUserState === 'signedIn' && states.at(-1) === 'signedIn'`)
}

// Ensure that a closed client looks at nothing and hears nothing more.
func TestCloseLeavesNothing(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	e.Tab.Run(`(async () => {
		const { getItem } = Storage.prototype;
		Storage.prototype.getItem = function (key) { reads++; return getItem.call(this, key); };
		auth.close();
		await null;
		globalThis.reads = 0;
		auth.currentUserState, auth.username, auth.identityId, auth.isSignedIn;
		dispatchEvent(new StorageEvent('storage', { key: null }));
		dispatchEvent(new Event('online'));
	})()`)
	e.Advance(2 * time.Hour) // past the early refresh
	if _, err := e2e.Call[any](e, `auth.getTokens()`); err == nil || err.Code != "closed" {
		t.Errorf("getTokens: %v", err)
	}
	if n := browser.Eval[int](e.Tab, `reads`); n != 0 {
		t.Errorf("a closed client read its store %d times", n)
	}
}
