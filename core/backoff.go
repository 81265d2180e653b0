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
	// Losing the note costs one request too many.
	_ = a.records().PutRetryAt(ctx, a.Now().Add(pause/2+rand.N(pause/2)))
}

// backOff refuses a refresh while a failing service deserves a pause.
func (a *Auth) backOff(ctx context.Context) error {
	at, noted, err := a.records().RetryAt(ctx)
	if err != nil || !noted {
		return err
	}
	if left := at.Sub(a.Now()); left > 0 && left <= backOffMost {
		return &Error{Name: "ServiceUnavailable", Code: "serviceUnavailable", Retryable: true,
			Message: "The service failed a moment ago. The tokens can be refreshed again in " + left.Round(time.Millisecond).String() + "."}
	}
	return a.records().Remove(ctx, a.layout.RetryAtKey())
}
