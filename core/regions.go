package core

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A user pool may have a replica in a second Region, which serves sign-ins, refreshes
// and reading while the first, the primary, cannot (developer guide, "Multi-Region
// replication"). Who calls is responsible for choosing the Region: that is here.

// replicated are the operations that a replica serves (the same page).
var replicated = map[string]bool{
	"InitiateAuth": true, "RespondToAuthChallenge": true, "GetTokensFromRefreshToken": true, "RevokeToken": true, "GlobalSignOut": true,
	"GetUser": true, "GetUserAuthFactors": true, "GetDevice": true, "ListDevices": true, "ListWebAuthnCredentials": true,
}

const (
	// replicaHold is how long calls stay with the replica before the primary is tried again.
	replicaHold = 5 * time.Minute
	// regionPatience bounds a call with all its attempts before the other Region is tried.
	regionPatience = 10 * time.Second
	// writePatience is the same for what only a primary does, that failed a moment ago.
	writePatience = 5 * time.Second
)

var errReadOnlyRegion = &Error{Name: "ReadOnlyRegion", Code: "readOnlyRegion", Retryable: true,
	Message: "This is not possible at the moment: the user pool is served by the replica of its Region, which does not do it. Try again in a few minutes."}

// A RegionChange is the detail of the event regionchange.
type RegionChange struct {
	Region   string `json:"region"`
	ReadOnly bool   `json:"readOnly"`
}

// regions is what the page was last told of where calls go.
type regions struct {
	mu      sync.Mutex
	replica bool
}

type sessionRegionKey struct{}

// inSessionRegion ties calls under ctx to the Region that has the Session of a
// sign-in: another does not know it. InitiateAuth sets replica.
func inSessionRegion(ctx context.Context, replica *bool) context.Context {
	return context.WithValue(ctx, sessionRegionKey{}, replica)
}

// Route makes a call of an operation in the Region that answers; call is told whether
// that is the replica's.
func (a *Auth) Route(ctx context.Context, operation string, call func(ctx context.Context, replica bool) error) error {
	if a.opts.ReplicaRegion == "" {
		return call(ctx, false)
	}
	session, tied := ctx.Value(sessionRegionKey{}).(*bool)
	switch {
	case tied && operation != "InitiateAuth":
		return answered(operation, *session, call(ctx, *session))
	case !replicated[operation]:
		return a.callPrimary(ctx, call)
	}
	replica := a.onReplica(ctx)
	err := within(ctx, regionPatience, replica, call)
	if a.unanswered(ctx, err) {
		other := within(ctx, regionPatience, !replica, call)
		if a.unanswered(ctx, other) || hasName(other, "OperationNotEnabledException") { // a replica that is not active
			return err
		}
		replica, err = !replica, other
	}
	a.chooseRegion(ctx, replica)
	if tied {
		*session = replica
	}
	return answered(operation, replica, err)
}

// callPrimary makes a call that a replica does not serve. A primary that answers is
// back.
func (a *Auth) callPrimary(ctx context.Context, call func(context.Context, bool) error) error {
	patience := regionPatience
	if a.onReplica(ctx) {
		patience = writePatience
	}
	err := within(ctx, patience, false, call)
	if a.unanswered(ctx, err) {
		return errReadOnlyRegion.Because(err)
	}
	a.chooseRegion(ctx, false)
	return err
}

func within(ctx context.Context, patience time.Duration, replica bool, call func(context.Context, bool) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return call(ctx, replica)
}

// unanswered reports whether err means that a Region does not answer: no connection
// while the browser is online, or failures of the service's own after all attempts.
func (a *Auth) unanswered(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil || errors.Is(err, ErrOffline) || !a.Network.Online() {
		return false
	}
	switch AsError(err).Code {
	case "networkError", "timeout", "invalidResponse", "internalError", "internalServerError", "internalFailure", "serviceUnavailable":
		return true
	}
	return false
}

// answered turns what a replica refuses for being one into a refusal for the moment.
// It may not have heard yet of a session that the primary has begun or renewed, so
// its refusal of a refresh token is not the last word.
func answered(operation string, replica bool, err error) error {
	switch {
	case !replica || err == nil:
	case hasName(err, "OperationNotEnabledException"):
		return errReadOnlyRegion.Because(err)
	case operation == "GetTokensFromRefreshToken" && isDefinitive(err):
		e := *AsError(err)
		e.Retryable = true
		return &e
	}
	return err
}

// onReplica reports whether calls go to the replica first. All pages share that.
func (a *Auth) onReplica(ctx context.Context) bool {
	until, err := a.records().ReplicaUntil(ctx)
	left := until.Sub(a.Now())
	return err == nil && left > 0 && left <= replicaHold
}

// chooseRegion notes for all pages which Region has answered, and tells this page of a
// change. A choice that stands is not prolonged: the primary is to be tried again.
func (a *Auth) chooseRegion(ctx context.Context, replica bool) {
	if stored := a.records(); a.onReplica(ctx) != replica { // lost, it costs other pages a try
		if replica {
			_ = stored.PutReplicaUntil(ctx, a.Now().Add(replicaHold))
		} else {
			_ = stored.Remove(ctx, stored.ReplicaUntilKey())
		}
	}
	a.tellRegion(replica)
}

// followRegion tells this page of a choice that another has made.
func (a *Auth) followRegion(ctx context.Context) {
	if a.opts.ReplicaRegion != "" {
		a.tellRegion(a.onReplica(ctx))
	}
}

// tellRegion tells the page where calls go, once.
func (a *Auth) tellRegion(replica bool) {
	a.regions.mu.Lock()
	defer a.regions.mu.Unlock()
	if replica == a.regions.replica {
		return
	}
	a.regions.replica = replica
	now := RegionChange{a.cfg.UserPool.Region, false}
	if replica {
		now = RegionChange{a.opts.ReplicaRegion, true}
	}
	a.Emit(Event{Type: "regionchange", Detail: now})
}

// startOver begins a sign-in again in the Region that answers, where the Session of
// its last challenge is of one that does not. It reports whether there is one.
func (a *Auth) startOver(ctx context.Context, at *attempt, err error) (AuthResponse, error, bool) {
	if a.opts.ReplicaRegion == "" || at.Challenge.Name == "" || at.Challenge.Name == localPassword || !a.unanswered(ctx, err) {
		return AuthResponse{}, err, false
	}
	start := at.start
	if start == nil { // after a reload, which neither the password nor a step-up's level survives
		if at.StepUp != "" {
			return AuthResponse{}, err, false
		}
		start = func(ctx context.Context) (AuthResponse, error) { return a.initiateWithoutPassword(ctx, at) }
	}
	challenge, stage, secret, done := at.Challenge, at.Stage, at.TOTPSecret, at.FactorDone
	at.Challenge.Name, at.Challenge.Session, at.Challenge.Params = "", "", nil
	at.Stage, at.TOTPSecret, at.FactorDone = "", "", false
	resp, failed := start(ctx)
	if a.unanswered(ctx, failed) { // both are down; what was asked is still open
		at.Challenge, at.Stage, at.TOTPSecret, at.FactorDone = challenge, stage, secret, done
		return AuthResponse{}, err, false
	}
	return resp, failed, true
}
