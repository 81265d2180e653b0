package oidc_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"amplify-auth/core/autherror"
	"amplify-auth/core/oidc"
)

// Of what a provider publishes only RSA keys for signatures are taken that are safe.
func TestKeysTaken(t *testing.T) {
	n := base64url(keys()[0].N.Bytes())
	short := base64url(keys()[0].N.Bytes()[:128])
	for _, test := range []struct {
		name string
		key  map[string]any
		ok   bool
	}{
		{"Cognito's", map[string]any{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": n, "e": "AQAB"}, true},
		{"without use and alg", map[string]any{"kty": "RSA", "kid": "1", "n": n, "e": "AQAB"}, true},
		{"for encryption", map[string]any{"kty": "RSA", "use": "enc", "n": n, "e": "AQAB"}, false},
		{"for RS512", map[string]any{"kty": "RSA", "alg": "RS512", "n": n, "e": "AQAB"}, false},
		{"1024 bits", map[string]any{"kty": "RSA", "n": short, "e": "AQAB"}, false},
		{"exponent 1", map[string]any{"kty": "RSA", "n": n, "e": "AQ"}, false},
		{"an even exponent", map[string]any{"kty": "RSA", "n": n, "e": "Ag"}, false},
		{"an exponent of 5 bytes", map[string]any{"kty": "RSA", "n": n, "e": "AQAAAAE"}, false},
		{"an elliptic curve", map[string]any{"kty": "EC", "crv": "P-256"}, false},
		{"a secret", map[string]any{"kty": "oct", "k": "c2VjcmV0"}, false},
		{"n is no base64url", map[string]any{"kty": "RSA", "n": "+/+/", "e": "AQAB"}, false},
	} {
		s := newSite(t, map[string]any{keysURI: map[string]any{"keys": []any{test.key}}})
		err := (&oidc.KeySet{Get: s.get, Now: time.Now}).Load(t.Context(), keysURI)
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", test.name, err)
		}
		if e := autherror.From(errors.Join(err, errors.New("none"))); !test.ok && (e.Code != "invalidResponse" || !e.Retryable) {
			t.Errorf("%s: %v", test.name, e)
		}
	}
}

// Keys serve for a day. They are fetched again for a kid that is not there, once a minute
// at most, and a fetch that failed counts for nothing.
func TestKeyRotation(t *testing.T) {
	s := newSite(t, map[string]any{keysURI: map[string]any{"keys": []any{jwk("1", keys()[0])}}})
	now := time.Now()
	v := verifier(s)
	v.Keys.Now = func() time.Time { return now }
	check := func(kid string, key int, fetches int, ok bool) {
		t.Helper()
		before := s.asked[keysURI]
		_, err := v.AccessToken(t.Context(), sign(t, kid, keys()[key], jwt.MapClaims{"iss": issuer, "exp": time.Now().Add(time.Hour).Unix()}))
		if (err == nil) != ok || s.asked[keysURI]-before != fetches {
			t.Errorf("kid %s: %v, %d fetches", kid, err, s.asked[keysURI]-before)
		}
	}
	check("1", 0, 1, true)
	check("1", 0, 0, true)
	check("2", 1, 1, false) // the provider does not have it
	check("2", 1, 0, false)
	s.pages[keysURI] = map[string]any{"keys": []any{jwk("2", keys()[1])}}
	now = now.Add(time.Minute)
	s.err = autherror.New("networkError", "no answer")
	check("2", 1, 1, false)
	s.err = nil
	check("2", 1, 1, true)
	check("1", 0, 0, false) // withdrawn
	now = now.Add(24 * time.Hour)
	check("2", 1, 1, true)
}

func FuzzKeySet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"}]}`))
	f.Add([]byte(`{"keys":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			t.Skip()
		}
		s := newSite(t, map[string]any{keysURI: json.RawMessage(data)})
		v := verifier(s)
		if _, err := v.AccessToken(t.Context(), sign(t, "1", keys()[0], jwt.MapClaims{"iss": issuer, "exp": time.Now().Add(time.Hour).Unix()})); err == nil {
			t.Errorf("%q: a key that is none of its own", data)
		}
	})
}
