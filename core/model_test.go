package core

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core/contract"
)

// model is what a user would expect of the session, in few words: who is signed
// in, until when the tokens are good, and whether the service would renew them.
type model struct {
	user  string
	until time.Time
	alive bool // the refresh token works
	dead  bool // a page has found out that it does not
	used  bool // storage may hold a note of a failure: a refresh may be refused for a pause
}

// TestModel runs random sequences of calls, faults, clock moves and tab events
// against the model.
func TestModel(t *testing.T) {
	sequences := 3000
	if testing.Short() {
		sequences = 300
	}
	first := rand.Uint64()
	for i := range sequences {
		seed := first + uint64(i)
		ok := t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runModel(t, seed) })
		})
		if !ok {
			t.Fatalf("seed %d", seed)
		}
	}
}

func runModel(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	ctx := context.Background()
	b := newBrowser(t)
	b.pool.rotates = r.IntN(2) == 0
	b.Lag = time.Duration(r.IntN(2)) * 20 * time.Millisecond
	b.Pace = b.Lag / 20
	pages := []*page{b.open(Options{RejectExpired: true}), b.open(Options{RejectExpired: true}), b.open(Options{RejectExpired: true})}
	defer func() {
		for _, p := range pages {
			p.Close()
		}
		synctest.Wait()
	}()
	var want model
	var trace []string
	var fault error
	// tell delivers what the browser tells other tabs.
	tell := func() {
		time.Sleep(2 * b.Lag)
		for _, p := range pages {
			if err := p.StorageChanged(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("%s\nafter %v", fmt.Sprintf(format, args...), trace)
	}
	for range 40 {
		p := pages[r.IntN(len(pages))]
		switch action := r.IntN(12); action {
		case 0, 1:
			user := fmt.Sprint("user", r.IntN(2))
			trace = append(trace, "signIn "+user)
			_, err := p.SignIn(ctx, SignInInput{Username: user, Password: "x"})
			switch {
			case want.user != "" && !want.dead:
				if AsError(err).Code != "invalidState" {
					fail("signIn while signed in: %v", err)
				}
			case fault != nil:
				if err == nil {
					fail("signIn in spite of %v", fault)
				}
			case err != nil:
				fail("signIn: %v", err)
			default:
				want = model{user: user, until: time.Now().Add(tokenLife), alive: true, used: want.used}
				tell()
			}
		case 2:
			trace = append(trace, "signOut")
			if _, err := p.SignOut(ctx, SignOutInput{}); err != nil {
				fail("signOut: %v", err)
			}
			if left := b.stored(); len(left) != 0 {
				fail("signOut left %v", left)
			}
			want = model{}
			tell()
		case 3, 4, 5, 6, 7:
			trace = append(trace, fmt.Sprint("getTokens fault ", fault != nil))
			out, err := p.GetTokens(ctx, GetTokensInput{})
			fresh := time.Now().Add(contract.TokenMargin).Before(want.until)
			switch {
			case want.user == "":
				if AsError(err).Code != "notSignedIn" {
					fail("getTokens signed out: %v", err)
				}
			case want.dead:
				if AsError(err).Code != "sessionExpired" {
					fail("getTokens of a dead session: %v", err)
				}
			case fresh:
				if err != nil {
					fail("getTokens of a fresh session: %v", err)
				}
			case fault != nil || want.used && err != nil && (AsError(err).Code == "serviceUnavailable" || AsError(err).Code == "networkError"): // in the pause
				if err == nil || !AsError(err).Retryable {
					fail("getTokens in spite of %v: %v", fault, err)
				}
				want.used = true
			case !want.alive:
				if AsError(err).Code != "sessionExpired" {
					fail("getTokens with a revoked token: %v", err)
				}
				want.dead = true
				tell()
			case err != nil:
				fail("getTokens: %v", err)
			default:
				want.until, want.used = time.Now().Add(tokenLife), false
				tell()
			}
			if err == nil {
				if got := out.AccessToken.Claims["username"]; got != want.user {
					fail("tokens of %v for %s", got, want.user)
				}
				if exp := time.UnixMilli(out.AccessToken.Expiration); !time.Now().Before(exp) {
					fail("expired tokens were returned")
				}
			}
		case 8:
			d := time.Duration(r.IntN(90)) * time.Minute
			trace = append(trace, d.String())
			time.Sleep(d) // the timers of early refreshes run meanwhile
			synctest.Wait()
			// What an early refresh may have done is read off, not predicted.
			if s, err := p.loadSession(ctx); err == nil && s != nil && want.user == s.Username {
				switch {
				case s.Access != nil && s.Refresh != "":
					want.until = s.Access.Expiration()
				case !want.alive && !want.dead:
					want.dead = true
				}
			}
			want.used = want.used || fault != nil
			tell()
		case 9:
			fault = nil
			if r.IntN(2) == 0 {
				fault = []error{
					ServiceError("InternalErrorException", "", "", 500), ServiceError("TooManyRequestsException", "", "", 400),
					NetworkError("unreachable", nil), &Error{Name: "InvalidResponse", Code: "invalidResponse", Retryable: true},
				}[r.IntN(4)]
			}
			trace = append(trace, fmt.Sprint("fault ", fault))
			b.pool.setFault(fault)
		case 10:
			trace = append(trace, "revoke")
			b.pool.revokeAll()
			want.alive = false
		case 11:
			i := r.IntN(len(pages))
			trace = append(trace, "reload")
			pages[i].Close()
			pages[i] = b.open(Options{RejectExpired: true})
		}
		state := SignedOut
		switch {
		case want.user != "" && want.dead:
			state = SignedOutUserPoolsTokenInvalid
		case want.user != "":
			state = SignedIn
		}
		for i, p := range pages {
			if got := p.state.get().UserState; got != state {
				fail("page %d is %s, want %s", i, got, state)
			}
		}
	}
	for i, p := range pages {
		heard := p.states()
		for j := 1; j < len(heard); j++ {
			if heard[j].UserState == heard[j-1].UserState && heard[j].Details["username"] == heard[j-1].Details["username"] {
				t.Errorf("page %d heard %s twice in a row, after %v", i, heard[j].UserState, trace)
			}
		}
	}
}
