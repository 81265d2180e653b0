package core

import "context"

// rescue keeps, in memory, the session that storage did not take although the refresh
// token before is spent. Other pages must not end it for being refused.
func (a *Auth) rescue(ctx context.Context, before, s *session) {
	r := &a.refresh
	r.mu.Lock()
	r.spent, r.rescued = before.Refresh, s
	r.mu.Unlock()
	if s.Access != nil {
		a.Locks.Publish(ctx, a.refreshLock(), generation(s))
	}
}

// current returns what has taken the place of s, of which storage does not know.
func (r *refresher) current(s *session) *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.rescued == nil:
	case s.Username == r.rescued.Username && s.Refresh == r.spent:
		kept := *r.rescued
		return &kept
	default:
		r.rescued = nil // another page, or another user, went on
	}
	return s
}

// saveRescued stores what storage did not take before.
func (a *Auth) saveRescued(ctx context.Context) {
	r := &a.refresh
	r.mu.Lock()
	none := r.rescued == nil
	r.mu.Unlock()
	if none {
		return
	}
	_ = a.store(ctx, func(ctx context.Context) error { // else the next call does
		stored, err := a.records().Session(ctx)
		if err != nil || stored == nil {
			return err
		}
		if s := r.current(stored); s.Refresh != stored.Refresh {
			return a.records().PutSession(ctx, s, false)
		}
		return nil
	})
}
