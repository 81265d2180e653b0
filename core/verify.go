package core

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"amplify-auth/core/contract"
)

// Tokens that come by way of the browser's address bar are verified before they
// are stored: OpenID Connect Core 1.0 section 3.1.3.7, and the user pool's own
// rules for its access tokens.

// clockLeeway is how far the clocks of a provider and of this computer may be
// apart where the provider's is not known.
const clockLeeway = contract.ClockLeeway

// asked is what the authorization request wants the id token to show; nothing in a
// refresh.
type asked struct {
	Nonce  string `json:"nonce,omitempty"`
	MaxAge *int64 `json:"maxAge,omitempty"` // seconds
}

// verifyIDToken checks an id token of p. access is the access token that came with it.
func (a *Auth) verifyIDToken(ctx context.Context, p *provider, raw string, asked asked, access string) (*Token, error) {
	t, header, err := a.verify(ctx, p, raw, jwt.WithAudience(p.ClientID))
	if err != nil {
		return nil, refused("id token", err)
	}
	use, hasUse := t.Claims["token_use"]
	audience, _ := jwt.MapClaims(t.Claims).GetAudience()
	party := t.text("azp")
	hash := t.text("at_hash")
	switch {
	case p.pool && use != "id", hasUse && use != "id", header["typ"] == "at+jwt":
		return nil, refused("id token", fault("it is another kind of token"))
	case len(audience) > 1 && party == "", party != "" && party != p.ClientID:
		return nil, refused("id token", fault("it is for another client"))
	case t.text("sub") == "":
		return nil, refused("id token", fault("it names no user"))
	case asked.Nonce != "" && subtle.ConstantTimeCompare([]byte(t.text("nonce")), []byte(asked.Nonce)) != 1:
		return nil, refused("id token", fault("its nonce is that of another sign-in"))
	case hash != "" && hash != atHash(access):
		return nil, refused("id token", fault("it belongs to another access token"))
	}
	if asked.MaxAge == nil {
		return t, nil
	}
	if t.time("auth_time").IsZero() {
		return nil, refused("id token", fault("it does not say when the user signed in, although maxAge was asked for"))
	}
	oldest := time.Duration(*asked.MaxAge)*time.Second + clockLeeway
	tooOld := func() bool { return a.clock.server().Sub(t.time("auth_time")) > oldest }
	if tooOld() && !(a.learnTime(ctx) && !tooOld()) {
		return nil, refused("id token", fault("the user signed in longer ago than maxAge allows"))
	}
	return t, nil
}

