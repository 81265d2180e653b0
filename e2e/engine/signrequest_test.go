package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/e2e/emulator"
)

// echo sends a signed request to the local Cognito's echo service.
func (e *Env) echo(p *Page, method, target, service, body string) emulator.Echo {
	e.T.Helper()
	sum := sha256.Sum256([]byte(body))
	signed := p.Must("signRequest", m{
		"method": method, "url": e.Cognito.URL() + "/_emulator/echo" + target, "headers": m{"content-type": "text/plain"},
		"payloadHash": hex.EncodeToString(sum[:]), "service": service, "region": "us-east-1",
	})
	req, err := http.NewRequest(method, e.Cognito.URL()+"/_emulator/echo"+target, strings.NewReader(body))
	if err != nil {
		e.T.Fatal(err)
	}
	req.Header.Set("content-type", "text/plain")
	for name, v := range signed["headers"].(m) {
		req.Header.Set(name, v.(string))
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		e.T.Fatal(err)
	}
	defer resp.Body.Close()
	var out emulator.Echo
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		e.T.Fatalf("%s %s: %s %s", method, target, resp.Status, resp.Header.Get("x-amzn-ErrorMessage"))
	}
	return out
}

func TestSignRequest(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	for _, c := range []struct{ method, target, service, body string }{
		{"GET", "", "execute-api", ""},
		{"GET", "/a%20b/%C3%BC/(x)'!*~-._", "execute-api", ""},
		{"GET", "/empty//segments///x/", "execute-api", ""},
		{"GET", "/users/ada%40example.com/", "execute-api", ""},
		{"GET", "/resolve/https%3A%2F%2Fexample.com", "execute-api", ""},
		{"GET", "/a%2F/b//%3A'()!*/", "execute-api", ""},
		{"POST", "/collection/_search?a;b=c", "aoss", "{}"},
		{"GET", "?b=2&a=1&a=0&c&d=%20x%2By&e=%C3%BC&f=a+b", "execute-api", ""},
		{"POST", "/graphql", "appsync", `{"query":"{ me }"}`},
		{"PUT", "/bucket/key%20with%20(signs)'!*/%C3%BC/%2B//end", "s3", "content"},
		{"DELETE", "/bucket/key?versionId=1", "s3", ""},
	} {
		got := e.echo(p, c.method, c.target, c.service, c.body)
		if got.Service != c.service || got.Region != "us-east-1" || got.Body != c.body {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	good := m{"method": "GET", "url": "https://a.example/", "payloadHash": strings.Repeat("0", 64), "service": "s3", "region": "us-east-1"}
	for field, bad := range map[string]any{
		"service": "", "region": "", "payloadHash": "", "url": "/path", "headers": []string{},
	} {
		args := m{}
		for k, v := range good {
			args[k] = v
		}
		args[field] = bad
		if err := p.Fails("signRequest", args, "invalidParameter"); !strings.Contains(err.Message, field) {
			t.Errorf("%v", err)
		}
	}
	good["url"] = "https://a.example/?a=%zz"
	p.Fails("signRequest", good, "invalidParameter")
}

// A wrong local clock does not spoil signatures.
func TestSignRequestWithSkew(t *testing.T) {
	for _, skew := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		e := Start(t)
		e.Skew = skew
		p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
		e.echo(p, "GET", "", "execute-api", "")
		reloaded := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
		e.Cognito.ResetCalls()
		e.echo(reloaded, "GET", "", "execute-api", "") // the clock may have been put right since
		e.called("GetCredentialsForIdentity", "echo")
		e.Cognito.ResetCalls()
		e.echo(reloaded, "GET", "", "execute-api", "")
		e.called("echo")
	}
}
