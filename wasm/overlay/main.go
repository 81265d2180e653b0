// Command overlay writes the JSON file that `go build -overlay` takes, so that
// the wasm build compiles the files under src instead of GOROOT's.
//
//	go run ./wasm/overlay > .cache/overlay.json    (at the top of the repository)
//	GOOS=js GOARCH=wasm go build -overlay .cache/overlay.json ./wasm
//
// src mirrors $GOROOT/src. A file replaces the GOROOT file of the same path or
// is added to its package. A directory that holds a file called KEEP replaces
// the package: of GOROOT's files only those named in KEEP, one a line, stay.
// A patch update of Go that adds a file to such a package therefore changes
// nothing here, and one that changes what a kept file needs fails to compile.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	src, err := filepath.Abs("wasm/overlay/src")
	if err != nil {
		fail("%v", err)
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		fail("go env GOROOT: %v", err)
	}
	replace, err := build(src, filepath.Join(string(bytes.TrimSpace(out)), "src"))
	if err != nil {
		fail("%v", err)
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "\t")
	if err := enc.Encode(map[string]map[string]string{"Replace": replace}); err != nil {
		fail("%v", err)
	}
}

// build maps each GOROOT file to its replacement; an empty one hides the file.
func build(src, goroot string) (map[string]string, error) {
	replace := map[string]string{}
	err := filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		target := filepath.Join(goroot, rel)
		switch {
		case d.IsDir():
			return hide(replace, path, target)
		case strings.HasSuffix(path, ".go"):
			replace[target] = path
		}
		return nil
	})
	return replace, err
}

// hide marks target's Go and assembly files as absent, when dir has a KEEP file
// and except for those it names.
func hide(replace map[string]string, dir, target string) error {
	list, err := os.ReadFile(filepath.Join(dir, "KEEP"))
	if os.IsNotExist(err) {
		return nil
	} else if err != nil {
		return err
	}
	keep := strings.Fields(string(list))
	for _, name := range keep {
		if _, err := os.Stat(filepath.Join(target, name)); err != nil {
			return fmt.Errorf("%s/KEEP: this Go toolchain has no such file: %w", dir, err)
		}
	}
	entries, err := os.ReadDir(target)
	if err != nil {
		return fmt.Errorf("%s replaces a package this Go toolchain does not have: %w", dir, err)
	}
	for _, e := range entries {
		name := e.Name()
		if source := strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".s"); !source || e.IsDir() || slices.Contains(keep, name) {
			continue
		}
		if _, ours := replace[filepath.Join(target, name)]; !ours {
			replace[filepath.Join(target, name)] = ""
		}
	}
	return nil
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "overlay: "+format+"\n", args...)
	os.Exit(1)
}
