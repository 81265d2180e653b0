// Package regexp compiles an expression, in the wasm build, when it is first
// matched. The AWS SDK compiles its endpoint partitions' expressions when the
// program starts and matches them only in its own endpoint resolver; when that
// is not used, the linker can now leave the regexp compiler and the Unicode
// tables out. Only what the SDK calls is here, so that no other method can meet
// an expression that is not compiled yet.
package regexp

import "regexp/syntax"

// MustCompile returns the expression, not yet looked at.
func MustCompile(expr string) *Regexp { return &Regexp{expr: expr} }

// MatchString reports whether s contains a match of re. It panics if the
// expression is wrong.
func (re *Regexp) MatchString(s string) bool {
	if re.prog == nil {
		compiled, err := compile(re.expr, syntax.Perl, false)
		if err != nil {
			panic("regexp: " + err.Error())
		}
		*re = *compiled
	}
	return re.doMatch(nil, nil, s)
}
