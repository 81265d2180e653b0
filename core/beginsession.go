package core

import (
	"context"

	"amplify-auth/core/records"
)

// completeSignIn stores the tokens and tells everybody.
func (a *Auth) completeSignIn(ctx context.Context, at *attempt, t Tokens) (*SignInResult, error) {
	s, err := a.newSession(t)
	if err != nil {
		a.endAttempt(ctx, at)
		return nil, err
	}
	if at.StepUp != "" {
		return a.completeStepUp(ctx, at, s)
	}
	s.Details = records.SignInDetails{LoginID: at.LoginID, AuthFlowType: at.Flow}
	if err := a.store(ctx, func(ctx context.Context) error { return a.beginSession(ctx, s, at.news) }); err != nil {
		a.endAttempt(ctx, at)
		return nil, err
	}
	if t.Device != nil && (at.RememberDevice == nil || *at.RememberDevice) {
		a.confirmDevice(ctx, s, *t.Device, at.RememberDevice != nil)
	}
	if d, err := a.records().Device(ctx, s.Username); err == nil && d.Key != "" {
		_ = a.records().PutAlias(ctx, d.Owner, at.LoginID) // lost, it costs a second factor
	}
	a.endAttempt(ctx, at)
	err = a.store(context.WithoutCancel(ctx), func(ctx context.Context) error {
		// Confirming a device takes a while: who signed out meanwhile must stay signed out.
		if now, err := a.loadSession(ctx); err == nil && (stateOf(now, a.Now()) != SignedIn || now.Username != s.Username) {
			return errSignInSuperseded
		}
		a.state.to(a.signedInState(s), false)
		a.scheduleRefresh(s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &SignInResult{SignInState: "signedIn"}, nil
}

// beginSession stores a new session and, in the same write, forgets that of another
// user whose session had died. One that another user has begun, since before too,
// is not replaced. It runs in store.
func (a *Auth) beginSession(ctx context.Context, s *session, before news) error {
	old, err := a.loadSession(ctx)
	if err != nil {
		return err
	}
	now := a.news(ctx)
	user, others := now.begunSince(before)
	others = others && user != s.Username
	if stateOf(old, a.Now()) == SignedIn && now.shows(old, nil) {
		others = others || old.Username != s.Username
	} else if f, err := a.records().Federation(ctx); err != nil || f != nil && f.Token != "" && old == nil {
		if err != nil {
			return err
		}
		others = true
	}
	if others {
		if s.Refresh != "" { // nobody will have them
			spawn(func() { _ = a.endRemotely(a.done, s, SignOutInput{}) })
		}
		return errOtherSignedIn
	}
	a.publishBegun(ctx, s.Username, s.SignIn())
	var gone []Change
	if old != nil && !old.External && (s.External || old.Username != s.Username) {
		gone = a.records().UserRemovals(old.Username)
	}
	// After the write: who was interrupted reads again whose session it is.
	defer a.fetching.interrupt(errHolderChanged)
	return a.records().PutSession(ctx, s, true, gone...)
}
