package flows

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// The single-page app of the demo and the pages of the local Cognito's managed login.
const (
	byRedirect = "#sign-in"
	byWindow   = "#sign-in-window"
	byGoogle   = "#sign-in-google"
	hostedUser = `input[name="username"]`
	hostedPass = `input[name="password"]`
	hostedGo   = `main form button:not([name])`
)

// shop opens a page of the single-page app and waits until it is drawn.
func shop(e *e2e.Env, tab *browser.Tab, path string) {
	tab.Open(e.Origin + path)
	tab.WaitFor("#view h1")
}

// at waits until the tab shows a path of the app, with query and hash.
func at(e *e2e.Env, tab *browser.Tab, path string) {
	tab.Wait(`location.href === ` + e2e.Args(e.Origin+path))
}

// atCognito waits until the tab shows a page of the local Cognito.
func atCognito(e *e2e.Env, tab *browser.Tab, path string) {
	tab.Wait(`location.origin === ` + e2e.Args(e.Cognito.URL()) + ` && location.pathname === ` + e2e.Args(path) + ` && document.readyState === 'complete'`)
}

// signInHosted fills in managed login's form.
func signInHosted(tab *browser.Tab, username string) {
	tab.Fill(hostedUser, username)
	tab.Type(hostedPass, "Passw0rd!")
	tab.Click(hostedGo)
}

func signedInAs(tab *browser.Tab, name string) {
	tab.Wait(`document.querySelector('#user')?.textContent.startsWith(` + e2e.Args(name) + `)`)
}

// count is how often the local Cognito has served an operation.
func count(e *e2e.Env, operation string) (n int) {
	for _, name := range e.Operations() {
		if name == operation {
			n++
		}
	}
	return n
}

// inject makes the token endpoint fail until ClearFaults.
func inject(t *testing.T, e *e2e.Env, kind string) {
	t.Helper()
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "oauth2/token", Kind: kind, Count: -1}); err != nil {
		t.Fatal(err)
	}
}

func demoTOTP(t *testing.T, e *e2e.Env) string {
	t.Helper()
	code, err := emulator.TOTP(emulator.SeedTOTPSecret, e.Cognito.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Ensure that a redirect signs in, and that the deep link of before is there afterwards.
func TestHostedUIRedirect(t *testing.T) {
	e := e2e.Start(t)
	deep := "/shop/orders/1042?tab=delivery&code=own#map"
	shop(e, e.Tab, deep)
	e.Tab.Click(byRedirect)
	atCognito(e, e.Tab, "/login")
	e.Tab.Screenshot("managed-login")
	signInHosted(e.Tab, "demo")
	at(e, e.Tab, deep)
	signedInAs(e.Tab, "demo")
	if text := e.Tab.Text("#view"); !strings.Contains(text, "Order 1042, delivery#map") {
		t.Errorf("the page shows %q", text)
	}
	if ops := e.Operations(); count(e, "oauth2/token") != 1 || count(e, "jwks.json") != 1 {
		t.Errorf("operations %v", ops)
	}
	claims := browser.Eval[[]string](e.Tab, `auth.getTokens().then(t => [t.idToken.claims['cognito:username'], t.accessToken.claims.scope])`)
	if claims[0] != "demo" || !strings.Contains(claims[1], "openid") {
		t.Errorf("claims %v", claims)
	}
	for key, value := range e.Stored() {
		if strings.HasPrefix(key, "session:") && (strings.Contains(value, "verifier") || strings.Contains(value, "nonce") || strings.HasSuffix(key, ".callback")) {
			t.Errorf("%s keeps %s", key, value)
		}
	}

	// The next load answers from storage.
	e.Cognito.ResetCalls()
	e.Tab.Reload()
	signedInAs(e.Tab, "demo")
	at(e, e.Tab, deep)
	if ops := e.Operations(); len(ops) != 0 {
		t.Errorf("operations after a reload: %v", ops)
	}
}

// Ensure that managed login's other pages lead back as well: MFA, a provider, sign-up.
func TestHostedUIWays(t *testing.T) {
	t.Parallel()
	t.Run("MFA", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders")
		e.Tab.Click(byRedirect)
		signInHosted(e.Tab, "demo-sms")
		e.Tab.WaitFor(`input[name="answer"]`)
		e.Tab.Screenshot("managed-login-code")
		e.Tab.Type(`input[name="answer"]`, e.Cognito.Outbox("demo-sms")[0].Code)
		e.Tab.Click(hostedGo)
		at(e, e.Tab, "/shop/orders")
		signedInAs(e.Tab, "demo-sms")
	})
	t.Run("provider", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/profile")
		e.Tab.Click(byGoogle)
		atCognito(e, e.Tab, "/_emulator/idp/Google")
		e.Tab.Type(`input[name="email"]`, "ada@example.com")
		e.Tab.Click(hostedGo)
		at(e, e.Tab, "/shop/profile")
		signedInAs(e.Tab, "Google_")
		e.Tab.Wait(`document.querySelector('#view').textContent.includes('ada@example.com')`)
		details := browser.Eval[map[string]string](e.Tab, `new Promise(done => auth.addUserStateListener((state, details) => done(details)))`)
		if details["provider"] != "OAuth" {
			t.Errorf("details %v", details)
		}
	})
	t.Run("sign-up", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders")
		e.Tab.Click(byRedirect)
		e.Tab.Click(`a[href^="/signup"]`)
		e.Tab.Type(hostedUser, "ada")
		e.Tab.Type(`input[name="email"]`, "ada@example.com")
		e.Tab.Type(hostedPass, "Passw0rd!")
		e.Tab.Click(hostedGo)
		e.Tab.Wait(`document.title.startsWith('Confirm')`)
		e.Tab.Type(`input[name="code"]`, e.Cognito.Outbox("ada")[0].Code)
		e.Tab.Click(hostedGo)
		at(e, e.Tab, "/shop/orders")
		signedInAs(e.Tab, "ada")
	})
}

