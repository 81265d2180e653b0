// Package http replaces net/http in the wasm build, where all traffic goes
// through fetch and so never through net/http: it has the header, request and
// response types, which the AWS SDK's HTTPClient interface passes, and the few
// identifiers that the SDK's default client names.
package http

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

var (
	// ErrUseLastResponse is what a CheckRedirect returns to stop.
	ErrUseLastResponse = errors.New("net/http: use last response")

	errNoTransport = errors.New("net/http: the wasm build has no transport; give the AWS client an HTTPClient")
)

// Request is an outgoing HTTP request; see the standard library's.
type Request struct {
	Method                 string
	URL                    *url.URL
	Proto                  string
	ProtoMajor, ProtoMinor int
	Header                 Header
	Body                   io.ReadCloser
	GetBody                func() (io.ReadCloser, error)
	ContentLength          int64
	TransferEncoding       []string
	Host                   string
	Response               *Response // the redirect response that caused this request
	ctx                    context.Context
}

// Clone returns a deep copy of r, but for Body, with the context ctx.
func (r *Request) Clone(ctx context.Context) *Request {
	c := r.WithContext(ctx)
	if r.URL != nil {
		u := *r.URL
		if u.User != nil {
			user := *u.User
			u.User = &user
		}
		c.URL = &u
	}
	c.Header = r.Header.Clone()
	c.TransferEncoding = slices.Clone(r.TransferEncoding)
	return c
}

// validMethod reports whether method is a token of RFC 9110, section 5.6.2.
func validMethod(method string) bool {
	return method != "" && !strings.ContainsFunc(method, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// Response is the response to an HTTP request; see the standard library's.
type Response struct {
	Status                 string
	StatusCode             int
	Proto                  string
	ProtoMajor, ProtoMinor int
	Header                 Header
	Body                   io.ReadCloser
	ContentLength          int64
	TransferEncoding       []string
	Uncompressed           bool
	Trailer                Header
	Request                *Request
}

type RoundTripper interface {
	RoundTrip(*Request) (*Response, error)
}

// Client and Transport are what the SDK's default client is made of. They have
// no connections to use: every request fails.
type Client struct {
	Transport     RoundTripper
	CheckRedirect func(req *Request, via []*Request) error
	Timeout       time.Duration
}

func (*Client) Do(*Request) (*Response, error) { return nil, errNoTransport }

type Transport struct {
	Proxy                 func(*Request) (*url.URL, error)
	DialContext           func(ctx context.Context, network, addr string) (net.Conn, error)
	TLSClientConfig       *tls.Config
	TLSHandshakeTimeout   time.Duration
	MaxIdleConns          int
	MaxIdleConnsPerHost   int
	MaxConnsPerHost       int
	IdleConnTimeout       time.Duration
	ExpectContinueTimeout time.Duration
	ForceAttemptHTTP2     bool
}

func (*Transport) RoundTrip(*Request) (*Response, error) { return nil, errNoTransport }

func (t *Transport) Clone() *Transport {
	c := *t
	return &c
}

// ProxyFromEnvironment finds none: the browser's own proxy settings apply.
func ProxyFromEnvironment(*Request) (*url.URL, error) { return nil, nil }
