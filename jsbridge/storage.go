//go:build js && wasm

package jsbridge

import (
	"context"
	"errors"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// A store is an object of the page with get(keys) and apply(changes), each
// returning its result or a promise of it.
type store struct{ v safejs.Value }

func (s store) Get(ctx context.Context, keys ...string) ([]*string, error) {
	list := make([]any, len(keys))
	for i, k := range keys {
		list[i] = k
	}
	values, err := s.call(ctx, "get", list)
	if err != nil {
		return nil, err
	}
	out := make([]*string, len(keys))
	for i := range keys {
		if v := must(values.Index(i)); v.Type() == safejs.TypeString {
			text := must(v.String())
			out[i] = &text
		}
	}
	return out, nil
}

func (s store) Apply(ctx context.Context, changes []core.Change) error {
	list := make([]any, len(changes))
	for i, c := range changes {
		var value any
		if c.Value != nil {
			value = *c.Value
		}
		list[i] = []any{c.Key, value}
	}
	_, err := s.call(ctx, "apply", list)
	return err
}

func (s store) call(ctx context.Context, method string, arg []any) (safejs.Value, error) {
	v, err := s.v.Call(method, must(safejs.ValueOf(arg)))
	if err == nil {
		v, err = await(ctx, v)
	}
	if err == nil || errors.Is(err, ctx.Err()) {
		return v, err
	}
	return v, &core.Error{Name: "StorageUnavailable", Code: "storageUnavailable", Cause: err,
		Message: "The storage given to AmplifyAuth failed; nothing was changed."}
}
