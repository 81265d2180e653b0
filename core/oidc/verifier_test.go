package oidc_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"amplify-auth/core/autherror"
	"amplify-auth/core/oidc"
)

// verifier is one for a site that publishes its keys at keysURI.
func verifier(s *site) *oidc.Verifier {
	return &oidc.Verifier{
		Issuers: []string{issuer}, ClientID: clientID, KeysURI: func(string) string { return keysURI },
		Keys: &oidc.KeySet{Get: s.get, Now: time.Now}, Now: time.Now, LearnTime: func(context.Context) bool { return false },
	}
}

func idClaims(change jwt.MapClaims) jwt.MapClaims {
	now := time.Now().Unix()
	c := jwt.MapClaims{"iss": issuer, "aud": clientID, "sub": "ada", "iat": now, "exp": now + 3600, "nonce": "n", "auth_time": now - 100}
	maps.Copy(c, change)
	return c
}

func TestIDToken(t *testing.T) {
	s := newSite(t, map[string]any{keysURI: map[string]any{"keys": []any{jwk("1", keys()[0])}}})
	age := int64(60)
	for _, test := range []struct {
		name   string
		change jwt.MapClaims
		asked  oidc.Asked
		says   string // "" is accepted
	}{
		{"honest", nil, oidc.Asked{Nonce: "n"}, ""},
		{"nothing asked", nil, oidc.Asked{}, ""},
		{"several audiences, for us", jwt.MapClaims{"aud": []string{clientID, "api"}, "azp": clientID}, oidc.Asked{}, ""},
		{"at_hash of OpenID Connect", jwt.MapClaims{"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}, oidc.Asked{}, ""},
		{"at_hash of another", jwt.MapClaims{"at_hash": "LDktKdoQak3Pk0cnXxCltA"}, oidc.Asked{}, "another access token"},
		{"another nonce", nil, oidc.Asked{Nonce: "m"}, "nonce"},
		{"another issuer", jwt.MapClaims{"iss": issuer + "/"}, oidc.Asked{}, "another issuer"},
		{"another audience", jwt.MapClaims{"aud": "api"}, oidc.Asked{}, "another client"},
		{"several audiences, nobody's", jwt.MapClaims{"aud": []string{clientID, "api"}}, oidc.Asked{}, "another client"},
		{"another's party", jwt.MapClaims{"azp": "api"}, oidc.Asked{}, "another client"},
		{"nobody", jwt.MapClaims{"sub": ""}, oidc.Asked{}, "no user"},
		{"an access token", jwt.MapClaims{"token_use": "access"}, oidc.Asked{}, "another kind"},
		{"expired", jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix()}, oidc.Asked{}, "expired"},
		{"from the future", jwt.MapClaims{"iat": time.Now().Add(time.Hour).Unix()}, oidc.Asked{}, "future"},
		{"signed in lately", jwt.MapClaims{"auth_time": time.Now().Unix()}, oidc.Asked{MaxAge: &age}, ""},
		{"signed in long ago", jwt.MapClaims{"auth_time": time.Now().Add(-time.Hour).Unix()}, oidc.Asked{MaxAge: &age}, "longer ago"},
		{"signed in who knows when", jwt.MapClaims{"auth_time": nil}, oidc.Asked{MaxAge: &age}, "does not say when"},
	} {
		const access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y" // at_hash above: its SHA-256's left half
		got, err := verifier(s).IDToken(t.Context(), sign(t, "1", keys()[0], idClaims(test.change)), test.asked, access)
		if test.says == "" {
			if err != nil || got.Text("sub") != "ada" {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		}
		if e := autherror.From(errors.Join(err, errors.New("none"))); e.Code != "securityFailed" || !strings.Contains(e.Message, test.says) {
			t.Errorf("%s: %v, want securityFailed that says %q", test.name, err, test.says)
		}
	}
}

// A user pool's tokens must say what they are; another's need not.
func TestUserPoolsIDToken(t *testing.T) {
	v := verifier(newSite(t, map[string]any{keysURI: map[string]any{"keys": []any{jwk("1", keys()[0])}}}))
	v.UserPool = true
	for use, ok := range map[string]bool{"id": true, "access": false, "": false} {
		c := idClaims(nil)
		if use != "" {
			c["token_use"] = use
		}
		if _, err := v.IDToken(t.Context(), sign(t, "1", keys()[0], c), oidc.Asked{}, ""); (err == nil) != ok {
			t.Errorf("token_use %q: %v", use, err)
		}
	}
}

// Before a token's times are blamed on the token, the time is asked for; and an answer
// that cannot be had leaves the blame.
func TestTimeIsLearnt(t *testing.T) {
	s := newSite(t, map[string]any{keysURI: map[string]any{"keys": []any{jwk("1", keys()[0])}}})
	for _, learns := range []bool{false, true} {
		v := verifier(s)
		clock := time.Now().Add(-3 * time.Hour)
		v.Now = func() time.Time { return clock }
		v.LearnTime = func(context.Context) bool {
			if learns {
				clock = time.Now()
			}
			return learns
		}
		if _, err := v.IDToken(t.Context(), sign(t, "1", keys()[0], idClaims(nil)), oidc.Asked{}, ""); (err == nil) != learns {
			t.Errorf("learns %t: %v", learns, err)
		}
	}
}

// An error on the way to the keys is no fault of the token.
func TestKeysUnreachable(t *testing.T) {
	s := newSite(t, nil)
	s.err = &autherror.Error{Name: "NetworkError", Code: "networkError", Message: "no answer", Retryable: true}
	if _, err := verifier(s).IDToken(t.Context(), sign(t, "1", keys()[0], idClaims(nil)), oidc.Asked{}, ""); !errors.Is(err, s.err) {
		t.Error(err)
	}
}
