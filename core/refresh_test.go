package core

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// A refresh that ends when its session is no longer there says nothing about the
// session that has taken its place.
func TestRefreshOfASessionThatIsGone(t *testing.T) {
	for _, user := range []string{"ada", "ben"} {
		for name, fault := range map[string]error{
			"refused": nil, // the sign-out has revoked it
			"offline": NetworkError("unreachable", nil),
			"failed":  ServiceError("InternalErrorException", "", "", 500),
		} {
			t.Run(name+", then "+user, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBrowser(t)
					p, other := b.open(Options{RejectExpired: true}), b.open(Options{RejectExpired: true})
					defer p.Close()
					defer other.Close()
					must := func(_ any, err error) {
						if err != nil {
							t.Fatal(err)
						}
					}
					must(p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}))
					time.Sleep(50 * time.Minute)
					b.network.off.Store(true) // no early refresh
					time.Sleep(10 * time.Minute)
					b.network.off.Store(false)
					must(nil, other.StorageChanged(t.Context()))
					ended := make(chan error, 1)
					go func() {
						_, err := p.GetTokens(t.Context(), GetTokensInput{})
						ended <- err
					}()
					synctest.Wait()
					// in another page, which nothing tells p of before the refresh has ended
					must(other.SignOut(t.Context(), SignOutInput{}))
					must(other.SignIn(t.Context(), SignInInput{Username: user, Password: "x"}))
					b.network.off.Store(name == "offline")
					b.pool.setFault(fault)
					err := <-ended
					b.pool.setFault(nil)
					if got := p.state.get(); got.UserState != SignedIn || got.Details["username"] != user {
						t.Errorf("state %s %v", got.UserState, got.Details)
					}
					if user == "ada" && err != nil || user != "ada" && !errors.Is(err, errNotSignedIn) {
						t.Errorf("getTokens: %v", err)
					}
					if left := b.stored()[p.layout.RetryAtKey()]; left != "" {
						t.Error("a pause is noted for a session that did not fail")
					}
				})
			})
		}
	}
}

// Nor does it hold up the next session of the page, or answer for it.
func TestForcedRefreshAfterSigningInAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p := b.open(Options{RejectExpired: true})
		defer p.Close()
		for i := range 2 {
			if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() {
				_, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true})
				ended <- err
			}()
			synctest.Wait()
			if i == 1 {
				if err := <-ended; err != nil {
					t.Errorf("the second session's refresh: %v", err)
				}
				break
			}
			if _, err := p.SignOut(t.Context(), SignOutInput{}); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if err := <-ended; !errors.Is(err, errNotSignedIn) || time.Since(start) > 0 {
				t.Errorf("the first session's refresh: %v after %v", err, time.Since(start))
			}
		}
	})
}

// publishing runs between the moment a refresh has stored its tokens and its end.
type publishing struct {
	Locks
	name string
	run  func()
}

func (l *publishing) Publish(ctx context.Context, name, value string) {
	if name == l.name {
		l.run()
	}
	l.Locks.Publish(ctx, name, value)
}

func TestSignOutAtTheEndOfARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p := b.open(Options{RejectExpired: true})
		defer p.Close()
		if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}); err != nil {
			t.Fatal(err)
		}
		p.Locks = &publishing{p.own, p.refreshLock(), func() {
			if _, err := p.SignOut(t.Context(), SignOutInput{}); err != nil {
				t.Error(err)
			}
		}}
		_, _ = p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true})
		if got := p.state.get().UserState; got != SignedOut {
			t.Errorf("state %s, stored %v", got, b.stored())
		}
	})
}

// While a service is left alone, calls in every page are told what failed: an app may keep its user for want of a connection, and
// not for another fault.
func TestPauseTellsTheFault(t *testing.T) {
	for code, fault := range map[string]error{
		"networkError":       NetworkError("unreachable", nil),
		"serviceUnavailable": ServiceError("InternalErrorException", "", "", 500),
	} {
		t.Run(code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBrowser(t)
				p, other := b.open(Options{}), b.open(Options{})
				defer p.Close()
				defer other.Close()
				if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}); err != nil {
					t.Fatal(err)
				}
				b.pool.setFault(fault)
				if _, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); !errors.Is(err, fault) {
					t.Fatal(err)
				}
				b.pool.setFault(nil)
				for _, a := range []*page{p, other} {
					if _, err := a.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); AsError(err).Code != code || !AsError(err).Retryable {
						t.Errorf("in the pause: %v", err)
					}
				}
				time.Sleep(backOffFirst)
				if _, err := other.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); err != nil {
					t.Errorf("after the pause: %v", err)
				}
			})
		})
	}
}

// The network may be back before a call that found none has begun to wait for it.
func TestNetworkReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p := b.open(Options{})
		defer p.Close()
		if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}); err != nil {
			t.Fatal(err)
		}
		b.network.off.Store(true)
		b.pool.setFault(NetworkError("The browser is offline.", ErrOffline))
		time.Sleep(2 * tokenLife)
		p.Emit = func(e Event) {
			if e.Type == "tokenRefreshFailure" {
				b.network.off.Store(false)
				b.pool.setFault(nil)
				p.Wake()
			}
		}
		if _, err := p.GetTokens(t.Context(), GetTokensInput{}); err != nil {
			t.Error(err)
		}
	})
}

// metadataPool notes the metadata of refreshes.
type metadataPool struct {
	*fakePool
	got []map[string]string
}

func (m *metadataPool) RefreshTokens(ctx context.Context, in RefreshRequest) (Tokens, error) {
	m.got = append(m.got, in.ClientMetadata)
	return m.fakePool.RefreshTokens(ctx, in)
}

// The page is asked for a refresh's metadata, and for none where the call has its own.
// Where the page fails, nothing is refreshed and the session stays.
func TestRefreshMetadata(t *testing.T) {
	b := newBrowser(t)
	p := b.open(Options{})
	defer p.Close()
	mustSignIn(t, p, "ada")
	pool := &metadataPool{fakePool: b.pool}
	p.UserPool = pool
	failed := errors.New("failed")
	var fault error
	p.ClientMetadata = func(context.Context) (map[string]string, error) { return map[string]string{"from": "page"}, fault }
	own := map[string]string{"from": "call"}
	for _, in := range []GetTokensInput{{}, {ForceRefresh: true}, {ForceRefresh: true, ClientMetadata: own}} {
		if _, err := p.GetTokens(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	if want := []map[string]string{{"from": "page"}, own}; !reflect.DeepEqual(pool.got, want) {
		t.Errorf("the metadata are %v, want %v", pool.got, want)
	}
	fault = failed
	if _, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); !errors.Is(err, errClientMetadata) || !errors.Is(err, failed) {
		t.Errorf("the page failed: %v", err)
	}
	if len(pool.got) != 2 || p.state.get().UserState != SignedIn {
		t.Errorf("%d refreshes, state %s", len(pool.got), p.state.get().UserState)
	}
}
