//go:build !js

package jsbridge

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// everywhere are the globals that every thread has: the page's own are behind its host.
var everywhere = []string{
	"AbortController", "Array", "Error", "Headers", "JSON", "Object", "Promise", "Uint8Array", "console", "fetch",
	"navigator",     // of which locks alone
	"__amplifyAuth", // of the loader
	"tellCoverage",  // of e2e/browser
}

// An engine does not know which thread it runs in.
func TestPageIsReachedByTheHost(t *testing.T) {
	uses := regexp.MustCompile(`(?:global\(|safejs\.Global\(\)\.(?:Call|Get|New)\()"(\w+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range uses.FindAllStringSubmatch(string(source), -1) {
			if found++; !slices.Contains(everywhere, use[1]) {
				t.Errorf("%s reaches for %s", name, use[1])
			}
		}
	}
	if found == 0 {
		t.Error("the sources reach for nothing: has global another name?")
	}
}
