package core

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"amplify-auth/core/config"
)

// A provider is the OpenID provider of the hosted UI: the user pool's domain, or
// another one that the configuration names.
type provider struct {
	config.OAuth
	pool         bool     // it is the user pool's
	issuers      []string // the iss of its tokens may be any of these; nil while unknown
	authorizeURI string
	tokenURI     string
	signOutURI   string
	revokeURI    string
	jwksURI      string // empty for the user pool, whose issuers have theirs at one place
	sendsIss     bool   // its responses carry iss: RFC 9207 section 3
}

// id tells providers apart that share a client id and a redirect URI.
func (p *provider) id() string { return p.authorizeURI + " " + p.tokenURI }

var (
	errNoHostedUI = newError("invalidConfiguration", "The configuration has no OAuth section. Add one to use the hosted UI.")
	errNoIssuer   = newError("invalidConfiguration", "The provider's keys cannot be found, so its tokens cannot be verified: neither WebDomain nor the origin of SignInURI publishes /.well-known/openid-configuration with the same endpoints. Set Issuer in the OAuth section.")
)

// configured is the provider as far as the configuration tells.
func (a *Auth) configured() (*provider, error) {
	o := a.cfg.OAuth
	if o == nil {
		return nil, errNoHostedUI
	}
	if o.ClientID == "" {
		return nil, newError("invalidConfiguration", "AppClientId is missing in the OAuth section.")
	}
	p := &provider{OAuth: *o, authorizeURI: o.SignInURI, tokenURI: o.TokenURI, signOutURI: o.SignOutURI}
	if o.External() {
		return p, nil
	}
	pool := a.cfg.UserPool
	switch {
	case pool == nil:
		return nil, errUserPoolNotConfigured
	case o.ClientID != pool.ClientID:
		return nil, newError("invalidConfiguration", "The OAuth section and the user pool name different app clients. Use one for both.")
	case len(o.TokenURIQueryParameters) > 0:
		return nil, newError("invalidConfiguration", "TokenURIQueryParameters are for other providers: Amazon Cognito refuses them. Remove them.")
	}
	p.pool = true
	p.issuers = poolIssuers(pool)
	p.authorizeURI = o.Domain + "/oauth2/authorize"
	p.tokenURI = o.Domain + "/oauth2/token"
	p.signOutURI = o.Domain + "/logout"
	return p, nil
}

// poolIssuers are the iss that a user pool's tokens may have. The service has two
// names for it: IssuerConfiguration chooses, and may choose anew at any time. An
// endpoint of one's own may be a service of its own or pass requests on.
func poolIssuers(p *config.UserPool) (issuers []string) {
	const updated = "issuer-cognito-idp"
	home := p.Home()
	for _, name := range []string{"cognito-idp", updated} {
		issuers = append(issuers, "https://"+name+"."+home+"."+config.AWSDomain(home)+"/"+p.ID)
	}
	if p.Endpoint != "" {
		issuers = append(issuers, p.Endpoint+"/"+p.ID, p.Endpoint+"/"+updated+"/"+p.ID)
	}
	return issuers
}

// provider is configured with what discovery adds where that is needed: found
// says what the caller needs.
func (a *Auth) provider(ctx context.Context, found func(*provider) bool) (*provider, error) {
	p, err := a.configured()
	if err != nil || p.pool || found(p) {
		return p, err
	}
	m, err := a.discovery.get(ctx, a, &p.OAuth)
	if err != nil {
		return nil, err
	}
	fill := func(known *string, published string) {
		if *known == "" {
			*known = published
		}
	}
	p.issuers, p.jwksURI, p.revokeURI, p.sendsIss = []string{m.Issuer}, m.JWKSURI, m.RevocationEndpoint, m.IssParameter
	fill(&p.authorizeURI, m.AuthorizationEndpoint)
	fill(&p.tokenURI, m.TokenEndpoint)
	fill(&p.signOutURI, m.EndSessionEndpoint)
	if !found(p) {
		return nil, newError("invalidConfiguration", "The provider "+m.Issuer+" does not publish what is needed of it. Set SignInURI and TokenURI in the OAuth section.")
	}
	return p, nil
}

func canAuthorize(p *provider) bool { return p.authorizeURI != "" }
func canExchange(p *provider) bool  { return p.tokenURI != "" }
func canVerify(p *provider) bool    { return p.pool || p.jwksURI != "" }

// A discovery keeps the metadata of the provider for the life of the page.
type discovery struct {
	metadata atomic.Pointer[providerMetadata]
}

