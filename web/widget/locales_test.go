package widget_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Locale files are JSON behind "export default", so that they need no JavaScript
// engine to be read.
func readLocale(t *testing.T, file string) map[string]string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	body, ok := strings.CutPrefix(string(src), "export default ")
	body, ok2 := strings.CutSuffix(body, ";\n")
	if !ok || !ok2 {
		t.Fatalf("%s is not of the form: export default {...};", file)
	}
	texts := map[string]string{}
	if err := json.Unmarshal([]byte(body), &texts); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if n := strings.Count(body, `": "`); n != len(texts) {
		t.Errorf("%s has %d lines for %d keys: a key is there twice", file, n, len(texts))
	}
	return texts
}

var (
	placeholder  = regexp.MustCompile(`\{\w+\}`)
	languageFile = regexp.MustCompile(`(?m)^  '?([\w-]+)'?: \(\) => import\('\./locales/([\w-]+)\.js'\),$`)
	quoted       = regexp.MustCompile(`'([^'\n]*)'`)
)

func TestLocalesAreComplete(t *testing.T) {
	english := readLocale(t, "locales/en.js")
	files, err := filepath.Glob("locales/*.js")
	if err != nil {
		t.Fatal(err)
	}
	var languages []string
	for _, file := range files {
		language := strings.TrimSuffix(filepath.Base(file), ".js")
		languages = append(languages, language)
		texts := readLocale(t, file)
		for key, text := range english {
			translated := strings.TrimSpace(texts[key])
			if translated == "" {
				t.Errorf("%s has no text for %q", file, key)
				continue
			}
			want, got := placeholder.FindAllString(text, -1), placeholder.FindAllString(translated, -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s, %q: placeholders %v, want %v", file, key, got, want)
			}
		}
		for key := range texts {
			if _, ok := english[key]; !ok {
				t.Errorf("locales/en.js has no text for %q, which %s has", key, file)
			}
		}
	}

	source, err := os.ReadFile("i18n.js")
	if err != nil {
		t.Fatal(err)
	}
	declared := []string{"en"} // is built in
	for _, m := range languageFile.FindAllStringSubmatch(string(source), -1) {
		if m[1] != m[2] {
			t.Errorf("the texts of %s are imported for %s", m[2], m[1])
		}
		declared = append(declared, m[1])
	}
	slices.Sort(declared)
	slices.Sort(languages)
	if !slices.Equal(declared, languages) {
		t.Errorf("i18n.js imports %v, the files are %v", declared, languages)
	}
}

// TestTextKeys holds the source against the English texts: every key that the
// source names has a text, and every text is used.
func TestTextKeys(t *testing.T) {
	english := readLocale(t, "locales/en.js")
	groups := map[string]bool{}
	for key := range english {
		groups[key[:strings.Index(key, ".")]] = true
	}
	used := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".js" || filepath.Dir(path) == "locales" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range quoted.FindAllSubmatch(src, -1) {
			name := string(m[1])
			used[name] = true
			group, rest, ok := strings.Cut(name, ".")
			if ok && groups[group] && regexp.MustCompile(`^[a-zA-Z.]+$`).MatchString(rest) && english[name] == "" {
				t.Errorf("%s names the text %q, which does not exist", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// These keys are put together: of an error's code and screen, of an attribute's name, of a part of the account.
	composed := regexp.MustCompile(`^(error|attribute)\.|^account\.(profile|password|mfa|passkeys|devices)$`)
	for key := range english {
		if !used[key] && !composed.MatchString(key) {
			t.Errorf("nothing uses the text %q", key)
		}
	}
	for _, name := range []string{"address", "birthdate", "family_name", "gender", "given_name", "locale", "middle_name", "name",
		"nickname", "picture", "preferred_username", "profile", "website", "zoneinfo"} {
		if key := fmt.Sprintf("attribute.%s", name); english[key] == "" {
			t.Errorf("no text for %q", key)
		}
	}
}
