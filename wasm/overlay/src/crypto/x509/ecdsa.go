package x509

import "crypto/ecdsa"

func ParseECPrivateKey([]byte) (*ecdsa.PrivateKey, error) { return nil, errNoX509 }
