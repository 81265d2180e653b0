// Command overlay prepares the wasm build's replacements for standard library
// files and writes the JSON file that `go build -overlay` takes.
//
//	go run ./wasm/overlay .cache/overlay        (at the top of the repository)
//	GOOS=js GOARCH=wasm go build -overlay .cache/overlay/overlay.json ./wasm
//
// src mirrors $GOROOT/src. A file there replaces the GOROOT file of the same
// path or joins its package. A directory with a file called KEEP replaces the
// package: of GOROOT's files only those that KEEP lists, one a line, stay.
//
//	status.go                      the whole file
//	ipsock.go: SplitHostPort       these declarations of it
//	sha256.go - New224 Sum224      all but these declarations
//
// A method is named Type.Method. `# …` is a comment. Cut files are made from
// the toolchain's own at build time, so Go's fixes reach them; a name that the
// toolchain no longer declares is an error, and a file that a Go update adds to
// a replaced package changes nothing.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: go run ./wasm/overlay DIR"))
	}
	src, err := filepath.Abs("wasm/overlay/src")
	if err != nil {
		fail(err)
	}
	dir, err := filepath.Abs(os.Args[1])
	if err != nil {
		fail(err)
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		fail(fmt.Errorf("go env GOROOT: %w", err))
	}
	o := overlay{
		src:     src,
		goroot:  filepath.Join(string(bytes.TrimSpace(out)), "src"),
		dir:     dir,
		replace: map[string]string{},
	}
	if err := filepath.WalkDir(src, o.visit); err != nil {
		fail(err)
	}
	list, err := json.MarshalIndent(map[string]any{"Replace": o.replace}, "", "\t")
	if err != nil {
		fail(err)
	}
	if err := o.write(filepath.Join(dir, "overlay.json"), list); err != nil {
		fail(err)
	}
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
	case d.Name() == "KEEP":
		if err := o.keep(path, filepath.Dir(rel)); err != nil {
			return fmt.Errorf("wasm/overlay/src/%s: %w", rel, err)
		}
	case strings.HasSuffix(path, ".go"):
		o.replace[filepath.Join(o.goroot, rel)] = path
	}
	return nil
}

// keep hides the package pkg but for the files that the KEEP file at path lists.
func (o overlay) keep(path, pkg string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(o.goroot, pkg))
	if err != nil {
		return fmt.Errorf("this Go toolchain lacks the package: %w", err)
	}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".go" || ext == ".s") {
			if target := filepath.Join(o.goroot, pkg, e.Name()); o.replace[target] == "" {
				o.replace[target] = ""
			}
		}
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		name, only := strings.CutSuffix(f[0], ":")
		target := filepath.Join(o.goroot, pkg, name)
		if _, ok := o.replace[target]; !ok {
			return fmt.Errorf("this Go toolchain has no %s in the package", name)
		}
		if len(f) == 1 && !only {
			delete(o.replace, target)
			continue
		}
		names := f[1:]
		if !only {
			if names[0] != "-" {
				return fmt.Errorf("%q: want `file`, `file: names` or `file - names`", strings.TrimSpace(line))
			}
			names = names[1:]
		}
		original, err := os.ReadFile(target)
		if err != nil {
			return err
		}
		short, err := cut(original, names, only)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		o.replace[target] = filepath.Join(o.dir, pkg, name)
		if err := o.write(o.replace[target], short); err != nil {
			return err
		}
	}
	return nil
}

// write leaves an unchanged file alone: go build looks at its time.
func (o overlay) write(path string, data []byte) error {
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
