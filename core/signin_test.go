package core

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// hookedPool is a fakePool whose answers a test holds back.
type hookedPool struct {
	*fakePool
	initiate func(t *Tokens) // runs before InitiateAuth answers
	confirm  func(ctx context.Context) error
	respond  func(in ChallengeResponse) (AuthResponse, error)
}

func (f *hookedPool) InitiateAuth(ctx context.Context, in InitiateAuthRequest) (AuthResponse, error) {
	if f.respond != nil {
		return NewChallenge("CUSTOM_CHALLENGE", "session", map[string]string{"USERNAME": in.Parameters["USERNAME"]}, nil), nil
	}
	r, err := f.fakePool.InitiateAuth(ctx, in)
	if err == nil && f.initiate != nil {
		f.initiate(r.Tokens)
	}
	return r, err
}

func (f *hookedPool) RespondToAuthChallenge(_ context.Context, in ChallengeResponse) (AuthResponse, error) {
	return f.respond(in)
}

func (f *hookedPool) ConfirmDevice(ctx context.Context, _ ConfirmDeviceRequest) (bool, error) {
	return false, f.confirm(ctx)
}

// The session is stored while the service is still told of the device.
func TestSignOutWhileADeviceIsConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p := b.open(Options{RejectExpired: true})
		defer p.Close()
		p.UserPool = &hookedPool{
			fakePool: b.pool,
			initiate: func(t *Tokens) { t.Device = &NewDevice{"key", "group"} },
			confirm: func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			},
		}
		ended := make(chan error, 1)
		go func() {
			_, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"})
			ended <- err
		}()
		synctest.Wait()
		if _, err := p.SignOut(t.Context(), SignOutInput{}); err != nil {
			t.Fatal(err)
		}
		err := <-ended
		if got := p.state.get().UserState; got != SignedOut || err == nil {
			t.Errorf("state %s, signIn %v, stored %v", got, err, b.stored())
		}
	})
}

// Tokens that come in the moment in which a sign-in is cancelled are not taken.
func TestCancelAsTheTokensCome(t *testing.T) {
	b := newBrowser(t)
	p := b.open(Options{RejectExpired: true})
	defer p.Close()
	p.UserPool = &hookedPool{fakePool: b.pool, initiate: func(*Tokens) {
		if err := p.CancelSignIn(t.Context()); err != nil {
			t.Error(err)
		}
	}}
	_, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"})
	if !errors.Is(err, errSignInSuperseded) || p.state.get().UserState != SignedOut {
		t.Errorf("%v, state %s", err, p.state.get().UserState)
	}
}

// An answer that is refused because another is on its way leaves no trace.
func TestBusyAnswerChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		p := b.open(Options{RejectExpired: true})
		defer p.Close()
		answers := make(chan ChallengeResponse, 2)
		p.UserPool = &hookedPool{fakePool: b.pool, respond: func(in ChallengeResponse) (AuthResponse, error) {
			answers <- in
			time.Sleep(time.Second)
			return NewChallenge("CUSTOM_CHALLENGE", "session", nil, nil), nil
		}}
		if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", AuthFlow: "CUSTOM_AUTH"}); err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = p.ConfirmSignIn(t.Context(), ConfirmSignInInput{ChallengeResponse: "1", ClientMetadata: map[string]string{"n": "1"}})
		}()
		synctest.Wait()
		if _, err := p.ConfirmSignIn(t.Context(), ConfirmSignInInput{ChallengeResponse: "2", ClientMetadata: map[string]string{"n": "2"}}); !errors.Is(err, errSignInBusy) {
			t.Errorf("the second answer: %v", err)
		}
		time.Sleep(2 * time.Second)
		if _, err := p.ConfirmSignIn(t.Context(), ConfirmSignInInput{ChallengeResponse: "3"}); err != nil {
			t.Fatal(err)
		}
		if in := <-answers; in.Metadata["n"] != "1" {
			t.Errorf("metadata %v", in.Metadata)
		}
		if in := <-answers; in.Metadata["n"] != "1" {
			t.Errorf("metadata %v of the next answer", in.Metadata)
		}
	})
}
