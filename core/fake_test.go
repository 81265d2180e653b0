package core

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amplify-auth/core/config"
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
	live    map[string]string // refresh token -> user
	rotates bool
	fault   error // what every operation answers
	renewed int   // refreshes that succeeded
}

const tokenLife = time.Hour

var fakeConfig = &config.Config{
	UserPool: &config.UserPool{ID: "us-east-1_Fake", ClientID: "client", Region: "us-east-1"}, AuthFlow: "USER_PASSWORD_AUTH",
}

// fakeToken makes a token that nobody can verify.
func fakeToken(use, user string, serial int, now time.Time, life time.Duration) string {
	claims := map[string]any{
		"token_use": use, "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Fake", "username": user, "sub": "sub-" + user,
		"origin_jti": fmt.Sprint("o", serial), "jti": fmt.Sprint(use, serial), "iat": now.Unix(), "exp": now.Add(life).Unix(),
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
func (f *fakePool) issue(user, refresh string) Tokens {
	f.serial++
	if refresh == "" {
		refresh = fmt.Sprint("refresh-", f.serial)
	}
	f.live[refresh] = user
	now := time.Now()
	return Tokens{Access: fakeToken("access", user, f.serial, now, tokenLife), ID: fakeToken("id", user, f.serial, now, tokenLife), Refresh: refresh}
}

func (f *fakePool) InitiateAuth(ctx context.Context, in InitiateAuthRequest) (AuthResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return AuthResponse{}, f.fault
	}
	t := f.issue(in.Parameters["USERNAME"], "")
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
	user, ok := f.live[in.RefreshToken]
	if !ok {
		return Tokens{}, ServiceError("NotAuthorizedException", "Refresh Token has been revoked", "", 400)
	}
	f.renewed++
	if f.rotates {
		delete(f.live, in.RefreshToken)
		return f.issue(user, ""), nil
	}
	t := f.issue(user, in.RefreshToken)
	t.Refresh = ""
	return t, nil
}

func (f *fakePool) RevokeToken(ctx context.Context, refreshToken string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return f.fault
	}
	delete(f.live, refreshToken)
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

// fakeNetwork is on or off for all pages.
type fakeNetwork struct{ off atomic.Bool }

func (n *fakeNetwork) Online() bool { return !n.off.Load() }

// fakeLocks are locks that pages share.
type fakeLocks struct{ ch chan struct{} }

func newFakeLocks() fakeLocks { return fakeLocks{make(chan struct{}, 1)} }

func (l fakeLocks) With(ctx context.Context, _ string, wait time.Duration, f func(context.Context, bool) error) error {
	select {
	case l.ch <- struct{}{}:
		defer func() { <-l.ch }()
		return f(ctx, true)
	case <-time.After(wait):
		return f(ctx, false)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (fakeLocks) Publish(context.Context, string, string)    {}
func (fakeLocks) Published(context.Context, string) []string { return nil }

// browser is what pages of one origin share.
type browser struct {
	t       testing.TB
	pool    *fakePool
	storage *memory
	locks   fakeLocks
	network fakeNetwork
}

func newBrowser(t testing.TB) *browser {
	return &browser{t: t, pool: &fakePool{t: t, live: map[string]string{}}, storage: newMemory(), locks: newFakeLocks()}
}

// page is a client and the states that its listener heard.
type page struct {
	*Auth
	mu    sync.Mutex
	heard []State
}

func (b *browser) open(opts Options) *page {
	p := new(page)
	p.Auth = New(fakeConfig, opts, Deps{
		UserPool: b.pool, Storage: b.storage, Session: newMemory(), Locks: b.locks, Network: &b.network,
		Random: rand.Reader, Exp: srp.GoExp, Now: time.Now,
		Emit: func(e Event) {
			p.mu.Lock()
			defer p.mu.Unlock()
			if s, ok := e.Detail.(State); ok {
				p.heard = append(p.heard, s)
			}
		},
	})
	p.ready.pair = new(srp.Ephemeral) // never used: no exponentiation in these tests
	if _, err := p.Initialize(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (p *page) states() []State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]State(nil), p.heard...)
}