// providerMetadata is what OpenID Connect Discovery 1.0 section 3 publishes, as
// far as it is used.
type providerMetadata struct {
	Issuer                string `json:"issuer"`
	AuthorizationEndpoint string `json:"authorization_endpoint"`
	TokenEndpoint         string `json:"token_endpoint"`
	JWKSURI               string `json:"jwks_uri"`
	RevocationEndpoint    string `json:"revocation_endpoint"`
	EndSessionEndpoint    string `json:"end_session_endpoint"`
	IssParameter          bool   `json:"authorization_response_iss_parameter_supported"`
}

func (d *discovery) get(ctx context.Context, a *Auth, o *config.OAuth) (*providerMetadata, error) {
	if m := d.metadata.Load(); m != nil {
		return m, nil
	}
	if o.Issuer != "" {
		m, err := a.discover(ctx, o.Issuer)
		if err == nil {
			d.metadata.Store(m)
		}
		return m, err
	}
	// Without an issuer the endpoints have to be the configured ones.
	for _, base := range []string{o.Domain, originOf(o.SignInURI)} {
		if base == "" {
			continue
		}
		m, err := a.discover(ctx, base)
		if err != nil && AsError(err).Retryable {
			return nil, err
		}
		if err == nil && (m.TokenEndpoint == o.TokenURI || m.AuthorizationEndpoint == o.SignInURI) {
			d.metadata.Store(m)
			return m, nil
		}
	}
	return nil, errNoIssuer
}

// discover fetches the metadata of the issuer at base, whose trailing slash does
// not count because configurations lose it.
func (a *Auth) discover(ctx context.Context, base string) (*providerMetadata, error) {
	resp, err := a.send(ctx, HTTPRequest{URL: base + "/.well-known/openid-configuration"})
	if err != nil {
		return nil, err
	}
	m := new(providerMetadata)
	if resp.Status != 200 || json.Unmarshal(resp.Body, m) != nil {
		return nil, newError("invalidConfiguration", base+"/.well-known/openid-configuration is not a provider's metadata. Check Issuer and WebDomain.")
	}
	if strings.TrimSuffix(m.Issuer, "/") != base {
		return nil, newError("securityFailed", "The metadata at "+base+" is that of another issuer.")
	}
	for _, endpoint := range []string{m.AuthorizationEndpoint, m.TokenEndpoint, m.JWKSURI, m.RevocationEndpoint, m.EndSessionEndpoint} {
		if endpoint != "" && !isEndpoint(endpoint) {
			return nil, newError("securityFailed", "The metadata of "+base+" names an address that is not https.")
		}
	}
	return m, nil
}

// isEndpoint reports whether tokens may be sent to an address.
func isEndpoint(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && u.Fragment == "" && u.Hostname() != "" &&
		(u.Scheme == "https" || u.Scheme == "http" && config.IsLoopback(u.Host))
}

// The parameters that a flow sets itself. Another value would undo a protection.
const ownParameters = " response_type response_mode client_id client_secret redirect_uri scope state nonce code_challenge code_challenge_method request request_uri " +
	"grant_type code code_verifier refresh_token id_token_hint "

// addParameters adds a configuration's or a call's own query parameters.
func addParameters(q url.Values, more map[string]string, where string) error {
	for name, value := range more {
		if strings.Contains(ownParameters, " "+name+" ") {
			return invalid(where + ": " + name + " is set by the library and cannot be chosen.")
		}
		q.Set(name, value)
	}
	return nil
}

// tokenAnswer is the answer of a token endpoint: RFC 6749 sections 5.1 and 5.2.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    any    `json:"expires_in"` // seconds; some providers write text

	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
}

// lifetime is expires_in, zero when it is missing or senseless.
func (t *tokenAnswer) lifetime() time.Duration {
	seconds, _ := t.ExpiresIn.(float64)
	if s, ok := t.ExpiresIn.(string); ok {
		seconds, _ = strconv.ParseFloat(s, 64)
	}
	if seconds > 0 && seconds < 1<<32 {
		return time.Duration(seconds) * time.Second
	}
	return 0
}

// askToken sends a grant to the token endpoint.
func (a *Auth) askToken(ctx context.Context, p *provider, grant url.Values) (*tokenAnswer, error) {
	if err := addParameters(grant, p.TokenURIQueryParameters, "TokenURIQueryParameters"); err != nil {
		return nil, err
	}
	p.authenticate(grant)
	resp, err := a.send(ctx, HTTPRequest{URL: p.tokenURI, Form: grant})
	if err != nil {
		return nil, err
	}
	return parseTokenAnswer(resp.Status, resp.Body, grant.Get("grant_type"))
}

