package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/oidcprovider"
)

// auth0 is a provider and a page that signs in at it, as the guide's "Using Auth0 Hosted UI" has it.
type auth0 struct {
	*e2e.Env
	*oidcprovider.Server
}

// startAuth0 opens the page. change alters the OAuth section, keys of configuration replace those of awsconfiguration.json.
func startAuth0(t *testing.T, o oidcprovider.Options, change func(oauth map[string]any), configuration map[string]any) auth0 {
	t.Helper()
	e := e2e.Start(t)
	o.ClientID, o.RedirectURIs, o.LogoutURIs = "auth0-client", []string{e.Origin + "/callback"}, []string{e.Origin + "/signed-out"}
	op, err := oidcprovider.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { op.Close() })
	oauth := map[string]any{
		"AppClientId": "auth0-client", "WebDomain": op.URL(), "Scopes": []string{"openid", "email", "offline_access"},
		"SignInURI": op.URL() + "/authorize", "TokenURI": op.URL() + "/oauth/token", "SignOutURI": op.URL() + "/v2/logout",
		"SignInRedirectURI":         e.Origin + "/callback", // no SignOutRedirectURI, as in the guide
		"SignOutURIQueryParameters": map[string]string{"client_id": "auth0-client", "returnTo": e.Origin + "/signed-out"},
		"TokenURIQueryParameters":   map[string]string{"audience": "https://api.example"},
	}
	if change != nil {
		change(oauth)
	}
	config := map[string]any{"Auth": map[string]any{"Default": map[string]any{"OAuth": oauth}}}
	for key, value := range configuration {
		config[key] = value
	}
	for _, path := range []string{"/app", "/callback", "/signed-out"} {
		e.Site.Page(path, `<!doctype html><title>app</title><button id="window">Sign in</button><script type="module" src="/app.js"></script>`, "none")
	}
	e.Site.Page("/app.js", `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.auth = new AmplifyAuth({ config: `+e2e.Args(config)+`, onExpired: 'reject' });
document.querySelector('#window').onclick = () => {
  globalThis.shown = auth.showSignIn({ hostedUI: { mode: 'popup' } }).then((r) => r.userState, (error) => error.code);
};
`, "")
	e.Tab.Open(e.Origin + "/app")
	e.Tab.Wait("globalThis.auth")
	return auth0{e, op}
}

func (a auth0) signIn(t *testing.T, hostedUI string) {
	t.Helper()
	a.Tab.Run(`void auth.showSignIn({ hostedUI: { ` + hostedUI + ` } }).catch(error => { globalThis.failed = error.code + ': ' + error.message; })`)
	a.Tab.Wait(`globalThis.failed || location.origin === ` + e2e.Args(a.URL()))
	if failed, err := browser.TryEval[string](a.Tab, `globalThis.failed ?? ''`); err == nil && failed != "" {
		t.Fatalf("showSignIn: %s", failed)
	}
	a.Tab.Type(`input[name="email"]`, "ada@example.com")
	a.Tab.Click(`button:not([name])`)
	a.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
	got := e2e.Must[map[string]any](a.Env, `auth.handleAuthResponse()`)
	if got["handled"] != true || got["userState"] != "signedIn" {
		t.Fatalf("%v", got)
	}
}

