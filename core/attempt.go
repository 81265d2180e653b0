package core

import (
	"context"
	"encoding/json"
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

func (a *Auth) pendingKey() string { return a.keys.own + "pendingSignIn" }

func (a *Auth) savePending(ctx context.Context, at *attempt) error {
	at.Deadline = a.Now().Add(pendingLife)
	data, err := json.Marshal(at)
	if err != nil {
		return err
	}
	text := string(data)
	return a.Session.Apply(ctx, []Change{{Key: a.pendingKey(), Value: &text}})
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
	v, err := a.Session.Get(ctx, a.pendingKey())
	if err != nil || v[0] == nil {
		return nil, nil, err
	}
	at := new(attempt)
	if json.Unmarshal([]byte(*v[0]), at) != nil || at.Deadline.Before(a.Now()) || at.Deadline.After(a.Now().Add(pendingLife)) || challenges[at.Challenge.Name].ask == nil {
		return nil, nil, a.Session.Apply(ctx, []Change{{Key: a.pendingKey()}})
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
// reload; nil when there is none.
func (a *Auth) GetPendingSignIn(ctx context.Context) (*PendingSignIn, error) {
	_, asked, err := a.pendingAttempt(ctx)
	return asked, err
}

// endAttempt forgets an attempt.
func (a *Auth) endAttempt(ctx context.Context, at *attempt) {
	a.signIns.finish(at)
	// A note that stays is found out of date by its deadline.
	_ = a.Session.Apply(context.WithoutCancel(ctx), []Change{{Key: a.pendingKey()}})
}

// CancelSignIn forgets the sign-in that is going on.
func (a *Auth) CancelSignIn(ctx context.Context) error {
	if at, _ := a.signIns.get(); at != nil {
		at.end(errSignInSuperseded)
		a.signIns.finish(at)
	}
	return a.Session.Apply(ctx, []Change{{Key: a.pendingKey()}})
}