// authenticate names the client. The secret goes into the body: an Authorization
// header would make browsers ask the provider first, and few allow it.
func (p *provider) authenticate(form url.Values) {
	form.Set("client_id", p.ClientID)
	if p.ClientSecret != "" {
		form.Set("client_secret", p.ClientSecret)
	}
}

func parseTokenAnswer(status int, body []byte, grantType string) (*tokenAnswer, error) {
	t := new(tokenAnswer)
	err := json.Unmarshal(body, t)
	switch {
	case status == 429:
		return nil, &Error{Name: "TooManyRequestsException", Code: "tooManyRequests", Message: "The provider is asked too often. Try again later.", Retryable: true}
	case status >= 500:
		return nil, &Error{Name: "ServiceUnavailable", Code: "serviceUnavailable", Message: "The provider failed. Try again later.", Retryable: true}
	case err != nil || t.Error == "" && status != 200:
		return nil, &Error{Name: "InvalidResponse", Code: "invalidResponse", Retryable: true,
			Message: "The answer did not come from a token endpoint. Check the network and the OAuth section of the configuration."}
	case t.Error != "":
		return nil, t.refusal(grantType)
	case t.AccessToken == "" && t.IDToken == "":
		return nil, newError("idTokenAndAcceessTokenNotIssued", "The provider issued neither an id token nor an access token. Check the scopes.")
	case t.AccessToken == "":
		return nil, newError("badRequest", "The provider issued no access token. Check the scopes.")
	case !strings.EqualFold(t.TokenType, "Bearer"):
		return nil, newError("badRequest", "The provider issued tokens that are not bearer tokens.")
	}
	return t, nil
}

// refusal is an error of RFC 6749 section 5.2.
func (t *tokenAnswer) refusal(grantType string) *Error {
	said := quoted(t.Error, t.ErrorDescription)
	switch t.Error {
	case "invalid_grant":
		if grantType == "refresh_token" {
			return &Error{Name: "InvalidGrant", Code: "expiredRefreshToken", Message: "The provider takes this refresh token no more" + said}
		}
		return &Error{Name: "InvalidGrant", Code: "badRequest", Message: "The provider refused the authorization code; it lives for minutes and serves once. Sign in again" + said}
	case "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope":
		return newError("invalidConfiguration", "The provider refused the client: check the app client and the OAuth section"+said)
	}
	return newError("badRequest", "The provider refused the request"+said)
}

// quoted ends a message with what a provider says.
func quoted(code, description string) string {
	said := legible(code, 60)
	if d := legible(description, 200); d != "" {
		said += ", " + d
	}
	if said == "" {
		return "."
	}
	return ": " + said
}

// legible is a text that may come from anybody's link, without what is not to be
// seen or could pass for the end of it, and not longer than most.
func legible(s string, most int) string {
	n := 0
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if n++; n > most || !strconv.IsPrint(r) || r == '\\' || r == utf8.RuneError {
			return -1
		}
		if r == '"' {
			return '\''
		}
		return r
	}, s))
}

// revokeAtProvider revokes a refresh token, with the tokens that came of it: RFC
// 7009. A provider that publishes no such endpoint has nothing to be asked.
func (a *Auth) revokeAtProvider(ctx context.Context, refreshToken string) error {
	p, err := a.provider(ctx, canVerify)
	if err != nil || p.revokeURI == "" {
		return err
	}
	form := url.Values{"token": {refreshToken}, "token_type_hint": {"refresh_token"}}
	p.authenticate(form)
	resp, err := a.send(ctx, HTTPRequest{URL: p.revokeURI, Form: form})
	if err == nil && resp.Status != 200 {
		err = newError("badRequest", "The provider did not revoke the refresh token: HTTP "+strconv.Itoa(resp.Status)+".")
	}
	return err
}

const (
	sendAttempts = 3
	sendPause    = 200 * time.Millisecond
)

// send makes a request, again when the network or the provider failed.
func (a *Auth) send(ctx context.Context, r HTTPRequest) (HTTPResponse, error) {
	pause := sendPause
	for attempt := 1; ; attempt++ {
		resp, err := a.HTTP.Send(ctx, r)
		a.ObserveTime(resp.Date)
		failed := err != nil && AsError(err).Retryable && a.Network.Online() || err == nil && (resp.Status >= 500 || resp.Status == 429)
		if !failed || attempt == sendAttempts {
			return resp, err
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)):
		case <-ctx.Done():
			return resp, ctx.Err()
		}
		pause *= 3
	}
}
