package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// buildWasm compiles a program under wasm/overlay for the page.
func buildWasm(t *testing.T, pkg string, flags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.wasm")
	cmd := exec.Command("go", append(append([]string{"build", "-o", out}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

func overlayFlag(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := write("src", dir); err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + filepath.Join(dir, "overlay.json")
}

// TestSameBehaviour runs programs with and without the overlay. That they
// compile with it is the check that Go's update has not moved anything.
func TestSameBehaviour(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("runs WebAssembly in node, which is not installed")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("message"))
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	args := []string{fmt.Sprintf("%x", key.N), fmt.Sprintf("%x", sig)}
	overlay := overlayFlag(t)
	for _, c := range []struct {
		pkg  string
		args []string
		want string // part of the output
		exit int
	}{
		{"./testdata/page", args, "verify 256 <nil>\n", 3},
		{"./slim/testdata/prog", nil, "assignment to entry in nil map main.main", 0},
	} {
		run := func(wasm string) string {
			cmd := exec.Command(node, append([]string{"--stack-size=65500", filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec_node.js"), wasm}, c.args...)...)
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != c.exit {
				t.Errorf("%s: exit code %d, want %d", c.pkg, code, c.exit)
			}
			return string(out)
		}
		want := run(buildWasm(t, c.pkg))
		if !strings.Contains(want, c.want) {
			t.Fatalf("%s: no %q in\n%s", c.pkg, c.want, want)
		}
		if got := run(buildWasm(t, c.pkg, overlay, "-gcflags=all=-l")); got != want {
			t.Errorf("%s prints with the overlay\n%s\nand without\n%s", c.pkg, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	const src = `package p

import (
	"fmt"
	"io"
	r "math/rand/v2"
	"unsafe"
)

//go:linkname push other.push

// F is a function.
func F(fmt string) (int, error) { return len(fmt), io.EOF }

type T struct{}

func (t *T) M() { fmt.Println(r.Int()) }

var (
	a = 1
	b = 2
)

const (
	zero = iota
	one
)

func push() uintptr { return uintptr(unsafe.Pointer(nil)) }
`
	for _, c := range []struct {
		mode, names string
		has, lacks  []string
		fails       string
	}{
		{only, "F", []string{"func F", `"io"`}, []string{`"fmt"`, "rand", "type T", "linkname", "var", "const"}, ""},
		{only, "F push", []string{"linkname push", `"unsafe"`}, []string{"type T"}, ""},
		{drop, "T.M b", []string{"type T", "a = 1", "func F"}, []string{"M()", "b = 2", "rand", `"fmt"`}, ""},
		{hollow, "*", []string{"F(fmt string) (int, error) { return *new(int), *new(error) }", "M() {}", `_ "unsafe"`, "var ("}, []string{`"io"`, `"fmt"`, "rand"}, ""},
		{hollow, "T.M", []string{"M() {}", "io.EOF", `"unsafe"`}, []string{`_ "unsafe"`, "rand"}, ""},
		{drop, "G", nil, nil, "declares no G"},
		{drop, "one", nil, nil, "count on each other"},
		{"+", "F", nil, nil, "want `file`"},
	} {
		got, err := cut([]byte(src), c.mode, strings.Fields(c.names))
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s %s: error %v, want %q", c.mode, c.names, err, c.fails)
			continue
		}
		for _, s := range c.has {
			if !strings.Contains(string(got), s) {
				t.Errorf("%s %s: no %q in\n%s", c.mode, c.names, s, got)
			}
		}
		for _, s := range c.lacks {
			if strings.Contains(string(got), s) {
				t.Errorf("%s %s: %q in\n%s", c.mode, c.names, s, got)
			}
		}
	}
}
