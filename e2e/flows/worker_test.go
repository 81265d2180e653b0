package flows

import (
	"regexp"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/site"
)

// withWorkers skips a test where pages have none.
func withWorkers(t *testing.T) {
	if !browser.Workers {
		t.Skip("ENGINE=page")
	}
}

func thread(e *e2e.Env) string { return browser.Eval[string](e.Tab, `auth.engineThread ?? ''`) }

// Ensure that the engine runs in one worker for all clients, and on the page where there can be none.
func TestEngineThread(t *testing.T) {
	withWorkers(t)
	e := e2e.Start(t)
	e.Site.Page("/refused", `<!doctype html><script type="module" src="/app.js"></script>`, strings.Replace(site.CSP(e.Cognito.URL()), "worker-src 'self'", "worker-src 'none'", 1))
	for _, c := range []struct{ name, options, page, want string }{
		{name: "worker", want: "worker"},
		{name: "at an address", options: `worker: '/amplify-auth.worker.js'`, want: "worker"},
		{name: "none", options: `worker: false`, want: "page"},
		{name: "missing", options: `worker: '/nowhere.js'`, want: "page"},
		{name: "on another origin", options: `worker: 'http://127.0.0.1:1/amplify-auth.worker.js'`, want: "page"},
		{name: "refused by the policy", page: "/refused", want: "page"},
	} {
		e.App("storage: 'memory', " + c.options)
		if c.page != "" {
			e.Tab.Open(e.Origin + c.page)
			e.Tab.Wait("globalThis.auth")
		}
		mustSignIn(t, e)
		if got := thread(e); got != c.want {
			t.Errorf("%s: the engine runs in the %s, want %s", c.name, got, c.want)
		}
	}
	e.App("")
	e.Tab.ForgetRequests()
	e.Tab.Run(`globalThis.other = new AmplifyAuth({ config: '/awsconfiguration.json', storage: 'memory' })`)
	mustSignIn(t, e)
	e2e.Must[step](e, `other.signIn({ username: 'demo', password: 'Passw0rd!' })`)
	if n := fetches(e, "/amplify-auth.worker.js"); n > 1 {
		t.Errorf("the worker's script was fetched %d times for two clients", n)
	}
}

// Ensure that an engine which is stuck neither holds up the page nor a call beyond its timeout, and that the next call has
// another engine.
func TestEngineStuck(t *testing.T) {
	withWorkers(t)
	e := e2e.Start(t)
	e.App("")
	e2e.Call[any](e, `auth.signIn({ username: 'warm-up', password: 'x' })`)
	if got := thread(e); got != "worker" {
		t.Fatalf("the engine runs in the %s", got)
	}
	e.Tab.InWorkers(`fetch = () => { for (;;); }`) // which every call comes to
	e.Tab.Run(`(globalThis.waiting = ` + signIn + `, waiting.catch(() => {}), undefined)`)
	if _, err := e2e.Call[any](e, `auth.forgotPassword({ username: 'demo', timeout: 500 })`); err == nil || err.Code != "timeout" {
		t.Errorf("a call to a stuck engine: %v, want timeout", err)
	}
	if _, err := e2e.Call[any](e, `waiting`); err == nil || err.Code != "engineStopped" || !err.Retryable {
		t.Errorf("a call without a timeout: %v, want engineStopped", err)
	}
	mustSignIn(t, e)
}

// Ensure that a page which is held up, as by a dialog, while its session is refreshed does not lose it.
func TestBusyPageLosesNothing(t *testing.T) {
	withWorkers(t)
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	e.Tab.Run(`(() => {
		globalThis.refreshed = auth.getTokens({ forceRefresh: true }).then(() => true);
		refreshed.catch(() => {});
		for (const until = Date.now() + 7000; Date.now() < until;);
	})()`)
	e2e.Must[bool](e, `refreshed`)
}

// spy hears everything that a worker tells the page from then on.
const spy = `(() => {
  globalThis.heard = [];
  const { set } = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
  Object.defineProperty(Worker.prototype, 'onmessage', { set(fn) {
    set.call(this, fn && ((event) => (heard.push(JSON.stringify(event.data)), fn(event))));
  } });
})()`

// Ensure that a refresh token in memory never comes to the page.
func TestMemoryKeepsRefreshToken(t *testing.T) {
	withWorkers(t)
	e := e2e.Start(t)
	e.App("storage: 'memory'")
	e.Tab.Run(spy)
	mustSignIn(t, e)
	type tokens struct{ RefreshToken *struct{ TokenString string } }
	for _, options := range []string{"", "{ forceRefresh: true }"} {
		if got := e2e.Must[tokens](e, `auth.getTokens(`+options+`)`); got.RefreshToken != nil {
			t.Errorf("getTokens(%s) gave the refresh token %q", options, got.RefreshToken.TokenString)
		}
	}
	if heard := browser.Eval[string](e.Tab, `heard.join(' ')`); heard == "" {
		t.Error("nothing was heard of the worker")
	} else {
		// an access or ID token has three parts, a refresh token five
		if token := regexp.MustCompile(`eyJ[\w-]+(\.[\w-]+){4}`).FindString(heard); token != "" {
			t.Errorf("the page was told %.20s…", token)
		}
	}
	if ops := strings.Join(e.Operations(), " "); !strings.Contains(ops, "GetTokensFromRefreshToken") {
		t.Errorf("operations %s: the session was not refreshed", ops)
	}
}