// atHash is at_hash for RS256: OpenID Connect Core 1.0 section 3.1.3.6.
func atHash(access string) string {
	sum := sha256.Sum256([]byte(access))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// verifyAccessToken checks an access token of the user pool. That of another
// provider is for its API and opaque to us: RFC 6749 section 1.4.
func (a *Auth) verifyAccessToken(ctx context.Context, p *provider, raw string) (*Token, error) {
	t, _, err := a.verify(ctx, p, raw)
	if err != nil {
		return nil, refused("access token", err)
	}
	if !t.ofPool("access", a.cfg.UserPool.ID, p.ClientID) {
		return nil, refused("access token", fault("it is another kind of token, or another client's"))
	}
	return t, nil
}

// refused is the error for a token that must not be used. Errors on the way to
// the keys stay what they are.
func refused(what string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	why := "it cannot be verified"
	var found fault
	if errors.As(err, &found) {
		why = string(found)
	} else if i := slices.IndexFunc(refusals, func(r refusal) bool { return errors.Is(err, r.err) }); i >= 0 {
		why = refusals[i].why
	}
	return newError("securityFailed", "The provider's "+what+" was refused: "+why+".").because(err)
}

// A fault is what is wrong with a token.
type fault string

func (f fault) Error() string { return string(f) }

// A refusal is what an error of golang-jwt means.
type refusal struct {
	err error
	why string
}

var refusals = []refusal{
	{jwt.ErrTokenExpired, "it has expired; check the clock of this computer"},
	{jwt.ErrTokenNotValidYet, "it is not valid yet; check the clock of this computer"},
	{jwt.ErrTokenUsedBeforeIssued, "it is from the future; check the clock of this computer"},
	{jwt.ErrTokenInvalidIssuer, "another issuer made it"},
	{jwt.ErrTokenInvalidAudience, "it is for another client"},
	{jwt.ErrTokenSignatureInvalid, "its signature is not the provider's"},
	{jwt.ErrTokenMalformed, "it is not a JSON Web Token"},
	{jwt.ErrTokenUnverifiable, "its signature is not made by RS256"},
}

// verify checks a token's signature, issuer and times. Before it blames a token's
// times on the token, it asks what time it is.
func (a *Auth) verify(ctx context.Context, p *provider, raw string, more ...jwt.ParserOption) (*Token, map[string]any, error) {
	t, header, err := a.verifyNow(ctx, p, raw, more...)
	if errors.Is(err, jwt.ErrTokenExpired) || errors.Is(err, jwt.ErrTokenNotValidYet) || errors.Is(err, jwt.ErrTokenUsedBeforeIssued) {
		if a.learnTime(ctx) {
			return a.verifyNow(ctx, p, raw, more...)
		}
	}
	return t, header, err
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

func (a *Auth) verifyNow(ctx context.Context, p *provider, raw string, more ...jwt.ParserOption) (*Token, map[string]any, error) {
	options := append(more, jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(clockLeeway), jwt.WithTimeFunc(a.clock.server))
	claims := jwt.MapClaims{}
	t, err := jwt.NewParser(options...).ParseWithClaims(raw, claims, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical { // RFC 7515 section 4.1.11
			return nil, fault("it uses an extension that is not known")
		}
		issuer, _ := claims["iss"].(string)
		if !slices.Contains(p.issuers, issuer) {
			return nil, jwt.ErrTokenInvalidIssuer
		}
		kid, _ := t.Header["kid"].(string)
		return a.keySet.key(ctx, a, p.keysOf(issuer), kid)
	})
	if err != nil {
		return nil, nil, err
	}
	return &Token{Raw: raw, Claims: claims}, t.Header, nil
}

// keysOf is the address of an issuer's keys.
func (p *provider) keysOf(issuer string) string {
	if p.jwksURI != "" {
		return p.jwksURI
	}
	return issuer + "/.well-known/jwks.json"
}

// A keySet holds the provider's public keys by kid.
type keySet struct {
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

// load fetches the keys unless they are there.
func (k *keySet) load(ctx context.Context, a *Auth, uri string) (fetched bool, err error) {
	k.mu.Lock()
	good := k.uri == uri && a.Now().Sub(k.fetched).Abs() < keysLife
	k.mu.Unlock()
	if good {
		return false, nil
	}
	return true, k.fetch(ctx, a, uri)
}

// key returns the key called kid. A token that names none is the only key's.
func (k *keySet) key(ctx context.Context, a *Auth, uri, kid string) (*rsa.PublicKey, error) {
	fetched, err := k.load(ctx, a, uri)
	if err != nil {
		return nil, err
	}
	key, again := k.find(a.Now(), kid)
	if key == nil && again && !fetched { // the provider may have new keys
		if err := k.fetch(ctx, a, uri); err != nil {
			return nil, err
		}
		k.mu.Lock()
		k.retried = a.Now() // not before: a fetch that failed has looked for nothing
		k.mu.Unlock()
		key, _ = k.find(a.Now(), kid)
	}
	if key == nil {
		return nil, fault("the provider has no such key")
	}
	return key, nil
}

// find also says whether it is time to look for new keys.
func (k *keySet) find(now time.Time, kid string) (key *rsa.PublicKey, again bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if kid == "" && len(k.keys) == 1 {
		for _, only := range k.keys {
			return only, false
		}
	}
	return k.keys[kid], now.Sub(k.retried).Abs() >= keysPause
}

func (k *keySet) fetch(ctx context.Context, a *Auth, uri string) error {
	resp, err := a.send(ctx, HTTPRequest{URL: uri})
	if err != nil {
		return err
	}
	keys, err := parseJWKS(resp.Body)
	if resp.Status != 200 || err != nil {
		return &Error{Name: "InvalidResponse", Code: "invalidResponse", Retryable: true, Cause: err,
			Message: "The answer of " + uri + " is not a key set. Check the network and the configuration."}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.uri, k.keys, k.fetched = uri, keys, a.Now()
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
