package interop

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

const apiResource = "https://api.example"

// openIDApp is a page of this module, and npm's oidc-provider (certified by the OpenID Foundation) that it signs in at.
type openIDApp struct {
	*e2e.Env
	issuer string
}

// startOpenID starts both. oauth makes the OAuth section for the issuer and the site's origin.
func startOpenID(t *testing.T, resource string, oauth func(issuer, origin string) map[string]any) openIDApp {
	t.Helper()
	e := e2e.Start(t)
	server, err := packages.Script("oidc-provider.js", e2e.Args(map[string]any{
		"resource": resource,
		"client": map[string]any{
			"client_id": "page", "token_endpoint_auth_method": "none", "redirect_uris": []string{e.Origin + "/callback"},
			"post_logout_redirect_uris": []string{e.Origin + "/signed-out"}, "grant_types": []string{"authorization_code", "refresh_token"},
		},
	}))
	if err != nil {
		t.Fatal(err)
	}
	a := openIDApp{e, listening(t, server, `^listens on (\S+)$`)}
	config := map[string]any{"Auth": map[string]any{"Default": map[string]any{"OAuth": oauth(a.issuer, e.Origin)}}}
	for _, path := range []string{"/app", "/callback", "/signed-out"} {
		e.Site.Page(path, `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`, "none")
	}
	e.Site.Page("/app.js", `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.auth = new AmplifyAuth({ config: `+e2e.Args(config)+` });`, "")
	e.Tab.Block("https://*") // its pages ask for fonts of the internet
	e.Tab.Open(e.Origin + "/app?deep#link")
	e.Tab.Wait("globalThis.auth")
	return a
}

// byIssuer is the configuration by discovery, byURIs that of the mobile SDKs' guide.
func byIssuer(issuer, origin string) map[string]any {
	return map[string]any{
		"AppClientId": "page", "Issuer": issuer, "Scopes": []string{"openid", "email", "offline_access"},
		"SignInRedirectURI": origin + "/callback", "SignOutRedirectURI": origin + "/signed-out",
	}
}

func byURIs(issuer, origin string) map[string]any {
	return map[string]any{
		"AppClientId": "page", "WebDomain": issuer, "Scopes": []string{"openid", "email", "offline_access"},
		"SignInURI": issuer + "/auth", "TokenURI": issuer + "/token", "SignOutURI": issuer + "/session/end",
		"SignInRedirectURI":         origin + "/callback",
		"SignOutURIQueryParameters": map[string]string{"client_id": "page", "post_logout_redirect_uri": origin + "/signed-out"},
	}
}

// leave goes to the provider; more are further properties of hostedUI.
func (a openIDApp) leave(more string) {
	a.Tab.Run(`void auth.showSignIn({ hostedUI: { prompt: 'login consent', returnTo: '/app?deep#link', ` + more + ` } })`)
	a.Tab.WaitFor(`input[name="login"]`)
}

// fillIn signs ada in on the provider's pages and comes back.
func (a openIDApp) fillIn() map[string]any {
	a.Tab.Type(`input[name="login"]`, "ada")
	a.Tab.Type(`input[name="password"]`, "any")
	a.Tab.Click(`button[type="submit"]`)
	a.Tab.WaitFor(`input[name="prompt"][value="consent"]`)
	a.Tab.Click(`button[type="submit"]`)
	return a.answer()
}

func (a openIDApp) answer() map[string]any {
	a.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
	return e2e.Must[map[string]any](a.Env, `auth.handleAuthResponse().catch((error) => ({ code: error.code, message: error.message }))`)
}