// Ensure that a popup signs in without leaving the page, also where it is cut off from it.
func TestHostedUIPopup(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"", "same-origin"} {
		t.Run("COOP "+policy, func(t *testing.T) {
			e := e2e.Start(t)
			if policy != "" {
				e.Cognito.SetPageHeader("Cross-Origin-Opener-Policy", policy)
			}
			shop(e, e.Tab, "/shop/orders/1041?tab=x#y")
			e.Tab.Run(`globalThis.mark = 'the same document'; sessionStorage.setItem('secret', 'of this tab')`)
			e.Tab.Run(`globalThis.opened = []; const { open } = globalThis; globalThis.open = (...args) => { const w = open(...args); opened.push({ name: args[1], stored: w.sessionStorage.length }); queueMicrotask(() => (opened.at(-1).stored = w.sessionStorage.length)); return w; }`)
			popup := e.Tab.Popup(func() { e.Tab.Click(byWindow) })
			atCognito(e, popup, "/login")
			if !browser.Eval[bool](popup, `opener === null`) {
				t.Error("the provider's page can move the one that opened it")
			}
			signInHosted(popup, "demo")
			signedInAs(e.Tab, "demo")
			at(e, e.Tab, "/shop/orders/1041?tab=x#y")
			if opened := browser.Eval[[]map[string]any](e.Tab, `opened`); len(opened) != 1 || opened[0]["stored"] != 0.0 || opened[0]["name"] == "AmplifyAuthSignIn" {
				t.Errorf("the window began with %v", opened)
			}
			if secret := browser.Eval[string](e.Tab, `sessionStorage.getItem('secret')`); secret != "of this tab" {
				t.Errorf("this tab's sessionStorage has lost %q", secret)
			}
			e.Tab.Run(`sessionStorage.removeItem('secret')`)
			if mark := browser.Eval[string](e.Tab, `globalThis.mark`); mark == "" {
				t.Error("the page was loaded anew")
			}
			if policy == "" {
				popup.WaitClosed()
			} else if _, err := browser.TryEval[string](popup, `location.href`); err == nil {
				// A window that was cut off may refuse to close itself. It then is a page of the app like any other.
				popup.Wait(`location.search === '' && !location.href.includes('code=')`)
			}
			if n := count(e, "oauth2/token"); n != 1 {
				t.Errorf("%d exchanges", n)
			}
			for key := range e.Stored() {
				if strings.HasPrefix(key, "session:") || strings.HasPrefix(key, "AmplifyAuth.") && !strings.HasSuffix(key, ".credentials") && !strings.HasSuffix(key, ".identity") {
					t.Errorf("the key %s is left", key)
				}
			}
		})
	}
}

