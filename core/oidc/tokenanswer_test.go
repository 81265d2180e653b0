package oidc_test

import (
	"amplify-auth/core/autherror"
	"amplify-auth/core/oidc"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

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
			answer, err := oidc.ParseTokenAnswer(status, body, grant)
			if err != nil {
				if m := err.Error(); strings.ContainsFunc(m, func(r rune) bool { return !unicode.IsPrint(r) || r == '"' }) || utf8.RuneCountInString(m) > 500 {
					t.Errorf("the message %q", m)
				}
				if autherror.From(err).Code == "" {
					t.Errorf("no code: %v", err)
				}
				continue
			}
			if status != 200 || answer.AccessToken == "" || answer.Error != "" {
				t.Errorf("%d %q is %+v", status, body, answer)
			}
			if life := answer.Lifetime(); life < 0 {
				t.Errorf("lifetime %v", life)
			}
		}
	})
}
