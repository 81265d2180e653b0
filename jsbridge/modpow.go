//go:build js && wasm

package jsbridge

import (
	"math/big"

	"github.com/hack-pad/safejs"

	"amplify-auth/core/srp"
)

// bigIntExp is srp.Exp by a function of JavaScript with BigInt, several times faster
// than math/big in WebAssembly. Should it fail, Go's own takes over.
func bigIntExp(modPow safejs.Value) srp.Exp {
	return func(base, exp, m *big.Int) *big.Int {
		v, err := modPow.Invoke(base.Text(16), exp.Text(16), m.Text(16))
		if err == nil && v.Type() == safejs.TypeString {
			if n, ok := new(big.Int).SetString(must(v.String()), 16); ok {
				return n
			}
		}
		return srp.GoExp(base, exp, m)
	}
}
