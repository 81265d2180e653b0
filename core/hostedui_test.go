//go:build !js

package core

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

func query(t testing.TB, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func seconds(n int64) *int64 { return &n }

// The authorization request carries what the call and the configuration say.
func TestAuthorizationRequest(t *testing.T) {
	tests := []struct {
		name    string
		options HostedUIOptions
		want    map[string]string // "" is absent
	}{
		{"plain", HostedUIOptions{}, map[string]string{"scope": "openid email", "redirect_uri": appOrigin + "/callback", "identity_provider": "", "login_hint": ""}},
		{"the guide's Google", HostedUIOptions{IdentityProvider: "Google", Scopes: []string{"openid"}}, map[string]string{"scope": "openid", "identity_provider": "Google"}},
		{"AWSMobileClient's Google", HostedUIOptions{IdentityProvider: "accounts.google.com"}, map[string]string{"identity_provider": "Google"}},
		{"a provider called constructor", HostedUIOptions{IdentityProvider: "constructor"}, map[string]string{"identity_provider": "constructor"}},
		{"Amplify's Amazon", HostedUIOptions{IdentityProvider: "Amazon"}, map[string]string{"identity_provider": "LoginWithAmazon"}},
		{"Amplify Gen 2's SIGN_IN_WITH_APPLE", HostedUIOptions{IdentityProvider: "SIGN_IN_WITH_APPLE"}, map[string]string{"identity_provider": "SignInWithApple"}},
		{"a SAML provider", HostedUIOptions{IdentityProvider: "My-AD"}, map[string]string{"identity_provider": "My-AD"}},
		{"an identifier wins", HostedUIOptions{IdentityProvider: "Google", IDPIdentifier: "example.com"}, map[string]string{"identity_provider": "", "idp_identifier": "example.com"}},
		{"hints", HostedUIOptions{LoginHint: "ada@example.com", Lang: "pt-BR", Prompt: "select_account"}, map[string]string{"login_hint": "ada@example.com", "lang": "pt-BR", "prompt": "select_account"}},
		{"more parameters", HostedUIOptions{SignInURIQueryParameters: map[string]string{"resource": "https://api.example"}}, map[string]string{"resource": "https://api.example"}},
		{"named options", HostedUIOptions{Resource: "https://api.example", MaxAge: seconds(0), ACRValues: "mfa phr", Nonce: "the page's own"},
			map[string]string{"resource": "https://api.example", "max_age": "0", "acr_values": "mfa phr", "nonce": "the page's own"}},
		{"a call's own parameters win", HostedUIOptions{MaxAge: seconds(60), SignInURIQueryParameters: map[string]string{"max_age": "30"}}, map[string]string{"max_age": "30"}},
		{"no openid, no nonce", HostedUIOptions{Scopes: []string{"aws.cognito.signin.user.admin"}}, map[string]string{"nonce": ""}},
	}
	for _, test := range tests {
		p := openUI(newBrowser(t), newFakePoolProvider(t), nil)
		address := p.leave(test.options)
		q := query(t, address)
		if !strings.HasPrefix(address, "https://login.example/oauth2/authorize?") || q.Get("response_type") != "code" || q.Get("client_id") != "client" ||
			q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) != 43 {
			t.Errorf("%s: %s", test.name, address)
		}
		for name, want := range test.want {
			if got := q.Get(name); got != want || want == "" && q.Has(name) {
				t.Errorf("%s: %s is %q, want %q", test.name, name, got, want)
			}
		}
		if len(p.op.asked()) != 0 {
			t.Errorf("%s: requests before the page was left: %v", test.name, p.op.asked())
		}
		for name, values := range q {
			if len(values) != 1 {
				t.Errorf("%s: %s is there %d times", test.name, name, len(values))
			}
		}
	}
}

// The challenge is RFC 7636's, of the verifier that the transaction keeps; state,
// nonce and verifier are new in each sign-in.
func TestPKCE(t *testing.T) {
	p := openUI(newBrowser(t), newFakePoolProvider(t), nil)
	seen := map[string]bool{}
	for range 20 {
		q := query(t, p.leave(HostedUIOptions{}))
		stored := p.session.snapshot()["AmplifyAuth.client.oauth."+q.Get("state")]
		if stored == "" {
			continue // the oldest of many
		}
		var tr transaction
		if err := json.Unmarshal([]byte(stored), &tr); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(tr.Verifier))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") || tr.Nonce != q.Get("nonce") || len(tr.Verifier) < 43 {
			t.Errorf("%s: %+v", q, tr)
		}
		for _, s := range []string{tr.Verifier, tr.Nonce, q.Get("state")} {
			if seen[s] {
				t.Errorf("%s came twice", s)
			}
			seen[s] = true
		}
	}
	kept := 0
	for key := range p.session.snapshot() {
		if strings.HasPrefix(key, "AmplifyAuth.client.oauth.") {
			kept++
		}
	}
	if kept != 10 {
		t.Errorf("%d transactions are kept, want %d", kept, 10)
	}
}

