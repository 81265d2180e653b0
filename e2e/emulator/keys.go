package emulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// signingKey is one RSA key of a pool's key set.
type signingKey struct {
	Kid     string
	Private *rsa.PrivateKey
}

// MarshalText writes a key for the data file: its id and PKCS #8.
func (k signingKey) MarshalText() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.Private)
	return []byte(k.Kid + " " + base64.StdEncoding.EncodeToString(der)), err
}

// UnmarshalText reads what MarshalText wrote.
func (k *signingKey) UnmarshalText(text []byte) error {
	kid, encoded, _ := strings.Cut(string(text), " ")
	der, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return err
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return errors.New("a signing key is not RSA")
	}
	k.Kid, k.Private = kid, private
	return nil
}

// signingKeys are a pool's keys: one signs ID tokens, the other access tokens.
type signingKeys struct {
	ID, Access signingKey
	Retired    []signingKey // still published after RotateKeys
}

func (k *signingKeys) published() []signingKey {
	return append([]signingKey{k.ID, k.Access}, k.Retired...)
}

// keyStock deals the RSA keys out. Making one takes a tenth of a second and a test run makes hundreds of pools, so
// that after eight keys old ones come round again, under a new kid. No two of four pools in a row share a key.
var keyStock struct {
	sync.Mutex
	keys []*rsa.PrivateKey
	next int
}

func newSigningKey() signingKey {
	keyStock.Lock()
	defer keyStock.Unlock()
	if len(keyStock.keys) < 8 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keyStock.keys = append(keyStock.keys, key)
	}
	key := keyStock.keys[keyStock.next%len(keyStock.keys)]
	keyStock.next++
	kid := make([]byte, 32)
	rand.Read(kid)
	return signingKey{base64.StdEncoding.EncodeToString(kid), key}
}

func newSigningKeys() *signingKeys { return &signingKeys{ID: newSigningKey(), Access: newSigningKey()} }

// RotateKeys gives a pool new signing keys. The old ones stay in the key set if keep is true; if it is false, tokens
// that they signed no longer verify.
func (s *Server) RotateKeys(poolID string, keep bool) error {
	defer s.settle()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state.pools.get(poolID)
	if p == nil {
		return fmt.Errorf("no user pool %s", poolID)
	}
	old := p.Keys
	p.Keys = newSigningKeys()
	if keep {
		p.Keys.Retired = old.published()
	}
	return nil
}

func serveJWKS(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	p := c.state.pools.get(c.http.PathValue("pool"))
	var keys []signingKey
	if p != nil {
		keys = slices.Clone(p.Keys.published())
	}
	c.mu.Unlock()
	if p == nil {
		notAnIssuer(c, w)
		return
	}
	type jwk struct {
		Alg string `json:"alg"`
		E   string `json:"e"`
		Kid string `json:"kid"`
		Kty string `json:"kty"`
		N   string `json:"n"`
		Use string `json:"use"`
	}
	set := struct {
		Keys []jwk `json:"keys"`
	}{}
	for _, k := range keys {
		b64 := base64.RawURLEncoding.EncodeToString
		set.Keys = append(set.Keys, jwk{
			Alg: "RS256", Kid: k.Kid, Kty: "RSA", Use: "sig",
			E: b64(big.NewInt(int64(k.Private.E)).Bytes()), N: b64(k.Private.N.Bytes()),
		})
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	writePlain(w, set)
}

func serveDiscovery(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	p := c.state.pools.get(c.http.PathValue("pool"))
	c.mu.Unlock()
	if p == nil {
		notAnIssuer(c, w)
		return
	}
	base := c.options.BaseURL
	w.Header().Set("Access-Control-Allow-Origin", "*")
	writePlain(w, map[string]any{
		"issuer":                                c.issuer(p),
		"jwks_uri":                              c.issuer(p) + "/.well-known/jwks.json",
		"authorization_endpoint":                base + "/oauth2/authorize",
		"token_endpoint":                        base + "/oauth2/token",
		"userinfo_endpoint":                     base + "/oauth2/userInfo",
		"revocation_endpoint":                   base + "/oauth2/revoke",
		"end_session_endpoint":                  base + "/logout",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code", "token"},
		"scopes_supported":                      []string{"openid", "email", "phone", "profile"},
		"subject_types_supported":               []string{"public"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	})
}

func notAnIssuer(c *call, w http.ResponseWriter) {
	http.Error(w, "User pool "+c.http.PathValue("pool")+" does not exist.", http.StatusNotFound)
}
