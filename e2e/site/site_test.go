package site

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func newSite(t *testing.T) *Site {
	t.Helper()
	root, now := t.TempDir(), time.Now()
	for name, text := range map[string]string{
		"dist/amplify-auth.js":      "loader",
		"dist/amplify-auth.wasm":    "wasm",
		"dist/amplify-auth.wasm.br": "br",
		"dist/amplify-auth.wasm.gz": "gz",
		"dist/old.js":               "new text",
		"dist/old.js.br":            "stale",
		"web/demo/index.html":       "<p>demo",
		"web/demo/spa/index.html":   "<p>app",
		"web/demo/demo.css":         "css",
		"secret.js":                 "not served",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		os.MkdirAll(filepath.Dir(path), 0o777)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		built := now
		if text == "stale" {
			built = now.Add(-time.Hour)
		}
		os.Chtimes(path, built, built)
	}
	return New(Options{Root: root, Origin: "http://localhost:8080", Cognito: Cognito{
		URL: "http://127.0.0.1:9229", UserPoolID: "us-east-1_P", ClientID: "c", IdentityPoolID: "us-east-1:i",
	}})
}

func get(s http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestFiles(t *testing.T) {
	s := newSite(t)
	tests := []struct {
		path, accept         string
		status               int
		body, kind, encoding string
	}{
		{"/amplify-auth.js", "br", 200, "loader", "text/javascript; charset=utf-8", ""},
		{"/amplify-auth.wasm", "", 200, "wasm", "application/wasm", ""},
		{"/amplify-auth.wasm", "gzip, deflate, br", 200, "br", "application/wasm", "br"},
		{"/amplify-auth.wasm", "gzip", 200, "gz", "application/wasm", "gzip"},
		{"/amplify-auth.wasm", "gzip, br;q=0", 200, "gz", "application/wasm", "gzip"},
		{"/old.js", "br", 200, "new text", "text/javascript; charset=utf-8", ""},
		{"/demo.css", "", 200, "css", "text/css; charset=utf-8", ""},
		{"/", "", 200, "<p>demo", "text/html; charset=utf-8", ""},
		{"/callback?code=1&state=2", "", 200, "<p>app", "text/html; charset=utf-8", ""},
		{"/signed-out", "", 200, "<p>app", "text/html; charset=utf-8", ""},
		{"/deep/link", "", 200, "<p>app", "text/html; charset=utf-8", ""},
		{"/missing.js", "", 404, "404 page not found\n", "text/plain; charset=utf-8", ""},
		{"/../secret.js", "", 404, "404 page not found\n", "text/plain; charset=utf-8", ""},
		{"/..%2fsecret.js", "", 404, "404 page not found\n", "text/plain; charset=utf-8", ""},
	}
	for _, test := range tests {
		w := get(s, test.path, "Accept-Encoding", test.accept)
		h := w.Header()
		if w.Code != test.status || w.Body.String() != test.body || h.Get("Content-Type") != test.kind || h.Get("Content-Encoding") != test.encoding {
			t.Errorf("GET %s (Accept-Encoding %q) = %d %q %q %q, want %d %q %q %q", test.path, test.accept,
				w.Code, w.Body, h.Get("Content-Type"), h.Get("Content-Encoding"), test.status, test.body, test.kind, test.encoding)
		}
	}
}

func TestCaching(t *testing.T) {
	s := newSite(t)
	w := get(s, "/amplify-auth.wasm", "Accept-Encoding", "br")
	etag := w.Header().Get("ETag")
	if etag == "" || w.Header().Get("Cache-Control") != "no-cache" || w.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("headers of the first answer: %v", w.Header())
	}
	if w = get(s, "/amplify-auth.wasm", "Accept-Encoding", "br", "If-None-Match", etag); w.Code != http.StatusNotModified {
		t.Errorf("asked again with the ETag: %d, want 304", w.Code)
	}
	if w = get(s, "/amplify-auth.wasm", "Accept-Encoding", "gzip", "If-None-Match", etag); w.Code != http.StatusOK {
		t.Errorf("another encoding with the same ETag: %d, want 200", w.Code)
	}
	if w = get(s, "/amplify-auth.wasm?v=1"); !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("?v= has Cache-Control %q, want immutable", w.Header().Get("Cache-Control"))
	}
}

