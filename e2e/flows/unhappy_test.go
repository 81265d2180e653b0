package flows

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
)

// checkSame reports what differs of the pending sign-in: the note that the tab keeps must not change by a failure.
func checkSame(t *testing.T, when string, e *e2e.Env, before map[string]string, state string) {
	t.Helper()
	checkStored(t, when, e.Stored(), before)
	checkPending(t, when, e, state)
}

// interruptions are ways for an answer to a challenge to get lost. The challenge stays open through each.
var interruptions = []struct {
	name   string
	before func(*e2e.Env)
	call   string // of confirmSignIn with the code CODE
	code   string
}{
	{"wrong code", nil, `auth.confirmSignIn({ challengeResponse: '000000' })`, "codeMismatch"},
	{"empty code", nil, `auth.confirmSignIn({ challengeResponse: '' })`, "invalidParameter"},
	{"throttled", fault("throttle", -1, 0), `auth.confirmSignIn({ challengeResponse: CODE })`, "tooManyRequests"},
	{"server error", fault("status500", -1, 0), `auth.confirmSignIn({ challengeResponse: CODE })`, "internalError"},
	{"captive portal", fault("html", -1, 0), `auth.confirmSignIn({ challengeResponse: CODE })`, "invalidResponse"},
	{"connection dropped", fault("drop", -1, 0), `auth.confirmSignIn({ challengeResponse: CODE })`, "networkError"},
	{"offline", func(e *e2e.Env) { e.Tab.Offline(true) }, `auth.confirmSignIn({ challengeResponse: CODE })`, "networkError"},
	{"timeout", fault("slow", -1, 60_000), `auth.confirmSignIn({ challengeResponse: CODE, timeout: 200 })`, "timeout"},
	{"aborted", fault("slow", -1, 60_000), `auth.confirmSignIn({ challengeResponse: CODE, signal: AbortSignal.timeout(200) })`, "aborted"},
}

// Ensure that whatever interrupts the answer to a challenge leaves it open as it was, tokens unwritten, and that the
// right answer then signs in: in the same page, and in one that is loaded again.
func TestInterruptedChallenge(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	for i, test := range interruptions {
		t.Run(test.name, func(t *testing.T) {
			start(t, e, "smsMFA", m{"username": "demo-sms"})
			before := e.Stored()
			for key := range before {
				if !strings.HasPrefix(key, "session:") {
					t.Errorf("before the second factor %s is stored", key)
				}
			}
			code := e.Code("demo-sms")
			if test.before != nil {
				test.before(e)
			}
			_, err := e2e.Call[m](e, strings.ReplaceAll(test.call, "CODE", "'"+code+"'"))
			if err == nil || !err.AuthError || err.Code != test.code || strings.Contains(err.Message, code) {
				t.Errorf("rejected with %v, want the code %s", err, test.code)
			}
			e.Tab.Offline(false)
			e.Cognito.ClearFaults()
			checkSame(t, "interrupted", e, before, "smsMFA")
			if i%2 == 1 {
				reload(e)
				checkPending(t, "reloaded", e, "smsMFA")
			}
			answer(t, e, "signedIn", code, nil)
			must(t, e, "signOut", nil)
			checkStored(t, "signed out", e.Stored(), map[string]string{})
		})
	}
}

// Ensure that an answer which the service took, but whose reply was lost, does not leave half a session: signing in
// again does.
func TestLostReply(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	start(t, e, "smsMFA", m{"username": "demo-sms"})
	e.Cognito.InjectFault(emulator.Fault{Operation: "RespondToAuthChallenge", Kind: "dropReply", Count: 1})
	fails(t, e, "confirmSignIn", m{"challengeResponse": e.Code("demo-sms")}, "signInExpired")
	checkStored(t, "the reply lost", e.Stored(), map[string]string{})
	start(t, e, "smsMFA", m{"username": "demo-sms"})
	answer(t, e, "signedIn", e.Code("demo-sms"), nil)
}

// Ensure that too many wrong codes end the sign-in, which then starts over.
func TestTooManyWrongCodes(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	start(t, e, "smsMFA", m{"username": "demo-sms"})
	for range 5 {
		fails(t, e, "confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": e.Code("demo-sms")}, "signInExpired")
	checkPending(t, "after too many wrong codes", e, "")
	checkStored(t, "after too many wrong codes", e.Stored(), map[string]string{})
	start(t, e, "smsMFA", m{"username": "demo-sms"})
	answer(t, e, "signedIn", e.Code("demo-sms"), nil)
}

// Ensure that too many wrong passwords are told apart from a wrong one.
func TestTooManyWrongPasswords(t *testing.T) {
	for _, flow := range []string{"USER_SRP_AUTH", "USER_PASSWORD_AUTH"} {
		t.Run(flow, func(t *testing.T) {
			e := e2e.Start(t)
			e.App("")
			wrong := m{"username": "demo", "password": "Wrong-passw0rd", "authFlow": flow}
			for failures := range 10 {
				if failures > 0 {
					e.Cognito.Advance(time.Minute) // the locks of the first ones are short
				}
				fails(t, e, "signIn", wrong, "notAuthorized")
			}
			fails(t, e, "signIn", m{"username": "demo", "password": emulator.SeedPassword, "authFlow": flow}, "tooManyFailedAttempts")
			e.Advance(16 * time.Minute)
			start(t, e, "signedIn", m{"username": "demo", "authFlow": flow})
		})
	}
}

