package flows

import (
	"fmt"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// Ensure that the demo page works by hand: the widget, the live state, the decoded tokens and a call's form.
func TestDemoPage(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Open(e.Origin + "/")
	e.Tab.Wait(`document.querySelector('#state').textContent === 'signedOut'`)
	e.Tab.Type(username, "demo")
	e.Tab.Type(password, "Passw0rd!")
	e.Tab.Click(submit)
	e.Tab.Wait(`document.querySelector('#state').textContent === 'signedIn'`)
	e.Tab.Wait(`document.querySelectorAll('.token').length === 3`)
	e.Tab.Click("#tokens summary")
	if text := e.Tab.Text("#tokens"); !strings.Contains(text, "expires in") || !strings.Contains(text, `"token_use": "id"`) {
		t.Errorf("tokens: %s", text)
	}

	form := `form[data-method="getTokens"]`
	e.Tab.Click(`#calls details:has(` + form + `) > summary`)
	e.Tab.Click(form + " button")
	e.Tab.Wait(`document.querySelector('` + form + ` .result').textContent.includes('"accessToken"')`)

	e.Tab.Click("#sign-out")
	e.Tab.Wait(`document.querySelector('#state').textContent === 'signedOut'`)
	form = `form[data-method="signIn"]`
	e.Tab.Click(`#calls details:has(` + form + `) > summary`)
	e.Tab.Fill(form+" textarea", `{ "username": "demo", "password": "wrong" }`)
	e.Tab.Click(form + " button")
	e.Tab.Wait(`document.querySelector('` + form + ` .result.error')?.textContent.includes('notAuthorized')`)
	if log := e.Tab.Text("#log"); !strings.Contains(log, "signIn rejected") || !strings.Contains(log, "userstatechange") {
		t.Errorf("event log: %s", log)
	}
}

// Ensure that the page fits a phone and a wide screen, in light and dark, signed out and in.
func TestDemoLayout(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Open(e.Origin + "/")
	for _, state := range []string{"signedOut", "signedIn"} {
		if state == "signedIn" {
			e.Tab.Run(`(` + signIn + `).then(() => {})`)
		}
		e.Tab.Wait(`document.querySelector('#state').textContent === '` + state + `'`)
		for _, width := range []int64{320, 768, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				e.Tab.Viewport(width, 900)
				e.Tab.Media("prefers-color-scheme", scheme)
				if over := browser.Eval[int](e.Tab, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
					t.Errorf("%s at %d px: the page is %d px too wide", state, width, over)
				}
				e.Tab.Screenshot(fmt.Sprintf("demo-%s-%d-%s", state, width, scheme))
			}
		}
	}
}
