package oidc

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// A Token is a JSON Web Token with its payload.
type Token struct {
	Raw    string
	Claims map[string]any // nil for a token that is opaque

	Expires time.Time // of an access token that is for others to read: [Opaque]
}

var errNoToken = errors.New("not a JSON Web Token")

// ParseToken decodes a token without verifying its signature: it came from the
// service itself over TLS, or from the page's own storage. The page reads by the same
// rule (decodeJWT in web/src/session.js).
func ParseToken(raw string) (*Token, error) {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil, errNoToken
	}
	if _, ok := tokenPart(parts[0])["alg"].(string); !ok {
		return nil, errNoToken
	}
	claims := tokenPart(parts[1])
	if claims == nil {
		return nil, errNoToken
	}
	return &Token{Raw: raw, Claims: claims}, nil
}

// tokenPart decodes a JSON object in base64url; nil for anything else.
func tokenPart(s string) (members map[string]any) {
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") || json.Unmarshal(data, &members) != nil {
		return nil
	}
	return members
}

// Text is a claim that is a text, else empty.
func (t *Token) Text(claim string) string {
	s, _ := t.Claims[claim].(string)
	return s
}

// Time reads a NumericDate of RFC 7519 section 2; the zero time when there is none.
func (t *Token) Time(claim string) time.Time {
	if s, ok := t.Claims[claim].(float64); ok && s > 0 && s < 1<<40 {
		return time.Unix(int64(s), 0)
	}
	return time.Time{}
}

// Expiration is when the token ends; the zero time where it does not say.
func (t *Token) Expiration() time.Time {
	if !t.Expires.IsZero() {
		return t.Expires
	}
	return t.Time("exp")
}

// Opaque is an access token that is for others to read. It may be a JSON Web
// Token all the same, and is shown as one then.
func Opaque(raw string, expires time.Time) *Token {
	t, err := ParseToken(raw)
	if err != nil {
		t = &Token{Raw: raw}
	}
	t.Expires = expires
	return t
}