// Ensure that a user who does not want to sign in gets back to a page that says so and works on.
func TestHostedUICancel(t *testing.T) {
	t.Parallel()
	t.Run("at the provider", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders")
		e.Tab.Click(byGoogle)
		e.Tab.Click(`button[name="cancel"]`)
		e.Tab.WaitFor(`[data-code="userCancelledSignIn"]`)
		at(e, e.Tab, "/callback")
		if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedOut" {
			t.Errorf("state %s", state)
		}
		e.Tab.Click(byRedirect)
		signInHosted(e.Tab, "demo")
		at(e, e.Tab, "/shop")
		signedInAs(e.Tab, "demo")
	})
	t.Run("provider fails", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders")
		e.Tab.Click(byGoogle)
		e.Tab.Click(`button[name="fail"]`)
		e.Tab.WaitFor(`[data-code="badRequest"]`)
		if text := e.Tab.Text("[data-code]"); !strings.Contains(text, "server_error") {
			t.Errorf("the page says %q", text)
		}
	})
	t.Run("back button", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders")
		e.Tab.Click(byRedirect)
		atCognito(e, e.Tab, "/login")
		e.Tab.Back()
		at(e, e.Tab, "/shop/orders")
		e.Tab.WaitFor(byRedirect)
		// No call waits for the sign-in that was left.
		if got := browser.Eval[string](e.Tab, `auth.getTokens({ timeout: 5000 }).catch(error => error.code)`); got != "notSignedIn" {
			t.Errorf("getTokens: %s", got)
		}
		e.Tab.Click(byRedirect)
		signInHosted(e.Tab, "demo")
		at(e, e.Tab, "/shop/orders")
		signedInAs(e.Tab, "demo")
	})
	t.Run("closed window", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders")
		popup := e.Tab.Popup(func() { e.Tab.Click(byWindow) })
		atCognito(e, popup, "/login")
		popup.Close()
		e.Tab.Front()
		e.Tab.Click("h1") // as one does who is back
		e.Tab.WaitFor(`[data-code="userCancelledSignIn"]`)
		popup = e.Tab.Popup(func() { e.Tab.Click(byWindow) })
		signInHosted(popup, "demo")
		signedInAs(e.Tab, "demo")
	})
	t.Run("cancelled in the window", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders")
		popup := e.Tab.Popup(func() { e.Tab.Click(byWindow) })
		popup.Click(`a[data-provider="Facebook"]`)
		popup.Click(`button[name="cancel"]`)
		e.Tab.WaitFor(`[data-code="userCancelledSignIn"]`)
		popup.WaitClosed()
	})
	t.Run("blocked window", func(t *testing.T) {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders")
		e.Tab.Run(`globalThis.open = () => null`)
		e.Tab.Click(byWindow)
		e.Tab.WaitFor(`[data-code="popupBlocked"]`)
	})
}

