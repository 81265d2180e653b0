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

func (a *Auth) noteFailure(ctx context.Context, fault error) {
	a.refresh.mu.Lock()
	a.refresh.failures++
	pause := min(backOffFirst<<min(a.refresh.failures-1, 6), backOffMost)
	a.refresh.mu.Unlock()
	// Losing the note costs one request too many.
	_ = a.records().PutRetryAt(ctx, a.Now().Add(pause/2+rand.N(pause/2)), AsError(fault).Name)
}

// backOff refuses a refresh while a failing service deserves a pause.
func (a *Auth) backOff(ctx context.Context) error {
	at, fault, noted, err := a.records().RetryAt(ctx)
	if err != nil || !noted {
		return err
	}
	if left := at.Sub(a.Now()); left > 0 && left <= backOffMost {
		when := " The tokens can be refreshed again in " + left.Round(time.Millisecond).String() + "."
		if fault == networkError {
			return NetworkError("The service could not be reached a moment ago."+when, nil)
		}
		return &Error{Name: "ServiceUnavailable", Code: "serviceUnavailable", Retryable: true, Message: "The service failed a moment ago." + when}
	}
	return a.records().Remove(ctx, a.layout.RetryAtKey())
}
