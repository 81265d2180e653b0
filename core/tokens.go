package core

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"amplify-auth/core/contract"
)

// A Token is a JSON Web Token with its payload.
type Token struct {
	Raw    string
	Claims map[string]any // nil for a token that is opaque

	expires time.Time // of an access token that is for others to read; see opaqueToken
}

var errNoToken = errors.New("not a JSON Web Token")

// parseToken decodes a token without verifying its signature: it came from the
// service itself over TLS, or from the page's own storage. The page reads by the same
// rule (decodeJWT in web/src/session.js).
func parseToken(raw string) (*Token, error) {
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

func (t *Token) text(claim string) string {
	s, _ := t.Claims[claim].(string)
	return s
}

// time reads a NumericDate of RFC 7519 section 2; the zero time when there is none.
func (t *Token) time(claim string) time.Time {
	if s, ok := t.Claims[claim].(float64); ok && s > 0 && s < 1<<40 {
		return time.Unix(int64(s), 0)
	}
	return time.Time{}
}

func (t *Token) expiration() time.Time {
	if !t.expires.IsZero() {
		return t.expires
	}
	return t.time("exp")
}

// ofPool reports whether the token says it is of this use and was issued by pool
// to client. The issuer's host may be the service's or that of an endpoint of
// ours, so its last part decides.
func (t *Token) ofPool(use, poolID, clientID string) bool {
	audience := "client_id"
	if use == "id" {
		audience = "aud"
	}
	return t != nil && t.text("token_use") == use && t.text(audience) == clientID &&
		strings.HasSuffix(t.text("iss"), "/"+poolID) && !t.expiration().IsZero()
}

// sameGeneration reports whether an id token and an access token were issued
// together. A page may read while another page is between two writes.
func sameGeneration(id, access *Token) bool {
	const origin = "origin_jti"
	if a, b := id.text(origin), access.text(origin); a != "" && b != "" && a != b {
		return false
	}
	a, b := id.time("iat"), access.time("iat")
	if a.IsZero() || b.IsZero() {
		return true
	}
	gap := a.Sub(b)
	return gap.Abs() < contract.GenerationGap
}

// newSession makes a session of tokens that just came.
func (a *Auth) newSession(t Tokens) (*session, error) {
	pool := a.cfg.UserPool
	access, err := parseToken(t.Access)
	if err != nil || !access.ofPool("access", pool.ID, pool.ClientID) {
		return nil, newError("internalError", "The service answered with an access token that is not of this user pool and app client.").because(err)
	}
	s := &session{Access: access, Refresh: t.Refresh, Username: access.text("username")}
	if s.Username == "" {
		s.Username = access.text("sub")
	}
	if t.ID != "" {
		if s.ID, err = parseToken(t.ID); err != nil || !s.ID.ofPool("id", pool.ID, pool.ClientID) {
			return nil, newError("internalError", "The service answered with an id token that is not of this user pool and app client.").because(err)
		}
	}
	a.tellsTime(s, access)
	return s, nil
}
