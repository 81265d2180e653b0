package oidc_test

import (
	"amplify-auth/core/oidc"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

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
		r := oidc.ParseResponse(test.response)
		if r == nil {
			t.Errorf("%s is no response", test.response)
		} else if got := r.At(test.redirectURI); got != test.want {
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
		got := oidc.ParseResponse("https://app.example/cb?" + test.query).Refusal()
		if got.Code != test.code || got.Message != test.message {
			t.Errorf("%s: %s %q", test.query, got.Code, got.Message)
		}
	}
}

// Whatever is in the address bar, reading it does not fail, says each thing once
// and has a code or an error.
func FuzzResponse(f *testing.F) {
	for _, s := range []string{
		"https://app.example/cb?code=1&state=s&iss=https%3A%2F%2Fidp.example", "https://app.example/cb?error=access_denied&error_description=no&state=s",
		"https://app.example/cb?code=1&code=2", "https://app.example/?code=%zz", "https://[::1]:8080/cb?code=1;state=2", "javascript:alert(1)?code=1", "//host?code=1", "https://u:p@app.example/?code=1",
	} {
		f.Add(s, "https://app.example/cb")
	}
	f.Fuzz(func(t *testing.T, address, redirectURI string) {
		r := oidc.ParseResponse(address)
		if r == nil {
			return
		}
		if (r.Code == "") == (r.Error == "") {
			t.Errorf("%q: code %q, error %q", address, r.Code, r.Error)
		}
		if r.At(redirectURI) && oidc.Origin(redirectURI) == "" {
			t.Errorf("%q at %q", address, redirectURI)
		}
		if r.Error != "" {
			if m := r.Refusal().Message; strings.ContainsFunc(m, func(r rune) bool { return !unicode.IsPrint(r) || r == '"' }) || utf8.RuneCountInString(m) > 400 {
				t.Errorf("%q: the message %q", address, m)
			}
		}
	})
}
