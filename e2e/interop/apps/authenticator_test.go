package apps

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// The Authenticator of Amplify UI, which was not written here, against the local Cognito.

// authenticator is its app in a tab.
type authenticator struct {
	*e2e.Env
	t       *testing.T
	address string
	sent    map[string]int // messages seen, by user
}

// serveAuthenticator serves the built app, whose configuration config gives by the id of an app client.
func serveAuthenticator(t *testing.T, dir string, config func(client string) []byte) string {
	t.Helper()
	files := http.FileServer(http.Dir(dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/resources_config.json" {
			w.Write(config(r.URL.Query().Get("client")))
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/" // passkeys need a domain
}

// open begins anew as a user of a client: without a session.
func (a *authenticator) open(client string, options ...string) {
	a.t.Helper()
	a.Tab.Open(a.address + "?client=" + client + strings.Join(append([]string{""}, options...), "&"))
	a.Tab.Run(`void (localStorage.clear(), sessionStorage.clear())`)
	a.Tab.Reload()
	a.at("signin")
}

// explain says what the page shows at the end of a test that failed.
func (a *authenticator) explain() {
	if a.t.Failed() {
		text, _ := browser.TryEval[string](a.Tab, `document.body.innerText`)
		a.t.Logf("the page says %q", text)
	}
}

// at waits for a screen.
func (a *authenticator) at(screen string) {
	a.t.Helper()
	a.Tab.Wait(`document.querySelector('[data-amplify-authenticator-` + screen + `]')`)
}

// fill fills fields in: name, value, …
func (a *authenticator) fill(fields ...string) {
	a.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		a.Tab.Fill(`[data-amplify-authenticator] input[name="`+fields[i]+`"]`, fields[i+1])
	}
}

// press clicks a button by its words.
func (a *authenticator) press(words string) {
	a.t.Helper()
	a.Tab.Wait(`(() => {
		for (const old of document.querySelectorAll('[data-press]')) old.removeAttribute('data-press');
		const button = [...document.querySelectorAll('button')].find((b) => b.innerText.trim() === ` + e2e.Args(words) + ` && b.checkVisibility() && !b.disabled);
		button?.setAttribute('data-press', '');
		return button;
	})()`)
	a.Tab.Click(`[data-press]`)
}

func (a *authenticator) choose(name, value string) {
	a.t.Helper()
	a.Tab.WaitFor(`input[name="` + name + `"][value="` + value + `"]`)
	a.Tab.Run(`document.querySelector('input[name="` + name + `"][value="` + value + `"]').click()`)
}

func (a *authenticator) says(words string) {
	a.t.Helper()
	a.Tab.Wait(`document.body.innerText.includes(` + e2e.Args(words) + `)`)
}

func (a *authenticator) signIn(user, password string) {
	a.t.Helper()
	a.at("signin")
	a.fill("username", user, "password", password)
	a.press("Sign in")
}

// prefers is an option of the app: its sign-in form asks for the name, and offers the factor and a choice of all.
const prefers = "preferred=EMAIL_OTP"

// chooses comes to the choice of the first factor.
func (a *authenticator) chooses(user string) {
	a.t.Helper()
	a.at("signin")
	a.fill("username", user)
	a.press("Other sign-in options")
	a.at("signinselect")
}

// choosePassword answers the choice, which also comes after a name and a password where the pool prefers none.
func (a *authenticator) choosePassword() {
	a.t.Helper()
	a.at("signinselect")
	a.fill("password", emulator.SeedPassword)
	a.press("Sign In with Password")
}

func (a *authenticator) enter(code string) {
	a.t.Helper()
	a.fill("confirmation_code", code)
}

// code waits for the next code that is sent to a user.
func (a *authenticator) code(user string) string {
	a.t.Helper()
	a.Tab.WaitUntil("a code is sent to "+user, func() bool { return len(a.Cognito.Outbox(user)) > a.sent[user] })
	a.sent[user] = len(a.Cognito.Outbox(user))
	return a.Code(user)
}

// confirm answers the code of a second factor.
func (a *authenticator) confirm(code string) {
	a.t.Helper()
	a.at("confirmsignin")
	a.enter(code)
	a.press("Confirm")
}

func (a *authenticator) signedIn(user string) {
	a.t.Helper()
	a.Tab.Wait(`document.querySelector('#user')?.textContent === ` + e2e.Args(user))
}

func (a *authenticator) signUp(fields ...string) {
	a.t.Helper()
	a.press("Create Account")
	a.at("signup")
	a.fill(append([]string{"password", emulator.SeedPassword, "confirm_password", emulator.SeedPassword}, fields...)...)
	a.Tab.Click(`[data-amplify-authenticator-signup] button[type=submit]`)
}

// pool makes a pool that verifies e-mail addresses, with every MFA method.
func (a *authenticator) pool(mfa string, pool, client map[string]any) e2e.Pool {
	a.t.Helper()
	settings := map[string]any{"AutoVerifiedAttributes": []string{"email"}}
	for name, value := range pool {
		settings[name] = value
	}
	flows := map[string]any{"ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}}
	if client != nil {
		flows = client
	}
	p := a.NewPool(settings, flows)
	a.Admin("SetUserPoolMfaConfig", map[string]any{
		"UserPoolId": p.ID, "MfaConfiguration": mfa, "SoftwareTokenMfaConfiguration": map[string]any{"Enabled": true}, "EmailMfaConfiguration": map[string]any{},
		"SmsMfaConfiguration": map[string]any{"SmsConfiguration": map[string]any{"SnsCallerArn": "arn:aws:iam::000000000000:role/local-sms"}},
	})
	return p
}

// user makes a user whose e-mail address and phone number are verified.
func (a *authenticator) user(p e2e.Pool, name string) {
	a.t.Helper()
	a.NewUser(p.ID, name, map[string]string{"email": name + "@example.com", "email_verified": "true", "phone_number": "+15555550199", "phone_number_verified": "true"})
}

func (a *authenticator) prefer(p e2e.Pool, name string, settings ...string) {
	a.t.Helper()
	in := map[string]any{"UserPoolId": p.ID, "Username": name}
	for _, s := range settings {
		in[s+"MfaSettings"] = map[string]any{"Enabled": true}
	}
	a.Admin("AdminSetUserMFAPreference", in)
}

// setUp takes the secret of an authenticator app and answers its first code.
func (a *authenticator) setUp() string {
	a.t.Helper()
	a.at("setup-totp")
	a.Tab.Wait(`document.querySelector('[data-amplify-qrcode]')`)
	secret := browser.Eval[string](a.Tab, `document.querySelector('[data-amplify-copy] div').textContent`)
	a.enter(a.TOTP(secret))
	a.press("Confirm")
	return secret
}

var authenticatorOnce sync.Once

// buildAuthenticator builds the app, once for the tests that run beside each other, and returns where it is.
func buildAuthenticator(t *testing.T) string {
	t.Helper()
	authenticatorOnce.Do(func() { run(t, project(t, "authenticator"), "npm", "run", "build") })
	return filepath.Join(mustRoot(), ".cache", "npm", "apps", "authenticator", "dist")
}

// Ensure that every flow of the Authenticator comes to its end.
func TestAuthenticator(t *testing.T) {
	dir := buildAuthenticator(t)
	e := e2e.Start(t)
	a := &authenticator{Env: e, t: t, sent: map[string]int{}}
	defer a.explain()
	a.address = serveAuthenticator(t, dir, func(client string) []byte {
		text, err := json.Marshal(e.Cognito.AppConfig(client).ResourcesConfig())
		must(t, err)
		return text
	})
	plain := a.pool("OPTIONAL", nil, nil)
	strict := a.pool("ON", nil, nil)
	mails := a.pool("OFF", map[string]any{"UsernameAttributes": []string{"email"}}, nil)
	codes := a.pool("OFF", map[string]any{"Policies": map[string]any{"SignInPolicy": map[string]any{"AllowedFirstAuthFactors": []string{"PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"}}}},
		map[string]any{"ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}})
	for _, name := range []string{"ann", "sms", "mail", "both", "app", "reset", "forgot"} {
		a.user(plain, name)
	}
	a.prefer(plain, "sms", "SMS")
	a.prefer(plain, "mail", "Email")
	a.prefer(plain, "both", "SMS", "Email")
	a.Admin("AdminResetUserPassword", map[string]any{"UserPoolId": plain.ID, "Username": "reset"})
	invite := func(p e2e.Pool, name string) {
		a.Admin("AdminCreateUser", map[string]any{"UserPoolId": p.ID, "Username": name, "MessageAction": "SUPPRESS", "TemporaryPassword": emulator.SeedPassword,
			"UserAttributes": []map[string]string{{"Name": "email", "Value": name + "@example.com"}, {"Name": "email_verified", "Value": "true"}}})
	}
	const fresh = "An0ther-password"
	flows := []struct {
		name string
		run  func()
	}{
		{"signs in, is known after a reload, signs out", func() {
			a.open(plain.ClientID)
			a.signIn("ann", emulator.SeedPassword)
			a.signedIn("ann")
			a.Tab.Reload()
			a.signedIn("ann")
			a.press("Sign out")
			a.at("signin")
		}},
		{"is told a wrong password", func() {
			a.open(plain.ClientID)
			a.signIn("ann", "Wrong-passw0rd")
			a.says("Incorrect username or password.")
		}},
		{"is told of an unknown user as of a wrong password", func() {
			a.open(plain.ClientID)
			a.signIn("nobody", "Wrong-passw0rd")
			a.says("Incorrect username or password.")
		}},
		{"signs up and is signed in", func() {
			a.open(plain.ClientID)
			a.signUp("username", "new", "email", "new@example.com")
			a.at("confirmsignup")
			a.enter(a.code("new"))
			a.press("Confirm")
			a.signedIn("new")
		}},
		{"signs up with a second code after a wrong one", func() {
			a.open(plain.ClientID)
			a.signUp("username", "again", "email", "again@example.com")
			a.at("confirmsignup")
			a.code("again")
			a.enter("000000")
			a.press("Confirm")
			a.says("Invalid verification code provided, please try again.")
			a.press("Resend Code")
			a.enter(a.code("again"))
			a.press("Confirm")
			a.signedIn("again")
		}},
		{"is told of a name that is taken", func() {
			a.open(plain.ClientID)
			a.signUp("username", "ann", "email", "ann2@example.com")
			a.says("User already exists")
		}},
		{"confirms at the sign-in", func() {
			a.open(plain.ClientID)
			a.signUp("username", "later", "email", "later@example.com")
			a.at("confirmsignup")
			a.code("later")
			a.open(plain.ClientID)
			a.signIn("later", emulator.SeedPassword)
			a.at("confirmsignup")
			a.enter(a.code("later"))
			a.press("Confirm")
			a.signIn("later", emulator.SeedPassword)
			a.signedIn("later")
		}},
		{"signs up with an e-mail address as the name", func() {
			a.open(mails.ClientID)
			a.signUp("email", "new@example.com")
			a.at("confirmsignup")
			a.enter(a.code("new@example.com"))
			a.press("Confirm")
			a.Tab.Wait(`document.querySelector('#user')?.textContent.length === 36`) // the sub
		}},
		{"resets a forgotten password", func() {
			a.open(plain.ClientID)
			a.press("Forgot your password?")
			a.at("forgotpassword")
			a.fill("username", "forgot")
			a.press("Send code")
			a.at("confirmresetpassword")
			a.enter(a.code("forgot"))
			a.fill("password", fresh, "confirm_password", fresh)
			a.press("Submit")
			a.signIn("forgot", fresh)
			a.signedIn("forgot")
		}},
		{"resets a password that an administrator has reset", func() {
			a.open(plain.ClientID)
			a.signIn("reset", emulator.SeedPassword)
			a.at("confirmresetpassword")
			a.enter(a.code("reset"))
			a.fill("password", fresh, "confirm_password", fresh)
			a.press("Submit")
			a.signIn("reset", fresh)
			a.signedIn("reset")
		}},
		{"replaces a temporary password", func() {
			invite(plain, "guest")
			a.open(plain.ClientID)
			a.signIn("guest", emulator.SeedPassword)
			a.at("forcenewpassword")
			a.fill("password", fresh, "confirm_password", fresh)
			a.press("Change Password")
			a.signedIn("guest")
		}},
		{"SMS MFA", func() {
			a.open(plain.ClientID)
			a.signIn("sms", emulator.SeedPassword)
			a.confirm(a.code("sms"))
			a.signedIn("sms")
		}},
		{"SMS MFA after a wrong code", func() {
			a.open(plain.ClientID)
			a.signIn("sms", emulator.SeedPassword)
			code := a.code("sms")
			a.confirm("000000")
			a.says("code you entered is incorrect")
			a.confirm(code)
			a.signedIn("sms")
		}},
		{"e-mail MFA", func() {
			a.open(plain.ClientID)
			a.signIn("mail", emulator.SeedPassword)
			a.confirm(a.code("mail"))
			a.signedIn("mail")
		}},
		{"a choice of MFA", func() {
			a.open(plain.ClientID)
			a.signIn("both", emulator.SeedPassword)
			a.at("select-mfa-type")
			a.choose("mfa_type", "EMAIL")
			a.press("Confirm")
			a.confirm(a.code("both"))
			a.signedIn("both")
		}},
		{"sets an authenticator app up, and signs in by it", func() {
			a.NewUser(strict.ID, "app", nil)
			a.open(strict.ClientID)
			a.signIn("app", emulator.SeedPassword)
			a.at("select-mfa-type")
			a.choose("mfa_type", "TOTP")
			a.press("Confirm")
			secret := a.setUp()
			a.signedIn("app")
			a.open(strict.ClientID)
			a.signIn("app", emulator.SeedPassword)
			a.confirm(a.NextTOTP(secret))
			a.signedIn("app")
		}},
		{"sets e-mail MFA up", func() {
			a.NewUser(strict.ID, "post", nil)
			a.open(strict.ClientID)
			a.signIn("post", emulator.SeedPassword)
			a.at("select-mfa-type")
			a.choose("mfa_type", "EMAIL")
			a.press("Confirm")
			a.at("setup-email")
			a.fill("email", "post@example.com")
			a.press("Confirm")
			a.confirm(a.code("post@example.com"))
			a.signedIn("post")
		}},
		{"skips the verification of an e-mail address", func() {
			a.NewUser(plain.ID, "skip", map[string]string{"email": "skip@example.com"})
			a.open(plain.ClientID)
			a.signIn("skip", emulator.SeedPassword)
			a.at("verifyuser")
			a.press("Skip")
			a.signedIn("skip")
		}},
		{"verifies an e-mail address", func() {
			a.NewUser(plain.ID, "verify", map[string]string{"email": "verify@example.com"})
			a.open(plain.ClientID)
			a.signIn("verify", emulator.SeedPassword)
			a.at("verifyuser")
			a.choose("unverifiedAttr", "email")
			a.press("Verify")
			a.at("confirmverifyuser")
			a.enter(a.code("verify"))
			a.press("Submit")
			a.signedIn("verify")
		}},
		{"chooses the password", func() {
			a.user(codes, "ann")
			a.open(codes.ClientID, prefers)
			a.chooses("ann")
			a.choosePassword()
			a.signedIn("ann")
		}},
		{"signs in by a code by e-mail", func() {
			a.open(codes.ClientID, prefers)
			a.fill("username", "ann")
			a.press("Sign In with Email")
			a.confirm(a.code("ann"))
			a.signedIn("ann")
		}},
		{"chooses a code by SMS", func() {
			a.open(codes.ClientID, prefers)
			a.chooses("ann")
			a.press("Sign In with SMS")
			a.confirm(a.code("ann"))
			a.signedIn("ann")
		}},
		{"declines a passkey", func() {
			a.user(codes, "decline")
			a.open(codes.ClientID, "passkeys")
			a.signIn("decline", emulator.SeedPassword)
			a.choosePassword()
			a.at("passkeyprompt")
			a.press("Continue without a Passkey")
			a.signedIn("decline")
		}},
		{"makes a passkey and signs in by it", func() {
			e.Tab.AddAuthenticator()
			a.user(codes, "key")
			a.open(codes.ClientID, "passkeys")
			a.signIn("key", emulator.SeedPassword)
			a.choosePassword()
			a.at("passkeyprompt")
			a.press("Create a Passkey")
			a.press("Continue")
			a.signedIn("key")
			a.open(codes.ClientID, prefers)
			a.chooses("key")
			a.press("Sign In with Passkey")
			a.signedIn("key")
		}},
	}
	for _, flow := range flows {
		t.Log(flow.name) // the last one is the one that failed
		flow.run()
	}
	t.Logf("%d flows", len(flows))
}

// Ensure that the app needs nothing but what make cognito prints: it signs up, confirms, signs out and signs in.
func TestPrintedConfiguration(t *testing.T) {
	e := e2e.Start(t) // for its tab
	dir := buildAuthenticator(t)
	program := filepath.Join(t.TempDir(), "cognito")
	run(t, mustRoot(), "go", "build", "-o", program, "./e2e/emulator/cmd")
	cognito := command(dir, program, "-addr", "127.0.0.1:0")
	said, err := cognito.StdoutPipe()
	must(t, err)
	must(t, cognito.Start())
	t.Cleanup(func() { cognito.Process.Kill(); cognito.Wait() })
	lines := bufio.NewScanner(said)
	url, config := "", ""
	for lines.Scan() && lines.Text() != "  }" {
		if at, ok := strings.CutPrefix(lines.Text(), "Local Cognito at "); ok {
			url = at
		}
		if config != "" || lines.Text() == "  {" {
			config += lines.Text()
		}
	}
	config += "}"
	t.Logf("printed: %s", config)

	a := &authenticator{Env: e, t: t}
	defer a.explain()
	a.address = serveAuthenticator(t, dir, func(string) []byte { return []byte(config) })
	a.open("")
	a.signUp("username", "ada", "email", "ada@example.com")
	a.at("confirmsignup")
	var sent []emulator.Message
	response, err := http.Get(url + "/_emulator/outbox?username=ada")
	must(t, err)
	defer response.Body.Close()
	must(t, json.NewDecoder(response.Body).Decode(&sent))
	a.enter(sent[0].Code)
	a.press("Confirm")
	a.signedIn("ada")
	a.press("Sign out")
	a.at("signin")
	a.signIn("ada", emulator.SeedPassword)
	a.choosePassword()
	a.signedIn("ada")
}
