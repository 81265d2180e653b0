// Package drbg replaces crypto/internal/fips140/drbg in the wasm build. The
// original reads crypto.getRandomValues too, except in FIPS 140-3 mode, which
// js/wasm lacks; without that mode's AES generator this is all that is left.
package drbg

import (
	"crypto/internal/sysrand"
	"io"
)

// Read fills b from the browser's random number generator.
func Read(b []byte) { sysrand.Read(b) }

// DefaultReader marks crypto/rand's own Reader.
type DefaultReader interface{ defaultReader() }

// ReadWithReader fills b from r.
func ReadWithReader(r io.Reader, b []byte) error {
	if _, ok := r.(DefaultReader); ok {
		Read(b)
		return nil
	}
	_, err := io.ReadFull(r, b)
	return err
}
