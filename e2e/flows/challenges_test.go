package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// checkNoPassword looks for the seeded password in everything the page has stored.
func checkNoPassword(t *testing.T, e *e2e.Env) {
	t.Helper()
	for key, value := range e.Stored() {
		if strings.Contains(value, emulator.SeedPassword) {
			t.Errorf("%s holds the password", key)
		}
	}
}

// Ensure that each second factor is asked for with what the user has to know, that a wrong code asks again and
// that the right one signs in.
func TestSecondFactors(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	e.Admin("AdminSetUserMFAPreference", m{"UserPoolId": emulator.SeedPoolID, "Username": "demo", "EmailMfaSettings": m{"Enabled": true, "PreferredMfa": true}})
	for _, test := range []struct {
		username, state string
		details         m
		code            func() string
	}{
		{"demo-sms", "smsMFA", m{"deliveryMedium": "sms", "destination": "+*******0121"}, func() string { return e.Code("demo-sms") }},
		{"demo", "emailMFA", m{"deliveryMedium": "email", "destination": "d***@e***"}, func() string { return e.Code("demo") }},
		{"demo-totp", "totpMFA", nil, func() string { return e.TOTP(emulator.SeedTOTPSecret) }},
	} {
		t.Run(test.state, func(t *testing.T) {
			out := start(t, e, test.state, m{"username": test.username})
			details, _ := out["codeDetails"].(m)
			for name, want := range test.details {
				if details[name] != want {
					t.Errorf("%s is %v, want %v", name, details[name], want)
				}
			}
			checkNoPassword(t, e)
			fails(t, e, "confirmSignIn", m{"challengeResponse": " "}, "invalidParameter")
			fails(t, e, "confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")
			checkPending(t, "after a wrong code", e, test.state)
			answer(t, e, "signedIn", test.code(), nil)
			checkPending(t, "signed in", e, "")
			if got := browser.Eval[string](e.Tab, `auth.username`); got != test.username {
				t.Errorf("signed in as %s", got)
			}
			must(t, e, "signOut", nil)
			checkStored(t, "signed out", e.Stored(), map[string]string{})
		})
	}
}

// Ensure that a user with several second factors chooses one, by its name and nothing else.
func TestSelectSecondFactor(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	e.Admin("AdminSetUserMFAPreference", m{"UserPoolId": emulator.SeedPoolID, "Username": "demo-totp",
		"SMSMfaSettings": m{"Enabled": true}, "SoftwareTokenMfaSettings": m{"Enabled": true}})
	out := start(t, e, "selectMFA", m{"username": "demo-totp"})
	if got := list(out["allowedFactors"]); !slices.Equal(got, []string{"SMS_MFA", "SOFTWARE_TOKEN_MFA"}) {
		t.Errorf("allowed factors %v", got)
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": "TOTP"}, "invalidParameter")
	answer(t, e, "smsMFA", "SMS_MFA", nil)
	answer(t, e, "signedIn", e.Code("demo-totp"), nil)
	must(t, e, "signOut", nil)
	start(t, e, "selectMFA", m{"username": "demo-totp"})
	answer(t, e, "totpMFA", "SOFTWARE_TOKEN_MFA", nil)
	answer(t, e, "signedIn", e.TOTP(emulator.SeedTOTPSecret), nil)
}

// Ensure that a new password is asked for together with the attributes that the pool requires.
func TestNewPasswordRequired(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{"Schema": []m{{"Name": "name", "AttributeDataType": "String", "Required": true, "Mutable": true}}}, nil)
	e.Admin("AdminCreateUser", m{"UserPoolId": p.ID, "Username": "ada", "TemporaryPassword": emulator.SeedPassword, "MessageAction": "SUPPRESS"})
	app(e, p)
	out := start(t, e, "newPasswordRequired", m{"username": "ada"})
	if got := list(out["requiredAttributes"]); !slices.Equal(got, []string{"name"}) {
		t.Errorf("required attributes %v, want name", got)
	}
	e.Cognito.ResetCalls()
	fails(t, e, "confirmSignIn", m{"challengeResponse": "N3w-Passw0rd"}, "invalidParameter")
	fails(t, e, "confirmSignIn", m{"challengeResponse": ""}, "invalidParameter")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("requests were sent: %v", got)
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": "short", "userAttributes": m{"name": "Ada"}}, "invalidPassword")
	answer(t, e, "signedIn", "N3w-Passw0rd", m{"userAttributes": m{"name": "Ada"}})
	if got := must(t, e, "getUserAttributes", nil); got["name"] != "Ada" {
		t.Errorf("attributes %v", got)
	}
	must(t, e, "signOut", nil)
	fails(t, e, "signIn", m{"username": "ada", "password": emulator.SeedPassword}, "notAuthorized")
	start(t, e, "signedIn", m{"username": "ada", "password": "N3w-Passw0rd"})
}