// What is wrong in a call or in the configuration is said before anything is sent.
func TestHostedUIRefusals(t *testing.T) {
	type set func(*uiPage)
	tests := []struct {
		name    string
		options HostedUIOptions
		set     set
		code    string
		says    string
	}{
		{"a made-up mode", HostedUIOptions{Mode: "iframe"}, nil, "invalidParameter", "mode"},
		{"two scopes in one", HostedUIOptions{Scopes: []string{"openid email"}}, nil, "invalidParameter", "scopes"},
		{"returnTo on another host", HostedUIOptions{ReturnTo: "https://evil.example/"}, nil, "invalidParameter", "returnTo"},
		{"returnTo without a scheme", HostedUIOptions{ReturnTo: "//evil.example/"}, nil, "invalidParameter", "returnTo"},
		{"returnTo with a backslash", HostedUIOptions{ReturnTo: "/\\evil.example/"}, nil, "invalidParameter", "returnTo"},
		{"returnTo with a tab", HostedUIOptions{ReturnTo: "/\t/evil.example/"}, nil, "invalidParameter", "returnTo"},
		{"returnTo of javascript", HostedUIOptions{ReturnTo: "javascript:alert(1)"}, nil, "invalidParameter", "returnTo"},
		{"returnTo of data", HostedUIOptions{ReturnTo: "data:text/html,x"}, nil, "invalidParameter", "returnTo"},
		{"returnTo with a user", HostedUIOptions{ReturnTo: "https://app.example@evil.example/"}, nil, "invalidParameter", "returnTo"},
		{"PKCE downgraded", HostedUIOptions{SignInURIQueryParameters: map[string]string{"code_challenge_method": "plain"}}, nil, "invalidParameter", "code_challenge_method"},
		{"a state of one's own", HostedUIOptions{SignInURIQueryParameters: map[string]string{"state": "x"}}, nil, "invalidParameter", "state"},
		{"the implicit flow", HostedUIOptions{SignInURIQueryParameters: map[string]string{"response_type": "token"}}, nil, "invalidParameter", "response_type"},
		{"another redirect URI", HostedUIOptions{SignInURIQueryParameters: map[string]string{"redirect_uri": "https://evil.example/"}}, nil, "invalidParameter", "redirect_uri"},
		{"a redirect URI that is not configured", HostedUIOptions{RedirectURI: appOrigin + "/elsewhere"}, nil, "invalidParameter", appOrigin + "/callback"},
		{"a configured one of another origin", HostedUIOptions{RedirectURI: "https://other.example/callback"}, nil, "invalidParameter", appOrigin + "/callback"},
		{"a page of an origin that has none", HostedUIOptions{}, func(p *uiPage) { p.window.url = "https://www.app.example/" }, "invalidConfiguration", "https://www.app.example"},
		{"the guide's app scheme", HostedUIOptions{}, func(p *uiPage) { p.op.cfg.SignInRedirectURIs = []string{"myapp://"} }, "invalidConfiguration", "myapp://"},
		{"a javascript redirect URI", HostedUIOptions{}, func(p *uiPage) { p.op.cfg.SignInRedirectURIs = []string{"javascript:alert(1)"} }, "invalidConfiguration", "javascript:"},
		{"no redirect URI", HostedUIOptions{}, func(p *uiPage) { p.op.cfg.SignInRedirectURIs = nil }, "invalidConfiguration", "SignInRedirectURI"},
		{"two app clients", HostedUIOptions{}, func(p *uiPage) { p.op.cfg.ClientID = "another" }, "invalidConfiguration", "app client"},
		{"TokenURIQueryParameters for Cognito", HostedUIOptions{}, func(p *uiPage) { p.op.cfg.TokenURIQueryParameters = map[string]string{"audience": "x"} }, "invalidConfiguration", "TokenURIQueryParameters"},
		{"a downgrade in the configuration", HostedUIOptions{}, func(p *uiPage) { p.op.cfg.SignInURIQueryParameters = map[string]string{"code_challenge": "x"} }, "invalidParameter", "code_challenge"},
		{"maxAge below 0", HostedUIOptions{MaxAge: seconds(-1)}, nil, "invalidParameter", "maxAge"},
		{"maxAge that is a text", HostedUIOptions{SignInURIQueryParameters: map[string]string{"max_age": "soon"}}, nil, "invalidParameter", "maxAge"},
		{"maxAge without openid", HostedUIOptions{MaxAge: seconds(60), Scopes: []string{"email"}}, nil, "invalidParameter", "openid"},
		{"a nonce without openid", HostedUIOptions{Nonce: "n", Scopes: []string{"email"}}, nil, "invalidParameter", "openid"},
		{"inside a frame", HostedUIOptions{}, func(p *uiPage) { p.window.framed = true }, "invalidState", "popup"},
		{"no page", HostedUIOptions{}, func(p *uiPage) { p.Navigation = nil }, "invalidState", "page"},
		{"no hosted UI", HostedUIOptions{}, func(p *uiPage) { p.cfg.OAuth = nil }, "invalidConfiguration", "OAuth"},
		{"javascript as the sign-in page", HostedUIOptions{}, func(p *uiPage) { p.op.cfg.Domain = "javascript:alert(1)//" }, "invalidConfiguration", "https"},
		{"a sign-in page without TLS", HostedUIOptions{}, func(p *uiPage) { p.op.cfg.Domain = "http://login.example" }, "invalidConfiguration", "https"},
	}
	for _, test := range tests {
		b := newBrowser(t)
		p := openUI(b, newFakePoolProvider(t), nil)
		if test.set != nil {
			test.set(p)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_, err := p.ShowSignIn(ctx, ShowSignInInput{test.options})
		cancel()
		if codeOf(err) != test.code || !strings.Contains(AsError(err).Message, test.says) {
			t.Errorf("%s: %v, want %s that says %q", test.name, err, test.code, test.says)
		}
		if asked := p.op.asked(); len(asked) != 0 || len(p.session.snapshot()) != 0 {
			t.Errorf("%s: asked %v, stored %v", test.name, asked, p.session.snapshot())
		}
	}
}

// A page whose session store forgets is not left, and nothing of the sign-in stays.
func TestForgetfulStore(t *testing.T) {
	p := openUI(newBrowser(t), newFakePoolProvider(t), nil)
	p.window.forgetful = true
	if _, err := p.ShowSignIn(context.Background(), ShowSignInInput{}); codeOf(err) != "storageUnavailable" || !strings.Contains(err.Error(), "popup") {
		t.Errorf("%v", err)
	}
	if len(p.window.left) != 0 {
		t.Error("the page was left")
	}
	for key, value := range p.session.snapshot() {
		if strings.Contains(value, "verifier") {
			t.Errorf("%s keeps a secret: %s", key, value)
		}
	}
}

func TestSignInByRedirect(t *testing.T) {
	b := newBrowser(t)
	tab := openUI(b, newFakePoolProvider(t), nil)
	response := tab.op.approve(tab.leave(HostedUIOptions{ReturnTo: "/deep?x=1#part", IdentityProvider: "Google"}))

	p := openUI(b, tab.op, tab.session) // the page is loaded anew
	got, err := p.handle(response)
	if err != nil || *got != (AuthResponseResult{true, SignedIn, "/deep?x=1#part"}) {
		t.Fatalf("%+v %v", got, err)
	}
	tokens, err := p.GetTokens(context.Background(), GetTokensInput{})
	if err != nil || tokens.AccessToken.Claims["username"] != "ada" || tokens.IDToken.Claims["email"] != "ada@example.com" || tokens.RefreshToken.TokenString == "" {
		t.Errorf("tokens: %+v %v", tokens, err)
	}
	state := p.states()[len(p.states())-1]
	if state.UserState != SignedIn || state.Details["provider"] != "OAuth" || state.Details["token"] != tokens.AccessToken.TokenString || state.Details["identityProvider"] != "Google" {
		t.Errorf("state %+v", state)
	}
	stored := b.stored()
	if stored["CognitoIdentityServiceProvider.client.LastAuthUser"] != "ada" || !strings.Contains(stored["CognitoIdentityServiceProvider.client.ada.oauthMetadata"], `"oauthSignIn":true`) {
		t.Errorf("stored: %v", stored)
	}
	for key, value := range p.session.snapshot() {
		if strings.Contains(value, "verifier") || strings.Contains(value, "nonce") {
			t.Errorf("%s keeps a secret: %s", key, value)
		}
	}
	if _, err := p.ShowSignIn(context.Background(), ShowSignInInput{}); codeOf(err) != "invalidState" {
		t.Errorf("showSignIn while signed in: %v", err)
	}
}

// The same response, however often and wherever in the tab it comes, is exchanged
// once and gets the same answer.
func TestResponseTwice(t *testing.T) {
	b := newBrowser(t)
	p := openUI(b, newFakePoolProvider(t), nil)
	response := p.op.approve(p.leave(HostedUIOptions{ReturnTo: "/deep"}))
	twin := openUI(b, p.op, p.session)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			got, err := []*uiPage{p, twin}[i%2].handle(response)
			if err != nil || *got != (AuthResponseResult{true, SignedIn, "/deep"}) {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	wg.Wait()
	later, err := openUI(b, p.op, p.session).handle(response) // the back button
	if err != nil || *later != (AuthResponseResult{true, SignedIn, "/deep"}) {
		t.Errorf("later: %+v %v", later, err)
	}
	exchanges := 0
	for _, path := range p.op.asked() {
		if path == "/oauth2/token" {
			exchanges++
		}
	}
	if exchanges != 1 {
		t.Errorf("the code was exchanged %d times", exchanges)
	}

	// A failure is told again as well, without another request.
	p2 := openUI(newBrowser(t), newFakePoolProvider(t), nil)
	q := query(t, p2.leave(HostedUIOptions{}))
	cancelled := appOrigin + "/callback?error=access_denied&state=" + q.Get("state")
	for range 2 {
		if _, err := p2.handle(cancelled); codeOf(err) != "userCancelledSignIn" {
			t.Errorf("cancelled: %v", err)
		}
	}
}

// Two tabs sign in at once, and a tab twice; each response finds its own transaction.
func TestSignInsAtOnce(t *testing.T) {
	b := newBrowser(t)
	op := newFakePoolProvider(t)
	one, two := openUI(b, op, nil), openUI(b, op, nil)
	first, second, third := one.leave(HostedUIOptions{ReturnTo: "/1"}), two.leave(HostedUIOptions{ReturnTo: "/2"}), one.leave(HostedUIOptions{ReturnTo: "/3"})
	for _, test := range []struct {
		page     *uiPage
		response string
		want     string
	}{{two, op.approve(second), "/2"}, {one, op.approve(third), "/3"}, {one, op.approve(first), "/1"}} {
		if got, err := test.page.handle(test.response); err != nil || got.ReturnTo != test.want || got.UserState != SignedIn {
			t.Errorf("%s: %+v %v", test.want, got, err)
		}
	}
	if got, err := two.handle(op.approve(first)); err != nil || got.Handled {
		t.Errorf("the other tab's response: %+v %v", got, err)
	}
}

// What is not ours is left alone, and never an error.
func TestForeignResponses(t *testing.T) {
	b := newBrowser(t)
	p := openUI(b, newFakePoolProvider(t), nil)
	state := query(t, p.leave(HostedUIOptions{})).Get("state")
	before := p.session.snapshot()
	for _, address := range []string{
		"", "%", "not a url", "about:blank", "/callback?code=1&state=" + state,
		appOrigin + "/callback", appOrigin + "/callback?state=" + state, appOrigin + "/callback?code=1", appOrigin + "/callback?code=1&state=",
		appOrigin + "/callback?code=1&state=another", appOrigin + "/callback?code=1&state=" + strings.ToLower(state) + "x",
		"https://evil.example/callback?code=1&state=" + state, "http://app.example/callback?code=1&state=" + state,
		appOrigin + ":8443/callback?code=1&state=" + state,
		appOrigin + "/callback?code=1&code=2&state=" + state, appOrigin + "/callback?code=1&state=" + state + "&state=x",
		appOrigin + "/callback?code=1&error=access_denied&state=" + state, appOrigin + "/callback#code=1&state=" + state,
	} {
		if got, err := p.handle(address); err != nil || got.Handled {
			t.Errorf("%s: %+v %v", address, got, err)
		}
	}
	if len(p.op.asked()) != 0 {
		t.Errorf("asked %v", p.op.asked())
	}
	if after := p.session.snapshot(); len(after) != len(before) {
		t.Errorf("transactions: %v", after)
	}
	p.noToken(b)
}

// Errors of the provider have codes; those that may pass leave the response for
// another try.
func TestResponseErrors(t *testing.T) {
	tests := []struct{ response, code string }{
		{"error=access_denied", "userCancelledSignIn"},
		{"error=invalid_request&error_description=access_denied%3A+user+cancelled", "userCancelledSignIn"},
		{"error=login_required", "loginRequired"},
		{"error=interaction_required", "loginRequired"},
		{"error=unauthorized_client", "invalidConfiguration"},
		{"error=invalid_scope", "invalidConfiguration"},
		{"error=server_error", "serviceUnavailable"},
		{"error=temporarily_unavailable", "serviceUnavailable"},
		{"error=invalid_request&error_description=attributes+required", "badRequest"},
		{"error=%22%3Cscript%3E", "badRequest"},
		{"error=invalid_request&error_description=PreSignUp+failed+with+error+Only+by+%22invitation%22.", "userLambdaValidation"},
		{"code=wrong", "badRequest"},
	}
	for _, test := range tests {
		b := newBrowser(t)
		p := openUI(b, newFakePoolProvider(t), nil)
		state := query(t, p.leave(HostedUIOptions{})).Get("state")
		_, err := p.handle(appOrigin + "/callback?state=" + state + "&" + test.response)
		if codeOf(err) != test.code || AsError(err).Retryable || strings.ContainsAny(AsError(err).Message, "\"\\\n") {
			t.Errorf("%s: %v", test.response, err)
		}
		p.noToken(b)
	}

	b := newBrowser(t)
	p := openUI(b, newFakePoolProvider(t), nil)
	response := p.op.approve(p.leave(HostedUIOptions{}))
	p.op.fault = NetworkError("cut", nil)
	if _, err := p.handle(response); codeOf(err) != "networkError" || !AsError(err).Retryable {
		t.Errorf("offline: %v", err)
	}
	p.op.fault = nil
	if got, err := p.handle(response); err != nil || got.UserState != SignedIn {
		t.Errorf("after it: %+v %v", got, err)
	}
}

func TestSignInByPopup(t *testing.T) {
	b := newBrowser(t)
	p := openUI(b, newFakePoolProvider(t), nil)
	p.window.popup = func(_ context.Context, popup Popup, mine func(string) bool) (string, error) {
		address := popup.URL
		q := query(t, address)
		if !strings.HasPrefix(q.Get("state"), "popup.") || popup.State != q.Get("state") || popup.Window != "the window" {
			t.Errorf("state %s of %+v", q.Get("state"), popup)
		}
		for _, wrong := range []string{"", "x", appOrigin + "/callback?code=evil&state=popup.other", "https://evil.example/callback?code=evil&state=" + q.Get("state")} {
			if mine(wrong) {
				t.Errorf("%q was taken", wrong)
			}
		}
		response := p.op.approve(address)
		if !mine(response) {
			t.Error("the response was not taken")
		}
		return response, nil
	}
	got, err := p.ShowSignIn(context.Background(), ShowSignInInput{HostedUIOptions{Mode: "popup", Window: "the window"}})
	if err != nil || got.UserState != SignedIn || p.state.get().UserState != SignedIn {
		t.Fatalf("%+v %v", got, err)
	}
	if len(p.session.snapshot()) != 0 {
		t.Errorf("stored: %v", p.session.snapshot())
	}

	for _, failure := range []*Error{ErrPopupClosed, ErrPopupBlocked} {
		p := openUI(newBrowser(t), newFakePoolProvider(t), nil)
		p.window.popup = func(context.Context, Popup, func(string) bool) (string, error) { return "", failure }
		if _, err := p.ShowSignIn(context.Background(), ShowSignInInput{HostedUIOptions{Mode: "popup"}}); !errors.Is(err, failure) {
			t.Errorf("%v, want %v", err, failure)
		}
	}

	// A second popup ends the first, close ends the second.
	p = openUI(newBrowser(t), newFakePoolProvider(t), nil)
	opened := make(chan bool)
	p.window.popup = func(ctx context.Context, _ Popup, _ func(string) bool) (string, error) {
		opened <- true
		<-ctx.Done()
		return "", ctx.Err()
	}
	ended := make(chan error)
	for range 2 {
		go func() {
			_, err := p.ShowSignIn(context.Background(), ShowSignInInput{HostedUIOptions{Mode: "popup"}})
			ended <- err
		}()
		<-opened
	}
	if err := <-ended; !errors.Is(err, errSignInSuperseded) {
		t.Errorf("the first popup: %v", err)
	}
	p.Close()
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("the second popup: %v", err)
	}
}

// A code that nobody asked for is taken only where the page says so, and once.
func TestProviderInitiated(t *testing.T) {
	b := newBrowser(t)
	p := openUI(b, newFakePoolProvider(t), nil)
	response := p.op.approve("https://login.example/?redirect_uri=" + url.QueryEscape(appOrigin+"/callback") + "&scope=openid&state=relay")
	if got, err := p.handle(response); err != nil || got.Handled {
		t.Errorf("unasked: %+v %v", got, err)
	}
	opened := AuthResponseInput{URL: response, ProviderInitiated: true}
	for range 2 {
		if got, err := p.HandleAuthResponse(context.Background(), opened); err != nil || !got.Handled || got.UserState != SignedIn {
			t.Errorf("%+v %v", got, err)
		}
	}
	if n := len(p.op.asked()); n != 2 { // keys and token
		t.Errorf("%d requests: %v", n, p.op.asked())
	}
	opened.URL = strings.Replace(response, appOrigin, "https://elsewhere.example", 1)
	if got, err := p.HandleAuthResponse(context.Background(), opened); err != nil || got.Handled {
		t.Errorf("elsewhere: %+v %v", got, err)
	}
}

// The session of the hosted UI is refreshed at the token endpoint, through the one
// refresh path.
func TestHostedUIRefresh(t *testing.T) {
	for _, test := range []struct {
		name string
		op   *fakeProvider
		set  func(*fakeProvider)
	}{
		{"user pool", newFakePoolProvider(t), func(*fakeProvider) {}},
		{"user pool that rotates", newFakePoolProvider(t), func(op *fakeProvider) { op.rotates = true }},
		{"Auth0", newFakeAuth0(t), func(*fakeProvider) {}},
		{"Auth0 with opaque access tokens", newFakeAuth0(t), func(op *fakeProvider) { op.opaque = true }},
		{"Auth0 without id tokens in refreshes", newFakeAuth0(t), func(op *fakeProvider) { op.noIDToken = true }},
		{"Auth0 that rotates", newFakeAuth0(t), func(op *fakeProvider) { op.rotates, op.opaque = true, true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.set(test.op)
			b := newBrowser(t)
			p := openUI(b, test.op, nil)
			p.mustSignIn(HostedUIOptions{})
			before, err := p.GetTokens(context.Background(), GetTokensInput{})
			if err != nil {
				t.Fatal(err)
			}
			p = openUI(b, test.op, nil) // another page
			n := len(test.op.asked())
			after, err := p.GetTokens(context.Background(), GetTokensInput{ForceRefresh: true})
			if err != nil || after.AccessToken.TokenString == before.AccessToken.TokenString || after.RefreshToken.TokenString == before.RefreshToken.TokenString != !test.op.rotates {
				t.Errorf("%+v %v", after, err)
			}
			if again, err := p.GetTokens(context.Background(), GetTokensInput{}); err != nil || again.AccessToken.TokenString != after.AccessToken.TokenString {
				t.Errorf("%+v %v", again, err)
			}
			grants := 0
			for _, r := range test.op.requests[n:] {
				if r.Form == nil {
					continue
				}
				grants++
				if r.Form.Get("grant_type") != "refresh_token" || r.Form.Get("refresh_token") != before.RefreshToken.TokenString || r.Form.Get("client_id") != test.op.cfg.ClientID {
					t.Errorf("refresh request %v", r.Form)
				}
			}
			if grants != 1 {
				t.Errorf("%d refreshes, want one", grants)
			}

			// Only the provider's own word ends the session.
			test.op.fault = NetworkError("cut", nil)
			if _, err := p.GetTokens(context.Background(), GetTokensInput{ForceRefresh: true}); err == nil || !AsError(err).Retryable {
				t.Errorf("%v", err)
			}
			test.op.fault = nil
			if s := p.state.get().UserState; s != SignedIn {
				t.Errorf("state %s", s)
			}
			_ = p.own.Apply(context.Background(), []Change{{Key: p.layout.RetryAtKey()}}) // no pause for this test
			clear(test.op.refresh)
			if _, err := p.GetTokens(context.Background(), GetTokensInput{ForceRefresh: true}); codeOf(err) != "sessionExpired" {
				t.Errorf("%v", err)
			}
			if s := p.state.get(); s.UserState != SignedOutUserPoolsTokenInvalid || s.Details["provider"] != "OAuth" || s.Details["reason"] != "expiredRefreshToken" {
				t.Errorf("state %+v", s)
			}
			if s := openUI(b, test.op, nil).state.get().UserState; s != SignedOutUserPoolsTokenInvalid {
				t.Errorf("after a reload: %s", s)
			}
			p.mustSignIn(HostedUIOptions{}) // and everything is well again
		})
	}
}

// Any OpenID provider: by its addresses as in the guide, or by its issuer alone.
func TestExternalProvider(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(*fakeProvider)
	}{
		{"as in the guide", func(*fakeProvider) {}},
		{"without WebDomain", func(op *fakeProvider) { op.cfg.Domain = "" }},
		{"issuer alone", func(op *fakeProvider) {
			op.cfg.SignInURI, op.cfg.TokenURI, op.cfg.SignOutURI, op.cfg.Domain, op.cfg.Issuer = "", "", "", "", "https://tenant.auth0.example"
			op.cfg.SignOutURIQueryParameters = nil
			op.cfg.SignOutRedirectURIs = []string{appOrigin + "/signed-out"}
		}},
		{"opaque access tokens", func(op *fakeProvider) { op.opaque = true }},
		{"beside a user pool", func(op *fakeProvider) { op.pool = newFakePoolProvider(t).pool }},
	} {
		t.Run(test.name, func(t *testing.T) {
			op := newFakeAuth0(t)
			test.set(op)
			beside := op.pool != nil
			b := newBrowser(t)
			p := openUI(b, op, nil)
			op.pool = nil // its tokens are its own
			address := p.leave(HostedUIOptions{FederationProviderName: "tenant.auth0.example"})
			if !strings.HasPrefix(address, "https://tenant.auth0.example/authorize?") {
				t.Errorf("%s", address)
			}
			if got, err := p.handle(op.approve(address)); err != nil || got.UserState != SignedIn {
				t.Fatalf("%+v %v", got, err)
			}
			tokens, err := p.GetTokens(context.Background(), GetTokensInput{})
			if err != nil || tokens.IDToken.Claims["sub"] != "sub-ada" || (tokens.AccessToken.Claims == nil) != op.opaque || tokens.AccessToken.Expiration < time.Now().UnixMilli() {
				t.Errorf("tokens %+v %v", tokens, err)
			}
			s, err := p.loadSession(context.Background())
			if err != nil || !s.External || s.FederationProvider != "tenant.auth0.example" {
				t.Errorf("session %+v %v", s, err)
			}
			for key := range b.stored() {
				if !strings.HasPrefix(key, "AmplifyAuth.") {
					t.Errorf("the key %s is not ours", key)
				}
			}
			if beside {
				if _, err := p.GetUserAttributes(context.Background()); codeOf(err) != "invalidState" {
					t.Errorf("getUserAttributes: %v", err)
				}
			}
			for _, r := range op.requests {
				if r.Form != nil && (r.Form.Get("audience") != "https://api.example" || r.Form.Has("client_secret")) {
					t.Errorf("token request %v", r.Form)
				}
			}

			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			go func() { _, _ = p.SignOut(ctx, SignOutInput{}) }()
			left := <-p.window.left
			want := "https://tenant.auth0.example/v2/logout?client_id=auth0-client&returnTo=https%3A%2F%2Fapp.example%2Fbye"
			if op.cfg.Issuer != "" {
				want = "https://tenant.auth0.example/oidc/logout?client_id=auth0-client&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fsigned-out"
			}
			if left != want {
				t.Errorf("sign-out at %s", left)
			}
			if len(op.refresh) != 0 {
				t.Error("the refresh token was not revoked")
			}
			p.noToken(b)
		})
	}
}

