package flows

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that whatever else changes the page leaves one form that works, with what was typed where its element stays:
// a translator that wraps every text, code that draws the element's content anew or the page around it, and a move.
func TestWidgetMeddledWith(t *testing.T) {
	for name, test := range map[string]struct {
		meddle string
		kept   bool // what was typed
	}{
		"translated": {`(() => {
			const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
			while (walk.nextNode()) texts.push(walk.currentNode);
			for (const text of texts) {
				const outer = document.createElement('font'), inner = document.createElement('font');
				inner.textContent = text.data.toUpperCase();
				outer.append(inner);
				text.replaceWith(outer);
			}
			document.documentElement.className = 'translated-ltr';
		})()`, true},
		"content replaced": {`document.querySelector('amplify-sign-in').innerHTML = '<p id="members">members only</p>'`, true},
		"content morphed":  {`for (const node of [...document.querySelectorAll('amplify-sign-in > [data-amplify-auth]')].slice(1)) node.remove()`, true},
		"wrapped": {`(() => {
			const element = document.querySelector('amplify-sign-in'), box = document.createElement('div');
			element.replaceWith(box);
			box.append(element);
		})()`, true},
		"parsed anew": {`document.body.innerHTML = document.body.innerHTML`, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
			w.At("signIn")
			w.Wait("el.auth")
			w.Fill("username", "demo-sms")
			if got := widget.Eval[string](w, `el.firstChild.id + ' ' + el.firstChild.nextSibling`); got != "members null" {
				t.Errorf("who hydrates the page goes along %s", got)
			}
			w.Tab.Run(test.meddle)
			w.Wait(`el.screen === 'signIn' && el.querySelectorAll('form').length === 1 && el.querySelectorAll('input').length === 3 && el.querySelectorAll('button').length === 1`)
			if got, want := widget.Eval[string](w, `el.querySelector('[name=username]').value`), map[bool]string{true: "demo-sms"}[test.kept]; got != want {
				t.Errorf("the user name is %q, want %q", got, want)
			}
			w.SignIn("demo-sms", emulator.SeedPassword)
			w.At("smsMFA")
			if got := widget.Eval[string](w, `el.querySelector('label').textContent`); got != "Code" {
				t.Errorf("the field is labelled %q", got)
			}
			w.Answer("confirmationCode", e.Code("demo-sms"))
			w.SignedIn()
			if n := browser.Eval[int](e.Tab, `document.querySelectorAll('form').length`); n != 0 {
				t.Errorf("signed in, %d forms are left", n)
			}
		})
	}
}
