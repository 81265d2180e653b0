package core

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Nothing that storage, another page or the service can say again and again keeps a
// call for ever.

// readHook is a Storage that does something before each read.
type readHook struct {
	Storage
	before func(keys []string)
}

func (h readHook) Get(ctx context.Context, keys ...string) ([]*string, error) {
	h.before(keys)
	return h.Storage.Get(ctx, keys...)
}

func TestStateThatChangesWheneverItIsRead(t *testing.T) {
	p := newBrowser(t).open(Options{})
	defer p.Close()
	reads := 0
	p.Storage = readHook{p.own, func([]string) {
		reads++
		p.state.to(State{UserState: []UserState{SignedOut, Guest}[reads%2]}, false)
	}}
	if err := p.StorageChanged(t.Context()); err != nil || reads > 10*mostTries {
		t.Errorf("%v after %d reads", err, reads)
	}
}

// replacing is a user pool during whose every refresh another page replaces the session's refresh token.
type replacing struct {
	*fakePool
	replace func(serial int)
	calls   int
}

func (r *replacing) RefreshTokens(ctx context.Context, in RefreshRequest) (Tokens, error) {
	r.calls++
	r.replace(r.calls)
	return r.fakePool.RefreshTokens(ctx, in)
}

func TestRefreshTokenThatIsReplacedAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p := b.open(Options{RejectExpired: true})
		defer p.Close()
		mustSignIn(t, p, "ada")
		pool := &replacing{fakePool: b.pool}
		pool.replace = func(serial int) {
			text := time.Duration(serial).String()
			if err := p.own.Apply(t.Context(), []Change{{Key: p.layout.UserKey("ada", "refreshToken"), Value: &text}}); err != nil {
				t.Error(err)
			}
		}
		p.UserPool = pool
		if _, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); !errors.Is(err, errUnsettled) || pool.calls != mostTries {
			t.Errorf("%v after %d requests", err, pool.calls)
		}
		if got := p.state.get().UserState; got != SignedIn {
			t.Errorf("state %s", got)
		}
	})
}

func TestHolderThatChangesWheneverItIsRead(t *testing.T) {
	b := newBrowser(t)
	signedIn := b.open(Options{})
	defer signedIn.Close()
	mustSignIn(t, signedIn, "ada")
	for name, call := range map[string]func(*Auth) error{
		"getIdentityId":     func(a *Auth) error { _, err := a.GetIdentityID(t.Context()); return err },
		"getAWSCredentials": func(a *Auth) error { _, err := a.GetAWSCredentials(t.Context(), GetCredentialsInput{}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			page := b.Page()
			a, _ := identityClient(page, page)
			defer a.Close()
			user, reads := "ada", 0
			a.Storage = readHook{page, func(keys []string) {
				if len(keys) > 1 || keys[0] != a.layout.LastUserKey() { // the session's other values are read with it
					return
				}
				c := Change{Key: a.layout.LastUserKey()}
				if reads++; reads%2 == 0 {
					c.Value = &user
				}
				if err := page.Apply(t.Context(), []Change{c}); err != nil {
					t.Error(err)
				}
			}}
			if err := call(a); err == nil || reads > 20*mostTries {
				t.Errorf("%v after %d reads", err, reads)
			}
		})
	}
}

func TestUserWhoChangesWheneverTheyAreRead(t *testing.T) {
	p := newBrowser(t).open(Options{RejectExpired: true})
	defer p.Close()
	reads := 0
	p.Storage = readHook{p.own, func([]string) {
		reads++
		if err := p.own.Apply(t.Context(), []Change{{Key: p.layout.LastUserKey(), Value: &[]string{"ada", "ben"}[reads%2]}}); err != nil {
			t.Error(err)
		}
	}}
	if s, err := p.loadSession(t.Context()); s != nil || err != nil || reads > mostTries {
		t.Errorf("%+v, %v after %d reads", s, err, reads)
	}
}

func TestOthersWorkThatNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s single[int]
		resume := s.pause(nil)
		stop := make(chan struct{})
		go func() { // one piece of others' work after the other, without a gap
			for {
				select {
				case <-stop:
					resume()
					return
				case <-time.After(time.Second):
				}
				next := s.pause(nil)
				resume()
				resume = next
			}
		}()
		if _, err := s.share(t.Context(), t.Context(), "mine", func(context.Context) (int, error) { return 1, nil }); !errors.Is(err, errUnsettled) {
			t.Error(err)
		}
		close(stop)
		synctest.Wait()
		if v, err := s.share(t.Context(), t.Context(), "mine", func(context.Context) (int, error) { return 1, nil }); v != 1 || err != nil {
			t.Errorf("%d %v", v, err)
		}
	})
}

// asking is a user pool that answers every answer with the same challenge.
type asking struct {
	*fakePool
	calls int
}

func (p *asking) ask() (AuthResponse, error) {
	p.calls++
	return NewChallenge("DEVICE_SRP_AUTH", "session", nil, nil), nil
}
func (p *asking) InitiateAuth(context.Context, InitiateAuthRequest) (AuthResponse, error) {
	return p.ask()
}
func (p *asking) RespondToAuthChallenge(context.Context, ChallengeResponse) (AuthResponse, error) {
	return p.ask()
}

func TestChallengesWithoutEnd(t *testing.T) {
	b := newBrowser(t)
	p := b.open(Options{})
	defer p.Close()
	pool := &asking{fakePool: b.pool}
	p.UserPool = pool
	if err := p.records().PutDevice(t.Context(), device{Owner: "ada", Key: "key", GroupKey: "group", Password: "password"}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}); AsError(err).Code != "unsupportedChallenge" || pool.calls != mostRounds+1 {
		t.Errorf("%v after %d answers", err, pool.calls)
	}
	if at, _ := p.signIns.get(); at != nil {
		t.Error("the sign-in goes on")
	}
}

func TestAliasesInACircle(t *testing.T) {
	p := newBrowser(t).open(Options{})
	defer p.Close()
	one, other := "one", "other"
	if err := p.Storage.Apply(t.Context(), []Change{{Key: p.layout.DeviceOwnerKey(one), Value: &other}, {Key: p.layout.DeviceOwnerKey(other), Value: &one}}); err != nil {
		t.Fatal(err)
	}
	if d, err := p.records().Device(t.Context(), one); err != nil || d.Key != "" {
		t.Errorf("%+v %v", d, err)
	}
}

// An identity pool that never answers ends the fetch that all callers share.
type silentIdentities struct{ *fakeIdentities }

func (silentIdentities) GetID(ctx context.Context, _ map[string]string) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func TestIdentityPoolThatNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := newBrowser(t).Page()
		a, ids := identityClient(page, page)
		defer a.Close()
		a.IdentityPool = silentIdentities{ids}
		start := time.Now()
		if _, err := a.GetAWSCredentials(t.Context(), GetCredentialsInput{}); AsError(err).Code != "timeout" || time.Since(start) > credentialsTimeout {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}
