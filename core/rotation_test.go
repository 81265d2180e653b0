//go:build !js

package core

import "testing"

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
