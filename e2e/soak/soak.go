// Package soak holds what many tabs, many faults and much time do to a session. The
// flows run each scenario in a short form, this package's own tests in the long one.
package soak

import (
	"fmt"
	"sync"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

const refresh = "GetTokensFromRefreshToken"

// rotating are constructor options for the client whose refresh tokens rotate
// without grace: whoever refreshes twice loses the session.
func rotating(e *e2e.Env) string {
	return fmt.Sprintf(`config: { auth: { user_pool_id: %q, user_pool_client_id: %q, user_pool_endpoint: %q } }`,
		emulator.SeedPoolID, emulator.SeedRotatingClientID, e.Cognito.URL())
}

func signIn(t browser.T, e *e2e.Env) {
	t.Helper()
	if _, err := e2e.Call[any](e, `auth.signIn({ username: 'demo', password: 'Passw0rd!' })`); err != nil {
		t.Fatalf("signIn: %v", err)
	}
}

// count is how often an operation was really served.
func count(e *e2e.Env, operation string) (n int) {
	for _, c := range e.Cognito.Calls() {
		if c.Operation == operation && c.Fault == "" {
			n++
		}
	}
	return n
}

// Expiries lets the tokens of a session in several tabs expire again and again,
// with all tabs asking at once. The service must see one refresh per expiry.
func Expiries(t browser.T, tabs, expiries int) {
	t.Helper()
	e := e2e.Start(t)
	e.App(rotating(e))
	signIn(t, e)
	pages := []*browser.Tab{e.Tab}
	for len(pages) < tabs {
		pages = append(pages, sibling(e))
	}
	e.Cognito.ResetCalls()
	for i := range expiries {
		e.Cognito.Advance(61 * time.Minute)
		var wg sync.WaitGroup
		for _, p := range pages {
			wg.Go(func() {
				p.Advance(61 * time.Minute)
				left, err := e2e.CallIn[float64](p, `auth.getTokens().then((t) => t.accessToken.expiration - Date.now())`)
				if err != nil || left < 50*60*1000 {
					t.Errorf("expiry %d: %v, %v ms left", i, err, left)
				}
			})
		}
		wg.Wait()
	}
	if n := count(e, refresh); n != expiries {
		t.Errorf("%d refreshes for %d expiries in %d tabs", n, expiries, tabs)
	}
}

// Stampede asks for tokens n times in the moment of expiry.
func Stampede(t browser.T, n int) {
	t.Helper()
	e := e2e.Start(t)
	e.App(rotating(e))
	signIn(t, e)
	e.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	distinct := e2e.Must[int](e, fmt.Sprintf(`Promise.all(Array.from({ length: %d }, () => auth.getTokens()))
		.then((all) => new Set(all.map((t) => t.accessToken.tokenString)).size)`, n))
	if got := count(e, refresh); distinct != 1 || got != 1 {
		t.Errorf("%d calls: %d refreshes, %d different tokens", n, got, distinct)
	}
}

// sibling opens the page of the test in another tab.
func sibling(e *e2e.Env) *browser.Tab {
	other := e.Tab.Sibling()
	other.Open(e.Origin + "/app")
	other.Wait("globalThis.auth")
	return other
}

// amidRefresh is a tab that waits for so long for the answer to its refresh, of a token that serves once, and another tab
// of the same session.
func amidRefresh(t browser.T, wait time.Duration) (e *e2e.Env, other *browser.Tab) {
	t.Helper()
	e = e2e.Start(t)
	e.App(rotating(e))
	signIn(t, e)
	other = sibling(e)
	e.Advance(2 * time.Hour)
	other.Advance(2 * time.Hour)
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: refresh, Kind: "slow", Count: 1, DelayMs: int(wait.Milliseconds())}); err != nil {
		t.Fatalf("%v", err)
	}
	e.Tab.Run(`(globalThis.waiting = auth.getTokens(), waiting.catch(() => {}), 0)`)
	e.Tab.Wait(`navigator.locks.query().then((q) => q.held.some((l) => l.name.endsWith('refresh')))`)
	return e, other
}

