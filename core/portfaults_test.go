package core

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever call to the world fails, and whether it had its effect, a session is the old
// one or the new one: never lost, never half of each.

// A portFault lets one call to a port fail: the at-th since it was armed.
type portFault struct {
	mu        sync.Mutex // what nobody waits for calls too
	at, calls int
	late      bool // it had its effect, and the answer was lost
	name      string
}

var errPort = ServiceError("InternalErrorException", "a fault of the test", "", 500)

// arm lets the at-th call from now on fail; none for 0.
func (f *portFault) arm(at int, late bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.calls, f.late = at, 0, late
}

func (f *portFault) due(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.at != f.calls {
		return false
	}
	f.name = name
	return true
}

func (f *portFault) call(name string, do func() error) error {
	if !f.due(name) {
		return do()
	}
	if f.late {
		_ = do()
	}
	return errPort
}

func faulty[T any](f *portFault, name string, do func() (T, error)) (out T, err error) {
	err = f.call(name, func() error { out, err = do(); return err })
	if err == errPort {
		var none T
		return none, err
	}
	return out, err
}

type faultyStorage struct {
	Storage
	*portFault
	name string
}

func (s faultyStorage) Get(ctx context.Context, keys ...string) ([]*string, error) {
	return faulty(s.portFault, s.name+".Get", func() ([]*string, error) { return s.Storage.Get(ctx, keys...) })
}

func (s faultyStorage) Apply(ctx context.Context, changes []Change) error {
	return s.call(s.name+".Apply", func() error { return s.Storage.Apply(ctx, changes) })
}

type faultyLocks struct {
	Locks
	*portFault
}

func (l faultyLocks) With(ctx context.Context, name string, wait time.Duration, f func(context.Context, bool) error) error {
	return l.call("Locks.With", func() error { return l.Locks.With(ctx, name, wait, f) })
}

type faultyRandom struct {
	io.Reader
	*portFault
}

func (r faultyRandom) Read(p []byte) (n int, err error) {
	return faulty(r.portFault, "Random", func() (int, error) { return r.Reader.Read(p) })
}

// faultyPool asks each sign-in for a code and wants to track its browser.
type faultyPool struct {
	*stepPool
	*portFault
}

func (f faultyPool) InitiateAuth(ctx context.Context, in InitiateAuthRequest) (AuthResponse, error) {
	return faulty(f.portFault, "InitiateAuth", func() (AuthResponse, error) {
		in.Parameters["TARGET_ACR_VALUES"] = "the code"
		return f.stepPool.InitiateAuth(ctx, in)
	})
}

func (f faultyPool) RespondToAuthChallenge(ctx context.Context, in ChallengeResponse) (AuthResponse, error) {
	return faulty(f.portFault, "RespondToAuthChallenge", func() (AuthResponse, error) {
		out, err := f.stepPool.RespondToAuthChallenge(ctx, in)
		if out.Tokens != nil {
			out.Tokens.Device = &NewDevice{"device", "group"}
		}
		return out, err
	})
}

func (f faultyPool) ConfirmDevice(context.Context, ConfirmDeviceRequest) (ask bool, err error) {
	return false, f.call("ConfirmDevice", func() error { return nil })
}

func (f faultyPool) RefreshTokens(ctx context.Context, in RefreshRequest) (Tokens, error) {
	return faulty(f.portFault, "RefreshTokens", func() (Tokens, error) { return f.fakePool.RefreshTokens(ctx, in) })
}

func (f faultyPool) RevokeToken(ctx context.Context, refreshToken string) error {
	return f.call("RevokeToken", func() error { return f.fakePool.RevokeToken(ctx, refreshToken) })
}

func (f faultyPool) GlobalSignOut(context.Context, string) error {
	return f.call("GlobalSignOut", func() error { f.revokeAll(); return nil })
}

// signInByCode is signIn and confirmSignIn.
func signInByCode(ctx context.Context, p *page) error {
	out, err := p.SignIn(ctx, SignInInput{Username: "ada", Password: "x"})
	if err == nil && out.SignInState != "signedIn" {
		_, err = p.ConfirmSignIn(ctx, ConfirmSignInInput{ChallengeResponse: "123456"})
	}
	return err
}

