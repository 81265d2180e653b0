// Package fips140 replaces crypto/fips140 in the wasm build: js/wasm has no
// FIPS 140-3 mode.
package fips140

func Enabled() bool  { return false }
func Enforced() bool { return false }
