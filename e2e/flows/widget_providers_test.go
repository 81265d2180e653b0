package flows

import (
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that provider buttons stand in the order asked for and redirect to the hosted UI with their provider, that a
// user name of a provider's e-mail domain goes there without a password, and that going back leaves the form usable.
func TestWidgetProviders(t *testing.T) {
	e := e2e.Start(t)
	oauth := m{"domain": e.Cognito.URL(), "scopes": []string{"openid"}, "redirect_sign_in_uri": []string{e.Origin + "/callback"},
		"redirect_sign_out_uri": []string{e.Origin + "/signed-out"}, "response_type": "code", "identity_providers": []string{"GOOGLE"}}
	w := open(t, e, widget.Outputs(widget.Seeded(e), m{"oauth": oauth}), map[string]string{
		"providers": `["apple", { "id": "Work", "label": "Example", "idpIdentifier": "example.com", "domains": ["example.com", "example.org"] }, "google"]`})
	labels := `[...el.shadowRoot.querySelectorAll('[part~=provider]')].map((button) => button.innerText)`
	if got, want := widget.Eval[[]string](w, labels), []string{"Apple", "Example", "Google"}; !slices.Equal(got, want) {
		t.Errorf("providers %q, want %q", got, want)
	}
	w.Tab.Allow("without an id")
	widget.Eval[any](w, `el.setAttribute('providers', '[{ "label": "No id" }, null, "apple"]')`)
	if got, want := widget.Eval[[]string](w, labels), []string{"Continue with Apple"}; !slices.Equal(got, want) {
		t.Errorf("providers, two of them without an id: %q, want %q", got, want)
	}
	widget.Eval[any](w, `el.removeAttribute('providers')`)
	if got, want := widget.Eval[[]string](w, labels), []string{"Continue with Google"}; !slices.Equal(got, want) {
		t.Errorf("providers of the configuration %q, want %q", got, want)
	}
	widget.Eval[any](w, `el.setAttribute('providers', '[{ "id": "Work", "label": "Example", "idpIdentifier": "example.com", "domains": ["example.com", "example.org"] }, "google"]')`)

	// asked is the parameters of the request to the hosted UI.
	asked := func() string {
		t.Helper()
		var found string
		w.Tab.WaitUntil("the hosted UI is asked for", func() bool {
			for _, r := range w.Tab.Requests() {
				if r.Path() == "/oauth2/authorize" {
					found = r.URL
				}
			}
			return found != ""
		})
		w.Tab.ForgetRequests()
		return found
	}
	w.Press("provider-google")
	if got := asked(); !strings.Contains(got, "identity_provider=Google&") && !strings.HasSuffix(got, "identity_provider=Google") {
		t.Errorf("Google's button asked for %s", got)
	}
	w.Tab.Wait(`location.port !== '` + e.Origin[strings.LastIndex(e.Origin, ":")+1:] + `'`)

	w.Tab.Open(e.Origin + "/widget")
	w.Wait("el.auth && el.screen === 'signIn'")
	widget.Eval[any](w, `el.setAttribute('providers', '[{ "id": "Work", "label": "Example", "idpIdentifier": "example.com", "domains": ["example.com", "example.org"] }]')`)
	w.Fill("username", "ada@Example.org")
	w.Tab.Press("\t")
	w.Wait(`!el.querySelector('[name=password]')`)
	if got := w.Text(); !strings.Contains(got, "You sign in with Example.") {
		t.Errorf("the form says %q", got)
	}
	w.Fill("username", "ada@elsewhere.example")
	w.Tab.Press("\t")
	w.Tab.WaitFor(w.Field("password"))
	w.Fill("username", "ada@example.com")
	w.Tab.Press("\t")
	w.Wait(`!el.querySelector('[name=password]')`)
	w.Submit()
	if got := asked(); !strings.Contains(got, "idp_identifier=example.com") || strings.Contains(got, "identity_provider=") || !strings.Contains(got, "login_hint=ada%40example.com") {
		t.Errorf("the e-mail domain asked for %s", got)
	}
}

// Ensure that with a hosted UI and the providers' own apps in one file a provider's one button goes, with one click, where the file
// has it: to the user pool where the pool's providers name it, else to its own web SDK.
func TestWidgetProvidersOfFile(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Block("*://accounts.google.com/*", "*://connect.facebook.net/*")
	config := emulator.AppConfig{URL: e.Cognito.URL(), UserPoolID: emulator.SeedPoolID, ClientID: emulator.SeedClientID, IdentityPoolID: emulator.SeedIdentityPoolID,
		RedirectSignIn: []string{e.Origin + "/callback"}, RedirectSignOut: []string{e.Origin + "/signed-out"}, Scopes: []string{"openid"}}.AWSConfiguration()
	config["FacebookSignIn"] = m{"AppId": "local-facebook-app", "Permissions": "public_profile"}
	config["GoogleSignIn"] = m{"ClientId-WebApp": "local-google-client", "Permissions": "email"}
	config["Auth"].(m)["Default"].(m)["socialProviders"] = []string{"GOOGLE"}
	w := open(t, e, e2e.Args(config), nil)
	labels := `[...el.shadowRoot.querySelectorAll('[part~=provider]')].map((button) => button.innerText)`
	if got, want := widget.Eval[[]string](w, labels), []string{"Continue with Google", "Continue with Facebook"}; !slices.Equal(got, want) {
		t.Errorf("providers %q, want %q", got, want)
	}
	w.Tab.Run(widget.FakeSDKs)
	w.Tab.Run(`globalThis.facebookAnswer = { authResponse: { accessToken: ` + e2e.Args(mint(t, e, "graph.facebook.com", nil)) + ` } }`)
	w.Press("provider-facebook")
	w.SignedIn()
	if got := browser.Eval[string](w.Tab, `asked.scope + ' ' + FB.options.appId`); got != "public_profile local-facebook-app" {
		t.Errorf("Facebook was asked for %s", got)
	}
	w.SignOut()
	w.Press("provider-GOOGLE")
	w.Tab.WaitUntil("the hosted UI is asked for", func() bool {
		return slices.ContainsFunc(w.Tab.Requests(), func(r browser.Request) bool {
			return r.Path() == "/oauth2/authorize" && strings.Contains(r.URL, "identity_provider=Google")
		})
	})
}

// Ensure that the SDKs of Google and Facebook are fetched only when they are chosen, from their own addresses, that one
// which cannot be had is no dead end, and that the token of either signs in.
func TestWidgetProviderSDKs(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Block("*://accounts.google.com/*", "*://connect.facebook.net/*")
	w := open(t, e, "/awsconfiguration.json", map[string]string{
		"providers": `[{ "id": "google", "clientId": "local-google-client" }, { "id": "facebook", "appId": "local-facebook-app" }]`})
	for _, r := range w.Tab.Requests() {
		if strings.Contains(r.URL, "google") || strings.Contains(r.URL, "facebook") {
			t.Errorf("before anything was chosen the page fetched %s", r.URL)
		}
	}
	for provider, source := range map[string]string{"google": "https://accounts.google.com/gsi/client", "facebook": "https://connect.facebook.net/en_US/sdk.js"} {
		w.Press("provider-" + provider)
		if got, want := w.Refused(), "The service cannot be reached. Check your connection and try again."; got != want {
			t.Errorf("%s: %q, want %q", provider, got, want)
		}
		if !slices.ContainsFunc(w.Tab.Requests(), func(r browser.Request) bool { return r.URL == source }) &&
			!slices.ContainsFunc(browser.Eval[[]string](w.Tab, `violations`), func(v string) bool { return strings.Contains(v, source) }) {
			t.Errorf("%s was not asked for; violations %q", source, browser.Eval[[]string](w.Tab, `violations`))
		}
		w.Press("signIn")
		w.At("signIn")
	}

	w.Tab.Run(widget.FakeSDKs)
	w.Tab.Run(`globalThis.googleToken = ` + e2e.Args(mint(t, e, "accounts.google.com", nil)) + `;
		globalThis.facebookAnswer = {}`)
	w.Press("provider-facebook")
	if got, want := w.Refused(), "Signing in was cancelled."; got != want {
		t.Errorf("a user who closes Facebook's window: %q, want %q", got, want)
	}
	w.Tab.Run(`globalThis.facebookAnswer = { authResponse: { accessToken: ` + e2e.Args(mint(t, e, "graph.facebook.com", nil)) + ` } }`)
	w.Press("facebook")
	w.SignedIn()
	if got := browser.Eval[string](w.Tab, `asked.scope + ' ' + FB.options.appId`); got != "public_profile,email local-facebook-app" {
		t.Errorf("Facebook was asked for %s", got)
	}
	w.SignOut()

	w.Press("provider-facebook") // one click, where the browser still allows a window
	w.SignedIn()
	w.SignOut()

	w.Press("provider-google")
	w.At("federation")
	if got := browser.Eval[string](w.Tab, `[google.accounts.id.options.client_id, googleButton.locale].join(' ')`); got != "local-google-client en" {
		t.Errorf("Google was told %s", got)
	}
	w.Tab.Click("#google")
	w.SignedIn()
	if got := count(e, "GetId"); got == 0 {
		t.Errorf("the identity pool was not asked: %v", e.Operations())
	}
}
