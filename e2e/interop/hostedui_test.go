package interop

import (
	"io"
	"log"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
	"amplify-auth/e2e/site"
)

// hosted is the seeded pool with its domain under TLS, which aws-amplify insists on, and pages at the addresses that
// managed login comes back to.
type hosted struct {
	*e2e.Env
	domain string // host and port
	pool   *peers.Pool
	config map[string]any // Amplify v6's ResourcesConfig, with loginWith.oauth
}

func startHosted(t *testing.T) hosted {
	t.Helper()
	e := e2e.Start(t)
	e.Tab.TrustAnyCertificate()
	front := httptest.NewUnstartedServer(e.Cognito)
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // the browser tells it first that it knows no such authority
	front.StartTLS()
	t.Cleanup(front.Close)
	pool := seeded(t, e, emulator.SeedClientID)
	config := pool.Config()
	config["Auth"].(map[string]any)["Cognito"].(map[string]any)["loginWith"] = map[string]any{"oauth": map[string]any{
		"domain": strings.TrimPrefix(front.URL, "https://"), "scopes": []string{"openid", "email", "aws.cognito.signin.user.admin"},
		"redirectSignIn": []string{e.Origin + "/callback"}, "redirectSignOut": []string{e.Origin + "/signed-out"}, "responseType": "code",
	}}
	return hosted{e, strings.TrimPrefix(front.URL, "https://"), pool, config}
}

// serve makes the app's addresses a page of a library, and opens one. events are what the Hub of the document has told.
func (h hosted) serve(t *testing.T, l library) {
	t.Helper()
	serveBundle(t, h.Env, "amplify.js")
	h.servePages(`
import * as amplify from '` + string(l) + `';
globalThis.events = [];
amplify.Hub.listen('auth', ({ payload: { event, data } }) => events.push(event + (data?.username ? ' ' + data.username : typeof data === 'string' ? ' ' + data : '')));
amplify.Amplify.configure(` + e2e.Args(h.config) + `);
globalThis.amplify = amplify;`)
	h.open("amplify")
}

func (h hosted) serveOurs() {
	h.servePages(`
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.auth = new AmplifyAuth({ config: ` + e2e.Args(h.config) + ` });`)
	h.open("auth")
}

