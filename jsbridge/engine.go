//go:build js && wasm

package jsbridge

import (
	"context"
	"encoding/json"
	"runtime"
	"time"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// An Engine answers the calls of one client of the page.
type Engine interface {
	// Call runs a method on arguments in JSON and returns its result in JSON.
	Call(ctx context.Context, method string, args []byte) ([]byte, error)
	// Wake is called when the page is shown again or the network is back.
	Wake()
	Close()
}

// Serve hands the page a function that makes engines, and never returns.
//
// The page's loader has put an object into the global __amplifyAuth with ready,
// which takes that function, and makeError. The function takes a host (see Host)
// and returns a promise of { call(method, args, { signal, timeout }), close() }.
func Serve(create func(*Host) (Engine, error)) {
	boot := global("__amplifyAuth")
	if err := safejs.Global().Delete("__amplifyAuth"); err != nil {
		panic(err)
	}
	toError := errorMaker(get(boot, "makeError"))
	fn := must(safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		return safejs.Unsafe(promise(toError, func() (any, error) {
			host := &Host{args[0]}
			engine, err := create(host)
			if err != nil {
				return nil, err
			}
			return expose(engine, toError), nil
		}))
	}))
	must(boot.Call("ready", fn.Value())) // as long-lived as the program
	select {}
}

// expose makes the page's handle of an engine.
func expose(engine Engine, toError func(error) safejs.Value) safejs.Value {
	stops := wakes(engine.Wake)
	call := must(safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		return safejs.Unsafe(promise(toError, func() (any, error) {
			ctx, done := limits(args[2])
			defer done()
			out, err := engine.Call(ctx, must(args[0].String()), []byte(must(args[1].String())))
			return string(out), err
		}))
	}))
	var closeFn safejs.Func
	closeFn = callback(func([]safejs.Value) {
		for _, stop := range stops {
			stop()
		}
		engine.Close()
		call.Release()
		closeFn.Release()
		go runtime.GC() // what Go holds of the page, it holds until then
	})
	return object(map[string]any{"call": call.Value(), "close": closeFn.Value()})
}

// object makes an object of JavaScript.
func object(members map[string]any) safejs.Value {
	o := must(global("Object").New())
	for name, v := range members {
		if err := o.Set(name, v); err != nil {
			panic(err)
		}
	}
	return o
}

// limits makes a context of { signal, timeout }; timeout is in milliseconds.
func limits(v safejs.Value) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancel(context.Background())
	if !defined(v) {
		return ctx, cancel
	}
	if ms := get(v, "timeout"); ms.Type() == safejs.TypeNumber {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(must(ms.Float())*float64(time.Millisecond)))
	}
	signal := get(v, "signal")
	if !defined(signal) {
		return ctx, cancel
	}
	if must(get(signal, "aborted").Truthy()) {
		cancel()
		return ctx, cancel
	}
	stop := listen(signal, "abort", cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// A Host is what the page gives an engine.
type Host struct{ v safejs.Value }

// Config is the text of the configuration.
func (h *Host) Config() []byte { return []byte(text(h.v, "config")) }

// Options decodes the client's options into v.
func (h *Host) Options(v any) error { return json.Unmarshal([]byte(text(h.v, "options")), v) }

// Emit tells the page an event.
func (h *Host) Emit(e core.Event) {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		panic(err)
	}
	must(h.v.Call("emit", e.Type, string(detail)))
}

// Storage is what survives the page; Session survives a reload only.
func (h *Host) Storage() core.Storage { return store{get(h.v, "storage")} }
func (h *Host) Session() core.Storage { return store{get(h.v, "session")} }