// Ensure that custom challenges run for as many rounds as the pool's triggers want, with and without a password
// first, and hand their parameters and the client's metadata through.
func TestCustomChallenge(t *testing.T) {
	t.Parallel()
	for name, password := range map[string]string{"without a password": "", "after SRP": emulator.SeedPassword} {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			var metadata []any
			p := e.NewPool(m{"LambdaConfig": m{
				"DefineAuthChallenge": e2e.Lambda(t, func(request, response m) {
					session, _ := request["session"].([]any)
					right := 0
					for _, round := range session {
						if r := round.(m); r["challengeName"] == "CUSTOM_CHALLENGE" && r["challengeResult"] == true {
							right++
						}
					}
					response["issueTokens"], response["failAuthentication"] = right == 2, len(session) > 5
					response["challengeName"] = "CUSTOM_CHALLENGE"
					if len(session) == 1 && session[0].(m)["challengeName"] == "SRP_A" {
						response["challengeName"] = "PASSWORD_VERIFIER"
					}
				}),
				"CreateAuthChallenge": e2e.Lambda(t, func(_, response m) {
					response["publicChallengeParameters"] = m{"question": "1 + 1"}
					response["privateChallengeParameters"] = m{"answer": "2"}
				}),
				"VerifyAuthChallengeResponse": e2e.Lambda(t, func(request, response m) {
					metadata = append(metadata, request["clientMetadata"])
					response["answerCorrect"] = request["challengeAnswer"] == "2"
				}),
			}}, nil)
			e.NewUser(p.ID, "ada", nil)
			app(e, p)
			if password != "" {
				fails(t, e, "signIn", m{"username": "ada", "password": "Wrong-passw0rd", "authFlow": "CUSTOM_AUTH"}, "notAuthorized")
			}
			out := start(t, e, "customChallenge", m{"username": "ada", "password": password, "authFlow": "CUSTOM_AUTH"})
			if got, _ := out["parameters"].(m); got["question"] != "1 + 1" || len(got) != 1 {
				t.Errorf("parameters %v, want the question alone", got)
			}
			fails(t, e, "confirmSignIn", m{"challengeResponse": ""}, "invalidParameter")
			answer(t, e, "customChallenge", "3", nil) // a wrong answer: the trigger asks again
			reload(e)
			if got, _ := must(t, e, "getPendingSignIn", nil)["parameters"].(m); got["question"] != "1 + 1" {
				t.Errorf("after a reload the parameters are %v", got)
			}
			answer(t, e, "customChallenge", "2", m{"clientMetadata": m{"from": "test"}})
			answer(t, e, "signedIn", "2", nil)
			if got, _ := metadata[1].(m); got["from"] != "test" {
				t.Errorf("client metadata of the answers: %v", metadata)
			}
		})
	}
}

