package core

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLocalURL(t *testing.T) {
	const page = "https://app.example/shop/cart?x=1#top"
	tests := map[string]string{ // "" is refused
		"/deep":                             "/deep",
		"/deep?x=1&y=%2F#part":              "/deep?x=1&y=%2F#part",
		"next":                              "/shop/next",
		"../up":                             "/up",
		"?x=2":                              "/shop/cart?x=2",
		"#/route?x=1":                       "/shop/cart?x=1#/route?x=1",
		"https://app.example/deep":          "/deep",
		"https://APP.example:443/deep":      "/deep",
		"https://app.example":               "",
		"/..//evil.example":                 "/evil.example",
		"/.//evil.example":                  "",
		"//evil.example":                    "",
		"///evil.example":                   "",
		"https:evil.example":                "",
		"https:/evil.example":               "",
		"https:///evil.example":             "",
		"http://app.example/":               "",
		"https://app.example:444/":          "",
		"https://app.example.evil.example/": "",
		"https://evil.example/app.example":  "",
		"https://app.example@evil.example/": "",
		"/\\evil.example":                   "",
		"\\\\evil.example":                  "",
		"/\t/evil.example":                  "",
		"\n//evil.example":                  "",
		" //evil.example":                   "",
		"javascript:alert(1)":               "",
		"JavaScript:alert(1)":               "",
		"data:text/html,x":                  "",
		"blob:https://app.example/x":        "",
		"ftp://app.example/":                "",
		"%":                                 "",
	}
	for address, want := range tests {
		got, err := localURL(address, page)
		if want == "" && err == nil && got != "/" || want != "" && (err != nil || got != want) {
			t.Errorf("%q: %q %v, want %q", address, got, err, want)
		}
	}
}

func TestChooseURI(t *testing.T) {
	configured := []string{"http://localhost:3000/callback", "https://app.example/callback", "https://app.example/admin/callback", "https://app.example/?tenant=1"}
	tests := []struct{ page, wanted, want string }{
		{"http://localhost:3000/", "", "http://localhost:3000/callback"},
		{"https://app.example/", "", "https://app.example/?tenant=1"}, // the page itself
		{"https://app.example/shop", "", "https://app.example/callback"},
		{"https://app.example/admin/callback?x", "", "https://app.example/admin/callback"},
		{"https://app.example/", "https://app.example/admin/callback", "https://app.example/admin/callback"},
		{"https://app.example/", "http://localhost:3000/callback", ""},
		{"https://www.app.example/", "", ""},
		{"http://localhost:3001/", "", ""},
		{"http://127.0.0.1:3000/", "", ""},
		{"file:///index.html", "", ""},
	}
	for _, test := range tests {
		got, err := chooseURI("SignInRedirectURI", configured, test.wanted, test.page)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: %q %v", test, got, err)
		}
	}
}

func TestResponseAt(t *testing.T) {
	tests := []struct {
		response, redirectURI string
		want                  bool
	}{
		{"https://app.example/cb?code=1&state=s", "https://app.example/cb", true},
		{"https://app.example/cb?code=1&state=s#part", "https://app.example/cb", true},
		{"https://APP.example:443/cb?code=1&state=s", "https://app.example/cb", true},
		{"https://app.example?code=1", "https://app.example/", true},
		{"https://app.example/cb?tenant=1&code=1&state=s", "https://app.example/cb?tenant=1", true},
		{"https://app.example/cb?tenant=2&code=1&state=s", "https://app.example/cb?tenant=1", false},
		{"https://app.example/cb?code=1&state=s", "https://app.example/cb?tenant=1", false},
		{"https://app.example/cb/?code=1", "https://app.example/cb", false},
		{"https://app.example/c%62?code=1", "https://app.example/cb", false},
		{"http://app.example/cb?code=1", "https://app.example/cb", false},
		{"https://evil.example/cb?code=1", "https://app.example/cb", false},
		{"https://app.example/cb?code=1", "javascript:alert(1)", false},
		{"https://app.example/cb?code=1", "", false},
	}
	for _, test := range tests {
		r := parseAuthResponse(test.response)
		if r == nil {
			t.Errorf("%s is no response", test.response)
		} else if got := r.at(test.redirectURI); got != test.want {
			t.Errorf("%s at %s: %t", test.response, test.redirectURI, got)
		}
	}
}

