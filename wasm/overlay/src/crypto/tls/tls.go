// Package tls replaces crypto/tls in the wasm build: the browser does TLS. The
// AWS SDK's default HTTP client, which cannot work in a page, fills a Config.
package tls

const VersionTLS12 = 0x0303

type CurveID uint16

const (
	CurveP256 CurveID = 23
	CurveP384 CurveID = 24
	CurveP521 CurveID = 25
)

type Config struct {
	MinVersion       uint16
	CurvePreferences []CurveID
}

type ConnectionState struct{}
