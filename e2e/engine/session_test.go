package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/e2e/emulator"
)

const refreshOp = "GetTokensFromRefreshToken"

func (e *Env) count(operation string) (n int) {
	for _, c := range e.Cognito.Calls() {
		if c.Operation == operation && c.Fault == "" {
			n++
		}
	}
	return n
}

func (e *Env) fault(operation, kind string, count int) {
	e.T.Helper()
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: operation, Kind: kind, Count: count}); err != nil {
		e.T.Fatal(err)
	}
}

func TestManyCallersOneRefresh(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedRotatingClientID), core.Options{}, nil)
	signIn(p, "demo")
	e.Cognito.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			if _, err := p.Call("getTokens", nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := e.count(refreshOp); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestManyPagesOneRefreshPerExpiry(t *testing.T) {
	e := Start(t)
	cfg := e.Config(emulator.SeedRotatingClientID)
	first := e.NewPage(cfg, core.Options{}, nil)
	signIn(first, "demo")
	pages := []*Page{first}
	for range 7 {
		pages = append(pages, e.NewPage(cfg, core.Options{}, nil))
	}
	e.Cognito.ResetCalls()
	const expiries = 20
	for range expiries {
		e.Cognito.Advance(61 * time.Minute)
		var wg sync.WaitGroup
		for _, p := range pages {
			wg.Go(func() {
				if _, err := p.Call("getTokens", nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if n := e.count(refreshOp); n != expiries {
		t.Errorf("%d refreshes for %d expiries", n, expiries)
	}
}

// Only the named errors end a session.
func TestFailuresThatKeepTheSession(t *testing.T) {
	for kind, pause := range map[string]string{
		"status500": "serviceUnavailable", "throttle": "serviceUnavailable", "drop": "networkError", "html": "serviceUnavailable",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			e := Start(t)
			p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
			signIn(p, "demo")
			e.Cognito.Advance(2 * time.Hour)
			e.fault(refreshOp, kind, 1000)
			_, err := p.Call("getTokens", nil)
			if err == nil || !err.Retryable {
				t.Fatalf("%v", err)
			}
			if got := p.States(); got[len(got)-1] != core.SignedIn {
				t.Errorf("states %v", got)
			}
			// A failing service is not hammered: the pause holds for other pages as well.
			e.Cognito.ResetCalls()
			other := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
			other.Fails("getTokens", nil, pause)
			p.Fails("getTokens", nil, pause)
			if got := e.Operations(); len(got) != 0 {
				t.Errorf("called %v", got)
			}
			e.Cognito.ClearFaults()
			e.Cognito.Advance(time.Minute)
			p.Must("getTokens", nil)
		})
	}
}

// dead makes the user's refresh token worthless and lets the tokens expire.
func (e *Env) dead(username string) {
	e.T.Helper()
	e.Admin("AdminUserGlobalSignOut", m{"UserPoolId": emulator.SeedPoolID, "Username": username})
	e.Cognito.Advance(2 * time.Hour)
}

func lastState(p *Page) core.UserState {
	s := p.States()
	return s[len(s)-1]
}

func TestExpiredForGood(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{RejectExpired: true}, nil)
	signIn(p, "demo")
	e.dead("demo")
	err := p.Fails("getTokens", nil, "sessionExpired")
	if err.Name != "SessionExpired" {
		t.Errorf("%v", err)
	}
	if lastState(p) != core.SignedOutUserPoolsTokenInvalid {
		t.Errorf("states %v", p.States())
	}
	// A reload and another page find the same.
	other := e.NewPage(e.Config(emulator.SeedClientID), core.Options{RejectExpired: true}, nil)
	if lastState(other) != core.SignedOutUserPoolsTokenInvalid {
		t.Errorf("states of another page %v", other.States())
	}
	e.Cognito.ResetCalls()
	other.Fails("getTokens", nil, "sessionExpired")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("called %v", got)
	}
	signIn(p, "demo")
	p.Must("getTokens", nil)
}

// A waiting is a getTokens that has not ended.
type waiting struct {
	done chan struct{}
	out  m
	err  *core.Error
}

func wait(ctx context.Context, p *Page) *waiting {
	w := &waiting{done: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.out, w.err = p.CallContext(ctx, "getTokens", nil)
	}()
	return w
}

func (w *waiting) pending(t *testing.T) {
	t.Helper()
	select {
	case <-w.done:
		t.Fatalf("the call did not wait: %v %v", w.out, w.err)
	default:
	}
}

// until waits for a state of p.
func until(p *Page, want core.UserState) {
	p.T.Helper()
	for range 10000 {
		if s := p.States(); len(s) > 0 && s[len(s)-1] == want {
			return
		}
		<-time.After(time.Millisecond)
	}
	p.T.Fatalf("states %v, want %s", p.States(), want)
}

func TestWaitersResume(t *testing.T) {
	e := Start(t)
	cfg := e.Config(emulator.SeedClientID)
	p := e.NewPage(cfg, core.Options{}, nil)
	signIn(p, "demo")
	e.dead("demo")
	waiters := []*waiting{wait(t.Context(), p), wait(t.Context(), p), wait(t.Context(), p)}
	until(p, core.SignedOutUserPoolsTokenInvalid)
	for _, w := range waiters {
		w.pending(t)
	}
	signIn(p, "demo")
	for _, w := range waiters {
		<-w.done
		if w.err != nil {
			t.Error(w.err)
		}
	}

	// Another page's sign-in counts as well.
	e.dead("demo")
	w := wait(t.Context(), p)
	until(p, core.SignedOutUserPoolsTokenInvalid)
	other := e.NewPage(cfg, core.Options{}, nil)
	signIn(other, "demo")
	p.Must("storageChanged", nil)
	if <-w.done; w.err != nil {
		t.Error(w.err)
	}
}

func TestWaitersAreReleased(t *testing.T) {
	for name, c := range map[string]struct {
		release func(e *Env, p *Page, cancel func())
		code    string
	}{
		"releaseSignInWait": {func(_ *Env, p *Page, _ func()) { p.Must("releaseSignInWait", nil) }, "unableToSignIn"},
		"signOut":           {func(_ *Env, p *Page, _ func()) { p.Must("signOut", nil) }, "unableToSignIn"},
		"signal":            {func(_ *Env, _ *Page, cancel func()) { cancel() }, "aborted"},
		"another user":      {func(_ *Env, p *Page, _ func()) { signIn(p, "demo-2") }, "unableToSignIn"},
		"close":             {func(_ *Env, p *Page, _ func()) { p.Close() }, "closed"},
		"signOut in another page": {func(e *Env, p *Page, _ func()) {
			e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil).Must("signOut", nil)
			p.Must("storageChanged", nil)
		}, "unableToSignIn"},
	} {
		t.Run(name, func(t *testing.T) {
			e := Start(t)
			e.NewUser(emulator.SeedPoolID, "demo-2", nil)
			p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
			signIn(p, "demo")
			e.dead("demo")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w := wait(ctx, p)
			until(p, core.SignedOutUserPoolsTokenInvalid)
			w.pending(t)
			c.release(e, p, cancel)
			if <-w.done; w.err == nil || w.err.Code != c.code {
				t.Errorf("%v, want %s", w.err, c.code)
			}
		})
	}
}

func TestTimeoutEndsAWait(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	e.dead("demo")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	w := wait(ctx, p)
	if <-w.done; w.err == nil || w.err.Code != "timeout" {
		t.Errorf("%v", w.err)
	}
}

func TestOffline(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	e.Online.Store(false)
	p.Must("getTokens", nil) // valid tokens need no network
	e.Cognito.Advance(2 * time.Hour)
	w := wait(t.Context(), p)
	until(p, core.SignedOutUserPoolsTokenInvalid)
	w.pending(t)
	p.Fails("getTokens", m{"wait": false}, "networkError")
	e.Online.Store(true)
	p.Wake()
	if <-w.done; w.err != nil {
		t.Fatal(w.err)
	}
	if lastState(p) != core.SignedIn {
		t.Errorf("states %v", p.States())
	}
}

// Ensure that a page is told when the session that waited for the network turns out to have died meanwhile.
func TestOfflineThenDead(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	e.Online.Store(false)
	e.Cognito.Advance(2 * time.Hour)
	wait(t.Context(), p)
	until(p, core.SignedOutUserPoolsTokenInvalid)
	if d := p.details(); d["reason"] != "offline" {
		t.Errorf("offline, the details are %v", d)
	}
	e.Online.Store(true)
	e.dead("demo")
	p.Wake()
	p.Fails("getTokens", m{"wait": false}, "sessionExpired")
	if d := p.details(); d["reason"] == "offline" || d["reason"] == "" {
		t.Errorf("the session has died, the details are %v", d)
	}
}

func TestOfflineThenAFailingServiceEndsTheWait(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	e.Online.Store(false)
	e.Cognito.Advance(2 * time.Hour)
	w := wait(t.Context(), p)
	until(p, core.SignedOutUserPoolsTokenInvalid)
	e.fault(refreshOp, "status500", 1000)
	e.Online.Store(true)
	p.Wake()
	if <-w.done; w.err == nil || !w.err.Retryable {
		t.Errorf("%v", w.err)
	}
	e.Cognito.ClearFaults()
	e.Cognito.Advance(time.Minute)
	p.Must("getTokens", nil)
	if lastState(p) != core.SignedIn {
		t.Errorf("states %v", p.States())
	}
}

func TestReuseOfARotatedTokenReadsStorageOnceMore(t *testing.T) {
	e := Start(t)
	cfg := e.Config(emulator.SeedRotatingClientID)
	p := e.NewPage(cfg, core.Options{}, nil)
	signIn(p, "demo")
	old := e.Local.All()
	p.Must("getTokens", m{"forceRefresh": true}) // the pool keeps no grace
	rotated := e.Local.All()
	// A page that does not see the other's write yet.
	for k, v := range old {
		e.Local.Set(k, v)
	}
	e.Cognito.Advance(2 * time.Hour)
	key := "CognitoIdentityServiceProvider.local-rotating-client.demo.refreshToken"
	go func() {
		for op := range e.Sent {
			if op == refreshOp {
				e.Local.Set(key, rotated[key])
				return
			}
		}
	}()
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: refreshOp, Kind: "slow", Count: 1, DelayMs: 200}); err != nil {
		t.Fatal(err)
	}
	p.Must("getTokens", nil)
}

