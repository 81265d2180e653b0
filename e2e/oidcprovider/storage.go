package oidcprovider

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// storage is op.Storage in memory: the one client, requests under way, sessions and refresh tokens.
type storage struct {
	options Options
	client  client
	key     *rsa.PrivateKey

	mu       sync.Mutex
	requests map[string]*request
	codes    map[string]string // request ids by code
	sessions map[string]string // e-mail addresses by cookie
	refresh  map[string]*grant
	tokens   map[string]*grant // by the id of an access token
	audience string            // of the last token request
}

func newStorage(o Options) (*storage, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return &storage{
		options: o, client: client{o}, key: key,
		requests: map[string]*request{}, codes: map[string]string{}, sessions: map[string]string{}, refresh: map[string]*grant{}, tokens: map[string]*grant{},
	}, err
}

// request is an authorization request under way.
type request struct {
	oidc.AuthRequest
	id       string
	email    string // once the user has logged in
	authTime time.Time
}

func (r *request) GetID() string                      { return r.id }
func (r *request) GetACR() string                     { return "" }
func (r *request) GetAMR() []string                   { return []string{"pwd"} }
func (r *request) GetAudience() []string              { return []string{r.ClientID} }
func (r *request) GetAuthTime() time.Time             { return r.authTime }
func (r *request) GetClientID() string                { return r.ClientID }
func (r *request) GetNonce() string                   { return r.Nonce }
func (r *request) GetRedirectURI() string             { return r.RedirectURI }
func (r *request) GetResponseType() oidc.ResponseType { return r.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.ResponseMode }
func (r *request) GetScopes() []string                { return r.Scopes }
func (r *request) GetState() string                   { return r.State }
func (r *request) GetSubject() string                 { return subject(r.email) }
func (r *request) Done() bool                         { return r.email != "" }
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	if r.CodeChallenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}
}

// subject is the id of a user, as Auth0 writes it.
func subject(email string) string {
	sum := sha256.Sum256([]byte(email))
	return "auth0|" + hex.EncodeToString(sum[:12])
}

// grant is what tokens stand for. It is op.RefreshTokenRequest.
type grant struct {
	email    string
	clientID string
	scopes   []string
	audience []string
	authTime time.Time
}

func (g *grant) GetAMR() []string               { return []string{"pwd"} }
func (g *grant) GetAudience() []string          { return g.audience }
func (g *grant) GetAuthTime() time.Time         { return g.authTime }
func (g *grant) GetClientID() string            { return g.clientID }
func (g *grant) GetScopes() []string            { return g.scopes }
func (g *grant) GetSubject() string             { return subject(g.email) }
func (g *grant) SetCurrentScopes(list []string) { g.scopes = list }

func (s *storage) seen(form url.Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audience = form.Get("audience")
}

func (s *storage) request(id string) *request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[id]
}

func (s *storage) loggedIn(id, email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.requests[id]; r != nil {
		r.email, r.authTime = email, time.Now()
	}
}

func (s *storage) session(value string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[value]
}

func (s *storage) newSession(email string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	value := rand.Text()
	s.sessions[value] = email
	return value
}

func (s *storage) endSession(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, value)
}

func (s *storage) CreateAuthRequest(_ context.Context, in *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &request{AuthRequest: *in, id: rand.Text()}
	s.requests[r.id] = r
	return r, nil
}

var errUnknown = errors.New("not known")

func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	if r := s.request(id); r != nil {
		return r, nil
	}
	return nil, errUnknown
}

func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = id
	return nil
}

// AuthRequestByCode takes the code: it is good once.
func (s *storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.requests[s.codes[code]]
	delete(s.codes, code)
	if r == nil {
		return nil, errUnknown
	}
	return r, nil
}

func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	return nil
}

// grantOf makes the grant of a token request.
func (s *storage) grantOf(in op.TokenRequest) *grant {
	switch in := in.(type) {
	case *request:
		return &grant{in.email, in.ClientID, in.Scopes, []string{in.ClientID}, in.authTime}
	case *grant:
		return in
	}
	return &grant{}
}

func (s *storage) CreateAccessToken(_ context.Context, in op.TokenRequest) (string, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := rand.Text()
	s.tokens[id] = s.grantOf(in)
	return id, time.Now().Add(s.options.Lifetime), nil
}

