package flows

import (
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// Ensure that both password flows sign in, with no request that the flow does not need.
func TestSignIn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		flow       string
		operations []string
	}{
		{"USER_SRP_AUTH", []string{"InitiateAuth", "RespondToAuthChallenge"}},
		{"USER_PASSWORD_AUTH", []string{"InitiateAuth"}},
	}
	for _, test := range tests {
		t.Run(test.flow, func(t *testing.T) {
			e := e2e.Start(t)
			e.App("")
			got := e2e.Must[step](e, `auth.signIn({ username: 'demo', password: 'Passw0rd!', authFlow: '`+test.flow+`' })`)
			if got.SignInState != "signedIn" {
				t.Fatalf("signIn gave %q, want signedIn", got.SignInState)
			}
			if ops := e.Operations(); !slices.Equal(ops, test.operations) {
				t.Errorf("operations %v, want %v", ops, test.operations)
			}
			state := browser.Eval[[]any](e.Tab, `[auth.currentUserState, auth.isSignedIn, auth.username]`)
			if !slices.Equal(state, []any{"signedIn", true, "demo"}) {
				t.Errorf("state, isSignedIn, username = %v", state)
			}
			if states := browser.Eval[[]string](e.Tab, "states"); states[len(states)-1] != "signedIn" {
				t.Errorf("userstatechange told %v, want signedIn at last", states)
			}
			claims := e2e.Must[[]string](e, `auth.getTokens().then(t => [t.idToken.claims.aud, t.accessToken.claims.client_id,
				t.accessToken.claims.username, typeof t.refreshToken.tokenString, Object.prototype.toString.call(t.accessToken.expiration)])`)
			if want := []string{emulator.SeedClientID, emulator.SeedClientID, "demo", "string", "[object Date]"}; !slices.Equal(claims, want) {
				t.Errorf("tokens: %v, want %v", claims, want)
			}
		})
	}
}

// Ensure that requests carry no header that would make browsers send different preflights, and no cookies.
func TestRequestHeaders(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	seen := 0
	for _, r := range e.Tab.Requests() {
		if r.Method != "POST" {
			continue
		}
		seen++
		for name := range r.Header {
			lower := strings.ToLower(name)
			if strings.HasPrefix(lower, "amz-sdk-") || lower == "x-amz-user-agent" || lower == "authorization" || lower == "cookie" {
				t.Errorf("the request %s carries %s", r.Header["X-Amz-Target"], name)
			}
		}
	}
	if seen != 2 {
		t.Errorf("saw %d POST requests, want 2", seen)
	}
}

// Ensure that the script of Cognito's threat protection is asked at each step of a sign-in, whenever it came.
func TestThreatProtectionData(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	must(t, e, "getPendingSignIn", nil) // the engine runs
	e.Tab.Run(`globalThis.asked = [];
		globalThis.AmazonCognitoAdvancedSecurityData = { getData: (...whom) => (asked.push(whom.join()), 'a browser') }`)
	mustSignIn(t, e)
	whom := "demo," + emulator.SeedPoolID + "," + emulator.SeedClientID
	if got := browser.Eval[[]string](e.Tab, "asked"); !slices.Equal(got, []string{whom, whom}) {
		t.Errorf("asked for %q, want %s twice", got, whom)
	}
}

// failure is what a refused sign-in has to look like.
type failure struct {
	name      string
	username  string // demo if empty
	password  string // the right one if empty
	before    func(e *e2e.Env)
	options   string // further options of signIn
	code      string
	errorName string
	retryable bool
	requests  int // attempts that reached the local Cognito's InitiateAuth; -1: any
}

