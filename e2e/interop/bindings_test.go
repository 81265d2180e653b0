package interop

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// bindings are the entries of pages by framework, and what esbuild needs beside.
var bindings = map[string]struct {
	entry string
	flags []string
}{
	"React 19": {"react.jsx", nil},
	"React 18": {"react.jsx", []string{"--alias:react=react18", "--alias:react-dom=react-dom18"}},
	"Vue":      {"vue.js", []string{"--define:__VUE_OPTIONS_API__=false", "--define:__VUE_PROD_DEVTOOLS__=false", "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=true"}},
}

// openBinding opens a page of a framework in its development form, which is stricter and says more, and returns the
// options of its client.
func openBinding(t *testing.T, e *e2e.Env, name string) string {
	t.Helper()
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	b := bindings[name]
	script, err := packages.Bundle(b.entry, append(b.flags,
		"--alias:amplify-auth/react="+filepath.Join(root, "dist/react.js"), "--alias:amplify-auth/vue="+filepath.Join(root, "dist/vue.js"),
		"--external:./amplify-auth.js", "--external:./amplify-sign-in.js", `--define:process.env.NODE_ENV="development"`)...)
	if err != nil {
		t.Fatal(err)
	}
	e.Site.Page("/binding", `<!doctype html><html lang="en"><title>binding</title><div id="root"></div><script type="module" src="/binding.js"></script></html>`, "")
	e.Site.Page("/binding.js", string(script), "")
	e.Tab.Open(e.Origin + "/binding")
	e.Tab.Wait(`globalThis.mount`)
	return `{ config: ` + widget.Outputs(widget.Seeded(e), nil) + ` }`
}

// Ensure that a framework's page signs in by the element, draws the state wherever it changes, signs out by a call of its
// own, and closes the client that it has made: in StrictMode, which mounts everything twice.
func TestBindings(t *testing.T) {
	for name := range bindings {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			options := openBinding(t, e, name)
			e.Tab.Run(`(globalThis.unmount = mount(` + options + `), 0)`)
			w := widget.On(t, e, "amplify-sign-in")
			w.At("signIn")
			w.SignIn("demo", emulator.SeedPassword)
			e.Tab.Wait(`document.querySelector('#user')?.textContent === 'demo id has tokens'`)
			if account := widget.On(t, e, "amplify-account"); account.Title() == "" {
				t.Error("the account is not drawn")
			}
			e.Tab.Click("#user")
			w = widget.On(t, e, "amplify-sign-in")
			w.At("signIn")
			w.SignIn("demo", emulator.SeedPassword)
			e.Tab.Wait(`document.querySelector('#user')`)
			e.Tab.Run(`unmount()`)
			e.Tab.Wait(`!document.querySelector('amplify-account')`)
			if got := browser.Eval[string](e.Tab, `client.getTokens({ forceRefresh: true }).then(() => '', ({ code }) => code)`); got != "closed" {
				t.Errorf("after the page's unmounting the client answers %q", got)
			}
		})
	}
}

// Ensure that what a server renders is met without a mismatch, by who is signed in already too.
func TestBindingsHydrate(t *testing.T) {
	for name := range bindings {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			options := openBinding(t, e, name)
			const served = `<p id="loading">wait</p>`
			if html := browser.Eval[string](e.Tab, `hydrate(`+options+`)`); html != served {
				t.Errorf("a server renders %q", html)
			}
			w := widget.On(t, e, "amplify-sign-in")
			w.At("signIn")
			w.SignIn("demo", emulator.SeedPassword)
			e.Tab.Wait(`document.querySelector('#user')`)
			e.Tab.Reload()
			e.Tab.Wait(`globalThis.mount`)
			if html := browser.Eval[string](e.Tab, `hydrate(`+options+`)`); html != served {
				t.Errorf("a server renders %q for who is signed in", html)
			}
			e.Tab.Wait(`document.querySelector('#user')`)
			if events := browser.Eval[string](e.Tab, `events.join()`); events != "" {
				t.Errorf("hydrated with %s", events)
			}
		})
	}
}

// Ensure that the plain tag, without a form as a server renders it, is met without a mismatch, whether its element has drawn
// one by then or comes to life afterwards, and that there is one form.
func TestTagHydrates(t *testing.T) {
	for _, test := range []struct {
		name, when string
		early      bool
	}{{"React 18", "after", false}, {"React 19", "after", false}, {"React 18", "before", true}, {"React 19", "before", true}} {
		t.Run(test.name+", defined "+test.when, func(t *testing.T) {
			e := e2e.Start(t)
			openBinding(t, e, test.name)
			const served = `<main><amplify-sign-in config="/amplify_outputs.json"><p id="members">members only</p></amplify-sign-in></main>`
			if got := browser.Eval[string](e.Tab, fmt.Sprintf(`hydrateTag('/amplify_outputs.json', %v)`, test.early)); got != served {
				t.Errorf("the server renders %s", got)
			}
			w := widget.On(t, e, "amplify-sign-in")
			w.At("signIn")
			if n := browser.Eval[int](e.Tab, `document.querySelectorAll('form').length`); n != 1 {
				t.Errorf("there are %d forms", n)
			}
			w.SignIn("demo", emulator.SeedPassword)
			e.Tab.Wait(`document.querySelector('amplify-sign-in').state === 'signedIn'`)
			if events := browser.Eval[[]string](e.Tab, `events`); len(events) > 0 {
				t.Errorf("React says %q", events)
			}
			for _, line := range e.Tab.Console() {
				if strings.HasPrefix(line, "error") {
					t.Errorf("the console says %s", line)
				}
			}
		})
	}
}
