package interop

import (
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that axe-core finds nothing to complain of on any screen of the widget, in light and in dark.
func TestAxe(t *testing.T) {
	axe := axeScript(t)
	for _, tour := range widget.Tours {
		t.Run(tour.Name, func(t *testing.T) {
			e := e2e.Start(t)
			tour.Run(t, e, func(w *widget.Widget, view string) { examine(t, w.Tab, axe, view) })
		})
	}
}

// Ensure the same of the demo's pages and of the documentation.
func TestAxePages(t *testing.T) {
	axe := axeScript(t)
	e := e2e.Start(t)
	e.Tab.Open(e.Origin + "/")
	widget.On(t, e, "#canvas amplify-sign-in").At("signIn")
	for _, tab := range []string{"code", "session", "calls", "events"} {
		e.Tab.Click("#" + tab + "-tab")
		examine(t, e.Tab, axe, "playground, "+tab)
	}
	e.Tab.Run(`auth.signIn({ username: 'demo-sms', password: '` + emulator.SeedPassword + `' }).then(() => {})`)
	e.Tab.WaitFor("#inbox-list code")
	e.Tab.Run(`auth.confirmSignIn({ challengeResponse: '` + e.Code("demo-sms") + `' }).then(() => {})`)
	widget.On(t, e, "#canvas amplify-account").At("account")
	e.Tab.Click("#session-tab")
	e.Tab.Click("#tokens summary")
	examine(t, e.Tab, axe, "playground, signed in")
	for _, path := range []string{"/shop", "/shop/orders", "/shop/orders/1042", "/shop/profile", "/docs/", "/docs/redirects"} {
		e.Tab.Open(e.Origin + path)
		e.Tab.WaitFor("h1")
		examine(t, e.Tab, axe, path)
	}
	e.Tab.Run(`localStorage.clear()`)
	e.Tab.Open(e.Origin + "/shop/orders")
	e.Tab.WaitFor("#sign-in")
	examine(t, e.Tab, axe, "the shop's guard")
	e.Tab.Open(e.Cognito.URL() + "/_emulator/")
	e.Tab.Wait(`document.querySelector('#pools').textContent.includes('demo-totp@example.com')`)
	examine(t, e.Tab, axe, "the local Cognito")
}

func axeScript(t *testing.T) string {
	t.Helper()
	axe, err := bundle("axe.js")
	if err != nil {
		t.Fatal(err)
	}
	return axe
}

// examine has axe-core look at the page on show. Its rules for whole pages stay on: the page around the widget keeps them.
func examine(t *testing.T, tab *browser.Tab, axe, view string) {
	t.Helper()
	const complaints = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => {
		if (!passes.some(({ id }) => id === 'color-contrast')) throw Error('axe has not looked at the contrast of ' + location.pathname);
		return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => id + ': ' + help + ': ' + node.html + ' ' + (node.any[0]?.message ?? '')));
	})`
	if !browser.Eval[bool](tab, "'axe' in globalThis") {
		tab.Run("(async () => {" + axe + "})()")
	}
	for _, scheme := range []string{"light", "dark"} {
		tab.Media("prefers-color-scheme", scheme)
		tab.Settle()
		for _, complaint := range browser.Eval[[]string](tab, complaints) {
			t.Errorf("%s, %s: %s", view, scheme, strings.Join(strings.Fields(complaint), " "))
		}
	}
}