// refresh asks the token endpoint itself, and returns the status.
func (a openIDApp) refresh(t *testing.T, token string) int {
	t.Helper()
	resp, err := http.PostForm(a.issuer+"/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {"page"}, "refresh_token": {token}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// Ensure that this module signs in, refreshes and signs out at npm's oidc-provider, by discovery and by addresses, with opaque
// access tokens and with JWTs.
func TestOIDCProvider(t *testing.T) {
	for _, test := range []struct {
		name, resource string
		oauth          func(issuer, origin string) map[string]any
	}{
		{"issuer, opaque access tokens", "", byIssuer},
		{"issuer, JWT access tokens", apiResource, byIssuer},
		{"addresses, opaque access tokens", "", byURIs},
		{"addresses, JWT access tokens", apiResource, byURIs},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := startOpenID(t, test.resource, test.oauth)
			a.leave("")
			asked := url.Values{}
			for _, r := range a.Tab.Requests() {
				if r.Path() == "/auth" {
					u, err := url.Parse(r.URL)
					if err != nil {
						t.Fatal(err)
					}
					asked = u.Query()
				}
			}
			for name, want := range map[string]string{"response_type": "code", "code_challenge_method": "S256", "client_id": "page"} {
				if got := asked.Get(name); got != want {
					t.Errorf("%s=%q in the authorization request, want %q", name, got, want)
				}
			}
			for _, name := range []string{"state", "nonce", "code_challenge"} {
				if len(asked.Get(name)) < 20 {
					t.Errorf("%s=%q in the authorization request", name, asked.Get(name))
				}
			}
			if got := a.fillIn(); got["handled"] != true || got["userState"] != "signedIn" || got["returnTo"] != "/app?deep#link" {
				t.Fatalf("%v", got)
			}

			type tokens struct{ Email, Nonce, Issuer, Access, Refresh, Audience string }
			const read = `.then((t) => ({ email: t.idToken.claims.email, nonce: t.idToken.claims.nonce, issuer: t.idToken.claims.iss, access: t.accessToken.tokenString, refresh: t.refreshToken.tokenString, audience: t.accessToken.claims?.aud ?? '' }))`
			first := e2e.Must[tokens](a.Env, `auth.getTokens()`+read)
			if first.Email != "ada@example.com" || first.Nonce != asked.Get("nonce") || first.Issuer != a.issuer || first.Audience != test.resource || first.Refresh == "" {
				t.Errorf("tokens %+v", first)
			}
			if name := browser.Eval[string](a.Tab, `auth.userSub`); name != "ada" {
				t.Errorf("userSub %q", name)
			}

			// From storage, then refreshed with a rotated refresh token: using the old one again would end the grant.
			a.Tab.Open(a.Origin + "/app")
			a.Tab.Wait("globalThis.auth")
			if again := e2e.Must[tokens](a.Env, `auth.getTokens()`+read); again != first {
				t.Errorf("from storage: %+v", again)
			}
			second := e2e.Must[tokens](a.Env, `auth.getTokens({ forceRefresh: true })`+read)
			third := e2e.Must[tokens](a.Env, `auth.getTokens({ forceRefresh: true })`+read)
			if second.Access == first.Access || second.Refresh == first.Refresh || third.Access == second.Access || third.Email != first.Email || third.Audience != test.resource {
				t.Errorf("refreshed: %+v, then %+v", second, third)
			}

			a.Tab.Run(`void auth.signOut()`)
			a.Tab.Click(`button[name="logout"][value="yes"]`)
			a.Tab.Wait(`location.pathname === '/signed-out' && globalThis.auth`)
			if state := ourState(a.Tab); state != "signedOut" {
				t.Errorf("state %q after the sign-out", state)
			}
			for key := range a.Stored() {
				if !strings.HasPrefix(key, "session:") {
					t.Errorf("the key %s is left", key)
				}
			}
			if status := a.refresh(t, third.Refresh); status != http.StatusBadRequest {
				t.Errorf("the provider answers %d to the refresh token of the session that is over, want 400", status)
			}
			// The provider has forgotten the user as well.
			a.Tab.Run(`void auth.showSignIn({ hostedUI: { prompt: 'none' } })`)
			if got := a.answer(); got["code"] != "loginRequired" {
				t.Errorf("prompt none after the sign-out: %v", got)
			}
		})
	}
}

// Ensure that a user who cancels on the provider's page comes back to a page that can go on, and that the sign-in of a
// window leaves the page where it is.
func TestOIDCProviderCancelAndPopup(t *testing.T) {
	a := startOpenID(t, "", byIssuer)
	a.leave("")
	a.Tab.Click(`a[href$="/abort"]`)
	if got := a.answer(); got["code"] != "userCancelledSignIn" {
		t.Errorf("cancelled: %v", got)
	}
	a.Tab.Open(a.Origin + "/app?deep#link")
	a.Tab.Wait("globalThis.auth")
	a.Tab.Run(`document.body.append(Object.assign(document.createElement('button'), { id: 'window', textContent: 'Sign in',
  onclick() { globalThis.shown = auth.showSignIn({ hostedUI: { mode: 'popup', prompt: 'login consent' } }).then((r) => r.userState, (error) => error.code); } }))`)
	popup := a.Tab.Popup(func() { a.Tab.Click("#window") })
	popup.Block("https://*")
	popup.Type(`input[name="login"]`, "ada")
	popup.Type(`input[name="password"]`, "any")
	popup.Click(`button[type="submit"]`)
	popup.WaitFor(`input[name="prompt"][value="consent"]`)
	popup.Click(`button[type="submit"]`)
	a.Tab.Wait(`globalThis.shown`)
	if got := browser.Eval[string](a.Tab, `shown`); got != "signedIn" {
		t.Errorf("the window: %s", got)
	}
	if href := browser.Eval[string](a.Tab, `location.href`); href != a.Origin+"/app?deep#link" {
		t.Errorf("the page went to %s", href)
	}
}
