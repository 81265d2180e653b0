// Package check replaces crypto/internal/fips140/check in the wasm build: it
// checks the program's own code in FIPS 140-3 mode, which js/wasm lacks.
package check
