package flows

import (
	"maps"
	"regexp"
	"slices"
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
	policy, app := site.CSP(e.Cognito.URL()), `<script type="module" src="/app.js"></script>`
	e.Site.Page("/refused", `<!doctype html>`+app, strings.Replace(policy, "worker-src 'self'", "worker-src 'none'", 1))
	e.Site.Page("/old", `<!doctype html><script src="/old-browser.js"></script>`+app, "")
	e.Site.Page("/old-browser.js", `delete globalThis.Worker`, "")
	e.Site.Page("/typed", `<!doctype html><script src="/types.js"></script>`+app, policy+"; require-trusted-types-for 'script'; trusted-types default")
	e.Site.Page("/types.js", `
globalThis.violations = [];
addEventListener('securitypolicyviolation', ({ violatedDirective, sample }) => violations.push(violatedDirective + ' ' + sample));
trustedTypes.createPolicy('default', { createScriptURL: (url) => (new URL(url, location).origin === location.origin ? url : null) });
`, "")
	for _, c := range []struct{ name, options, page, want string }{
		{name: "worker", want: "worker"},
		{name: "at an address", options: `worker: '/amplify-auth.worker.js'`, want: "worker"},
		{name: "none", options: `worker: false`, want: "page"},
		{name: "missing", options: `worker: '/nowhere.js'`, want: "page"},
		{name: "on another origin", options: `worker: 'http://127.0.0.1:1/amplify-auth.worker.js'`, want: "page"},
		{name: "refused by the policy", page: "/refused", want: "page"},
		{name: "in an old browser", page: "/old", want: "page"},
		{name: "trusted by the default policy", page: "/typed", want: "worker"},
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
		if got := browser.Eval[[]string](e.Tab, "globalThis.violations ?? []"); len(got) > 0 {
			t.Errorf("%s: the policy was violated: %q", c.name, got)
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

// Ensure that a service worker, which may import nothing later and has neither page nor storage, is a place for a client.
func TestServiceWorker(t *testing.T) {
	e := e2e.Start(t)
	e.Site.Page("/page", `<!doctype html>`, "")
	e.Site.Page("/service.js", `
import { AmplifyAuth } from '/amplify-auth.js';
const auth = new AmplifyAuth({ config: '/amplify_outputs.json', storage: 'memory' });
self.onmessage = async ({ ports: [port] }) => {
  const step = await auth.signIn({ username: 'demo', password: 'Passw0rd!' }).catch(String);
  port.postMessage([step.signInState ?? step, auth.currentUserState, auth.engineThread].join());
};`, "")
	e.Tab.Open(e.Origin + "/page")
	got := browser.Eval[string](e.Tab, `(async () => {
		await navigator.serviceWorker.register('/service.js', { type: 'module' });
		const { active } = await navigator.serviceWorker.ready;
		const { port1, port2 } = new MessageChannel();
		active.postMessage('', [port2]);
		return new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
	})()`)
	if got != "signedIn,signedIn,page" {
		t.Errorf("in a service worker: %s", got)
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
	// the patience with it is long
	e.Tab.Run(`(() => { const { setInterval } = globalThis; globalThis.setInterval = (fn, ms) => setInterval(fn, ms / 4); })()`)
	e.Tab.Run(`(globalThis.waiting = ` + signIn + `, waiting.catch(() => {}), undefined)`)
	if _, err := e2e.Call[any](e, `auth.forgotPassword({ username: 'demo', timeout: 500 })`); err == nil || err.Code != "timeout" {
		t.Errorf("a call to a stuck engine: %v, want timeout", err)
	}
	if _, err := e2e.Call[any](e, `waiting`); err == nil || err.Code != "engineStopped" || !err.Retryable {
		t.Errorf("a call without a timeout: %v, want engineStopped", err)
	}
	mustSignIn(t, e)
}

// With spoiled the engine that starts next may be spoiled: its memory is at hand, and it gets little more than it begins with.
const spoiled = `{
	const { compileStreaming, instantiate } = WebAssembly;
	WebAssembly.instantiate = async (...args) => {
		const instance = await instantiate(...args);
		globalThis.goMemory = instance.exports.mem;
		return instance;
	};
	const number = (bytes, at) => {
		let value = 0, shift = 0;
		do { value += (bytes[at] & 127) * 2 ** shift; shift += 7; } while (bytes[at++] & 128);
		return [value, at];
	};
	const leb = (value) => value < 128 ? [value] : [value % 128 + 128, ...leb(Math.floor(value / 128))];
	const MORE = 256; // pages of 64 KiB
	const limit = (bytes) => {
		for (let at = 8; at < bytes.length;) {
			const [size, body] = number(bytes, at + 1);
			if (bytes[at] === 5) { // the memory section: one memory, without a maximum, of so many pages
				const [pages] = number(bytes, body + 2);
				const section = [1, 1, ...leb(pages), ...leb(pages + MORE)];
				return new Blob([bytes.slice(0, at), Uint8Array.of(5, ...leb(section.length), ...section), bytes.slice(body + size)]);
			}
			at = body + size;
		}
	};
	WebAssembly.compileStreaming = async (response) =>
		WebAssembly.compile(await limit(new Uint8Array(await response.arrayBuffer())).arrayBuffer());
}`

// Ensure that whatever befalls the engine, the call that meets it is told so, the session stays, and the next call works.
func TestEngineMeetsItsEnd(t *testing.T) {
	for _, c := range []struct{ name, spoil, call, want, cure string }{
		{
			name: "a panic in a call", spoil: `globalThis.realHeaders = Headers; delete globalThis.Headers`,
			call: `auth.getUserAttributes()`, want: "internalError", cure: `globalThis.Headers = realHeaders`,
		},
		{
			name: "a trap", spoil: `globalThis.realFetch = fetch; fetch = () => new Uint8Array(goMemory.buffer).fill(255)`,
			call: `auth.getUserAttributes()`, want: "engineStopped", cure: `if (globalThis.realFetch) fetch = realFetch`,
		},
		{name: "out of memory", call: `auth.updateUserAttributes({ attributes: { name: 'x'.repeat(20 * 2 ** 20) } })`, want: "engineStopped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := e2e.Start(t)
			for _, text := range []string{"panic", "fatal error", "goroutine"} {
				e.Tab.Allow(text)
			}
			inEngine := e.Tab.InWorkers
			if !browser.Workers {
				inEngine = func(script string) { e.Tab.Run(`(() => { ` + script + ` })()`) }
				e.Tab.OnNewDocument(spoiled)
			}
			e.Tab.OnNewWorker(spoiled)
			e.App("")
			mustSignIn(t, e)
			before, ran := e.Stored(), thread(e)
			inEngine(c.spoil)
			if _, err := e2e.Call[any](e, c.call); err == nil || !err.AuthError || err.Code != c.want || err.Retryable != (c.want == "engineStopped") {
				t.Errorf("%v, want %s", err, c.want)
			}
			inEngine(c.cure)
			if got := e.Stored(); !maps.Equal(got, before) {
				t.Errorf("stored %v, before %v", got, before)
			}
			e2e.Must[any](e, `auth.getUserAttributes().then(() => true)`)
			e2e.Must[any](e, `auth.getTokens({ forceRefresh: true }).then(() => true)`)
			if got := thread(e); got != ran {
				t.Errorf("the engine runs in the %s, before in the %s", got, ran)
			}
			if states := browser.Eval[[]string](e.Tab, "states"); slices.Contains(states, "signedOut") && states[len(states)-1] != "signedIn" {
				t.Errorf("states %v", states)
			}
		})
	}
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

// spy hears everything that a worker tells a document that it runs in first.
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
	e.Tab.OnNewDocument(spy)
	e.App("storage: 'memory'")
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
