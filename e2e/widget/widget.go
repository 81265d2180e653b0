// Package widget works <amplify-sign-in> and <amplify-account> with the mouse and the keys, and knows the way to
// each of their screens: see Tours.
package widget

import (
	"html"
	"maps"
	"slices"
	"strings"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// A Widget is an element of the page on show.
type Widget struct {
	*e2e.Env
	Selector string // of the element: "amplify-sign-in" or "amplify-account", or more than that
	t        browser.T
	visit    func(w *Widget, view string)
}

// Seeded is the seeded pool.
func Seeded(e *e2e.Env) e2e.Pool {
	return e2e.Pool{URL: e.Cognito.URL(), ID: emulator.SeedPoolID, ClientID: emulator.SeedClientID}
}

// Outputs is the amplify_outputs.json of a pool; auth is added to its section of that name.
func Outputs(p e2e.Pool, auth map[string]any) string {
	section := map[string]any{"aws_region": "us-east-1", "user_pool_id": p.ID, "user_pool_client_id": p.ClientID, "user_pool_endpoint": p.URL}
	maps.Copy(section, auth)
	return e2e.Args(map[string]any{"version": "1.4", "auth": section})
}

// Policy is the password policy of the seeded pool as amplify_outputs.json writes it.
var Policy = map[string]any{
	"min_length": 8, "require_lowercase": true, "require_uppercase": true, "require_numbers": true, "require_symbols": true,
}

// Members is what a signed-in user sees in an element made by Tag without content.
const Members = `<p id="members">members only</p>`

// Tag writes an element with attributes; the attribute "" is its content.
func Tag(name string, attributes map[string]string) string {
	var b strings.Builder
	b.WriteString("<" + name)
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		if key != "" {
			b.WriteString(" " + key + `="` + html.EscapeString(attributes[key]) + `"`)
		}
	}
	content, ok := attributes[""]
	if !ok && name == "amplify-sign-in" {
		content = Members
	}
	return b.String() + ">" + content + "</" + name + ">"
}

// Open opens a page with the markup in its body, under the site's Content-Security-Policy, and returns its first
// <amplify-sign-in>, or else its <amplify-account>. The page collects their events in events: ["signedin demo"].
// visit, if not nil, is called for every view that At and Show come to.
func Open(t browser.T, e *e2e.Env, body string, visit func(w *Widget, view string)) *Widget {
	t.Helper()
	e.Site.Page("/widget", `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>widget</title>
<link rel="stylesheet" href="/page.css">
<script src="/events.js"></script>
<script type="module" src="/amplify-sign-in.js"></script></head>
<body><main><h1>Page</h1>
`+body+`
</main></body></html>`, "")
	e.Site.Page("/page.css", `body { margin: 8px; } h1 { font: 600 1rem sans-serif; margin: 0 0 8px; }`, "")
	e.Site.Page("/events.js", `
globalThis.events = [];
globalThis.violations = [];
globalThis.shifted = 0;
new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shifted += value; }).observe({ type: 'layout-shift', buffered: true });
for (const name of ['signedin', 'signedout', 'autherror']) {
  addEventListener(name, ({ detail }) => events.push((name + ' ' + (detail?.error?.code ?? detail?.username ?? '')).trim()));
}
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));`, "")
	e.Tab.Open(e.Origin + "/widget")
	w := &Widget{Env: e, Selector: "amplify-sign-in", t: t, visit: visit}
	if !strings.Contains(body, "<amplify-sign-in") {
		w.Selector = "amplify-account"
	}
	e.Tab.Wait(w.js() + "?.shadowRoot")
	return w
}

// In is another element of the page.
func (w *Widget) In(selector string) *Widget {
	other := *w
	other.Selector = selector
	return &other
}

func (w *Widget) js() string { return "document.querySelector(" + e2e.Args(w.Selector) + ")" }

// Eval evaluates an expression of el, the element.
func Eval[V any](w *Widget, expression string) V {
	w.t.Helper()
	return browser.Eval[V](w.Tab, "((el) => ("+expression+"))("+w.js()+")")
}

// Wait waits until an expression of el, the element, is truthy.
func (w *Widget) Wait(expression string) {
	w.t.Helper()
	w.Tab.Wait("((el) => (" + expression + "))(" + w.js() + ")")
}

