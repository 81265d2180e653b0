//go:build !js

package core

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"amplify-auth/core/config"
)

// Making an RSA key takes a while, so that all tests share these.
var testKeys = sync.OnceValue(func() (keys [3]*rsa.PrivateKey) {
	for i := range keys {
		var err error
		if keys[i], err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	return keys
})

// sign makes a JSON Web Token by hand: tests need headers that no library writes.
func sign(header, claims map[string]any, key *rsa.PrivateKey) string {
	text := part(header) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func part(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// fakeProvider is an OpenID provider behind the HTTP port: that of a user pool, or
// another one. The zero values of its knobs make an honest one.
type fakeProvider struct {
	t      testing.TB
	cfg    *config.OAuth
	pool   *config.UserPool // nil for another provider
	issuer string

	mu       sync.Mutex
	requests []HTTPRequest
	codes    map[string]url.Values // authorization requests by code
	refresh  map[string]url.Values // by refresh token
	serial   int

	forge      func(use string, header, claims map[string]any) string // makes a token in place of sign
	answer     func(grant url.Values) (status int, body string)       // in place of tokens
	fault      error                                                  // of every request
	metadata   map[string]any                                         // more metadata
	kids       []string                                               // of the keys that it publishes
	keys       func() error                                           // asked for at each fetch of the keys, if set
	opaque     bool                                                   // access tokens are no JWTs
	noIDToken  bool                                                   // refreshes bring none
	rotates    bool
	date       func() time.Time // the Date header of the page's own server
	accessLife time.Duration
}

const (
	poolOrigin = "https://cognito-idp.us-east-1.amazonaws.com"
	appOrigin  = "https://app.example"
)

func newFakePoolProvider(t testing.TB) *fakeProvider {
	pool := &config.UserPool{ID: "us-east-1_Fake", ClientID: "client", Region: "us-east-1"}
	return newFakeProvider(t, poolOrigin+"/us-east-1_Fake", pool, &config.OAuth{
		ClientID: "client", Domain: "https://login.example", Scopes: []string{"openid", "email"},
		SignInRedirectURIs: []string{appOrigin + "/callback", "https://other.example/callback"}, SignOutRedirectURIs: []string{appOrigin + "/signed-out"},
	})
}

// newFakeAuth0 is configured as the guide does it.
func newFakeAuth0(t testing.TB) *fakeProvider {
	return newFakeProvider(t, "https://tenant.auth0.example/", nil, &config.OAuth{
		ClientID: "auth0-client", Domain: "https://tenant.auth0.example", Scopes: []string{"openid", "email", "offline_access"},
		SignInURI: "https://tenant.auth0.example/authorize", TokenURI: "https://tenant.auth0.example/oauth/token", SignOutURI: "https://tenant.auth0.example/v2/logout",
		SignInRedirectURIs:        []string{appOrigin + "/callback"},
		SignOutURIQueryParameters: map[string]string{"client_id": "auth0-client", "returnTo": appOrigin + "/bye"},
		TokenURIQueryParameters:   map[string]string{"audience": "https://api.example"},
	})
}

func newFakeProvider(t testing.TB, issuer string, pool *config.UserPool, o *config.OAuth) *fakeProvider {
	return &fakeProvider{t: t, cfg: o, pool: pool, issuer: issuer, codes: map[string]url.Values{}, refresh: map[string]url.Values{}, kids: []string{"id", "access"}, accessLife: time.Hour}
}

func (f *fakeProvider) key(kid string) *rsa.PrivateKey {
	return testKeys()[map[string]int{"id": 0, "access": 1}[kid]]
}

func (f *fakeProvider) Send(ctx context.Context, r HTTPRequest) (HTTPResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, r)
	if f.fault != nil {
		return HTTPResponse{}, f.fault
	}
	reply := func(status int, v any) (HTTPResponse, error) {
		data, err := json.Marshal(v)
		if text, ok := v.(string); ok {
			data = []byte(text)
		}
		return HTTPResponse{Status: status, Body: data}, err
	}
	switch u, _ := url.Parse(r.URL); {
	case strings.HasPrefix(r.URL, appOrigin) && f.date != nil:
		return HTTPResponse{Status: 200, Date: f.date()}, nil
	case strings.HasSuffix(u.Path, "/.well-known/openid-configuration"):
		m := map[string]any{
			"issuer": f.issuer, "jwks_uri": strings.TrimSuffix(f.issuer, "/") + "/.well-known/jwks.json",
			"authorization_endpoint": "https://tenant.auth0.example/authorize", "token_endpoint": "https://tenant.auth0.example/oauth/token",
			"revocation_endpoint": "https://tenant.auth0.example/oauth/revoke", "end_session_endpoint": "https://tenant.auth0.example/oidc/logout",
		}
		maps.Copy(m, f.metadata)
		return reply(200, m)
	case strings.HasSuffix(u.Path, "/.well-known/jwks.json"):
		if f.keys != nil {
			if err := f.keys(); err != nil {
				return HTTPResponse{}, err
			}
		}
		keys := []any{map[string]string{"kty": "EC", "kid": "ec", "crv": "P-256"}}
		for _, kid := range f.kids {
			k := f.key(kid)
			keys = append(keys, map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
				"n": base64.RawURLEncoding.EncodeToString(k.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.E)).Bytes())})
		}
		return reply(200, map[string]any{"keys": keys})
	case strings.HasSuffix(u.Path, "/revoke"):
		delete(f.refresh, r.Form.Get("token"))
		return reply(200, "")
	case strings.HasSuffix(u.Path, "/token"):
		if f.answer != nil {
			return reply(f.answer(r.Form))
		}
		return reply(f.grant(r.Form))
	}
	return reply(404, "not found")
}

