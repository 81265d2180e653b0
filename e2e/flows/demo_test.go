package flows

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/site"
	"amplify-auth/e2e/widget"
)

// playground opens the demo's page and returns its element, signed out.
func playground(t *testing.T, e *e2e.Env, query string) *widget.Widget {
	t.Helper()
	e.Tab.Open(e.Origin + "/" + query)
	w := widget.On(t, e, "#canvas amplify-sign-in")
	w.At("signIn")
	e.Tab.Wait(`document.querySelector('#state').textContent === 'signedOut'`)
	return w
}

// set turns a switch of the page.
func set(e *e2e.Env, name, value string) {
	e.Tab.Run(`(() => {
		const field = document.querySelector('#settings').elements[` + e2e.Args(name) + `];
		if (field.type === 'checkbox') field.checked = ` + e2e.Args(value == "true") + `;
		else field.value = ` + e2e.Args(value) + `;
		field.dispatchEvent(new Event('change', { bubbles: true }));
	})()`)
}

// Ensure that a person signs in with what the page has beside the form, and finds the account, tokens and events.
func TestDemoPage(t *testing.T) {
	e := e2e.Start(t)
	w := playground(t, e, "")
	e.Tab.Click(`[aria-label="Use demo-sms"]`)
	w.Submit()
	w.At("smsMFA")
	e.Tab.Wait(`document.querySelector('#inbox-list code')?.textContent === ` + e2e.Args(e.Code("demo-sms")))
	e.Tab.Wait(`document.querySelector('#code').textContent.includes('The screen smsMFA, by calls')`)
	e.Tab.Click(`#inbox-list li .code button:last-child`)
	w.Submit()
	e.Tab.Wait(`document.querySelector('#state').textContent === 'signedIn'`)
	w.In("#canvas amplify-account").At("account")

	e.Tab.Click("#session-tab")
	e.Tab.Wait(`document.querySelectorAll('.token').length === 3`)
	e.Tab.Click("#tokens summary")
	if text := e.Tab.Text("#tokens"); !strings.Contains(text, "expires in") || !strings.Contains(text, `"token_use": "id"`) {
		t.Errorf("tokens: %s", text)
	}
	e.Tab.Run(`document.querySelector('#canvas amplify-sign-in').dispatchEvent(new CustomEvent('screenchange', { detail: {} }))`)
	e.Tab.Settle()
	if !browser.Eval[bool](e.Tab, `document.querySelector('.token').open`) {
		t.Error("a token that is looked at closes by itself")
	}
	e.Tab.Click("#events-tab")
	if log := e.Tab.Text("#log"); !strings.Contains(log, "element signedin") || !strings.Contains(log, "userstatechange") {
		t.Errorf("event log: %s", log)
	}
	if browser.Eval[bool](e.Tab, `document.querySelector('#dialog').checkVisibility()`) {
		t.Error("a dialog to sign in is offered to who is signed in")
	}
	e.Tab.Click(`[aria-label="Use demo-totp"]`) // who is signed in signs out
	w.Wait(`el.querySelector('[name=username]')?.value === 'demo-totp'`)
	w.Submit()
	w.At("totpMFA")
	e.Tab.Click(`#users-list .code button:last-child`)
	w.Submit()
	e.Tab.Wait(`document.querySelector('#who').textContent === 'demo-totp'`)
	e.Tab.Click("#sign-out")
	w.At("signIn")
	e.Tab.WaitFor("#dialog")
}

