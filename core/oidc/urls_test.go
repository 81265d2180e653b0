package oidc_test

import (
	"amplify-auth/core/oidc"
	"net/url"
	"strings"
	"testing"
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
		got, err := oidc.LocalURL(address, page)
		if want == "" && err == nil && got != "/" || want != "" && (err != nil || got != want) {
			t.Errorf("%q: %q %v, want %q", address, got, err, want)
		}
	}
}

func TestChooseRedirectURI(t *testing.T) {
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
		got, err := oidc.ChooseRedirectURI("SignInRedirectURI", configured, test.wanted, test.page)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: %q %v", test, got, err)
		}
	}
}

// What LocalURL lets through is a path of the page's own origin.
func FuzzLocalURL(f *testing.F) {
	for _, s := range []string{"/deep", "#/x", "//evil.example", "/\\evil.example", "https://app.example//evil.example", "/..//x", "https://app.example", "?a=//b", "/%2f/evil.example", "/a/..//evil.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		got, err := oidc.LocalURL(address, "https://app.example/shop/cart")
		if err != nil || got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(got, "/") || len(got) > 1 && strings.ContainsAny(got[1:2], "/\\") || strings.ContainsAny(got, "\\\t\n\r") {
			t.Errorf("%q became %q", address, got)
		}
	})
}
