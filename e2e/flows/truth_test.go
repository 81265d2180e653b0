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
	wantReason(t, e.Tab, "signedOutElsewhere")
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

// signedInTabs is a signed-in tab and another of the same session, which has no engine.
func signedInTabs(t *testing.T) (e *e2e.Env, other *browser.Tab) {
	t.Helper()
	e = e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	other = e.Tab.Sibling()
	other.Open(e.Origin + "/app")
	other.Wait(`globalThis.auth && auth.currentUserState === 'signedIn'`)
	return e, other
}

// wantReason waits until the state has a reason, which stays, whoever looks.
func wantReason(t *testing.T, tab *browser.Tab, want string) {
	t.Helper()
	tab.Wait(`reasons.length === states.length`)
	if got := browser.Eval[string](tab, `reasons.at(-1)`); got != want {
		t.Errorf("the listener heard the reason %q, want %s", got, want)
	}
	if got := browser.Eval[string](tab, `auth.currentUserState && auth.initialize().then(({ details }) => details.reason)`); got != want {
		t.Errorf("the state has the reason %q, want %s", got, want)
	}
}

// Ensure that a sign-out has its reason in the tab where it is asked for and in another, which has no engine.
func TestReasonOfASignOut(t *testing.T) {
	e, other := signedInTabs(t)
	must(t, e, "signOut", nil)
	other.Wait(`states.at(-1) === 'signedOut'`)
	wantReason(t, e.Tab, "userSignedOut")
	wantReason(t, other, "signedOutElsewhere")
	mustSignIn(t, e)
	must(t, e, "deleteUser", nil)
	other.Wait(`states.filter((state) => state === 'signedOut').length === 2`)
	wantReason(t, e.Tab, "userDeleted")
	wantReason(t, other, "signedOutElsewhere")
}

// Ensure that a session which the service has ended elsewhere is over here too, for every call and tab alike.
func TestGlobalSignOutElsewhere(t *testing.T) {
	e, other := signedInTabs(t)
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

// countLeft counts, from the page's begin, what can still call a script: timers, listeners on what outlives a client, channels.
const countLeft = `{
	globalThis.timers = new Map();
	for (const [set, clear] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
		const begin = globalThis[set], end = globalThis[clear];
		globalThis[set] = (fn, ms, ...args) => {
			const id = begin((...given) => { if (set === 'setTimeout') timers.delete(id); fn(...given); }, ms, ...args);
			timers.set(id, ms);
			return id;
		};
		globalThis[clear] = (id) => { timers.delete(id); end(id); };
	}
	let all = [];
	const { addEventListener, removeEventListener } = EventTarget.prototype;
	EventTarget.prototype.addEventListener = function (type, fn, options) {
		const target = this ?? globalThis;
		if (target === globalThis || target === document) all.push({ target, type, fn, signal: options?.signal, once: options?.once });
		return addEventListener.call(target, type, fn, options);
	};
	EventTarget.prototype.removeEventListener = function (type, fn, options) {
		const target = this ?? globalThis;
		all = all.filter((l) => l.target !== target || l.type !== type || l.fn !== fn);
		return removeEventListener.call(target, type, fn, options);
	};
	globalThis.listening = () => all.filter(({ signal, once }) => !signal?.aborted && !once).map(({ type }) => type);
	globalThis.channels = new Set();
	const { close } = BroadcastChannel.prototype;
	globalThis.BroadcastChannel = class extends BroadcastChannel {
		constructor(name) { super(name); channels.add(this); }
		close() { channels.delete(this); close.call(this); }
	};
}`

// Ensure that a closed client looks at nothing and hears nothing more, and has no timer left, wherever its engine runs.
func TestCloseLeavesNothing(t *testing.T) {
	for options, left := range map[string]string{
		"worker: false": `timers.size <= 1`,                                  // of the Go program, which outlives its clients and sleeps
		"":              `[...timers.values()].every((ms) => ms === 20_000)`, // in which the worker may still store what the service has given
	} {
		t.Run(options, func(t *testing.T) {
			e := e2e.Start(t)
			e.Tab.OnNewDocument(countLeft)
			e.App(options)
			mustSignIn(t, e)
			e.Tab.Run(`(async () => {
				globalThis.more = [1, 2].map(() => new AmplifyAuth({ config: '/amplify_outputs.json', storage: 'memory', ` + options + ` }));
				await Promise.all(more.map((client) => client.signIn({ username: 'demo', password: 'Passw0rd!' })));
			})()`)
			if n := browser.Eval[int](e.Tab, `listening().length * channels.size`); n == 0 {
				t.Error("an open client listens to nothing: nothing is counted")
			}
			e.Tab.Run(`(async () => {
				const { getItem } = Storage.prototype;
				Storage.prototype.getItem = function (key) { reads++; return getItem.call(this, key); };
				for (const client of [auth, ...more]) client.close();
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
			e.Tab.Wait(left)
			if got := browser.Eval[[]string](e.Tab, `listening()`); len(got) != 0 {
				t.Errorf("a closed client listens to %v", got)
			}
			if n := browser.Eval[int](e.Tab, `channels.size`); n != 0 {
				t.Errorf("a closed client has %d channels open", n)
			}
			if n := browser.Eval[int](e.Tab, `reads`); n != 0 {
				t.Errorf("a closed client read its store %d times", n)
			}
		})
	}
}
