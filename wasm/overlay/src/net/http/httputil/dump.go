// Package httputil replaces net/http/httputil in the wasm build.
//
// smithy-go's RequestResponseLogger calls DumpRequestOut and DumpResponse when
// a ClientLogMode asks for wire logs. The original DumpRequestOut talks to an
// http.Transport over an in-memory connection and so keeps net/http's client,
// crypto/tls and crypto/x509 in the program. This module never sets a
// ClientLogMode: a dump would hold passwords and tokens. If one is set all the
// same, the call fails instead of logging secrets.
package httputil

import (
	"errors"
	"net/http"
)

var errNoDump = errors.New("httputil: wire dumps hold secrets and are left out of the wasm build; unset ClientLogMode")

// DumpRequestOut always fails.
func DumpRequestOut(*http.Request, bool) ([]byte, error) { return nil, errNoDump }

// DumpResponse always fails.
func DumpResponse(*http.Response, bool) ([]byte, error) { return nil, errNoDump }
