package core

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/origin/origintest"
	"amplify-auth/core/srp"

	"crypto/rand"
)

// fakePool is a user pool that keeps sessions and knows no passwords. What it
// does not implement is nil and would panic.
type fakePool struct {
	UserPool
	t       testing.TB
	mu      sync.Mutex
	serial  int
	live    map[string]chain // by refresh token
	rotates bool
	grace   bool          // a rotated refresh token serves on for those who lost the answer
	fault   error         // what every operation answers
	renewed int           // refreshes that succeeded
	slow    time.Duration // that a sign-in takes
}

// A chain is what tokens of one sign-in share.
type chain struct {
	user, origin string
	at           int64 // when it was, in seconds since 1970
}

const tokenLife = time.Hour

var fakeConfig = &config.Config{
	UserPool: &config.UserPool{ID: "us-east-1_Fake", ClientID: "client", Region: "us-east-1"}, AuthFlow: "USER_PASSWORD_AUTH",
}

// fakeToken makes a token that nobody can verify.
func fakeToken(use string, of chain, serial int, now time.Time, life time.Duration) string {
	claims := map[string]any{
		"token_use": use, "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Fake", "username": of.user, "sub": "sub-" + of.user,
		"origin_jti": of.origin, "jti": fmt.Sprint(use, serial), "iat": now.Unix(), "exp": now.Add(life).Unix(),
		"auth_time": of.at, "acr": "urn:cognito:loa:1",
	}
	if use == "id" {
		claims["aud"] = "client"
	} else {
		claims["client_id"] = "client"
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	return "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(payload) + ".c2ln"
}

// issue makes tokens; refresh is the token to keep, or empty for a new one.
func (f *fakePool) issue(of chain, refresh string) Tokens {
	f.serial++
	if of.origin == "" {
		of.origin = fmt.Sprint("o", f.serial)
	}
	if refresh == "" {
		refresh = fmt.Sprint("refresh-", f.serial)
	}
	now := time.Now()
	if of.at == 0 {
		of.at = now.Unix()
	}
	f.live[refresh] = of
	return Tokens{Access: fakeToken("access", of, f.serial, now, tokenLife), ID: fakeToken("id", of, f.serial, now, tokenLife), Refresh: refresh}
}

func (f *fakePool) InitiateAuth(ctx context.Context, in InitiateAuthRequest) (AuthResponse, error) {
	time.Sleep(f.slow)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return AuthResponse{}, f.fault
	}
	t := f.issue(chain{user: in.Parameters["USERNAME"]}, "")
	return AuthResponse{Tokens: &t}, nil
}

func (f *fakePool) RefreshTokens(ctx context.Context, in RefreshRequest) (Tokens, error) {
	select {
	case <-time.After(100 * time.Millisecond): // the network
	case <-ctx.Done():
		return Tokens{}, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return Tokens{}, f.fault
	}
	of, ok := f.live[in.RefreshToken]
	if !ok {
		return Tokens{}, ServiceError("NotAuthorizedException", "Refresh Token has been revoked", "", 400)
	}
	f.renewed++
	if f.rotates {
		if !f.grace {
			delete(f.live, in.RefreshToken)
		}
		return f.issue(of, ""), nil
	}
	t := f.issue(of, in.RefreshToken)
	t.Refresh = ""
	return t, nil
}

func (f *fakePool) RevokeToken(ctx context.Context, refreshToken string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return f.fault
	}
	if revoked, ok := f.live[refreshToken]; ok { // and with it all of its sign-in
		maps.DeleteFunc(f.live, func(_ string, of chain) bool { return of.origin == revoked.origin })
	}
	return nil
}

// revokeAll ends every session at the service.
func (f *fakePool) revokeAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.live)
}

func (f *fakePool) setFault(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = err
}

// countingPool counts the refreshes that are asked for.
type countingPool struct {
	*fakePool
	asked    int
	answered func() // if any
}

func (c *countingPool) RefreshTokens(ctx context.Context, in RefreshRequest) (Tokens, error) {
	c.asked++
	if c.answered != nil {
		defer c.answered()
	}
	return c.fakePool.RefreshTokens(ctx, in)
}

// fakeNetwork is on or off for all pages.
type fakeNetwork struct{ off atomic.Bool }

func (n *fakeNetwork) Online() bool { return !n.off.Load() }

// browser is what pages of one origin share.
type browser struct {
	*origintest.Origin
	t       testing.TB
	pool    *fakePool
	network fakeNetwork
}

func newBrowser(t testing.TB) *browser {
	return &browser{Origin: origintest.New(), t: t, pool: &fakePool{t: t, live: map[string]chain{}}}
}

// stored is what the browser has in the end.
func (b *browser) stored() map[string]string { return b.Values(nil) }

// page is a client and the states that its listener heard.
type page struct {
	*Auth
	own   *origintest.Page
	mu    sync.Mutex
	heard []State

	regionsHeard []RegionChange
}

func (b *browser) open(opts Options) *page {
	p := &page{own: b.Page()}
	p.Auth = New(fakeConfig, opts, Deps{
		UserPool: b.pool, Storage: p.own, Session: newMemory(), Locks: p.own, Network: &b.network,
		Random: rand.Reader, Exp: srp.GoExp, Now: time.Now,
		Emit: func(e Event) {
			p.mu.Lock()
			defer p.mu.Unlock()
			switch d := e.Detail.(type) {
			case State:
				p.heard = append(p.heard, d)
			case RegionChange:
				p.regionsHeard = append(p.regionsHeard, d)
			}
		},
	})
	p.ready.pair = new(srp.Ephemeral) // never used: no exponentiation in these tests
	if _, err := p.Initialize(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (p *page) Close() {
	p.Auth.Close()
	p.own.Close()
}

func (p *page) states() []State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]State(nil), p.heard...)
}
