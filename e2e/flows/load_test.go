package flows

import (
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/site"
)

// Ensure that a policy without 'wasm-unsafe-eval' gives an error that says so, and that a stored session works on. A worker
// has the policy of its own file.
func TestWebAssemblyRefused(t *testing.T) {
	e := e2e.Start(t)
	e.App("worker: false")
	mustSignIn(t, e)
	token := e2e.Must[string](e, `auth.getTokens().then(t => t.accessToken.tokenString)`)

	strict := strings.Replace(site.CSP(e.Cognito.URL()), " 'wasm-unsafe-eval'", "", 1)
	e.Site.Page("/strict", `<!doctype html><script type="module" src="/app.js"></script>`, strict)
	e.Tab.Open(e.Origin + "/strict")
	e.Tab.Wait("globalThis.auth")
	if again := e2e.Must[string](e, `auth.getTokens().then(t => t.accessToken.tokenString)`); again != token {
		t.Error("the stored session gave another token")
	}
	_, err := e2e.Call[any](e, signIn)
	if err == nil || !err.AuthError || err.Name != "WebAssemblyUnavailable" || err.Code != "webAssemblyUnavailable" || !strings.Contains(err.Message, "wasm-unsafe-eval") {
		t.Errorf("signIn under a policy without 'wasm-unsafe-eval': %v", err)
	}
}

// Ensure that an engine that cannot be fetched is said, and fetched again by the next call.
func TestEngineUnreachable(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Block("*://*:*/*.wasm")
	e.App("")
	// The page's own attempt when it is idle must not reach past the end of the blockade.
	e.Tab.Run(`new Promise((done) => requestIdleCallback(() => done()))`)
	_, err := e2e.Call[any](e, signIn)
	if err == nil || !err.AuthError || !err.Retryable {
		t.Errorf("signIn without the wasm: %v, want a retryable AuthError", err)
	}
	e.Tab.Block()
	mustSignIn(t, e)
}

// Ensure that a wrong wasmURL is told by its address.
func TestWrongWasmURL(t *testing.T) {
	e := e2e.Start(t)
	e.App("wasmURL: '/nowhere.wasm'")
	_, err := e2e.Call[any](e, signIn)
	if err == nil || !err.AuthError || err.Retryable || !strings.Contains(err.Message, "/nowhere.wasm") || !strings.Contains(err.Message, "404") {
		t.Errorf("signIn with a wrong wasmURL: %v", err)
	}
	e.App("wasmURL: 'http://['")
	if _, err := e2e.Call[any](e, signIn); err == nil || err.Code != "invalidConfiguration" || !strings.Contains(err.Message, "http://[") {
		t.Errorf("signIn with no URL for the wasm: %v", err)
	}
}

// Ensure that an engine which is not the file the script was built with never runs, where the page can hash it (a secure
// context) and where fetch has to, and that the right one does.
func TestEngineIntegrity(t *testing.T) {
	t.Parallel()
	const other = `'sha384-` + "oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC" + `'`
	for _, c := range []struct {
		name, page, options string
		works               bool
		message             string
	}{
		{name: "right", works: true},
		{name: "hashed by fetch", page: `Object.defineProperty(crypto, 'subtle', { value: undefined });`, works: true},
		{name: "changed", options: `wasmIntegrity: ` + other, message: "Deploy both together"},
		{name: "changed, hashed by fetch", page: `Object.defineProperty(crypto, 'subtle', { value: undefined });`, options: `wasmIntegrity: ` + other, message: "Deploy both together"},
		{name: "unchecked", options: `wasmIntegrity: ''`, works: true},
		{name: "one of several hashes", options: `wasmIntegrity: 'sha256-x ' + ` + other, message: "Deploy both together"},
		{name: "a page in its place", options: `wasmURL: '/app.html'`, message: "no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := e2e.Start(t)
			e.Tab.OnNewDocument(c.page)
			e.Tab.Allow("integrity")
			e.App(c.options)
			_, err := e2e.Call[any](e, signIn)
			switch {
			case c.works && err != nil:
				t.Error(err)
			case !c.works && (err == nil || err.Code != "engineLoadError" || !strings.Contains(err.Message, c.message)):
				t.Errorf("%v, want an engineLoadError with %q", err, c.message)
			}
			if !c.works && len(e.Stored()) != 0 {
				t.Errorf("stored: %v", e.Stored())
			}
		})
	}
}

