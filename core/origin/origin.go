// Package origin has the ports to what all pages of an origin share: what is stored,
// and locks. Package origintest has fakes of them, and what every implementation
// must pass.
package origin

import (
	"context"
	"time"
)

// A Change sets a stored value, or removes it when Value is nil.
type Change struct {
	Key   string
	Value *string
}

// Storage keeps text by key.
type Storage interface {
	// Get returns the values of keys in their order, nil where there is none.
	// They are read at one moment.
	Get(ctx context.Context, keys ...string) ([]*string, error)
	// Apply makes all changes or, when it fails, none. Other pages may see them one
	// by one, removals first, each kind in the order given.
	Apply(ctx context.Context, changes []Change) error
}

// Locks are mutexes that all pages of the origin share.
type Locks interface {
	// With runs f while holding the lock name. It waits at most wait for the lock
	// and then runs f without it, telling f so: a frozen page must not freeze others.
	With(ctx context.Context, name string, wait time.Duration, f func(ctx context.Context, held bool) error) error
	// Publish makes value known to all pages, at once and while this page lives, in
	// place of what it published under name before. Storage is slower: browsers tell
	// its changes to other processes later, even after a lock has changed hands.
	Publish(ctx context.Context, name, value string)
	// Published returns what living pages have published under name. Where it cannot
	// be known it is empty; With then leaves storage the time it needs.
	Published(ctx context.Context, name string) []string
}