// Ensure that users choose their first factor, or name it with signIn.
func TestFirstFactors(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	user := m{"username": "demo", "authFlow": "USER_AUTH"}
	out := stands(t, "signIn", must(t, e, "signIn", user), "selectFactor")
	got := list(out["allowedFactors"])
	slices.Sort(got)
	if want := []string{"EMAIL_OTP", "PASSWORD", "PASSWORD_SRP", "SMS_OTP"}; !slices.Equal(got, want) {
		t.Errorf("allowed factors %v, want %v", got, want)
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": "123456"}, "invalidParameter") // never a guess
	answer(t, e, "emailOTP", "EMAIL_OTP", nil)
	fails(t, e, "confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")
	answer(t, e, "signedIn", e.Code("demo"), nil)
	must(t, e, "signOut", nil)

	out = must(t, e, "signIn", m{"username": "demo", "authFlow": "USER_AUTH", "preferredChallenge": "SMS_OTP"})
	if delivery, _ := stands(t, "signIn", out, "smsOTP")["codeDetails"].(m); delivery["deliveryMedium"] != "sms" {
		t.Errorf("signIn gave %v", out)
	}
	answer(t, e, "signedIn", e.Code("demo"), nil)
	must(t, e, "signOut", nil)

	for _, factor := range []string{"PASSWORD", "PASSWORD_SRP"} {
		must(t, e, "signIn", user)
		answer(t, e, "password", factor, nil)
		reload(e)
		checkPending(t, factor+" after a reload", e, "password")
		fails(t, e, "confirmSignIn", m{"challengeResponse": ""}, "invalidParameter")
		answer(t, e, "signedIn", emulator.SeedPassword, nil)
		must(t, e, "signOut", nil)

		preferred := m{"username": "demo", "authFlow": "USER_AUTH", "preferredChallenge": factor}
		start(t, e, "signedIn", preferred)
		must(t, e, "signOut", nil)
		preferred["password"] = "Wrong-passw0rd"
		fails(t, e, "signIn", preferred, "notAuthorized")
		checkPending(t, "after a wrong password", e, "")
	}
	start(t, e, "signedIn", user) // a password without a preference is proved by SRP
}

// Ensure that users who are not confirmed, or whose password was reset, get a step and not an exception, and get on.
func TestUnconfirmedAndResetUsers(t *testing.T) {
	t.Parallel()
	for _, flow := range []string{"USER_SRP_AUTH", "USER_PASSWORD_AUTH"} {
		t.Run(flow, func(t *testing.T) {
			e := e2e.Start(t)
			p := e.NewPool(emailPool, nil)
			app(e, p)
			user := m{"username": "ada", "authFlow": flow}
			must(t, e, "signUp", ada)
			start(t, e, "confirmSignUp", user)
			must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
			e.Admin("AdminResetUserPassword", m{"UserPoolId": p.ID, "Username": "ada"})
			start(t, e, "resetPassword", user)
			fails(t, e, "confirmSignIn", m{"challengeResponse": "123456"}, "invalidState")
			must(t, e, "confirmForgotPassword", m{"username": "ada", "newPassword": "N3w-Passw0rd", "confirmationCode": e.Code("ada")})
			start(t, e, "signedIn", m{"username": "ada", "authFlow": flow, "password": "N3w-Passw0rd"})
		})
	}
}

// Ensure that a half-done sign-in goes on after a reload and in another page of the same tab, not in another
// tab, and that nothing it keeps holds the password.
func TestPendingSignInSurvivesReload(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	start(t, e, "totpMFA", m{"username": "demo-totp"})
	checkNoPassword(t, e)
	reload(e)
	pending := must(t, e, "getPendingSignIn", nil)
	deadline, _ := pending["deadline"].(float64)
	if left := time.UnixMilli(int64(deadline)).Sub(e.Cognito.Now()); pending["signInState"] != "totpMFA" || pending["username"] != "demo-totp" || left <= 0 || left > 3*time.Minute {
		t.Errorf("after a reload: %v, %v left", pending, left)
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")

	e.Site.Page("/verify", `<!doctype html><title>another page</title><script type="module" src="/app.js"></script>`, "")
	e.Tab.Open(e.Origin + "/verify")
	e.Tab.Wait("globalThis.auth")
	other := e.Tab.Sibling()
	other.Open(e.Origin + "/app")
	other.Wait("globalThis.auth")
	if got, err := e2e.CallIn[m](other, `auth.getPendingSignIn()`); err != nil || got != nil {
		t.Errorf("another tab has the pending sign-in %v, %v", got, err)
	}
	answer(t, e, "signedIn", e.TOTP(emulator.SeedTOTPSecret), nil)
	other.Wait(`auth.currentUserState === 'signedIn'`)
	reload(e)
	checkPending(t, "signed in and reloaded", e, "")
}

// Ensure that a pending sign-in is forgotten with its session, and that an expired one says so and starts over.
func TestPendingSignInExpires(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	start(t, e, "totpMFA", m{"username": "demo-totp"})
	e.Advance(3*time.Minute + time.Second)
	if err := fails(t, e, "confirmSignIn", m{"challengeResponse": e.TOTP(emulator.SeedTOTPSecret)}, "signInExpired"); err.Name != "NotAuthorizedException" {
		t.Errorf("rejected with %v", err)
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": "123456"}, "invalidState")
	checkStored(t, "expired", e.Stored(), map[string]string{})

	start(t, e, "totpMFA", m{"username": "demo-totp"})
	e.Advance(3*time.Minute + time.Second)
	reload(e)
	checkPending(t, "expired and reloaded", e, "")
	checkStored(t, "expired and reloaded", e.Stored(), map[string]string{})

	start(t, e, "totpMFA", m{"username": "demo-totp"})
	answer(t, e, "signedIn", e.TOTP(emulator.SeedTOTPSecret), nil)
}

// Ensure that a second signIn ends the first, under way or waiting for an answer, and that cancelSignIn forgets it.
func TestSecondSignInCancelsTheFirst(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	start(t, e, "totpMFA", m{"username": "demo-totp"})
	start(t, e, "smsMFA", m{"username": "demo-sms"})
	if got := must(t, e, "getPendingSignIn", nil); got["username"] != "demo-sms" {
		t.Errorf("the pending sign-in is %v", got)
	}

	underWay(e, "InitiateAuth", `auth.signIn({ username: 'demo-totp', password: 'Passw0rd!' })`)
	mustSignIn(t, e)
	if _, err := e2e.Call[m](e, `underWay`); err == nil || err.Code != "signInSuperseded" {
		t.Errorf("the first sign-in ended with %v, want signInSuperseded", err)
	}
	if got := browser.Eval[string](e.Tab, `auth.username`); got != "demo" {
		t.Errorf("signed in as %s, want demo", got)
	}
	must(t, e, "signOut", nil)

	start(t, e, "smsMFA", m{"username": "demo-sms"})
	must(t, e, "cancelSignIn", nil)
	checkPending(t, "cancelled", e, "")
	fails(t, e, "confirmSignIn", m{"challengeResponse": e.Code("demo-sms")}, "invalidState")
	checkStored(t, "cancelled", e.Stored(), map[string]string{})
}

// underWay begins a call whose operation takes long, as the page's global underWay, and waits until the request is out.
func underWay(e *e2e.Env, operation, expression string) {
	e.Cognito.InjectFault(emulator.Fault{Operation: operation, Kind: "slow", Count: 1, DelayMs: 60_000})
	e.Tab.ForgetRequests()
	e.Tab.Run(`(globalThis.underWay = ` + expression + `, underWay.catch(() => {}), undefined)`)
	e.Tab.WaitUntil(operation+" is under way", func() bool {
		for _, r := range e.Tab.Requests() {
			for name, value := range r.Header {
				if strings.EqualFold(name, "X-Amz-Target") && strings.HasSuffix(value, "."+operation) {
					return true
				}
			}
		}
		return false
	})
}
