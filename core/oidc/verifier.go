package oidc

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"amplify-auth/core/autherror"
	"amplify-auth/core/contract"
)

// A Verifier verifies the tokens that a provider made for one client: signature by
// RS256, issuer, times, audience. It does not check acr and amr, nor whether a token
// was revoked, and takes no encrypted token.
type Verifier struct {
	Issuers  []string                   // iss may be any of these
	ClientID string                     // the audience
	UserPool bool                       // its tokens say by token_use what they are
	KeysURI  func(issuer string) string // where one of Issuers has its keys
	Keys     *KeySet
	Now      func() time.Time // the provider's clock, as far as it is known
	// LearnTime asks what time it is before a token's times are blamed on the token;
	// it reports whether Now may know better since.
	LearnTime func(ctx context.Context) bool
}

// leeway is how far the clocks of a provider and of this computer may be apart where
// the provider's is not known.
const leeway = contract.ClockLeeway

// Asked is what the authorization request wants the ID token to show; nothing in a
// refresh.
type Asked struct {
	Nonce  string `json:"nonce,omitempty"`
	MaxAge *int64 `json:"maxAge,omitempty"` // seconds
}

// IDToken verifies an ID token: OpenID Connect Core 1.0 section 3.1.3.7. access is
// the access token that came with it.
func (v *Verifier) IDToken(ctx context.Context, raw string, asked Asked, access string) (*Token, error) {
	t, header, err := v.verify(ctx, raw, jwt.WithAudience(v.ClientID))
	if err != nil {
		return nil, refused(idToken, err)
	}
	use, hasUse := t.Claims["token_use"]
	audience, _ := jwt.MapClaims(t.Claims).GetAudience()
	party := t.Text("azp")
	hash := t.Text("at_hash")
	switch {
	case v.UserPool && use != "id", hasUse && use != "id", header["typ"] == "at+jwt":
		return nil, RefuseIDToken("it is another kind of token")
	case len(audience) > 1 && party == "", party != "" && party != v.ClientID:
		return nil, RefuseIDToken("it is for another client")
	case t.Text("sub") == "":
		return nil, RefuseIDToken("it names no user")
	case asked.Nonce != "" && subtle.ConstantTimeCompare([]byte(t.Text("nonce")), []byte(asked.Nonce)) != 1:
		return nil, RefuseIDToken("its nonce is that of another sign-in")
	case hash != "" && hash != atHash(access):
		return nil, RefuseIDToken("it belongs to another access token")
	}
	if asked.MaxAge == nil {
		return t, nil
	}
	if t.Time("auth_time").IsZero() {
		return nil, RefuseIDToken("it does not say when the user signed in, although maxAge was asked for")
	}
	oldest := time.Duration(*asked.MaxAge)*time.Second + leeway
	tooOld := func() bool { return v.Now().Sub(t.Time("auth_time")) > oldest }
	if tooOld() && !(v.LearnTime(ctx) && !tooOld()) {
		return nil, RefuseIDToken("the user signed in longer ago than maxAge allows")
	}
	return t, nil
}

// AccessToken verifies an access token that is a JSON Web Token. Whom it is for and
// what it allows the caller checks: providers differ in how they say so.
func (v *Verifier) AccessToken(ctx context.Context, raw string) (*Token, error) {
	t, _, err := v.verify(ctx, raw)
	if err != nil {
		return nil, refused(accessToken, err)
	}
	return t, nil
}

// atHash is at_hash for RS256: OpenID Connect Core 1.0 section 3.1.3.6.
func atHash(access string) string {
	sum := sha256.Sum256([]byte(access))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

const idToken, accessToken = "id token", "access token"

// RefuseIDToken and RefuseAccessToken are the error for a token that must not be used.
func RefuseIDToken(why string) error     { return refused(idToken, fault(why)) }
func RefuseAccessToken(why string) error { return refused(accessToken, fault(why)) }

// refused leaves errors on the way to the keys what they are.
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
	return autherror.New("securityFailed", "The provider's "+what+" was refused: "+why+".").Because(err)
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

// verify checks a token's signature, issuer and times.
func (v *Verifier) verify(ctx context.Context, raw string, more ...jwt.ParserOption) (*Token, map[string]any, error) {
	t, header, err := v.verifyNow(ctx, raw, more...)
	if errors.Is(err, jwt.ErrTokenExpired) || errors.Is(err, jwt.ErrTokenNotValidYet) || errors.Is(err, jwt.ErrTokenUsedBeforeIssued) {
		if v.LearnTime(ctx) {
			return v.verifyNow(ctx, raw, more...)
		}
	}
	return t, header, err
}

func (v *Verifier) verifyNow(ctx context.Context, raw string, more ...jwt.ParserOption) (*Token, map[string]any, error) {
	options := append(more, jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(v.Now))
	claims := jwt.MapClaims{}
	t, err := jwt.NewParser(options...).ParseWithClaims(raw, claims, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical { // RFC 7515 section 4.1.11
			return nil, fault("it uses an extension that is not known")
		}
		issuer, _ := claims["iss"].(string)
		if !slices.Contains(v.Issuers, issuer) {
			return nil, jwt.ErrTokenInvalidIssuer
		}
		kid, _ := t.Header["kid"].(string)
		return v.Keys.key(ctx, v.KeysURI(issuer), kid)
	})
	if err != nil {
		return nil, nil, err
	}
	return &Token{Raw: raw, Claims: claims}, t.Header, nil
}
