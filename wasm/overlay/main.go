// Command overlay prepares the wasm build's replacements for standard library
// files and writes the JSON file that `go build -overlay` takes.
//
//	go run ./wasm/overlay .cache/overlay        (at the top of the repository)
//	GOOS=js GOARCH=wasm go build -overlay .cache/overlay/overlay.json ./wasm
//
// src mirrors $GOROOT/src. A file there replaces the GOROOT file of the same
// path or joins its package. A directory with a file called KEEP replaces the
// package: of GOROOT's files only those that KEEP lists, one a line, stay. With
// a file called PATCH instead, the files that it does not list stay as well.
//
//	status.go                      the whole file
//	ipsock.go: SplitHostPort       these declarations of it
//	sha256.go - New224 Sum224      all but these declarations
//	trace.go ~ traceAdvance        all, these functions without their bodies;
//	                               they return zero values (~ * is every one)
//
// A method is named Type.Method. `# …` is a comment. Cut files are made from
// the toolchain's own at build time, so Go's fixes reach them; a name that the
// toolchain no longer declares is an error, and a file that a Go update adds to
// a replaced package changes nothing.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("usage: go run ./wasm/overlay DIR"))
	}
	if err := write("wasm/overlay/src", os.Args[1]); err != nil {
		fail(err)
	}
}

// write makes overlay.json and the cut files in dir from the tree src.
func write(src, dir string) error {
	src, err := filepath.Abs(src)
	if err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	goroot, err := replaceable(dir)
	if err != nil {
		return err
	}
	o := overlay{src, filepath.Join(goroot, "src"), dir, map[string]string{}}
	if err := filepath.WalkDir(src, o.visit); err != nil {
		return err
	}
	if err := o.sdk(filepath.Join(src, "../../.."), "core/cognito"); err != nil {
		return err
	}
	list, err := json.MarshalIndent(map[string]any{"Replace": o.replace}, "", "\t")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "overlay.json"), list)
}

// replaceable is a GOROOT whose files an overlay may replace. Those of a toolchain that go.mod fetched lie in the module
// cache, where it may not: they are reached by the link dir/goroot, and only the go command there builds with them.
func replaceable(dir string) (string, error) {
	out, err := exec.Command("go", "env", "GOROOT", "GOMODCACHE").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	goroot, cache, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	link := filepath.Join(dir, "goroot")
	if !strings.HasPrefix(goroot, cache+string(filepath.Separator)) {
		if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		return goroot, nil
	}
	return link, symlink(goroot, link)
}

// symlink makes link point at target, whatever it pointed at before.
func symlink(target, link string) error {
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Symlink(target, link)
}

type overlay struct {
	src, goroot string
	dir         string            // where cut files and overlay.json go
	replace     map[string]string // GOROOT file to its replacement; an empty one hides it
}

func (o overlay) visit(path string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(o.src, path)
	if err != nil {
		return err
	}
	switch {
	case d.Name() == "KEEP" || d.Name() == "PATCH":
		if err := o.edit(path, filepath.Dir(rel), d.Name() == "KEEP"); err != nil {
			return fmt.Errorf("wasm/overlay/src/%s: %w", rel, err)
		}
	case strings.HasSuffix(path, ".go"):
		target := filepath.Join(o.goroot, rel)
		if o.replace[target] != "" {
			return fmt.Errorf("wasm/overlay/src/%s: KEEP or PATCH lists this file as well", rel)
		}
		o.replace[target] = path
	}
	return nil
}

// edit makes the files that the KEEP or PATCH file at path lists, and hides the
// others of the package pkg or not.
func (o overlay) edit(path, pkg string, hide bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	dir := filepath.Join(o.goroot, pkg)
	if hide {
		if err := o.hide(dir); err != nil {
			return err
		}
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		name, mode := f[0], ""
		if rest, ok := strings.CutSuffix(name, ":"); ok {
			name, mode = rest, only
		} else if len(f) > 1 {
			mode = f[1]
			f = f[1:]
		}
		target := filepath.Join(dir, name)
		original, err := os.ReadFile(target)
		if err != nil {
			return fmt.Errorf("this Go toolchain lacks the file: %w", err)
		}
		if mode == "" {
			delete(o.replace, target)
			continue
		}
		short, err := cut(original, mode, f[1:])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		o.replace[target] = filepath.Join(o.dir, pkg, name)
		if err := writeFile(o.replace[target], short); err != nil {
			return err
		}
	}
	return nil
}

// hide marks the package's files as absent, but for those replaced already.
func (o overlay) hide(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("this Go toolchain lacks the package: %w", err)
	}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".go" || ext == ".s") {
			if target := filepath.Join(dir, e.Name()); o.replace[target] == "" {
				o.replace[target] = ""
			}
		}
	}
	return nil
}

// writeFile leaves an unchanged file alone: go build looks at its time.
func writeFile(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "overlay:", err)
	os.Exit(1)
}