// Ensure that codes which expired, and codes of which too many were asked for or tried, are told by codes of their own.
func TestCodeLimits(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(emailPool, nil)
	e.NewUser(p.ID, "bob", map[string]string{"email": "bob@example.com", "email_verified": "true"})
	app(e, p)
	must(t, e, "signUp", ada)
	code := m{"username": "ada", "confirmationCode": e.Code("ada")}
	e.Advance(25 * time.Hour)
	fails(t, e, "confirmSignUp", code, "expiredCode")
	for range 5 {
		must(t, e, "resendSignUpCode", m{"username": "ada"})
	}
	if err := fails(t, e, "resendSignUpCode", m{"username": "ada"}, "limitExceeded"); err.Name != "LimitExceededException" {
		t.Errorf("rejected with %v", err)
	}
	code["confirmationCode"] = e.Code("ada") // the last one still does
	must(t, e, "confirmSignUp", code)

	must(t, e, "forgotPassword", m{"username": "bob"})
	for range 5 {
		fails(t, e, "confirmForgotPassword", m{"username": "bob", "newPassword": "N3w-Passw0rd", "confirmationCode": "000000"}, "codeMismatch")
	}
	fails(t, e, "confirmForgotPassword", m{"username": "bob", "newPassword": "N3w-Passw0rd", "confirmationCode": e.Code("bob")}, "limitExceeded")
	start(t, e, "signedIn", m{"username": "bob"}) // the old password still does
}

// Ensure that the meanings of NotAuthorizedException which only its message tells apart have codes of their own.
func TestNotAuthorizedMeanings(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{"Policies": m{"PasswordPolicy": m{"MinimumLength": 8, "TemporaryPasswordValidityDays": 1}}}, nil)
	e.NewUser(p.ID, "ada", nil)
	e.Admin("AdminCreateUser", m{"UserPoolId": p.ID, "Username": "bob", "TemporaryPassword": emulator.SeedPassword, "MessageAction": "SUPPRESS"})
	app(e, p)
	user := m{"UserPoolId": p.ID, "Username": "ada"}
	refused := func(method string, input m, code string) {
		t.Helper()
		if err := fails(t, e, method, input, code); err.Name != "NotAuthorizedException" || err.Retryable {
			t.Errorf("%s: rejected with %v", method, err)
		}
	}
	start(t, e, "signedIn", m{"username": "ada"})
	e.Admin("AdminUserGlobalSignOut", user)
	fails(t, e, "getUserAttributes", m{"wait": false}, "sessionExpired")
	must(t, e, "signOut", nil)
	e.Admin("AdminDisableUser", user)
	refused("signIn", m{"username": "ada", "password": emulator.SeedPassword}, "userDisabled")
	refused("forgotPassword", m{"username": "ada"}, "userDisabled")
	e.Advance(25 * time.Hour)
	refused("signIn", m{"username": "bob", "password": emulator.SeedPassword}, "temporaryPasswordExpired")
	checkStored(t, "afterwards", e.Stored(), map[string]string{})
}

// Ensure that what fails after the last challenge, when the tokens are there, does not cost the sign-in: a device
// that could not be confirmed is asked for its second factor next time.
func TestDeviceNotConfirmed(t *testing.T) {
	e := e2e.Start(t)
	app(e, devicePool(e, false))
	e.Cognito.InjectFault(emulator.Fault{Operation: "ConfirmDevice", Kind: "status500", Count: -1})
	start(t, e, "signedIn", m{"username": "ada"})
	e.Cognito.ClearFaults()
	fails(t, e, "deviceOperations.get", nil, "deviceNotRemembered")
	for key := range e.Stored() {
		if strings.Contains(key, "evice") || strings.Contains(key, "randomPassword") {
			t.Errorf("half a device is stored: %s", key)
		}
	}
	must(t, e, "signOut", nil)
	start(t, e, "signedIn", m{"username": "ada"})
	must(t, e, "deviceOperations.get", nil)
}

// refusing serves a trigger that refuses.
func refusing(t *testing.T, why string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"errorMessage": "`+why+`"}`, http.StatusInternalServerError)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// Ensure that a trigger which refuses, and one that breaks, are told apart, and that the user can go on.
func TestRefusedByTrigger(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{"LambdaConfig": m{
		"PreAuthentication": "http://127.0.0.1:9/nobody-listens",
	}}, nil)
	e.NewUser(p.ID, "ada", nil)
	app(e, p)
	fails(t, e, "signIn", m{"username": "ada", "password": emulator.SeedPassword}, "unexpectedLambda")
	checkStored(t, "a broken trigger", e.Stored(), map[string]string{})
	e.Admin("UpdateUserPool", m{"UserPoolId": p.ID, "LambdaConfig": m{"PreAuthentication": refusing(t, "not on Sundays")}})
	if err := fails(t, e, "signIn", m{"username": "ada", "password": emulator.SeedPassword}, "userLambdaValidation"); !strings.Contains(err.Message, "not on Sundays") {
		t.Errorf("the message hides the trigger's: %s", err.Message)
	}
	checkStored(t, "refused", e.Stored(), map[string]string{})
	e.Admin("UpdateUserPool", m{"UserPoolId": p.ID, "LambdaConfig": m{}})
	start(t, e, "signedIn", m{"username": "ada"})
}
