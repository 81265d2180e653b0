package core

import (
	"context"
	"maps"
	"sync"
)

// memory is a Storage for tests.
type memory struct {
	mu     sync.Mutex
	values map[string]string
	fail   error // what Apply answers
}

func newMemory() *memory { return &memory{values: map[string]string{}} }

func (m *memory) Get(_ context.Context, keys ...string) ([]*string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]*string, len(keys))
	for i, k := range keys {
		if v, ok := m.values[k]; ok {
			out[i] = &v
		}
	}
	return out, nil
}

func (m *memory) Apply(_ context.Context, changes []Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	for _, c := range changes {
		if c.Value == nil {
			delete(m.values, c.Key)
		} else {
			m.values[c.Key] = *c.Value
		}
	}
	return nil
}

func (m *memory) snapshot() map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.values)
}
