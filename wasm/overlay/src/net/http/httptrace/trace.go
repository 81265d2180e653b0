// Package httptrace replaces net/http/httptrace in the wasm build: fetch
// reports no connection events, so hooks are accepted and never called.
package httptrace

import (
	"context"
	"crypto/tls"
)

type ClientTrace struct {
	GotConn              func(GotConnInfo)
	PutIdleConn          func(err error)
	GotFirstResponseByte func()
	DNSStart             func(DNSStartInfo)
	DNSDone              func(DNSDoneInfo)
	ConnectStart         func(network, addr string)
	ConnectDone          func(network, addr string, err error)
	TLSHandshakeStart    func()
	TLSHandshakeDone     func(tls.ConnectionState, error)
}

type (
	GotConnInfo  struct{}
	DNSStartInfo struct{}
	DNSDoneInfo  struct{}
)

func WithClientTrace(ctx context.Context, _ *ClientTrace) context.Context { return ctx }
