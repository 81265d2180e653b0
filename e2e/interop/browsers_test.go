package interop

import (
	"os"
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/webdriver"
)

// others are the browsers that are not Chromium.
var others = []struct {
	name    string
	install func() error
	start   func(*testing.T) *webdriver.Page
}{
	{"Firefox", func() error { _, err := webdriver.FindFirefox(); return err }, startFirefox},
	{"WebKit", webdriver.InstallWebKit, func(t *testing.T) *webdriver.Page { return webdriver.StartWebKit(t) }},
}

func startFirefox(t *testing.T) *webdriver.Page {
	t.Helper()
	path, err := webdriver.FindFirefox()
	if err != nil {
		t.Fatal(err)
	}
	program, err := packages.Script("firefox.js", path)
	if err != nil {
		t.Fatal(err)
	}
	return webdriver.StartBridge(t, program)
}

// eachOther runs a test in each of the other browsers, with a profile of its own.
func eachOther(t *testing.T, test func(*testing.T, *e2e.Env, *webdriver.Page)) {
	for _, other := range others {
		t.Run(other.name, func(t *testing.T) {
			if err := other.install(); err != nil {
				if os.Geteuid() != 0 {
					t.Skip(err) // it may not install it
				}
				t.Fatal(err)
			}
			e := e2e.Start(t)
			page := other.start(t)
			t.Logf("%s", webdriver.Eval[string](page, `navigator.userAgent`))
			test(t, e, page)
		})
	}
}

const (
	widgetUser   = `amplify-sign-in input[name=username]`
	widgetPass   = `amplify-sign-in input[name=password]`
	widgetSubmit = `amplify-sign-in button[type=submit]`
	widgetAuth   = `document.querySelector('amplify-sign-in').auth`
	membersShown = `document.querySelector('#members')?.getClientRects().length > 0`
)

// openWidget opens the page that the README starts with. What the page does wrong is in failures.
func openWidget(e *e2e.Env, page *webdriver.Page) {
	e.Site.Page("/widget", `<!doctype html>
<html lang="en"><title>widget</title>
<script src="/failures.js"></script>
<script type="module" src="/amplify-sign-in.js"></script>
<amplify-sign-in config="/amplify_outputs.json"><p id="members">members only</p></amplify-sign-in>`, "")
	e.Site.Page("/failures.js", `
globalThis.failures = [];
addEventListener('error', (event) => failures.push(String(event.error ?? event.message)));
addEventListener('unhandledrejection', (event) => failures.push(String(event.reason)));`, "")
	page.Open(e.Origin + "/widget")
}

func enter(page *webdriver.Page, username, password string) {
	page.Fill(widgetUser, username)
	page.Fill(widgetPass, password)
	page.Press(webdriver.Enter)
}

func checkFailures(t *testing.T, page *webdriver.Page) {
	t.Helper()
	if failures := webdriver.Eval[[]string](page, `failures`); len(failures) > 0 {
		t.Errorf("the page failed: %q", failures)
	}
}

