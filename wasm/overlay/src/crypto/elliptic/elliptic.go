// Package elliptic replaces crypto/elliptic in the wasm build: golang-jwt asks
// an ECDSA key for its curve's size. No curve is implemented.
package elliptic

type CurveParams struct{ BitSize int }

type Curve interface{ Params() *CurveParams }
