package core

import (
	"context"
	"errors"
	"maps"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/golang-jwt/jwt/v5"
)

func TestMeetsLevel(t *testing.T) {
	now := time.Unix(1700000000, 0)
	age := func(seconds int64) *int64 { return &seconds }
	for _, c := range []struct {
		acr    any
		levels []string
		maxAge *int64
		want   bool
	}{
		{"urn:cognito:loa:3", []string{"urn:cognito:loa:3"}, nil, true},
		{"urn:cognito:loa:4", []string{"urn:cognito:loa:3"}, nil, true},
		{"urn:cognito:loa:2", []string{"urn:cognito:loa:3"}, nil, false},
		{"urn:cognito:loa:2", []string{"urn:cognito:loa:3", "urn:cognito:loa:2"}, nil, true},
		{"gold", []string{"gold"}, nil, true},
		{"gold", []string{"silver"}, nil, false}, // no order is known
		{"gold", []string{"urn:cognito:loa:1"}, nil, false},
		{nil, []string{"urn:cognito:loa:1"}, nil, false},
		{"", []string{""}, nil, false},
		{"urn:cognito:loa:9", []string{"urn:cognito:loa:8"}, nil, false},
		{"urn:cognito:loa:4", []string{"urn:cognito:loa:4"}, age(60), true},
		{"urn:cognito:loa:4", []string{"urn:cognito:loa:4"}, age(59), false},
		{"urn:cognito:loa:4", []string{"urn:cognito:loa:4"}, age(0), false},
		{"urn:cognito:loa:4", []string{"urn:cognito:loa:4"}, age(1 << 62), true},
	} {
		s := &session{Access: &Token{Claims: jwt.MapClaims{"acr": c.acr, "auth_time": float64(now.Unix() - 60)}}}
		if got := meets(s, c.levels, c.maxAge, now); got != c.want {
			t.Errorf("%v for %v, %v: %v", c.acr, c.levels, c.maxAge, got)
		}
	}
	if s := (&session{Access: &Token{Claims: jwt.MapClaims{"acr": "gold"}}}); meets(s, []string{"gold"}, age(60), now) {
		t.Error("a token without auth_time is recent")
	}
	if s := (&session{Access: &Token{Claims: jwt.MapClaims{"acr": "gold", "auth_time": float64(now.Unix())}}}); meets(s, []string{"gold"}, age(60), now.Add(-time.Hour)) {
		t.Error("a sign-in in an hour is recent")
	}
}

// How long ago factors were proved is judged by the service's clock, whatever this computer's says and did. A clock
// that may be wrong costs a refresh, which tells the time.
func TestStepUpByTheServicesClock(t *testing.T) {
	const hours, minutes = 3 * time.Hour, 5 * time.Minute
	for _, c := range []struct {
		name    string
		wrong   time.Duration // how far the clock was ahead at sign-in
		set     time.Duration // by what it was set since
		slept   time.Duration // of the time since, after that
		another bool          // page is asked, which was opened after that
		asked   int           // refreshes
	}{
		{"right", 0, 0, 0, false, 0},
		{"wrong all the time, behind", -hours, 0, 0, false, 0},
		{"wrong all the time, ahead", hours, 0, 0, false, 0},
		{"set back by hours", 0, -hours, 0, false, 1},
		{"set ahead by hours", 0, hours, 0, false, 1},
		{"set back a little", 0, -minutes, 0, false, 1},
		{"set ahead a little", 0, minutes, 0, false, 1},
		{"put right, it was behind", -hours, hours, 0, false, 1},
		{"put right, it was ahead", hours, -hours, 0, false, 1},
		{"slept", 0, 0, 8 * time.Minute, false, 1},
		{"set back, then slept", 0, -minutes, 8 * time.Minute, false, 1},
		{"put right by hours, then slept", hours, -hours, 8 * time.Minute, false, 1},
		{"another page, right", 0, 0, 0, true, 1},
		{"another page, wrong as before, behind", -hours, 0, 0, true, 1},
		{"another page, wrong as before, ahead", hours, 0, 0, true, 1},
		{"another page, wrong as before, a little ahead", minutes, 0, 0, true, 1},
		{"another page, set back", 0, -hours, 0, true, 1},
		{"another page, set ahead", 0, hours, 0, true, 1},
		{"another page, set back a little", 0, -minutes, 0, true, 1},
		{"another page, set ahead a little", 0, minutes, 0, true, 1},
		{"another page, put right, it was behind", -hours, hours, 0, true, 1},
		{"another page, put right, it was ahead", hours, -hours, 0, true, 1},
		{"another page, put right, it was a little behind", -minutes, minutes, 0, true, 1},
	} {
		for maxAge, want := range map[time.Duration]SignInState{9 * time.Minute: "totpMFA", 11 * time.Minute: "signedIn"} {
			t.Run(c.name+", "+string(want), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBrowser(t)
					counts := &countingPool{fakePool: b.pool}
					ahead, slept := c.wrong, time.Duration(0)
					open := func() *page {
						p := b.open(Options{RejectExpired: true})
						p.Now = func() time.Time { return reading(time.Now(), ahead, slept) }
						p.clock.now = p.Now
						p.UserPool = struct {
							*stepPool
							sessionService
						}{&stepPool{fakePool: b.pool}, counts}
						t.Cleanup(p.Close)
						return p
					}
					p := open()
					mustSignIn(t, p, "ada")
					ahead += c.set
					time.Sleep(10 * time.Minute)
					slept = c.slept
					if c.another {
						p.Close()
						p = open()
					}
					seconds := int64(maxAge.Seconds())
					out, err := p.StepUp(t.Context(), StepUpInput{ACR: "urn:cognito:loa:1", MaxAge: &seconds})
					if err != nil || out.SignInState != want || counts.asked != c.asked {
						t.Errorf("after %v, maxAge %v: %+v, %v, %d refreshes", 10*time.Minute, maxAge, out, err, counts.asked)
					}
				})
			})
		}
	}
}

