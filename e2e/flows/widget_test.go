package flows

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

const (
	username = "amplify-sign-in input[name=username]"
	password = "amplify-sign-in input[name=password]"
	submit   = "amplify-sign-in button[type=submit]"
)

// widgetPage opens the page that the README starts with: the widget and nothing of ours beside it.
func widgetPage(e *e2e.Env) {
	e.Site.Page("/widget", `<!doctype html>
<html lang="en"><title>widget</title>
<script type="module" src="/amplify-sign-in.js"></script>
<script src="/events.js"></script>
<amplify-sign-in config="/amplify_outputs.json"><p id="members">members only</p></amplify-sign-in>`, "")
	e.Site.Page("/events.js", `
globalThis.events = [];
for (const name of ['signedin', 'signedout', 'autherror']) {
  addEventListener(name, (event) => events.push([name, event.detail?.error?.code ?? event.detail?.username ?? '']));
}`, "")
	e.Tab.Open(e.Origin + "/widget")
	e.Tab.WaitFor(username)
}

const members = `document.querySelector('#members').checkVisibility({ visibilityProperty: true })`

// problems is what the widget shows as wrong, above the form and at its fields.
func problems(e *e2e.Env) string {
	return browser.Eval[string](e.Tab, `(() => {
		const widget = document.querySelector('amplify-sign-in');
		const shown = [...widget.shadowRoot.querySelectorAll('[part~=error-message]'), ...widget.querySelectorAll('[slot$=-error]')];
		return shown.filter((node) => node.checkVisibility()).map((node) => node.innerText.trim()).filter(Boolean).join(' / ');
	})()`)
}

func events(e *e2e.Env) string {
	return browser.Eval[string](e.Tab, `events.map((e) => e.join(' ')).join(', ')`)
}

// Ensure that a person signs in with keys and the mouse, stays signed in over a reload that fetches no wasm,
// and gets the form back after signing out.
func TestWidgetSignIn(t *testing.T) {
	e := e2e.Start(t)
	widgetPage(e)
	if browser.Eval[bool](e.Tab, members) {
		t.Error("the members' content is visible before the sign-in")
	}
	e.Tab.Type(username, "demo")
	e.Tab.Type(password, "Passw0rd!")
	e.Tab.Screenshot("widget-filled")
	e.Tab.Click(submit)
	e.Tab.Wait(members)
	if got, want := events(e), "signedin demo"; got != want {
		t.Errorf("events %q, want %q", got, want)
	}
	if e.Tab.Fetched(wasm) == false {
		t.Error("signed in without the engine?")
	}

	e.Tab.ForgetRequests()
	e.Cognito.ResetCalls()
	e.Tab.Reload()
	e.Tab.Wait(members)
	e.Tab.Run(`new Promise((done) => requestIdleCallback(done))`)
	if e.Tab.Fetched(wasm) || e.Tab.Fetched("/amplify-auth.worker.js") {
		t.Error("the reload fetched the engine")
	}
	if ops := e.Operations(); len(ops) != 0 {
		t.Errorf("the reload asked Cognito: %v", ops)
	}
	if state := browser.Eval[string](e.Tab, `document.querySelector('amplify-sign-in').auth.currentUserState`); state != "signedIn" {
		t.Errorf("state %q after the reload, want signedIn", state)
	}

	e.Tab.Run(`document.querySelector('amplify-sign-in').auth.signOut()`)
	e.Tab.WaitFor(username)
	e.Tab.Wait("!" + members)
	if got, want := events(e), "signedin demo, signedout "; got != want {
		t.Errorf("events %q, want %q", got, want)
	}
}

// Ensure that the keyboard alone is enough.
func TestWidgetKeyboard(t *testing.T) {
	e := e2e.Start(t)
	widgetPage(e)
	for range 20 {
		if browser.Eval[bool](e.Tab, `document.activeElement?.name === 'username'`) {
			break
		}
		e.Tab.Press(kb.Tab)
	}
	e.Tab.Press("demo")
	e.Tab.Press(kb.Tab)
	if !browser.Eval[bool](e.Tab, `document.activeElement?.name === 'password'`) {
		t.Fatalf("Tab leads from the user name to %s", browser.Eval[string](e.Tab, `document.activeElement.outerHTML`))
	}
	e.Tab.Press("Passw0rd!" + kb.Enter)
	e.Tab.Wait(members)
}

// Ensure that the widget paints and takes typing while the engine is still on its way.
func TestWidgetBeforeEngine(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Block("*://*:*/*.wasm")
	widgetPage(e)
	e.Tab.Type(username, "demo")
	e.Tab.Type(password, "Passw0rd!")
	if got := browser.Eval[string](e.Tab, `document.querySelector('`+password+`').value`); got != "Passw0rd!" {
		t.Errorf("the password field holds %q", got)
	}
	e.Tab.Block()
	e.Tab.Click(submit)
	e.Tab.Wait(members)
}