// Auth does something with the element's client, which comes after its first screen: Auth(".signOut()").
func (w *Widget) Auth(script string) {
	w.t.Helper()
	w.Wait("el.auth")
	w.Tab.Run(w.js() + ".auth" + script)
}

// At waits until a screen is on show and at rest.
func (w *Widget) At(screen string) {
	w.t.Helper()
	var now struct{ Screen, Problems string }
	w.Tab.WaitUntil("the screen is "+screen, func() bool {
		now.Screen = Eval[string](w, `el.shadowRoot.querySelector('.busy') ? '' : String(el.screen)`)
		if now.Screen != screen && now.Screen != "" {
			if now.Problems = w.Problems(); now.Problems != "" {
				w.t.Fatalf("the screen is %s, want %s; it says %q", now.Screen, screen, now.Problems)
			}
		}
		return now.Screen == screen
	})
	w.Show(screen)
}

// Show names what is on show now for the visit.
func (w *Widget) Show(view string) {
	w.t.Helper()
	if w.visit != nil {
		w.visit(w, view)
	}
}

// Field is the selector of an input by its name.
func (w *Widget) Field(name string) string { return w.Selector + ` [name="` + name + `"]` }

// Fill types a text into a field, in place of what it holds.
func (w *Widget) Fill(name, text string) {
	w.t.Helper()
	w.Tab.Fill(w.Field(name), text)
}

// Submit clicks the submit button.
func (w *Widget) Submit() {
	w.t.Helper()
	w.Tab.Click(w.Selector + " button[type=submit]")
}

// Answer fills in the one field of a screen and submits.
func (w *Widget) Answer(name, text string) {
	w.t.Helper()
	w.Fill(name, text)
	w.Submit()
}

// Button is the selector of a button by its key: the key of its text, or the screen that it leads to.
func (w *Widget) Button(key string) string { return w.Selector + ` >>> [data-key="` + key + `"]` }

// Press clicks a button by its key.
func (w *Widget) Press(key string) {
	w.t.Helper()
	w.Tab.Click(w.Button(key))
}

// SignIn fills in the screen signIn and submits it.
func (w *Widget) SignIn(username, password string) {
	w.t.Helper()
	w.Fill("username", username)
	w.Fill("password", password)
	w.Submit()
}

// SignedIn waits until the page's own content is on show.
func (w *Widget) SignedIn() {
	w.t.Helper()
	w.Wait(`el.screen === undefined && el.querySelector('#members').checkVisibility({ visibilityProperty: true })`)
}

// SignOut ends the session as the page's own code would.
func (w *Widget) SignOut() {
	w.t.Helper()
	w.Tab.Run(w.js() + ".auth.signOut()")
	w.Wait("el.screen")
}

// Problems is what the element shows as wrong, above the form and at its fields.
func (w *Widget) Problems() string {
	return Eval[string](w, `[...el.shadowRoot.querySelectorAll('[part~=error-message]'), ...el.querySelectorAll('[slot$=-error]')]
		.filter((node) => node.checkVisibility()).map((node) => node.innerText.trim()).filter(Boolean).join(' / ')`)
}

// Refused waits until a problem is shown.
func (w *Widget) Refused() string {
	w.t.Helper()
	w.Tab.WaitUntil("a problem is shown", func() bool { return w.Problems() != "" })
	return w.Problems()
}

// Text is all that the element's screen says.
func (w *Widget) Text() string { return w.Tab.Text(w.Selector + " >>> .panel") }

// Title is the heading of the screen.
func (w *Widget) Title() string { return w.Tab.Text(w.Selector + " >>> #title") }

// Events are the events of the page so far.
func (w *Widget) Events() string { return browser.Eval[string](w.Tab, "events.join(', ')") }

// Focus is the name of the field, or else the key of the button or heading, that has the focus.
func (w *Widget) Focus() string {
	return browser.Eval[string](w.Tab, `(() => {
		let at = document.activeElement;
		while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
		return at?.name || at?.dataset.key || at?.type || at?.localName || '';
	})()`)
}

// On is an element of the page on show, whoever made it.
func On(t browser.T, e *e2e.Env, selector string) *Widget {
	t.Helper()
	w := &Widget{Env: e, Selector: selector, t: t}
	e.Tab.Wait(w.js() + "?.shadowRoot")
	return w
}
