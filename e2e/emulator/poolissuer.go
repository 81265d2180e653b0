package emulator

import (
	"net/http"
	"strings"
)

// The issuer of a user pool has two names, of which IssuerConfiguration chooses: https://cognito-idp.<region>.… and, since
// June 2026, https://issuer-cognito-idp.<region>.… (developer guide, "Federation endpoints"). Here the second is a path.
const (
	originalIssuer = "ORIGINAL"
	updatedIssuer  = "UPDATED"
	updatedPath    = "/issuer-cognito-idp"
)

type issuerConfiguration struct {
	Type string `aws:"IssuerType,required"`
}

// issuer is the iss of a pool's new tokens.
func (s *Server) issuer(p *userPool) string {
	if p.IssuerConfiguration != nil && p.IssuerConfiguration.Type == updatedIssuer {
		return s.options.BaseURL + updatedPath + "/" + p.ID
	}
	return s.options.BaseURL + "/" + p.ID
}

// issuers are the iss of tokens that are good: those made before IssuerConfiguration changed stay so.
func (s *Server) issuers(p *userPool) []string {
	return []string{s.options.BaseURL + "/" + p.ID, s.options.BaseURL + updatedPath + "/" + p.ID}
}

// poolOfIssuer is the pool that an iss names; nil for none.
func (c *call) poolOfIssuer(iss string) *userPool {
	path, ok := strings.CutPrefix(iss, c.options.BaseURL)
	if !ok {
		return nil
	}
	id, ok := strings.CutPrefix(strings.TrimPrefix(path, updatedPath), "/")
	if !ok {
		return nil
	}
	return c.state.pools.get(id)
}

// discoveryRoutes are the public documents of an issuer.
var discoveryRoutes = []route{
	{"GET /{pool}/.well-known/jwks.json", "jwks.json", serveJWKS},
	{"GET /{pool}/.well-known/openid-configuration", "openid-configuration", serveDiscovery},
	{"GET " + updatedPath + "/{pool}/.well-known/jwks.json", "jwks.json", ofUpdatedIssuer(serveJWKS)},
	{"GET " + updatedPath + "/{pool}/.well-known/openid-configuration", "openid-configuration", ofUpdatedIssuer(serveDiscovery)},
}

// ofUpdatedIssuer serves what is under the updated name, which answers 403 for a pool that has not chosen it
// (github.com/awslabs/aws-jwt-verify, issue 279).
func ofUpdatedIssuer(serve func(*call, http.ResponseWriter)) func(*call, http.ResponseWriter) {
	return func(c *call, w http.ResponseWriter) {
		c.mu.Lock()
		p := c.state.pools.get(c.http.PathValue("pool"))
		refused := p != nil && (p.IssuerConfiguration == nil || p.IssuerConfiguration.Type != updatedIssuer)
		c.mu.Unlock()
		if refused {
			http.Error(w, "Forbidden", http.StatusForbidden)
			return
		}
		serve(c, w)
	}
}
