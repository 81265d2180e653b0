package cognito

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/config"
)

func identities(c HTTPClient) *IdentityPool {
	return NewIdentityPool(&config.IdentityPool{ID: "eu-west-1:1", Region: "eu-west-1"}, c, nil)
}

// Every operation goes through the SDK's zero-value client.
func TestEveryIdentityOperation(t *testing.T) {
	ctx := context.Background()
	logins := map[string]string{"accounts.google.com": "token"}
	for name, call := range map[string]func(*IdentityPool) error{
		"GetId": func(p *IdentityPool) error {
			id, err := p.GetID(ctx, logins)
			if id != "eu-west-1:2" {
				t.Errorf("id %q", id)
			}
			return err
		},
		"GetCredentialsForIdentity": func(p *IdentityPool) error {
			id, c, err := p.GetCredentials(ctx, "eu-west-1:2", logins, "arn:aws:iam::123456789012:role/R")
			if id != "eu-west-1:2" || c != (core.AWSCredentials{AccessKeyID: "AKID", SecretAccessKey: "secret", SessionToken: "session", Expiration: 1700000000500}) {
				t.Errorf("%q %+v", id, c)
			}
			return err
		},
		"GetOpenIdToken": func(p *IdentityPool) error {
			id, token, err := p.GetOpenIDToken(ctx, "eu-west-1:2", logins)
			if id != "eu-west-1:2" || token != "open" {
				t.Errorf("%q %q", id, token)
			}
			return err
		},
	} {
		s := &service{status: 200, body: `{"IdentityId": "eu-west-1:2", "Token": "open",
			"Credentials": {"AccessKeyId": "AKID", "SecretKey": "secret", "SessionToken": "session", "Expiration": 1.7000000005E9}}`}
		if err := call(identities(s)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := s.request
		if r.Header.Get("X-Amz-Target") != "AWSCognitoIdentityService."+name || r.URL.String() != "https://cognito-identity.eu-west-1.amazonaws.com/" {
			t.Errorf("%s: %s %v", name, r.URL, r.Header)
		}
		if r.Header.Get("Authorization") != "" || r.Header.Get("User-Agent") != "" {
			t.Errorf("%s: headers %v", name, r.Header)
		}
		if got := s.sent["Logins"].(map[string]any)["accounts.google.com"]; got != "token" {
			t.Errorf("%s: sent %v", name, s.sent)
		}
		if name == "GetCredentialsForIdentity" && s.sent["CustomRoleArn"] != "arn:aws:iam::123456789012:role/R" {
			t.Errorf("sent %v", s.sent)
		}
	}
	s := &service{status: 200, body: `{"IdentityId": "eu-west-1:2"}`}
	if _, err := identities(s).GetID(ctx, nil); err != nil || s.sent["Logins"] != nil || s.sent["IdentityPoolId"] != "eu-west-1:1" {
		t.Errorf("a guest: %v, sent %v", err, s.sent)
	}
	if _, _, err := identities(s).GetCredentials(ctx, "eu-west-1:2", nil, ""); core.AsError(err).Code != "invalidResponse" {
		t.Errorf("no credentials: %v", err)
	}
	s = &service{status: 400, body: `{"__type": "NotAuthorizedException", "message": "Unauthenticated access is not supported for this identity pool."}`}
	if _, err := identities(s).GetID(ctx, nil); core.AsError(err).Code != "guestAccessNotAllowed" || s.calls != 1 {
		t.Errorf("%v after %d calls", err, s.calls)
	}
}

// sts answers forms.
type sts struct {
	status, calls int
	body          string
	err           error
	url           string
	form          url.Values
	header        http.Header
}

func (s *sts) Do(r *http.Request) (*http.Response, error) {
	s.calls++
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.url, s.header = r.Method+" "+r.URL.String(), r.Header
	if s.form, err = url.ParseQuery(string(body)); err != nil || r.ContentLength != int64(len(body)) {
		return nil, io.ErrUnexpectedEOF
	}
	if s.err != nil {
		return nil, s.err
	}
	return &http.Response{StatusCode: s.status, Header: http.Header{"X-Amzn-Requestid": {"id"}}, Body: io.NopCloser(bytes.NewReader([]byte(s.body)))}, nil
}

const assumed = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>us-east-1:1</SubjectFromWebIdentityToken>
    <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/R/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>
    <Credentials>
      <SessionToken>a/b+c&amp;lt;&quot;==</SessionToken>
      <SecretAccessKey> secret
</SecretAccessKey>
      <Expiration>2026-10-24T23:00:23Z</Expiration>
      <AccessKeyId>ASIA1</AccessKeyId>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`

func TestAssumeRole(t *testing.T) {
	s := &sts{status: 200, body: assumed}
	c, err := identities(s).AssumeRole(context.Background(), "arn:aws:iam::1:role/R", "a.b+c&d")
	if err != nil {
		t.Fatal(err)
	}
	want := core.AWSCredentials{AccessKeyID: "ASIA1", SecretAccessKey: "secret", SessionToken: `a/b+c&lt;"==`, Expiration: time.Date(2026, 10, 24, 23, 0, 23, 0, time.UTC).UnixMilli()}
	if c != want {
		t.Errorf("%+v, want %+v", c, want)
	}
	if s.url != "POST https://sts.eu-west-1.amazonaws.com/" || s.header.Get("Content-Type") != "application/x-www-form-urlencoded" || s.header.Get("Authorization") != "" {
		t.Errorf("%s %v", s.url, s.header)
	}
	sent := map[string]string{}
	for k, v := range s.form {
		sent[k] = v[0]
	}
	if !maps.Equal(sent, map[string]string{"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::1:role/R", "RoleSessionName": "amplify-auth", "WebIdentityToken": "a.b+c&d"}) {
		t.Errorf("sent %v", sent)
	}
}

