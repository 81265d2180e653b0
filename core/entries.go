package core

import (
	"strings"
	"unicode"
)

// What people type, in the form that Cognito takes. The element's fields do the same
// (core/testdata/entries.json is run by both).

// typedCode is a code without blanks ("123 456", as apps and messages show it), in
// the digits 0 to 9.
func typedCode(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return latinDigit(r)
	}, s)
}

// latinDigit turns the digits of Arabic and Persian keyboards and those of full width
// into 0 to 9.
func latinDigit(r rune) rune {
	for _, zero := range []rune{'٠', '۰', '０'} {
		if zero <= r && r <= zero+9 {
			return '0' + r - zero
		}
	}
	return r
}

// Dashes, and marks that are not seen: soft hyphen, joiners, directions.
const dashes = "-‐‑‒–—―−﹘﹣－" + "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"

// phoneNumber drops what people write between the digits, and the (0) that is not
// dialled from abroad.
func phoneNumber(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), strings.ContainsRune(dashes+"./", r):
			return -1
		case r == '＋':
			return '+'
		}
		return latinDigit(r)
	}, s)
	if strings.HasPrefix(s, "+") {
		s = strings.Replace(s, "(0)", "", 1)
	}
	return strings.NewReplacer("(", "", ")", "").Replace(s)
}

// emailAddress drops the blanks around an address.
func emailAddress(s string) string { return strings.TrimFunc(s, isBlank) }

// isEmailAddress: something before an "@" and after it, and no blank. What else an
// address may be, the service knows.
func isEmailAddress(s string) bool {
	return len(s) > 2 && strings.Contains(s[1:len(s)-1], "@") && !strings.ContainsFunc(s, isBlank)
}

// isBlank is what \s is in JavaScript.
func isBlank(r rune) bool { return r == '\ufeff' || r != '\u0085' && unicode.IsSpace(r) }

// isPhoneNumber: E.164, "+" and at most 15 digits.
func isPhoneNumber(s string) bool {
	return len(s) >= 7 && len(s) <= 16 && s[0] == '+' && s[1] != '0' && strings.Trim(s[1:], "0123456789") == ""
}
