package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/e2e/emulator"
)

// Expired federated tokens: the state says so and calls wait for what ends the wait.
func TestFederatedTokenExpires(t *testing.T) {
	setUp := func(t *testing.T, opts core.Options, provider string) (*Env, *Page) {
		e := Start(t)
		p := e.NewPage(e.FederatedConfig(""), opts, nil)
		p.Must("federatedSignIn", m{"providerName": provider, "token": e.Token(provider, nil)})
		e.Cognito.Advance(2 * time.Hour)
		e.Cognito.ResetCalls()
		return e, p
	}
	type result struct {
		out m
		err *core.Error
	}
	call := func(p *Page, ctx context.Context) <-chan result {
		ch := make(chan result, 1)
		go func() {
			out, err := p.CallContext(ctx, "getAWSCredentials", nil)
			ch <- result{out, err}
		}()
		return ch
	}
	invalid := func(p *Page) { until(p, core.SignedOutFederatedTokensInvalid) }
	for _, provider := range []string{"accounts.google.com", "graph.facebook.com", emulator.SeedSAMLProvider} {
		t.Run("reject "+provider, func(t *testing.T) {
			_, p := setUp(t, core.Options{RejectExpired: true}, provider)
			err := p.Fails("getAWSCredentials", nil, "sessionExpired")
			if err.Name != "SessionExpired" || !strings.Contains(err.Message, "federatedSignIn") || core.AsError(err.Cause).Code != "federatedTokenExpired" {
				t.Errorf("%v, because of %v", err, err.Cause)
			}
			p.wants(core.SignedOutFederatedTokensInvalid)
			if d := p.details(); d["provider"] != provider || d["reason"] != "federatedTokenExpired" || d["token"] != "" {
				t.Errorf("details %v", d)
			}
		})
		t.Run("a new token "+provider, func(t *testing.T) {
			e, p := setUp(t, core.Options{}, provider)
			waiting := []<-chan result{call(p, t.Context()), call(p, t.Context()), call(p, t.Context())}
			invalid(p)
			e.Cognito.ResetCalls()
			p.Must("federatedSignIn", m{"providerName": provider, "token": e.Token(provider, nil)})
			for _, w := range waiting {
				if r := <-w; r.err != nil {
					t.Errorf("%v", r.err)
				}
			}
			e.called("GetCredentialsForIdentity")
			p.wants(core.SignedIn)
		})
	}
	t.Run("another user", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		p.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", func(r *emulator.TokenRequest) { r.Subject = "bob" })})
		if r := <-waiting; r.err == nil || r.err.Code != "unableToSignIn" {
			t.Errorf("%v %v", r.out, r.err)
		}
	})
	t.Run("signOut", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		p.Must("signOut", nil)
		if r := <-waiting; r.err == nil || r.err.Code != "unableToSignIn" {
			t.Errorf("%v", r.err)
		}
		p.wants(core.SignedOut)
		if left := e.Local.All(); len(left) != 0 {
			t.Errorf("left %v", left)
		}
		p.Must("getAWSCredentials", nil) // the queue is not stuck
	})
	t.Run("releaseSignInWait", func(t *testing.T) {
		_, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		p.Must("releaseSignInWait", nil)
		if r := <-waiting; r.err == nil || r.err.Code != "unableToSignIn" {
			t.Errorf("%v", r.err)
		}
		p.wants(core.SignedOutFederatedTokensInvalid)
	})
	t.Run("timeout and abort", func(t *testing.T) {
		_, p := setUp(t, core.Options{}, "accounts.google.com")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if r := <-call(p, ctx); r.err == nil || r.err.Code != "timeout" {
			t.Errorf("%v", r.err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		waiting := call(p, ctx)
		cancel()
		if r := <-waiting; r.err == nil || r.err.Code != "aborted" {
			t.Errorf("%v", r.err)
		}
	})
	t.Run("another page signs in", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		other := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
		other.wants(core.SignedOutFederatedTokensInvalid)
		other.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
		p.Must("storageChanged", nil)
		if r := <-waiting; r.err != nil {
			t.Errorf("%v", r.err)
		}
	})
	t.Run("a user of the user pool instead", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		googles := e.Local.All()[identityKey]
		signIn(p, "demo")
		if r := <-waiting; r.err == nil || r.err.Code != "unableToSignIn" {
			t.Errorf("%v", r.err)
		}
		p.wants(core.SignedIn)
		e.Cognito.ResetCalls()
		if id := p.Must("getIdentityId", nil)["result"]; id == googles {
			t.Error("the user has the identity of another one")
		}
		e.called("GetId", "GetCredentialsForIdentity")
	})
	t.Run("offline", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		e.Online.Store(false)
		waiting := call(p, t.Context())
		invalid(p)
		if d := p.details(); d["reason"] != "offline" {
			t.Errorf("details %v", d)
		}
		p.Must("storageChanged", nil) // the same expired token
		p.wants(core.SignedOutFederatedTokensInvalid)
		// Back, with a token that is good again because the clock was wrong.
		e.Cognito.Advance(-2 * time.Hour)
		e.Online.Store(true)
		p.Wake()
		if r := <-waiting; r.err != nil {
			t.Errorf("%v", r.err)
		}
		until(p, core.SignedIn)
	})
}