// Ensure that any OpenID provider signs in, refreshes, signs out, and comes back from storage: with the guide's own
// configuration, by its issuer alone, with JWTs and opaque access tokens.
func TestExternalProvider(t *testing.T) {
	t.Parallel()
	byIssuer := func(oauth map[string]any) {
		oauth["Issuer"] = oauth["WebDomain"]
		for _, key := range []string{"WebDomain", "SignInURI", "TokenURI", "SignOutURI", "SignOutURIQueryParameters", "TokenURIQueryParameters"} {
			delete(oauth, key)
		}
		oauth["SignOutRedirectURI"] = strings.Replace(oauth["SignInRedirectURI"].(string), "/callback", "/signed-out", 1)
	}
	for _, test := range []struct {
		name   string
		opaque bool
		change func(map[string]any)
		logout string
	}{
		{"as in the guide", false, nil, "/v2/logout"},
		{"opaque access tokens", true, nil, "/v2/logout"},
		{"issuer alone", true, byIssuer, "/oidc/logout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := startAuth0(t, oidcprovider.Options{Opaque: test.opaque}, test.change, nil)
			a.signIn(t, `federationProviderName: 'tenant.example', returnTo: '/app?deep'`)
			details := browser.Eval[map[string]any](a.Tab, `new Promise(done => auth.addUserStateListener((state, details) => done(details)))`)
			if name, _ := details["username"].(string); details["provider"] != "OAuth" || !strings.HasPrefix(name, "auth0|") || browser.Eval[string](a.Tab, `auth.userSub`) != name {
				t.Errorf("details %v", details)
			}
			type tokens struct {
				Email, Access, Refresh string
				Audience               string
				Expires                float64
			}
			const read = `.then(t => ({ email: t.idToken.claims.email, access: t.accessToken.tokenString, refresh: t.refreshToken.tokenString, audience: t.accessToken.claims?.api, expires: t.accessToken.expiration - Date.now() }))`
			first := e2e.Must[tokens](a.Env, `auth.getTokens()`+read)
			if first.Email != "ada@example.com" || first.Expires < 3_500_000 || first.Expires > 3_700_000 {
				t.Errorf("tokens %+v", first)
			}
			if want := map[bool]string{false: "https://api.example"}[test.opaque]; first.Audience != want {
				t.Errorf("audience %q, want %q", first.Audience, want)
			}
			before := len(a.Calls())

			// From storage, without the engine; then refreshed, with the rotated refresh token.
			a.Tab.Open(a.Origin + "/app")
			a.Tab.Wait("globalThis.auth")
			if again := e2e.Must[tokens](a.Env, `auth.getTokens()`+read); again.Access != first.Access || len(a.Calls()) != before {
				t.Errorf("from storage: %+v, calls %v", again, a.Calls()[before:])
			}
			second := e2e.Must[tokens](a.Env, `auth.getTokens({ forceRefresh: true })`+read)
			if second.Access == first.Access || second.Refresh == first.Refresh || second.Email != first.Email {
				t.Errorf("refreshed: %+v", second)
			}
			if !slices.Contains(a.Calls(), "/oauth/token refresh_token") {
				t.Errorf("calls %v", a.Calls())
			}

			a.Tab.Run(`void auth.signOut()`)
			a.Tab.Wait(`location.pathname === '/signed-out' && globalThis.auth`)
			if calls := a.Calls(); calls[len(calls)-1] != test.logout || !slices.Contains(calls, "/oauth/revoke") {
				t.Errorf("calls %v", calls)
			}
			if stored := a.Stored(); len(slices.DeleteFunc(keys(stored), func(k string) bool { return strings.HasPrefix(k, "session:") })) != 0 {
				t.Errorf("stored: %v", keys(stored))
			}
			if state := e2e.Must[string](a.Env, `auth.initialize().then(r => r.userState)`); state != "signedOut" {
				t.Errorf("state %s", state)
			}
		})
	}
}

func keys(m map[string]string) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	return list
}

// Ensure that a session of another provider expires like any other: refreshed while it can be, then over, then renewed.
func TestExternalProviderExpiry(t *testing.T) {
	a := startAuth0(t, oidcprovider.Options{Opaque: true, Lifetime: 2 * time.Minute}, nil, nil)
	a.signIn(t, "")
	first := e2e.Must[string](a.Env, `auth.getTokens().then(t => t.accessToken.tokenString)`)
	a.Tab.Advance(3 * time.Minute)
	second := e2e.Must[string](a.Env, `auth.getTokens().then(t => t.accessToken.tokenString)`)
	if second == first {
		t.Error("the expired token was not refreshed")
	}
	a.RevokeAll()
	a.Tab.Advance(3 * time.Minute)
	if _, err := e2e.Call[any](a.Env, `auth.getTokens()`); err == nil || err.Code != "sessionExpired" {
		t.Errorf("getTokens: %v", err)
	}
	for range 2 {
		if state := browser.Eval[string](a.Tab, `auth.currentUserState`); state != "signedOutUserPoolsTokenInvalid" {
			t.Errorf("state %s", state)
		}
		a.Tab.Reload()
		a.Tab.Wait(`globalThis.auth?.currentUserState !== 'unknown'`)
	}
	a.Tab.Click("#window") // the provider remembers the user: the window closes by itself
	a.Tab.Wait(`globalThis.shown`)
	if got := browser.Eval[string](a.Tab, `shown`); got != "signedIn" {
		t.Errorf("signing in again: %s", got)
	}
}

