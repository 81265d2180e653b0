package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	ci "github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
)

func decodeBase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sts posts a form and decodes the answer, or the error's code.
func (b *ibed) sts(out any, sign *aws.Credentials, pairs ...string) (code string) {
	b.Helper()
	form := url.Values{"Version": {"2011-06-15"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, b.server.URL()+"/", strings.NewReader(form.Encode()))
	b.ok(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if sign != nil {
		b.sign(req, form.Encode(), *sign, "sts")
	}
	res, err := http.DefaultClient.Do(req)
	b.ok(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	b.ok(err)
	if res.StatusCode != http.StatusOK {
		var e stsError
		b.ok(xml.Unmarshal(body, &e))
		if e.Error.Message == "" || e.RequestId == "" {
			b.Errorf("error without message or request id: %s", body)
		}
		return e.Error.Code
	}
	b.ok(xml.Unmarshal(body, out))
	return ""
}

func (b *ibed) sign(req *http.Request, body string, k aws.Credentials, service string) {
	b.Helper()
	hash := sha256.Sum256([]byte(body))
	payload := hex.EncodeToString(hash[:])
	var options []func(*v4.SignerOptions)
	if service == "s3" {
		req.Header.Set("X-Amz-Content-Sha256", payload)
		options = append(options, func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	}
	b.ok(v4.NewSigner().SignHTTP(b.ctx, k, req, payload, service, "us-east-1", b.server.Now(), options...))
}

func TestAssumeRoleWithWebIdentity(t *testing.T) {
	b := newIdentityBed(t)
	open := func(logins map[string]string) *ci.GetOpenIdTokenOutput {
		t.Helper()
		out, err := b.ids.GetOpenIdToken(b.ctx, &ci.GetOpenIdTokenInput{IdentityId: aws.String(b.id(logins)), Logins: logins})
		b.ok(err)
		return out
	}
	guest := open(nil)
	user := open(map[string]string{"graph.facebook.com": b.mint(TokenRequest{Provider: "graph.facebook.com"})})
	if amr := claims(t, guest.Token)["amr"].([]any); amr[0] != "unauthenticated" {
		t.Errorf("amr %v", amr)
	}
	if amr := claims(t, user.Token)["amr"].([]any); amr[0] != "authenticated" || amr[1] != "graph.facebook.com" {
		t.Errorf("amr %v", amr)
	}
	assume := func(out *assumeRoleResponse, token, role string) string {
		return b.sts(out, nil, "Action", "AssumeRoleWithWebIdentity", "RoleArn", role, "RoleSessionName", "test", "WebIdentityToken", token)
	}
	for session, want := range map[string]string{"x": "Member must have length greater than or equal to 2", strings.Repeat("x", 65): "Member must have length less than or equal to 64", "a b": "Member must satisfy regular expression pattern: [\\w+=,.@-]*"} {
		_, err := checkAssumeRole(url.Values{"RoleArn": {SeedAuthenticatedRole}, "RoleSessionName": {session}, "WebIdentityToken": {"token"}})
		if err == nil || !strings.HasSuffix(err.Error(), "at 'roleSessionName' failed to satisfy constraint: "+want) {
			t.Errorf("RoleSessionName %.5s: %v", session, err)
		}
	}
	var got assumeRoleResponse
	if code := assume(&got, *user.Token, SeedAuthenticatedRole); code != "" {
		t.Fatal(code)
	}
	r := got.Result
	if r.SubjectFromWebIdentityToken != *user.IdentityId || r.Provider != "cognito-identity.amazonaws.com" || r.AssumedRoleUser.Arn != "arn:aws:sts::000000000000:assumed-role/LocalAuthenticated/test" {
		t.Errorf("%+v", r)
	}
	k := aws.Credentials{AccessKeyID: r.Credentials.AccessKeyId, SecretAccessKey: r.Credentials.SecretAccessKey, SessionToken: r.Credentials.SessionToken}
	var who callerIdentityResponse
	if code := b.sts(&who, &k, "Action", "GetCallerIdentity"); code != "" || who.Result.Arn != r.AssumedRoleUser.Arn || who.Result.Account != "000000000000" {
		t.Errorf("%s %+v", code, who)
	}
	for _, c := range []struct{ what, token, role, want string }{
		{"guest as user", *guest.Token, SeedAuthenticatedRole, "AccessDenied"},
		{"user as guest", *user.Token, SeedGuestRole, "AccessDenied"},
		{"another role", *user.Token, "arn:aws:iam::000000000000:role/Other", "AccessDenied"},
		{"no token of ours", b.mint(TokenRequest{Provider: "accounts.google.com"}), SeedGuestRole, "InvalidIdentityToken"},
		{"no role", *user.Token, "x", "ValidationError"},
		{"no token", "", SeedGuestRole, "ValidationError"},
	} {
		if code := assume(new(assumeRoleResponse), c.token, c.role); code != c.want {
			t.Errorf("%s: %q, want %s", c.what, code, c.want)
		}
	}
	if code := b.sts(nil, nil, "Action", "AssumeRole"); code != "InvalidAction" {
		t.Errorf("unknown action: %q", code)
	}
	if code := b.sts(nil, nil, "Action", "GetCallerIdentity"); code != "MissingAuthenticationToken" {
		t.Errorf("unsigned: %q", code)
	}
	b.server.Advance(11 * time.Minute)
	if code := assume(new(assumeRoleResponse), *guest.Token, SeedGuestRole); code != "ExpiredTokenException" {
		t.Errorf("expired: %q", code)
	}
}

func TestEcho(t *testing.T) {
	b := newIdentityBed(t)
	id := b.id(nil)
	out, err := b.credentials(id, nil, "")
	b.ok(err)
	k := aws.Credentials{AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretKey, SessionToken: *out.Credentials.SessionToken}
	send := func(method, target, body, service string, change func(*http.Request)) (Echo, string) {
		t.Helper()
		req, err := http.NewRequest(method, b.server.URL()+"/_emulator/echo"+target, strings.NewReader(body))
		b.ok(err)
		req.Header.Set("X-Custom", "  two   words ")
		b.sign(req, body, k, service)
		if change != nil {
			change(req)
		}
		res, err := http.DefaultClient.Do(req)
		b.ok(err)
		defer res.Body.Close()
		var e Echo
		if res.StatusCode != http.StatusOK {
			return e, strings.TrimSuffix(res.Header.Get("x-amzn-ErrorType"), ":")
		}
		b.ok(json.NewDecoder(res.Body).Decode(&e))
		return e, ""
	}
	for _, c := range []struct{ method, target, body, service string }{
		{"GET", "", "", "execute-api"},
		{"GET", "/a%20b/ü/%C3%BC(1)'!*", "", "execute-api"},
		{"GET", "?b=2&a=1&a=0&c&d=%20x%2By&e=ü", "", "execute-api"},
		{"POST", "/x", `{"a":1}`, "appsync"},
		{"PUT", "/key%20with%20%28signs%29%26%3D%2B/", "content", "s3"},
		{"DELETE", "/x//y/", "", "s3"},
	} {
		e, code := send(c.method, c.target, c.body, c.service, nil)
		if code != "" || e.IdentityID != id || e.Role != SeedGuestRole || e.Service != c.service || e.Method != c.method || e.Body != c.body {
			t.Errorf("%s %s: %s %+v", c.method, c.target, code, e)
		}
	}
	for what, c := range map[string]struct {
		want   string
		change func(*http.Request)
	}{
		"unsigned":     {"MissingAuthenticationToken", func(r *http.Request) { r.Header.Del("Authorization") }},
		"no header":    {"IncompleteSignature", func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }},
		"other body":   {"SignatureDoesNotMatch", func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader("bad!")), 4 }},
		"other path":   {"SignatureDoesNotMatch", func(r *http.Request) { r.URL.Path += "/other" }},
		"other query":  {"SignatureDoesNotMatch", func(r *http.Request) { r.URL.RawQuery = "a=1" }},
		"other method": {"SignatureDoesNotMatch", func(r *http.Request) { r.Method = "PUT" }},
		"other header": {"SignatureDoesNotMatch", func(r *http.Request) { r.Header.Set("X-Custom", "x") }},
		"header gone":  {"InvalidSignatureException", func(r *http.Request) { r.Header.Del("X-Custom") }},
		"unsigned amz": {"InvalidSignatureException", func(r *http.Request) { r.Header.Set("X-Amz-Extra", "x") }},
		"no token":     {"UnrecognizedClientException", func(r *http.Request) { r.Header.Del("X-Amz-Security-Token"); resign(r) }},
		"other date":   {"IncompleteSignature", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20200101T000000Z") }},
		"clock moved":  {"InvalidSignatureException", func(*http.Request) { b.server.Advance(6 * time.Minute) }},
		"clock back":   {"InvalidSignatureException", func(*http.Request) { b.server.Advance(-12 * time.Minute) }},
	} {
		if _, code := send("POST", "/x", "body", "execute-api", c.change); code != c.want {
			t.Errorf("%s: %q, want %s", what, code, c.want)
		}
	}
	b.server.Advance(2 * time.Hour)
	if _, code := send("GET", "", "", "execute-api", nil); code != "ExpiredTokenException" {
		t.Errorf("expired: %q", code)
	}
}

// resign drops the security token from the list of signed headers.
func resign(r *http.Request) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), ";x-amz-security-token", "", 1))
}