func TestSignOutDuringARefreshStaysSignedOut(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	e.Cognito.Advance(2 * time.Hour)
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: refreshOp, Kind: "slow", Count: 1, DelayMs: 300}); err != nil {
		t.Fatal(err)
	}
	for len(e.Sent) > 0 {
		<-e.Sent
	}
	w := wait(t.Context(), p)
	<-e.Sent
	p.Must("signOut", m{"invalidateTokens": false})
	if <-w.done; w.err == nil {
		t.Error("the refresh brought the session back")
	}
	if n := len(e.Local.All()); n != 0 {
		t.Errorf("%d values stored", n)
	}
	if lastState(p) != core.SignedOut {
		t.Errorf("states %v", p.States())
	}
}

func TestGlobalSignOut(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	elsewhere := Start(t) // an environment of its own stands for another computer
	elsewhere.Cognito.Close()
	elsewhere.Cognito = e.Cognito
	q := elsewhere.NewPage(e.Config(emulator.SeedClientID), core.Options{RejectExpired: true}, nil)
	signIn(p, "demo")
	signIn(q, "demo")
	if out := p.Must("signOut", m{"signOutGlobally": true}); out["remoteError"] != nil {
		t.Errorf("%v", out)
	}
	q.Fails("getTokens", m{"forceRefresh": true}, "sessionExpired")
}

