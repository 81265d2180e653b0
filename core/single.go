package core

import (
	"context"
	"errors"
	"sync"
)

// A single does one piece of work at a time, for all who ask for it meanwhile.
type single[T any] struct {
	mu      sync.Mutex
	running *flight[T]
}

// A flight is such a piece of work. what says which it is.
type flight[T any] struct {
	what  string
	end   context.CancelCauseFunc
	done  chan struct{}
	value T
	err   error
}

// share joins the running work, if it is what the caller wants, or starts it. The
// caller's context ends the caller's wait, not the work that others wait for; life's
// end and interrupt do.
func (s *single[T]) share(ctx, life context.Context, what string, work func(context.Context) (T, error)) (none T, err error) {
	for range mostTries {
		s.mu.Lock()
		f := s.running
		if f == nil {
			f = &flight[T]{what: what, done: make(chan struct{})}
			s.running = f
			var run context.Context
			run, f.end = context.WithCancelCause(life)
			go s.run(f, run, work)
		}
		s.mu.Unlock()
		select {
		case <-f.done:
			if f.what == what {
				return f.value, f.err
			}
		case <-ctx.Done():
			return none, ctx.Err()
		}
	}
	return none, errUnsettled
}

// interrupt ends the running work, if any, with an error.
func (s *single[T]) interrupt(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		s.running.end(cause)
	}
}

// pause is interrupt that also lets nothing begin before resume.
func (s *single[T]) pause(cause error) (resume func()) {
	gate := &flight[T]{end: func(error) {}, done: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		s.running.end(cause)
	}
	s.running = gate
	return func() { s.leave(gate) }
}

// leave makes way for the next work.
func (s *single[T]) leave(f *flight[T]) {
	s.mu.Lock()
	if s.running == f { // not so once paused
		s.running = nil
	}
	s.mu.Unlock()
	close(f.done)
}

func (s *single[T]) run(f *flight[T], ctx context.Context, work func(context.Context) (T, error)) {
	defer func() {
		if p := recover(); p != nil {
			f.err = &Error{Name: "UnknownError", Code: "unknown", Message: "The call failed unexpectedly. Please report this."}
		}
		f.end(nil)
		s.leave(f)
	}()
	if f.value, f.err = work(ctx); errors.Is(f.err, context.Canceled) && ctx.Err() != nil {
		f.err = context.Cause(ctx)
	}
}
