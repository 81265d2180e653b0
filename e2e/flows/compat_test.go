package flows

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that every function of compat.js takes an AmplifyContext before its argument, works for it alone, and refuses one
// that stands elsewhere.
func TestCompatContextForEveryFunction(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	calls := browser.Eval[map[string][]string](e.Tab, `(async () => {
  const amplify = await import('/compat.js'); // Amplify.configure is never called
  const context = amplify.createAmplifyContext(`+widget.Outputs(widget.Seeded(e), nil)+`);
  const input = { username: 'nobody', password: 'Passw0rd!', oldPassword: 'Passw0rd!', newPassword: 'Passw0rd!2', confirmationCode: '123456', challengeResponse: '123456',
    code: '123456', userAttributes: { name: 'x' }, userAttribute: { attributeKey: 'name', value: 'x' }, userAttributeKey: 'email', userAttributeKeys: ['name'], credentialId: 'x' };
  const outcome = (call, ...args) => call(...args).then(() => 'done', ({ name }) => name);
  const calls = {};
  for (const [name, call] of Object.entries(amplify)) {
    if (typeof call !== 'function' || /^(createAmplifyContext|parseAmplifyConfig|decodeJWT|[A-Z].*)$/.test(name)) continue;
    calls[name] = [await outcome(call, input), await outcome(call, context, input), await outcome(call, input, context)];
  }
  return calls;
})()`)
	if len(calls) < 30 {
		t.Errorf("%d functions: %v", len(calls), calls)
	}
	for name, got := range calls {
		none := "AuthUserPoolException"
		if name == "autoSignIn" {
			none = "" // first says that there is no sign-up to go on from
		}
		if none != "" && (got[0] != none || got[1] == none) || got[2] != "InvalidAmplifyContextException" {
			t.Errorf("%s without a configuration, with a context, with one in the wrong place: %q", name, got)
		}
	}
}

// compatPages makes the app's addresses a page of compat.js, configured by expressions of outputs, the pool's
// configuration, and opens one. events are what the Hub of the document has told.
func compatPages(e *e2e.Env, configure string) {
	for _, path := range []string{"/app", "/callback", "/signed-out", "/left"} {
		e.Site.Page(path, `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "")
	}
	e.Site.Page("/app.js", `
import * as amplify from '/compat.js';
globalThis.events = [];
amplify.Hub.listen('auth', ({ payload: { event, data } }) => events.push(typeof data === 'string' ? event + ' ' + data : event));
const outputs = await (await fetch('/amplify_outputs.json')).json();
`+configure+`
globalThis.amplify = amplify;`, "")
	e.Tab.Open(e.Origin + "/app")
	e.Tab.Wait("globalThis.amplify")
}

// Ensure that setClientMetadataProvider's answer reaches the pool's trigger at every refresh, whoever asks for it and
// wherever the session was begun, unless fetchAuthSession has its own, and is asked for at none that is not made.
func TestCompatClientMetadataProvider(t *testing.T) {
	e := e2e.Start(t)
	var mu sync.Mutex
	var got []string
	e.Admin("UpdateUserPool", m{"UserPoolId": emulator.SeedPoolID, "LambdaConfig": m{"PreTokenGeneration": e2e.Lambda(t, func(request, _ m) {
		mu.Lock()
		defer mu.Unlock()
		metadata, _ := request["clientMetadata"].(m)
		from, _ := metadata["from"].(string)
		got = append(got, from)
	})}})
	told := func(when string, want ...string) {
		t.Helper()
		e.Tab.WaitUntil(when+": the trigger is told", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(got) >= len(want)
		})
		mu.Lock()
		defer mu.Unlock()
		if !slices.Equal(got, want) {
			t.Errorf("%s: the trigger was given the metadata of %q, want %q", when, got, want)
		}
		got = nil
	}
	compatPages(e, `
globalThis.asked = 0;
amplify.Amplify.configure(outputs);
amplify.cognitoUserPoolsTokenProvider.setClientMetadataProvider(async () => (asked++, { from: 'provider' }));`)
	refreshes := func() {
		t.Helper()
		browser.Eval[any](e.Tab, `amplify.fetchAuthSession().then(() => 0)`)
		if n := browser.Eval[int](e.Tab, `asked`); n != 0 {
			t.Errorf("without a refresh the provider was asked %d times", n)
		}
		browser.Eval[any](e.Tab, `amplify.fetchAuthSession({ forceRefresh: true }).then(() => 0)`)
		browser.Eval[any](e.Tab, `amplify.fetchAuthSession({ forceRefresh: true, clientMetadata: { from: 'call' } }).then(() => 0)`)
		told("forced", "provider", "call")
		e.Advance(61 * time.Minute)
		browser.Eval[any](e.Tab, `amplify.fetchUserAttributes().then(() => 0)`)
		told("by another call", "provider")
		e.Advance(59 * time.Minute)
		e.Tab.Run(`events.length = 0, dispatchEvent(new Event('online'))`)
		e.Tab.Wait(`events.includes('tokenRefresh')`)
		told("early", "provider")
	}
	browser.Eval[any](e.Tab, `amplify.signIn({ username: 'demo', password: 'Passw0rd!', options: { clientMetadata: { from: 'signIn' } } }).then(() => 0)`)
	told("signed in", "signIn")
	refreshes()
	browser.Eval[any](e.Tab, `amplify.signOut().then(() => 0)`)

	e.Tab.Run(`void amplify.signInWithRedirect()`)
	atCognito(e, e.Tab, "/login")
	signInHosted(e.Tab, "demo")
	e.Tab.Wait(`location.pathname === '/callback' && globalThis.events?.includes('signedIn')`)
	told("signed in by managed login", "")
	e.Cognito.ResetCalls()
	refreshes()
	if ops := e.Operations(); count(e, "oauth2/token") != 0 || count(e, "GetTokensFromRefreshToken") != 4 {
		t.Errorf("operations %v", ops)
	}

	e.Tab.Run(`amplify.cognitoUserPoolsTokenProvider.setClientMetadataProvider(async () => { throw new Error('no'); })`)
	failure := browser.Eval[string](e.Tab, `amplify.fetchAuthSession({ forceRefresh: true }).then(() => 'none', ({ code, message }) => code + ' ' + message)`)
	if !strings.HasPrefix(failure, "invalidConfiguration The function clientMetadataProvider") || !browser.Eval[bool](e.Tab, `amplify.getCurrentUser().then(() => true)`) {
		t.Errorf("the provider fails: %q", failure)
	}
}
