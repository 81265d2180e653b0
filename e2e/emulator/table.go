package emulator

import (
	"iter"
	"maps"
)

// table is one kind of the state's rows by key. Whoever gets a row may change it: every row that was got, put or removed
// is looked at by the next commit (journal.go). A walk over all rows does not count; what it changes is touched.
type table[T any] struct {
	rows    map[string]T
	name    string // of its bucket in the data file
	prefix  string // of its keys there
	journal *journal
}

func newTable[T any](j *journal, name, prefix string) *table[T] {
	return &table[T]{map[string]T{}, name, prefix, j}
}

// get returns the row of a key; the zero value if there is none.
func (t *table[T]) get(key string) T {
	row, ok := t.rows[key]
	if ok {
		t.touch(key)
	}
	return row
}

func (t *table[T]) put(key string, row T) {
	t.rows[key] = row
	t.touch(key)
}

func (t *table[T]) remove(key string) {
	if _, ok := t.rows[key]; ok {
		delete(t.rows, key)
		t.touch(key)
	}
}

// removeAll removes the rows that a condition holds for.
func (t *table[T]) removeAll(gone func(T) bool) {
	for key, row := range t.rows {
		if gone(row) {
			t.remove(key)
		}
	}
}

// touch tells the journal that a row may have changed.
func (t *table[T]) touch(key string) { t.journal.touch(t.name, t.prefix+key, t) }

func (t *table[T]) all() iter.Seq2[string, T] { return maps.All(t.rows) }
func (t *table[T]) keys() iter.Seq[string]    { return maps.Keys(t.rows) }
func (t *table[T]) len() int                  { return len(t.rows) }

// record is a row as the data file has it; nil if there is none. key has the prefix.
func (t *table[T]) record(key string) any {
	row, ok := t.rows[key[len(t.prefix):]]
	if !ok {
		return nil
	}
	if r, ok := any(row).(recorder); ok {
		return r.record()
	}
	return row
}

// recorder is a row that points to other rows: its record names them instead.
type recorder interface{ record() any }
