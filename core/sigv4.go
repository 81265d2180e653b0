package core

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/httpbinding"
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
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = in.s3() })
	k := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
	if err := signer.SignHTTP(ctx, k, r, in.PayloadHash, in.Service, in.Region, c.Now(a.Now())); err != nil {
		return nil, err
	}
	out := &SignedRequest{map[string]string{}}
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", contentHash} {
		if v := r.Header.Get(name); v != "" {
			out.Headers[name] = v
		}
	}
	return out, nil
}

const (
	contentHash = "X-Amz-Content-Sha256"
	// unsignedPayload is a page's own word for contentHash, which services then take.
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// s3 reports whether the service takes paths as they are; the others normalize
// them and escape them once more.
func (in *SignRequestInput) s3() bool {
	return in.Service == "s3" || in.Service == "s3express" || strings.HasPrefix(in.Service, "s3-")
}

// wantsHash reports whether the service wants to be told the payload's hash. For the
// others the header would be one more that their CORS settings have to allow.
func (in *SignRequestInput) wantsHash() bool {
	return in.s3() || in.Service == "aoss" // OpenSearch Serverless
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
	// The path stays the text that the browser sends: net/url would keep it in two
	// forms, and give back neither.
	scheme, rest, _ := strings.Cut(in.URL, "://")
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(rest, "/")
	u, err := url.Parse(scheme + "://" + host)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, invalid("signRequest: url is no absolute URL.")
	}
	if path, err = in.canonicalPath("/" + path); err != nil {
		return nil, err
	}
	u.Opaque = "//" + u.Host + path // what the signer takes as it is
	u.RawQuery = strings.ReplaceAll(query, ";", "%3B")
	if _, err := url.ParseQuery(u.RawQuery); err != nil {
		return nil, invalid("signRequest: the query of the URL has a stray % or too many parameters, which cannot be signed.")
	}
	r := &http.Request{Method: in.Method, URL: u, Host: u.Host, Header: http.Header{}}
	for name, v := range in.Headers {
		r.Header.Set(name, collapseSpace(v))
	}
	r.Header.Del("Authorization") // of an earlier signature
	r.Header.Del("X-Amz-Security-Token")
	switch given := r.Header.Get(contentHash); {
	case given == unsignedPayload:
		in.PayloadHash = unsignedPayload
	case given != "" || in.wantsHash():
		r.Header.Set(contentHash, in.PayloadHash)
	}
	return r, nil
}

// canonicalPath is the path that is signed, made of the text of an absolute one. For
// S3 it is unescaped and escaped again in full, as S3 does with what it gets:
// browsers leave more characters alone. The signer escapes the others' once more.
func (in *SignRequestInput) canonicalPath(text string) (string, error) {
	if in.s3() {
		path, err := url.PathUnescape(text)
		if err != nil {
			return "", invalid("signRequest: the path of the URL has a stray %, which S3 does not take.")
		}
		return httpbinding.EscapePath(path, false), nil
	}
	var kept []string
	for segment := range strings.SplitSeq(text, "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	path := "/" + strings.Join(kept, "/")
	if len(kept) > 0 && strings.HasSuffix(text, "/") {
		path += "/"
	}
	return path, nil
}

// collapseSpace makes each run of white space in a header's value one space, as it is
// signed.
func collapseSpace(value string) string {
	return strings.Join(strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }), " ")
}