func TestTokenSource(t *testing.T) {
	e := Start(t)
	var asked []string
	var give func() (*core.FederatedToken, error)
	e.TokenSource = func(_ context.Context, name string) (*core.FederatedToken, error) {
		asked = append(asked, name)
		return give()
	}
	opts := core.Options{RejectExpired: true, TokenSources: []string{"google", "facebook"}}
	p := e.NewPage(e.FederatedConfig(""), opts, nil)
	p.Must("federatedSignIn", m{"providerName": "accounts.google.com", "token": e.Token("accounts.google.com", nil)})
	id := p.Must("getIdentityId", nil)["result"]

	give = func() (*core.FederatedToken, error) {
		return &core.FederatedToken{Token: e.Token("accounts.google.com", nil)}, nil
	}
	e.Cognito.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	p.Must("getAWSCredentials", nil)
	e.called("GetCredentialsForIdentity") // an expired token is not even shown
	if !slices.Equal(asked, []string{"google"}) || p.Must("getIdentityId", nil)["result"] != id {
		t.Errorf("asked %v", asked)
	}
	p.wants(core.SignedIn)

	// An opaque token is known to be expired only when it is refused.
	p.Must("federatedSignIn", m{"providerName": "facebook", "token": e.Token("graph.facebook.com", nil)})
	give = func() (*core.FederatedToken, error) {
		return &core.FederatedToken{Token: e.Token("graph.facebook.com", nil)}, nil
	}
	e.Cognito.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	p.Must("getAWSCredentials", nil)
	e.called("GetCredentialsForIdentity", "GetCredentialsForIdentity")

	for what, g := range map[string]func() (*core.FederatedToken, error){
		"nothing":      func() (*core.FederatedToken, error) { return nil, nil },
		"an error":     func() (*core.FederatedToken, error) { return nil, errors.New("popup blocked") },
		"an empty one": func() (*core.FederatedToken, error) { return &core.FederatedToken{}, nil },
		"an old one": func() (*core.FederatedToken, error) {
			return &core.FederatedToken{Token: e.Token("graph.facebook.com", func(r *emulator.TokenRequest) { r.ExpiresIn = -1 })}, nil
		},
		"a foreign one": func() (*core.FederatedToken, error) {
			return &core.FederatedToken{Token: e.Token("www.amazon.com", nil)}, nil
		},
	} {
		give = g
		p.Must("federatedSignIn", m{"providerName": "facebook", "token": e.Token("graph.facebook.com", nil)})
		e.Cognito.Advance(2 * time.Hour)
		if err := p.Fails("getAWSCredentials", nil, "sessionExpired"); err.Cause == nil {
			t.Errorf("%s: no cause", what)
		}
		p.wants(core.SignedOutFederatedTokensInvalid)
	}
	// Offline, the source's failure says nothing about the session.
	p.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
	e.Cognito.Advance(2 * time.Hour)
	give = func() (*core.FederatedToken, error) {
		e.Online.Store(false)
		return nil, errors.New("fetch failed")
	}
	p.Fails("getAWSCredentials", nil, "networkError")
	give = func() (*core.FederatedToken, error) {
		return &core.FederatedToken{Token: e.Token("accounts.google.com", nil)}, nil
	}
	e.Online.Store(true)
	p.Must("getAWSCredentials", nil)
	p.wants(core.SignedIn)
}

