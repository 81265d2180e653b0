package core

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// lag is what a browser of several processes takes to show a page what another one
// has stored.
const lag = 30 * time.Millisecond

func mustSignIn(t *testing.T, p *page, user string) {
	t.Helper()
	if _, err := p.SignIn(t.Context(), SignInInput{Username: user, Password: "x"}); err != nil {
		t.Fatal(err)
	}
}

func mustFollow(t *testing.T, p *page) {
	t.Helper()
	if err := p.StorageChanged(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// laggingTabs are two tabs of which each sees what the other stores only later.
func laggingTabs(t *testing.T) (b *browser, p, other *page) {
	t.Helper()
	b = newBrowser(t)
	b.Lag, b.Pace = lag, time.Millisecond
	p, other = b.open(Options{RejectExpired: true}), b.open(Options{RejectExpired: true})
	t.Cleanup(p.Close)
	t.Cleanup(other.Close)
	return b, p, other
}

// A sign-out in one tab wins over a refresh in another, whenever the answer arrives,
// although each sees what the other has stored only later.
func TestSignOutInAnotherTabDuringARefresh(t *testing.T) {
	for _, revokes := range []bool{false, true} {
		for _, again := range []string{"", "ada", "ben"} {
			for delay := range 140 { // the refresh takes 100 ms
				synctest.Test(t, func(t *testing.T) {
					b, p, other := laggingTabs(t)
					mustSignIn(t, p, "ada")
					time.Sleep(2 * lag)
					mustFollow(t, other)
					ended := make(chan error, 1)
					go func() {
						_, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true})
						ended <- err
					}()
					time.Sleep(time.Duration(delay) * time.Millisecond)
					if _, err := other.SignOut(t.Context(), SignOutInput{InvalidateTokens: &revokes}); err != nil {
						t.Fatal(err)
					}
					if again != "" {
						mustSignIn(t, other, again)
					}
					<-ended
					time.Sleep(2 * lag)
					mustFollow(t, p)
					s, err := p.loadSession(t.Context())
					switch {
					case err != nil:
						t.Fatal(err)
					case again == "" && len(b.stored()) > 0:
						t.Errorf("signed out %d ms into the refresh: stored %d values", delay, len(b.stored()))
					case again != "" && (stateOf(s, time.Now()) != SignedIn || s.Username != again || !s.Whole() || b.pool.live[s.Refresh].user != again):
						t.Errorf("%s signed in %d ms into the refresh: stored %+v", again, delay, s)
					}
				})
			}
		}
	}
}

// A refresh that begins just after a sign-out elsewhere does not bring the session back.
func TestRefreshJustAfterASignOut(t *testing.T) {
	for delay := range 40 {
		synctest.Test(t, func(t *testing.T) {
			b, p, other := laggingTabs(t)
			mustSignIn(t, p, "ada")
			time.Sleep(2 * lag)
			keep := false
			if _, err := other.SignOut(t.Context(), SignOutInput{InvalidateTokens: &keep}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(delay) * time.Millisecond)
			if _, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); !errors.Is(err, errNotSignedIn) {
				t.Errorf("%d ms after the sign-out: %v", delay, err)
			}
			time.Sleep(2 * lag)
			if left := b.stored(); len(left) > 0 {
				t.Errorf("%d ms after the sign-out: stored %d values", delay, len(left))
			}
		})
	}
}

// Of two tabs that sign in at once the later one is told, and replaces nobody.
func TestTwoTabsSignInAtOnce(t *testing.T) {
	for delay := range 40 {
		synctest.Test(t, func(t *testing.T) {
			b, p, other := laggingTabs(t)
			b.pool.slow = 20 * time.Millisecond
			ended := make(chan error, 1)
			go func() {
				_, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"})
				ended <- err
			}()
			time.Sleep(time.Duration(delay) * time.Millisecond)
			_, otherErr := other.SignIn(t.Context(), SignInInput{Username: "ben", Password: "x"})
			err := <-ended
			time.Sleep(2 * lag)
			s, loadErr := p.loadSession(t.Context())
			if loadErr != nil || s == nil || !s.Whole() {
				t.Fatalf("%v %+v", loadErr, s)
			}
			winner := map[bool]string{true: "ada", false: "ben"}[err == nil]
			if (err == nil) == (otherErr == nil) && delay < 20 || s.Username != winner && delay < 20 {
				t.Errorf("%d ms apart: ada %v, ben %v, stored %s", delay, err, otherErr, s.Username)
			}
			mustFollow(t, p)
			mustFollow(t, other)
			for _, page := range []*page{p, other} {
				if got := page.state.get().Details["username"]; got != s.Username {
					t.Errorf("a tab believes in %q, stored is %s", got, s.Username)
				}
			}
		})
	}
}

