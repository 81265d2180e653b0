package widget_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amplify-auth/core/contract"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEveryStateHasAScreen holds the screens of a sign-in against the states that the engine can answer with.
func TestEveryStateHasAScreen(t *testing.T) {
	screens := strings.Join(regexp.MustCompile(`screens = \{[^}]+\}`).FindAllString(read(t, "screens/index.js"), -1), "")
	_, challenges, _ := strings.Cut(read(t, "screens/challenges.js"), "export const challenges = {\n")
	for _, member := range regexp.MustCompile(`(?m)^  (\w+): `).FindAllStringSubmatch(challenges, -1) {
		screens += " " + member[1]
	}
	have := regexp.MustCompile(`\w+`).FindAllString(screens, -1)

	for _, state := range contract.SignInStates {
		if state.Name != "signedIn" && !slices.Contains(have, state.Name) {
			t.Errorf("a sign-in can answer %q, for which screens/challenges.js has no screen", state.Name)
		}
	}
}