// Ensure that every refusal is shown in words of its own, keeps what was typed, stores nothing, and that the
// same form then signs in.
func TestWidgetRefusals(t *testing.T) {
	tests := []struct {
		name, username, password string
		before                   func(*e2e.Env)
		event                    string // code of the autherror event; none if empty
	}{
		{"wrong password", "demo", "Wrong-passw0rd", nil, "notAuthorized"},
		{"empty fields", "", "", nil, ""},
		{"empty password", "demo", "", nil, ""},
		{"server down", "demo", "Passw0rd!", func(e *e2e.Env) { e.StopCognito() }, "networkError"},
		{"offline", "demo", "Passw0rd!", func(e *e2e.Env) { e.Tab.Offline(true) }, "networkError"},
		{"timeout", "demo", "Passw0rd!", func(e *e2e.Env) {
			fault("slow", -1, 60_000)(e)
			e.Tab.Run(`(() => { // the engine's own limit would be a long wait for a test
				const { auth } = document.querySelector('amplify-sign-in');
				const { signIn } = auth;
				auth.signIn = (input) => { auth.signIn = signIn; return signIn.call(auth, { ...input, timeout: 500 }); };
			})()`)
		}, "timeout"},
		{"throttled", "demo", "Passw0rd!", fault("throttle", -1, 0), "tooManyRequests"},
	}
	shown := map[string]string{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := e2e.Start(t)
			widgetPage(e)
			putForeign(e)
			e.Tab.Click(username) // begins to fetch the engine
			e.Tab.WaitUntil("the engine is there", func() bool { return e.Tab.Fetched(wasm) })
			e.Tab.Run(`document.querySelector('amplify-sign-in').auth.getPendingSignIn()`)
			before := e.Stored()
			if test.before != nil {
				test.before(e)
			}
			if test.username != "" {
				e.Tab.Fill(username, test.username)
			}
			if test.password != "" {
				e.Tab.Fill(password, test.password)
			}
			e.Tab.Click(submit)
			e.Tab.WaitUntil("a problem is shown", func() bool { return problems(e) != "" })
			shown[test.name] = problems(e)
			e.Tab.Screenshot("widget-" + strings.ReplaceAll(test.name, " ", "-"))
			want := ""
			if test.event != "" {
				want = "autherror " + test.event
			}
			if got := events(e); got != want {
				t.Errorf("events %q, want %q", got, want)
			}
			checkStored(t, "afterwards", e.Stored(), before)
			if got := browser.Eval[string](e.Tab, `document.querySelector('`+username+`').value`); got != test.username {
				t.Errorf("the user name field holds %q, want %q", got, test.username)
			}
			e.Tab.Offline(false)
			e.Cognito.ClearFaults()
			if test.name == "server down" {
				e.StartCognito()
			}
			e.Tab.Fill(username, "demo")
			e.Tab.Fill(password, "Passw0rd!")
			e.Tab.Click(submit)
			e.Tab.Wait(members)
		})
	}
	t.Logf("shown: %q", shown)
	// Offline and a server that is down may read alike; all else differs.
	delete(shown, "offline")
	words := map[string]string{}
	for name, text := range shown {
		if other, ok := words[text]; ok {
			t.Errorf("%s and %s read the same: %q", name, other, text)
		}
		words[text] = name
	}
}

// Ensure that an error is announced: it stands in a live region or is tied to its field.
func TestWidgetAnnouncesErrors(t *testing.T) {
	e := e2e.Start(t)
	widgetPage(e)
	e.Tab.Click(submit)
	e.Tab.WaitUntil("a problem is shown", func() bool { return problems(e) != "" })
	tied := browser.Eval[[]string](e.Tab, `(() => {
		const field = document.querySelector('`+username+`');
		const id = field.getAttribute('aria-describedby') ?? '';
		return [field.getAttribute('aria-invalid'), id.split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ').trim(), document.activeElement?.name ?? ''];
	})()`)
	if tied[0] != "true" || tied[1] == "" || tied[2] != "username" {
		t.Errorf("aria-invalid, description, focus = %q; want true, the error's text, username", tied)
	}
	e.Tab.Fill(username, "demo")
	e.Tab.Fill(password, "Wrong-passw0rd")
	e.Tab.Click(submit)
	e.Tab.WaitUntil("the refusal is announced", func() bool {
		live := browser.Eval[string](e.Tab, `[...document.querySelector('amplify-sign-in').shadowRoot.querySelectorAll('[role=status], [role=alert], [aria-live]')].map((n) => n.textContent).join(' ').trim()`)
		return live != "" && strings.Contains(live, strings.TrimSpace(problems(e)))
	})
}

// Ensure that the password can be looked at, and that fields tell password managers what they are.
func TestWidgetFields(t *testing.T) {
	e := e2e.Start(t)
	widgetPage(e)
	kinds := browser.Eval[[]string](e.Tab, `['username', 'password'].map((name) => document.querySelector('amplify-sign-in').querySelector('input[name=' + name + ']')).flatMap((i) => [i.type, i.autocomplete, String(!!i.labels?.length), String(!!i.form)])`)
	if want := []string{"text", "username", "true", "true", "password", "current-password", "true", "true"}; !slices.Equal(kinds, want) {
		t.Errorf("type, autocomplete, label, form = %v, want %v", kinds, want)
	}
	e.Tab.Type(password, "Passw0rd!")
	toggle := `amplify-sign-in >>> [part~="show-password-button"]`
	e.Tab.Click(toggle)
	if got := browser.Eval[string](e.Tab, `document.querySelector('`+password+`').type`); got != "text" {
		t.Errorf("after show password the field's type is %q, want text", got)
	}
	e.Tab.Click(toggle)
	if got := browser.Eval[string](e.Tab, `document.querySelector('`+password+`').type`); got != "password" {
		t.Errorf("after hide password the field's type is %q, want password", got)
	}
}
