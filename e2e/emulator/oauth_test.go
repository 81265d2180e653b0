package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/golang-jwt/jwt/v5"
)

// visitor is a browser without scripts: it keeps cookies and follows redirects within the domain.
type visitor struct {
	*bed
	http *http.Client
	page string   // the body of the last page
	at   *url.URL // where it is
}

const (
	pkceVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636, appendix B
	callback     = "http://localhost:8080/callback"
)

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func newVisitor(b *bed) *visitor {
	jar, err := cookiejar.New(nil)
	b.ok(err)
	return &visitor{bed: b, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// request is a complete authorization request; change sets parameters, "" removes one.
func (v *visitor) request(change ...string) string {
	q := url.Values{
		"response_type": {"code"}, "client_id": {v.client}, "redirect_uri": {callback}, "state": {"the state"}, "scope": {"openid email"},
		"code_challenge": {challengeOf(pkceVerifier)}, "code_challenge_method": {"S256"}, "nonce": {"the nonce"},
	}
	for i := 0; i < len(change); i += 2 {
		if q.Set(change[i], change[i+1]); change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return "/oauth2/authorize?" + q.Encode()
}

// open goes to an address and follows redirects within the domain. It returns the URL that leaves it, if one does.
func (v *visitor) open(address string) *url.URL {
	v.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.server.URL() + address
	}
	resp, err := v.http.Get(address)
	return v.arrive(resp, err)
}

func (v *visitor) arrive(resp *http.Response, err error) *url.URL {
	v.Helper()
	v.ok(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	v.ok(err)
	_, v.page, _ = strings.Cut(string(body), "<main>")
	v.at = resp.Request.URL
	if resp.StatusCode < 300 || resp.StatusCode > 399 {
		return nil
	}
	to, err := resp.Location()
	v.ok(err)
	if strings.HasPrefix(to.String(), v.server.URL()) {
		return v.open(to.String())
	}
	return to
}

var formAction = regexp.MustCompile(`<form method="post" action="([^"]*)">`)
var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// submit fills in the last form of the page.
func (v *visitor) submit(fields ...string) *url.URL {
	v.Helper()
	actions := formAction.FindAllStringSubmatch(v.page, -1)
	if len(actions) == 0 {
		v.Fatalf("no form in %s: %s", v.at, v.page)
	}
	form := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(v.page, -1) {
		form.Set(m[1], unescapeHTML(m[2]))
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	resp, err := v.http.PostForm(v.server.URL()+unescapeHTML(actions[len(actions)-1][1]), form)
	return v.arrive(resp, err)
}

func unescapeHTML(s string) string {
	return strings.NewReplacer("&amp;", "&", "&#43;", "+", "&#34;", `"`, "&#39;", "'").Replace(s)
}

func (v *visitor) sees(text string) {
	v.Helper()
	if !strings.Contains(unescapeHTML(v.page), text) {
		v.Errorf("the page at %s does not say %q: %s", v.at, text, v.page)
	}
}

// post sends a form to an endpoint and decodes the answer.
func (b *bed) post(path string, fields ...string) (int, map[string]any) {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] != "" {
			form.Set(fields[i], fields[i+1])
		}
	}
	resp, err := http.PostForm(b.server.URL()+path, form)
	b.ok(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	b.ok(err)
	out := map[string]any{}
	if len(body) > 0 {
		b.ok(json.Unmarshal(body, &out))
	}
	return resp.StatusCode, out
}

func (b *bed) claims(token any) jwt.MapClaims {
	b.Helper()
	claims := jwt.MapClaims{}
	text, _ := token.(string)
	if _, _, err := jwt.NewParser().ParseUnverified(text, claims); err != nil {
		b.Fatalf("%v: %v", token, err)
	}
	return claims
}

// code signs demo in and returns the code.
func (v *visitor) code(change ...string) string {
	v.Helper()
	v.open(v.request(change...))
	to := v.submit("username", "demo", "password", SeedPassword)
	if to == nil || to.Query().Get("code") == "" {
		v.Fatalf("no code: %v %s", to, v.page)
	}
	return to.Query().Get("code")
}

func (v *visitor) exchange(code string, change ...string) (int, map[string]any) {
	fields := map[string]string{"grant_type": "authorization_code", "client_id": v.client, "client_secret": v.secret, "code": code, "redirect_uri": callback, "code_verifier": pkceVerifier}
	maps.Copy(fields, inPairs(change))
	var list []string
	for k, value := range fields {
		list = append(list, k, value)
	}
	return v.post("/oauth2/token", list...)
}

// Ensure that a person signs in with managed login and the client gets tokens as Cognito issues them.
func TestHostedSignIn(t *testing.T) {
	v := newVisitor(newBed(t))
	if to := v.open(v.request()); to != nil || v.at.Path != "/login" || v.at.Query().Get("state") != "the state" {
		t.Fatalf("at %v, left for %v", v.at, to)
	}
	v.submit("username", "demo", "password", "wrong")
	v.sees("Incorrect username or password.")
	to := v.submit("username", "demo", "password", SeedPassword)
	if to == nil || to.Host != "localhost:8080" || to.Path != "/callback" || to.Query().Get("state") != "the state" || len(to.Query()) != 2 {
		t.Fatalf("left for %v", to)
	}
	status, got := v.exchange(to.Query().Get("code"))
	if status != 200 || got["token_type"] != "Bearer" || got["expires_in"] != 3600.0 || got["refresh_token"] == nil {
		t.Fatalf("%d %v", status, got)
	}
	id, access := v.claims(got["id_token"]), v.claims(got["access_token"])
	sum := sha256.Sum256([]byte(got["access_token"].(string)))
	for name, want := range map[string]any{
		"iss": v.server.URL() + "/" + SeedPoolID, "aud": SeedClientID, "token_use": "id", "nonce": "the nonce", "cognito:username": "demo", "email": "demo@example.com",
		"email_verified": true, "at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]), "phone_number": nil,
	} {
		if id[name] != want {
			t.Errorf("id token: %s is %v, want %v", name, id[name], want)
		}
	}
	for name, want := range map[string]any{"token_use": "access", "client_id": SeedClientID, "scope": "openid email", "username": "demo", "version": 2.0, "aud": nil} {
		if access[name] != want {
			t.Errorf("access token: %s is %v, want %v", name, access[name], want)
		}
	}

	// A second sign-in needs no password within the hour, unless the client asks for it.
	if to := v.open(v.request()); to == nil || to.Query().Get("code") == "" {
		t.Errorf("with the cookie: left for %v, page %s", to, v.page)
	}
	if to := v.open(v.request("prompt", "login")); to != nil {
		t.Errorf("prompt=login left for %v", to)
	}
	v.open(v.request("prompt", "select_account"))
	v.sees("Continue as demo")
	v.server.Advance(time.Hour)
	if to := v.open(v.request()); to != nil {
		t.Errorf("an hour later: left for %v", to)
	}
	if to := v.open(v.request("prompt", "none")); to == nil || to.Query().Get("error") != "login_required" || to.Query().Get("state") != "the state" {
		t.Errorf("prompt=none: left for %v", to)
	}
}

// Ensure that a request that is wrong is told to the client, or to the person where the client is not to be trusted.
func TestAuthorizeErrors(t *testing.T) {
	v := newVisitor(newBed(t))
	for _, test := range []struct {
		change []string
		want   string // the error; a page if empty
	}{
		{[]string{"client_id", "nobody"}, ""},
		{[]string{"client_id", ""}, ""},
		{[]string{"redirect_uri", ""}, ""},
		{[]string{"redirect_uri", callback + "/"}, ""},
		{[]string{"redirect_uri", callback + "?x=1"}, ""},
		{[]string{"redirect_uri", "http://localhost:8080/Callback"}, ""},
		{[]string{"redirect_uri", "https://localhost:8080/callback"}, ""},
		{[]string{"redirect_uri", "http://localhost:8080/callback/../signed-out"}, ""},
		{[]string{"redirect_uri", "http://localhost:8080.evil.example/callback"}, ""},
		{[]string{"response_type", ""}, "invalid_request"},
		{[]string{"response_type", "token"}, "unauthorized_client"},
		{[]string{"response_type", "code token"}, "unauthorized_client"},
		{[]string{"scope", "openid shop/read"}, "invalid_scope"},
		{[]string{"scope", "email"}, "invalid_scope"},
		{[]string{"code_challenge_method", "plain"}, "invalid_request"},
		{[]string{"code_challenge_method", ""}, "invalid_request"},
		{[]string{"code_challenge", ""}, "invalid_request"},
		{[]string{"code_challenge", "short"}, "invalid_request"},
		{[]string{"identity_provider", "Unknown"}, "invalid_request"},
		{[]string{"idp_identifier", "unknown.example"}, "invalid_request"},
		{[]string{"prompt", "maybe"}, "invalid_request"},
		{[]string{"prompt", "none"}, "login_required"},
		{[]string{"resource", "not a URL"}, "invalid_request"},
	} {
		to := v.open(v.request(test.change...))
		switch {
		case test.want == "" && (to != nil || !strings.Contains(v.page, "An error was encountered")):
			t.Errorf("%v: left for %v", test.change, to)
		case test.want != "" && (to == nil || to.Query().Get("error") != test.want || to.Query().Get("state") != "the state" || to.Query().Has("code")):
			t.Errorf("%v: left for %v, want %s", test.change, to, test.want)
		}
	}
}

// Ensure that a code is good once, for five minutes, for its client, redirect URI and verifier.
func TestCodeExchangeErrors(t *testing.T) {
	v := newVisitor(newBed(t))
	fresh := func(change ...string) func() string {
		return func() string { return newVisitor(v.bed).code(change...) }
	}
	made := func(code string) func() string { return func() string { return code } }
	for _, test := range []struct {
		name   string
		code   func() string
		change []string
		wait   time.Duration
		want   string
	}{
		{"honest", fresh(), nil, 0, ""},
		{"no code", made(""), nil, 0, "invalid_request"},
		{"made up", made("00000000-0000-4000-8000-000000000000"), nil, 0, "invalid_grant"},
		{"too late", fresh(), nil, 5 * time.Minute, "invalid_grant"},
		{"another client", fresh(), []string{"client_id", SeedRotatingClientID}, 0, "invalid_grant"},
		{"unknown client", fresh(), []string{"client_id", "nobody"}, 0, "invalid_client"},
		{"no client", fresh(), []string{"client_id", ""}, 0, "invalid_request"},
		{"a secret that is none", fresh(), []string{"client_secret", "x"}, 0, "invalid_client"},
		{"another redirect URI", fresh(), []string{"redirect_uri", "http://localhost:8080/signed-out"}, 0, "invalid_grant"},
		{"no redirect URI", fresh(), []string{"redirect_uri", ""}, 0, "invalid_request"},
		{"another verifier", fresh(), []string{"code_verifier", pkceVerifier + "x"}, 0, "invalid_grant"},
		{"no verifier", fresh(), []string{"code_verifier", ""}, 0, "invalid_grant"},
		{"a verifier without a challenge", fresh("code_challenge", "", "code_challenge_method", ""), nil, 0, "invalid_grant"},
		{"without PKCE", fresh("code_challenge", "", "code_challenge_method", ""), []string{"code_verifier", ""}, 0, ""},
		{"an unknown grant", made("x"), []string{"grant_type", "password"}, 0, "unsupported_grant_type"},
		{"no grant", made("x"), []string{"grant_type", ""}, 0, "invalid_request"},
		{"client credentials", made("x"), []string{"grant_type", "client_credentials"}, 0, "unauthorized_client"},
	} {
		code := test.code()
		v.server.Advance(test.wait)
		status, got := v.exchange(code, test.change...)
		if test.want == "" && status != 200 || test.want != "" && (status != 400 || got["error"] != test.want || len(got) != 1) {
			t.Errorf("%s: %d %v, want %s", test.name, status, got, test.want)
		}
		// A code that was looked at is used up; only what is refused before leaves it.
		if status, got := v.exchange(code); len(code) > 1 && test.want != "invalid_client" && test.want != "invalid_request" && (status != 400 || got["error"] != "invalid_grant") {
			t.Errorf("%s, again: %d %v", test.name, status, got)
		}
	}
}

// Ensure that refresh tokens work, rotate and are revoked at the endpoints.
func TestTokenEndpointRefresh(t *testing.T) {
	b := newBed(t)
	for _, client := range []string{SeedClientID, SeedRotatingClientID} {
		b.client = client
		v := newVisitor(b)
		_, first := v.exchange(v.code())
		refresh := first["refresh_token"].(string)
		status, second := v.post("/oauth2/token", "grant_type", "refresh_token", "client_id", client, "refresh_token", refresh)
		if status != 200 || second["access_token"] == first["access_token"] || (second["refresh_token"] != nil) != (client == SeedRotatingClientID) {
			t.Errorf("%s: %d %v", client, status, second)
		}
		if a, b := v.claims(first["id_token"]), v.claims(second["id_token"]); a["auth_time"] != b["auth_time"] || a["origin_jti"] != b["origin_jti"] || a["jti"] == b["jti"] {
			t.Errorf("%s: %v, then %v", client, a, b)
		}
		if client == SeedRotatingClientID {
			if status, got := v.post("/oauth2/token", "grant_type", "refresh_token", "client_id", client, "refresh_token", refresh); status != 400 || got["error"] != "invalid_grant" {
				t.Errorf("used again: %d %v", status, got)
			}
			refresh = second["refresh_token"].(string)
		} else if _, err := v.GetTokensFromRefreshToken(v.ctx, &cip.GetTokensFromRefreshTokenInput{ClientId: &v.client, RefreshToken: &refresh}); err != nil {
			t.Errorf("by the API: %v", err)
		}
		for _, test := range []struct {
			fields []string
			status int
			want   any
		}{
			{[]string{"client_id", client}, 400, "invalid_request"},
			{[]string{"client_id", "nobody", "token", refresh}, 401, "invalid_client"},
			{[]string{"client_id", client, "token", second["access_token"].(string)}, 400, "unsupported_token_type"},
			{[]string{"client_id", client, "token", refresh}, 200, nil},
			{[]string{"client_id", client, "token", refresh}, 200, nil},
			{[]string{"client_id", client, "token", "made up"}, 200, nil},
		} {
			if status, got := v.post("/oauth2/revoke", test.fields...); status != test.status || got["error"] != test.want {
				t.Errorf("revoke %.80v: %d %v, want %d %v", test.fields, status, got, test.status, test.want)
			}
		}
		if status, got := v.post("/oauth2/token", "grant_type", "refresh_token", "client_id", client, "refresh_token", refresh); status != 400 || got["error"] != "invalid_grant" {
			t.Errorf("revoked: %d %v", status, got)
		}
	}
}

func TestUserInfo(t *testing.T) {
	v := newVisitor(newBed(t))
	_, tokens := v.exchange(v.code())
	api := v.password("demo", SeedPassword)
	for _, test := range []struct {
		name, token string
		status      int
	}{
		{"honest", tokens["access_token"].(string), 200}, {"no token", "", 400}, {"garbage", "x", 401},
		{"an id token", tokens["id_token"].(string), 401}, {"of the API", *api.AccessToken, 401},
	} {
		r, err := http.NewRequest("GET", v.server.URL()+"/oauth2/userInfo", nil)
		v.ok(err)
		if test.token != "" {
			r.Header.Set("Authorization", "Bearer "+test.token)
		}
		resp, err := http.DefaultClient.Do(r)
		v.ok(err)
		var got map[string]any
		v.ok(json.NewDecoder(resp.Body).Decode(&got))
		resp.Body.Close()
		if resp.StatusCode != test.status || (resp.Header.Get("WWW-Authenticate") != "") != (test.status != 200) {
			t.Errorf("%s: %d %v", test.name, resp.StatusCode, got)
		}
		if test.status == 200 && (got["username"] != "demo" || got["email_verified"] != "true" || got["phone_number"] != nil) {
			t.Errorf("%v", got)
		}
	}
}

// Ensure that sign-out goes to registered addresses only and ends the cookie's session.
func TestLogout(t *testing.T) {
	v := newVisitor(newBed(t))
	v.code()
	for _, bad := range []string{"client_id=nobody&logout_uri=http://localhost:8080/signed-out", "client_id=" + v.client, "client_id=" + v.client + "&logout_uri=https://evil.example/", "client_id=" + v.client + "&logout_uri=" + callback} {
		if to := v.open("/logout?" + bad); to != nil || !strings.Contains(v.page, "An error was encountered") {
			t.Errorf("%s: left for %v", bad, to)
		}
	}
	if to := v.open(v.request()); to == nil {
		t.Error("the session has ended")
	}
	if to := v.open("/logout?client_id=" + v.client + "&logout_uri=" + url.QueryEscape("http://localhost:8080/signed-out")); to == nil || to.String() != "http://localhost:8080/signed-out" {
		t.Errorf("left for %v", to)
	}
	if to := v.open(v.request()); to != nil {
		t.Errorf("after the sign-out: left for %v", to)
	}
	v.submit("username", "demo", "password", SeedPassword)
	v.open("/logout?" + strings.TrimPrefix(v.request(), "/oauth2/authorize?"))
	if v.at.Path != "/login" || strings.Contains(v.page, "Continue as") {
		t.Errorf("sign-out to sign in: at %v: %s", v.at, v.page)
	}
}

// Ensure that a person can click through every page.
func TestHostedPages(t *testing.T) {
	b := newBed(t)
	code := func(name string) string { return b.server.Outbox(name)[0].Code }
	t.Run("SMS", func(t *testing.T) {
		v := newVisitor(b)
		v.open(v.request())
		v.submit("username", "demo-sms", "password", SeedPassword)
		v.sees("Enter your code")
		v.submit("answer", "000000")
		v.sees("Invalid code")
		if to := v.submit("answer", code("demo-sms")); to == nil || !to.Query().Has("code") {
			t.Errorf("left for %v: %s", to, v.page)
		}
	})
	t.Run("TOTP", func(t *testing.T) {
		v := newVisitor(b)
		v.open(v.request())
		v.submit("username", "demo-totp", "password", SeedPassword)
		if to := v.submit("answer", v.totpCode(SeedTOTPSecret)); to == nil || !to.Query().Has("code") {
			t.Errorf("left for %v: %s", to, v.page)
		}
	})
	t.Run("new password", func(t *testing.T) {
		v := newVisitor(b)
		v.open(v.request())
		v.submit("username", "demo-new", "password", SeedPassword)
		v.sees("Choose a new password")
		v.submit("answer", "weak")
		v.sees("Password did not conform")
		if to := v.submit("answer", "N3w-passw0rd"); to == nil || !to.Query().Has("code") {
			t.Errorf("left for %v: %s", to, v.page)
		}
	})
	t.Run("sign-up", func(t *testing.T) {
		v := newVisitor(b)
		v.open(v.request())
		v.sees("Sign up")
		v.open("/signup?" + v.at.RawQuery)
		v.submit("username", "demo", "password", SeedPassword, "email", "ada@example.com")
		v.sees("User already exists")
		v.submit("username", "ada", "password", SeedPassword, "email", "ada@example.com")
		v.sees("We have sent a code to a***@e***")
		v.submit("code", "000000")
		v.sees("Invalid verification code")
		v.submit("resend", "1")
		v.sees("a new code")
		if to := v.submit("code", code("ada")); to == nil || !to.Query().Has("code") {
			t.Errorf("left for %v: %s", to, v.page)
		}
	})
	t.Run("not confirmed", func(t *testing.T) {
		v := newVisitor(b)
		v.open(v.request())
		v.open("/signup?" + v.at.RawQuery)
		v.submit("username", "bob", "password", SeedPassword, "email", "bob@example.com")
		v.open(v.request())
		v.submit("username", "bob", "password", SeedPassword)
		v.sees("Confirm your account")
		if to := v.submit("code", code("bob")); to == nil || !to.Query().Has("code") {
			t.Errorf("left for %v: %s", to, v.page)
		}
	})
	t.Run("forgotten password", func(t *testing.T) {
		v := newVisitor(b)
		v.open(v.request())
		v.open("/forgotPassword?" + v.at.RawQuery)
		v.submit("username", "demo")
		v.sees("We have sent a code to +*******")
		v.submit("code", "000000", "password", "N3w-passw0rd")
		v.sees("Invalid verification code")
		v.submit("code", code("demo"), "password", "N3w-passw0rd")
		v.sees("Your password is changed")
		if to := v.submit("username", "demo", "password", "N3w-passw0rd"); to == nil || !to.Query().Has("code") {
			t.Errorf("left for %v: %s", to, v.page)
		}
	})
	t.Run("MFA set-up", func(t *testing.T) {
		b := newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) { oauthClientInput(c) })
		_, err := b.SetUserPoolMfaConfig(b.ctx, &cip.SetUserPoolMfaConfigInput{UserPoolId: &b.pool, MfaConfiguration: "ON", SoftwareTokenMfaConfiguration: &types.SoftwareTokenMfaConfigType{Enabled: true}})
		b.ok(err)
		_, err = b.AdminCreateUser(b.ctx, &cip.AdminCreateUserInput{UserPoolId: &b.pool, Username: new("eve"), MessageAction: "SUPPRESS"})
		b.ok(err)
		_, err = b.AdminSetUserPassword(b.ctx, &cip.AdminSetUserPasswordInput{UserPoolId: &b.pool, Username: new("eve"), Password: new(goodPassword), Permanent: true})
		b.ok(err)
		v := newVisitor(b)
		v.open(v.request())
		v.submit("username", "eve", "password", goodPassword)
		v.sees("authenticator app")
		secret := regexp.MustCompile(`<code id="secret">([A-Z2-7]+)`).FindStringSubmatch(v.page)[1]
		if to := v.submit("answer", v.totpCode(secret)); to == nil || !to.Query().Has("code") {
			t.Errorf("left for %v: %s", to, v.page)
		}
	})
	t.Run("a forged form", func(t *testing.T) {
		v := newVisitor(b)
		v.open(v.request())
		if to := v.submit("username", "demo", "password", "N3w-passw0rd", "_csrf", "x"); to != nil {
			t.Errorf("left for %v", to)
		}
		v.sees("The form is out of date")
	})
}

func oauthClientInput(c *cip.CreateUserPoolClientInput) {
	c.AllowedOAuthFlowsUserPoolClient = true
	c.AllowedOAuthFlows = []types.OAuthFlowType{"code", "implicit"}
	c.AllowedOAuthScopes = []string{"openid", "email"}
	c.SupportedIdentityProviders = []string{"COGNITO"}
	c.CallbackURLs = []string{callback}
}

// Ensure that the implicit grant answers in the fragment, and a confidential client proves itself.
func TestImplicitAndConfidential(t *testing.T) {
	b := newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
		oauthClientInput(c)
		c.GenerateSecret = true
	})
	b.addUser("demo", SeedPassword)
	v := newVisitor(b)
	v.open(v.request("response_type", "token", "code_challenge", "", "code_challenge_method", "", "resource", "https://api.example"))
	to := v.submit("username", "demo", "password", SeedPassword)
	if to == nil || to.RawQuery != "" {
		t.Fatalf("left for %v: %s", to, v.page)
	}
	got, err := url.ParseQuery(to.Fragment)
	v.ok(err)
	if v.claims(got.Get("id_token"))["nonce"] != "the nonce" || v.claims(got.Get("access_token"))["aud"] != "https://api.example" || got.Has("refresh_token") || got.Get("state") != "the state" {
		t.Errorf("%v", got)
	}

	code := newVisitor(b).code()
	if status, got := v.exchange(code, "client_secret", ""); status != 400 || got["error"] != "invalid_client" {
		t.Errorf("without the secret: %d %v", status, got)
	}
	if status, got := v.exchange(code); status != 200 {
		t.Errorf("with it: %d %v", status, got)
	}
}

