// Package rsa keeps of crypto/rsa, in the wasm build, the check of a PKCS #1
// v1.5 signature, the one Cognito's RS256 tokens need. golang-jwt's other
// methods also name signing and PSS: nothing is signed and no PSS signature is
// valid here.
package rsa

import (
	"crypto"
	"errors"
	"io"
	"math/big"
)

var errLeftOut = errors.New("crypto/rsa: the wasm build only verifies PKCS #1 v1.5 signatures")

type PrivateKey struct {
	PublicKey
	D *big.Int
}

func (k *PrivateKey) Public() crypto.PublicKey { return &k.PublicKey }

func SignPKCS1v15(io.Reader, *PrivateKey, crypto.Hash, []byte) ([]byte, error) {
	return nil, errLeftOut
}

func SignPSS(io.Reader, *PrivateKey, crypto.Hash, []byte, *PSSOptions) ([]byte, error) {
	return nil, errLeftOut
}

func VerifyPSS(*PublicKey, crypto.Hash, []byte, []byte, *PSSOptions) error { return errLeftOut }