// Ensure that a user who cancels, and a provider that is down, are told apart.
func TestExternalProviderErrors(t *testing.T) {
	a := startAuth0(t, oidcprovider.Options{}, nil, nil)
	popup := a.Tab.Popup(func() { a.Tab.Click("#window") })
	popup.Click(`button[name="cancel"]`)
	a.Tab.Wait(`globalThis.shown`)
	if got := browser.Eval[string](a.Tab, `shown`); got != "userCancelledSignIn" {
		t.Errorf("cancelled: %s", got)
	}

	a = startAuth0(t, oidcprovider.Options{}, func(oauth map[string]any) {
		oauth["Issuer"] = "http://127.0.0.1:9"
		delete(oauth, "SignInURI")
	}, nil)
	if _, err := e2e.Call[any](a.Env, `auth.showSignIn({ hostedUI: {} })`); err == nil || err.Code != "networkError" || !err.Retryable {
		t.Errorf("provider down: %v", err)
	}
	a = startAuth0(t, oidcprovider.Options{}, func(oauth map[string]any) {
		oauth["Issuer"] = oauth["WebDomain"].(string) + "/elsewhere"
		delete(oauth, "SignInURI")
	}, nil)
	if _, err := e2e.Call[any](a.Env, `auth.showSignIn({ hostedUI: {} })`); err == nil || err.Code != "invalidConfiguration" || !strings.Contains(err.Message, "Issuer") {
		t.Errorf("no provider there: %v", err)
	}
}

// Ensure that the identity pool gets the provider's id token under the name that the sign-in gave it, each time.
func TestExternalProviderCredentials(t *testing.T) {
	// The local Cognito's identity pool knows the user pool; a second app client of it plays the provider here, so that the
	// id tokens can be verified there.
	e := e2e.Start(t)
	pool := e2e.SeededCognito(e.Cognito.URL())
	issuer := pool.URL + "/" + pool.UserPoolID
	config := map[string]any{
		"CredentialsProvider": map[string]any{"CognitoIdentity": map[string]any{"Default": map[string]any{"PoolId": pool.IdentityPoolID, "Region": "us-east-1", "Endpoint": pool.URL}}},
		"Auth": map[string]any{"Default": map[string]any{"OAuth": map[string]any{
			"AppClientId": pool.ClientID, "Issuer": issuer, "Scopes": []string{"openid", "email"}, "SignInRedirectURI": e.Origin + "/callback", "SignOutRedirectURI": e.Origin + "/signed-out",
		}}},
	}
	e.Site.Page("/callback", `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "none")
	e.Site.Page("/app", `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "none")
	e.Site.Page("/app.js", `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.auth = new AmplifyAuth({ config: `+e2e.Args(config)+` });
`, "")
	name := strings.TrimPrefix(issuer, "http://")
	for _, test := range []struct{ options, want string }{
		{`federationProviderName: '` + name + `'`, ""},
		{``, ""}, // the issuer without its scheme
		{`federationProviderName: 'wrong.example'`, "providerNotSupported"},
		{`disableFederation: true`, "guest"},
	} {
		e.Tab.Open(e.Origin + "/app")
		e.Tab.Wait("globalThis.auth")
		e.Tab.Run(`void auth.showSignIn({ hostedUI: { prompt: 'login', ` + test.options + ` } })`)
		signInHosted(e.Tab, "demo")
		e.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
		e2e.Must[any](e, `auth.handleAuthResponse()`)
		for range 2 {
			before := len(e.Operations())
			_, err := e2e.Call[map[string]any](e, `auth.getAWSCredentials({ timeout: 10_000 })`)
			switch {
			case test.want == "" && err != nil, test.want == "guest" && err != nil:
				t.Errorf("%s: %v", test.options, err)
			case test.want != "" && test.want != "guest" && (err == nil || err.Code != test.want):
				t.Errorf("%s: %v, want %s", test.options, err, test.want)
			}
			t.Logf("%s: %v", test.options, e.Operations()[before:])
			e.Tab.Open(e.Origin + "/app") // and from storage
			e.Tab.Wait("globalThis.auth")
		}
		e2e.Must[any](e, `auth.signOut({ redirect: false })`)
	}
}
