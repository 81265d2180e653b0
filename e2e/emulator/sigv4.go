package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// AWS Signature Version 4 from the service's side: the signature is computed anew from the request as it arrived.

const sigV4Time = "20060102T150405Z"

// sigV4Scope is the credential scope of a signed request.
type sigV4Scope struct{ date, region, service string }

// sigV4Header is a read Authorization header.
type sigV4Header struct {
	accessKeyID, signature string
	sigV4Scope
	signed []string // headers
}

// verifySigV4 checks the Authorization header of a request with the credentials that the local Cognito gave.
func (c *call) verifySigV4(r *http.Request, body []byte) (*credentials, *sigV4Scope, error) {
	h, err := readSigV4(r.Header.Get("Authorization"))
	if err == nil {
		err = h.checkSigned(r)
	}
	if err != nil {
		return nil, nil, err
	}
	k := c.state.federation.credentials.get(h.accessKeyID)
	if k == nil || !equal(k.Token, r.Header.Get("X-Amz-Security-Token")) {
		return nil, nil, denied("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	date := r.Header.Get("X-Amz-Date")
	at, err := time.Parse(sigV4Time, date)
	if err != nil || date[:8] != h.date {
		return nil, nil, denied("IncompleteSignature", "X-Amz-Date must be in ISO 8601 basic form, of the day of the credential scope.")
	}
	payload, err := h.payloadHash(r, body)
	if err != nil {
		return nil, nil, err
	}
	canonical := canonicalRequest(r, h.signed, h.service == "s3", payload)
	if !equal(sigV4Signature(k.Secret, &h.sigV4Scope, date, canonical), h.signature) {
		return nil, nil, denied("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n"+
			"The Canonical String for this request should have been\n'"+canonical+"'\n")
	}
	return k, &h.sigV4Scope, c.checkSigningTime(at, k)
}

func readSigV4(header string) (*sigV4Header, error) {
	if header == "" {
		return nil, denied("MissingAuthenticationToken", "Missing Authentication Token")
	}
	fields := map[string]string{}
	algorithm, rest, _ := strings.Cut(header, " ")
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	credential := strings.Split(fields["Credential"], "/")
	signed := strings.Split(fields["SignedHeaders"], ";")
	if algorithm != "AWS4-HMAC-SHA256" || len(credential) != 5 || credential[4] != "aws4_request" || fields["Signature"] == "" || !slices.IsSorted(signed) {
		return nil, denied("IncompleteSignature", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters in their form.")
	}
	return &sigV4Header{credential[0], fields["Signature"], sigV4Scope{credential[1], credential[2], credential[3]}, signed}, nil
}

// checkSigned refuses signed headers that are not there, and headers that have to be signed and are not.
func (h *sigV4Header) checkSigned(r *http.Request) error {
	for _, name := range h.signed {
		if name != "host" && r.Header.Values(name) == nil && !(name == "content-length" && r.ContentLength >= 0) {
			return denied("InvalidSignatureException", "The signed header "+name+" is not present in the request.")
		}
	}
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !slices.Contains(h.signed, lower) {
			return denied("InvalidSignatureException", "The header "+lower+" has to be signed.")
		}
	}
	if !slices.Contains(h.signed, "host") {
		return denied("InvalidSignatureException", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	return nil
}

// payloadHash is the hash of the body as the canonical request has it.
func (h *sigV4Header) payloadHash(r *http.Request, body []byte) (string, error) {
	sum := sha256.Sum256(body)
	hash, given := hex.EncodeToString(sum[:]), r.Header.Get("X-Amz-Content-Sha256")
	switch {
	case given == "" && (h.service == "s3" || h.service == "aoss"):
		return "", denied("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
	case given != "" && given != hash && !(given == "UNSIGNED-PAYLOAD" && h.service == "s3"):
		return "", denied("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	case given != "":
		return given, nil
	}
	return hash, nil
}

// checkSigningTime refuses a clock more than five minutes off, and credentials that have expired.
func (c *call) checkSigningTime(at time.Time, k *credentials) error {
	const window = 5 * time.Minute
	bound := func(d time.Duration) string { return c.now.Add(d).UTC().Format(sigV4Time) }
	switch date := at.UTC().Format(sigV4Time); {
	case at.Before(c.now.Add(-window)):
		return denied("InvalidSignatureException", "Signature expired: "+date+" is now earlier than "+bound(-window)+" ("+bound(0)+" - 5 min.)")
	case at.After(c.now.Add(window)):
		return denied("InvalidSignatureException", "Signature not yet current: "+date+" is still later than "+bound(window)+" ("+bound(0)+" + 5 min.)")
	case !c.now.Before(k.Expires):
		return denied("ExpiredTokenException", "The security token included in the request is expired")
	}
	return nil
}

// canonicalRequest is the first step of Signature Version 4. S3 takes paths as they are, the other services without
// empty and dot segments and escaped once more.
func canonicalRequest(r *http.Request, signed []string, s3 bool, payload string) string {
	raw, query, _ := strings.Cut(r.RequestURI, "?")
	if raw == "" {
		raw = "/"
	}
	if s3 {
		if decoded, err := url.PathUnescape(raw); err == nil {
			raw = awsEscape(decoded, "/")
		}
	} else {
		clean := path.Clean(raw)
		if clean != "/" && strings.HasSuffix(raw, "/") {
			clean += "/"
		}
		raw = awsEscape(clean, "/")
	}
	var pairs [][2]string
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, [2]string{awsEscape(unescape(name), ""), awsEscape(unescape(value), "")})
	}
	slices.SortStableFunc(pairs, func(a, b [2]string) int {
		if d := strings.Compare(a[0], b[0]); d != 0 {
			return d
		}
		return strings.Compare(a[1], b[1])
	})
	var b strings.Builder
	b.WriteString(r.Method + "\n" + raw + "\n")
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p[0] + "=" + p[1])
	}
	b.WriteByte('\n')
	for _, name := range signed {
		values := r.Header.Values(name)
		if name == "host" {
			values = []string{r.Host}
		}
		for i, v := range values {
			values[i] = strings.Join(strings.Fields(v), " ")
		}
		b.WriteString(name + ":" + strings.Join(values, ",") + "\n")
	}
	b.WriteString("\n" + strings.Join(signed, ";") + "\n" + payload)
	return b.String()
}

func unescape(s string) string {
	if v, err := url.QueryUnescape(s); err == nil {
		return v
	}
	return s
}

// awsEscape escapes all but unreserved characters (RFC 3986) and those given.
func awsEscape(s, keep string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == '~', strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	return b.String()
}

// sigV4Signature signs a canonical request.
func sigV4Signature(secret string, s *sigV4Scope, date, canonical string) string {
	mac := func(key []byte, text string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	hash := sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + date + "\n" + s.date + "/" + s.region + "/" + s.service + "/aws4_request\n" + hex.EncodeToString(hash[:])
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.date, s.region, s.service, "aws4_request"} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

// echo is a service that tells who signed a request: any method at /_emulator/echo and below it. It is in front of the
// mux, which would redirect paths with empty segments.
func (s *Server) echo(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_emulator/echo" || strings.HasPrefix(r.URL.Path, "/_emulator/echo/") {
			s.serveRoute(w, r, route{"", "echo", serveEcho})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Echo is what the echo endpoint answers to a request that is signed well.
type Echo struct {
	AccessKeyID string `json:"accessKeyId"`
	IdentityID  string `json:"identityId"`
	Role        string `json:"role"` // ARN
	Region      string `json:"region"`
	Service     string `json:"service"`
	Method      string `json:"method"`
	URL         string `json:"url"` // path and query as they came
	Body        string `json:"body"`
}

func serveEcho(c *call, w http.ResponseWriter) {
	body, err := io.ReadAll(http.MaxBytesReader(w, c.http.Body, 8<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	k, scope, err := c.signer(body)
	if err != nil {
		writeException(w, asException(err))
		return
	}
	writePlain(w, Echo{k.AccessKeyID, k.Identity, k.Role, scope.region, scope.service, c.http.Method, c.http.RequestURI, string(body)})
}

func (c *call) signer(body []byte) (*credentials, *sigV4Scope, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.verifySigV4(c.http, body)
}

// SignedBy tells whose identity's credentials a request without a body is signed with, for a service that a test or a demo
// stands up beside the local Cognito.
func (s *Server) SignedBy(r *http.Request) (identityID string, err error) {
	k, _, err := s.newCall(r, "signed").signer(nil)
	if err != nil {
		return "", err
	}
	return k.Identity, nil
}
