package flows

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

// engineBytes is the engine of dist/, and another that does the same: it has an empty section more.
func engineBytes(t *testing.T) (engine, other string) {
	t.Helper()
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(e2e.Dist(root), "amplify-auth.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data), string(data) + "\x00\x02\x01x"
}

// Ensure that the engine starts under whatever media type a server gives it, and that its hash is checked all the same.
func TestEngineMediaTypes(t *testing.T) {
	e := e2e.Start(t)
	engine, other := engineBytes(t)
	for _, kind := range []string{"application/wasm", "application/wasm; charset=utf-8", "application/wasm, application/wasm", "Application/WASM",
		"application/octet-stream", "text/html", ""} {
		for _, c := range []struct{ text, code string }{{engine, ""}, {other, "engineLoadError"}} {
			e.Site.Page(wasm, c.text, "")
			e.Site.PageHeader(wasm, "Content-Type", kind)
			e.App("storage: 'memory'")
			_, err := e2e.Call[step](e, signIn)
			switch {
			case c.code == "" && err != nil:
				t.Errorf("%q: %v", kind, err)
			case c.code != "" && (err == nil || err.Code != c.code || !strings.Contains(err.Message, "Deploy both together")):
				t.Errorf("another engine as %q: %v, want %s", kind, err, c.code)
			}
		}
	}
}

// Ensure that what a cache still holds of the last release, or of the time before any, gives way to the engine.
func TestEngineOfTheCache(t *testing.T) {
	t.Parallel()
	engine, _ := engineBytes(t)
	const small = "\x00asm\x01\x00\x00\x00" // a cache may have no room for an engine
	const byFetch = `Object.defineProperty(crypto, 'subtle', { value: undefined });`
	for _, c := range []struct{ name, cached, kind, page string }{
		{"the last release", small, "application/wasm", ""},
		{"the last release, hashed by fetch", small, "application/wasm", byFetch},
		{"an app's page", "<!doctype html>", "text/html", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := e2e.Start(t)
			e.Tab.OnNewDocument(c.page)
			e.Tab.Allow("integrity")
			serve := func(text, kind string) {
				e.Site.Page(wasm, text, "")
				e.Site.PageHeader(wasm, "Content-Type", kind)
				e.Site.PageHeader(wasm, "Cache-Control", "public, max-age=86400")
			}
			serve(c.cached, c.kind)
			e.Site.Page("/before", `<!doctype html><title>before</title>`, "")
			e.Tab.Open(e.Origin + "/before")
			cached := `fetch('` + wasm + `').then((r) => r.arrayBuffer()).then((bytes) => bytes.byteLength)`
			e.Tab.Run(cached)
			serve(engine, "application/wasm")
			if n := browser.Eval[int](e.Tab, cached); n != len(c.cached) {
				t.Fatalf("the cache gives %d bytes, want the %d of %s", n, len(c.cached), c.name)
			}
			e.App("")
			mustSignIn(t, e)
		})
	}
}

// Ensure that a classic script which cannot tell where it lies asks for wasmURL, and loads nothing from where an element of the
// page says it does.
func TestClassicScriptWithoutAddress(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Allow("where it was loaded from")
	e.Site.Page("/blob.js", `
(async () => {
  const text = await (await fetch('/amplify-auth.iife.js')).text();
  const script = document.createElement('script');
  script.src = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  document.head.append(script);
})();`, "")
	e.Site.Page("/text.js", `
(async () => {
  const script = document.createElement('script');
  script.text = await (await fetch('/amplify-auth.iife.js')).text();
  document.head.append(script);
})();`, "")
	for name, body := range map[string]string{
		"blob":      `<script src="/blob.js"></script>`,
		"text":      `<script src="/text.js"></script>`,
		"clobbered": `<img name="currentScript" alt="" src="data:,"><script>document.images[0].src = '/elsewhere/'</script><script src="/amplify-auth.iife.js"></script>`,
	} {
		t.Run(name, func(t *testing.T) {
			e.Site.Page("/elsewhere/", "", "")
			e.Site.Page("/classic", `<!doctype html><title>classic</title>`+body, "none")
			e.Tab.Open(e.Origin + "/classic")
			e.Tab.Wait("globalThis.AmplifyAuth")
			for _, call := range []string{
				`new AmplifyAuth({ config: '/awsconfiguration.json', storage: 'memory' }).signIn({ username: 'demo', password: 'Passw0rd!' })`,
				`new AmplifyAuth({ config: '/awsconfiguration.json', storage: 'memory' }).showSignIn()`,
			} {
				_, err := e2e.Call[any](e, call)
				if err == nil || !err.AuthError || err.Code != "invalidConfiguration" || !strings.Contains(err.Message, "where it was loaded from") {
					t.Errorf("%s: %v, want an invalidConfiguration that says what is missing", call, err)
				}
			}
			got := e2e.Must[step](e, `new AmplifyAuth({ config: '/awsconfiguration.json', wasmURL: '`+wasm+`', storage: 'memory' }).signIn({ username: 'demo', password: 'Passw0rd!' })`)
			if got.SignInState != "signedIn" {
				t.Errorf("with wasmURL: %v", got)
			}
			for _, r := range e.Tab.Requests() {
				if strings.HasPrefix(r.Path(), "/elsewhere/a") {
					t.Errorf("%s was asked for", r.Path())
				}
			}
		})
	}
}

