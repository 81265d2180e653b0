package flows

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amplify-auth/core/contract"
	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// signedOutCalls and signedInCalls are calls that reach the service, as an options object is to be put in.
var (
	signedOutCalls = []string{
		`auth.signUp({ username: 'ada', password: 'Passw0rd!', ...OPTIONS })`,
		`auth.confirmSignUp({ username: 'ada', confirmationCode: '123456', ...OPTIONS })`,
		`auth.resendSignUpCode({ username: 'ada', ...OPTIONS })`,
		`auth.forgotPassword({ username: 'ada', ...OPTIONS })`,
		`auth.confirmForgotPassword({ username: 'ada', newPassword: 'N3w-Passw0rd', confirmationCode: '123456', ...OPTIONS })`,
		`auth.signIn({ username: 'demo', password: 'Passw0rd!', ...OPTIONS })`,
	}
	signedInCalls = []string{
		`auth.getTokens({ forceRefresh: true, ...OPTIONS })`,
		`auth.changePassword({ currentPassword: 'Passw0rd!', proposedPassword: 'N3w-Passw0rd', ...OPTIONS })`,
		`auth.getUserAttributes(OPTIONS)`,
		`auth.updateUserAttributes({ attributes: { name: 'x' }, ...OPTIONS })`,
		`auth.deleteUserAttributes({ names: ['nickname'], ...OPTIONS })`,
		`auth.verifyUserAttribute({ name: 'email', ...OPTIONS })`,
		`auth.confirmVerifyUserAttribute({ name: 'email', confirmationCode: '123456', ...OPTIONS })`,
		`auth.setUpTOTP(OPTIONS)`,
		`auth.verifyTOTPSetup({ code: '123456', ...OPTIONS })`,
		`auth.getMFAPreference(OPTIONS)`,
		`auth.setMFAPreference({ sms: 'ENABLED', ...OPTIONS })`,
		`auth.registerPasskey(OPTIONS)`,
		`auth.listPasskeys(OPTIONS)`,
		`auth.deletePasskey({ credentialId: 'x', ...OPTIONS })`,
		`auth.deviceOperations.get({ deviceKey: 'us-east-1_0', ...OPTIONS })`,
		`auth.deviceOperations.list(OPTIONS)`,
		`auth.deviceOperations.updateStatus({ deviceKey: 'us-east-1_0', remembered: true, ...OPTIONS })`,
		`auth.deviceOperations.forget({ deviceKey: 'us-east-1_0', ...OPTIONS })`,
		`auth.deleteUser(OPTIONS)`,
	}
)

// endings evaluates calls all at once under options: what each was rejected with, as "name code", by call.
func endings(e *e2e.Env, calls []string, options string) map[string]string {
	var all []string
	for _, call := range calls {
		all = append(all, "["+e2e.Args(call)+", "+strings.ReplaceAll(call, "OPTIONS", options)+"]")
	}
	return browser.Eval[map[string]string](e.Tab, `(async () => Object.fromEntries(await Promise.all([`+strings.Join(all, ",\n")+`].map(async ([name, call]) =>
  [name, await call.then(() => 'resolved', (error) => error instanceof AmplifyAuth.AuthError ? error.name + ' ' + error.code : String(error))]))))()`)
}

// Ensure that every call ends by its timeout and by its signal, at once and with its own error, and that one whose
// signal has been aborted before sends nothing. Nothing that is stored changes.
func TestEveryCallHasLimits(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	check := func(calls []string) {
		t.Helper()
		before := e.Stored()
		e.Cognito.ResetCalls()
		expect := func(options, want string) {
			t.Helper()
			for call, got := range endings(e, calls, options) {
				if got != want {
					t.Errorf("%s with %s: %s, want %s", call, options, got, want)
				}
			}
		}
		expect(`{ signal: AbortSignal.abort() }`, "AbortError aborted")
		if got := e.Operations(); len(got) != 0 {
			t.Errorf("aborted before they began, calls sent %v", got)
		}
		fault("slow", -1, 60_000)(e)
		expect(`{ timeout: 200 }`, "TimeoutError timeout")
		expect(`{ signal: AbortSignal.timeout(200) }`, "AbortError aborted")
		checkStored(t, "afterwards", e.Stored(), before)
	}
	must(t, e, "getPendingSignIn", nil) // the engine is there, the calls' time is their own
	// One at a time: a sign-in that begins ends the one before.
	check(signedOutCalls)
	e.Cognito.ClearFaults()
	mustSignIn(t, e)
	check(signedInCalls)
	// The user is still there, and so are the attributes. What was given up may reach the service yet, deleteUser too, so
	// the others stay slow.
	e.Cognito.InjectFault(emulator.Fault{Operation: "GetUser", Kind: "slow", Count: -1}) // by nothing
	if got := must(t, e, "getUserAttributes", nil); got["email"] != "demo@example.com" {
		t.Errorf("attributes %v", got)
	}
}