func (h hosted) servePages(script string) {
	csp := site.CSP(h.Cognito.URL() + " https://" + h.domain)
	for _, path := range []string{"/app", "/callback", "/signed-out"} {
		h.Site.Page(path, `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, csp)
	}
	h.Site.Page("/app.js", script, "")
}

func (h hosted) open(global string) {
	h.Tab.Open(h.Origin + "/app")
	h.Tab.Wait("globalThis." + global)
}

// leave calls what goes to managed login, and waits for its page.
func (h hosted) leave(call string) {
	h.Tab.Run(`void ` + call)
	h.Tab.Wait(`location.host === '` + h.domain + `' && document.readyState === 'complete'`)
}

const hostedSubmit = `main form button:not([name])`

func (h hosted) signIn(username string) {
	h.Tab.Fill(`input[name="username"]`, username)
	h.Tab.Type(`input[name="password"]`, emulator.SeedPassword)
	h.Tab.Click(hostedSubmit)
}

// back waits for a page of the app, and for events of the Hub, in any case in their order.
func (h hosted) back(t *testing.T, path string, want ...string) {
	t.Helper()
	h.Tab.Wait(`location.pathname === '` + path + `' && globalThis.amplify`)
	var got []string
	h.Tab.WaitUntil("the Hub has told "+strings.Join(want, ", "), func() bool {
		got, _ = browser.TryEval[[]string](h.Tab, `events`)
		return len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		t.Errorf("the Hub told %q, want %q", got, want)
	}
}

func (h hosted) exchanges() (n int) {
	for _, name := range h.Operations() {
		if name == "oauth2/token" {
			n++
		}
	}
	return n
}

// Ensure that aws-amplify signs in by managed login's pages, that the session is ours after a reload and the other way
// round, and that its sign-out ends managed login's session as well.
func TestAmplifyHostedUI(t *testing.T) { eachLibrary(t, amplifyHostedUI) }

func amplifyHostedUI(t *testing.T, l library) {
	h := startHosted(t)
	h.serve(t, l)
	h.leave(`amplify.signInWithRedirect({ customState: 'deep/link?a=1' })`)
	h.Tab.Fill(`input[name="username"]`, "demo")
	h.Tab.Type(`input[name="password"]`, "Wrong-passw0rd")
	h.Tab.Click(hostedSubmit)
	h.Tab.WaitFor(`[role="alert"]`)
	h.signIn("demo")
	h.back(t, "/callback", "customOAuthState deep/link?a=1", "signInWithRedirect", "signedIn demo")
	if href := browser.Eval[string](h.Tab, `location.href`); href != h.Origin+"/callback" {
		t.Errorf("the page is %s", href)
	}
	token := checkSignedIn(t, h.Tab, "demo")
	if n := h.exchanges(); n != 1 {
		t.Errorf("%d exchanges of a code", n)
	}
	if email := browser.Eval[string](h.Tab, `amplify.fetchUserAttributes().then((a) => a.email)`); email != "demo@example.com" {
		t.Errorf("e-mail address %q", email)
	}
	if name := rejection(h.Tab, `amplify.signInWithRedirect()`); name != "UserAlreadyAuthenticatedException" {
		t.Errorf("signInWithRedirect again: rejected with %q", name)
	}

	// Ours, without a request, then refreshed.
	h.Cognito.ResetCalls()
	h.serveOurs()
	if ourToken(h.Env, h.Tab) != token || len(h.Operations()) > 0 {
		t.Errorf("another access token than the library's, operations %v", h.Operations())
	}
	details := browser.Eval[map[string]any](h.Tab, `new Promise((done) => auth.addUserStateListener((state, details) => done({ state, ...details })))`)
	if details["state"] != "signedIn" || details["provider"] != "OAuth" || details["username"] != "demo" {
		t.Errorf("state %v", details)
	}
	h.Advance(2 * time.Hour)
	ours := ourToken(h.Env, h.Tab)
	if ours == token {
		t.Error("the expired token was not refreshed")
	}
	h.serve(t, l)
	if checkSignedIn(t, h.Tab, "demo") != ours {
		t.Error("the library does not use the session that we refreshed")
	}

	h.Cognito.ResetCalls()
	h.Tab.Run(`void amplify.signOut()`)
	h.back(t, "/signed-out")
	if ops := h.Operations(); !slices.Equal(ops, []string{"RevokeToken", "logout"}) {
		t.Errorf("operations of signOut: %v", ops)
	}
	if name := rejection(h.Tab, `amplify.getCurrentUser()`); name != "UserUnAuthenticatedException" {
		t.Errorf("getCurrentUser after signOut: rejected with %q", name)
	}
	// Managed login asks anew.
	h.leave(`amplify.signInWithRedirect()`)
	h.signIn("demo-sms")
	h.Tab.WaitFor(`input[name="answer"]`)
	h.Tab.Type(`input[name="answer"]`, h.Code("demo-sms"))
	h.Tab.Click(hostedSubmit)
	h.back(t, "/callback", "signInWithRedirect", "signedIn demo-sms")
}

// Ensure that a provider behind managed login signs in and can be cancelled.
func TestAmplifyHostedUIProvider(t *testing.T) { eachLibrary(t, amplifyHostedUIProvider) }

func amplifyHostedUIProvider(t *testing.T, l library) {
	h := startHosted(t)
	h.serve(t, l)
	h.leave(`amplify.signInWithRedirect({ provider: 'Google' })`)
	h.Tab.Click(`button[name="cancel"]`)
	h.back(t, "/callback", "signInWithRedirect_failure")
	h.leave(`amplify.signInWithRedirect({ provider: 'Google' })`)
	h.Tab.Type(`input[name="email"]`, "ada@example.com")
	h.Tab.Click(hostedSubmit)
	h.Tab.Wait(`location.pathname === '/callback' && globalThis.events?.length === 2`)
	if name := browser.Eval[string](h.Tab, `amplify.getCurrentUser().then((user) => user.username)`); !strings.HasPrefix(name, "Google_") {
		t.Errorf("signed in as %q", name)
	}
}

// Ensure that either signs the other's managed login session out, through the domain's logout.
func TestAmplifyHostedUISignOut(t *testing.T) {
	h := startHosted(t)
	h.serve(t, awsAmplify)
	h.leave(`amplify.signInWithRedirect()`)
	h.signIn("demo")
	h.back(t, "/callback", "signInWithRedirect", "signedIn demo")
	h.serveOurs()
	h.Cognito.ResetCalls()
	h.Tab.Run(`void auth.signOut()`)
	h.Tab.Wait(`location.pathname === '/signed-out' && globalThis.auth`)
	if ops := h.Operations(); !slices.Equal(ops, []string{"RevokeToken", "logout"}) {
		t.Errorf("operations of our signOut: %v", ops)
	}
	for key := range h.Stored() {
		if strings.HasPrefix(key, "CognitoIdentityServiceProvider.") && !strings.HasSuffix(key, ".oauthSignIn") {
			t.Errorf("the key %s is left", key)
		}
	}

	h.leave(`auth.showSignIn({ hostedUI: {} })`)
	h.signIn("demo")
	h.Tab.Wait(`location.pathname === '/callback' && globalThis.auth?.isSignedIn`)
	token := ourToken(h.Env, h.Tab)
	h.serve(t, awsAmplify)
	if checkSignedIn(t, h.Tab, "demo") != token {
		t.Error("aws-amplify has another access token than ours")
	}
	h.Cognito.ResetCalls()
	h.Tab.Run(`void amplify.signOut()`)
	h.back(t, "/signed-out")
	if ops := h.Operations(); !slices.Equal(ops, []string{"RevokeToken", "logout"}) {
		t.Errorf("operations of aws-amplify's signOut: %v", ops)
	}
	h.serveOurs()
	if state := ourState(h.Tab); state != "signedOut" {
		t.Errorf("state %q", state)
	}
}