func TestWrongLocalClock(t *testing.T) {
	for _, skew := range []time.Duration{-12 * time.Hour, 12 * time.Hour} {
		t.Run(fmt.Sprint(skew), func(t *testing.T) {
			e := Start(t)
			e.Skew = skew
			p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
			signIn(p, "demo")
			e.Cognito.ResetCalls()
			for range 3 {
				p.Must("getTokens", nil)
			}
			e.Cognito.Advance(61 * time.Minute)
			for range 3 {
				p.Must("getTokens", nil)
			}
			if got := e.Operations(); !slices.Equal(got, []string{refreshOp}) {
				t.Errorf("called %v", got)
			}
		})
	}
}

func TestListenersHearEveryChangeOnce(t *testing.T) {
	e := Start(t)
	cfg := e.Config(emulator.SeedClientID)
	p, other := e.NewPage(cfg, core.Options{}, nil), e.NewPage(cfg, core.Options{}, nil)
	signIn(p, "demo")
	p.Must("getTokens", m{"forceRefresh": true})
	for range 3 {
		other.Must("storageChanged", nil)
	}
	p.Must("signOut", nil)
	other.Must("storageChanged", nil)
	want := []core.UserState{core.SignedOut, core.SignedIn, core.SignedOut}
	for _, page := range []*Page{p, other} {
		if got := page.States(); !slices.Equal(got, want) {
			t.Errorf("states %v, want %v", got, want)
		}
	}
}