// Ensure that the response is exchanged once, whatever happens to the page in the middle.
func TestHostedUIInterrupted(t *testing.T) {
	t.Parallel()
	// callback signs in and stops the browser at the page that the response comes to, with nothing of it exchanged.
	callback := func(t *testing.T) *e2e.Env {
		e := e2e.Start(t)
		shop(e, e.Tab, "/shop/orders/1041")
		e.Tab.Click(byRedirect)
		atCognito(e, e.Tab, "/login")
		return e
	}
	t.Run("reload before the engine is there", func(t *testing.T) {
		e := callback(t)
		e.Tab.Block("*://*:*/*.wasm")
		signInHosted(e.Tab, "demo")
		at(e, e.Tab, "/callback")
		e.Tab.Wait(`Object.keys(sessionStorage).some(key => key.endsWith('.callback'))`)
		e.Tab.Reload()
		at(e, e.Tab, "/callback")
		e.Tab.Block()
		e.Tab.Reload()
		at(e, e.Tab, "/shop/orders/1041")
		signedInAs(e.Tab, "demo")
		if n := count(e, "oauth2/token"); n != 1 {
			t.Errorf("%d exchanges", n)
		}
	})
	t.Run("network lost before the exchange", func(t *testing.T) {
		e := callback(t)
		inject(t, e, "drop")
		signInHosted(e.Tab, "demo")
		e.Tab.WaitFor(`[data-code="networkError"]`)
		e.Cognito.ClearFaults()
		if got := e2e.Must[map[string]any](e, `auth.handleAuthResponse()`); got["userState"] != "signedIn" || got["returnTo"] != "/shop/orders/1041" {
			t.Errorf("again: %v", got)
		}
	})
	t.Run("the answer lost", func(t *testing.T) {
		e := callback(t)
		inject(t, e, "dropReply")
		signInHosted(e.Tab, "demo")
		e.Tab.WaitFor(`#view [data-code]`)
		if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedOut" {
			t.Errorf("state %s", state)
		}
		e.Cognito.ClearFaults()
		e.Tab.Reload()
		e.Tab.WaitFor(byRedirect)
		e.Tab.Click(byRedirect) // managed login remembers the user
		signedInAs(e.Tab, "demo")
	})
	t.Run("two clients in one page", func(t *testing.T) {
		e := e2e.Start(t)
		strictMode(e)
		e.Tab.Open(e.Origin + "/strict")
		e.Tab.Wait(`globalThis.answers`)
		e.Tab.Run(`void auth.showSignIn({ hostedUI: { returnTo: '/strict?deep' } })`)
		signInHosted(e.Tab, "demo")
		at(e, e.Tab, "/callback")
		e.Tab.Wait(`globalThis.answers`)
		got := browser.Eval[[]any](e.Tab, `Promise.all(answers)`)
		if len(got) != 6 {
			t.Fatalf("answers %v", got)
		}
		for _, answer := range got {
			if a := answer.(map[string]any); a["handled"] != true || a["userState"] != "signedIn" || a["returnTo"] != "/strict?deep" {
				t.Errorf("answer %v", a)
			}
		}
		if n := count(e, "oauth2/token"); n != 1 {
			t.Errorf("%d exchanges", n)
		}
		if seen := browser.Eval[string](e.Tab, `seen`); strings.Contains(seen, "code=") {
			t.Errorf("the router has seen %s", seen)
		}
		if states := browser.Eval[[]string](e.Tab, `[auth.currentUserState, twin.currentUserState]`); !slices.Equal(states, []string{"signedIn", "signedIn"}) {
			t.Errorf("states %v", states)
		}
	})
	t.Run("the callback opened again", func(t *testing.T) {
		e := callback(t)
		response := ""
		e.Tab.ForgetRequests()
		signInHosted(e.Tab, "demo")
		signedInAs(e.Tab, "demo")
		for _, r := range e.Tab.Requests() {
			if r.Path() == "/callback" {
				response = r.URL
			}
		}
		if !strings.Contains(response, "code=") {
			t.Fatalf("no response in %v", e.Tab.Requests())
		}
		for range 2 {
			e.Tab.Open(response)
			at(e, e.Tab, "/shop/orders/1041") // the same answer as before
			signedInAs(e.Tab, "demo")
		}
		if n := count(e, "oauth2/token"); n != 1 {
			t.Errorf("%d exchanges", n)
		}
		// Another tab knows nothing of it.
		other := e.Tab.Sibling()
		other.Open(response)
		other.Wait(`location.pathname === '/shop'`)
		signedInAs(other, "demo")
		if n := count(e, "oauth2/token"); n != 1 {
			t.Errorf("%d exchanges", n)
		}
	})
}

