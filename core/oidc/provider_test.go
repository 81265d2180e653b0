package oidc_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

const (
	issuer   = "https://idp.example"
	keysURI  = issuer + "/keys"
	clientID = "client"
)

// Making an RSA key takes a while, so that all tests share these.
var keys = sync.OnceValue(func() (keys [2]*rsa.PrivateKey) {
	for i := range keys {
		var err error
		if keys[i], err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	return keys
})

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// jwk is a public key as a provider publishes it.
func jwk(kid string, key *rsa.PrivateKey) map[string]any {
	return map[string]any{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
		"n": base64url(key.N.Bytes()), "e": base64url(big.NewInt(int64(key.E)).Bytes())}
}

// A site answers with the JSON of what stands at an address, and counts.
type site struct {
	t     testing.TB
	pages map[string]any
	asked map[string]int
	err   error // of every request
}

func newSite(t testing.TB, pages map[string]any) *site {
	return &site{t: t, pages: pages, asked: map[string]int{}}
}

func (s *site) get(_ context.Context, url string) (status int, body []byte, err error) {
	s.asked[url]++
	page, ok := s.pages[url]
	if s.err != nil || !ok {
		return 404, nil, s.err
	}
	if body, err = json.Marshal(page); err != nil {
		s.t.Fatal(err)
	}
	return 200, body, nil
}

func sign(t testing.TB, kid string, key *rsa.PrivateKey, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = kid
	raw, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
