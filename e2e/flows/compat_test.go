package flows

import (
	"net/url"
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

// Ensure that the options of signInWithRedirect and of signOut reach managed login, come back from it, and are refused
// where they cannot be.
func TestCompatRedirects(t *testing.T) {
	e := e2e.Start(t)
	client := e.Admin("DescribeUserPoolClient", m{"UserPoolId": emulator.SeedPoolID, "ClientId": emulator.SeedClientID})["UserPoolClient"].(m)
	client["LogoutURLs"] = append(client["LogoutURLs"].([]any), e.Origin+"/left")
	for _, name := range []string{"CreationDate", "LastModifiedDate", "ClientType"} {
		delete(client, name)
	}
	e.Admin("UpdateUserPoolClient", client)
	compatPages(e, `
outputs.auth.oauth.redirect_sign_out_uri.push(location.origin + '/left');
amplify.Amplify.configure(outputs);`)
	outcome := func(call string) string {
		t.Helper()
		return browser.Eval[string](e.Tab, call+`.then(() => 'done', ({ name }) => name)`)
	}
	asks := func(input string, want m) {
		t.Helper()
		e.Tab.Open(e.Origin + "/app")
		e.Tab.Wait("globalThis.amplify")
		before := len(e.Tab.Requests())
		e.Tab.Run(`void amplify.signInWithRedirect(` + input + `)`)
		var q url.Values
		e.Tab.WaitUntil("the page leaves for managed login", func() bool {
			for _, r := range e.Tab.Requests()[before:] {
				if u, err := url.Parse(r.URL); err == nil && u.Path == "/oauth2/authorize" {
					q = u.Query()
				}
			}
			return q != nil
		})
		e.Tab.Wait(`location.pathname !== '/app' && document.readyState === 'complete'`)
		for name, value := range want {
			if q.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", input, name, q.Get(name), value)
			}
		}
	}
	asks(`{ provider: 'Apple', options: { loginHint: 'ada', lang: 'de', nonce: 'n-1', prompt: 'CONSENT' } }`,
		m{"identity_provider": "SignInWithApple", "login_hint": "ada", "lang": "de", "nonce": "n-1", "prompt": "consent", "redirect_uri": e.Origin + "/callback"})
	asks(`{ provider: { custom: 'Own' } }`, m{"identity_provider": "Own", "prompt": "", "login_hint": "", "lang": ""})
	asks(`{ provider: { idpIdentifier: 'example.com' } }`, m{"identity_provider": "", "idp_identifier": "example.com"})
	asks(`{ options: { prompt: 'NONE' } }`, m{"identity_provider": "", "prompt": "none"})
	e.Tab.Wait(`location.pathname === '/callback' && globalThis.events?.at(-1) === 'signInWithRedirect_failure'`)

	asks(`{ customState: 'deep/link?a=1#b', options: { nonce: 'own', preferPrivateSession: true } }`, m{"nonce": "own"})
	signInHosted(e.Tab, "demo")
	e.Tab.Wait(`location.pathname === '/callback' && globalThis.events?.includes('signedIn')`)
	if got := browser.Eval[string](e.Tab, `events.join()`); got != "customOAuthState deep/link?a=1#b,signInWithRedirect,signedIn" {
		t.Errorf("the Hub told %s", got)
	}
	if got := browser.Eval[string](e.Tab, `amplify.fetchAuthSession().then(({ tokens }) => tokens.idToken.payload.nonce)`); got != "own" {
		t.Errorf("the nonce is %q", got)
	}
	if got := outcome(`amplify.signInWithRedirect()`); got != "UserAlreadyAuthenticatedException" {
		t.Errorf("signed in: %s", got)
	}
	asks(`{ options: { prompt: 'LOGIN' } }`, m{"prompt": "login"}) // which a signed-in user may be asked for
	atCognito(e, e.Tab, "/login")
	signInHosted(e.Tab, "demo")
	e.Tab.Wait(`location.pathname === '/callback' && globalThis.events?.includes('signedIn')`)

	if got := outcome(`amplify.signOut({ oauth: { redirectUrl: location.origin + '/elsewhere' } })`); got != "InvalidPreferredRedirectUrlException" {
		t.Errorf("signOut to an address that is not configured: %s", got)
	}
	if got := outcome(`amplify.getCurrentUser()`); got != "done" {
		t.Errorf("a sign-out that is refused: %s", got)
	}
	e.Cognito.ResetCalls()
	e.Tab.Run(`void amplify.signOut({ oauth: { redirectUrl: location.origin + '/left' } })`)
	e.Tab.Wait(`location.pathname === '/left' && globalThis.amplify`)
	if ops := e.Operations(); !slices.Equal(ops, []string{"RevokeToken", "logout"}) {
		t.Errorf("operations of signOut: %v", ops)
	}
	if got := outcome(`amplify.getCurrentUser()`); got != "UserUnAuthenticatedException" {
		t.Errorf("signed out: %s", got)
	}

	// Who has not signed in by a redirect stays in the page.
	if got := outcome(`amplify.signIn({ username: 'demo', password: 'Passw0rd!' })`); got != "done" {
		t.Fatalf("signIn: %s", got)
	}
	e.Cognito.ResetCalls()
	if got := outcome(`amplify.signOut({ oauth: { redirectUrl: location.origin + '/signed-out' } })`); got != "done" {
		t.Errorf("signOut after signIn: %s", got)
	}
	if ops := e.Operations(); !slices.Equal(ops, []string{"RevokeToken"}) {
		t.Errorf("operations of signOut after signIn: %v", ops)
	}
	at(e, e.Tab, "/left")
}

