// Package ecdsa replaces crypto/ecdsa in the wasm build. golang-jwt registers
// ES256, ES384 and ES512 when it starts, Cognito signs with RS256 only: no
// signature is valid here and none can be made.
package ecdsa

import (
	"crypto"
	"crypto/elliptic"
	"errors"
	"io"
	"math/big"
)

type PublicKey struct {
	elliptic.Curve
	X, Y *big.Int
}

type PrivateKey struct {
	PublicKey
	D *big.Int
}

func (k *PrivateKey) Public() crypto.PublicKey { return &k.PublicKey }

// Verify finds no signature valid.
func Verify(*PublicKey, []byte, *big.Int, *big.Int) bool { return false }

// Sign always fails.
func Sign(io.Reader, *PrivateKey, []byte) (r, s *big.Int, err error) {
	return nil, nil, errors.New("ecdsa: left out of the wasm build")
}
