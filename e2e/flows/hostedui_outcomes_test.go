package flows

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

// outcomes is a page at the redirect URI with an element beside the page's own client, which keeps what it hears.
func outcomes(e *e2e.Env) {
	for _, path := range []string{"/app", "/callback", "/callback/", "/callback/index.html"} {
		e.Site.Page(path, `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "")
	}
	e.Site.Page("/app.js", `
import { AmplifyAuth } from '/amplify-auth.js';
import '/amplify-sign-in.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.heard = [];
addEventListener('autherror', ({ detail }) => heard.push(detail.error.code));
const config = await fetch('/amplify_outputs.json').then((r) => r.json());
globalThis.make = () => (globalThis.auth = new AmplifyAuth({ config }));
make();
globalThis.times = 0;
auth.addEventListener('autherror', ({ detail }) => (times++, globalThis.told = detail.error.code));
globalThis.answer = () => auth.handleAuthResponse().then(({ handled, returnTo }) => ({ handled, returnTo }), ({ code, message }) => ({ code, message }));
globalThis.first = answer();
document.body.append(Object.assign(document.createElement('amplify-sign-in'), { auth }));
`, "")
	e.Tab.Open(e.Origin + "/app")
	e.Tab.Wait("globalThis.auth")
}

// Ensure that what the provider says is what handleAuthResponse rejects with, an event, and a notice in the element, and
// that the address bar forgets the response.
func TestRedirectOutcomes(t *testing.T) {
	e := e2e.Start(t)
	outcomes(e)
	e.Tab.Allow("sign-in could not be completed")
	e.Tab.Allow("amplify-sign-in:")
	for _, test := range []struct{ name, path, response, code, shows string }{
		{"a trigger's message", "/callback", "error=invalid_request&error_description=PreSignUp+failed+with+error+Nur+f%C3%BCr+%22G%C3%A4ste%22.+", "userLambdaValidation", "Nur für 'Gäste'."},
		{"a provider that the client lacks", "/callback", "error=invalid_request&error_description=identity_provider+is+not+one+of+the+client%27s", "badRequest", "identity_provider is not one of the client's"},
		{"login_required", "/callback", "error=login_required", "loginRequired", "prompt 'none'"},
		{"invalid_grant", "/callback", "code=used", "badRequest", "invalid_grant"},
		{"cancelled", "/callback", "error=access_denied", "userCancelledSignIn", "cancelled"},
		{"a slash that a server adds", "/callback/", "code=good", "invalidConfiguration", "/callback/"},
		{"index.html that a server adds", "/callback/index.html", "code=good", "invalidConfiguration", "index.html"},
		{"too old", "/callback", "code=good", "signInExpired", "clock"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e.Tab.Open(e.Origin + "/app")
			e.Tab.Wait("globalThis.auth")
			e.Tab.Run(`void auth.showSignIn({ hostedUI: { prompt: 'login' } })`)
			atCognito(e, e.Tab, "/login")
			state := browser.Eval[string](e.Tab, `new URL(location).searchParams.get('state')`)
			if test.code == "signInExpired" {
				e.Tab.Open(e.Origin + "/app")
				e.Tab.Run(`for (const key of Object.keys(sessionStorage)) if (key.endsWith(` + e2e.Args(state) + `)) sessionStorage[key] = sessionStorage[key].replace(/"deadline":\d+/, '"deadline":' + (Date.now() - 1))`)
			}
			before := count(e, "oauth2/token")
			e.Tab.Open(e.Origin + test.path + "?mine=1&" + test.response + "&state=" + state)
			e.Tab.Wait(`globalThis.told`)
			got := browser.Eval[map[string]string](e.Tab, `first`)
			if got["code"] != test.code || !strings.Contains(got["message"], test.shows) && test.code != "userCancelledSignIn" {
				t.Errorf("handleAuthResponse: %v", got)
			}
			e.Tab.Wait(`heard.includes(` + e2e.Args(test.code) + `)`)
			e.Tab.Wait(`document.querySelector('amplify-sign-in').shadowRoot.querySelector('.notice.error')?.textContent.includes(` + e2e.Args(test.shows) + `)`)
			at(e, e.Tab, test.path+"?mine=1")
			if times := browser.Eval[int](e.Tab, `times`); times != 1 {
				t.Errorf("autherror was fired %d times", times)
			}
			// another client, and the same asked again, are told the same
			if again := browser.Eval[map[string]string](e.Tab, `(auth.close(), make(), answer())`); again["code"] != got["code"] || again["message"] != got["message"] {
				t.Errorf("again: %v, first %v", again, got)
			}
			if n := count(e, "oauth2/token") - before; n > 0 && test.code != "badRequest" {
				t.Errorf("%d exchanges", n)
			}
			if test.name == "a trigger's message" || test.name == "a slash that a server adds" {
				e.Tab.Screenshot("redirect-" + test.code)
			}
		})
	}
}

// Ensure that a full sessionStorage is said before the page is left.
func TestFullSessionStorage(t *testing.T) {
	e := e2e.Start(t)
	outcomes(e)
	e.Tab.Allow("storage cannot be used")
	e.Tab.Run(`(() => { let size = 1 << 22; while (size) try { sessionStorage.setItem('full' + size + Math.random(), 'x'.repeat(size)); } catch { size >>= 1; } })()`)
	_, err := e2e.Call[any](e, `auth.showSignIn({ hostedUI: {} })`)
	if err == nil || err.Code != "storageUnavailable" || !strings.Contains(err.Message, "full") {
		t.Errorf("%v", err)
	}
	at(e, e.Tab, "/app")
}

// Ensure that a response which has served is a success only while its session is there, and that clients which are closed
// and made again get the first one's answer.
func TestResponseAgain(t *testing.T) {
	e := e2e.Start(t)
	outcomes(e)
	e.Tab.Allow("sign-in could not be completed")
	e.Tab.ForgetRequests()
	e.Site.Page("/callback", `<!doctype html><title>app</title><script type="module" src="/again.js"></script>`, "")
	e.Site.Page("/again.js", `
import { AmplifyAuth } from '/amplify-auth.js';
const config = await fetch('/amplify_outputs.json').then((r) => r.json());
globalThis.make = () => (globalThis.auth = new AmplifyAuth({ config }));
make().close();
make().handleAuthResponse().catch(() => {});
auth.close();
globalThis.first = make().handleAuthResponse().then(({ handled, returnTo, userState }) => [handled, returnTo, userState].join(), ({ code }) => code);
`, "")
	e.Tab.Run(`void auth.showSignIn({ hostedUI: { returnTo: '/deep?x' } })`)
	atCognito(e, e.Tab, "/login") // the app's page has such a form too
	signInHosted(e.Tab, "demo")
	at(e, e.Tab, "/callback")
	e.Tab.Wait(`globalThis.first`)
	const want = "true,/deep?x,signedIn"
	if got := browser.Eval[string](e.Tab, `first`); got != want {
		t.Errorf("made again at once: %s", got)
	}
	later := `(auth.close(), make().handleAuthResponse().then(({ handled, returnTo, userState }) => [handled, returnTo, userState].join(), ({ code }) => code))`
	if got := browser.Eval[string](e.Tab, later); got != want {
		t.Errorf("made again later: %s", got)
	}
	response := ""
	for _, r := range e.Tab.Requests() {
		if u, err := url.Parse(r.URL); err == nil && u.Path == "/callback" && u.Query().Has("code") {
			response = r.URL
		}
	}
	e2e.Must[any](e, `auth.signOut({ redirect: false })`)
	e.Tab.Open(response)
	e.Tab.Wait(`globalThis.first`)
	if got := browser.Eval[string](e.Tab, `first`); got != "responseUsed" {
		t.Errorf("after a sign-out: %s", got)
	}
	at(e, e.Tab, "/callback")
	if n := count(e, "oauth2/token"); n != 1 {
		t.Errorf("%d exchanges", n)
	}
}

// Ensure that the element knows providers by the names that Go does, and what is no address of a page or image is not
// made one.
func TestWidgetProviderNames(t *testing.T) {
	e := e2e.Start(t)
	data, err := os.ReadFile("../../core/testdata/provider_names.json")
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]string
	if err := json.Unmarshal(data, &names); err != nil {
		t.Fatal(err)
	}
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	w.Tab.Allow("404")
	for name, want := range names {
		if name == "" {
			continue
		}
		if want == "" || want == "twitter" || want == "developer" { // no brand of the hosted UI
			want = "other"
		}
		got := widget.Eval[string](w, `(el.providers = [`+e2e.Args(name)+`], [...el.shadowRoot.querySelectorAll('[part~=provider]')].map((button) => button.getAttribute('part').split('provider-').pop()).join())`)
		if got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	for address, shown := range map[string]bool{
		"javascript:alert(1)": false, " javascript:alert(1)": false, "data:text/html,x": false, "blob:x": false, "file:///x": false,
		"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>": true, "/logo.png": true,
	} {
		got := widget.Eval[[]bool](w, `(() => {
  el.setAttribute('logo', `+e2e.Args(address)+`);
  el.providers = [{ id: 'Work', icon: `+e2e.Args(address)+` }];
  return ['[part~=logo]', 'img.mark'].map((image) => Boolean(el.shadowRoot.querySelector(image)));
})()`)
		if got[0] != shown || got[1] != shown {
			t.Errorf("%s: logo and icon shown: %v", address, got)
		}
	}
}
