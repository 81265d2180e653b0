// Package log replaces log in the wasm build: smithy-go's standard logger, the
// one user, writes lines with a prefix. Time, file and flags are left out; the
// browser's console stamps a line itself.
package log

import (
	"fmt"
	"io"
)

const LstdFlags = 3

type Logger struct {
	w      io.Writer
	prefix string
}

// New returns a logger that writes to w. It takes no heed of flags.
func New(w io.Writer, prefix string, flags int) *Logger { return &Logger{w, prefix} }

// Printf writes one line.
func (l *Logger) Printf(format string, v ...any) {
	fmt.Fprintf(l.w, l.prefix+format+"\n", v...)
}
