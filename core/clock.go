package core

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A clock is the service's clock as far as it is known: by the Date header of its
// answers (RFC 9110 section 6.6.1), and by the time that has passed since.
type clock struct {
	now        func() time.Time
	mu         sync.Mutex
	date, seen time.Time // the service's time, and ours in that moment
	correcting atomic.Bool
}

// dateError is what a Date header may be off although both clocks agree: it has
// whole seconds, and the answer travelled.
const dateError = 2 * time.Second

func (c *clock) observe(server time.Time) {
	now := c.now()
	if server.Sub(now).Abs() <= dateError {
		server = now.Round(0)
	}
	c.mu.Lock()
	c.date, c.seen = server, now
	c.mu.Unlock()
}

// known reports whether the service has told its time.
func (c *clock) known() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.date.IsZero()
}

// server is the service's time. A clock that was set back shows by the time that has
// passed meanwhile, which no setting changes; one that went ahead may just have slept.
func (c *clock) server() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if c.date.IsZero() {
		return now
	}
	return c.date.Add(max(now.Sub(c.seen), now.Round(0).Sub(c.seen.Round(0))))
}

// ObserveTime tells the time that the service put into an answer.
func (a *Auth) ObserveTime(server time.Time) {
	a.clock.observe(server)
}

// driftError is what the drifts may differ by which two ways of finding one give.
const driftError = 5 * time.Second

// drifted puts the service's clock as it is known now in place of what was stored of
// it, for this page and, by storage, for all.
func (a *Auth) drifted(s *session) {
	if !a.clock.known() {
		return
	}
	stored := s.Drift
	s.Drift = a.clock.server().Sub(a.Now()).Truncate(time.Millisecond)
	if (s.Drift-stored).Abs() <= driftError || !a.clock.correcting.CompareAndSwap(false, true) {
		return
	}
	spawn(func() {
		defer a.clock.correcting.Store(false)
		_ = a.store(a.done, func(ctx context.Context) error { // the next look does it otherwise
			now, err := a.loadSession(ctx)
			if err != nil || now == nil || now.id() != s.id() {
				return err
			}
			if now.External {
				return a.saveExternal(ctx, now)
			}
			ms := strconv.FormatInt(now.Drift.Milliseconds(), 10)
			return a.Storage.Apply(ctx, []Change{{Key: a.keys.user(now.Username, "clockDrift"), Value: &ms}})
		})
	})
}
