// Package unique replaces unique in the wasm build. net/netip, its one user,
// makes handles for the zones of IPv6 addresses. A value is never collected:
// the original's weak map and the runtime's part in it are left out.
package unique

var canonical = map[any]any{} // T to *T; goroutines share one thread and no call here yields

type Handle[T comparable] struct{ value *T }

// Make returns the handle of value: equal values have equal handles.
func Make[T comparable](value T) Handle[T] {
	p, ok := canonical[value].(*T)
	if !ok {
		p = &value
		canonical[value] = p
	}
	return Handle[T]{p}
}

func (h Handle[T]) Value() T { return *h.value }