// The tokens of another user, by whatever flow they came, change nothing.
func TestRefreshAnswersForAnotherUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p := b.open(Options{RejectExpired: true})
		defer p.Close()
		mustSignIn(t, p, "ada")
		before := b.stored()
		for refresh := range b.pool.live {
			b.pool.live[refresh] = chain{user: "ben"}
		}
		if _, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); AsError(err).Code != "securityFailed" {
			t.Errorf("%v", err)
		}
		after := b.stored()
		delete(after, p.layout.RetryAtKey())
		if len(after) != len(before) || after[p.layout.UserKey("ada", "accessToken")] != before[p.layout.UserKey("ada", "accessToken")] || p.state.get().UserState != SignedIn {
			t.Errorf("state %v", p.state.get())
		}
	})
}

// slowSignOut is a user pool whose answers to the end of a session travel for a while.
type slowSignOut struct{ *fakePool }

func (s slowSignOut) RevokeToken(ctx context.Context, refreshToken string) error {
	defer time.Sleep(200 * time.Millisecond)
	return s.fakePool.RevokeToken(ctx, refreshToken)
}

func (s slowSignOut) GlobalSignOut(context.Context, string) error {
	defer time.Sleep(200 * time.Millisecond)
	s.revokeAll()
	return nil
}

// A tab whose refresh is refused because another tab is signing out does not take the session for expired.
func TestRefusedForASignOutElsewhere(t *testing.T) {
	for _, globally := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b, p, other := laggingTabs(t)
			other.UserPool = slowSignOut{b.pool}
			mustSignIn(t, p, "ada")
			time.Sleep(2 * lag)
			mustFollow(t, other)
			ended := make(chan error, 1)
			go func() {
				_, err := other.SignOut(t.Context(), SignOutInput{SignOutGlobally: globally})
				ended <- err
			}()
			synctest.Wait() // the service has ended it, and its answer is on the way
			if _, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); !errors.Is(err, errNotSignedIn) {
				t.Errorf("globally %t: %v", globally, err)
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
			time.Sleep(2 * lag)
			mustFollow(t, p)
			for _, s := range p.states() {
				if s.invalid() {
					t.Errorf("globally %t: heard %v", globally, s)
				}
			}
		})
	}
}

// frozenPool serves a refresh and hands its answer over when the page goes on.
type frozenPool struct {
	*fakePool
	thaw chan struct{}
}

func (f frozenPool) RefreshTokens(ctx context.Context, in RefreshRequest) (Tokens, error) {
	tokens, err := f.fakePool.RefreshTokens(ctx, in)
	<-f.thaw
	return tokens, err
}

// A page that is frozen with the answer to its refresh under way costs nobody the session: another page is
// told so in time, and finds the tokens when the first goes on.
func TestFrozenDuringARefresh(t *testing.T) {
	for name, rotates := range map[string]bool{"a token that serves once": true, "a token that serves on": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBrowser(t)
				b.pool.rotates = rotates
				p, other := b.open(Options{RejectExpired: true}), b.open(Options{RejectExpired: true})
				defer p.Close()
				defer other.Close()
				mustSignIn(t, p, "ada")
				mustFollow(t, other)
				frozen := frozenPool{b.pool, make(chan struct{})}
				p.UserPool = frozen
				ended := make(chan error, 1)
				go func() {
					_, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true})
					ended <- err
				}()
				time.Sleep(time.Second)
				start := time.Now()
				_, err := other.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true})
				if took := time.Since(start); took > lockWait+5*time.Second {
					t.Errorf("the other page had its answer after %v", took)
				}
				if rotates != (err != nil) || err != nil && (AsError(err).Code != "serviceUnavailable" || !AsError(err).Retryable) {
					t.Errorf("the other page: %v", err)
				}
				if got := other.state.get().UserState; got != SignedIn {
					t.Errorf("the other page is %s", got)
				}
				close(frozen.thaw)
				if err := <-ended; err != nil {
					t.Errorf("the page that went on: %v", err)
				}
				mustFollow(t, other)
				for _, page := range []*page{p, other} {
					s, err := page.loadSession(t.Context())
					if err != nil || !s.Fresh(time.Now()) || b.pool.live[s.Refresh].user != "ada" {
						t.Errorf("afterwards: %+v, %v", s, err)
					}
				}
			})
		})
	}
}