// Ensure that the time for the engine to load counts, and that a call gives up on it without harm to the others.
func TestLimitsBeforeEngine(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.OnNewDocument(`globalThis.realFetch = fetch;
		globalThis.fetch = (url, ...rest) => String(url).endsWith('.wasm') ? new Promise((go) => globalThis.letGo = () => go(realFetch(url, ...rest))) : realFetch(url, ...rest);`)
	e.App("worker: false")
	for call, got := range endings(e, signedOutCalls, `{ timeout: 100 }`) {
		if got != "TimeoutError timeout" {
			t.Errorf("%s: %s", call, got)
		}
	}
	for call, got := range endings(e, signedOutCalls, `{ signal: AbortSignal.timeout(100) }`) {
		if got != "AbortError aborted" {
			t.Errorf("%s: %s", call, got)
		}
	}
	// longer than a timer of the browser takes
	e.Tab.Run(`(globalThis.patient = auth.signIn({ username: 'demo', password: 'Passw0rd!', timeout: 2 ** 31 }), undefined)`)
	// one closed meanwhile says so
	_, err := e2e.Call[any](e, `(() => { const other = new AmplifyAuth({ config: '/amplify_outputs.json', worker: false }), call = other.getPendingSignIn(); other.close(); return call; })()`)
	if err == nil || err.Code != "closed" {
		t.Errorf("closed before its configuration was there: %v", err)
	}
	e.Tab.Wait(`globalThis.letGo`)
	e.Tab.Run(`letGo()`)
	if got := e2e.Must[step](e, `patient`); got.SignInState != "signedIn" {
		t.Errorf("the call that waited gave %v", got)
	}
	if got := e.Operations(); !slices.Equal(got, []string{"InitiateAuth", "RespondToAuthChallenge"}) {
		t.Errorf("operations %v: a call that nobody waits for was sent", got)
	}
}

// Ensure that a sign-out whose time is up has signed out all the same.
func TestSignOutLimits(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	putForeign(e)
	mustSignIn(t, e)
	fault("slow", -1, 60_000)(e)
	fails(t, e, "signOut", m{"timeout": 200}, "timeout")
	e.Tab.Wait(`auth.currentUserState === 'signedOut'`)
	checkStored(t, "signed out", e.Stored(), foreign)
}

// Ensure that clientMetadata reaches the triggers of each operation that takes it.
func TestClientMetadata(t *testing.T) {
	e := e2e.Start(t)
	var mu sync.Mutex
	got := map[string][]string{} // by trigger: the calls whose metadata it was given
	trigger := func(name, field string) string {
		return e2e.Lambda(t, func(request, _ m) {
			mu.Lock()
			defer mu.Unlock()
			metadata, _ := request[field].(m)
			from, _ := metadata["from"].(string)
			got[name] = append(got[name], from)
		})
	}
	metadata := func(from string, input m) m {
		in := m{"clientMetadata": m{"from": from}}
		maps.Copy(in, input)
		return in
	}
	p := e.NewPool(m{"AutoVerifiedAttributes": []string{"email"}, "LambdaConfig": m{
		"PreSignUp": trigger("PreSignUp", "clientMetadata"), "CustomMessage": trigger("CustomMessage", "clientMetadata"),
		"PostConfirmation": trigger("PostConfirmation", "clientMetadata"), "PreAuthentication": trigger("PreAuthentication", "validationData"),
		"PostAuthentication": trigger("PostAuthentication", "clientMetadata"), "PreTokenGeneration": trigger("PreTokenGeneration", "clientMetadata"),
	}}, nil)
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": p.ID, "MfaConfiguration": "OPTIONAL", "EmailMfaConfiguration": m{}})
	app(e, p)
	must(t, e, "signUp", metadata("signUp", ada))
	must(t, e, "resendSignUpCode", metadata("resendSignUpCode", m{"username": "ada"}))
	must(t, e, "confirmSignUp", metadata("confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")}))
	must(t, e, "forgotPassword", metadata("forgotPassword", m{"username": "ada"}))
	must(t, e, "confirmForgotPassword", metadata("confirmForgotPassword", m{"username": "ada", "newPassword": emulator.SeedPassword, "confirmationCode": e.Code("ada")}))
	start(t, e, "signedIn", metadata("signIn", m{"username": "ada"}))
	must(t, e, "setMFAPreference", m{"email": "PREFERRED"})
	must(t, e, "getTokens", metadata("getTokens", m{"forceRefresh": true}))
	must(t, e, "verifyUserAttribute", metadata("verifyUserAttribute", m{"name": "email"}))
	e2e.Must[[]m](e, `auth.updateUserAttributes(`+e2e.Args(metadata("updateUserAttributes", m{"attributes": m{"email": "new@example.com"}}))+`)`)
	must(t, e, "signOut", nil)
	start(t, e, "emailMFA", m{"username": "ada", "validationData": m{"from": "validationData"}})
	answer(t, e, "signedIn", e.Code("ada"), m{"clientMetadata": m{"from": "confirmSignIn"}})

	mu.Lock()
	defer mu.Unlock()
	want := map[string][]string{
		"PreSignUp":          {"signUp"},
		"CustomMessage":      {"signUp", "resendSignUpCode", "forgotPassword", "verifyUserAttribute", "updateUserAttributes"},
		"PostConfirmation":   {"confirmSignUp", "confirmForgotPassword"},
		"PreAuthentication":  {"signIn", "validationData"},
		"PostAuthentication": {"signIn", "confirmSignIn"},
		"PreTokenGeneration": {"signIn", "getTokens", "confirmSignIn"},
	}
	for name, calls := range want {
		for _, from := range calls {
			if !slices.Contains(got[name], from) {
				t.Errorf("%s was given the metadata of %q, not of %s", name, got[name], from)
			}
		}
	}
}