var failures = []failure{
	{name: "wrong password", password: "Wrong-passw0rd", code: "notAuthorized", errorName: "NotAuthorizedException", requests: 1},
	{name: "no user name", username: " ", code: "invalidParameter", requests: 0},
	{name: "throttled for long", before: fault("throttle", -1, 0), code: "tooManyRequests", errorName: "TooManyRequestsException", retryable: true, requests: 3},
	{name: "broken server", before: fault("status500", -1, 0), code: "internalError", errorName: "InternalErrorException", retryable: true, requests: 3},
	{name: "captive portal", before: fault("html", -1, 0), code: "invalidResponse", retryable: true, requests: 1},
	{name: "connection dropped", before: fault("drop", -1, 0), code: "networkError", errorName: "NetworkError", retryable: true, requests: 3},
	{name: "server down", before: func(e *e2e.Env) { e.StopCognito() }, code: "networkError", errorName: "NetworkError", retryable: true, requests: 0},
	{name: "offline", before: func(e *e2e.Env) { e.Tab.Offline(true) }, code: "networkError", errorName: "NetworkError", retryable: true, requests: 0},
	{name: "timeout", before: fault("slow", -1, 60_000), options: "timeout: 300", code: "timeout", errorName: "TimeoutError", retryable: true, requests: -1},
	{name: "aborted", before: fault("slow", -1, 60_000), options: "signal: AbortSignal.timeout(300)", code: "aborted", errorName: "AbortError", requests: -1},
}

func fault(kind string, count, delayMs int) func(*e2e.Env) {
	return func(e *e2e.Env) {
		e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: kind, Count: count, DelayMs: delayMs})
	}
}

// Ensure that each way to fail has its own typed error, with a message of its own, and stores nothing.
func TestSignInFailures(t *testing.T) {
	t.Parallel()
	messages := map[string]string{}
	for _, test := range failures {
		t.Run(test.name, func(t *testing.T) {
			e := e2e.Start(t)
			e.App("")
			putForeign(e)
			// The engine is there before the network goes, as for a person who reads the form first.
			if _, err := e2e.Call[any](e, `auth.signIn({ username: 'warm-up', password: 'x' })`); err == nil {
				t.Fatal("an unknown user was signed in")
			}
			before := e.Stored()
			e.Cognito.ResetCalls()
			if test.before != nil {
				test.before(e)
			}
			if test.username == "" {
				test.username = "demo"
			}
			if test.password == "" {
				test.password = "Passw0rd!"
			}
			_, err := e2e.Call[any](e, `auth.signIn({ username: `+e2e.Args(strings.TrimSpace(test.username))+
				`, password: `+e2e.Args(test.password)+`, `+test.options+` })`)
			if err == nil {
				t.Fatal("signed in")
			}
			if !err.AuthError || err.Code != test.code || err.Retryable != test.retryable || (test.errorName != "" && err.Name != test.errorName) {
				t.Errorf("rejected with %+v, want %+v", *err, test)
			}
			if strings.Contains(err.Message, test.password) {
				t.Errorf("the message tells the password: %s", err.Message)
			}
			attempts := 0
			for _, name := range e.Operations() {
				if name == "InitiateAuth" {
					attempts++
				}
			}
			if test.requests >= 0 && attempts != test.requests {
				t.Errorf("%d requests reached the server, want %d (%v)", attempts, test.requests, e.Operations())
			}
			checkStored(t, "afterwards", e.Stored(), before)
			if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedOut" {
				t.Errorf("state %q, want signedOut", state)
			}
			t.Logf("message: %s", err.Message)
			messages[test.name] = err.Message

			// Nothing is left over that would hinder the next attempt.
			e.Tab.Offline(false)
			e.Cognito.ClearFaults()
			if test.name == "server down" {
				e.StartCognito()
			}
			mustSignIn(t, e)
		})
	}
	if messages["offline"] == messages["timeout"] || messages["timeout"] == messages["wrong password"] || messages["throttled for long"] == messages["broken server"] {
		t.Errorf("different failures read the same: %v", messages)
	}
}

// Ensure that an unknown user is told as the app client is set: masked as a wrong password, or by name.
func TestUnknownUser(t *testing.T) {
	t.Parallel()
	for existence, code := range map[string]string{"ENABLED": "notAuthorized", "LEGACY": "userNotFound"} {
		for _, flow := range []string{"USER_SRP_AUTH", "USER_PASSWORD_AUTH"} {
			t.Run(existence+" "+flow, func(t *testing.T) {
				e := e2e.Start(t)
				e.Admin("UpdateUserPoolClient", m{
					"UserPoolId": emulator.SeedPoolID, "ClientId": emulator.SeedClientID,
					"ExplicitAuthFlows": []string{"ALLOW_" + flow}, "PreventUserExistenceErrors": existence,
				})
				e.App("")
				_, refused := e2e.Call[any](e, `auth.signIn({ username: 'nobody', password: 'Passw0rd!', authFlow: '`+flow+`' })`)
				if refused == nil || refused.Code != code || refused.Retryable {
					t.Errorf("rejected with %v, want the code %s", refused, code)
				}
				checkStored(t, "afterwards", e.Stored(), map[string]string{})
			})
		}
	}
}