// A provider that publishes nothing is an OAuth 2.0 server: no id token, or a
// refusal.
func TestUndiscoverableProvider(t *testing.T) {
	for _, scopes := range [][]string{{"openid"}, {"read"}} {
		b := newBrowser(t)
		op := newFakeAuth0(t)
		op.metadata = map[string]any{"token_endpoint": "https://elsewhere.example/token", "authorization_endpoint": "https://elsewhere.example/"}
		p := openUI(b, op, nil)
		_, err := p.handle(op.approve(p.leave(HostedUIOptions{Scopes: scopes})))
		if scopes[0] == "openid" {
			if !errors.Is(err, errNoIssuer) || !strings.Contains(err.Error(), "Issuer") {
				t.Errorf("%v", err)
			}
			p.noToken(b)
		} else if err != nil || p.state.get().UserState != SignedIn {
			t.Errorf("%v", err)
		}
	}
}

func TestHostedUISignOut(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		name     string
		in       SignOutInput
		set      func(*uiPage)
		leaves   string
		reported string
	}{
		{"redirect", SignOutInput{}, nil, "https://login.example/logout?client_id=client&logout_uri=https%3A%2F%2Fapp.example%2Fsigned-out", ""},
		{"stay", SignOutInput{Redirect: SignOutRedirect{Leave: &no}}, nil, "", ""},
		{"said", SignOutInput{Redirect: SignOutRedirect{Leave: &yes}}, nil, "https://login.example/logout?client_id=client&logout_uri=https%3A%2F%2Fapp.example%2Fsigned-out", ""},
		{"to one of two", SignOutInput{Redirect: SignOutRedirect{Leave: &yes, URI: appOrigin + "/bye"}}, func(p *uiPage) {
			p.op.cfg.SignOutRedirectURIs = append(p.op.cfg.SignOutRedirectURIs, appOrigin+"/bye")
		}, "https://login.example/logout?client_id=client&logout_uri=https%3A%2F%2Fapp.example%2Fbye", ""},
		{"nowhere to come back to", SignOutInput{}, func(p *uiPage) { p.op.cfg.SignOutRedirectURIs = nil }, "", "invalidConfiguration"},
		{"in a frame", SignOutInput{}, func(p *uiPage) { p.window.framed = true }, "", "invalidState"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBrowser(t)
			p := openUI(b, newFakePoolProvider(t), nil)
			p.mustSignIn(HostedUIOptions{})
			if test.set != nil {
				test.set(p)
			}
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan *SignOutResult, 1)
			go func() {
				out, err := p.SignOut(ctx, test.in)
				if test.leaves == "" && err != nil {
					t.Error(err)
				}
				done <- out
			}()
			if test.leaves != "" {
				if left := <-p.window.left; left != test.leaves {
					t.Errorf("left for %s", left)
				}
				p.noToken(b)
				cancel()
			}
			out := <-done
			cancel()
			p.noToken(b)
			if got := out.RemoteError; (got == nil) != (test.reported == "") || got != nil && got.Code != test.reported {
				t.Errorf("reported %+v", got)
			}
		})
	}
}