// A token source that takes its time, as one that asks the user does, holds up nobody but those who wait for its token.
func TestSlowTokenSource(t *testing.T) {
	setUp := func(t *testing.T, opts core.Options) (e *Env, p *Page, asked chan struct{}, ended chan *core.Error) {
		e = Start(t)
		asked = make(chan struct{}, 9)
		e.TokenSource = func(ctx context.Context, _ string) (*core.FederatedToken, error) {
			asked <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		opts.TokenSources = []string{"google"}
		p = e.NewPage(e.FederatedConfig(""), opts, nil)
		p.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
		e.Cognito.Advance(2 * time.Hour)
		ended = make(chan *core.Error, 1)
		go func() {
			_, err := p.Call("getAWSCredentials", nil)
			ended <- err
		}()
		<-asked
		return e, p, asked, ended
	}
	prompt := func(t *testing.T, f func()) {
		t.Helper()
		start := time.Now()
		f()
		if took := time.Since(start); took > 5*time.Second { // less than the wait for a lock
			t.Errorf("took %v", took)
		}
	}
	t.Run("federatedSignIn", func(t *testing.T) {
		e, p, asked, ended := setUp(t, core.Options{})
		prompt(t, func() {
			p.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		if len(asked) != 0 {
			t.Error("the source was asked again")
		}
		p.wants(core.SignedIn)
	})
	t.Run("signOut", func(t *testing.T) {
		_, p, _, ended := setUp(t, core.Options{})
		prompt(t, func() {
			p.Must("signOut", nil)
			if err := <-ended; err == nil || err.Code != "unableToSignIn" {
				t.Errorf("%v", err)
			}
			p.Must("getAWSCredentials", nil)
		})
		p.wants(core.Guest)
	})
	t.Run("another user", func(t *testing.T) {
		e, p, _, ended := setUp(t, core.Options{})
		prompt(t, func() {
			p.Must("signOut", nil)
			<-ended
			signIn(p, "demo")
			if got := e.echo(p, "GET", "", "execute-api", ""); got.Role != emulator.SeedAuthenticatedRole {
				t.Errorf("%+v", got)
			}
		})
	})
}

func TestSignOutDuringFetch(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	signIn(p, "demo")
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "GetCredentialsForIdentity", Kind: "slow", Count: 1, DelayMs: 300}); err != nil {
		t.Fatal(err)
	}
	drain(e.Sent)
	done := make(chan *core.Error, 1)
	go func() {
		_, err := p.Call("getAWSCredentials", nil)
		done <- err
	}()
	for op := range e.Sent {
		if op == "GetCredentialsForIdentity" {
			break
		}
	}
	p.Must("signOut", nil)
	if err := <-done; err == nil || err.Code != "unableToSignIn" {
		t.Errorf("%v", err)
	}
	if left := e.Local.All(); len(left) != 0 {
		t.Errorf("stored %v", left)
	}
	// The same for a sign-in that is being proved.
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "GetCredentialsForIdentity", Kind: "slow", Count: 1, DelayMs: 300}); err != nil {
		t.Fatal(err)
	}
	drain(e.Sent)
	go func() {
		_, err := p.Call("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
		done <- err
	}()
	for op := range e.Sent {
		if op == "GetCredentialsForIdentity" {
			break
		}
	}
	p.Must("signOut", nil)
	if err := <-done; err == nil || err.Code != "signInSuperseded" {
		t.Errorf("%v", err)
	}
	p.wants(core.SignedOut)
	if left := e.Local.All(); len(left) != 0 {
		t.Errorf("stored %v", left)
	}
}

func drain(ch chan string) {
	for {
		select {
		case <-ch:
		default:
			return
		}
	}
}
