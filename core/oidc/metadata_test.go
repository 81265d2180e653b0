package oidc_test

import (
	"errors"
	"maps"
	"testing"

	"amplify-auth/core/autherror"
	"amplify-auth/core/oidc"
)

func TestDiscover(t *testing.T) {
	const at = issuer + "/.well-known/openid-configuration"
	for _, test := range []struct {
		name   string
		change map[string]any
		code   string
	}{
		{"honest", nil, ""},
		{"an issuer with a slash", map[string]any{"issuer": issuer + "/"}, ""},
		{"a provider on this computer", map[string]any{"token_endpoint": "http://localhost:8080/token"}, ""},
		{"another issuer", map[string]any{"issuer": "https://evil.example"}, "securityFailed"},
		{"no issuer", map[string]any{"issuer": ""}, "securityFailed"},
		{"tokens in the clear", map[string]any{"token_endpoint": "http://idp.example/token"}, "securityFailed"},
		{"keys in the clear", map[string]any{"jwks_uri": "http://idp.example/keys"}, "securityFailed"},
		{"a password in an address", map[string]any{"jwks_uri": "https://a:b@idp.example/keys"}, "securityFailed"},
		{"no metadata", map[string]any{"issuer": 1}, "invalidConfiguration"},
	} {
		page := map[string]any{"issuer": issuer, "jwks_uri": keysURI, "token_endpoint": issuer + "/token"}
		maps.Copy(page, test.change)
		m, err := oidc.Discover(t.Context(), newSite(t, map[string]any{at: page}).get, issuer)
		if test.code == "" {
			if err != nil || m.JWKSURI != keysURI {
				t.Errorf("%s: %+v %v", test.name, m, err)
			}
		} else if e := autherror.From(errors.Join(err, errors.New("none"))); e.Code != test.code {
			t.Errorf("%s: %v, want %s", test.name, err, test.code)
		}
	}
	if _, err := oidc.Discover(t.Context(), newSite(t, nil).get, issuer); autherror.From(err).Code != "invalidConfiguration" {
		t.Errorf("a site without metadata: %v", err)
	}
}
