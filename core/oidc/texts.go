package oidc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quoted ends a message with what a provider says.
func quoted(code, description string) string {
	said := legible(code, 60)
	if d := legible(description, 200); d != "" {
		said += ", " + d
	}
	if said == "" {
		return "."
	}
	return ": " + said
}

// legible is a text that may come from anybody's link, without what is not to be
// seen or could pass for the end of it, and not longer than most.
func legible(s string, most int) string {
	n := 0
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if n++; n > most || !strconv.IsPrint(r) || r == '\\' || r == utf8.RuneError {
			return -1
		}
		if r == '"' {
			return '\''
		}
		return r
	}, s))
}
