//go:build js && wasm

package jsbridge

import (
	"context"
	"fmt"
	"runtime/debug"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// must is for calls on the browser's own objects, which only a broken page makes
// fail. The panic rejects the promise of the work that met it.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func global(name string) safejs.Value { return must(safejs.Global().Get(name)) }

func get(v safejs.Value, name string) safejs.Value { return must(v.Get(name)) }

// text is a property that should be a string; empty when it is none.
func text(v safejs.Value, name string) string {
	if p := get(v, name); p.Type() == safejs.TypeString {
		return must(p.String())
	}
	return ""
}

// defined reports whether v is neither undefined nor null.
func defined(v safejs.Value) bool { return !v.IsUndefined() && !v.IsNull() }

// callback makes a function of JavaScript. Its maker releases it.
func callback(f func(args []safejs.Value)) safejs.Func {
	return must(safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		f(args)
		return nil
	}))
}

// promise runs work on a goroutine and returns a promise of its result, a value
// that safejs converts.
func promise(reject func(error) safejs.Value, work func() (any, error)) safejs.Value {
	executor := callback(func(args []safejs.Value) {
		resolve, fail := args[0], args[1]
		go func() {
			result, err := guarded(work)
			if err != nil {
				_, err = fail.Invoke(reject(err))
			} else {
				_, err = resolve.Invoke(result)
			}
			if err != nil {
				println("amplify-auth: a promise could not be settled:", err.Error())
			}
		}()
	})
	defer executor.Release() // the constructor has run it by then
	return must(global("Promise").New(executor.Value()))
}

// guarded runs work and turns a panic into an error. The stack goes to the
// console; the panic's value may hold a secret and does not.
func guarded[T any](work func() (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			println(fmt.Sprintf("amplify-auth: panic of type %T\n%s", p, debug.Stack()))
			err = &core.Error{Name: "InternalError", Code: "internalError", Message: "The engine met a bug in itself; this call failed, others go on. The console has the details: please report them."}
		}
	}()
	return work()
}

// A settled promise of JavaScript.
type settled struct {
	value safejs.Value
	err   error
}

// await waits for a promise. When ctx ends first it returns at once; the promise's
// owner should abort it.
func await(ctx context.Context, p safejs.Value) (safejs.Value, error) {
	if p.Type() != safejs.TypeObject || get(p, "then").Type() != safejs.TypeFunction {
		return p, nil // not a promise
	}
	ch := make(chan settled, 1)
	var ok, failed safejs.Func
	settle := func(s settled) {
		ok.Release()
		failed.Release()
		ch <- s
	}
	ok = callback(func(args []safejs.Value) { settle(settled{value: args[0]}) })
	failed = callback(func(args []safejs.Value) { settle(settled{err: exception{args[0]}}) })
	if _, err := p.Call("then", ok.Value(), failed.Value()); err != nil {
		return safejs.Value{}, err
	}
	select {
	case s := <-ch:
		return s.value, s.err
	case <-ctx.Done():
		return safejs.Value{}, ctx.Err()
	}
}

// listen calls f at every event until the returned function is called.
func listen(target safejs.Value, event string, f func()) (stop func()) {
	fn := callback(func([]safejs.Value) { f() })
	must(target.Call("addEventListener", event, fn.Value()))
	return func() {
		must(target.Call("removeEventListener", event, fn.Value()))
		fn.Release()
	}
}