func TestFaultsOfEveryPort(t *testing.T) {
	const in, out, either = "signed in", "signed out", "either"
	signOut := func(o SignOutInput) func(context.Context, *page) error {
		return func(ctx context.Context, p *page) error { _, err := p.SignOut(ctx, o); return err }
	}
	refresh := func(ctx context.Context, p *page) error {
		_, err := p.GetTokens(ctx, GetTokensInput{ForceRefresh: true})
		return err
	}
	for _, flow := range []struct {
		name           string
		rotates, grace bool
		signedIn       bool // before
		run            func(context.Context, *page) error
		done, failed   string // what may have come of it
		again          func(context.Context, *page) error
	}{
		{name: "sign-in", run: signInByCode, done: in, failed: either, again: signInByCode},
		{name: "refresh", signedIn: true, run: refresh, done: in, failed: in},
		{name: "refresh with rotation", rotates: true, signedIn: true, run: refresh, done: in, failed: in},
		{name: "refresh with rotation and grace", rotates: true, grace: true, signedIn: true, run: refresh, done: in, failed: in},
		{name: "sign-out", signedIn: true, run: signOut(SignOutInput{}), done: out, failed: either, again: signOut(SignOutInput{})},
		{name: "sign-out everywhere", signedIn: true, run: signOut(SignOutInput{SignOutGlobally: true}), done: out, failed: either, again: signOut(SignOutInput{})},
		{name: "step-up", signedIn: true, run: func(ctx context.Context, p *page) error {
			_, err := p.StepUp(ctx, StepUpInput{ACR: "gold"})
			if err == nil {
				_, err = p.ConfirmSignIn(ctx, ConfirmSignInInput{ChallengeResponse: "123456"})
			}
			return err
		}, done: in, failed: in},
	} {
		for _, late := range []bool{false, true} {
			hit := map[string]int{}
			for at, more := 1, true; more; at++ {
				synctest.Test(t, func(t *testing.T) {
					b := newBrowser(t)
					b.pool.rotates, b.pool.grace = flow.rotates, flow.grace
					fault := new(portFault)
					p, other := b.open(Options{RejectExpired: true}), b.open(Options{RejectExpired: true})
					defer p.Close()
					defer other.Close()
					p.UserPool = faultyPool{&stepPool{fakePool: b.pool}, fault}
					p.Storage, p.Session = faultyStorage{p.own, fault, "Storage"}, faultyStorage{p.Session, fault, "Session"}
					p.Locks, p.Random = faultyLocks{p.own, fault}, faultyRandom{p.Random, fault}
					if flow.signedIn {
						if err := signInByCode(t.Context(), p); err != nil {
							t.Fatal(err)
						}
					}
					synctest.Wait()
					fault.arm(at, late)
					err := flow.run(t.Context(), p)
					synctest.Wait()
					fault.arm(0, false)
					if more = fault.name != ""; more {
						hit[fault.name]++
					}
					if flow.rotates && !flow.grace && late && fault.name == "RefreshTokens" {
						return // the new token is in the answer that is lost, and the old one is spent
					}
					where := flow.name + ", " + fault.name + map[bool]string{true: " (done)"}[late]
					time.Sleep(2 * backOffMost)
					want := flow.done
					if err != nil {
						want = flow.failed
					}
					fresh := b.open(Options{RejectExpired: true})
					defer fresh.Close()
					check := func(want string, pages ...*page) {
						t.Helper()
						for i, p := range pages {
							mustFollow(t, p)
							_, tokensErr := p.forceRefresh(t)
							s, loadErr := p.loadSession(t.Context()) // a sign-out that was not stored is finished by now
							got := map[bool]string{true: in, false: out}[stateOf(s, p.Now()) == SignedIn]
							if loadErr != nil || want != either && got != want || got == in && (!s.Whole() || s.Username != "ada") || got == out && s != nil {
								t.Errorf("%s: %v: page %d is %s: %+v, %v", where, err, i, got, s, loadErr)
							}
							if state := p.state.get(); (state.UserState == SignedIn) != (got == in) {
								t.Errorf("%s: page %d says %v and is %s", where, i, state, got)
							}
							if got == in && tokensErr != nil && !errors.Is(tokensErr, errTokensElsewhere) || got == out && !errors.Is(tokensErr, errNotSignedIn) {
								t.Errorf("%s: page %d is %s, getTokens: %v", where, i, got, tokensErr)
							}
						}
					}
					check(want, fresh, other, p) // p may have in its memory what was not stored
					if flow.again == nil {
						_, err = p.forceRefresh(t)
					} else {
						err = flow.again(t.Context(), p)
					}
					if err != nil && !errors.Is(err, errAlreadySignedIn) {
						t.Errorf("%s: again: %v", where, err)
					}
					check(flow.done, p, other, fresh)
				})
			}
			t.Logf("%s, late %t: %v", flow.name, late, hit)
		}
	}
}
