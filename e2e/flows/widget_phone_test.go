package flows

import (
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that a phone number's country code can be chosen from a list, the page's countries first and all others by their
// names in the language on show; that a choice replaces another and the 0 that is not dialled; and that the number signs in.
func TestWidgetDialCodes(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{"UsernameAttributes": []string{"phone_number"}}, nil)
	e.NewUser(p.ID, "+4930123456", map[string]string{"phone_number": "+4930123456", "phone_number_verified": "true"})
	w := open(t, e, widget.Outputs(p, m{"username_attributes": []string{"phone_number"}}), map[string]string{"dial-codes": "AT CH"})
	list := `el.shadowRoot.querySelector('[data-key=dial-username]')`
	w.Wait(list + `.options.length > 200`)
	if got := widget.Eval[string](w, `[...`+list+`.options].slice(1, 4).map(({ text }) => text).join(', ')`); got != "Austria +43, Switzerland +41, Afghanistan +93" {
		t.Errorf("the list begins with %s", got)
	}
	value := `el.querySelector('[name=username]').value`
	w.Fill("username", "030 123456")
	for _, choice := range []struct{ typed, number string }{{"Switz\r", "+41 30 123456"}, {"Germ\r", "+49 30 123456"}} {
		w.Tab.Type(w.Button("dial-username"), choice.typed)
		w.Wait(value + ` === ` + e2e.Args(choice.number))
	}
	w.Tab.Run(`document.querySelector('amplify-sign-in').lang = 'de'`)
	w.Wait(list + `.options[1].text === 'Österreich +43'`)
	w.Fill("password", emulator.SeedPassword)
	w.Submit()
	w.SignedIn()
}

// Ensure that the number can be typed where the list cannot be had.
func TestWidgetWithoutDialCodes(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Allow("404")
	e.Site.Page("/parts/dial-codes.js", "throw new Error('not here')", "")
	p := e.NewPool(m{"UsernameAttributes": []string{"phone_number"}}, nil)
	e.NewUser(p.ID, "+4930123456", map[string]string{"phone_number": "+4930123456", "phone_number_verified": "true"})
	w := open(t, e, widget.Outputs(p, m{"username_attributes": []string{"phone_number"}}), nil)
	w.Wait(`el.auth && el.shadowRoot.querySelector('.dial')?.hidden`)
	w.SignIn("+4930123456", emulator.SeedPassword)
	w.SignedIn()
}

// Ensure that visitors of a page that is wrongly configured read neutral words and find no form, and that what is wrong is
// on the console, and on the screen of whoever makes the page.
func TestWidgetMisconfigured(t *testing.T) {
	const detail = "The configuration not JSON is not JSON."
	for host, told := range map[string]bool{"localhost": true, "shop.localhost": false} {
		t.Run(host, func(t *testing.T) {
			e := e2e.Start(t)
			e.Tab.Allow(detail)
			e.Origin = strings.Replace(e.Origin, "localhost", host, 1)
			w := widget.Open(t, e, widget.Tag("amplify-sign-in", map[string]string{"config": "not JSON"}), nil)
			w.Wait("el.screen === 'misconfigured'")
			if got := w.Text(); !strings.Contains(got, "Signing in is not set up correctly on this page.") || strings.Contains(got, detail) != told {
				t.Errorf("it says %q", got)
			}
			if n := widget.Eval[int](w, `el.querySelectorAll('[data-amplify-auth]').length`); n != 0 {
				t.Errorf("it offers a form of %d nodes", n)
			}
			if !strings.Contains(strings.Join(e.Tab.Console(), "\n"), detail) {
				t.Errorf("the console says %q", e.Tab.Console())
			}
		})
	}
}