// What a provider says is shown as it was written, without what could hide or end it.
func TestRefusalText(t *testing.T) {
	for _, test := range []struct{ query, code, message string }{
		{"error=invalid_request&error_description=PreSignUp+failed+with+error+Nur+f%C3%BCr+%22Gäste%22%E2%80%AE.+", "userLambdaValidation", "PreSignUp failed with error Nur für 'Gäste'."},
		{"error=invalid_request&error_description=PreSignUp+failed+with+error+", "badRequest", "The provider refused the sign-in: invalid_request, PreSignUp failed with error"},
		{"error=invalid_request&error_description=identity_provider%20is%20not%20one%20of%20the%20client%27s", "badRequest", "The provider refused the sign-in: invalid_request, identity_provider is not one of the client's"},
		{"error=login_required", "loginRequired", "The user has to sign in by hand: leave out prompt 'none': login_required"},
		{"error=x&error_description=%0a%00%5c", "badRequest", "The provider refused the sign-in: x"},
	} {
		got := parseAuthResponse("https://app.example/cb?" + test.query).refusal()
		if got.Code != test.code || got.Message != test.message {
			t.Errorf("%s: %s %q", test.query, got.Code, got.Message)
		}
	}
}

// Whatever is in the address bar, reading it does not fail, says each thing once
// and has a code or an error.
func FuzzAuthResponse(f *testing.F) {
	for _, s := range []string{
		"https://app.example/cb?code=1&state=s&iss=https%3A%2F%2Fidp.example", "https://app.example/cb?error=access_denied&error_description=no&state=s",
		"https://app.example/cb?code=1&code=2", "https://app.example/?code=%zz", "https://[::1]:8080/cb?code=1;state=2", "javascript:alert(1)?code=1", "//host?code=1", "https://u:p@app.example/?code=1",
	} {
		f.Add(s, "https://app.example/cb")
	}
	f.Fuzz(func(t *testing.T, address, redirectURI string) {
		r := parseAuthResponse(address)
		if r == nil {
			return
		}
		if (r.Code == "") == (r.Error == "") {
			t.Errorf("%q: code %q, error %q", address, r.Code, r.Error)
		}
		if r.at(redirectURI) && originOf(redirectURI) == "" {
			t.Errorf("%q at %q", address, redirectURI)
		}
		if r.Error != "" {
			if m := r.refusal().Message; strings.ContainsFunc(m, func(r rune) bool { return !unicode.IsPrint(r) || r == '"' }) || utf8.RuneCountInString(m) > 400 {
				t.Errorf("%q: the message %q", address, m)
			}
		}
	})
}

// What localURL lets through is a path of the page's own origin.
func FuzzLocalURL(f *testing.F) {
	for _, s := range []string{"/deep", "#/x", "//evil.example", "/\\evil.example", "https://app.example//evil.example", "/..//x", "https://app.example", "?a=//b", "/%2f/evil.example", "/a/..//evil.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		got, err := localURL(address, "https://app.example/shop/cart")
		if err != nil || got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(got, "/") || len(got) > 1 && strings.ContainsAny(got[1:2], "/\\") || strings.ContainsAny(got, "\\\t\n\r") {
			t.Errorf("%q became %q", address, got)
		}
	})
}

// Whatever a token endpoint answers, reading it gives tokens or an error that can
// be shown.
func FuzzTokenAnswer(f *testing.F) {
	for _, s := range []string{
		`{"access_token":"a","id_token":"i","refresh_token":"r","token_type":"Bearer","expires_in":3600}`, `{"access_token":"a","token_type":"bearer","expires_in":"3600"}`,
		`{"error":"invalid_grant","error_description":"used"}`, `{"access_token":1}`, `[]`, `null`, `<!doctype html>`, ``, `{"access_token":"a","token_type":"DPoP"}`, `{"access_token":"a","token_type":"Bearer","expires_in":1e300}`,
	} {
		for _, status := range []int{200, 400, 500} {
			f.Add(status, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		for _, grant := range []string{"authorization_code", "refresh_token"} {
			answer, err := parseTokenAnswer(status, body, grant)
			if err != nil {
				if m := err.Error(); strings.ContainsFunc(m, func(r rune) bool { return !unicode.IsPrint(r) || r == '"' }) || utf8.RuneCountInString(m) > 500 {
					t.Errorf("the message %q", m)
				}
				if AsError(err).Code == "" {
					t.Errorf("no code: %v", err)
				}
				continue
			}
			if status != 200 || answer.AccessToken == "" || answer.Error != "" {
				t.Errorf("%d %q is %+v", status, body, answer)
			}
			if life := answer.lifetime(); life < 0 {
				t.Errorf("lifetime %v", life)
			}
		}
	})
}