// Ensure that a method is called with typed fields, that the call is written as code, and that the history keeps it.
func TestDemoCalls(t *testing.T) {
	e := e2e.Start(t)
	playground(t, e, "")
	e.Tab.Click("#calls-tab")
	if text := browser.Eval[string](e.Tab, `document.querySelector('#calls').textContent`); strings.Contains(text, "`") {
		t.Errorf("the form says %s", text)
	}
	if n := browser.Eval[int](e.Tab, `document.querySelectorAll('#method option').length`); n < 35 {
		t.Errorf("%d methods", n)
	}
	call := func(method string, fields map[string]string) string {
		t.Helper()
		before := browser.Eval[int](e.Tab, `document.querySelectorAll('#history li').length`)
		e.Tab.Run(`(() => { const picker = document.querySelector('#method'); picker.value = ` + e2e.Args(method) + `; picker.dispatchEvent(new Event('change')); })()`)
		for name, value := range fields {
			e.Tab.Fill(`#call-fields [name="`+name+`"]`, value)
		}
		e.Tab.Click("#call .primary")
		e.Tab.Wait(fmt.Sprintf(`document.querySelectorAll('#history li').length === %d && !document.querySelector('#history li .result').hidden`, before+1))
		return e.Tab.Text("#history li")
	}
	if got := call("signIn", map[string]string{"username": "demo", "password": "wrong"}); !strings.Contains(got, "notAuthorized") || !strings.Contains(got, `auth.signIn({ username: 'demo', password: 'wrong' })`) {
		t.Errorf("a refused call: %s", got)
	}
	if got := call("signIn", map[string]string{"username": "demo", "password": emulator.SeedPassword}); !strings.Contains(got, `"signInState": "signedIn"`) {
		t.Errorf("a call: %s", got)
	}
	if got := call("updateUserAttributes", map[string]string{"attributes": "nickname = Ada = L\nlocale = en"}); !strings.Contains(got, `{ attributes: { nickname: 'Ada = L', locale: 'en' } }`) {
		t.Errorf("a record: %s", got)
	}
	if got := userAttributes(e, emulator.SeedPoolID, "demo")["nickname"]; got != "Ada = L" {
		t.Errorf("the nickname is %q", got)
	}
	if got := call("signRequest", nil); !strings.Contains(got, "AWS4-HMAC-SHA256") {
		t.Errorf("a signed request: %s", got)
	}
	e.Tab.Click("#history li:nth-child(2) .bar button:last-child")
	if got := e.Tab.Text("#call-source"); !strings.Contains(got, "updateUserAttributes") || !strings.Contains(got, "Ada = L") {
		t.Errorf("edited again: %s", got)
	}
}

// Ensure that the switches do what they say, and that a reload keeps them.
func TestDemoSwitches(t *testing.T) {
	e := e2e.Start(t)
	w := playground(t, e, "")
	set(e, "theme", "dark")
	set(e, "lang", "ar")
	set(e, "providers", "google")
	set(e, "worker", "false")
	set(e, "passwordless", "true")
	dressed := `el.getAttribute('theme') === 'dark' && el.lang === 'ar' && document.dir === 'rtl' && el.shadowRoot.querySelector('[data-key="provider-google"]') && !el.querySelector('[name=password]')`
	w.Wait(dressed)
	e.Tab.Reload()
	w = widget.On(t, e, "#canvas amplify-sign-in")
	w.Wait(dressed)
	if got := e.Tab.Text("#code"); !strings.Contains(got, `theme="dark" lang="ar" providers="google"`) || !strings.Contains(got, "worker: false") {
		t.Errorf("the code says %s", got)
	}
	e.Tab.Run(`auth.getPendingSignIn().then(() => {})`)
	if thread := browser.Eval[string](e.Tab, `auth.engineThread`); thread != "page" {
		t.Errorf("the engine runs in the %s", thread)
	}

	e.Tab.Click(`[aria-label="Use demo"]`)
	w.Submit()
	w.At("selectFactor") // which a switch below leads back from
	set(e, "lang", "")
	w.Wait(`document.dir === 'ltr' && el.shadowRoot.querySelector('.frame').dir === 'ltr'`)
	set(e, "dir", "rtl")
	w.Wait(`document.dir === 'rtl' && el.shadowRoot.querySelector('.frame').dir === 'rtl' && el.shadowRoot.querySelector('.frame').lang === 'en'`)
	set(e, "dir", "")
	w.Wait(`el.shadowRoot.querySelector('.frame').dir === 'ltr'`)
	set(e, "passwordless", "false")
	set(e, "mfa", "ON")
	e.Tab.WaitUntil("the client knows that MFA is required", func() bool {
		return browser.Eval[string](e.Tab, `auth.configuration.then(({ auth }) => auth.mfa_configuration)`) == "REQUIRED"
	})
	w.Wait(`el.querySelector('[name=password]')`)
	e.Tab.Click(`[aria-label="Use demo"]`)
	w.Submit()
	w.At("selectMFA")
	set(e, "network", "offline")
	w.Wait(`el.shadowRoot.querySelector('.notice.offline')`)
	w.Press("factor.sms")
	w.Refused()
	set(e, "network", "online")
	w.Wait(`!el.shadowRoot.querySelector('.notice.offline')`)
	w.Press("factor.sms")
	w.At("smsMFA")
	e.Tab.WaitFor("#inbox-list code")
	e.Tab.Click(`#inbox-list .code button:last-child`)
	w.Submit()
	e.Tab.Wait(`document.querySelector('#state').textContent === 'signedIn'`)

	// The code of an app that is being set up is beside it, too.
	account := w.In("#canvas amplify-account")
	account.At("account")
	account.Press("mfa")
	account.Press("account.turnOn-Authenticator app")
	account.At("setUpTOTP")
	e.Tab.WaitFor("#users-list li:first-child .code")
	e.Tab.Click("#users-list li:first-child .code button:last-child")
	account.Submit()
	account.At("mfa")
}