// Ensure that what is wrong in a call is refused before anything is sent.
func TestBadInput(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	for _, call := range []string{
		`auth.signIn({ username: '', password: 'x' })`,
		`auth.signIn({ username: 'demo', password: '' })`,
		`auth.signIn({ username: 'demo', password: 'x', authFlow: 'MADE_UP' })`,
		`auth.signIn({})`,
		`auth.signIn()`,
		`auth.signIn({ username: 7, password: 'x' })`,
		`auth.signIn({ username: 'u'.repeat(200), password: 'x' })`,
		`auth.signIn({ username: 'demo', password: 7n })`,
		`auth.signIn(null)`,
		`auth.getPendingSignIn({ signal: new AbortController() })`,
		`auth.initialize({ timeout: -1 })`,
		`auth.setUpTOTP({ issuer: 'Fish: Chips' })`,
		`auth.showSignIn({ container: '##' })`,
		`auth.showSignIn({ container: {} })`,
		`auth.handleAuthResponse({ timeout: 1000 })`,
		`auth.handleAuthResponse('http://[')`,
	} {
		_, err := e2e.Call[any](e, call)
		if err == nil || !err.AuthError || err.Code != "invalidParameter" || err.Retryable {
			t.Errorf("%s: %v, want the code invalidParameter", call, err)
		}
	}
	if ops := e.Operations(); len(ops) != 0 {
		t.Errorf("requests were sent: %v", ops)
	}
	for _, call := range []string{`auth.initialize(null)`, `auth.handleAuthResponse(null, null)`, `auth.handleAuthResponse('/callback?code=1&state=2')`} {
		if _, err := e2e.Call[any](e, call); err != nil {
			t.Errorf("%s: %v", call, err)
		}
	}
	for _, call := range []string{`auth.getTokens(null)`, `auth.deviceOperations.get(null)`} {
		if _, err := e2e.Call[any](e, call); err == nil || err.Code != "notSignedIn" {
			t.Errorf("%s: %v", call, err)
		}
	}
}

// Ensure that a passing throttle is waited out without the caller noticing.
func TestRetry(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	fault("throttle", 2, 0)(e)
	mustSignIn(t, e)
	if ops := e.Operations(); len(ops) != 4 {
		t.Errorf("operations %v, want two attempts more than a sign-in has", ops)
	}
}

// Ensure that sign-out revokes, and removes our keys of this user and nothing else.
func TestSignOut(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	putForeign(e)
	mustSignIn(t, e)
	if stored := e.Stored(); len(stored) <= len(foreign) {
		t.Fatalf("nothing of ours is stored: %v", stored)
	}
	e.Cognito.ResetCalls()
	e2e.Must[any](e, `auth.signOut()`)
	checkStored(t, "signed out", e.Stored(), foreign)
	if ops := e.Operations(); !slices.Equal(ops, []string{"RevokeToken"}) {
		t.Errorf("operations %v, want RevokeToken", ops)
	}
	if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedOut" {
		t.Errorf("state %q, want signedOut", state)
	}
	if _, err := e2e.Call[any](e, `auth.getTokens()`); err == nil || err.Code != "notSignedIn" {
		t.Errorf("getTokens signed out: %v, want the code notSignedIn", err)
	}
}

// Ensure that signing out works without a network: locally at once.
func TestSignOutOffline(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	putForeign(e)
	mustSignIn(t, e)
	e.Tab.Offline(true)
	e2e.Call[any](e, `auth.signOut()`)
	checkStored(t, "signed out offline", e.Stored(), foreign)
	if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedOut" {
		t.Errorf("state %q, want signedOut", state)
	}
}
