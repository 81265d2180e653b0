//go:build !js

package core

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A refresh token that serves once is not lost for want of the keys that its answer is
// verified by: neither of keys that cannot be fetched, nor of one that is new.
func TestRotationWithoutKeys(t *testing.T) {
	down := NetworkError("unreachable", nil)
	for name, open := range map[string]func(*testing.T) *fakeProvider{
		"user pool":        func(t *testing.T) *fakeProvider { return newFakePoolProvider(t) },
		"another provider": func(t *testing.T) *fakeProvider { return newFakeAuth0(t) },
	} {
		for fault, keys := range map[string]func(fetches int) error{
			"before": func(int) error { return down },
			"a key is newer": func(fetches int) error {
				if fetches > 1 {
					return down
				}
				return nil
			},
		} {
			t.Run(name+", "+fault, func(t *testing.T) {
				b := newBrowser(t)
				op := open(t)
				op.rotates = true
				openUI(b, op, nil).mustSignIn(HostedUIOptions{})
				p := openUI(b, op, nil) // knows no keys yet
				fetches := 0
				op.keys = func() error { fetches++; return keys(fetches) }
				if fault != "before" {
					op.kids = []string{"access"} // that of id tokens comes after the first fetch
				}
				if _, err := p.forceRefresh(t); err == nil || !AsError(err).Retryable {
					t.Errorf("without keys: %v", err)
				}
				if got := p.state.get().UserState; got != SignedIn {
					t.Errorf("state %s", got)
				}
				op.keys, op.kids = nil, []string{"id", "access"}
				for range 2 {
					if _, err := p.forceRefresh(t); err != nil {
						t.Errorf("with keys: %v", err)
					}
				}
			})
		}
	}
}

// A tab whose token another tab has spent asks the store before the service, also after the service has refused it: what is
// stored by then costs no request.
func TestTheStoreIsAskedBeforeTheService(t *testing.T) {
	full := errors.New("full")
	for _, c := range []struct {
		name          string
		rotates       bool
		full          bool // for the other tab, while both refresh
		first, second int  // requests of this tab
		says          error
	}{
		{"both are stored", true, false, 0, 0, nil},
		{"both are stored, without rotation", false, false, 0, 0, nil},
		{"the other one's is not", true, true, 1, 0, errTokensElsewhere},
		{"the other one's is not, without rotation", false, true, 1, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, p, other := laggingTabs(t)
				b.pool.rotates = c.rotates
				asks := &countingPool{fakePool: b.pool}
				p.UserPool = asks
				mustSignIn(t, other, "ada")
				time.Sleep(2 * lag)
				b.network.off.Store(true) // no early refresh
				time.Sleep(tokenLife)
				b.network.off.Store(false)
				mustFollow(t, p)
				if c.full {
					other.own.Fail(full)
				}
				_, err := other.GetTokens(t.Context(), GetTokensInput{})
				if (err != nil) != c.full {
					t.Fatalf("the other tab: %v", err)
				}
				ask := func(want int, says error) *SessionTokens {
					t.Helper()
					before := asks.asked
					tokens, err := p.GetTokens(t.Context(), GetTokensInput{})
					if got := asks.asked - before; got != want || !errors.Is(err, says) {
						t.Errorf("%d requests (%v), want %d (%v)", got, err, want, says)
					}
					if state := p.state.get().UserState; state != SignedIn {
						t.Errorf("state %s", state)
					}
					return tokens
				}
				ask(c.first, c.says)
				other.own.Fail(nil)
				theirs, err := other.GetTokens(t.Context(), GetTokensInput{}) // stores what it has
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * lag)
				if ours := ask(c.second, nil); ours != nil && c.rotates && ours.AccessToken.TokenString != theirs.AccessToken.TokenString {
					t.Error("the tokens are not those of the other tab")
				}
			})
		})
	}
}
