package core

import (
	"cmp"
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
	ClientMetadata map[string]string `json:"clientMetadata"`

	refused string // an access token that the service takes no more, whatever it says of itself
}

type waitKey struct{}

// WithWait decides for one call whether it waits for a new sign-in when the session
// is over, in place of Options.RejectExpired.
func WithWait(ctx context.Context, wait bool) context.Context {
	return context.WithValue(ctx, waitKey{}, wait)
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

func tokensOf(s *session) *SessionTokens {
	wrap := func(t *Token) *SessionToken {
		if t == nil {
			return nil
		}
		return &SessionToken{t.Raw, t.Claims, t.Expiration().UnixMilli()}
	}
	out := &SessionTokens{IDToken: wrap(s.ID), AccessToken: wrap(s.Access)}
	if s.Refresh != "" {
		out.RefreshToken = &SessionToken{TokenString: s.Refresh}
	}
	return out
}

// GetTokens returns the tokens of the signed-in user, refreshed if they expired.
// When the session is over it waits for a new sign-in of the same user, unless
// Options.RejectExpired or WithWait says otherwise.
func (a *Auth) GetTokens(ctx context.Context, in GetTokensInput) (*SessionTokens, error) {
	s, err := a.session(ctx, in)
	if err != nil {
		return nil, err
	}
	return tokensOf(s), nil
}

// withUser runs a call that needs the user's access token. The service has the last
// word on it: a token that it takes no more is refreshed, and the call made again, once.
func withUser[T any](ctx context.Context, a *Auth, call func(*session) (T, error)) (out T, err error) {
	if _, err := a.userPool(); err != nil {
		return out, err
	}
	var in GetTokensInput
	for {
		s, err := a.session(ctx, in)
		if err != nil {
			return out, err
		}
		if s.External {
			return out, errOtherProvider
		}
		out, err = call(s)
		if in.refused != "" || !tokenEnded(err) {
			return out, err
		}
		in.refused = s.Access.Raw
	}
}

// tokenEnded reports whether an operation refused the access token, or its user.
func tokenEnded(err error) bool {
	if err == nil {
		return false
	}
	switch AsError(err).Code {
	case "accessTokenRevoked", "userDisabled", "userNotFound":
		return true
	}
	return false
}

// withToken is withUser for those who need the token only.
func withToken[T any](ctx context.Context, a *Auth, call func(accessToken string) (T, error)) (T, error) {
	return withUser(ctx, a, func(s *session) (T, error) { return call(s.Access.Raw) })
}

// asUser is withToken for a call without a result.
func (a *Auth) asUser(ctx context.Context, call func(accessToken string) error) error {
	_, err := withToken(ctx, a, func(token string) (none struct{}, err error) { return none, call(token) })
	return err
}

// session returns a fresh session: the stored one, a refreshed one, or the one
// that a new sign-in brings.
func (a *Auth) session(ctx context.Context, in GetTokensInput) (*session, error) {
	who := ""
	over := func(err error) bool { return errors.Is(err, errSessionExpired) || a.waitsForNetwork(err) }
	return untilSignedIn(ctx, a, over, func() (*session, error) {
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
// after a sign-in or the return of the network. Who does not wait tries once.
func untilSignedIn[T any](ctx context.Context, a *Auth, over func(error) bool, try func() (T, error)) (T, error) {
	waits, said := ctx.Value(waitKey{}).(bool)
	if !said {
		waits = !a.opts.RejectExpired
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
	return errors.Is(err, ErrOffline) || hasName(err, networkError) && !a.Network.Online()
}

// loadSession reads the session of the user who signed in last; nil without one.
func (a *Auth) loadSession(ctx context.Context) (*session, error) {
	s, err := a.records().Session(ctx)
	if s != nil {
		s = a.refresh.current(s)
		a.drifted(s)
	}
	return s, err
}

// freshSession is session without waiting.
func (a *Auth) freshSession(ctx context.Context, in GetTokensInput) (*session, error) {
	if o := a.cfg.OAuth; a.cfg.UserPool == nil && (o == nil || !o.External()) {
		return nil, errUserPoolNotConfigured
	}
	s, err := a.loadSession(ctx)
	serves := func() bool { return s.Fresh(a.Now()) && !in.ForceRefresh && s.Access.Raw != in.refused }
	if s != nil && s.Begins() && !serves() && !a.state.get().invalid() { // no session ends for what is not stored yet
		err = lagging(ctx, func() (bool, error) {
			s, err = a.loadSession(ctx)
			return s == nil || !s.Begins(), err
		})
	}
	switch {
	case err != nil:
		return nil, err
	case stateOf(s, a.Now()) == SignedOut:
		return nil, a.withoutSession(ctx)
	}
	good := serves()
	switch {
	case good && (a.clock.known() || s.Surely(a.Now())):
		a.scheduleRefresh(s)
		a.saveRescued(ctx)
		return s, nil
	case s.Refresh == "":
		if s.Access != nil && !a.clock.known() { // before a session ends by a clock that may be wrong
			a.clock.issued(s.Access.Time("iat"))
			if a.learnTime(ctx) && a.clock.known() {
				return a.freshSession(ctx, in)
			}
		}
		if good {
			return s, nil
		}
		a.state.to(invalidState(s, errSessionExpired.Code), false)
		return nil, errSessionExpired
	}
	fresh, err := a.shareRefresh(ctx, s, in)
	if good && err != nil && AsError(err).Retryable && ctx.Err() == nil {
		return s, nil // nothing tells that the clock was put right
	}
	return fresh, err
}

// withoutSession says why there are no tokens, in agreement with the state.
func (a *Auth) withoutSession(ctx context.Context) error {
	if err := a.StorageChanged(ctx); err != nil {
		return err
	}
	if f, err := a.records().Federation(ctx); err != nil || f != nil {
		return cmp.Or(err, error(errFederatedUser))
	}
	return errNotSignedIn
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
