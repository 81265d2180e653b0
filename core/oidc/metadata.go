package oidc

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"amplify-auth/core/autherror"
	"amplify-auth/core/config"
)

// Metadata is what OpenID Connect Discovery 1.0 section 3 publishes, as
// far as it is used.
type Metadata struct {
	Issuer                string `json:"issuer"`
	AuthorizationEndpoint string `json:"authorization_endpoint"`
	TokenEndpoint         string `json:"token_endpoint"`
	JWKSURI               string `json:"jwks_uri"`
	RevocationEndpoint    string `json:"revocation_endpoint"`
	EndSessionEndpoint    string `json:"end_session_endpoint"`
	IssParameter          bool   `json:"authorization_response_iss_parameter_supported"`
}

// Discover fetches the metadata of the issuer at base, whose trailing slash does not
// count because configurations lose it. It does not check that the endpoints are of
// the issuer's origin: providers have them elsewhere.
func Discover(ctx context.Context, get Get, base string) (*Metadata, error) {
	status, body, err := get(ctx, base+"/.well-known/openid-configuration")
	if err != nil {
		return nil, err
	}
	m := new(Metadata)
	if status != 200 || json.Unmarshal(body, m) != nil {
		return nil, autherror.New("invalidConfiguration", base+"/.well-known/openid-configuration is not a provider's metadata. Check Issuer and WebDomain.")
	}
	if strings.TrimSuffix(m.Issuer, "/") != base {
		return nil, autherror.New("securityFailed", "The metadata at "+base+" is that of another issuer.")
	}
	for _, endpoint := range []string{m.AuthorizationEndpoint, m.TokenEndpoint, m.JWKSURI, m.RevocationEndpoint, m.EndSessionEndpoint} {
		if endpoint != "" && !IsEndpoint(endpoint) {
			return nil, autherror.New("securityFailed", "The metadata of "+base+" names an address that is not https.")
		}
	}
	return m, nil
}

// IsEndpoint reports whether tokens may be sent to an address.
func IsEndpoint(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && u.Fragment == "" && u.Hostname() != "" &&
		(u.Scheme == "https" || u.Scheme == "http" && config.IsLoopback(u.Host))
}
