package records

import (
	"context"
	"time"

	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
)

// An externalSession is stored as one value: that of a provider other than the
// user pool, which Amplify does not have. Times are milliseconds since 1970, the
// expiration by the provider's clock, which is ahead of ours by ClockDrift.
type externalSession struct {
	Username     string `json:"username,omitempty"`
	AccessToken  string `json:"accessToken,omitempty"`
	IDToken      string `json:"idToken,omitempty"`
	RefreshToken string `json:"refreshToken,omitempty"`
	Expiration   int64  `json:"expiration,omitempty"` // of the access token
	ClockDrift   int64  `json:"clockDrift,omitempty"`
	OAuthSession
}

// externalSession reads the session of another provider; nil without one.
func (s Store) externalSession(ctx context.Context) (*Session, error) {
	if !s.external {
		return nil, nil
	}
	v, err := s.Storage.Get(ctx, s.ExternalKey())
	if err != nil {
		return nil, err
	}
	var e externalSession
	if !read(v[0], contract.ExternalRecord, &e) || e.AccessToken == "" && e.Username == "" {
		return nil, nil
	}
	out := &Session{
		Username: e.Username, Refresh: e.RefreshToken, OAuth: true, External: true, OAuthSession: e.OAuthSession,
		Drift: time.Duration(e.ClockDrift) * time.Millisecond,
	}
	if e.AccessToken != "" {
		out.Access = oidc.Opaque(e.AccessToken, time.UnixMilli(e.Expiration))
	}
	if t, err := oidc.ParseToken(e.IDToken); err == nil {
		out.ID = t
	}
	return out, nil
}

func (s Store) putExternal(ctx context.Context, in *Session, more ...Change) error {
	e := externalSession{Username: in.Username, RefreshToken: in.Refresh, ClockDrift: in.Drift.Milliseconds(), OAuthSession: in.OAuthSession}
	if in.Access != nil {
		e.AccessToken, e.Expiration = in.Access.Raw, in.Access.Expiration().UnixMilli()
	}
	if in.ID != nil {
		e.IDToken = in.ID.Raw
	}
	session, err := put(s.ExternalKey(), e)
	if err != nil {
		return err
	}
	more = append(append(more, session), removals(s.FederationKey(), s.CredentialsKey())...)
	if s.pool != nil {
		more = append(more, removals(s.LastUserKey())...)
	}
	return s.Storage.Apply(ctx, more)
}
