package core

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core/contract"
)

// userDeletingPool is a user pool whose users may delete themselves.
type userDeletingPool struct{ *fakePool }

func (userDeletingPool) DeleteUser(context.Context, string) error { return nil }

// Every state that a session ends in says why, here and in another tab, whatever reads the
// store meanwhile.
func TestReasonOfTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(context.Context, *browser, *page) error
		want string // in the tab that does it; the others are told of it
	}{
		"signOut": {func(ctx context.Context, _ *browser, p *page) error {
			_, err := p.SignOut(ctx, SignOutInput{})
			return err
		}, contract.UserSignedOut},
		"deleteUser": {func(ctx context.Context, _ *browser, p *page) error { return p.DeleteUser(ctx) }, contract.UserDeleted},
		"the page's own script": {func(ctx context.Context, b *browser, p *page) error {
			for key := range b.Values(p.own) {
				if err := p.own.Apply(ctx, []Change{{Key: key}}); err != nil {
					return err
				}
			}
			return p.StorageChanged(ctx)
		}, contract.SignedOutElsewhere},
	} {
		t.Run(name, func(t *testing.T) {
			for delay := range 40 {
				synctest.Test(t, func(t *testing.T) {
					b := newBrowser(t)
					p, other := b.open(Options{}), b.open(Options{})
					defer p.Close()
					defer other.Close()
					p.UserPool, p.Storage = userDeletingPool{b.pool}, slowStorage{p.own}
					mustSignIn(t, p, "ada")
					mustFollow(t, other)
					time.AfterFunc(time.Duration(delay)*time.Millisecond, func() { mustFollow(t, p) })
					if err := c.end(t.Context(), b, p); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
					mustFollow(t, other)
					for _, page := range []*page{p, other} {
						want := c.want
						if page == other {
							want = contract.SignedOutElsewhere
						}
						heard := page.states()
						last := heard[len(heard)-1]
						if last.UserState != SignedOut || last.Details["reason"] != want {
							t.Errorf("looked at %d ms: heard %v, want the reason %s", delay, last, want)
						}
						if before := heard[len(heard)-2]; before.UserState != SignedIn {
							t.Errorf("looked at %d ms: heard %v and then %v", delay, before, last)
						}
					}
				})
			}
		})
	}
}

// countingStorage counts what is asked of it.
type countingStorage struct {
	Storage
	calls *atomic.Int32
}

func (c countingStorage) Get(ctx context.Context, keys ...string) ([]*string, error) {
	c.calls.Add(1)
	return c.Storage.Get(ctx, keys...)
}

func (c countingStorage) Apply(ctx context.Context, changes []Change) error {
	c.calls.Add(1)
	return c.Storage.Apply(ctx, changes)
}

// A closed client has no goroutine left, nor a timer that would do anything in the days to come, whatever it was at.
func TestCloseLeavesNothing(t *testing.T) {
	ask := func(p *page, in GetTokensInput) { go func() { _, _ = p.GetTokens(context.Background(), in) }() }
	for name, during := range map[string]func(*testing.T, *browser, *page){
		"nobody signed in": func(*testing.T, *browser, *page) {},
		"an early refresh": func(t *testing.T, _ *browser, p *page) {
			mustSignIn(t, p, "ada")
			ask(p, GetTokensInput{})
		},
		"a refresh": func(t *testing.T, _ *browser, p *page) {
			mustSignIn(t, p, "ada")
			ask(p, GetTokensInput{ForceRefresh: true})
		},
		"waits for a sign-in": func(t *testing.T, b *browser, p *page) {
			mustSignIn(t, p, "ada")
			b.pool.revokeAll()
			ask(p, GetTokensInput{ForceRefresh: true})
			time.Sleep(time.Second)
		},
		"waits for the network": func(t *testing.T, b *browser, p *page) {
			mustSignIn(t, p, "ada")
			b.network.off.Store(true)
			b.pool.setFault(NetworkError("unreachable", ErrOffline))
			time.Sleep(2 * tokenLife)
			ask(p, GetTokensInput{})
			time.Sleep(time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBrowser(t)
				before := runtime.NumGoroutine()
				p := b.open(Options{})
				var calls, rehearsals atomic.Int32
				synctest.Wait() // what opening it has begun
				p.Storage = countingStorage{p.own, &calls}
				p.Rehearse = func() { rehearsals.Add(1) }
				if _, err := p.Initialize(t.Context()); err != nil {
					t.Fatal(err)
				}
				during(t, b, p)
				s, err := p.loadSession(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				rehearsals.Store(0)
				p.Close()
				if s != nil && s.Access != nil {
					p.scheduleRefresh(s) // by a refresh that was under way
				}
				time.Sleep(refreshTimeout) // it may store what the service has given
				synctest.Wait()
				calls.Store(0)
				p.Wake() // by an event that was on its way
				time.Sleep(7 * 24 * time.Hour)
				synctest.Wait()
				if n := calls.Load(); n != 0 {
					t.Errorf("asked its storage %d times", n)
				}
				if n := rehearsals.Load(); n != 0 {
					t.Errorf("rehearsed %d times", n)
				}
				if n := runtime.NumGoroutine() - before; n > 0 {
					t.Errorf("left %d goroutines", n)
				}
			})
		})
	}
}
