// Package godebug replaces internal/godebug in the wasm build. A page has no
// GODEBUG variable and go.mod sets no godebug, so every setting has its default
// value; the original's parser, its bisect support and the runtime's metrics
// for it are left out.
package godebug

import "internal/stringslite"

type Setting struct{ name string }

// New returns the setting called name; a # before it marks an undocumented one.
func New(name string) *Setting { return &Setting{name} }

func (s *Setting) Name() string       { return stringslite.TrimPrefix(s.name, "#") }
func (s *Setting) Undocumented() bool { return s.Name() != s.name }
func (s *Setting) String() string     { return s.Name() + "=" }
func (s *Setting) Value() string      { return "" }
func (s *Setting) IncNonDefault()     {}
