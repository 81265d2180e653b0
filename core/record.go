package core

import (
	"encoding/json"
	"math"
	"strconv"

	"amplify-auth/core/contract"
)

// readRecord decodes a stored record into the struct at v; false, and v is of no
// use, where it is nothing that we have written. The page reads by the same rule
// (record in web/src/session.js), so it is stricter than package json: in the case
// of names, and in numbers.
func readRecord(text *string, r contract.Record, v any) bool {
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
