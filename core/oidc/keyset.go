package oidc

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"sync"
	"time"
)

// A KeySet holds a provider's public keys by kid: RFC 7517. It does not check that
// the address belongs to the issuer: the caller takes it from the issuer's metadata.
type KeySet struct {
	Get Get
	Now func() time.Time // the local clock

	mu      sync.Mutex
	uri     string
	keys    map[string]*rsa.PublicKey
	fetched time.Time
	retried time.Time // fetched again for a kid that was not there
}

const (
	// keysLife is how long keys are used unseen: a key that the provider withdrew
	// must not live as long as a page that is never closed.
	keysLife = 24 * time.Hour
	// keysPause is the least time between two fetches for kids that are not there:
	// forged tokens must not make us hammer the provider.
	keysPause = time.Minute
)

// Load fetches the keys unless they are there.
func (k *KeySet) Load(ctx context.Context, uri string) error {
	_, err := k.load(ctx, uri)
	return err
}

func (k *KeySet) load(ctx context.Context, uri string) (fetched bool, err error) {
	k.mu.Lock()
	good := k.uri == uri && k.Now().Sub(k.fetched).Abs() < keysLife
	k.mu.Unlock()
	if good {
		return false, nil
	}
	return true, k.fetch(ctx, uri)
}

// key returns the key called kid. A token that names none is the only key's.
func (k *KeySet) key(ctx context.Context, uri, kid string) (*rsa.PublicKey, error) {
	fetched, err := k.load(ctx, uri)
	if err != nil {
		return nil, err
	}
	key, again := k.find(kid)
	if key == nil && again && !fetched { // the provider may have new keys
		if err := k.fetch(ctx, uri); err != nil {
			return nil, err
		}
		k.mu.Lock()
		k.retried = k.Now() // not before: a fetch that failed has looked for nothing
		k.mu.Unlock()
		key, _ = k.find(kid)
	}
	if key == nil {
		return nil, fault("the provider has no such key")
	}
	return key, nil
}

// find also says whether it is time to look for new keys.
func (k *KeySet) find(kid string) (key *rsa.PublicKey, again bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if kid == "" && len(k.keys) == 1 {
		for _, only := range k.keys {
			return only, false
		}
	}
	return k.keys[kid], k.Now().Sub(k.retried).Abs() >= keysPause
}

func (k *KeySet) fetch(ctx context.Context, uri string) error {
	status, body, err := k.Get(ctx, uri)
	if err != nil {
		return err
	}
	keys, err := parseJWKS(body)
	if status != 200 || err != nil {
		return &Error{Name: "InvalidResponse", Code: "invalidResponse", Retryable: true, Cause: err,
			Message: "The answer of " + uri + " is not a key set. Check the network and the configuration."}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.uri, k.keys, k.fetched = uri, keys, k.Now()
	return nil
}

// parseJWKS reads the RSA signature keys of a JSON Web Key Set: RFC 7517. Keys of
// other kinds are left out, so are those that are too short to be safe.
func parseJWKS(data []byte) (map[string]*rsa.PublicKey, error) {
	var set struct {
		Keys []struct{ Kty, Use, Alg, Kid, N, E string } `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, err
	}
	keys := map[string]*rsa.PublicKey{}
	for _, k := range set.Keys {
		if k.Kty != "RSA" || k.Use != "" && k.Use != "sig" || k.Alg != "" && k.Alg != "RS256" {
			continue
		}
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		if errN != nil || errE != nil || len(e) > 4 {
			continue
		}
		key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if key.N.BitLen() >= 2048 && key.N.BitLen() <= 8192 && key.E >= 3 && key.E < 1<<31 && key.E%2 == 1 {
			keys[k.Kid] = key
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("it has no RSA key for signatures")
	}
	return keys, nil
}