// monotonic is a whole second with a monotonic reading, which the time of a bubble lacks.
var monotonic = func() time.Time {
	now := time.Now()
	return now.Add(-time.Duration(now.Nanosecond()))
}()

// reading is t on a computer whose wall clock is ahead and whose monotonic one leaves out what it slept.
func reading(t time.Time, ahead, slept time.Duration) time.Time {
	now := monotonic.Add(time.Duration(t.UnixNano()) - slept)
	by := t.Add(ahead).Sub(now.Round(0))
	// Nothing of package time moves one reading alone: seconds stand above the nanoseconds' 30 bits.
	(*struct{ wall, ext uint64 })(unsafe.Pointer(&now)).wall += uint64(by/time.Second) << 30
	if !now.Round(0).Equal(t.Add(ahead)) {
		panic("package time keeps its readings elsewhere now")
	}
	return now
}

// stepPool asks for a code to step up.
type stepPool struct {
	*fakePool
	asked  map[string]string
	fails  error
	before func()
	of     chain  // whose tokens it issues; a new sign-in's by default
	keeps  string // the refresh token that goes on, of which the answer says nothing
}

func (f *stepPool) InitiateAuth(ctx context.Context, in InitiateAuthRequest) (AuthResponse, error) {
	if in.Parameters["TARGET_ACR_VALUES"] == "" {
		return f.fakePool.InitiateAuth(ctx, in)
	}
	f.asked = maps.Clone(in.Parameters)
	return NewChallenge("SOFTWARE_TOKEN_MFA", "session", map[string]string{"USERNAME": in.Parameters["USERNAME"]}, nil), f.fails
}

