package flows

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
	"amplify-auth/web/docs"
)

// documentation is every page by its file name.
func documentation(t *testing.T) map[string]string {
	t.Helper()
	names, err := fs.Glob(docs.Files, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(docs.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = string(text)
	}
	return pages
}

// Every page of the documentation is served, and every link in it leads somewhere.
func TestDocumentationLinks(t *testing.T) {
	e := e2e.Start(t)
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	// Links as the browser has them, and the headings that each page has.
	type page struct{ Title, Links, IDs []string }
	seen := map[string]page{}
	for name := range documentation(t) {
		address := "/docs/" + strings.TrimSuffix(strings.Replace(name, "README.md", ".md", 1), ".md")
		e.Tab.Open(e.Origin + address)
		seen[address] = browser.Eval[page](e.Tab, `(() => { const all = (selector, value) => [...document.querySelectorAll(selector)].map(value); return {
			Title: all('h1', (h) => h.textContent), Links: all('main a[href]', (a) => a.href), IDs: all('[id]', ({ id }) => id) }; })()`)
		if len(seen[address].Title) != 1 {
			t.Errorf("%s has %d titles", address, len(seen[address].Title))
		}
	}
	for address, p := range seen {
		for _, link := range p.Links {
			to, ours := strings.CutPrefix(link, e.Origin)
			if !ours {
				continue // elsewhere, out of reach for a test
			}
			to, id, _ := strings.Cut(to, "#")
			target, ok := seen[to]
			_, err := os.Stat(filepath.Join(root, to)) // a file of the repository, seen on GitHub
			switch {
			case !ok && err != nil:
				t.Errorf("%s links to %s, and there is no such page", address, to)
			case ok && id != "" && !slices.Contains(target.IDs, id):
				t.Errorf("%s links to %s#%s, and the page has no such heading", address, to, id)
			}
		}
	}
}

var (
	fence  = regexp.MustCompile("(?ms)^(?:<!-- run: ([\\w -]+) -->\n)?```(\\w+)\n(.*?)^```$")
	member = regexp.MustCompile(`(?:^|[^-\w/])auth\.(\w+)`)
)

// A page in which a snippet finds the package by its name, and its questions answered.
const snippetPage = `<!doctype html><meta charset="utf-8">
<script type="importmap">{ "imports": { "amplify-auth": "/amplify-auth.js", "amplify-auth/sign-in": "/amplify-sign-in.js", "amplify-auth/compat": "/compat.js" } }</script>
<script>
const get = (url) => { // prompt answers at once
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  request.send();
  return JSON.parse(request.responseText);
};
const sent = (username) => () => get(get('/amplify_outputs.json').auth.user_pool_endpoint + '/_emulator/outbox?username=' + username)[0].code;
const answers = %s;
prompt = (question) => { if (!answers.length) throw new Error('no answer to: ' + question); return answers.shift()(); };
</script>
<script type="module">
%s
;globalThis.finished = true;
</script>`

// Every snippet with a `run` line does what it says, from beginning to end; the others name calls that exist.
func TestDocumentationSnippets(t *testing.T) {
	e := e2e.Start(t)
	run := map[string]struct{ answers, after string }{
		"page":           {"[]", "true"},
		"element":        {"[]", "element.textContent.startsWith('Hello demo, until ')"},
		"signed in":      {"[]", "auth.isSignedIn"},
		"user demo-totp": {"['demo-totp', 'Passw0rd!', TOTP].map((a) => () => a)", "auth.isSignedIn && auth.username === 'demo-totp'"},
		"user demo-new":  {"['demo-new', 'Passw0rd!', 'An0ther password!'].map((a) => () => a)", "auth.isSignedIn && auth.username === 'demo-new'"},
		"sign up":        {"[() => 'docs-reader', () => 'Passw0rd!', () => 'reader@example.com', sent('docs-reader')]", "auth.isSignedIn && auth.username === 'docs-reader'"},
	}
	ran := map[string]bool{}
	e.Tab.Open(e.Origin + "/docs/")
	known := browser.Eval[[]string](e.Tab, `Promise.all([import('/amplify-auth.js'), import('/testing.js')]).then(([{ AmplifyAuth }, { FakeAmplifyAuth }]) =>
		[new AmplifyAuth({ config: '/amplify_outputs.json' }), new FakeAmplifyAuth()].flatMap((auth) =>
			[...Object.keys(auth), ...Object.getOwnPropertyNames(auth.constructor.prototype), 'addEventListener', 'removeEventListener']))`)
	pages := documentation(t)
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		for _, found := range fence.FindAllStringSubmatch(pages[name], -1) {
			mode, language, code := found[1], found[2], found[3]
			for _, m := range member.FindAllStringSubmatch(code, -1) {
				if strings.HasPrefix(language, "js") && m[1] != "js" && !slices.Contains(known, m[1]) {
					t.Errorf("%s: there is no auth.%s in\n%s", name, m[1], code)
				}
			}
			if mode == "" {
				continue
			}
			how, ok := run[mode]
			if !ok || language != "js" {
				t.Errorf("%s: a snippet in %s has the run line %q, which this test does not know", name, language, mode)
				continue
			}
			ran[mode] = true
			t.Run(name+" "+mode, func(t *testing.T) {
				e := &e2e.Env{Administrator: e.Administrator, Cognito: e.Cognito, Site: e.Site, Origin: e.Origin, Tab: browser.NewTab(t)}
				code = strings.Replace(code, "const auth = ", "const auth = globalThis.auth = ", 1)
				code = strings.Replace(code, "const element = ", "const element = globalThis.element = ", 1)
				answers := strings.Replace(how.answers, "TOTP", e2e.Args(e.TOTP(emulator.SeedTOTPSecret)), 1)
				e.Site.Page("/snippet", fmt.Sprintf(snippetPage, answers, code), "none")
				e.Tab.Open(e.Origin + "/snippet")
				e.Tab.Wait("globalThis.finished")
				if mode == "element" {
					w := widget.On(t, e, "amplify-sign-in")
					w.At("signIn")
					w.SignIn("demo", emulator.SeedPassword)
					e.Tab.Wait(how.after)
				}
				if !browser.Eval[bool](e.Tab, "Boolean("+how.after+")") {
					t.Errorf("after it %s is not so:\n%s", how.after, code)
				}
			})
		}
	}
	for mode := range run {
		if !ran[mode] {
			t.Errorf("no snippet is run as %q any more", mode)
		}
	}
}

