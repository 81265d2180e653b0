package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amplify-auth/core/api"
	"amplify-auth/core/contract"
)

const root = "../.."

func TestGeneratedFilesAreUpToDate(t *testing.T) {
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(got) != want {
			t.Errorf("%s is stale: run go run ./web/contract", name)
		}
	}
}

// inner are commands that the page calls for itself.
var inner = []string{"storageChanged"}

func TestMethodsAreThoseOfTheEngineAndTheClass(t *testing.T) {
	class := read(t, "web/src/client.js")
	declared := read(t, "web/types/amplify-auth.d.ts")
	for _, m := range contract.Methods {
		if !slices.Contains(api.Methods(), m.Name) {
			t.Errorf("the engine has no %s", m.Name)
		}
		name := strings.TrimPrefix(m.Name, "deviceOperations.")
		if !strings.Contains(class, name) || !strings.Contains(declared, name+"(") {
			t.Errorf("client.js or its declarations have no %s", m.Name)
		}
	}
	for _, name := range api.Methods() {
		if !slices.Contains(inner, name) && !slices.ContainsFunc(contract.Methods, func(m contract.Method) bool { return m.Name == name }) {
			t.Errorf("the contract has no %s", name)
		}
	}
}

// Besides the element, whose screens have a test of their own.
func TestEveryStepIsKnownToThePage(t *testing.T) {
	types := read(t, "web/types/compat.d.ts")
	_, steps, _ := strings.Cut(read(t, "web/src/compat/shapes.js"), "const STEPS = {")
	steps, _, _ = strings.Cut(steps, "};")
	_, calls, _ := strings.Cut(read(t, "web/demo/playground/code.js"), "const calls = {")
	calls, _, _ = strings.Cut(calls, "\n};")
	for _, s := range contract.SignInStates {
		if m := regexp.MustCompile(`\b` + s.Name + `: '(\w+)'`).FindStringSubmatch(steps); m == nil {
			t.Errorf("STEPS in web/src/compat/shapes.js has no name of Amplify's for %q", s.Name)
		} else if !strings.Contains(types, "'"+m[1]+"'") {
			t.Errorf("SignInOutput in web/types/compat.d.ts lacks %s, which is %q", m[1], s.Name)
		}
		if s.Name != "signedIn" && !regexp.MustCompile(`\b`+s.Name+`\b`).MatchString(calls) {
			t.Errorf("calls in web/demo/playground/code.js does not show the one for %q", s.Name)
		}
	}
}

func TestOptionsAreThoseOfTheDeclarations(t *testing.T) {
	_, rest, _ := strings.Cut(read(t, "web/types/amplify-auth.d.ts"), "export interface AmplifyAuthOptions {\n")
	members, _, _ := strings.Cut(rest, "\n}")
	var declared []string
	for _, m := range regexp.MustCompile(`(?m)^  (\w+)\??: `).FindAllStringSubmatch(members, -1) {
		declared = append(declared, m[1])
	}
	if slices.Sort(declared); !slices.Equal(declared, slices.Sorted(slices.Values(contract.Options))) {
		t.Errorf("declared are %v, the contract has %v", declared, contract.Options)
	}
}

// Every code in the sources is in the contract.
func TestCodesAreInTheContract(t *testing.T) {
	known := map[string]bool{}
	for _, c := range slices.Concat(contract.PhoneCodes, contract.OwnCodes) {
		if known[c.Name] {
			t.Errorf("%s stands twice", c.Name)
		}
		known[c.Name] = true
	}
	if len(contract.PhoneCodes) != 43 {
		t.Errorf("AWSMobileClientError has 43 codes, not %d", len(contract.PhoneCodes))
	}
	found := 0
	for dir, pattern := range map[string]*regexp.Regexp{
		"core":       regexp.MustCompile(`(?:newError|autherror\.New)\("(\w+)"|Code: +"([a-z]\w+)"|\{(?:notAuthorized|"\w+Exception"), "[^"]+", "(\w+)"`),
		"jsbridge":   regexp.MustCompile(`Code: +"([a-z]\w+)"`),
		"web/src":    regexp.MustCompile(`AuthError\(\s*'\w+',\s*'(\w+)'|newError\(\s*'(\w+)'|\bcode: '([a-z]\w+)'`),
		"web/widget": regexp.MustCompile(`\bcode: '(\w+)'`),
	} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".js") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
				if name := strings.Join(m[1:], ""); !known[name] {
					t.Errorf("%s: the contract has no code %s", path, name)
				}
				found++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 150 {
		t.Errorf("only %d codes were found in the sources", found)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
