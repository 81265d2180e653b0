package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func TestCompressedFilesAreTheFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.js")
	text := []byte(strings.Repeat("export const a = 1;\n", 1000))
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	c := cache{filepath.Join(dir, "cache")}
	first, err := compress(c, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"br", "gz"} {
		data, err := os.ReadFile(file + "." + kind)
		if err != nil {
			t.Fatal(err)
		}
		var r io.Reader = brotli.NewReader(bytes.NewReader(data))
		if kind == "gz" {
			if r, err = gzip.NewReader(bytes.NewReader(data)); err != nil {
				t.Fatal(err)
			}
		}
		if back, err := io.ReadAll(r); err != nil || !bytes.Equal(back, text) {
			t.Errorf("a.js.%s unpacks to %d bytes, want %d (%v)", kind, len(back), len(text), err)
		}
	}

	// A second build takes the cached ones; a changed file must not.
	if again, err := compress(c, file); err != nil || again != first {
		t.Errorf("compressed again: %v, %v, want %v", again, err, first)
	}
	if err := os.WriteFile(file, []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	if changed, err := compress(c, file); err != nil || changed == first {
		t.Errorf("a changed file: %v, %v", changed, err)
	}
}

func TestBudget(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.js", "12345678")
	write("a.js.br", "12345")
	budget := filepath.Join(dir, "budget.json")
	for _, test := range []struct{ budget, want string }{
		{`{"a.js": {"brotli": 5, "raw": 8}}`, ""},
		{`{"a.js": {"brotli": 4}}`, "over budget: a.js has 5 bytes in brotli, 1 more than the 4"},
		{`{"a.js": {"brotli": 5, "raw": 7}}`, "over budget: a.js has 8 bytes raw, 1 more than the 7"},
		{`{"b.js": {"raw": 4}}`, "b.js has a budget"},
		{`{"a.js": 4}`, "budget.json"},
	} {
		write("budget.json", test.budget)
		err := checkBudget(budget, dir)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("budget %s: %v, want %q", test.budget, err, test.want)
		}
	}
}

func TestPackagesOfSymbols(t *testing.T) {
	s := newSymbols([]string{"runtime", "net", "net/http", "slices", "gopkg.in/yaml.v3", "github.com/aws/smithy-go", "amplify-auth/core"})
	for symbol, want := range map[string]string{
		"runtime.mallocgc":                                     "runtime",
		"net_http.__Client_.Do":                                "net/http",
		"net.ParseIP":                                          "net",
		"gopkg.in_yaml_2ev3.Unmarshal":                         "gopkg.in/yaml.v3",
		"github.com_aws_smithy_go.String":                      "github.com/aws/smithy-go",
		"type_.eq.amplify_auth_core.State":                     "amplify-auth/core",
		"slices.SortFunc_go.shape._uint8_go.shape.string_":     "slices",
		"amplify_auth_core.__Auth_.SignIn_github.com_aws.func": "amplify-auth/core",
		"wasm_export_run":                                      "runtime",
	} {
		if got := s.pkg(symbol); got != want {
			t.Errorf("%s is of %s, want %s", symbol, got, want)
		}
	}
	if got := partOf("github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"); !strings.HasSuffix(got, "cognitoidentityprovider") {
		t.Errorf("the longest part does not win: %s", got)
	}
}

func TestParseWasm(t *testing.T) {
	wasm := slices.Concat(
		[]byte("\x00asm\x01\x00\x00\x00"),
		[]byte{2, 7, 1, 1, 'm', 1, 'f', 0, 0},       // one imported function
		[]byte{10, 8, 2, 2, 0, 0x0b, 3, 0, 1, 0x0b}, // two bodies of 2 and 3 bytes
		[]byte{11, 3, 1, 2, 3},                      // data
		[]byte{0, 19, 4, 'n', 'a', 'm', 'e', 1, 12, 2, 1, 3, 'a', '.', 'b', 2, 4, 'c', '.', 'd', 'e'},
	)
	m, err := parseWasm(wasm)
	if err != nil {
		t.Fatal(err)
	}
	if m.imports != 1 || !slices.Equal(m.code, []int{2, 3}) || m.data != 3 || m.names[1] != "a.b" || m.names[2] != "c.de" {
		t.Errorf("parsed %+v", m)
	}
	if _, err := parseWasm(wasm[:20]); err == nil {
		t.Error("a truncated file was accepted")
	}
	if _, err := parseWasm([]byte("<!doctype html>")); err == nil {
		t.Error("HTML was accepted")
	}
}

// The same sources give the same bytes wherever they lie.
func TestBuildIsReproducible(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// Compressing takes long and has its own test; what the last build knows may be used.
	packed := filepath.Join(root, ".cache", "pack")
	var builds []map[string][]byte
	for range 2 {
		dir := filepath.Join(t.TempDir(), "checkout")
		copyTree(t, root, dir)
		if _, err := os.Stat(packed); err == nil {
			if err := os.CopyFS(filepath.Join(dir, ".cache", "pack"), os.DirFS(packed)); err != nil {
				t.Fatal(err)
			}
		}
		build := exec.Command("./build.sh")
		build.Dir = dir
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build.sh: %v\n%s", err, out)
		}
		packed = filepath.Join(dir, ".cache", "pack")
		builds = append(builds, readTree(t, filepath.Join(dir, "dist")))
	}
	for _, name := range []string{
		"amplify-auth.js", "amplify-auth.iife.js", "amplify-auth.wasm", "amplify-auth.wasm.br", "amplify-auth.wasm.gz", "amplify-sign-in.js",
		"compat.js", "react.js", "vue.js", "testing.js", "amplify-auth.d.ts", "amplify-sign-in.d.ts", "compat.d.ts", "package.json", "integrity.json", "README.md",
	} {
		if builds[0][name] == nil {
			t.Errorf("dist has no %s", name)
		}
	}
	if len(builds[0]) != len(builds[1]) {
		t.Errorf("%d files, then %d", len(builds[0]), len(builds[1]))
	}
	for name, data := range builds[0] {
		if !bytes.Equal(data, builds[1][name]) {
			t.Errorf("%s differs between two builds", name)
		}
	}
	var values map[string]string
	if err := json.Unmarshal(builds[0]["integrity.json"], &values); err != nil {
		t.Fatal(err)
	}
	if sri := values["amplify-auth.wasm"]; sri == "" || !bytes.Contains(builds[0]["amplify-auth.js"], []byte(sri)) {
		t.Error("the loader does not carry the integrity value of the wasm")
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", ".cache", "dist", "e2e", "node_modules"}, rel) {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, info.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readTree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[rel], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
