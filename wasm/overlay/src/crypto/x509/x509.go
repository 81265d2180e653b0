// Package x509 replaces crypto/x509 in the wasm build: the browser checks
// certificates and token keys come as JWKS. golang-jwt's PEM helpers name these
// functions; each fails.
package x509

import (
	"crypto/rsa"
	"encoding/pem"
	"errors"
)

var errNoX509 = errors.New("x509: the wasm build reads no certificates or encoded keys; use a JWKS")

type Certificate struct{ PublicKey any }

func ParseCertificate([]byte) (*Certificate, error) { return nil, errNoX509 }

func ParsePKIXPublicKey([]byte) (any, error) { return nil, errNoX509 }

func ParsePKCS1PublicKey([]byte) (*rsa.PublicKey, error) { return nil, errNoX509 }

func ParsePKCS1PrivateKey([]byte) (*rsa.PrivateKey, error) { return nil, errNoX509 }

func ParsePKCS8PrivateKey([]byte) (any, error) { return nil, errNoX509 }

func DecryptPEMBlock(*pem.Block, []byte) ([]byte, error) { return nil, errNoX509 }