// strictMode is a page that makes two clients at once, as React's StrictMode does, and asks each three times.
func strictMode(e *e2e.Env) {
	script := `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
const config = await fetch('/amplify_outputs.json').then((r) => r.json());
globalThis.auth = new AmplifyAuth({ config });
globalThis.seen = location.href;
globalThis.twin = new AmplifyAuth({ config });
globalThis.answers = [auth, twin, auth, twin, auth, twin].map((client) => client.handleAuthResponse());
`
	for _, path := range []string{"/strict", "/callback"} {
		e.Site.Page(path, `<!doctype html><title>strict</title><script type="module" src="/strict.js"></script>`, "")
	}
	e.Site.Page("/strict.js", script, "")
}

// Ensure that two tabs sign in at the same time, each with a sign-in of its own.
func TestHostedUITwoTabs(t *testing.T) {
	e := e2e.Start(t)
	two := e.Tab.Sibling()
	shop(e, e.Tab, "/shop/orders/1041")
	shop(e, two, "/shop/orders/1042")
	e.Tab.Click(byRedirect)
	two.Click(byRedirect)
	atCognito(e, e.Tab, "/login")
	atCognito(e, two, "/login")
	signInHosted(two, "demo")
	at(e, two, "/shop/orders/1042")
	signInHosted(e.Tab, "demo")
	at(e, e.Tab, "/shop/orders/1041")
	for _, tab := range []*browser.Tab{e.Tab, two} {
		signedInAs(tab, "demo")
	}
	if n := count(e, "oauth2/token"); n != 2 {
		t.Errorf("%d exchanges", n)
	}
	// Signing out in one is seen in the other.
	e.Tab.Click("#sign-out")
	at(e, e.Tab, "/signed-out")
	signedInAs(two, "Not signed in")
}

// Ensure that sign-out ends the session here, at the service and in managed login, and that the back button brings
// nothing back; then somebody else signs in.
func TestHostedUISignOut(t *testing.T) {
	e := e2e.Start(t)
	shop(e, e.Tab, "/shop/profile")
	e.Tab.Click(byRedirect)
	signInHosted(e.Tab, "demo")
	at(e, e.Tab, "/shop/profile")
	e.Cognito.ResetCalls()
	e.Tab.Click("#sign-out")
	at(e, e.Tab, "/signed-out")
	signedInAs(e.Tab, "Not signed in")
	if ops := e.Operations(); !slices.Equal(ops, []string{"RevokeToken", "logout"}) {
		t.Errorf("operations %v", ops)
	}
	for key := range e.Stored() {
		if strings.HasPrefix(key, "CognitoIdentityServiceProvider.") {
			t.Errorf("the key %s is left", key)
		}
	}
	e.Tab.Back()
	at(e, e.Tab, "/shop/profile")
	signedInAs(e.Tab, "Not signed in")
	e.Tab.WaitFor(byRedirect)

	e.Tab.Click(byRedirect)
	atCognito(e, e.Tab, "/login") // managed login has forgotten demo
	signInHosted(e.Tab, "demo-totp")
	e.Tab.Type(`input[name="answer"]`, demoTOTP(t, e))
	e.Tab.Click(hostedGo)
	at(e, e.Tab, "/shop/profile")
	signedInAs(e.Tab, "demo-totp")

	// Without the redirect the page stays, and managed login remembers the user.
	e.Tab.Run(`auth.signOut({ redirect: false }).then(() => {})`)
	at(e, e.Tab, "/shop/profile")
	signedInAs(e.Tab, "Not signed in")
	e.Tab.Click(byRedirect)
	signedInAs(e.Tab, "demo-totp")
	at(e, e.Tab, "/shop/profile")
}

// Ensure that the back button after the sign-in shows the app's pages, signed in, and never an error.
func TestHostedUIBackAfterSignIn(t *testing.T) {
	e := e2e.Start(t)
	shop(e, e.Tab, "/shop")
	e.Tab.Click(`a[href="/shop/orders"]`)
	e.Tab.Click(byRedirect)
	signInHosted(e.Tab, "demo")
	at(e, e.Tab, "/shop/orders")
	signedInAs(e.Tab, "demo")
	e.Tab.Click(`a[href="/shop/profile"]`)
	at(e, e.Tab, "/shop/profile")
	e.Tab.Back()
	at(e, e.Tab, "/shop/orders")
	e.Tab.Back() // managed login, which knows the user but must not be asked again by itself
	e.Tab.Wait(`document.readyState === 'complete' && location.href !== ` + e2e.Args(e.Origin+"/shop/orders"))
	e.Tab.Back()
	e.Tab.Wait(`location.origin === ` + e2e.Args(e.Origin))
	signedInAs(e.Tab, "demo")
	if n := count(e, "oauth2/token"); n != 1 {
		t.Errorf("%d exchanges", n)
	}
	e.Tab.Forward()
	e.Tab.Forward()
	e.Tab.Wait(`location.origin === ` + e2e.Args(e.Origin))
	signedInAs(e.Tab, "demo")
}