func (f *fakeProvider) grant(form url.Values) (int, any) {
	refused := func(code string) (int, any) { return 400, map[string]string{"error": code} }
	if form.Get("client_id") != f.cfg.ClientID {
		return refused("invalid_client")
	}
	var q url.Values
	switch form.Get("grant_type") {
	case "authorization_code":
		code := form.Get("code")
		q = f.codes[code]
		delete(f.codes, code)
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if q == nil || q.Get("redirect_uri") != form.Get("redirect_uri") ||
			q.Has("code_challenge") && q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) {
			return refused("invalid_grant")
		}
	case "refresh_token":
		if q = f.refresh[form.Get("refresh_token")]; q == nil {
			return refused("invalid_grant")
		}
	default:
		return refused("unsupported_grant_type")
	}
	f.serial++
	now := time.Now()
	claims := func(use string) (map[string]any, map[string]any) {
		c := map[string]any{"iss": f.issuer, "sub": "sub-ada", "iat": now.Unix(), "exp": now.Add(f.accessLife).Unix(), "jti": fmt.Sprint(use, f.serial)}
		if f.pool != nil {
			c["token_use"], c["origin_jti"] = use, q.Get("state")
		}
		return map[string]any{"alg": "RS256", "kid": use}, c
	}
	make := func(use string, header, c map[string]any) string {
		if f.forge != nil {
			if token := f.forge(use, header, c); token != "" {
				return token
			}
		}
		return sign(header, c, f.key(use))
	}
	header, c := claims("access")
	c["client_id"], c["username"], c["scope"] = f.cfg.ClientID, "ada", q.Get("scope")
	access := make("access", header, c)
	if f.opaque {
		access = fmt.Sprint("opaque-", f.serial)
	}
	out := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(f.accessLife.Seconds())}
	first := form.Get("grant_type") == "authorization_code"
	if strings.Contains(q.Get("scope"), "openid") && (first || !f.noIDToken) {
		header, c := claims("id")
		hash := sha256.Sum256([]byte(access)) // OpenID Connect Core 1.0 section 3.1.3.6
		c["aud"], c["email"], c["at_hash"] = f.cfg.ClientID, "ada@example.com", base64.RawURLEncoding.EncodeToString(hash[:16])
		if n := q.Get("nonce"); n != "" && first {
			c["nonce"] = n
		}
		out["id_token"] = make("id", header, c)
	}
	if first || f.rotates {
		token := fmt.Sprint("refresh-", f.serial)
		delete(f.refresh, form.Get("refresh_token"))
		f.refresh[token] = q
		out["refresh_token"] = token
	}
	return 200, out
}

