package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Ensure that the manifest has what the elements' sources read, tell and style, and nothing else.
func TestCustomElements(t *testing.T) {
	data, err := customElements()
	if err != nil {
		t.Fatal(err)
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	signIn, account := m.Modules[0].Declarations[0], m.Modules[0].Declarations[1]

	var scripts, types string
	for dir, into := range map[string]*string{"../widget": &scripts, "../types": &types} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasPrefix(name, "locales/") {
				return err
			}
			text, err := fs.ReadFile(os.DirFS(dir), name)
			*into += string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	names := func(list []item) (out []string) {
		for _, i := range list {
			out = append(out, i.Name)
		}
		return out
	}
	// pattern finds, in the sources, every name of a kind; the manifest may have others where they are made at run time.
	check := func(kind string, list []item, source, pattern string, madeLater ...string) {
		t.Helper()
		found := map[string]bool{}
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(source, -1) {
			for _, name := range strings.Fields(match[1]) {
				found[name] = true
			}
		}
		if len(found) == 0 {
			t.Errorf("the sources have no %s", kind)
		}
		have := names(list)
		for name := range found {
			if !slices.Contains(have, name) {
				t.Errorf("the manifest lacks the %s %s", kind, name)
			}
		}
		for _, name := range have {
			if !found[name] && !slices.Contains(madeLater, name) {
				t.Errorf("the manifest has the %s %s, the sources do not", kind, name)
			}
		}
	}
	_, tags, _ := strings.Cut(types, "interface ElementProps<E> {\n")
	_, tags, _ = strings.Cut(tags, "/** The URL of the configuration")
	tags, _, _ = strings.Cut(tags, "\ninterface AmplifyTags")
	check("attribute", signIn.Attributes, tags, `(?m)^  '?([a-z-]+)'?\?:`)
	check("event", signIn.Events, scripts, `emit\]?\('(\w+)'`)
	check("part", signIn.CSSParts, scripts, `\bpart: '([\w -]+)'`, "dialog", "notice", "error-message", "provider", "provider-google", "button")
	check("property", signIn.CSSProperties, scripts, `(--amplify-auth-[a-z-]+)`)

	_, elements, _ := strings.Cut(types, "declare abstract class AmplifyElement")
	member := `(?m)^  (?:readonly )?(\w+)(?:\(\w*:? ?\w*\): void;|: )`
	base, rest, _ := strings.Cut(elements, "export class AmplifySignInElement")
	own, _, _ := strings.Cut(rest, "export class AmplifyAccountElement")
	check("member", signIn.Members, base+own, member)
	check("member", account.Members, base, member)
	for _, kind := range []struct{ all, some []item }{{signIn.Attributes, account.Attributes}, {signIn.Events, account.Events}} {
		for _, name := range names(kind.some) {
			if !slices.Contains(names(kind.all), name) {
				t.Errorf("<amplify-account> has %s, <amplify-sign-in> has not", name)
			}
		}
	}
}
