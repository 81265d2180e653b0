package core

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"
)

// StepUpInput are the arguments of stepUp.
type StepUpInput struct {
	// ACR are the names of levels that will do, separated by blanks, best first:
	// "urn:cognito:loa:1" to "urn:cognito:loa:4", or the pool's own.
	ACR string `json:"acr"`
	// MaxAge is how many seconds ago the user may have proved them; any time by default.
	MaxAge             *int64            `json:"maxAge"`
	PreferredChallenge string            `json:"preferredChallenge"`
	Password           string            `json:"password"`
	ClientMetadata     map[string]string `json:"clientMetadata"`
}

// StepUp asks the signed-in user for the factors that are missing to a level
// (developer guide, "Step-up authentication"), by the steps of a sign-in. It replaces
// the tokens when they are there; until then, and whatever fails, the session stays.
func (a *Auth) StepUp(ctx context.Context, in StepUpInput) (*SignInResult, error) {
	levels := strings.Fields(in.ACR)
	if len(levels) == 0 {
		return nil, invalid("stepUp: acr is empty.")
	}
	if in.MaxAge != nil && *in.MaxAge < 0 {
		return nil, invalid("stepUp: maxAge must not be negative.")
	}
	return withUser(ctx, a, func(s *session) (*SignInResult, error) {
		now := a.clock.server()
		if in.MaxAge != nil && !a.clock.sure() && meets(s, levels, nil, now) {
			now = time.Time{}
			if s.Refresh != "" { // the service says what time it is
				fresh, err := a.session(ctx, GetTokensInput{ForceRefresh: true})
				if err != nil {
					return nil, err
				}
				s, now = fresh, fresh.Access.Time("iat")
			}
		}
		if meets(s, levels, in.MaxAge, now) {
			return &SignInResult{SignInState: "signedIn"}, nil
		}
		if s.OAuth {
			return nil, errStepUpHosted
		}
		signIn := SignInInput{Username: s.Username, Password: in.Password, AuthFlow: "USER_AUTH", PreferredChallenge: in.PreferredChallenge, ClientMetadata: in.ClientMetadata}
		at, err := a.newAttempt("stepUp", signIn)
		if err != nil {
			return nil, err
		}
		at.LoginID = cmp.Or(s.Details.LoginID, s.Username)
		at.StepUp = s.SignIn()
		at.level = map[string]string{"TARGET_ACR_VALUES": strings.Join(levels, " "), "ACCESS_TOKEN": s.Access.Raw}
		if in.MaxAge != nil {
			at.level["MAX_AGE"] = strconv.FormatInt(*in.MaxAge, 10)
		}
		at.news = a.news(ctx)
		a.signIns.begin(at)
		at.start = func(ctx context.Context) (AuthResponse, error) { return a.initiate(ctx, at, signIn) }
		return a.run(ctx, at, at.start)
	})
}

// meets reports whether the user has proved one of the levels, and recently enough by
// the service's time now. One before the sign-in is wrong.
func meets(s *session, levels []string, maxAge *int64, now time.Time) bool {
	if maxAge != nil {
		at := s.Access.Time("auth_time")
		age := now.Sub(at)
		if at.IsZero() || age.Seconds() > float64(*maxAge) || age < -clockLeeway {
			return false
		}
	}
	has := s.Access.Text("acr")
	for _, want := range levels {
		if has != "" && (has == want || levelNumber(want) > 0 && levelNumber(has) >= levelNumber(want)) {
			return true
		}
	}
	return false
}

// levelNumber orders Cognito's own names of levels. A pool's names have no order; 0.
func levelNumber(acr string) int {
	n, ok := strings.CutPrefix(acr, "urn:cognito:loa:")
	if !ok || len(n) != 1 || n < "1" || n > "4" {
		return 0
	}
	return int(n[0] - '0')
}

// completeStepUp puts the new tokens in the place of the old ones, for all pages:
// under the lock of a refresh, which no refresh of the old ones survives.
func (a *Auth) completeStepUp(ctx context.Context, at *attempt, next *session) (*SignInResult, error) {
	ctx = context.WithoutCancel(ctx)
	defer a.endAttempt(ctx, at)
	var old *session
	err := a.Locks.With(ctx, a.refreshLock(), lockWait, func(ctx context.Context, _ bool) error {
		return a.store(ctx, func(ctx context.Context) (err error) {
			switch old, err = a.loadSession(ctx); {
			case err != nil:
				return err
			case old == nil || !old.Whole() || old.SignIn() != at.StepUp || !a.news(ctx).shows(old, nil):
				return errStepUpOver
			case !sameUser(old, next):
				return notOfThisUser
			}
			continues(next, old)
			if err := a.records().PutSession(ctx, next, false); err != nil {
				return err
			}
			a.Locks.Publish(ctx, a.refreshLock(), generation(next))
			a.Emit(Event{Type: "tokenRefresh", Detail: struct{}{}})
			a.state.to(a.signedInState(next), false)
			a.scheduleRefresh(next)
			return nil
		})
	})
	over := old // what nobody has any more
	if err != nil {
		over = next
		if stored, readErr := a.loadSession(ctx); readErr != nil || stored != nil && stored.SignIn() == next.SignIn() {
			over = nil // a store may have taken what it says it has not
		}
	}
	// Whoever revokes a refresh token ends all sessions of its sign-in, this one too if it goes on.
	if over != nil && next.SignIn() != at.StepUp && over.Refresh != "" {
		spawn(func() { _ = a.endRemotely(a.done, over, SignOutInput{}) })
	}
	if err != nil {
		return nil, err
	}
	return &SignInResult{SignInState: "signedIn"}, nil
}