// Ensure that the classic script does what the module does.
func TestClassicScript(t *testing.T) {
	e := e2e.Start(t)
	e.Site.Page("/classic", `<!doctype html><script src="/amplify-auth.iife.js"></script><script src="/classic.js"></script>`, "")
	e.Site.Page("/classic.js", `globalThis.auth = new AmplifyAuth({ config: '/awsconfiguration.json' });`, "")
	e.Tab.Open(e.Origin + "/classic")
	mustSignIn(t, e)
	if !e.Tab.Fetched(wasm) {
		t.Error("the engine was not taken from beside the script")
	}
}

// Ensure that one page can use several configurations and stores at once.
func TestIndependentInstances(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	e.Tab.Run(`globalThis.other = new AmplifyAuth({ config: '/awsconfiguration.json', storage: 'memory' })`)
	mustSignIn(t, e)
	if got := e2e.Must[string](e, `other.initialize().then(r => r.userState)`); got != "signedOut" {
		t.Errorf("the other instance is %s, want signedOut", got)
	}
	e2e.Must[step](e, `other.signIn({ username: 'demo', password: 'Passw0rd!' })`)
	e2e.Must[any](e, `other.signOut()`)
	if got := browser.Eval[string](e.Tab, `auth.currentUserState`); got != "signedIn" {
		t.Errorf("after the other one's sign-out this one is %s, want signedIn", got)
	}
	if n := fetches(e, wasm); n != 1 {
		t.Errorf("the wasm was fetched %d times, want once for all instances", n)
	}
}