// Ensure that what stands on Object.prototype is no option of ours.
func TestPollutedPrototype(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.OnNewDocument(`Object.assign(Object.prototype, {
  wasmURL: '/elsewhere/a.wasm', wasmIntegrity: '', storage: 'memory', handleRedirect: false, onExpired: 'x', timeout: 1, forceRefresh: true,
  hostedUI: { mode: 'popup' }, config: '/elsewhere/config.json',
});`)
	e.App("")
	mustSignIn(t, e)
	if got := e2e.Must[string](e, `auth.getTokens().then((tokens) => tokens.accessToken.claims.username)`); got != "demo" {
		t.Errorf("the tokens are those of %q", got)
	}
	if len(e.Stored()) == 0 {
		t.Error("nothing is stored: the prototype's storage was taken")
	}
	if _, err := e2e.Call[any](e, `(async () => new AmplifyAuth({}))()`); err == nil || err.Code != "invalidConfiguration" {
		t.Errorf("the prototype's configuration was taken: %v", err)
	}
	for _, r := range e.Tab.Requests() {
		if strings.HasPrefix(r.Path(), "/elsewhere/") {
			t.Errorf("%s was asked for", r.Path())
		}
	}
}

// Ensure that what is enumerable there is no member of the element's tables: it draws its screens and signs in.
func TestPollutedPrototypeOfTheElement(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.OnNewDocument(`Object.assign(Object.prototype, { polluted: 'x', facebook: {} });`)
	w := widget.Open(t, e, widget.Tag("amplify-sign-in", map[string]string{"config": "/amplify_outputs.json"}), nil)
	w.At("signIn")
	w.SignIn("demo-sms", "Passw0rd!")
	w.At("smsMFA")
	w.Answer("confirmationCode", e.Code("demo-sms"))
	w.SignedIn()
}

var releaseText = regexp.MustCompile(`"[0-9a-f]{12}"`)

// otherRelease serves a file of dist/ as another build would have made it.
func otherRelease(t *testing.T, e *e2e.Env, name string) {
	t.Helper()
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(e2e.Dist(root), name))
	if err != nil {
		t.Fatal(err)
	}
	if !releaseText.Match(data) {
		t.Fatalf("%s does not name its release", name)
	}
	e.Site.Page("/"+name, releaseText.ReplaceAllString(string(data), `"0123456789ab"`), "")
}

// Ensure that the element works with no client and no texts of another release, and says so.
func TestOtherRelease(t *testing.T) {
	t.Parallel()
	const told = "different releases"
	element := widget.Tag("amplify-sign-in", map[string]string{"config": "/amplify_outputs.json", "lang": "de"})
	t.Run("client", func(t *testing.T) {
		e := e2e.Start(t)
		e.Tab.Allow(told)
		otherRelease(t, e, "amplify-auth.js")
		w := widget.Open(t, e, element, nil)
		if got := w.Refused(); got == "" || w.Events() != "autherror invalidConfiguration" {
			t.Errorf("the element shows %q, events %q", got, w.Events())
		}
	})
	t.Run("page's client", func(t *testing.T) {
		e := e2e.Start(t)
		e.Tab.Allow(told)
		e.App("")
		otherRelease(t, e, "amplify-sign-in.js")
		_, err := e2e.Call[any](e, `import('/amplify-sign-in.js').then(() => {
  const element = document.createElement('amplify-sign-in');
  return new Promise((done, failed) => {
    element.addEventListener('autherror', ({ detail }) => failed(detail.error));
    element.auth = auth;
    document.body.append(element);
  });
})`)
		if err == nil || err.Code != "invalidConfiguration" || !strings.Contains(err.Message, told) {
			t.Errorf("%v, want an error of %s", err, told)
		}
	})
	t.Run("texts", func(t *testing.T) {
		e := e2e.Start(t)
		e.Tab.Allow(told)
		otherRelease(t, e, "locales/de.js")
		w := widget.Open(t, e, element, nil)
		w.At("signIn")
		if got := w.Title(); got != "Sign in" {
			t.Errorf("the title is %q, want the English one", got)
		}
		if !slices.ContainsFunc(e.Tab.Console(), func(line string) bool { return strings.Contains(line, told) }) {
			t.Error("the console does not tell")
		}
	})
}