// KilledTab ends a tab in the middle of its refresh, the request not answered yet. The next one must get tokens
// within the time box, which is the test's patience, and though refresh tokens serve once.
func KilledTab(t browser.T) {
	t.Helper()
	e, other := amidRefresh(t, time.Minute)
	e.Tab.Open("about:blank")
	if _, err := e2e.CallIn[any](other, `auth.getTokens().then(() => true)`); err != nil {
		t.Errorf("the other tab: %v", err)
	}
}

// KilledAfterAnswer ends a tab, again and again, in the moment when its refresh was answered: before or after it has
// stored the tokens. With a grace period, within which a refresh token serves once more, no session may be lost.
func KilledAfterAnswer(t browser.T, rounds int) {
	t.Helper()
	e := e2e.Start(t)
	pool := e.NewPool(nil, map[string]any{
		"ExplicitAuthFlows":    []string{"ALLOW_USER_SRP_AUTH"}, // rotation rules REFRESH_TOKEN_AUTH out
		"RefreshTokenRotation": map[string]any{"Feature": "ENABLED", "RetryGracePeriodSeconds": 60},
	})
	e.NewUser(pool.ID, "demo", nil)
	e.App(`config: ` + e2e.Args(pool.Config()))
	signIn(t, e)
	other := sibling(e)
	stored := 0
	for range rounds {
		e.Cognito.ResetCalls()
		before := browser.Eval[string](other, `auth.getTokens().then((t) => t.accessToken.tokenString)`)
		e.Tab.Run(`(auth.getTokens({ forceRefresh: true }).catch(() => {}), 0)`)
		e.Tab.WaitUntil("the refresh was answered", func() bool { return count(e, refresh) > 0 })
		e.Tab.Open("about:blank")
		if browser.Eval[string](other, `auth.getTokens().then((t) => t.accessToken.tokenString)`) != before {
			stored++
		}
		if _, err := e2e.CallIn[any](other, `auth.getTokens({ forceRefresh: true }).then(() => true)`); err != nil {
			t.Fatalf("the other tab: %v", err)
		}
		e.Tab.Open(e.Origin + "/app")
		e.Tab.Wait("globalThis.auth")
	}
	t.Logf("%d of %d tabs had stored the tokens before they ended", stored, rounds)
}

// FrozenTab freezes a tab while the answer to its refresh, of a token that serves once, is on its way. Another tab must be
// told within the time box that it has to wait, and both have the same tokens once the first goes on.
func FrozenTab(t browser.T) {
	t.Helper()
	e, other := amidRefresh(t, 2*time.Second)
	e.Tab.Freeze(true)
	const access = `.then((t) => t.accessToken.tokenString)`
	if _, err := e2e.CallIn[string](other, `auth.getTokens()`+access); err != nil && !err.Retryable {
		t.Errorf("the other tab: %v", err)
	}
	e.Tab.Freeze(false)
	ours := e2e.Must[string](e, `waiting`+access)
	if theirs, err := e2e.CallIn[string](other, `auth.getTokens()`+access); err != nil || theirs != ours {
		t.Errorf("the other tab has other tokens: %v", err)
	}
	if got := browser.Eval[[]string](other, `states`); got[len(got)-1] != "signedIn" {
		t.Errorf("the other tab was %v", got)
	}
}

// SignOutIsHeard signs out in one tab; the others must know without being asked.
func SignOutIsHeard(t browser.T, tabs int) {
	t.Helper()
	e := e2e.Start(t)
	e.App("")
	signIn(t, e)
	pages := []*browser.Tab{}
	for range tabs {
		p := e.Tab.Sibling()
		p.Open(e.Origin + "/app")
		p.Wait("globalThis.auth && auth.currentUserState === 'signedIn'")
		pages = append(pages, p)
	}
	if _, err := e2e.Call[any](e, `auth.signOut()`); err != nil {
		t.Fatalf("signOut: %v", err)
	}
	for _, p := range pages {
		p.Wait("states.at(-1) === 'signedOut' && auth.currentUserState === 'signedOut'")
	}
	signIn(t, e)
	for _, p := range pages {
		p.Wait("states.at(-1) === 'signedIn'")
		if got := browser.Eval[[]string](p, "states.slice(-2)"); len(got) != 2 || got[0] != "signedOut" {
			t.Errorf("a tab heard %v", got)
		}
	}
}

