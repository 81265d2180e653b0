package core

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// SignRequestInput describes a request to sign. PayloadHash is the SHA-256 of its
// body in hex.
type SignRequestInput struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	Headers     map[string]string `json:"headers"`
	PayloadHash string            `json:"payloadHash"`
	Service     string            `json:"service"`
	Region      string            `json:"region"`
}

// SignedRequest are the headers to set on the request.
type SignedRequest struct {
	Headers map[string]string `json:"headers"`
}

// SignRequest signs a request with AWS Signature Version 4 and the credentials of
// the signed-in user or guest.
func (a *Auth) SignRequest(ctx context.Context, in SignRequestInput) (*SignedRequest, error) {
	r, err := in.request()
	if err != nil {
		return nil, err
	}
	c, err := a.credentials(ctx, GetCredentialsInput{})
	if err != nil {
		return nil, err
	}
	before := r.Header.Clone()
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = in.s3() })
	k := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
	if err := signer.SignHTTP(ctx, k, r, in.PayloadHash, in.Service, in.Region, c.now(a.Now())); err != nil {
		return nil, err
	}
	out := &SignedRequest{map[string]string{}}
	for name := range r.Header {
		if v := r.Header.Get(name); before.Get(name) != v {
			out.Headers[name] = v
		}
	}
	if in.s3() {
		out.Headers[contentHash] = in.PayloadHash
	}
	return out, nil
}

const contentHash = "X-Amz-Content-Sha256" // S3 wants it said

// s3 reports whether the service takes paths as they are; the others normalize
// them and escape them once more.
func (in *SignRequestInput) s3() bool {
	return in.Service == "s3" || in.Service == "s3express" || strings.HasPrefix(in.Service, "s3-")
}

// request is the request in the form that its service signs.
func (in *SignRequestInput) request() (*http.Request, error) {
	switch {
	case in.Service == "":
		return nil, invalid("signRequest: service is empty; it is execute-api for API Gateway, appsync for AppSync.")
	case in.Region == "":
		return nil, invalid("signRequest: region is empty.")
	case len(in.PayloadHash) != 64:
		return nil, invalid("signRequest: payloadHash must be a SHA-256 in hex.")
	}
	u, err := url.Parse(in.URL)
	if err != nil || u.Host == "" {
		return nil, invalid("signRequest: url is no absolute URL.")
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil {
		return nil, invalid("signRequest: the query of the URL has a stray % or a semicolon, which cannot be signed.")
	}
	if in.s3() {
		u.RawPath = strictPath(u.Path)
	} else {
		for strings.Contains(u.RawPath+u.Path, "//") {
			u.Path, u.RawPath = strings.ReplaceAll(u.Path, "//", "/"), strings.ReplaceAll(u.RawPath, "//", "/")
		}
	}
	r := &http.Request{Method: in.Method, URL: u, Host: u.Host, Header: http.Header{}}
	for name, v := range in.Headers {
		r.Header.Set(name, v)
	}
	r.Header.Del("Authorization")
	if in.s3() {
		r.Header.Set(contentHash, in.PayloadHash)
	}
	return r, nil
}

// strictPath escapes all but RFC 3986's unreserved characters and slashes. Browsers
// leave more of them alone, and S3 escapes what it gets before it checks.
func strictPath(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.~/", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
