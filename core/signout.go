package core

import (
	"context"
	"time"
)

// SignOutInput are the arguments of signOut.
type SignOutInput struct {
	// SignOutGlobally ends all sessions of the user at the service.
	SignOutGlobally bool `json:"signOutGlobally"`
	// InvalidateTokens revokes this session's refresh token; true by default.
	InvalidateTokens *bool `json:"invalidateTokens"`
}

// SignOutResult tells what happened. The user is signed out here in any case; an
// error of the service is in RemoteError.
type SignOutResult struct {
	UserState   UserState    `json:"userState"`
	RemoteError *ErrorObject `json:"remoteError,omitempty"`
}

// ErrorObject is an Error as data.
type ErrorObject struct {
	Name      string `json:"name"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	Retryable bool   `json:"retryable"`
	RequestID string `json:"requestId,omitempty"`
}

// Object returns e as data.
func (e *Error) Object() *ErrorObject {
	return &ErrorObject{e.Name, e.Code, e.Message, e.Retryable, e.RequestID}
}

// signOutTimeout bounds what is done at the service: a slow service must not keep
// a user signed in.
const signOutTimeout = 5 * time.Second

// SignOut ends the session: at the service first, then in any case here.
func (a *Auth) SignOut(ctx context.Context, in SignOutInput) (*SignOutResult, error) {
	s, err := a.loadSession(ctx)
	if err != nil {
		return nil, err
	}
	out := &SignOutResult{UserState: SignedOut}
	if s != nil {
		remote, cancel := context.WithTimeout(ctx, signOutTimeout)
		if err := a.endRemotely(remote, s, in); err != nil {
			out.RemoteError = AsError(err).Object()
		}
		cancel()
	}
	return out, a.signOutLocally(context.WithoutCancel(ctx), s)
}

// endRemotely is GlobalSignOut or RevokeToken.
func (a *Auth) endRemotely(ctx context.Context, s *session, in SignOutInput) error {
	if in.SignOutGlobally {
		fresh, err := a.freshSession(ctx, GetTokensInput{})
		if err != nil {
			return err
		}
		return a.UserPool.GlobalSignOut(ctx, fresh.Access.Raw)
	}
	if in.InvalidateTokens != nil && !*in.InvalidateTokens || s.Refresh == "" {
		return nil
	}
	// Without origin_jti the pool issued tokens that cannot be revoked.
	if s.Access != nil && s.Access.text("origin_jti") == "" {
		return nil
	}
	return a.UserPool.RevokeToken(ctx, s.Refresh)
}

// signOutLocally forgets the session in one write and tells everybody.
func (a *Auth) signOutLocally(ctx context.Context, s *session) error {
	var identity []Change
	if a.keys.identity != "" {
		identity = []Change{{Key: a.keys.identity}}
	}
	username := ""
	if s != nil {
		username = s.Username
	}
	if err := a.removeSession(ctx, username, identity...); err != nil {
		return err
	}
	if err := a.CancelSignIn(ctx); err != nil {
		return err
	}
	a.state.to(State{UserState: SignedOut}, false)
	a.ReleaseSignInWait()
	return nil
}
