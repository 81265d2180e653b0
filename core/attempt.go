package core

import (
	"context"
	"sync"
	"time"

	"amplify-auth/core/srp"
)

// An attempt is one sign-in from signIn to its end. Its exported fields survive a
// reload; the password and the SRP key pair do not.
type attempt struct {
	Username       string            `json:"username"` // as typed, then as the service calls the user
	LoginID        string            `json:"loginId"`
	Flow           string            `json:"flow"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	RememberDevice *bool             `json:"rememberDevice,omitempty"`
	Challenge      challenge         `json:"challenge"`
	Stage          string            `json:"stage,omitempty"` // where one challenge takes two answers
	FactorDone     bool              `json:"factorDone,omitempty"`
	TOTPSecret     string            `json:"totpSecret,omitempty"`
	StepUp         string            `json:"stepUp,omitempty"`  // the id of the session that is to get new tokens
	Replica        bool              `json:"replica,omitempty"` // whose Session it is: the replica's
	Deadline       time.Time         `json:"deadline"`

	mu        sync.Mutex // held by the step that is running
	news      news       // as of its begin, or the reload
	password  string
	level     map[string]string // what InitiateAuth is told of a step-up
	mediation string
	srp       *srp.Ephemeral
	device    device
	start     func(context.Context) (AuthResponse, error) // sends InitiateAuth again
	ctx       context.Context                             // ended when another attempt takes over
	end       context.CancelCauseFunc
}

// signIns holds the one attempt that may be going on, and what it last asked the
// user.
type signIns struct {
	mu      sync.Mutex
	current *attempt
	asked   *PendingSignIn
}

// begin makes at the current attempt and ends the one before.
func (s *signIns) begin(at *attempt) {
	at.ctx, at.end = context.WithCancelCause(context.Background())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		s.current.end(errSignInSuperseded)
	}
	s.current, s.asked = at, nil
}

// ask notes what at asks the user, unless another attempt took over.
func (a *Auth) ask(at *attempt) *SignInResult {
	r := challenges[at.Challenge.Name].ask(a, at)
	a.signIns.mu.Lock()
	defer a.signIns.mu.Unlock()
	if a.signIns.current == at {
		a.signIns.asked = &PendingSignIn{*r, at.LoginID, at.Deadline.UnixMilli(), at.StepUp != ""}
	}
	return r
}

// bind ends ctx when another attempt takes over.
func (at *attempt) bind(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(at.ctx, func() { cancel(context.Cause(at.ctx)) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

func (s *signIns) get() (*attempt, *PendingSignIn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current, s.asked
}

// finish forgets at, unless another attempt took over.
func (s *signIns) finish(at *attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == at {
		s.current, s.asked = nil, nil
	}
}

// pendingLife is how long a half-done sign-in is taken up again after a reload:
// AuthSessionValidity of a user pool, by default.
const pendingLife = 3 * time.Minute

func (a *Auth) savePending(ctx context.Context, at *attempt) error {
	at.Deadline = a.Now().Add(pendingLife)
	return a.tab().PutNote(ctx, a.layout.PendingSignInKey(), at)
}

func (a *Auth) forgetPending(ctx context.Context) error {
	return a.tab().Remove(ctx, a.layout.PendingSignInKey())
}

// pendingAttempt is the attempt that waits for the user and what it has asked, also
// that of before a reload; nil without one.
func (a *Auth) pendingAttempt(ctx context.Context) (*attempt, *PendingSignIn, error) {
	if at, asked := a.signIns.get(); at != nil {
		if asked == nil {
			at = nil
		}
		return at, asked, nil
	}
	at := new(attempt)
	there, read, err := a.tab().Note(ctx, a.layout.PendingSignInKey(), at)
	if err != nil || !there {
		return nil, nil, err
	}
	if !read || at.Deadline.Before(a.Now()) || at.Deadline.After(a.Now().Add(pendingLife)) || challenges[at.Challenge.Name].ask == nil {
		return nil, nil, a.forgetPending(ctx)
	}
	at.news = a.news(ctx)
	a.signIns.begin(at)
	a.ask(at)
	at, asked := a.signIns.get()
	return at, asked, nil
}

// PendingSignIn is the result of getPendingSignIn. Deadline is in milliseconds
// since 1970.
type PendingSignIn struct {
	SignInResult
	Username string `json:"username"`
	Deadline int64  `json:"deadline"`
	StepUp   bool   `json:"stepUp,omitempty"` // of a user who is signed in
}

// GetPendingSignIn returns the step at which a sign-in stands, also after a
// reload; nil when there is none. An authenticator app that is set up at that step
// gets the names in in.
func (a *Auth) GetPendingSignIn(ctx context.Context, in TOTPNames) (*PendingSignIn, error) {
	if err := in.check("getPendingSignIn"); err != nil {
		return nil, err
	}
	at, asked, err := a.pendingAttempt(ctx)
	if asked == nil || asked.TOTPSetup == nil || in == (TOTPNames{}) {
		return asked, err
	}
	named := *asked
	named.TOTPSetup = a.totpSetup(at.TOTPSecret, in, at.LoginID)
	return &named, err
}

// endAttempt forgets an attempt.
func (a *Auth) endAttempt(ctx context.Context, at *attempt) {
	a.signIns.finish(at)
	// A note that stays is found out of date by its deadline.
	_ = a.forgetPending(context.WithoutCancel(ctx))
}

// CancelSignIn forgets the sign-in that is going on.
func (a *Auth) CancelSignIn(ctx context.Context) error {
	if at, _ := a.signIns.get(); at != nil {
		at.end(errSignInSuperseded)
		a.signIns.finish(at)
	}
	return a.forgetPending(ctx)
}
