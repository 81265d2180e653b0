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

// verifySigV4 checks the Authorization header of a request with the credentials that the local Cognito gave.
func (c *call) verifySigV4(r *http.Request, body []byte) (*credentials, *sigV4Scope, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return nil, nil, denied("MissingAuthenticationToken", "Missing Authentication Token")
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
		return nil, nil, denied("IncompleteSignature", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters in their form.")
	}
	for _, h := range signed {
		if h != "host" && r.Header.Values(h) == nil && !(h == "content-length" && r.ContentLength >= 0) {
			return nil, nil, denied("InvalidSignatureException", "The signed header "+h+" is not present in the request.")
		}
	}
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !slices.Contains(signed, lower) {
			return nil, nil, denied("InvalidSignatureException", "The header "+lower+" has to be signed.")
		}
	}
	if !slices.Contains(signed, "host") {
		return nil, nil, denied("InvalidSignatureException", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}

	k := c.state.federation.credentials.get(credential[0])
	if k == nil || !equal(k.Token, r.Header.Get("X-Amz-Security-Token")) {
		return nil, nil, denied("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	date := r.Header.Get("X-Amz-Date")
	at, err := time.Parse(sigV4Time, date)
	if err != nil || date[:8] != credential[1] {
		return nil, nil, denied("IncompleteSignature", "X-Amz-Date must be in ISO 8601 basic form, of the day of the credential scope.")
	}
	scope := &sigV4Scope{credential[1], credential[2], credential[3]}

	hash := sha256.Sum256(body)
	payload := hex.EncodeToString(hash[:])
	if given := r.Header.Get("X-Amz-Content-Sha256"); given != "" {
		if given != payload && !(given == "UNSIGNED-PAYLOAD" && scope.service == "s3") {
			return nil, nil, denied("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
		}
		payload = given
	} else if scope.service == "s3" || scope.service == "aoss" {
		return nil, nil, denied("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
	}
	canonical := canonicalRequest(r, signed, scope.service == "s3", payload)
	if !equal(sigV4Signature(k.Secret, scope, date, canonical), fields["Signature"]) {
		return nil, nil, denied("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n"+
			"The Canonical String for this request should have been\n'"+canonical+"'\n")
	}
	switch {
	case at.Before(c.now.Add(-5 * time.Minute)):
		return nil, nil, denied("InvalidSignatureException", "Signature expired: "+date+" is now earlier than "+c.now.Add(-5*time.Minute).UTC().Format(sigV4Time)+" ("+c.now.UTC().Format(sigV4Time)+" - 5 min.)")
	case at.After(c.now.Add(5 * time.Minute)):
		return nil, nil, denied("InvalidSignatureException", "Signature not yet current: "+date+" is still later than "+c.now.Add(5*time.Minute).UTC().Format(sigV4Time)+" ("+c.now.UTC().Format(sigV4Time)+" + 5 min.)")
	case !c.now.Before(k.Expires):
		return nil, nil, denied("ExpiredTokenException", "The security token included in the request is expired")
	}
	return k, scope, nil
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
	c.mu.Lock()
	k, scope, err := c.verifySigV4(c.http, body)
	c.mu.Unlock()
	if err != nil {
		writeException(w, asException(err))
		return
	}
	writePlain(w, Echo{k.AccessKeyID, k.Identity, k.Role, scope.region, scope.service, c.http.Method, c.http.RequestURI, string(body)})
}
