package origintest

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core/origin"
)

func TestPages(t *testing.T) {
	for _, lag := range []time.Duration{0, 30 * time.Millisecond} {
		open := func() (one, other *Page) {
			o := New()
			o.Lag = lag
			return o.Page(), o.Page()
		}
		t.Run(lag.String(), func(t *testing.T) {
			TestStorage(t, func(*testing.T) (origin.Storage, origin.Storage) { return open() })
			TestLocks(t, true, func(*testing.T) (origin.Locks, origin.Locks) { return open() })
			TestShared(t, func(*testing.T) (Shared, Shared) { return open() })
		})
	}
}

// A page sees its own changes at once, those of others later, and all agree in the end.
func TestLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := New()
		o.Lag = 30 * time.Millisecond
		one, other := o.Page(), o.Page()
		apply(t, one, origin.Change{Key: "a", Value: value("1")})
		expect(t, one, []string{"a"}, []string{"=1"})
		expect(t, other, []string{"a"}, []string{"-"})
		time.Sleep(10 * time.Millisecond)
		apply(t, other, origin.Change{Key: "a", Value: value("2")})
		expect(t, one, []string{"a"}, []string{"=1"})
		time.Sleep(o.Lag)
		expect(t, one, []string{"a"}, []string{"=2"})
		expect(t, other, []string{"a"}, []string{"=2"})
		full := errors.New("full")
		one.Fail(full)
		if err := one.Apply(t.Context(), []origin.Change{{Key: "a"}}); err != full {
			t.Errorf("%v", err)
		}
		expect(t, one, []string{"a"}, []string{"=2"})
		one.Publish(t.Context(), "n", "v")
		one.Close()
		if left := other.Published(t.Context(), "n"); len(left) > 0 {
			t.Errorf("a page that is gone has published %v", left)
		}
	})
}
