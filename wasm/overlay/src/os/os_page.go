// Package os replaces os in the wasm build. A page has no files or processes:
// what is left is the console behind Stdout and Stderr, and the environment,
// which wasm_exec.js keeps empty unless the page fills it.
package os

import (
	"errors"
	"io"
	"runtime"
	"syscall"
	"unsafe"
)

// Args is what the page sets as argv of wasm_exec.js's Go object.
var Args = runtime_args()

var ErrDeadlineExceeded = errors.New("i/o timeout")

var (
	Stdin  = &File{0}
	Stdout = &File{1}
	Stderr = &File{2}
)

type File struct{ fd uintptr }

// Write writes to the console, as println does. The original waits for a
// callback and so must not be called from one.
func (f *File) Write(b []byte) (int, error) {
	if len(b) > 0 {
		write(f.fd, unsafe.Pointer(&b[0]), int32(len(b)))
		runtime.KeepAlive(b)
	}
	return len(b), nil
}

func (f *File) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

// Read reads nothing: a page has no standard input.
func (f *File) Read([]byte) (int, error) { return 0, io.EOF }

func Getenv(key string) string {
	v, _ := syscall.Getenv(key)
	return v
}

func LookupEnv(key string) (string, bool) { return syscall.Getenv(key) }

// Exit ends the Go program; deferred functions do not run.
func Exit(code int) {
	runtime_beforeExit(code)
	syscall.Exit(code)
}

func runtime_args() []string      // in package runtime
func runtime_beforeExit(code int) // in package runtime

//go:linkname write runtime.write
func write(fd uintptr, p unsafe.Pointer, n int32) int32
