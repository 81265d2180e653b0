//go:build !js

package core

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core/origin"
)

// slowReads is the storage of a page whose reads take a while, as those of a worker do.
type slowReads struct {
	origin.Storage
	by time.Duration
}

func (s slowReads) Get(ctx context.Context, keys ...string) ([]*string, error) {
	time.Sleep(s.by)
	return s.Storage.Get(ctx, keys...)
}

// A tab that reads while another one writes, of which it sees one value after the other, takes no session for ended that is
// not: neither one that begins, nor one that goes on, nor one that is signed out.
func TestReadsByHalves(t *testing.T) {
	signOut := func(t *testing.T, p *page) {
		if _, err := p.SignOut(t.Context(), SignOutInput{}); err != nil {
			t.Fatal(err)
		}
	}
	getTokens := func(forced bool) func(t *testing.T, p *page) error {
		return func(t *testing.T, p *page) error {
			_, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: forced})
			return err
		}
	}
	writes := map[string]struct {
		before string
		do     func(*testing.T, *page)
	}{
		"sign-in":      {"", func(t *testing.T, p *page) { mustSignIn(t, p, "ada") }},
		"refresh":      {"ada", func(t *testing.T, p *page) { _ = getTokens(true)(t, p) }},
		"sign-out":     {"ada", signOut},
		"another user": {"ada", func(t *testing.T, p *page) { signOut(t, p); mustSignIn(t, p, "ben") }},
		"again":        {"ada", func(t *testing.T, p *page) { signOut(t, p); mustSignIn(t, p, "ada") }},
	}
	reads := map[string]func(*testing.T, *page) error{
		"getTokens": getTokens(false), "a refresh": getTokens(true),
		"storageChanged": func(t *testing.T, p *page) error { return p.StorageChanged(t.Context()) },
	}
	for write, w := range writes {
		for read, r := range reads {
			for _, lag := range []time.Duration{lag, 300 * time.Millisecond} {
				t.Run(fmt.Sprint(write, ", ", read, " ", lag), func(t *testing.T) {
					for i := range 60 {
						delay, reading := time.Duration(i)*7*time.Millisecond, time.Duration(i%2)*15*time.Millisecond
						synctest.Test(t, func(t *testing.T) {
							b, p, other := laggingTabs(t)
							b.Lag, b.Pace = lag, 10*time.Millisecond
							b.pool.rotates, b.pool.slow = true, 150*time.Millisecond
							p.Storage = slowReads{p.Storage, reading}
							if w.before != "" {
								mustSignIn(t, other, w.before)
								time.Sleep(4 * lag)
								mustFollow(t, p)
							}
							done := make(chan struct{})
							go func() { defer close(done); w.do(t, other) }()
							time.Sleep(delay)
							if err := r(t, p); err != nil && !AsError(err).Retryable && AsError(err).Code != "notSignedIn" {
								t.Errorf("after %v: %v", delay, err)
							}
							<-done
							time.Sleep(4 * lag)
							mustFollow(t, p)
							if states := p.states(); slices.ContainsFunc(states, State.invalid) {
								t.Errorf("after %v: heard %v", delay, states)
							}
						})
					}
				})
			}
		}
	}
}

// A provider that knows the user still gives the next session the id of the one before: the sign-out of that, in a tab
// that lives on, is not taken for the end of the next.
func TestSignInAgainAtAProvider(t *testing.T) {
	b := newBrowser(t)
	op := newFakeAuth0(t)
	op.forge = func(_ string, _, claims map[string]any) string {
		claims["auth_time"] = 1
		return ""
	}
	p, other := openUI(b, op, nil), openUI(b, op, nil)
	p.mustSignIn(HostedUIOptions{})
	stay := false
	if _, err := other.SignOut(t.Context(), SignOutInput{Redirect: SignOutRedirect{Leave: &stay}}); err != nil {
		t.Fatal(err)
	}
	p.mustSignIn(HostedUIOptions{})
	for _, page := range []*uiPage{p, other} {
		if _, err := page.forceRefresh(t); err != nil {
			t.Error(err)
		}
	}
}