// Ensure that an app's own ?code, ?state and ?error are not touched, nor is anybody asked about them.
func TestForeignCodes(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	for _, query := range []string{
		"?code=SUMMER24", "?code=SUMMER24&state=NY", "?error=out-of-stock", "?code=1&state=popup.x", "?state=NY", "?code=a&code=b&state=c", "?code=%zz",
		"#code=1&state=2", "?q=1&code=2#/route?state=3",
	} {
		for _, path := range []string{"/app", "/callback"} {
			if path == "/callback" {
				e.Site.Page(path, `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "")
			}
			e.Tab.Open(e.Origin + path + query)
			got := e2e.Must[map[string]any](e, `auth.handleAuthResponse()`)
			if got["handled"] != false || got["userState"] != "signedOut" {
				t.Errorf("%s%s: %v", path, query, got)
			}
			if href := browser.Eval[string](e.Tab, `location.href`); href != e.Origin+path+query {
				t.Errorf("%s%s became %s", path, query, href)
			}
		}
	}
	if ops := e.Operations(); len(ops) != 0 {
		t.Errorf("operations %v", ops)
	}
}

// Ensure that a router in the hash keeps its route, and so does handleRedirect in its other forms.
func TestHashRouter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, options, finish string
	}{
		{"by itself", "", ""},
		{"by hand", "handleRedirect: false", `auth.handleAuthResponse()`},
		{"by hand with a URL", "handleRedirect: false", `auth.handleAuthResponse(location.href)`},
		{"by a function", "handleRedirect: (url) => url.pathname === '/callback'", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := e2e.Start(t)
			e.App(test.options)
			e.Site.Page("/callback", `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "")
			e.Tab.Open(e.Origin + "/callback?mine=1#/orders/1?sort=up")
			e.Tab.Run(`void auth.showSignIn({ hostedUI: { returnTo: '#/orders/1?sort=up' } })`)
			signInHosted(e.Tab, "demo")
			e.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
			if test.finish == "" {
				at(e, e.Tab, "/callback")
			} else if search := browser.Eval[string](e.Tab, `location.search`); !strings.Contains(search, "code=") {
				t.Errorf("taken unasked: %s", search)
			}
			finish := test.finish
			if finish == "" {
				finish = `auth.handleAuthResponse()`
			}
			got := e2e.Must[map[string]any](e, finish)
			if got["handled"] != true || got["userState"] != "signedIn" || got["returnTo"] != "/callback?mine=1#/orders/1?sort=up" {
				t.Errorf("%v", got)
			}
			at(e, e.Tab, "/callback")
			if again := e2e.Must[map[string]any](e, `auth.handleAuthResponse()`); again["handled"] != true {
				t.Errorf("asked again: %v", again)
			}
		})
	}
	t.Run("refused by a function", func(t *testing.T) {
		e := e2e.Start(t)
		e.App("handleRedirect: () => false")
		e.Site.Page("/callback", `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "")
		e.Tab.Run(`void auth.showSignIn({ hostedUI: {} })`)
		signInHosted(e.Tab, "demo")
		e.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
		if got := e2e.Must[map[string]any](e, `auth.handleAuthResponse()`); got["handled"] != false {
			t.Errorf("%v", got)
		}
		if href := browser.Eval[string](e.Tab, `location.href`); !strings.Contains(href, "code=") {
			t.Errorf("taken: %s", href)
		}
	})
}

// Ensure that a sign-in that a provider began is completed where the app wants it, and nowhere else.
func TestProviderInitiated(t *testing.T) {
	for options, handled := range map[string]bool{"": false, "handleRedirect: () => true": false, "handleRedirect: (url) => url.pathname === '/callback' && 'providerInitiated'": true} {
		e := e2e.Start(t)
		e.App(options)
		e.Site.Page("/callback", `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "")
		q := url.Values{"client_id": {"local-web-client"}, "redirect_uri": {e.Origin + "/callback"}, "response_type": {"code"}, "scope": {"openid email"}, "relay": {"1"}}
		e.Tab.Open(e.Cognito.URL() + "/_emulator/idp/LocalSAML?" + q.Encode())
		e.Tab.Type(`input[name="email"]`, "ada@example.org")
		e.Tab.Click(hostedGo)
		e.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
		got := e2e.Must[map[string]any](e, `auth.handleAuthResponse()`)
		if got["handled"] != handled || (got["userState"] == "signedIn") != handled {
			t.Errorf("%s: %v", options, got)
		}
		if href := browser.Eval[string](e.Tab, `location.href`); strings.Contains(href, "code=") == handled {
			t.Errorf("%s: at %s", options, href)
		}
	}
}

// Ensure that a page that comes back from the back-forward cache shows the state of now, and that its sign-in that was
// left ends.
func TestHostedUIBackForwardCache(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	e.Site.PageHeader("/app", "Cache-Control", "no-cache")
	e.Tab.Open(e.Origin + "/app")
	e.Tab.Wait(`globalThis.auth`)
	e2e.Must[any](e, `auth.initialize()`)
	e.Tab.Run(`(globalThis.frozen = 'thawed', globalThis.left = auth.showSignIn({ hostedUI: {} }).catch((error) => error.code), undefined)`)
	atCognito(e, e.Tab, "/login")
	e.Tab.Back()
	at(e, e.Tab, "/app")
	if browser.Eval[any](e.Tab, `globalThis.frozen`) != "thawed" {
		t.Skip("this Chromium has no back-forward cache here; a new document was loaded")
	}
	if code := browser.Eval[string](e.Tab, `left`); code != "userCancelledSignIn" {
		t.Errorf("the sign-in that was left: %s", code)
	}
	mustSignIn(t, e)
	e.Tab.Open(e.Origin + "/shop")
	signedInAs(e.Tab, "demo")
	e.Tab.Run(`auth.signOut({ redirect: false }).then(() => {})`)
	e.Tab.Back()
	at(e, e.Tab, "/app")
	e.Tab.Wait(`auth.currentUserState === 'signedOut'`)
}

// Ensure that a browser that refuses sessionStorage is not sent away for nothing; a window works there.
func TestHostedUIWithoutSessionStorage(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.OnNewDocument(`Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('denied for this document', 'SecurityError'); } });`)
	shop(e, e.Tab, "/shop/orders")
	e.Tab.Click(byRedirect)
	e.Tab.WaitFor(`[data-code="storageUnavailable"]`)
	at(e, e.Tab, "/shop/orders")
	popup := e.Tab.Popup(func() { e.Tab.Click(byWindow) })
	signInHosted(popup, "demo")
	signedInAs(e.Tab, "demo")
}

// Ensure that nothing needs third-party cookies or storage.
func TestHostedUIThirdPartyBlocked(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.BlockThirdPartyCookies()
	shop(e, e.Tab, "/shop/orders")
	e.Tab.Click(byRedirect)
	signInHosted(e.Tab, "demo")
	at(e, e.Tab, "/shop/orders")
	signedInAs(e.Tab, "demo")
	e2e.Must[any](e, `auth.getTokens({ forceRefresh: true })`)
	e.Tab.Run(`auth.signOut({ redirect: false }).then(() => {})`)
	signedInAs(e.Tab, "Not signed in")
	e.Tab.Click(byWindow) // managed login's own cookie is first party in the window, which closes at once
	signedInAs(e.Tab, "demo")
	for _, r := range e.Tab.Requests() {
		if r.Header["Cookie"] != "" && r.Type != "Document" {
			t.Errorf("%s carries a cookie", r.URL)
		}
	}
}
