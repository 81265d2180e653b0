package core

import (
	"sync"
	"time"
)

// A clock is the service's clock as far as it is known: the local one corrected
// by what the Date header of its answers (RFC 9110 section 6.6.1) shows.
type clock struct {
	now    func() time.Time
	mu     sync.Mutex
	offset time.Duration
}

// dateError is what a Date header may be off although both clocks agree: it has
// whole seconds, and the answer travelled.
const dateError = 2 * time.Second

func (c *clock) observe(server time.Time) {
	offset := server.Sub(c.now())
	if offset.Abs() <= dateError {
		offset = 0
	}
	c.mu.Lock()
	c.offset = offset
	c.mu.Unlock()
}

func (c *clock) server() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Add(c.offset)
}

// ObserveTime tells the time that the service put into an answer.
func (a *Auth) ObserveTime(server time.Time) { a.clock.observe(server) }
