package widget_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEveryStateHasAScreen holds the screens of a sign-in against the states that the engine can answer with.
func TestEveryStateHasAScreen(t *testing.T) {
	screens := strings.Join(regexp.MustCompile(`screens = \{[^}]+\}`).FindAllString(read(t, "screens/index.js"), -1), "")
	for _, export := range regexp.MustCompile(`(?m)^export const (\w+)`).FindAllStringSubmatch(read(t, "screens/challenges.js"), -1) {
		screens += " " + export[1]
	}
	have := regexp.MustCompile(`\w+`).FindAllString(screens, -1)

	var states []string
	engine, err := filepath.Glob("../../core/*.go")
	if err != nil {
		t.Fatal(err)
	}
	answered := regexp.MustCompile(`SignInState(?::| =|\() ?"(\w+)"`)
	for _, file := range engine {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range answered.FindAllStringSubmatch(read(t, file), -1) {
			states = append(states, m[1])
		}
	}
	declared := regexp.MustCompile(`(?s)export type SignInState =(.*?);`).FindStringSubmatch(read(t, "../types/amplify-auth.d.ts"))
	for _, m := range quoted.FindAllStringSubmatch(declared[1], -1) {
		states = append(states, m[1])
	}
	if len(states) < 15 {
		t.Fatalf("only %d states of a sign-in were found", len(states))
	}
	for _, state := range states {
		if state != "signedIn" && !slices.Contains(have, state) {
			t.Errorf("a sign-in can answer %q, for which there is no screen", state)
		}
	}
}
