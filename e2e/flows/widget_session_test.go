package flows

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that the name is remembered where the user wants it, together with the device, that "Not you?" forgets it, and
// that a password typed is not what is remembered.
func TestWidgetRemember(t *testing.T) {
	e := e2e.Start(t)
	p := devicePool(e, true)
	w := open(t, e, widget.Outputs(p, nil), nil)
	w.Fill("username", "ada")
	w.Fill("password", emulator.SeedPassword)
	w.Tab.Click(w.Field("rememberDevice"))
	w.Submit()
	checkSignedInAs(t, w, "ada")
	devices, _ := e.Admin("AdminListDevices", m{"UserPoolId": p.ID, "Username": "ada"})["Devices"].([]any)
	if len(devices) != 1 {
		t.Errorf("the service remembers %v", devices)
	}
	checkNoPassword(t, e)
	w.SignOut()
	w.Tab.Reload()
	w.At("signIn")
	remembered := `(({ value, readOnly }) => [value, String(readOnly)].join(' '))(el.querySelector('[name=username]'))`
	w.Wait(remembered + ` === 'ada true'`)
	w.Press("signIn.notYou")
	w.Wait(`el.querySelector('[name=username]').value === ''`)
	if got := widget.Eval[string](w, remembered); got != " false" {
		t.Errorf("after Not you?: %q, want an empty field", got)
	}
	if got := w.Focus(); got != "username" {
		t.Errorf("the focus is on %q, want the user name", got)
	}
	w.Tab.Reload()
	w.Wait("el.auth && el.screen === 'signIn'")
	if got := widget.Eval[string](w, remembered); got != " false" {
		t.Errorf("after a reload: %q, want an empty field", got)
	}
	w.SignIn("ada", emulator.SeedPassword)
	w.SignedIn()
	for key, value := range e.Stored() {
		if key == "amplify-sign-in."+p.ClientID+".username" {
			t.Errorf("%s is %q, and was not wanted", key, value)
		}
	}
}

// Ensure that somebody offline is told so, that a session which cannot be renewed for it stays with a word about the
// page's age, and that a session which died asks to sign in again, with the name filled in.
func TestWidgetSessionNotices(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	const offline = "You are offline. Connect to the internet to go on."
	w.Tab.Offline(true)
	w.Wait(`el.shadowRoot.querySelector('.notice')?.textContent === '` + offline + `'`)
	if got := announced(w); got != offline {
		t.Errorf("announced %q, want %q", got, offline)
	}
	w.Tab.Offline(false)
	w.Wait(`!el.shadowRoot.querySelector('.notice')`)
	w.SignIn("demo", emulator.SeedPassword)
	checkSignedInAs(t, w, "demo")

	stale := `el.shadowRoot.querySelector('[part~=stale]').textContent`
	w.Tab.Offline(true)
	if got := widget.Eval[string](w, stale); got != "" {
		t.Errorf("while the tokens are good it says %q", got)
	}
	w.Tab.Offline(false)
	e.Advance(2 * time.Hour)
	w.Tab.Offline(true)
	w.Wait(stale + ` === 'You are offline. You stay signed in, but what you see may be out of date.'`)
	if !widget.Eval[bool](w, `el.querySelector('#members').checkVisibility({ visibilityProperty: true })`) {
		t.Error("the page's content is gone")
	}
	w.Tab.Offline(false)
	w.Wait(stale + ` === ''`)

	e.Admin("AdminUserGlobalSignOut", m{"UserPoolId": emulator.SeedPoolID, "Username": "demo"})
	e.Advance(2 * time.Hour)
	w.Auth(`.getTokens().catch(() => {}); undefined`)
	checkScreen(t, w, "signIn", "Your session has ended. Sign in again to go on.", "password")
	if got := widget.Eval[string](w, `el.querySelector('[name=username]').value`); got != "demo" {
		t.Errorf("the user name is %q, want demo", got)
	}
	w.Tab.Run("events.length = 0")
	w.Answer("password", emulator.SeedPassword)
	checkSignedInAs(t, w, "demo")
}

// Ensure that what comes late, the texts of the language or the configuration of before, takes nobody who is signed in back
// to the form.
func TestWidgetLateAnswers(t *testing.T) {
	for name, c := range map[string]struct{ begin, late string }{
		"texts, after the page's client": {`element.lang = 'de'; document.body.append(element); element.auth = auth;`, `german`},
		"texts, after an element within": {`element.lang = 'de'; element.setAttribute('config', '/amplify_outputs.json');
			element.innerHTML += '<amplify-account lang="en"></amplify-account>'; document.body.append(element);`, `german`},
		"a configuration, after the page's client": {`element.setAttribute('config', '/slow.json'); document.body.append(element);
			configuration.then(() => { element.removeAttribute('config'); element.auth = auth; });`, `slow`},
	} {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			root, err := e2e.Root()
			if err != nil {
				t.Fatal(err)
			}
			texts, err := os.ReadFile(filepath.Join(root, "dist", "locales", "de.js"))
			if err != nil {
				t.Fatal(err)
			}
			e.Site.Page("/locales/de.js", `await new Promise((go) => { globalThis.german = go; });`+string(texts), "")
			e.App("")
			mustSignIn(t, e)
			e.Tab.Run(`{
				const fetched = fetch;
				globalThis.configuration = new Promise((asked) => {
					globalThis.fetch = (url, ...rest) => String(url).endsWith('/slow.json')
						? new Promise((go) => { globalThis.slow = () => go(fetched('/amplify_outputs.json')); asked(); }) : fetched(url, ...rest);
				});
				import('/amplify-sign-in.js').then(() => {
					globalThis.element = document.createElement('amplify-sign-in');
					element.innerHTML = '<p>Members</p>';
					` + c.begin + `
				});
			}`)
			e.Tab.Wait(`globalThis.` + c.late)
			if name != "texts, after the page's client" { // there the form waits for its words
				e.Tab.Wait(`element.querySelector('p').checkVisibility({ visibilityProperty: true })`)
			}
			e.Tab.Run(c.late + `()`)
			if c.late == "german" {
				e.Tab.Run(`import('/locales/de.js').then(() => setTimeout(() => { globalThis.heard = true; }))`)
			} else {
				e.Tab.Run(`auth.getTokens().then(() => fetch('/amplify_outputs.json')).then((answer) => answer.text()).then(() => setTimeout(() => { globalThis.heard = true; }))`)
			}
			e.Tab.Wait(`globalThis.heard && element.querySelector('p').checkVisibility({ visibilityProperty: true }) && !element.screen`)
		})
	}
}