func TestAssumeRoleFails(t *testing.T) {
	refusal := func(code, message string) string {
		return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>` + code + `</Code><Message>` + message + `</Message></Error><RequestId>id</RequestId></ErrorResponse>`
	}
	for _, c := range []struct {
		what          string
		status        int
		body          string
		err           error
		code, message string
		retryable     bool
		calls         int
	}{
		{"refused", 403, refusal("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"), nil, "accessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", false, 1},
		{"entities", 400, refusal("ValidationError", "a &lt; b &amp; &#39;c&apos;"), nil, "validationError", "a < b & 'c'", false, 1},
		{"throttled", 400, refusal("Throttling", "Rate exceeded"), nil, "throttling", "Rate exceeded", true, 3},
		{"broken", 500, refusal("InternalFailure", "x"), nil, "internalFailure", "x", true, 3},
		{"broken without XML", 503, "Service Unavailable", nil, "invalidResponse", "", true, 3},
		{"captive portal", 200, "<html>", nil, "invalidResponse", "", true, 3},
		{"no expiration", 200, `<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>`, nil, "invalidResponse", "", true, 3},
		{"no token", 200, `<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><Expiration>2026-10-24T23:00:23Z</Expiration>`, nil, "invalidResponse", "", true, 3},
		{"cut off", 200, assumed[:500], nil, "invalidResponse", "", true, 3},
		{"unreachable", 0, "", core.NetworkError("unreachable", nil), "networkError", "unreachable", true, 3},
		{"offline", 0, "", core.NetworkError("offline", core.ErrOffline), "networkError", "offline", true, 1},
		{"aborted", 0, "", context.Canceled, "aborted", "", false, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &sts{status: c.status, body: c.body, err: c.err}
			_, err := identities(s).AssumeRole(context.Background(), "arn:aws:iam::1:role/R", "t")
			e := core.AsError(err)
			if e.Code != c.code || e.Retryable != c.retryable || c.message != "" && e.Message != c.message || s.calls != c.calls {
				t.Errorf("%s: %v (%s, retryable %t) after %d calls", c.what, e, e.Code, e.Retryable, s.calls)
			}
		})
	}
	// A call that is aborted does not wait for its next attempt.
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		s := &sts{status: 500}
		cancel()
		if _, err := identities(s).AssumeRole(ctx, "arn:aws:iam::1:role/R", "t"); err != context.Canceled || s.calls != 1 {
			t.Errorf("%v after %d calls", err, s.calls)
		}
	})
}

func FuzzXMLText(f *testing.F) {
	f.Add(assumed, "SessionToken")
	f.Add("<a><a></a>", "a")
	f.Fuzz(func(t *testing.T, doc, name string) { xmlText([]byte(doc), name) })
}

func TestIdentityAnswersThatLack(t *testing.T) {
	ctx := context.Background()
	for name, call := range map[string]func(*IdentityPool) error{
		"GetId":                     func(p *IdentityPool) error { _, err := p.GetID(ctx, nil); return err },
		"GetCredentialsForIdentity": func(p *IdentityPool) error { _, _, err := p.GetCredentials(ctx, "id", nil, ""); return err },
		"GetOpenIdToken":            func(p *IdentityPool) error { _, _, err := p.GetOpenIDToken(ctx, "id", nil); return err },
	} {
		for _, body := range []string{`{}`, `{"Credentials": {}}`} {
			p := NewIdentityPool(&config.IdentityPool{ID: "eu-west-1:0", Region: "eu-west-1"}, &service{status: 200, body: body}, nil)
			if e := core.AsError(call(p)); e.Code != "invalidResponse" || !e.Retryable {
				t.Errorf("%s answered %s: %v", name, body, e)
			}
		}
	}
}
