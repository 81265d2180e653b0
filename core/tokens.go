package core

import (
	"strings"

	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
)

// A Token is a JSON Web Token with its payload.
type Token = oidc.Token

// ofPool reports whether the token says it is of this use and was issued by pool
// to client. The issuer's host may be the service's or that of an endpoint of
// ours, so its last part decides.
func ofPool(t *Token, use, poolID, clientID string) bool {
	audience := "client_id"
	if use == "id" {
		audience = "aud"
	}
	return t != nil && t.Text("token_use") == use && t.Text(audience) == clientID &&
		strings.HasSuffix(t.Text("iss"), "/"+poolID) && !t.Expiration().IsZero()
}

// sameGeneration reports whether an id token and an access token were issued
// together. A page may read while another page is between two writes.
func sameGeneration(id, access *Token) bool {
	const origin = "origin_jti"
	if a, b := id.Text(origin), access.Text(origin); a != "" && b != "" && a != b {
		return false
	}
	a, b := id.Time("iat"), access.Time("iat")
	if a.IsZero() || b.IsZero() {
		return true
	}
	gap := a.Sub(b)
	return gap.Abs() < contract.GenerationGap
}

// newSession makes a session of tokens that just came.
func (a *Auth) newSession(t Tokens) (*session, error) {
	pool := a.cfg.UserPool
	access, err := oidc.ParseToken(t.Access)
	if err != nil || !ofPool(access, "access", pool.ID, pool.ClientID) {
		return nil, newError("internalError", "The service answered with an access token that is not of this user pool and app client.").Because(err)
	}
	s := &session{Access: access, Refresh: t.Refresh, Username: access.Text("username")}
	if s.Username == "" {
		s.Username = access.Text("sub")
	}
	if t.ID != "" {
		if s.ID, err = oidc.ParseToken(t.ID); err != nil || !ofPool(s.ID, "id", pool.ID, pool.ClientID) {
			return nil, newError("internalError", "The service answered with an id token that is not of this user pool and app client.").Because(err)
		}
	}
	a.tellsTime(s, access)
	return s, nil
}