// Ensure that identity providers sign users in, cancel and fail, and that one may begin.
func TestIdentityProviders(t *testing.T) {
	b := newBed(t)
	for _, test := range []struct {
		provider string
		change   []string
	}{
		{"Google", []string{"identity_provider", "Google"}},
		{"SignInWithApple", []string{"identity_provider", "SignInWithApple"}},
		{SeedHostedSAML, []string{"idp_identifier", "example.org"}},
	} {
		v := newVisitor(b)
		v.open(v.request(test.change...))
		v.sees("stands in for " + test.provider)
		to := v.submit("email", "ada@example.org")
		if to == nil || to.Query().Get("state") != "the state" {
			t.Fatalf("%s: left for %v: %s", test.provider, to, v.page)
		}
		_, tokens := v.exchange(to.Query().Get("code"))
		id := v.claims(tokens["id_token"])
		name, _ := id["cognito:username"].(string)
		identities, _ := json.Marshal(id["identities"])
		if !strings.HasPrefix(name, test.provider+"_") || id["email"] != "ada@example.org" || !strings.Contains(string(identities), `"providerName":"`+test.provider+`"`) ||
			!slices.Contains(id["cognito:groups"].([]any), any(SeedPoolID+"_"+test.provider)) {
			t.Errorf("%s: %v", test.provider, id)
		}
		again := newVisitor(b) // the same user comes back
		again.open(again.request(test.change...))
		_, tokens = again.exchange(again.submit("email", "ada@example.org").Query().Get("code"))
		if got := again.claims(tokens["id_token"]); got["sub"] != id["sub"] {
			t.Errorf("%s: sub %v, then %v", test.provider, id["sub"], got["sub"])
		}
		for _, button := range []string{"cancel", "fail"} {
			other := newVisitor(b)
			other.open(other.request(test.change...))
			to := other.submit(button, "1")
			if to == nil || to.Query().Get("error") != "invalid_request" || to.Query().Get("error_description") == "" || to.Query().Get("state") != "the state" {
				t.Errorf("%s, %s: left for %v", test.provider, button, to)
			}
		}
	}
	v := newVisitor(b)
	v.open("/_emulator/idp/" + SeedHostedSAML + "?" + strings.TrimPrefix(v.request("state", "", "code_challenge", "", "code_challenge_method", "", "nonce", ""), "/oauth2/authorize?"))
	if to := v.submit("email", "ada@example.org"); to == nil || !to.Query().Has("code") || to.Query().Has("state") {
		t.Errorf("begun at the provider: left for %v: %s", to, v.page)
	}
}