// CreateAccessAndRefreshTokens rotates: the refresh token that was used is spent.
func (s *storage) CreateAccessAndRefreshTokens(ctx context.Context, in op.TokenRequest, used string) (string, string, time.Time, error) {
	id, expires, err := s.CreateAccessToken(ctx, in)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.refresh, used)
	token := rand.Text()
	s.refresh[token] = s.grantOf(in)
	return id, token, expires, err
}

func (s *storage) TokenRequestByRefreshToken(_ context.Context, token string) (op.RefreshTokenRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.refresh[token]; g != nil {
		return g, nil
	}
	return nil, op.ErrInvalidRefreshToken
}

func (s *storage) GetRefreshTokenInfo(_ context.Context, _, token string) (userID, tokenID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.refresh[token]; g != nil {
		return subject(g.email), token, nil
	}
	return "", "", op.ErrInvalidRefreshToken
}

func (s *storage) RevokeToken(_ context.Context, token, _, clientID string) *oidc.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.refresh[token]; g != nil && g.clientID != clientID {
		return oidc.ErrInvalidClient()
	}
	delete(s.refresh, token)
	delete(s.tokens, token)
	return nil
}

func (s *storage) TerminateSession(_ context.Context, userID, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for value, email := range s.sessions {
		if userID == "" || subject(email) == userID {
			delete(s.sessions, value)
		}
	}
	return nil
}

// signingKey is both the private and the published key.
type signingKey struct {
	key any
}

func (k signingKey) ID() string                                  { return "key-1" }
func (k signingKey) Algorithm() jose.SignatureAlgorithm          { return jose.RS256 }
func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k signingKey) Use() string                                 { return "sig" }
func (k signingKey) Key() any                                    { return k.key }

func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return signingKey{s.key}, nil }
func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}
func (s *storage) KeySet(context.Context) ([]op.Key, error) {
	return []op.Key{signingKey{&s.key.PublicKey}}, nil
}

func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.options.ClientID {
		return nil, errUnknown
	}
	return s.client, nil
}

func (s *storage) AuthorizeClientIDSecret(context.Context, string, string) error { return errUnknown }

func (s *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// SetUserinfoFromRequest fills the ID token.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, in op.IDTokenRequest, scopes []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	describe(info, s.grantOf(in).email, scopes)
	return nil
}

func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, tokenID, _, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.tokens[tokenID]
	if g == nil {
		return errUnknown
	}
	describe(info, g.email, g.scopes)
	return nil
}

func describe(info *oidc.UserInfo, email string, scopes []string) {
	info.Subject = subject(email)
	if slices.Contains(scopes, "email") {
		info.Email, info.EmailVerified = email, true
	}
	if slices.Contains(scopes, "profile") {
		info.Name, info.Nickname = email, email
	}
}

func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errUnknown
}

// GetPrivateClaimsFromScopes puts the API that was asked for (audience) into access tokens. The library has one aud for
// both kinds of token, so it is a claim of its own.
func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.audience == "" {
		return nil, nil
	}
	return map[string]any{"api": s.audience}, nil
}

func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errUnknown
}

func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errUnknown
}

func (s *storage) Health(context.Context) error { return nil }

// client is the single-page app.
type client struct{ Options }

func (c client) GetID() string                       { return c.ClientID }
func (c client) RedirectURIs() []string              { return c.Options.RedirectURIs }
func (c client) PostLogoutRedirectURIs() []string    { return c.LogoutURIs }
func (c client) ApplicationType() op.ApplicationType { return op.ApplicationTypeUserAgent }
func (c client) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodNone }
func (c client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c client) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken}
}
func (c client) LoginURL(id string) string { return "/login?id=" + url.QueryEscape(id) }
func (c client) AccessTokenType() op.AccessTokenType {
	if c.Opaque {
		return op.AccessTokenTypeBearer
	}
	return op.AccessTokenTypeJWT
}
func (c client) IDTokenLifetime() time.Duration { return c.Lifetime }
func (c client) DevMode() bool                  { return true } // http on this computer
func (c client) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}
func (c client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}
func (c client) IsScopeAllowed(string) bool           { return true }
func (c client) IDTokenUserinfoClaimsAssertion() bool { return true }
func (c client) ClockSkew() time.Duration             { return 0 }
