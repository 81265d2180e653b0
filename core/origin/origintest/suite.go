package origintest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amplify-auth/core/origin"
)

// patience is how long a page may take to see what another one has stored.
const patience = 5 * time.Second

// until waits for a condition that another page brings about.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !met(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

func value(s string) *string { return &s }

func read(t *testing.T, s origin.Storage, keys ...string) []string {
	t.Helper()
	values, err := s.Get(t.Context(), keys...)
	if err != nil || len(values) != len(keys) {
		t.Fatalf("Get(%v): %d values, %v", keys, len(values), err)
	}
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = "-"; v != nil {
			out[i] = "=" + *v
		}
	}
	return out
}

func apply(t *testing.T, s origin.Storage, changes ...origin.Change) {
	t.Helper()
	if err := s.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, s origin.Storage, keys, want []string) {
	t.Helper()
	if got := read(t, s, keys...); !slices.Equal(got, want) {
		t.Errorf("%q holds %q, want %q", keys, got, want)
	}
}

// TestStorage is what every Storage must pass. open gives that of two pages.
func TestStorage(t *testing.T, open func(*testing.T) (one, other origin.Storage)) {
	t.Run("values", func(t *testing.T) {
		s, _ := open(t)
		expect(t, s, []string{"a", "b"}, []string{"-", "-"})
		apply(t, s, origin.Change{Key: "b", Value: value("2")}, origin.Change{Key: "a", Value: value("1")}, origin.Change{Key: "empty", Value: value("")})
		expect(t, s, []string{"b", "none", "a", "b", "empty"}, []string{"=2", "-", "=1", "=2", "="})
		apply(t, s, origin.Change{Key: "a"}, origin.Change{Key: "none"}, origin.Change{Key: "b", Value: value("è\n\U0001F600\"\\")})
		expect(t, s, []string{"a", "b", "empty"}, []string{"-", "=è\n\U0001F600\"\\", "="})
		apply(t, s)
		expect(t, s, nil, []string{})
	})
	t.Run("odd keys", func(t *testing.T) {
		s, _ := open(t)
		for _, key := range []string{"__proto__", "length", "getItem", "constructor", "a.b@c d/é"} {
			expect(t, s, []string{key}, []string{"-"})
			apply(t, s, origin.Change{Key: key, Value: value(key)})
			expect(t, s, []string{key}, []string{"=" + key})
			apply(t, s, origin.Change{Key: key})
			expect(t, s, []string{key}, []string{"-"})
		}
	})
	t.Run("another page", func(t *testing.T) {
		one, other := open(t)
		apply(t, one, origin.Change{Key: "a", Value: value("1")}, origin.Change{Key: "b", Value: value("2")})
		until(t, "the values", func() bool { return slices.Equal(read(t, other, "a", "b"), []string{"=1", "=2"}) })
		apply(t, other, origin.Change{Key: "a"}, origin.Change{Key: "b", Value: value("3")})
		expect(t, other, []string{"a", "b"}, []string{"-", "=3"})
		until(t, "the change", func() bool { return slices.Equal(read(t, one, "a", "b"), []string{"-", "=3"}) })
	})
	t.Run("an ended context", func(t *testing.T) {
		s, _ := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = s.Get(ctx, "a")
			_ = s.Apply(ctx, []origin.Change{{Key: "a", Value: value("1")}})
		}()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("it does not return")
		}
	})
}

// TestLocks is what every Locks must pass. open gives that of two pages; publishes
// says whether pages can be told of a value at once.
func TestLocks(t *testing.T, publishes bool, open func(*testing.T) (one, other origin.Locks)) {
	t.Run("one at a time", func(t *testing.T) {
		one, other := open(t)
		var inside, rounds atomic.Int32
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				locks := []origin.Locks{one, other}[i%2]
				for range 3 {
					err := locks.With(t.Context(), "name", time.Minute, func(_ context.Context, held bool) error {
						if !held || inside.Add(1) != 1 {
							t.Errorf("held %t, with another inside", held)
						}
						time.Sleep(time.Millisecond)
						inside.Add(-1)
						rounds.Add(1)
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if rounds.Load() != 18 {
			t.Errorf("%d rounds", rounds.Load())
		}
	})
	t.Run("names apart, errors passed", func(t *testing.T) {
		one, other := open(t)
		own := errors.New("own")
		err := one.With(t.Context(), "a", time.Minute, func(ctx context.Context, held bool) error {
			return other.With(ctx, "b", time.Minute, func(_ context.Context, inner bool) error {
				if !held || !inner {
					t.Errorf("held %t and %t", held, inner)
				}
				return own
			})
		})
		if err != own {
			t.Errorf("%v", err)
		}
	})
	t.Run("the wait ends", func(t *testing.T) {
		one, other := open(t)
		err := one.With(t.Context(), "a", time.Minute, func(ctx context.Context, _ bool) error {
			if err := other.With(ctx, "a", 200*time.Millisecond, func(_ context.Context, held bool) error {
				if held {
					t.Error("both hold it")
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
			ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
			defer cancel()
			return other.With(ctx, "a", time.Minute, func(context.Context, bool) error {
				t.Error("it ran although its context had ended")
				return nil
			})
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		// Who gave up has left nothing behind.
		if err := other.With(t.Context(), "a", patience, func(_ context.Context, held bool) error {
			if !held {
				t.Error("it is not free")
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	if !publishes {
		return
	}
	t.Run("published", func(t *testing.T) {
		one, other := open(t)
		check := func(name string, want ...string) {
			t.Helper()
			until(t, fmt.Sprintf("%q under %s", want, name), func() bool { // an end takes a browser a moment
				got := other.Published(t.Context(), name)
				slices.Sort(got)
				return slices.Equal(slices.Compact(got), want)
			})
		}
		check("a")
		one.Publish(t.Context(), "a", "1 é@x")
		check("a", "1 é@x")
		check("b")
		one.Publish(t.Context(), "a", "2")
		one.Publish(t.Context(), "b", "4")
		other.Publish(t.Context(), "a", "3")
		check("a", "2", "3")
		check("b", "4")
		other.Publish(t.Context(), "a", "2") // the same value twice
		check("a", "2")
	})
}

// TestShared is what Storage and Locks must give together: who gets a lock knows what
// the holder before has stored, by reading it or by what is published.
func TestShared(t *testing.T, open func(*testing.T) (one, other Shared)) {
	one, other := open(t)
	for i := range 20 {
		from, to := one, other
		if i%2 == 1 {
			from, to = other, one
		}
		text := fmt.Sprint(i)
		if err := from.With(t.Context(), "a", time.Minute, func(ctx context.Context, _ bool) error {
			from.Publish(ctx, "a", text)
			return from.Apply(ctx, []origin.Change{{Key: "k", Value: &text}})
		}); err != nil {
			t.Fatal(err)
		}
		if err := to.With(t.Context(), "a", time.Minute, func(ctx context.Context, _ bool) error {
			if read(t, to, "k")[0] != "="+text && !slices.Contains(to.Published(ctx, "a"), text) {
				t.Errorf("round %d: neither stored nor published", i)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// Shared is what a page has.
type Shared interface {
	origin.Storage
	origin.Locks
}
