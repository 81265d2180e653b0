// Package fips140hash replaces crypto/internal/fips140hash in the wasm build:
// it takes SHA-3 hashes out of their wrapper for FIPS 140-3 mode, which js/wasm
// lacks. The wrapper is a hash.Hash as well.
package fips140hash

import "hash"

func Unwrap(h hash.Hash) hash.Hash { return h }

func UnwrapNew[Hash hash.Hash](newHash func() Hash) func() hash.Hash {
	return func() hash.Hash { return newHash() }
}
