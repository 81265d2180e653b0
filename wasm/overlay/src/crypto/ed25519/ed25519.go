// Package ed25519 replaces crypto/ed25519 in the wasm build. golang-jwt
// registers EdDSA when it starts, Cognito signs with RS256 only: no signature
// is valid here and none can be made.
package ed25519

import "crypto"

const PublicKeySize = 32

type PublicKey []byte

type PrivateKey []byte

func (k PrivateKey) Public() crypto.PublicKey { return PublicKey(k[PublicKeySize:]) }

// Verify finds no signature valid.
func Verify(PublicKey, []byte, []byte) bool { return false }