// An address that is none of the configured ones ends nothing.
func TestSignOutElsewhere(t *testing.T) {
	p := openUI(newBrowser(t), newFakePoolProvider(t), nil)
	p.mustSignIn(HostedUIOptions{})
	for _, uri := range []string{"https://evil.example/", "javascript:alert(1)", appOrigin + "/signed-out/", "/signed-out"} {
		var in SignOutInput
		if err := json.Unmarshal([]byte(`{"redirect": "`+uri+`"}`), &in); err != nil {
			t.Fatal(err)
		}
		if _, err := p.SignOut(context.Background(), in); codeOf(err) != "invalidParameter" || !strings.Contains(err.Error(), appOrigin+"/signed-out") {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if s := p.state.get().UserState; s != SignedIn || len(p.window.left) != 0 {
		t.Errorf("state %s", s)
	}
}

// Who is signed in may be sent to the hosted UI to prove more, or anew. The session stays until they come back.
func TestSignInInPlaceOfASession(t *testing.T) {
	ctx := context.Background()
	op := newFakePoolProvider(t)
	p := openUI(newBrowser(t), op, nil)
	p.mustSignIn(HostedUIOptions{})
	session := func() string {
		t.Helper()
		s, err := p.loadSession(ctx)
		if err != nil || s == nil {
			t.Fatal(s, err)
		}
		return s.SignIn()
	}
	for _, o := range []HostedUIOptions{{}, {LoginHint: "ada"}} {
		if _, err := p.ShowSignIn(ctx, ShowSignInInput{HostedUI: o}); codeOf(err) != "invalidState" {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, o := range []HostedUIOptions{{ACRValues: "mfa"}, {Prompt: "login"}} {
		before := session()
		answer := strings.Replace(op.approve(p.leave(o)), "?code=", "?error=access_denied&not=", 1)
		if _, err := p.handle(answer); err == nil || session() != before || p.state.get().UserState != SignedIn {
			t.Errorf("%+v, refused: %v, the session %s is now %s", o, err, before, session())
		}
		p.mustSignIn(o)
		if session() == before {
			t.Errorf("%+v: the session is the old one", o)
		}
		if _, err := p.GetTokens(ctx, GetTokensInput{ForceRefresh: true}); err != nil {
			t.Error(err)
		}
	}
	for _, s := range p.states() {
		if s.UserState != SignedIn && s.UserState != SignedOut {
			t.Errorf("the listener heard %v", s)
		}
	}
}
