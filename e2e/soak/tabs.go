package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// A crowd is several tabs of one browser, and what a user would expect of them.
type crowd struct {
	*e2e.Env
	t     browser.T
	r     *rand.Rand
	pages []*browser.Tab
	user  string // who is signed in; empty for nobody
	calls int

	rotates bool // refresh tokens serve once
}

// outcome is how a call ended; Exp is that of the access token in seconds since 1970.
type outcome struct {
	User      string
	Exp       int64
	Code      string
	Message   string
	Retryable bool
}

const watch = `{
	globalThis.pageErrors = [];
	addEventListener('error', ({ message }) => pageErrors.push(message));
	addEventListener('unhandledrejection', ({ reason }) => pageErrors.push(String(reason)));
	const { setItem } = Storage.prototype;
	globalThis.full = false;
	Storage.prototype.setItem = function (...args) {
		if (full && this === localStorage) throw new DOMException('exceeded the quota', 'QuotaExceededError');
		return setItem.apply(this, args);
	};
	globalThis.outcome = (call) => call.then((t) => ({ user: t?.accessToken?.claims.username, exp: t?.accessToken?.claims.exp }),
		({ code, message, retryable }) => ({ code: code ?? 'no AuthError', message, retryable }));
}`

// Crowd lets several tabs ask for tokens while users change, sign-outs hit refreshes, stores are full, clocks jump and
// the service fails, until so many calls were made.
func Crowd(t browser.T, calls int) {
	t.Helper()
	e := e2e.Start(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := &crowd{Env: e, t: t, r: rand.New(rand.NewPCG(seed, 0))}
	e.NewUser(emulator.SeedPoolID, "ben", nil)
	e.Tab.OnNewDocument(watch)
	options := ""
	if c.r.IntN(2) == 0 {
		t.Logf("refresh tokens rotate")
		options = rotating(e)
		c.rotates = true
	}
	e.App(options)
	c.pages = []*browser.Tab{e.Tab}
	for more := 2 + c.r.IntN(6); more > 0; more-- {
		p := e.Tab.Sibling()
		p.OnNewDocument(watch)
		p.Open(e.Origin + "/app")
		p.Wait("globalThis.auth")
		c.pages = append(c.pages, p)
	}
	c.signIn(c.page(), "demo")
	rounds := []struct {
		name string
		run  func()
	}{
		{"expire", c.expire}, {"switch user", c.switchUser}, {"aim", c.aim}, {"fill stores", c.fillStores},
		{"set clocks", c.setClocks}, {"fail", c.fail}, {"ask", c.ask},
	}
	var last []string
	for c.calls < calls && !failed(t) {
		round := rounds[c.r.IntN(len(rounds))]
		last = append(last[max(len(last)-9, 0):], round.name)
		round.run()
		c.agree()
	}
	if failed(t) {
		t.Logf("the last rounds: %s", strings.Join(last, ", "))
	}
	for _, p := range c.pages {
		if errors := browser.Eval[[]string](p, `pageErrors`); len(errors) > 0 {
			t.Errorf("page errors: %q", errors)
		}
	}
	t.Logf("%d calls in %d tabs", c.calls, len(c.pages))
}

func failed(t browser.T) bool {
	f, ok := t.(interface{ Failed() bool })
	return ok && f.Failed()
}

func (c *crowd) page() *browser.Tab { return c.pages[c.r.IntN(len(c.pages))] }

// everywhere does something in all tabs at once.
func (c *crowd) everywhere(do func(*browser.Tab)) {
	var all sync.WaitGroup
	for _, p := range c.pages {
		all.Go(func() { do(p) })
	}
	all.Wait()
}

func (c *crowd) setFull(full bool) {
	c.everywhere(func(p *browser.Tab) { p.Run(fmt.Sprintf(`full = %t`, full)) })
}

func (c *crowd) setClock(by time.Duration) {
	c.everywhere(func(p *browser.Tab) { p.Advance(by) })
}

func (c *crowd) signIn(p *browser.Tab, user string) {
	c.t.Helper()
	c.calls++
	if _, err := e2e.CallIn[any](p, fmt.Sprintf(`auth.signIn({ username: %q, password: 'Passw0rd!' })`, user)); err != nil {
		c.t.Errorf("signIn of %s: %v", user, err)
	}
	c.user = user
}

// agree waits until every tab knows who is signed in.
func (c *crowd) agree() {
	c.t.Helper()
	want := `auth.currentUserState === 'signedOut'`
	if c.user != "" {
		want = fmt.Sprintf(`auth.isSignedIn && auth.username === %q`, c.user)
	}
	for _, p := range c.pages {
		p.Wait(want)
	}
}

// begin lets all tabs ask at once; users are those whose tokens they may get. Without
// mayFail they must. It returns the wait for the answers.
func (c *crowd) begin(mayFail bool, users ...string) (wait func()) {
	now := c.Cognito.Now().Unix()
	all := new(sync.WaitGroup)
	for _, p := range c.pages {
		forced := c.r.IntN(4) == 0
		c.calls += 2
		all.Go(func() {
			call := fmt.Sprintf(`Promise.all([outcome(auth.getTokens({ wait: false, forceRefresh: %t, timeout: 30000 })), outcome(auth.getUserAttributes({ wait: false, timeout: 30000 }))])`, forced)
			for _, o := range browser.Eval[[]outcome](p, call) {
				c.judge(o, now, mayFail, users)
			}
		})
	}
	return all.Wait
}

func (c *crowd) judge(o outcome, now int64, mayFail bool, users []string) {
	c.t.Helper()
	switch {
	case o.Code == "" && o.Exp != 0 && o.Exp <= now:
		c.t.Errorf("a token that ended %d s ago", now-o.Exp)
	case o.Code == "" && o.User != "" && !slices.Contains(users, o.User):
		c.t.Errorf("a token of %s, who is not one of %v", o.User, users)
	case o.Code == "" || o.Code == "notSignedIn" && slices.Contains(users, ""):
	case c.rotates && o.Retryable && (o.Code == "storageUnavailable" || o.Code == "serviceUnavailable"):
		// the token that serves is in another tab's memory, and this one pauses
	case !mayFail || !o.Retryable && o.Code != "notSignedIn" && o.Code != "unableToSignIn":
		c.t.Errorf("%s: %s (retryable: %t)", o.Code, o.Message, o.Retryable)
	}
}

func (c *crowd) ask() { c.begin(false, c.user)() }

// pass lets time go by, for Cognito and the computer alike.
func (c *crowd) pass(d time.Duration) {
	c.Cognito.Advance(d)
	c.setClock(d)
}

func (c *crowd) expire() {
	c.pass(61 * time.Minute)
	c.ask()
}

// switchUser signs out in one tab and another user in, in the same or another one.
func (c *crowd) switchUser() {
	before, next := c.user, map[string]string{"demo": "ben", "ben": "demo"}[c.user]
	leaves, comes := c.page(), c.page()
	wait := c.begin(true, before, "", next)
	c.signOut(leaves)
	comes.Wait(`auth.currentUserState === 'signedOut'`)
	c.signIn(comes, next)
	wait()
}

func (c *crowd) signOut(p *browser.Tab) {
	c.t.Helper()
	if _, err := e2e.CallIn[any](p, fmt.Sprintf(`auth.signOut({ invalidateTokens: %t })`, c.r.IntN(2) == 0)); err != nil {
		c.t.Errorf("signOut: %v", err)
	}
	c.user = ""
}

// aim signs out in one tab in the moment when the answer to another tab's refresh comes.
func (c *crowd) aim() {
	i := c.r.IntN(len(c.pages))
	refreshes, leaves := c.pages[i], c.pages[(i+1)%len(c.pages)]
	if err := c.Cognito.InjectFault(emulator.Fault{Operation: refresh, Kind: "slow", Count: 1, DelayMs: 40}); err != nil {
		c.t.Fatalf("%v", err)
	}
	refreshes.Run(`(globalThis.refreshing = outcome(auth.getTokens({ wait: false, forceRefresh: true })), 0)`)
	c.calls += 2
	delay := time.NewTimer(time.Duration(c.r.IntN(60)) * time.Millisecond) // what is aimed at, not what is waited for
	<-delay.C
	c.signOut(leaves)
	browser.Eval[any](refreshes, `refreshing`)
	c.Cognito.ClearFaults()
	c.agree()
	for _, p := range c.pages {
		p.Wait(`!Object.keys(localStorage).some((key) => key.endsWith('Token'))`)
	}
	c.signIn(c.page(), "demo")
}

// fillStores lets tokens expire while no store takes any.
func (c *crowd) fillStores() {
	c.setFull(true)
	c.expire()
	if c.r.IntN(2) == 0 { // the memory of the others is of a session that is no more
		leaves := c.page()
		c.signOut(leaves)
		c.setFull(false)
		c.agree()
		c.signIn(c.page(), "ben")
		c.agree()
	}
	c.setFull(false)
	c.ask()
}

// setClocks sets the computer's clock, as its user may.
func (c *crowd) setClocks() {
	c.setClock([]time.Duration{-24 * time.Hour, 24 * time.Hour}[c.r.IntN(2)])
	c.ask()
}

// fail makes the service fail at some step.
func (c *crowd) fail() {
	operation := []string{"*", refresh, "GetUser"}[c.r.IntN(3)]
	kind := faultKinds[c.r.IntN(len(faultKinds))]
	if err := c.Cognito.InjectFault(emulator.Fault{Operation: operation, Kind: kind, Count: 1 + c.r.IntN(8), DelayMs: 20}); err != nil {
		c.t.Fatalf("%v", err)
	}
	if c.r.IntN(2) == 0 {
		c.pass(61 * time.Minute)
	}
	c.begin(true, c.user)()
	c.Cognito.ClearFaults()
	c.pass(61 * time.Second) // past every pause
}