// Ensure that the widget says what is wrong, signs in, keeps the session over a reload that fetches no wasm, refreshes, and
// that two windows sign out together.
func TestOtherBrowserWidget(t *testing.T) {
	eachOther(t, func(t *testing.T, e *e2e.Env, page *webdriver.Page) {
		openWidget(e, page)
		page.WaitFor(widgetUser)
		if webdriver.Eval[bool](page, membersShown) {
			t.Error("the members' content is visible before the sign-in")
		}
		enter(page, "demo", "Wrong-passw0rd")
		page.Wait(`[...document.querySelector('amplify-sign-in').shadowRoot.querySelectorAll('[part~=error-message]')].some((node) => node.innerText.trim())`)
		page.Fill(widgetPass, emulator.SeedPassword)
		page.Click(widgetSubmit)
		page.Wait(membersShown)
		if thread := webdriver.Eval[string](page, widgetAuth+`.engineThread`); thread != "worker" {
			t.Errorf("the engine runs in the %s", thread)
		}
		checkFailures(t, page)

		e.Cognito.ResetCalls()
		page.Reload()
		page.Wait(membersShown)
		type tokens struct{ User, Access string }
		const read = `.then((t) => ({ user: t.idToken.claims['cognito:username'], access: t.accessToken.tokenString }))`
		first := webdriver.Eval[tokens](page, widgetAuth+`.getTokens()`+read)
		if first.User != "demo" {
			t.Errorf("tokens of %q", first.User)
		}
		fetched := webdriver.Eval[[]string](page, `performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)`)
		if ops := e.Operations(); len(ops) > 0 || !slices.Contains(fetched, "/amplify-sign-in.js") || slices.Contains(fetched, "/amplify-auth.wasm") {
			t.Errorf("the reload fetched %v and asked Cognito for %v", fetched, ops)
		}
		if second := webdriver.Eval[tokens](page, widgetAuth+`.getTokens({ forceRefresh: true })`+read); second.Access == first.Access || second.User != "demo" {
			t.Errorf("not refreshed: %q", second.User)
		}

		other := page.Another()
		other.Open(e.Origin + "/widget")
		other.Wait(membersShown)
		page.Front()
		webdriver.Eval[any](page, widgetAuth+`.signOut()`)
		page.WaitFor(widgetUser)
		other.WaitFor(widgetUser)
		for _, p := range []*webdriver.Page{page, other} {
			if webdriver.Eval[bool](p, membersShown) {
				t.Error("the members' content is visible after the sign-out")
			}
			checkFailures(t, p)
		}
	})
}

// Ensure that a second factor is asked for and taken.
func TestOtherBrowserTOTP(t *testing.T) {
	eachOther(t, func(t *testing.T, e *e2e.Env, page *webdriver.Page) {
		openWidget(e, page)
		page.WaitFor(widgetUser)
		enter(page, "demo-totp", emulator.SeedPassword)
		const code = `amplify-sign-in input[autocomplete="one-time-code"]`
		page.WaitFor(code)
		page.Fill(code, e.TOTP(emulator.SeedTOTPSecret))
		page.Press(webdriver.Enter)
		page.Wait(membersShown)
		checkFailures(t, page)
	})
}

// Ensure that managed login leads back to the deep link, and that the sign-out goes there and back.
func TestOtherBrowserHostedUI(t *testing.T) {
	eachOther(t, func(t *testing.T, e *e2e.Env, page *webdriver.Page) {
		deep := "/shop/orders/1042?tab=delivery&code=own#map"
		at := func(path string) { page.Wait(`location.href === ` + e2e.Args(e.Origin+path)) }
		page.Open(e.Origin + deep)
		page.Click("#sign-in")
		page.Fill(`input[name="username"]`, "demo")
		page.Fill(`input[name="password"]`, emulator.SeedPassword)
		page.Click(hostedSubmit)
		at(deep)
		page.Wait(`document.querySelector('#user')?.textContent.startsWith('demo')`)
		page.Reload()
		page.Wait(`document.querySelector('#user')?.textContent.startsWith('demo')`)
		e.Cognito.ResetCalls()
		page.Click("#sign-out")
		at("/signed-out")
		page.Wait(`document.querySelector('#user')?.textContent.startsWith('Not signed in')`)
		if ops := e.Operations(); !slices.Equal(ops, []string{"RevokeToken", "logout"}) {
			t.Errorf("operations of the sign-out: %v", ops)
		}

		// In a window, which closes by itself.
		page.Open(e.Origin + "/shop/orders/1041?tab=x#y")
		page.WaitFor("#sign-in-window")
		webdriver.Eval[any](page, `globalThis.mark = 'the same document'`)
		popup := page.Popup(func() { page.Click("#sign-in-window") })
		popup.Fill(`input[name="username"]`, "demo")
		popup.Fill(`input[name="password"]`, emulator.SeedPassword)
		popup.Click(hostedSubmit)
		page.Wait(`document.querySelector('#user')?.textContent.startsWith('demo')`)
		if mark := webdriver.Eval[string](page, `globalThis.mark ?? 'another document'`); mark != "the same document" {
			t.Errorf("the page is %s", mark)
		}
	})
}
