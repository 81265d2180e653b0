// Package unique replaces unique in the wasm build. net/netip, its one user,
// makes handles for the zones of IPv6 addresses. A value is never collected:
// the original's weak map and the runtime's part in it are left out.
package unique

import "sync"

var (
	mu        sync.Mutex      // a map that grows may let another goroutine run
	canonical = map[any]any{} // T to *T
)

type Handle[T comparable] struct{ value *T }

// Make returns the handle of value: equal values have equal handles.
func Make[T comparable](value T) Handle[T] {
	mu.Lock()
	defer mu.Unlock()
	p, ok := canonical[value].(*T)
	if !ok {
		p = &value
		canonical[value] = p
	}
	return Handle[T]{p}
}

func (h Handle[T]) Value() T { return *h.value }
