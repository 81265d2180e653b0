package core

import (
	"context"
	"math/rand/v2"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/oidc"
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
	m, err := a.discovery.find(ctx, a.get, &p.OAuth)
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
	metadata atomic.Pointer[oidc.Metadata]
}

func (d *discovery) find(ctx context.Context, get oidc.Get, o *config.OAuth) (*oidc.Metadata, error) {
	if m := d.metadata.Load(); m != nil {
		return m, nil
	}
	if o.Issuer != "" {
		m, err := oidc.Discover(ctx, get, o.Issuer)
		if err == nil {
			d.metadata.Store(m)
		}
		return m, err
	}
	// Without an issuer the endpoints have to be the configured ones.
	for _, base := range []string{o.Domain, oidc.Origin(o.SignInURI)} {
		if base == "" {
			continue
		}
		m, err := oidc.Discover(ctx, get, base)
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

// askToken sends a grant to the token endpoint.
func (a *Auth) askToken(ctx context.Context, p *provider, grant url.Values) (*oidc.TokenAnswer, error) {
	if err := oidc.AddParameters(grant, p.TokenURIQueryParameters, "TokenURIQueryParameters"); err != nil {
		return nil, err
	}
	p.authenticate(grant)
	resp, err := a.send(ctx, HTTPRequest{URL: p.tokenURI, Form: grant})
	if err != nil {
		return nil, err
	}
	return oidc.ParseTokenAnswer(resp.Status, resp.Body, grant.Get("grant_type"))
}

// authenticate names the client. The secret goes into the body: an Authorization
// header would make browsers ask the provider first, and few allow it.
func (p *provider) authenticate(form url.Values) {
	form.Set("client_id", p.ClientID)
	if p.ClientSecret != "" {
		form.Set("client_secret", p.ClientSecret)
	}
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

// get is oidc.Get.
func (a *Auth) get(ctx context.Context, url string) (status int, body []byte, err error) {
	resp, err := a.send(ctx, HTTPRequest{URL: url})
	return resp.Status, resp.Body, err
}

// send makes a request, again when the network or the provider failed.
func (a *Auth) send(ctx context.Context, r HTTPRequest) (HTTPResponse, error) {
	pause := sendPause
	for attempt := 1; ; attempt++ {
		sent := a.Now()
		resp, err := a.HTTP.Send(ctx, r)
		a.ObserveTime(resp.Date, Passed(sent, a.Now()))
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