func (f *stepPool) RespondToAuthChallenge(_ context.Context, in ChallengeResponse) (AuthResponse, error) {
	if f.before != nil {
		f.before()
	}
	if in.Responses["SOFTWARE_TOKEN_MFA_CODE"] != "123456" {
		return AuthResponse{}, ServiceError("CodeMismatchException", "wrong", "", 400)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	of := f.of
	if of.user == "" {
		of.user = in.Responses["USERNAME"]
	}
	t := f.issue(of, f.keeps)
	if f.keeps != "" {
		t.Refresh = ""
	}
	return AuthResponse{Tokens: &t}, nil
}

func stepUpPages(t *testing.T) (*browser, *stepPool, *page, *page) {
	b := newBrowser(t)
	pool := &stepPool{fakePool: b.pool}
	one, two := b.open(Options{}), b.open(Options{})
	one.UserPool, two.UserPool = pool, pool
	t.Cleanup(func() { one.Close(); two.Close() })
	mustSignIn(t, one, "ada")
	return b, pool, one, two
}

func TestStepUp(t *testing.T) {
	ctx := context.Background()
	b, pool, one, two := stepUpPages(t)
	before, err := one.GetTokens(ctx, GetTokensInput{})
	if err != nil {
		t.Fatal(err)
	}
	ten := int64(10)
	out, err := one.StepUp(ctx, StepUpInput{ACR: " urn:cognito:loa:4  urn:cognito:loa:3", MaxAge: &ten})
	if err != nil || out.SignInState != "totpMFA" {
		t.Fatal(out, err)
	}
	for name, want := range map[string]string{"TARGET_ACR_VALUES": "urn:cognito:loa:4 urn:cognito:loa:3", "MAX_AGE": "10", "ACCESS_TOKEN": before.AccessToken.TokenString, "USERNAME": "ada"} {
		if pool.asked[name] != want {
			t.Errorf("%s is %q, want %q", name, pool.asked[name], want)
		}
	}
	if pending, err := one.GetPendingSignIn(ctx, TOTPNames{}); err != nil || pending == nil || !pending.StepUp {
		t.Errorf("pending %+v, %v", pending, err)
	}
	stored := b.stored()
	if _, err := one.ConfirmSignIn(ctx, ConfirmSignInInput{ChallengeResponse: "000000"}); AsError(err).Code != "codeMismatch" || !maps.Equal(b.stored(), stored) {
		t.Errorf("a wrong code: %v", err)
	}
	if out, err := one.ConfirmSignIn(ctx, ConfirmSignInInput{ChallengeResponse: "123456"}); err != nil || out.SignInState != "signedIn" {
		t.Fatal(out, err)
	}
	for _, p := range []*page{one, two} {
		mustFollow(t, p)
		after, err := p.GetTokens(ctx, GetTokensInput{})
		if err != nil || after.AccessToken.TokenString == before.AccessToken.TokenString || after.RefreshToken.TokenString == before.RefreshToken.TokenString {
			t.Errorf("the tokens are the old ones, %v", err)
		}
		if _, err := p.GetTokens(ctx, GetTokensInput{ForceRefresh: true}); err != nil {
			t.Error(err)
		}
	}
	for _, s := range one.states() {
		if s.UserState != SignedOut && s.UserState != SignedIn {
			t.Errorf("the listener heard %v", s)
		}
	}
	for range 1000 { // in the background
		pool.mu.Lock()
		_, live := pool.live[before.RefreshToken.TokenString]
		pool.mu.Unlock()
		if !live {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the old refresh token is not revoked")
}

func TestStepUpFails(t *testing.T) {
	ctx := context.Background()
	acr := StepUpInput{ACR: "urn:cognito:loa:4"}
	b, pool, one, _ := stepUpPages(t)
	stored := b.stored()
	negative := int64(-1)
	for _, in := range []StepUpInput{{}, {ACR: " "}, {ACR: "a", MaxAge: &negative}, {ACR: "a", PreferredChallenge: "PASSWORD"}} {
		if _, err := one.StepUp(ctx, in); err == nil || AsError(err).Code != "invalidParameter" {
			t.Errorf("%+v: %v", in, err)
		}
	}
	pool.fails = ServiceError("NotAuthorizedException", "No factor", "", 400)
	if _, err := one.StepUp(ctx, acr); err == nil || AsError(err).Code != "notAuthorized" {
		t.Error(err)
	}
	pool.fails = nil
	if !maps.Equal(b.stored(), stored) || one.state.get().UserState != SignedIn {
		t.Error("a refusal changed the session")
	}

	// Another user, or nobody, is signed in when the tokens come: they are nobody's.
	if _, err := one.StepUp(ctx, acr); err != nil {
		t.Fatal(err)
	}
	pool.before = func() {
		if _, err := one.SignOut(ctx, SignOutInput{}); err != nil {
			t.Error(err)
		}
	}
	if _, err := one.ConfirmSignIn(ctx, ConfirmSignInInput{ChallengeResponse: "123456"}); err == nil || AsError(err).Code != "signInSuperseded" {
		t.Error(err)
	}
	if one.state.get().UserState != SignedOut {
		t.Errorf("the state is %v", one.state.get())
	}
}

// A step-up whose tokens cannot be stored leaves the session as it was, whatever sign-in
// the service counts them to.
func TestStepUpThatCannotBeStored(t *testing.T) {
	for _, c := range []struct {
		name               string
		sameSignIn, rotate bool
	}{{"another sign-in's tokens", false, true}, {"the same sign-in's", true, true}, {"with the same refresh token", true, false}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, pool, one, two := stepUpPages(t)
				stored, full := b.stored(), errors.New("full")
				refresh := stored[one.layout.UserKey("ada", "refreshToken")]
				if c.sameSignIn {
					pool.of = pool.live[refresh]
				}
				if !c.rotate {
					pool.keeps = refresh
				}
				if _, err := one.StepUp(t.Context(), StepUpInput{ACR: "urn:cognito:loa:4"}); err != nil {
					t.Fatal(err)
				}
				one.own.Fail(full)
				if _, err := one.ConfirmSignIn(t.Context(), ConfirmSignInInput{ChallengeResponse: "123456"}); !errors.Is(err, full) {
					t.Errorf("%v", err)
				}
				synctest.Wait() // for what it does in the background
				one.own.Fail(nil)
				if !maps.Equal(b.stored(), stored) {
					t.Error("something is stored")
				}
				if len(pool.live) > 1 && !c.sameSignIn {
					t.Error("the refresh token that nobody has is not revoked")
				}
				for _, p := range []*page{one, two} {
					mustFollow(t, p)
					if s, err := p.loadSession(t.Context()); err != nil || s.Refresh != refresh || !p.news(t.Context()).shows(s, nil) {
						t.Errorf("the session is %+v, %v", s, err)
					}
					if _, err := p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}); err != nil {
						t.Error(err)
					}
					if got := p.state.get().UserState; got != SignedIn {
						t.Errorf("the state is %s", got)
					}
				}
			})
		})
	}
}
