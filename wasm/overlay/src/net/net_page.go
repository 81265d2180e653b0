// Package net replaces net in the wasm build. A page has no sockets and no
// resolver: what is left is parsing addresses and the types that the AWS SDK
// names in its default HTTP client and its retry rules.
package net

import (
	"context"
	"errors"
	"time"
)

var errNoSockets = errors.New("net: a web page has no sockets; give the AWS client an HTTPClient")

type Addr interface {
	Network() string
	String() string
}

type Conn interface {
	Read(b []byte) (n int, err error)
	Write(b []byte) (n int, err error)
	Close() error
	LocalAddr() Addr
	RemoteAddr() Addr
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// Dialer never connects.
type Dialer struct {
	Timeout   time.Duration
	KeepAlive time.Duration
	DualStack bool
}

func (*Dialer) DialContext(context.Context, string, string) (Conn, error) {
	return nil, errNoSockets
}

// OpError and DNSError are never made here; the SDK's retry rules look for them.
type OpError struct {
	Op  string
	Err error
}

func (e *OpError) Error() string   { return e.Op + ": " + e.Err.Error() }
func (e *OpError) Unwrap() error   { return e.Err }
func (e *OpError) Temporary() bool { return false }

type DNSError struct {
	Err, Name  string
	IsNotFound bool
}

func (e *DNSError) Error() string   { return "lookup " + e.Name + ": " + e.Err }
func (e *DNSError) Temporary() bool { return false }
