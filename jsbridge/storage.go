//go:build js && wasm

package jsbridge

import (
	"context"
	"errors"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// A store is two functions of the host: area.get(keys) and area.apply(changes).
type store struct {
	host *Host
	area string
}

func (s store) Get(ctx context.Context, keys ...string) ([]*string, error) {
	list := make([]any, len(keys))
	for i, k := range keys {
		list[i] = k
	}
	values, err := s.ask(ctx, "get", list)
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
	_, err := s.ask(ctx, "apply", list)
	return err
}

func (s store) ask(ctx context.Context, method string, arg []any) (safejs.Value, error) {
	v, err := s.host.ask(ctx, s.area+"."+method, arg)
	if err == nil || errors.Is(err, ctx.Err()) {
		return v, err
	}
	return v, &core.Error{Name: "StorageUnavailable", Code: "storageUnavailable", Cause: err,
		Message: "The storage given to AmplifyAuth failed; nothing was changed."}
}