// Ensure that the four formats of configuration lead to the same sign-in, and that a wrong key is named.
func TestConfiguration(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	pool := e2e.SeededCognito(e.Cognito.URL())
	formats := map[string]any{
		"aws-exports": map[string]any{
			"aws_project_region": "us-east-1", "aws_cognito_region": "us-east-1", "aws_user_pools_id": pool.UserPoolID,
			"aws_user_pools_web_client_id": pool.ClientID, "aws_user_pools_endpoint": pool.URL,
		},
		"ResourcesConfig": map[string]any{"Auth": map[string]any{"Cognito": map[string]any{
			"userPoolId": pool.UserPoolID, "userPoolClientId": pool.ClientID, "userPoolEndpoint": pool.URL,
		}}},
	}
	sources := map[string]string{
		"awsconfiguration.json": "'/awsconfiguration.json'", "amplify_outputs.json": "'/amplify_outputs.json'",
		"a URL object": "new URL('/amplify_outputs.json', location)",
	}
	for name, format := range formats {
		sources[name] = e2e.Args(format)
	}
	for name, source := range sources {
		got, err := e2e.Call[step](e, `new AmplifyAuth({ config: `+source+`, storage: 'memory' }).signIn({ username: 'demo', password: 'Passw0rd!' })`)
		if err != nil || got.SignInState != "signedIn" {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	wrong := []struct{ config, named string }{
		{`{ auth: { user_pool_id: 'us-east-1_P', aws_region: 'us-east-1' }, version: '1' }`, "user_pool_client_id"},
		{`{ Auth: { Cognito: { userPoolId: 'us-east-1_P', userPoolWebClientId: 'c' } } }`, "userPoolWebClientId"},
		{`'/missing.json'`, "/missing.json"},
		{`'/app'`, "/app"},
		{`((c) => c.c = c)({})`, "circular"},
		{`{}, storage: { getItem() {} }`, "setItem"},
		{`{}, tokenSource: { google: 'token' }`, "tokenSource"},
	}
	for _, test := range wrong {
		_, err := e2e.Call[any](e, `new AmplifyAuth({ storage: 'memory', config: `+test.config+` }).signIn({ username: 'demo', password: 'x' })`)
		if err == nil || !err.AuthError || !strings.Contains(err.Message, test.named) {
			t.Errorf("config %s: %v, want an error that names %s", test.config, err, test.named)
		}
	}
}

// Ensure that a page whose fetch answers nonsense gets typed errors, call by call, and an engine that lives on.
func TestHostileFetch(t *testing.T) {
	e := e2e.Start(t)
	e.App("worker: false")
	e.Tab.Run(`globalThis.realFetch = fetch`)
	e2e.Call[any](e, `auth.signIn({ username: 'warm-up', password: 'x' })`)
	for _, answer := range []string{
		`null`,
		`undefined`,
		`({})`,
		`({ status: 'x', headers: 7, arrayBuffer: 7 })`,
		`({ status: 200, headers: new Headers(), arrayBuffer: () => Promise.reject(new TypeError('gone')) })`,
		`({ status: 200, headers: new Headers(), arrayBuffer: () => Promise.resolve('no buffer') })`,
		`new Response('{"ChallengeName":', { status: 200 })`,
		`new Response('[]', { status: 200 })`,
		`new Response('{"AuthenticationResult":{"AccessToken":7}}', { status: 200 })`,
		`new Response('{"AuthenticationResult":{"AccessToken":"a.b.c","IdToken":"d.e.f"}}', { status: 200 })`,
		`new Response('{"ChallengeName":"PASSWORD_VERIFIER","ChallengeParameters":{"SRP_B":"0","SALT":"1","SECRET_BLOCK":"","USER_ID_FOR_SRP":"demo"}}', { status: 200 })`,
		`new Response('{"ChallengeName":"PASSWORD_VERIFIER","ChallengeParameters":{}}', { status: 200 })`,
		`new Response('{"ChallengeName":"MADE_UP","Session":"0123456789012345678901"}', { status: 200 })`,
		`new Response('{"__type":"MadeUpException","message":"hello"}', { status: 400 })`,
		`Promise.reject('a string')`,
		`(() => { throw 7; })()`,
	} {
		_, err := e2e.Call[any](e, `(globalThis.fetch = async () => (`+answer+`), `+signIn+`)`)
		if err == nil || !err.AuthError || err.Code == "" || err.Code == "engineStopped" || err.Message == "" {
			t.Errorf("fetch answers %s: %v", answer, err)
		}
		if n := len(e.Stored()); n != 0 {
			t.Errorf("fetch answers %s: %d values are stored", answer, n)
		}
	}
	e.Tab.Run(`globalThis.fetch = realFetch`)
	mustSignIn(t, e)
	if n := fetches(e, wasm); n != 1 {
		t.Errorf("the engine was fetched %d times, want once", n)
	}
}

// Ensure that a Go program that dies rejects the calls under way, and that the next call starts another.
func TestEngineDies(t *testing.T) {
	e := e2e.Start(t)
	for _, text := range []string{"no randomness", "panic", "fatal error"} {
		e.Tab.Allow(text)
	}
	e.App("")
	e2e.Call[any](e, `auth.signIn({ username: 'warm-up', password: 'x' })`)
	fault("slow", 1, 60_000)(e)
	e.Tab.Run(`(globalThis.other = new AmplifyAuth({ config: '/amplify_outputs.json', storage: 'memory' }),
		globalThis.underWay = other.signIn({ username: 'demo', password: 'x', authFlow: 'USER_PASSWORD_AUTH' }), underWay.catch(() => {}), undefined)`)
	e.Tab.WaitUntil("the slow request has arrived", func() bool {
		for _, r := range e.Tab.Requests() {
			if r.Status == 0 && r.Method == "POST" {
				return true
			}
		}
		return false
	})
	// Without randomness Go cannot go on: the surest way to make it die.
	const broken = `(globalThis.realRandom = crypto.getRandomValues, crypto.getRandomValues = () => { throw new Error('no randomness'); }, undefined)`
	e.Tab.InWorkers(broken)
	e.Tab.Run(broken)
	_, err := e2e.Call[any](e, signIn)
	if err == nil || !err.AuthError || err.Code != "engineStopped" || !err.Retryable {
		t.Errorf("signIn as the engine dies: %v, want engineStopped", err)
	}
	if _, err := e2e.Call[any](e, `underWay`); err == nil || err.Code != "engineStopped" {
		t.Errorf("the call that was under way: %v, want engineStopped", err)
	}
	e.Tab.Run(`crypto.getRandomValues = realRandom`)
	e.Cognito.ClearFaults()
	mustSignIn(t, e)
}
