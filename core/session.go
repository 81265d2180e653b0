package core

import (
	"context"
	"errors"
	"sync"
)

// sessionService refreshes and ends sessions.
type sessionService interface {
	// RefreshTokens is GetTokensFromRefreshToken.
	RefreshTokens(ctx context.Context, in RefreshRequest) (Tokens, error)
	// RefreshTokenAuth is InitiateAuth with REFRESH_TOKEN_AUTH.
	RefreshTokenAuth(ctx context.Context, in RefreshRequest) (Tokens, error)
	RevokeToken(ctx context.Context, refreshToken string) error
	GlobalSignOut(ctx context.Context, accessToken string) error
}

// A RefreshRequest asks for new tokens. SecretHash is for RefreshTokenAuth alone.
type RefreshRequest struct {
	RefreshToken, DeviceKey, SecretHash string
	ClientMetadata                      map[string]string
}

// Tokens are what the service issued, in their encoded form.
type Tokens struct {
	Access, ID, Refresh string
	Device              *NewDevice // a browser that the pool wants to track
}

// GetTokensInput are the arguments of getTokens.
type GetTokensInput struct {
	ForceRefresh   bool              `json:"forceRefresh"`
	Wait           *bool             `json:"wait"`
	ClientMetadata map[string]string `json:"clientMetadata"`
}

// SessionTokens is the result of getTokens.
type SessionTokens struct {
	IDToken      *SessionToken `json:"idToken,omitempty"`
	AccessToken  *SessionToken `json:"accessToken"`
	RefreshToken *SessionToken `json:"refreshToken,omitempty"`
}

// A SessionToken is one token. Claims and Expiration (milliseconds since 1970)
// are absent for the refresh token, which is opaque.
type SessionToken struct {
	TokenString string         `json:"tokenString"`
	Claims      map[string]any `json:"claims,omitempty"`
	Expiration  int64          `json:"expiration,omitempty"`
}

func (s *session) tokens() *SessionTokens {
	wrap := func(t *Token) *SessionToken {
		if t == nil {
			return nil
		}
		return &SessionToken{t.Raw, t.Claims, t.expiration().UnixMilli()}
	}
	out := &SessionTokens{IDToken: wrap(s.ID), AccessToken: wrap(s.Access)}
	if s.Refresh != "" {
		out.RefreshToken = &SessionToken{TokenString: s.Refresh}
	}
	return out
}

// GetTokens returns the tokens of the signed-in user, refreshed if they expired.
// When the session is over it waits for a new sign-in of the same user, unless
// Options.RejectExpired or Wait says otherwise.
func (a *Auth) GetTokens(ctx context.Context, in GetTokensInput) (*SessionTokens, error) {
	s, err := a.session(ctx, in)
	if err != nil {
		return nil, err
	}
	return s.tokens(), nil
}

// accessToken is the access token for a call that needs the user.
func (a *Auth) accessToken(ctx context.Context) (string, error) {
	if _, err := a.userPool(); err != nil {
		return "", err
	}
	s, err := a.session(ctx, GetTokensInput{})
	if err != nil {
		return "", err
	}
	if s.External {
		return "", errOtherProvider
	}
	return s.Access.Raw, nil
}

// session returns a fresh session: the stored one, a refreshed one, or the one
// that a new sign-in brings.
func (a *Auth) session(ctx context.Context, in GetTokensInput) (*session, error) {
	who := ""
	over := func(err error) bool { return errors.Is(err, errSessionExpired) || a.waitsForNetwork(err) }
	return untilSignedIn(ctx, a, in.Wait, over, func() (*session, error) {
		before := a.state.get()
		s, err := a.freshSession(ctx, in)
		if err == nil && who != "" && s.Username != who {
			return nil, errOtherUser
		}
		if who == "" {
			who = before.Details["username"]
		}
		in.ForceRefresh = false
		return s, err
	})
}

// untilSignedIn tries until the error is not that the session is over, each time
// after a sign-in or the return of the network. wait overrides
// Options.RejectExpired, which tries once.
func untilSignedIn[T any](ctx context.Context, a *Auth, wait *bool, over func(error) bool, try func() (T, error)) (T, error) {
	waits := !a.opts.RejectExpired
	if wait != nil {
		waits = *wait
	}
	var none T
	release := a.refresh.released.wait()
	for {
		_, changed := a.state.watch()
		woken := a.refresh.woken.wait()
		v, err := try()
		if err == nil {
			return v, nil
		}
		if !waits || !over(err) {
			return none, err
		}
		if now, next := a.state.watch(); now.invalid() {
			changed = next // not the change that this call itself made
		}
		select {
		case <-changed:
		case <-woken:
		case <-release:
			return none, errSignInWaitReleased
		case <-ctx.Done():
			return none, ctx.Err()
		case <-a.done.Done():
			return none, ErrClosed
		}
		if s := a.state.get(); s.UserState != SignedIn && !s.invalid() {
			return none, errSignInWaitReleased
		}
	}
}

// waitsForNetwork reports whether err is for want of a network that the browser
// says it has not got, or had not: it may be back by now. The wait ends with Wake.
func (a *Auth) waitsForNetwork(err error) bool {
	return errors.Is(err, ErrOffline) || hasName(err, "NetworkError") && !a.Network.Online()
}

// freshSession is session without waiting.
func (a *Auth) freshSession(ctx context.Context, in GetTokensInput) (*session, error) {
	if o := a.cfg.OAuth; a.cfg.UserPool == nil && (o == nil || !o.External()) {
		return nil, errUserPoolNotConfigured
	}
	s, err := a.loadSession(ctx)
	switch {
	case err != nil:
		return nil, err
	case s.state(a.Now()) == SignedOut:
		return nil, errNotSignedIn
	case s.fresh(a.Now()) && !in.ForceRefresh:
		a.scheduleRefresh(s)
		return s, nil
	case s.Refresh == "":
		a.state.to(invalidState(s, ""), false)
		return nil, errSessionExpired
	}
	return a.shareRefresh(ctx, s, in)
}

// ReleaseSignInWait ends the wait of every call that waits for a new sign-in.
func (a *Auth) ReleaseSignInWait() { a.refresh.released.send() }

// A signal wakes everybody who waits for it at the moment it is sent.
type signal struct {
	mu sync.Mutex
	ch chan struct{}
}

func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) send() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}