var faultKinds = []string{"status500", "throttle", "drop", "slow", "html"}

// Faults runs a loop of refreshes and calls of clients that stay signed in, and of
// sign-ins and sign-outs of others, in one page, until so many faults have been met. No session may be lost, no call may hang,
// memory must not grow.
func Faults(t browser.T, faults int) {
	t.Helper()
	e := e2e.Start(t)
	e.App("")
	const clients, visitors = 16, 4
	e.Tab.Run(fmt.Sprintf(`(async () => {
		const make = (length) => Array.from({ length }, () => new AmplifyAuth({ config: '/amplify_outputs.json', storage: 'memory' }));
		globalThis.clients = make(%d);
		globalThis.visitors = make(%d);
		globalThis.lost = [];
		globalThis.wrong = [];
		await Promise.all(clients.map(async (c) => {
			await c.signIn({ username: 'demo', password: 'Passw0rd!' });
			c.addEventListener('userstatechange', (e) => {
				if (e.detail.userState !== 'signedIn' && e.detail.details.reason !== 'offline') lost.push(e.detail);
			});
		}));
	})()`, clients, visitors))
	round := `(async () => {
		const results = await Promise.allSettled(clients.flatMap((c, i) => [
			c.getTokens({ forceRefresh: true, wait: false, timeout: 20000 }),
			i % 2 ? c.getUserAttributes({ timeout: 20000 }) : c.getMFAPreference({ timeout: 20000 }),
		]).concat(visitors.map(async (c) => {
			if (c.currentUserState !== 'signedIn') await c.signIn({ username: 'demo', password: 'Passw0rd!', timeout: 20000 });
			await c.getUserAttributes({ timeout: 20000 });
			await c.signOut({ invalidateTokens: false });
		})));
		for (const r of results) if (r.status === 'rejected' && !r.reason.retryable) wrong.push(String(r.reason) + r.reason.code);
	})()`
	run := func() {
		e.Tab.Run(round)
		e.Advance(61 * time.Second) // past every pause
	}
	met, rounds, early := 0, 0, int64(0)
	for met < faults {
		for _, kind := range faultKinds {
			if err := e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: kind, Count: 3 * clients, DelayMs: 20}); err != nil {
				t.Fatalf("%v", err)
			}
			run()
		}
		e.Cognito.ClearFaults()
		e.Tab.Offline(true)
		run()
		met += 2 * clients // each call found the browser offline
		e.Tab.Offline(false)
		run() // a round without faults
		for _, c := range e.Cognito.Calls() {
			if c.Fault != "" {
				met++
			}
		}
		e.Cognito.ResetCalls()
		if rounds++; rounds == 1 {
			early = e.Tab.Heap()
		}
	}
	if late := e.Tab.Heap(); rounds > 3 && late > early+early/2+4<<20 {
		t.Errorf("memory grew from %d to %d bytes", early, late)
	}
	if lost := browser.Eval[[]any](e.Tab, `lost`); len(lost) != 0 {
		t.Errorf("lost sessions: %v", lost)
	}
	if wrong := browser.Eval[[]string](e.Tab, `wrong`); len(wrong) != 0 {
		t.Errorf("errors that are not retryable: %v", wrong)
	}
	if _, err := e2e.Call[any](e, `Promise.all(clients.map((c) => c.getTokens({ forceRefresh: true }))).then(() => true)`); err != nil {
		t.Errorf("after all faults: %v", err)
	}
	t.Logf("%d faults met in %d rounds of %d clients", met, rounds, clients)
}
