package core

import (
	"context"
	"strings"

	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
	"amplify-auth/core/records"
)

// Tokens that come by way of the browser's address bar are verified before they
// are stored.

// clockLeeway is how far the clocks of a provider and of this computer may be
// apart where the provider's is not known.
const clockLeeway = contract.ClockLeeway

func (a *Auth) verifier(p *provider) *oidc.Verifier {
	return &oidc.Verifier{Issuers: p.issuers, ClientID: p.ClientID, UserPool: p.pool, KeysURI: p.keysOf, Keys: &a.keySet,
		Now: a.clock.server, LearnTime: a.learnTime}
}

// verifyAccessToken checks an access token of the user pool. That of another
// provider is for its API and opaque to us: RFC 6749 section 1.4.
func (a *Auth) verifyAccessToken(ctx context.Context, p *provider, raw string) (*Token, error) {
	t, err := a.verifier(p).AccessToken(ctx, raw)
	if err == nil && !records.OfPool(t, "access", a.cfg.UserPool.ID, p.ClientID) {
		err = oidc.RefuseAccessToken("it is another kind of token, or another client's")
	}
	return t, err
}

// learnTime takes the time from the Date header of the page's own server: that of
// another origin is hidden from a page, and computers' clocks are often wrong.
func (a *Auth) learnTime(ctx context.Context) bool {
	if a.Navigation == nil {
		return false
	}
	page, _ := a.Navigation.Page()
	if i := strings.IndexAny(page, "?#"); i >= 0 {
		page = page[:i]
	}
	resp, err := a.send(ctx, HTTPRequest{URL: page})
	return err == nil && a.clock.believes(resp.Date)
}

// keysOf is the address of an issuer's keys.
func (p *provider) keysOf(issuer string) string {
	if p.jwksURI != "" {
		return p.jwksURI
	}
	return issuer + "/.well-known/jwks.json"
}
