package core

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"amplify-auth/core/config"
)

// The element's fields take the same (TestEntriesReadAlike in e2e/flows).
//
//go:embed testdata/entries.json
var entriesJSON []byte

func TestEntries(t *testing.T) {
	var cases struct {
		Passwords []struct {
			Password string
			Missing  []string
			Blank    bool // at an end
		}
		Phones []struct{ Typed, Number string } // Number is empty where it is none
		Codes  []struct{ Typed, Code string }
		Emails []struct{ Typed, Address string } // likewise
	}
	if err := json.Unmarshal(entriesJSON, &cases); err != nil {
		t.Fatal(err)
	}
	says := map[string]string{
		"length": "at least 8 characters", "lowercase": "a lower-case letter", "uppercase": "an upper-case letter", "number": "a digit", "symbol": "a special character",
	}
	a := &Auth{cfg: &config.Config{PasswordPolicy: &config.PasswordPolicy{MinLength: 8, RequireLowercase: true, RequireUppercase: true, RequireNumbers: true, RequireSymbols: true}}}
	for _, c := range cases.Passwords {
		text := ""
		if err := a.checkPassword("signUp", c.Password); err != nil {
			text = err.Error()
		}
		if c.Blank {
			if !strings.Contains(text, "begins or ends with a space") {
				t.Errorf("%q: %q, want a word of its end", c.Password, text)
			}
			continue
		}
		for key, words := range says {
			if strings.Contains(text, words) != slices.Contains(c.Missing, key) {
				t.Errorf("%q: %q, missing %v", c.Password, text, c.Missing)
			}
		}
	}
	for _, c := range cases.Phones {
		got := phoneNumber(c.Typed)
		if !isPhoneNumber(got) {
			got = ""
		}
		if got != c.Number {
			t.Errorf("phone number %q: %q, want %q", c.Typed, got, c.Number)
		}
	}
	for _, c := range cases.Emails {
		got := emailAddress(c.Typed)
		if !isEmailAddress(got) {
			got = ""
		}
		if got != c.Address {
			t.Errorf("e-mail address %q: %q, want %q", c.Typed, got, c.Address)
		}
	}
	for _, c := range cases.Codes {
		if got := typedCode(c.Typed); got != c.Code {
			t.Errorf("code %q: %q, want %q", c.Typed, got, c.Code)
		}
	}
}
