package core

import (
	"context"
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
	least      time.Time // when the newest token was issued: it was not earlier since
	correcting atomic.Bool
}

// dateError is what a Date header may be off although both clocks agree: it has
// whole seconds, and the answer travelled.
const dateError = 2 * time.Second

// imfFixdate is the format of Date: RFC 9110 section 5.6.7.
const imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"

// DateOf is the time at which an answer was made, by its headers; zero where they do not
// say, or where a cache serves it (RFC 9111 section 5.1): Age need not count every cache
// on the way.
func DateOf(header func(name string) string) time.Time {
	date, err := time.Parse(imfFixdate, header("Date"))
	if age := header("Age"); err != nil || age != "" && age != "0" {
		return time.Time{}
	}
	return date
}

// issued notes that a token was made at a time by the service's clock.
func (c *clock) issued(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.least) {
		c.least = at
	}
}

// believes reports whether a Date may be of this moment: that of a cache without Age may
// be older than tokens.
func (c *clock) believes(date time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !date.IsZero() && !date.Add(clockLeeway).Before(c.least)
}

// observe takes the time of an answer. One that took long, as where the computer slept
// meanwhile, tells a time that is over.
func (c *clock) observe(server time.Time, took time.Duration) {
	if took > clockLeeway || !c.believes(server) {
		return
	}
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

// sure reports whether it has, and this computer's clock was not set since, nor its
// sleep left out of one of its two readings.
func (c *clock) sure() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	return !c.date.IsZero() && (now.Sub(c.seen)-now.Round(0).Sub(c.seen.Round(0))).Abs() <= driftError
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
	return c.date.Add(Passed(c.seen, now))
}

// Passed is the time between two looks at a clock that may have been set meanwhile, or
// have stood still.
func Passed(from, to time.Time) time.Duration {
	return max(to.Sub(from), to.Round(0).Sub(from.Round(0)))
}

// tellsTime takes the service's clock from a token of s that just came.
func (a *Auth) tellsTime(s *session, t *Token) {
	if at := t.Time("iat"); !at.IsZero() {
		a.clock.issued(at)
		if !a.clock.sure() {
			a.clock.observe(at, 0) // where the service's Date is not shown
		}
		s.Drift = at.Sub(a.Now()).Truncate(time.Millisecond)
	}
}

// ObserveTime tells the time that the service put into an answer, and what passed from
// the request to it.
func (a *Auth) ObserveTime(server time.Time, took time.Duration) {
	a.clock.observe(server, took)
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
			if err != nil || now == nil || now.SignIn() != s.SignIn() {
				return err
			}
			return a.records().PutDrift(ctx, now)
		})
	})
}
