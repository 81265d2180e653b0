// Package engine runs core natively against the local Cognito: every flow without
// a browser, with a clock that both sides share.
package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/api"
	"amplify-auth/core/cognito"
	"amplify-auth/core/config"
	"amplify-auth/core/origin/origintest"
	"amplify-auth/core/srp"
	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
)

// An Env is a local Cognito and what the pages of one browser share.
type Env struct {
	e2e.Administrator
	T       testing.TB
	Cognito *emulator.Server
	Local   *Store
	Origin  *origintest.Origin // whose locks the pages share
	Online  atomic.Bool
	Skew    time.Duration // the local clock minus the service's
	Sent    chan string   // the operation of every request that left a page
	// TokenSource gives federated tokens; nil without one. It is taken when a page opens.
	TokenSource core.TokenSource
}

// Start starts a seeded local Cognito.
func Start(t testing.TB) *Env {
	t.Helper()
	s, err := emulator.Start(emulator.Options{Limits: emulator.Limits{Lockout: true}, Logf: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	e := &Env{Administrator: e2e.Administer(t, s), T: t, Cognito: s, Local: NewStore(), Origin: origintest.New(), Sent: make(chan string, 1<<16)}
	e.Online.Store(true)
	return e
}

// Config is the configuration of a client of the seeded pool.
func (e *Env) Config(clientID string) *config.Config {
	return e.Parse(fmt.Sprintf(`{"auth": {"user_pool_id": %q, "user_pool_client_id": %q, "user_pool_endpoint": %q}}`,
		emulator.SeedPoolID, clientID, e.Cognito.URL()))
}

// Parse reads a configuration.
func (e *Env) Parse(text string) *config.Config {
	e.T.Helper()
	cfg, err := config.Parse([]byte(text))
	if err != nil {
		e.T.Fatal(err)
	}
	return cfg
}

// NewPool makes a pool and returns its configuration and its id.
func (e *Env) NewPool(pool, client map[string]any) (*config.Config, string) {
	e.T.Helper()
	p := e.Administrator.NewPool(pool, client)
	return e.Parse(e2e.Args(p.Config())), p.ID
}

// A Page is one page with a client.
type Page struct {
	*core.Auth
	T       testing.TB
	Session *Store
	mu      sync.Mutex
	events  []core.Event
}

// NewPage opens a page with a client of cfg. session is the page's own store when
// it is reloaded, else nil.
func (e *Env) NewPage(cfg *config.Config, opts core.Options, session *Store) *Page {
	e.T.Helper()
	if session == nil {
		session = NewStore()
	}
	p := &Page{T: e.T, Session: session}
	deps := core.Deps{
		Storage: e.Local, Session: session, Locks: e.Origin.Page(), Network: network{&e.Online},
		Random: rand.Reader, Exp: srp.GoExp, Now: func() time.Time { return e.Cognito.Now().Add(e.Skew) }, Emit: p.emit, Issuer: "example.com", DeviceName: "Test",
	}
	observe := func(server time.Time, took time.Duration) { p.Auth.ObserveTime(server, took) }
	if cfg.UserPool != nil {
		deps.UserPool = cognito.NewUserPool(cfg.UserPool, client{e}, observe)
	}
	if cfg.IdentityPool != nil {
		deps.IdentityPool = cognito.NewIdentityPool(cfg.IdentityPool, client{e}, observe)
		deps.TokenSource = e.TokenSource
	}
	p.Auth = core.New(cfg, opts, deps)
	e.T.Cleanup(p.Auth.Close)
	if _, err := p.Initialize(context.Background()); err != nil {
		e.T.Fatal(err)
	}
	return p
}

func (p *Page) emit(ev core.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, ev)
}

// States lists the user states that were told so far.
func (p *Page) States() []core.UserState {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []core.UserState
	for _, ev := range p.events {
		if s, ok := ev.Detail.(core.State); ok {
			out = append(out, s.UserState)
		}
	}
	return out
}

// Call runs a method of the JavaScript API. args is an object; the result is
// decoded into a map.
func (p *Page) Call(method string, args map[string]any) (map[string]any, *core.Error) {
	p.T.Helper()
	return p.CallContext(context.Background(), method, args)
}

// CallContext is Call under ctx.
func (p *Page) CallContext(ctx context.Context, method string, args map[string]any) (map[string]any, *core.Error) {
	p.T.Helper()
	if args == nil {
		args = map[string]any{}
	}
	in, err := json.Marshal(args)
	if err != nil {
		p.T.Fatal(err)
	}
	out, err := api.Call(ctx, p.Auth, method, in)
	if err != nil {
		return nil, core.AsError(err)
	}
	var v any
	if err := json.Unmarshal(out, &v); err != nil {
		p.T.Fatal(err)
	}
	m, ok := v.(map[string]any)
	if !ok {
		m = map[string]any{"result": v}
	}
	return m, nil
}

// Must is Call that has to succeed.
func (p *Page) Must(method string, args map[string]any) map[string]any {
	p.T.Helper()
	out, err := p.Call(method, args)
	if err != nil {
		p.T.Fatalf("%s: %v (%s)", method, err, err.Code)
	}
	return out
}

// Fails is Call that has to fail with a code.
func (p *Page) Fails(method string, args map[string]any, code string) *core.Error {
	p.T.Helper()
	out, err := p.Call(method, args)
	if err == nil {
		p.T.Fatalf("%s: %v, want the error %s", method, out, code)
	}
	if err.Code != code {
		p.T.Fatalf("%s: %v (%s), want the code %s", method, err, err.Code, code)
	}
	return err
}

// client sends requests unless the browser is offline.
type client struct{ *Env }

var transport = &http.Transport{}

func (c client) Do(r *http.Request) (*http.Response, error) {
	if !c.Online.Load() {
		return nil, core.NetworkError("The browser is offline.", core.ErrOffline)
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.Sent <- operation
	resp, err := transport.RoundTrip(r)
	if err != nil {
		if r.Context().Err() != nil {
			return nil, r.Context().Err()
		}
		return nil, core.NetworkError("unreachable", errors.New("connection failed"))
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, core.NetworkError("cut off", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

type network struct{ online *atomic.Bool }

func (n network) Online() bool { return n.online.Load() }

// A Store is storage that pages share.
type Store struct {
	mu     sync.Mutex
	values map[string]string
}

// NewStore makes an empty store.
func NewStore() *Store { return &Store{values: map[string]string{}} }

func (s *Store) Get(ctx context.Context, keys ...string) ([]*string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*string, len(keys))
	for i, k := range keys {
		if v, ok := s.values[k]; ok {
			out[i] = &v
		}
	}
	return out, ctx.Err()
}

func (s *Store) Apply(ctx context.Context, changes []core.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, c := range changes {
		if c.Value == nil {
			delete(s.values, c.Key)
		} else {
			s.values[c.Key] = *c.Value
		}
	}
	return nil
}

// All is a copy of everything stored.
func (s *Store) All() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.values)
}

// Set stores a value as another program would.
func (s *Store) Set(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = value
}
