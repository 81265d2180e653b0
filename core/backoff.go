package core

import (
	"context"
	"math/rand/v2"
	"time"
)

// The back-off after failures that say nothing about the session: shared by all
// callers and, through storage, by all pages.
const (
	backOffFirst = time.Second
	backOffMost  = time.Minute
)

func (a *Auth) noteFailure(ctx context.Context) {
	a.refresh.mu.Lock()
	a.refresh.failures++
	pause := min(backOffFirst<<min(a.refresh.failures-1, 6), backOffMost)
	a.refresh.mu.Unlock()
	until := a.Now().Add(pause/2 + rand.N(pause/2)).Format(time.RFC3339Nano)
	// Losing the note costs one request too many.
	_ = a.Storage.Apply(ctx, []Change{{Key: a.keys.retryAt(), Value: &until}})
}

// backOff refuses a refresh while a failing service deserves a pause.
func (a *Auth) backOff(ctx context.Context) error {
	v, err := a.Storage.Get(ctx, a.keys.retryAt())
	if err != nil || v[0] == nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, *v[0])
	left := at.Sub(a.Now())
	if err == nil && left > 0 && left <= backOffMost {
		return &Error{Name: "ServiceUnavailable", Code: "serviceUnavailable", Retryable: true,
			Message: "The service failed a moment ago. The tokens can be refreshed again in " + left.Round(time.Millisecond).String() + "."}
	}
	return a.Storage.Apply(ctx, []Change{{Key: a.keys.retryAt()}})
}