// Ensure that a client secret proves every call that needs it, and that the console tells what such a secret is worth.
func TestClientSecret(t *testing.T) {
	e := e2e.Start(t)
	warnings := func() (found []string) {
		for _, line := range e.Tab.Console() {
			if strings.HasPrefix(line, "warning: ") && strings.Contains(line, "client secret") {
				found = append(found, line)
			}
		}
		return found
	}
	e.App("")
	mustSignIn(t, e)
	must(t, e, "signOut", nil)
	if got := warnings(); len(got) != 0 {
		t.Errorf("without a secret the console says %q", got)
	}
	p := e.NewPool(m{
		"AutoVerifiedAttributes": []string{"email"},
		"Policies":               m{"SignInPolicy": m{"AllowedFirstAuthFactors": []string{"PASSWORD", "EMAIL_OTP"}}},
	}, m{"GenerateSecret": true})
	app(e, p)
	must(t, e, "signUp", ada)
	must(t, e, "resendSignUpCode", m{"username": "ada"})
	must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "signedIn")
	e.Advance(2 * time.Hour)
	must(t, e, "getTokens", nil)
	if out := must(t, e, "signOut", nil); out["remoteError"] != nil {
		t.Errorf("signOut gave %v", out)
	}
	must(t, e, "forgotPassword", m{"username": "ada"})
	must(t, e, "confirmForgotPassword", m{"username": "ada", "newPassword": emulator.SeedPassword, "confirmationCode": e.Code("ada")})
	for _, flow := range []string{"USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH"} {
		start(t, e, "signedIn", m{"username": "ada", "authFlow": flow})
		must(t, e, "signOut", nil)
	}
	stands(t, "signIn", must(t, e, "signIn", m{"username": "ada", "authFlow": "USER_AUTH", "preferredChallenge": "EMAIL_OTP"}), "emailOTP")
	answer(t, e, "signedIn", e.Code("ada"), nil)

	got := warnings()
	if len(got) != 1 || strings.Contains(got[0], p.ClientSecret) {
		t.Errorf("the console warns %q, want one warning without the secret", got)
	}
	for key, value := range e.Stored() {
		if strings.Contains(value, p.ClientSecret) {
			t.Errorf("%s holds the secret", key)
		}
	}
}

// Ensure that every call names a member that it does not know.
func TestEveryCallNamesUnknownMembers(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	methods := slices.DeleteFunc(slices.Clone(contract.Methods), func(m contract.Method) bool {
		return m.Name == "initialize" || m.Name == "handleAuthResponse" // theirs are signal and timeout alone
	})
	first := map[string]string{"signRequest": "'https://api.example.com/', "}
	for _, m := range methods {
		e.Tab.Run(`void auth.` + m.Name + `(` + first[m.Name] + `{ noSuchMember: 1, wait: false }).catch(() => {})`)
	}
	for _, m := range methods {
		e.Tab.WaitUntil("the console says that "+m.Name+" knows no noSuchMember", func() bool {
			return slices.ContainsFunc(e.Tab.Console(), func(line string) bool {
				return strings.Contains(line, " "+m.Name+" knows no ") && strings.Contains(line, "noSuchMember")
			})
		})
	}
}

// Ensure that a misspelt option is named on the console, and a misspelt member of a call once.
func TestMisspeltMembersAreNamed(t *testing.T) {
	e := e2e.Start(t)
	e.App("storag: 'memory'")
	mustSignIn(t, e)
	for range 2 {
		must(t, e, "getUserAttributes", m{"waits": true})
		must(t, e, "getTokens", m{"forceRefrsh": true}) // by the store
		must(t, e, "getTokens", m{"forceRefrsh": true, "forceRefresh": true})
	}
	must(t, e, "signOut", m{"signOutGlobaly": true})
	e.Tab.Run(`void auth.showSignIn({ canCancle: true }).catch(() => {})`)
	for _, want := range []string{"AmplifyAuth knows no option storag.", "getUserAttributes knows no waits,", "getTokens knows no option forceRefrsh.",
		"signOut knows no signOutGlobaly,", "showSignIn knows no option canCancle."} {
		named := func() (n int) {
			for _, line := range e.Tab.Console() {
				if strings.Contains(line, want) {
					n++
				}
			}
			return n
		}
		e.Tab.WaitUntil("the console says "+want, func() bool { return named() > 0 })
		if n := named(); n > 1 {
			t.Errorf("%d times %s", n, want)
		}
	}
}
