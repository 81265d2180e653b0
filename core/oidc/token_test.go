package oidc_test

import (
	"testing"
	"time"

	"amplify-auth/core/oidc"
)

func TestParseToken(t *testing.T) {
	part := func(text string) string { return base64url([]byte(text)) }
	head := part(`{"alg":"RS256"}`)
	for raw, ok := range map[string]bool{
		head + "." + part(`{"sub":"ada","exp":4102444800}`) + ".x":  true,
		head + "." + part(`{}`) + ".":                               true,
		"":                                                          false,
		head + "." + part(`{}`):                                     false,
		head + "." + part(`{}`) + ".x.y":                            false,
		part(`{}`) + "." + part(`{}`) + ".x":                        false,
		head + "." + part(`[]`) + ".x":                              false,
		head + "." + part(`null`) + ".x":                            false,
		head + ".\n" + part(`{"sub":"ada"}`) + ".x":                 false,
		head + "." + part(`{"sub":"ada"}`) + "=.x":                  false,
		part(`{"alg":1}`) + "." + part(`{"sub":"ada"}`) + "." + "x": false,
	} {
		if _, err := oidc.ParseToken(raw); (err == nil) != ok {
			t.Errorf("%q: %v", raw, err)
		}
	}
	soon := time.Unix(4102444800, 0)
	jwt := head + "." + part(`{"sub":"ada","exp":1}`) + ".x"
	if o := oidc.Opaque(jwt, soon); o.Text("sub") != "ada" || !o.Expiration().Equal(soon) {
		t.Errorf("%+v", o)
	}
	if o := oidc.Opaque("secret", soon); o.Raw != "secret" || o.Text("sub") != "" || !o.Expiration().Equal(soon) {
		t.Errorf("%+v", o)
	}
}
