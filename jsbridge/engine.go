//go:build js && wasm

package jsbridge

import (
	"context"
	"runtime"
	"time"

	"amplify-auth/core/srp"

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
// which takes that function, and what the program takes of the thread it runs in:
// makeError and modPow. The function takes a host (see Host) and returns a promise
// of { call(method, args, { signal, timeout }), wake(), close() }.
func Serve(create func(*Host, srp.Exp) (Engine, error)) {
	boot := global("__amplifyAuth")
	if err := safejs.Global().Delete("__amplifyAuth"); err != nil {
		panic(err)
	}
	toError, exp := errorMaker(get(boot, "makeError")), bigIntExp(get(boot, "modPow"))
	fn := must(safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		return safejs.Unsafe(promise(toError, func() (any, error) {
			engine, err := create(&Host{args[0]}, exp)
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
	call := must(safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		return safejs.Unsafe(promise(toError, func() (any, error) {
			ctx, done := limits(args[2])
			defer done()
			out, err := engine.Call(ctx, must(args[0].String()), []byte(must(args[1].String())))
			return string(out), err
		}))
	}))
	wake := callback(func([]safejs.Value) { engine.Wake() })
	var closeFn safejs.Func
	closeFn = callback(func([]safejs.Value) {
		engine.Close()
		call.Release()
		wake.Release()
		closeFn.Release()
		go runtime.GC() // what Go holds of the page, it holds until then
	})
	return object(map[string]any{"call": call.Value(), "wake": wake.Value(), "close": closeFn.Value()})
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

// Warn tells the page's developer something on the console.
func Warn(text string) { must(global("console").Call("warn", "AmplifyAuth: "+text)) }
