// Package records reads and writes what is stored: sessions, devices, identities and the rest, each under the names and
// with the members that core/contract gives it, so that the page and Amplify JS read them too. What a stored value that
// nobody here has written means is decided here as well: it is none.
//
// It knows no user state and no turn: whose session may be stored, and when, is decided by its caller, who holds the locks.
package records

import (
	"context"
	"encoding/json"
	"math"
	"strconv"

	"amplify-auth/core/contract"
	"amplify-auth/core/origin"
)

// A Store has records in a storage: in what all pages of the origin share, or in what a tab has for itself.
type Store struct {
	Storage origin.Storage
	Layout
}

// read decodes a stored record into the struct at v; false, and v is of no
// use, where it is nothing that we have written. The page reads by the same rule
// (record in web/src/session.js), so it is stricter than package json: in the case
// of names, and in numbers.
func read(text *string, r contract.Record, v any) bool {
	var given map[string]json.RawMessage
	if text == nil || json.Unmarshal([]byte(*text), &given) != nil || given == nil {
		return false
	}
	known := make(map[string]json.RawMessage, len(r))
	for name := range r {
		value, ok := given[name]
		if !ok {
			continue
		}
		if f, err := strconv.ParseFloat(string(value), 64); err == nil {
			if f != math.Trunc(f) || !contract.Whole(name, int64(f)) {
				return false
			}
			value = strconv.AppendInt(nil, int64(f), 10) // 1e3 is 1000
		}
		known[name] = value
	}
	data, err := json.Marshal(known)
	return err == nil && json.Unmarshal(data, v) == nil
}

// A Change sets or removes a stored value.
type Change = origin.Change

// put is the change that stores v as JSON.
func put(key string, v any) (Change, error) {
	data, err := json.Marshal(v)
	text := string(data)
	return Change{Key: key, Value: &text}, err
}

func removals(keys ...string) []Change {
	gone := make([]Change, len(keys))
	for i, key := range keys {
		gone[i].Key = key
	}
	return gone
}

// Note reads a note of one's own, as JSON, into v. It reports whether there is one, and whether it could be read.
func (s Store) Note(ctx context.Context, key string, v any) (there, read bool, err error) {
	values, err := s.Storage.Get(ctx, key)
	if err != nil || values[0] == nil {
		return false, false, err
	}
	return true, json.Unmarshal([]byte(*values[0]), v) == nil, nil
}

// PutNote stores a note.
func (s Store) PutNote(ctx context.Context, key string, v any) error {
	change, err := put(key, v)
	if err != nil {
		return err
	}
	return s.Storage.Apply(ctx, []Change{change})
}

// Remove removes values, whether they are there or not.
func (s Store) Remove(ctx context.Context, keys ...string) error {
	return s.Storage.Apply(ctx, removals(keys...))
}