// Ensure that with the Region down the sign-in goes to the replica's, and that the page says so.
func TestDemoRegionDown(t *testing.T) {
	e := e2e.Start(t)
	replica, err := e.Cognito.StartReplica()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { replica.Close() })
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.Origin = strings.Replace("http://"+listener.Addr().String(), "127.0.0.1", "localhost", 1)
	pool := e2e.SeededCognito(e.Cognito.URL())
	pool.Replica = &site.Replica{Region: emulator.SeedReplicaRegion, Endpoint: replica.URL()}
	server := &http.Server{Handler: site.New(site.Options{Root: root, Origin: e.Origin, Cognito: pool})}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })

	e.Tab.Allow("ERR_")
	w := playground(t, e, "")
	set(e, "network", "regionDown")
	e.Tab.WaitUntil("the Region is down", func() bool { return e.Cognito.HasFault("InitiateAuth") })
	e.Tab.Click(`[aria-label="Use demo"]`)
	w.Submit()
	e.Tab.Wait(`document.querySelector('#state').textContent === 'signedIn' && document.querySelector('#region').textContent.includes('us-west-2')`)
}

// Ensure that the page fits a phone and a wide screen, in light and dark, from right to left, signed out and in, and that
// nothing on it moves by itself.
func TestDemoLayout(t *testing.T) {
	e := e2e.Start(t)
	playground(t, e, "")
	for _, state := range []string{"signedOut", "signedIn"} {
		if state == "signedIn" {
			e.Tab.Run(`(` + signIn + `).then(() => {})`)
			widget.On(t, e, "#canvas amplify-account").At("account")
		}
		e.Tab.Wait(`document.querySelector('#state').textContent === '` + state + `'`)
		for _, width := range []int64{320, 768, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				e.Tab.Viewport(width, 900)
				e.Tab.Media("prefers-color-scheme", scheme)
				for _, tab := range []string{"code", "session", "calls", "events"} {
					e.Tab.Run(`document.querySelector('#` + tab + `-tab').click()`)
					if over := browser.Eval[int](e.Tab, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
						t.Errorf("%s, %s at %d px: the page is %d px too wide", state, tab, width, over)
					}
					if tab == "calls" || state == "signedOut" && tab == "code" {
						e.Tab.Screenshot(fmt.Sprintf("demo-%s-%s-%d-%s", state, tab, width, scheme))
					}
				}
			}
		}
	}
	e.Tab.Run(`auth.signOut().then(() => {})`)
	for _, width := range []int64{320, 1280} {
		e.Tab.Viewport(width, 900)
		playground(t, e, "?lang=ar")
		if over := browser.Eval[int](e.Tab, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("from right to left at %d px: the page is %d px too wide", width, over)
		}
		e.Tab.Screenshot(fmt.Sprintf("demo-rtl-%d", width))
	}
}