// approve is the user at the provider: it returns where the browser is sent.
func (f *fakeProvider) approve(address string, more ...string) string {
	f.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		f.t.Fatal(err)
	}
	q := u.Query()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serial++
	code := fmt.Sprint("code-", f.serial)
	f.codes[code] = q
	response := url.Values{"code": {code}, "state": {q.Get("state")}}
	for i := 0; i < len(more); i += 2 {
		response.Set(more[i], more[i+1])
	}
	return q.Get("redirect_uri") + "?" + response.Encode()
}

// asked lists the paths that were requested.
func (f *fakeProvider) asked() (paths []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.requests {
		u, _ := url.Parse(r.URL)
		paths = append(paths, u.Path)
	}
	return paths
}

// fakeWindow is Navigation: page tells where it is, left and popup hear of what it
// is told to show.
type fakeWindow struct {
	url    string
	framed bool
	left   chan string
	popup  func(ctx context.Context, p Popup, mine func(string) bool) (string, error)

	forgetful bool
}

func (w *fakeWindow) Page() (string, bool) { return w.url, w.framed }

func (w *fakeWindow) Leave(ctx context.Context, address string) error {
	w.left <- address
	<-ctx.Done()
	return ctx.Err()
}

func (w *fakeWindow) Keeps(context.Context) bool { return !w.forgetful }

func (w *fakeWindow) Popup(ctx context.Context, p Popup, mine func(string) bool) (string, error) {
	return w.popup(ctx, p, mine)
}

// uiPage is a page that can show a provider.
type uiPage struct {
	*page
	t       testing.TB
	window  *fakeWindow
	session *memory
	op      *fakeProvider
}

// openUI opens a page; session is nil for a new tab.
func openUI(b *browser, op *fakeProvider, session *memory) *uiPage {
	if session == nil {
		session = newMemory()
	}
	p := &uiPage{page: &page{own: b.Page()}, t: b.t, window: &fakeWindow{url: appOrigin + "/start", left: make(chan string, 1)}, session: session, op: op}
	cfg := &config.Config{UserPool: op.pool, OAuth: op.cfg, AuthFlow: "USER_PASSWORD_AUTH"}
	deps := Deps{
		Storage: p.own, Session: session, Locks: p.own, Network: &b.network, Random: rand.Reader, Now: time.Now, HTTP: op, Navigation: p.window,
		Emit: func(e Event) {
			p.mu.Lock()
			defer p.mu.Unlock()
			if s, ok := e.Detail.(State); ok {
				p.heard = append(p.heard, s)
			}
		},
	}
	if op.pool != nil {
		deps.UserPool = b.pool
	}
	p.Auth = New(cfg, Options{RejectExpired: true}, deps)
	b.t.Cleanup(p.Close)
	if err := p.StorageChanged(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	return p
}

// leave starts a sign-in and returns the authorization request.
func (p *uiPage) leave(o HostedUIOptions) string {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() {
		_, err := p.ShowSignIn(ctx, ShowSignInInput{HostedUI: o})
		failed <- err
	}()
	defer cancel()
	select {
	case address := <-p.window.left:
		return address
	case err := <-failed:
		p.t.Fatalf("showSignIn: %v", err)
		return ""
	}
}

func (p *uiPage) handle(address string) (*AuthResponseResult, error) {
	return p.HandleAuthResponse(context.Background(), AuthResponseInput{URL: address})
}

// mustSignIn does a whole sign-in by redirect.
func (p *uiPage) mustSignIn(o HostedUIOptions) {
	p.t.Helper()
	got, err := p.handle(p.op.approve(p.leave(o)))
	if err != nil || !got.Handled || got.UserState != SignedIn {
		p.t.Fatalf("handleAuthResponse: %+v %v", got, err)
	}
}

// noToken fails when a token, or anything else of a session, is stored.
func (p *uiPage) noToken(b *browser) {
	p.t.Helper()
	for key, value := range b.stored() {
		p.t.Errorf("%s is stored: %.40s", key, value)
	}
	if s := p.state.get().UserState; s == SignedIn {
		p.t.Error("the user is signed in")
	}
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}