// Ensure that parseAmplifyConfig makes a ResourcesConfig of every format, which configures the same client.
func TestCompatParseAmplifyConfig(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	e.Tab.Run(`import('/compat.js').then((module) => void (globalThis.amplify = module))`)
	const pool = `userPoolId: 'us-east-1_A', userPoolClientId: 'c'`
	for name, c := range map[string]struct{ config, want string }{
		"amplify_outputs.json": {`{ version: '1.4', auth: { aws_region: 'us-east-1', user_pool_id: 'us-east-1_A', user_pool_client_id: 'c', identity_pool_id: 'us-east-1:i',
			unauthenticated_identities_enabled: true, username_attributes: ['email'], standard_required_attributes: ['email'], mfa_configuration: 'REQUIRED', mfa_methods: ['TOTP'],
			password_policy: { min_length: 10, require_numbers: true },
			oauth: { identity_providers: ['GOOGLE'], domain: 'd.example.com', scopes: ['openid'], redirect_sign_in_uri: ['https://a/'], redirect_sign_out_uri: ['https://b/'], response_type: 'code' } } }`,
			`{ Auth: { Cognito: { ` + pool + `, identityPoolId: 'us-east-1:i', allowGuestAccess: true, loginWith: {
				oauth: { domain: 'd.example.com', scopes: ['openid'], redirectSignIn: ['https://a/'], redirectSignOut: ['https://b/'], responseType: 'code', providers: ['Google'] },
				email: true, phone: false, username: false },
				userAttributes: { email: { required: true } }, mfa: { status: 'on', totpEnabled: true, smsEnabled: false },
				passwordFormat: { minLength: 10, requireNumbers: true } } } }`},
		"aws-exports": {`{ aws_project_region: 'us-east-1', aws_user_pools_id: 'us-east-1_A', aws_user_pools_web_client_id: 'c', aws_mandatory_sign_in: 'enable' }`,
			`{ Auth: { Cognito: { ` + pool + `, allowGuestAccess: false, loginWith: { username: true, email: false, phone: false }, userAttributes: {} } } }`},
		"awsconfiguration.json": {`{ CognitoUserPool: { Default: { PoolId: 'us-east-1_A', AppClientId: 'c', Region: 'us-east-1' } } }`, `{ Auth: { Cognito: { ` + pool + ` } } }`},
		"ResourcesConfig":       {`{ Auth: { Cognito: { ` + pool + ` } }, Storage: {} }`, `{ Auth: { Cognito: { ` + pool + ` } }, Storage: {} }`},
		"nothing of Auth":       {`{ version: '1.4', storage: {} }`, `{}`},
	} {
		got := browser.Eval[[]string](e.Tab, `(() => {
			const sorted = (v) => v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.keys(v).sort().map((key) => [key, sorted(v[key])])) : v;
			return [amplify.parseAmplifyConfig(`+c.config+`), `+c.want+`].map((config) => JSON.stringify(sorted(config)));
		})()`)
		if got[0] != got[1] {
			t.Errorf("%s:\n%s, want\n%s", name, got[0], got[1])
		}
	}
	if got := browser.Eval[string](e.Tab, `(async () => {
		amplify.Amplify.configure(amplify.parseAmplifyConfig(await (await fetch('/amplify_outputs.json')).json()));
		await amplify.signIn({ username: 'demo', password: 'Passw0rd!' });
		return (await amplify.getCurrentUser()).username;
	})()`); got != "demo" {
		t.Errorf("signed in is %s", got)
	}
}
