package core

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// forceRefresh asks for new tokens, past the pause that a failure has caused.
func (p *page) forceRefresh(t *testing.T) (*SessionTokens, error) {
	t.Helper()
	if err := p.Storage.Apply(t.Context(), []Change{{Key: p.layout.RetryAtKey()}}); err != nil {
		t.Fatal(err)
	}
	return p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true})
}

// A refresh token that serves once is not lost for want of room: the page has the tokens until storage takes them.
func TestRotationWithoutRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		b.pool.rotates = true
		p := b.open(Options{RejectExpired: true})
		defer p.Close()
		mustSignIn(t, p, "ada")
		full := errors.New("full")
		p.Emit = func(e Event) {}
		stored := b.stored()
		time.AfterFunc(50*time.Millisecond, func() { p.own.Fail(full) }) // while the service answers
		if _, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
		if _, live := b.pool.live[stored[p.layout.UserKey("ada", "refreshToken")]]; live {
			t.Fatal("the stored refresh token is not spent")
		}
		first, err := p.GetTokens(t.Context(), GetTokensInput{})
		if err != nil {
			t.Fatal(err)
		}
		p.own.Fail(nil)
		if _, err := p.GetTokens(t.Context(), GetTokensInput{}); err != nil {
			t.Error(err)
		}
		other := b.open(Options{RejectExpired: true})
		defer other.Close()
		again, err := other.GetTokens(t.Context(), GetTokensInput{})
		if err != nil || again.AccessToken.TokenString != first.AccessToken.TokenString {
			t.Errorf("another page, once there is room: %v", err)
		}
		if _, err := other.forceRefresh(t); err != nil {
			t.Errorf("another page's refresh: %v", err)
		}
	})
}

// A store that never answers ends the call with an error and holds up no other call.
func TestStorageThatNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p := b.open(Options{RejectExpired: true})
		defer p.Close()
		stuck := true
		p.Storage = boundedStorage{stuckStorage{p.own, &stuck}}
		for range 2 {
			start := time.Now()
			if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}); AsError(err).Code != "storageUnavailable" || time.Since(start) > 3*storageTimeout {
				t.Errorf("signIn: %v after %v", err, time.Since(start))
			}
		}
		if _, err := p.SignOut(t.Context(), SignOutInput{}); AsError(err).Code != "storageUnavailable" {
			t.Errorf("signOut: %v", err)
		}
		stuck = false
		mustSignIn(t, p, "ada")
		if _, err := p.SignOut(t.Context(), SignOutInput{}); err != nil {
			t.Error(err)
		}
	})
}

type stuckStorage struct {
	Storage
	stuck *bool
}

func (s stuckStorage) Apply(ctx context.Context, changes []Change) error {
	if *s.stuck {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.Storage.Apply(ctx, changes)
}

// What is no answer of Cognito's ends nothing, and an access token that it takes no
// more is refreshed once.
func TestRefusedAccessToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p, other := b.open(Options{RejectExpired: true}), b.open(Options{RejectExpired: true})
		defer p.Close()
		defer other.Close()
		mustSignIn(t, p, "ada")
		mustFollow(t, other)
		calls := 0
		refused := ServiceError("NotAuthorizedException", "Access Token has been revoked", "", 400)
		call := func(token string) (string, error) {
			calls++
			if calls == 1 {
				return "", refused
			}
			return token, nil
		}
		renewed := b.pool.renewed
		if _, err := withToken(t.Context(), p.Auth, call); err != nil || calls != 2 || b.pool.renewed != renewed+1 {
			t.Errorf("%v after %d calls and %d refreshes", err, calls, b.pool.renewed-renewed)
		}
		if _, err := withToken(t.Context(), p.Auth, func(string) (string, error) { calls++; return "", refused }); !errors.Is(err, refused) || calls != 4 {
			t.Errorf("%v after %d calls", err, calls)
		}
		// A failing service's own words, in whatever body.
		b.pool.setFault(&Error{Name: "NotAuthorizedException", Code: "notAuthorized", Retryable: true})
		if _, err := p.forceRefresh(t); err == nil || p.state.get().UserState != SignedIn {
			t.Errorf("%v, state %s", err, p.state.get().UserState)
		}
		b.pool.setFault(nil)
		// Signed out everywhere, elsewhere.
		b.pool.revokeAll()
		if err := p.Storage.Apply(t.Context(), []Change{{Key: p.layout.RetryAtKey()}}); err != nil {
			t.Fatal(err)
		}
		calls = 0
		if _, err := withToken(t.Context(), p.Auth, call); !errors.Is(err, errSessionExpired) {
			t.Errorf("%v", err)
		}
		mustFollow(t, other)
		for _, page := range []*page{p, other} {
			if got := page.state.get(); got.UserState != SignedOutUserPoolsTokenInvalid || got.Details["reason"] == "" {
				t.Errorf("state %v", got)
			}
		}
		mustSignIn(t, other, "ada")
	})
}

// Credentials that end offline while the token is good wait for the network as tokens do.
func TestCredentialsOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		page := b.Page()
		a, ids := identityClient(page, page)
		defer a.Close()
		a.opts.RejectExpired = false
		network := new(fakeNetwork)
		a.Network = network
		if _, err := a.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x", AuthFlow: "USER_PASSWORD_AUTH"}); err != nil {
			t.Fatal(err)
		}
		network.off.Store(true)
		ids.setFault(NetworkError("The browser is offline.", ErrOffline))
		if _, err := a.credentials(WithWait(t.Context(), false), GetCredentialsInput{}); AsError(err).Code != "networkError" {
			t.Errorf("%v", err)
		}
		ended := make(chan error, 1)
		go func() {
			_, err := a.credentials(t.Context(), GetCredentialsInput{})
			ended <- err
		}()
		time.Sleep(time.Minute)
		select {
		case err := <-ended:
			t.Fatalf("offline: %v", err)
		default:
		}
		network.off.Store(false)
		ids.setFault(nil)
		a.Wake()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
