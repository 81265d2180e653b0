package core

import "context"

// userSessionService lists and ends the sessions of a user, in pools that track them.
type userSessionService interface {
	ListUserSessions(ctx context.Context, accessToken, nextToken string) (*UserSessionList, error)
	// RevokeUserSession ends what is linked to the session as well, where linked says so:
	// a token session's session at the hosted UI, or the token sessions of such a one.
	RevokeUserSession(ctx context.Context, accessToken, sessionID string, linked bool) error
}

// A UserSession is a place where the user is signed in. Dates are in milliseconds
// since 1970.
type UserSession struct {
	SessionID      string    `json:"sessionId"`
	Type           string    `json:"type"` // "token", or "sso" of the hosted UI
	ClientID       string    `json:"clientId,omitempty"`
	CreateDate     int64     `json:"createDate,omitempty"`
	LastActiveDate int64     `json:"lastActiveDate,omitempty"`
	DeviceType     string    `json:"deviceType,omitempty"` // "Chrome 125 / macOS 15.0"
	LastIPAddress  string    `json:"lastIPAddress,omitempty"`
	LastLocation   *Location `json:"lastLocation,omitempty"`
	IsCurrent      bool      `json:"isCurrent"`
}

// A Location is where an IP address is thought to be.
type Location struct {
	City    string `json:"city,omitempty"`
	Country string `json:"country,omitempty"`
}

// A UserSessionList is one page of sessions.
type UserSessionList struct {
	Sessions  []UserSession `json:"sessions"`
	NextToken string        `json:"nextToken,omitempty"`
}

// ListSessionsInput are the arguments of listSessions.
type ListSessionsInput struct {
	NextToken string `json:"nextToken"`
}

// ListSessions returns a page of the places where the user is signed in, of all app
// clients of the pool.
func (a *Auth) ListSessions(ctx context.Context, in ListSessionsInput) (*UserSessionList, error) {
	return withToken(ctx, a, func(token string) (*UserSessionList, error) {
		return a.UserPool.ListUserSessions(ctx, token, in.NextToken)
	})
}

// RevokeSessionInput are the arguments of revokeSession.
type RevokeSessionInput struct {
	SessionID string `json:"sessionId"`
	Linked    bool   `json:"linked"`
}

// RevokeSession signs the user out in another place. This one ends by signOut.
func (a *Auth) RevokeSession(ctx context.Context, in RevokeSessionInput) error {
	if in.SessionID == "" {
		return invalid("revokeSession: sessionId is empty.")
	}
	return a.asUser(ctx, func(token string) error {
		return a.UserPool.RevokeUserSession(ctx, token, in.SessionID, in.Linked)
	})
}
