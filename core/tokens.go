package core

import (
	"amplify-auth/core/oidc"
	"amplify-auth/core/records"
)

// A Token is a JSON Web Token with its payload.
type Token = oidc.Token

// newSession makes a session of tokens that just came.
func (a *Auth) newSession(t Tokens) (*session, error) {
	pool := a.cfg.UserPool
	access, err := oidc.ParseToken(t.Access)
	if err != nil || !records.OfPool(access, "access", pool.ID, pool.ClientID) {
		return nil, newError("internalError", "The service answered with an access token that is not of this user pool and app client.").Because(err)
	}
	s := &session{Access: access, Refresh: t.Refresh, Username: access.Text("username")}
	if s.Username == "" {
		s.Username = access.Text("sub")
	}
	if t.ID != "" {
		if s.ID, err = oidc.ParseToken(t.ID); err != nil || !records.OfPool(s.ID, "id", pool.ID, pool.ClientID) {
			return nil, newError("internalError", "The service answered with an id token that is not of this user pool and app client.").Because(err)
		}
	}
	a.tellsTime(s, access)
	return s, nil
}
