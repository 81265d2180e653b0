//go:build js && wasm

package jsbridge

import (
	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// An exception is what a promise of JavaScript was rejected with.
type exception struct{ value safejs.Value }

// name is that of an Error or DOMException; empty when something else was thrown.
func (e exception) name() string {
	if e.value.Type() != safejs.TypeObject {
		return ""
	}
	return text(e.value, "name")
}

func (e exception) Error() string {
	if e.value.Type() != safejs.TypeObject {
		return "a value that is not an Error was thrown"
	}
	return e.name() + ": " + text(e.value, "message")
}

// errorMaker returns the one function that makes an Error of JavaScript of an
// error of Go. makeError is the page's constructor.
func errorMaker(makeError safejs.Value) func(error) safejs.Value {
	var convert func(error) safejs.Value
	convert = func(err error) safejs.Value {
		e := core.AsError(err)
		cause := safejs.Undefined()
		switch c := e.Cause.(type) {
		case nil:
		case *core.Error:
			cause = convert(c)
		case exception:
			cause = c.value
		default:
			cause = must(global("Error").New(c.Error()))
		}
		return must(makeError.Invoke(e.Name, e.Code, e.Message, e.Retryable, e.RequestID, cause))
	}
	return convert
}
