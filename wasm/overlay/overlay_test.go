//go:build !js

package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

// buildWasm compiles a program under wasm/overlay for the page, with an overlay in the directory, if one is named.
func buildWasm(t *testing.T, pkg, overlay string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.wasm")
	args := []string{"build", "-o", out, pkg}
	tool, env := "go", append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if overlay != "" {
		args = slices.Insert(args, 1, "-gcflags=all=-l", "-overlay="+filepath.Join(overlay, "overlay.json"))
		if goroot := filepath.Join(overlay, "goroot"); exists(goroot) {
			tool, env = filepath.Join(goroot, "bin", "go"), append(env, "GOROOT="+goroot, "GOTOOLCHAIN=local")
		}
	}
	cmd := exec.Command(tool, args...)
	cmd.Env = env
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// run runs a program in a page, gives what it prints and fails when it exits with another code.
func run(t *testing.T, tab *browser.Tab, wasm string, exit int, args []string) string {
	t.Helper()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/wasm_exec.js":
			http.ServeFile(w, r, filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec.js"))
		case "/program.wasm":
			http.ServeFile(w, r, wasm)
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, page)
		}
	}))
	defer server.Close()
	tab.Open(server.URL)
	result := browser.Eval[struct {
		Code   int
		Output string
	}](tab, "run("+e2e.Args(args)+")")
	if result.Code != exit {
		t.Errorf("exit code %d, want %d, after\n%s", result.Code, exit, result.Output)
	}
	return result.Output
}

// The page gives a program its arguments, an empty standard input, and one place for both of its outputs.
const page = `<!doctype html><script>
let output = '';
const decoder = new TextDecoder();
globalThis.fs = {
  constants: { O_WRONLY: -1, O_RDWR: -1, O_CREAT: -1, O_TRUNC: -1, O_APPEND: -1, O_EXCL: -1, O_DIRECTORY: -1 },
  writeSync(fd, bytes) { output += decoder.decode(bytes); return bytes.length; },
  write(fd, bytes, offset, length, position, callback) { callback(null, this.writeSync(fd, bytes.subarray(offset, offset + length))); },
  read(fd, buffer, offset, length, position, callback) { callback(null, 0); },
  fsync(fd, callback) { callback(null); },
};
</script><script src="/wasm_exec.js"></script><script>
async function run(args) {
  const go = new Go();
  go.argv = ['program', ...args];
  let code = 0;
  go.exit = (given) => (code = given);
  const { instance } = await WebAssembly.instantiateStreaming(fetch('/program.wasm'), go.importObject);
  await go.run(instance);
  return { code, output };
}
</script>`

// TestSameBehaviour runs programs with and without the overlay. That they
// compile with it is the check that Go's update has not moved anything.
func TestSameBehaviour(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("message"))
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	overlay := t.TempDir()
	if err := write("src", overlay); err != nil {
		t.Fatal(err)
	}
	tab := browser.NewTab(t)
	tab.Allow("Go program has already exited") // a timer of the collector outlives it
	for _, c := range []struct {
		pkg  string
		args []string
		want string // part of the output
		exit int
	}{
		{"./testdata/page", []string{fmt.Sprintf("%x", key.N), fmt.Sprintf("%x", sig)}, "verify 256 <nil>\n", 3},
		{"./slim/testdata/prog", []string{}, "assignment to entry in nil map main.main", 0},
	} {
		want := run(t, tab, buildWasm(t, c.pkg, ""), c.exit, c.args)
		if !strings.Contains(want, c.want) {
			t.Fatalf("%s: no %q in\n%s", c.pkg, c.want, want)
		}
		if got := run(t, tab, buildWasm(t, c.pkg, overlay), c.exit, c.args); got != want {
			t.Errorf("%s prints with the overlay\n%s\nand without\n%s", c.pkg, got, want)
		}
	}
}

// On a new machine nothing has been fetched when the overlay is made.
func TestEmptyModuleCache(t *testing.T) {
	if err := write("src", t.TempDir()); err != nil { // what the modules are copied from here
		t.Fatal(err)
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOPROXY", "file://"+strings.TrimSpace(string(cache))+"/cache/download")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-modcacherw")
	if err := write("src", t.TempDir()); err != nil {
		t.Error(err)
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