func TestConfiguration(t *testing.T) {
	s := newSite(t)
	var outputs struct {
		Auth struct {
			UserPoolEndpoint string `json:"user_pool_endpoint"`
			OAuth            struct {
				Domain string   `json:"domain"`
				SignIn []string `json:"redirect_sign_in_uri"`
			} `json:"oauth"`
		} `json:"auth"`
	}
	if err := json.Unmarshal(get(s, "/amplify_outputs.json").Body.Bytes(), &outputs); err != nil {
		t.Fatal(err)
	}
	if a := outputs.Auth; a.UserPoolEndpoint != "http://127.0.0.1:9229" || a.OAuth.Domain != "http://127.0.0.1:9229" || a.OAuth.SignIn[0] != "http://localhost:8080/callback" {
		t.Errorf("amplify_outputs.json: %+v", a)
	}
	var mobile struct {
		CognitoUserPool struct {
			Default struct{ PoolId, AppClientId, Region, Endpoint string }
		}
	}
	if err := json.Unmarshal(get(s, "/awsconfiguration.json").Body.Bytes(), &mobile); err != nil {
		t.Fatal(err)
	}
	if d := mobile.CognitoUserPool.Default; d.PoolId != "us-east-1_P" || d.AppClientId != "c" || d.Region != "us-east-1" || d.Endpoint != "http://127.0.0.1:9229" {
		t.Errorf("awsconfiguration.json: %+v", d)
	}
}

func TestPagesAndPolicy(t *testing.T) {
	s := newSite(t)
	if csp := get(s, "/").Header().Get("Content-Security-Policy"); csp != CSP("http://127.0.0.1:9229") {
		t.Errorf("policy of the app: %q", csp)
	}
	s.Page("/strict", "<p>strict", "script-src 'self'")
	s.Page("/open", "<p>open", "none")
	s.Page("/open.js", "open()", "")
	if w := get(s, "/open.js"); w.Header().Get("Content-Type") != types[".js"] || w.Header().Get("Content-Security-Policy") != "" {
		t.Errorf("added script: %v", w.Header())
	}
	if w := get(s, "/strict"); w.Body.String() != "<p>strict" || w.Header().Get("Content-Security-Policy") != "script-src 'self'" {
		t.Errorf("added page: %q %v", w.Body, w.Header())
	}
	if csp := get(s, "/open").Header().Get("Content-Security-Policy"); csp != "" {
		t.Errorf("page without a policy has %q", csp)
	}
	r := httptest.NewRequest("POST", "/", nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST / = %d, want 405", w.Code)
	}
}

func TestAPI(t *testing.T) {
	s := newSite(t)
	s.options.SignedBy = func(r *http.Request) (string, error) {
		if r.Header.Get("Authorization") == "" {
			return "", errors.New("Missing Authentication Token")
		}
		return "us-east-1:i", nil
	}
	for _, c := range []struct {
		path   string
		header []string
		status int
		body   string
	}{
		{"/api/orders", nil, http.StatusForbidden, "Missing Authentication Token"},
		{"/api/orders", []string{"Authorization", "x"}, http.StatusOK, "A fountain pen"},
		{"/api/orders/1041", []string{"Authorization", "x"}, http.StatusOK, "Two notebooks"},
		{"/api/orders/1", []string{"Authorization", "x"}, http.StatusNotFound, "no such order"},
	} {
		w := get(s, c.path, c.header...)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) || w.Header().Get("Content-Type") != types[".json"] {
			t.Errorf("%s %v: %d %s", c.path, c.header, w.Code, w.Body)
		}
	}
}
