package core

import (
	"context"
	"math/rand/v2"
	"time"

	"amplify-auth/core/contract"
)

// earlyRefresh is how long before its expiry a token is refreshed unasked.
const earlyRefresh = 2 * time.Minute

// scheduleRefresh sets the timer of the early refresh. Timers stop while a
// computer sleeps, so Wake looks at the clock again.
func (a *Auth) scheduleRefresh(s *session) {
	r := &a.refresh
	left := s.Access.Expiration().Sub(a.Now().Add(s.Drift))
	r.unschedule()
	if s.Refresh == "" || left <= contract.TokenMargin {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.done.Err() != nil { // Close stops what was set before
		return
	}
	early := min(earlyRefresh, left/4) + rand.N(10*time.Second) // pages do not all start at once
	r.timer = time.AfterFunc(max(left-early, 0), func() { a.Wake() })
}

func (r *refresher) unschedule() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
}

// Wake is called when the page becomes visible, the network returns or the early
// refresh is due.
func (a *Auth) Wake() {
	if a.done.Err() != nil {
		return
	}
	spawn(func() {
		defer a.refresh.woken.send()
		ctx, cancel := context.WithTimeout(a.done, refreshTimeout)
		defer cancel()
		s, err := a.loadSession(ctx)
		if err != nil || stateOf(s, a.Now()) != SignedIn || s.Refresh == "" || !a.Network.Online() {
			return
		}
		if left := s.Access.Expiration().Sub(a.Now().Add(s.Drift)); left > earlyRefresh+10*time.Second {
			a.scheduleRefresh(s)
			if a.state.get().UserState == SignedOutUserPoolsTokenInvalid {
				a.state.to(a.signedInState(s), false)
			}
			return
		}
		_, _ = a.shareRefresh(ctx, s, GetTokensInput{}) // callers learn of failures by their own call
	})
}
