//go:build !js

package contract_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amplify-auth/core/contract"
)

// The vectors are what the element goes by too: see TestWidgetProviderNames in e2e/flows.
func TestProviderNames(t *testing.T) {
	data, err := os.ReadFile("../testdata/provider_names.json")
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]string
	if err := json.Unmarshal(data, &names); err != nil {
		t.Fatal(err)
	}
	pattern := regexp.MustCompile(contract.NotInProviderNames)
	for name, want := range names {
		got, _ := contract.ProviderNamed(name)
		if got.Name != want {
			t.Errorf("%q is %q, want %q", name, got.Name, want)
		}
		// what the element does with the pattern
		plain := pattern.ReplaceAllString(strings.ToLower(name), "")
		if want != "" && !slices.Contains(got.Aliases(), plain) {
			t.Errorf("%q is plainly %q, which is none of %q", name, plain, got.Aliases())
		}
	}
}