// What stands in the documentation as the text of a file is that.
func TestDocumentationFiles(t *testing.T) {
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for name, text := range documentation(t) {
		for _, m := range regexp.MustCompile("(?s)<!-- file: (\\S+) -->\n```\\w+\n(.*?)\n?```").FindAllStringSubmatch(text, -1) {
			found++
			want, err := os.ReadFile(filepath.Join(root, m[1]))
			if err != nil || strings.TrimSpace(string(want)) != strings.TrimSpace(m[2]) {
				t.Errorf("%s has another text than %s (%v)", name, m[1], err)
			}
		}
	}
	if found == 0 {
		t.Error("no file was found in the documentation")
	}
}

// The page of the script tag shows the form, and its content to who signs in.
func TestDocumentationScriptTag(t *testing.T) {
	e := e2e.Start(t)
	for _, found := range fence.FindAllStringSubmatch(documentation(t)["start.md"], -1) {
		if found[2] == "html" {
			e.Site.Page("/snippet", "<!doctype html>"+found[3], "")
			e.Tab.Open(e.Origin + "/snippet")
			e.Tab.Fill("input[name=username]", "demo")
			e.Tab.Fill("input[name=password]", "Passw0rd!")
			e.Tab.Press("\r")
			e.Tab.Wait("document.querySelector('amplify-sign-in > p')?.checkVisibility()")
			return
		}
	}
	t.Fatal("start.md has no page")
}
