package flows

import (
	"slices"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
)

// emailPool sends codes to new e-mail addresses.
var emailPool = m{"AutoVerifiedAttributes": []string{"email"}}

// srpClient allows no USER_AUTH, so that a sign-up leaves no session to sign in by.
var srpClient = m{"ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}}

var ada = m{"username": "ada", "password": emulator.SeedPassword, "userAttributes": m{"email": "ada@example.com"}}

// Ensure that a sign-up carries everything to the pool and its trigger, is confirmed by the code of the last
// message, and that autoSignIn then signs in with the password that signUp was given.
func TestSignUp(t *testing.T) {
	e := e2e.Start(t)
	var seen m
	p := e.NewPool(m{
		"AutoVerifiedAttributes": []string{"email"},
		"LambdaConfig":           m{"PreSignUp": e2e.Lambda(t, func(request, _ m) { seen = request })},
	}, srpClient)
	app(e, p)
	in := m{"username": "ada", "password": emulator.SeedPassword, "userAttributes": m{"email": "ada@example.com", "name": "Ada"},
		"validationData": m{"invitation": "x"}, "clientMetadata": m{"from": "test"}}
	out := must(t, e, "signUp", in)
	delivery, _ := out["codeDeliveryDetails"].(m)
	if out["signUpConfirmationState"] != "unconfirmed" || out["userSub"] == "" || delivery["deliveryMedium"] != "email" ||
		delivery["attributeName"] != "email" || delivery["destination"] != "a***@e***" {
		t.Errorf("signUp gave %v", out)
	}
	if validation, _ := seen["validationData"].(m); validation["invitation"] != "x" {
		t.Errorf("the trigger got the validation data %v", seen)
	}
	if metadata, _ := seen["clientMetadata"].(m); metadata["from"] != "test" {
		t.Errorf("the trigger got the client metadata %v", seen)
	}
	fails(t, e, "signUp", in, "usernameExists")
	start(t, e, "confirmSignUp", m{"username": "ada"})

	fails(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": "000000"}, "codeMismatch")
	first := e.Code("ada")
	out = must(t, e, "resendSignUpCode", m{"username": "ada"})
	if delivery, _ := out["codeDeliveryDetails"].(m); delivery["deliveryMedium"] != "email" || e.Code("ada") == first {
		t.Errorf("resendSignUpCode gave %v", out)
	}
	fails(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": first}, "codeMismatch")
	code := e.Code("ada")
	out = must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": " " + code[:3] + "\u00a0" + code[3:] + " "})
	if out["signUpConfirmationState"] != "confirmed" {
		t.Errorf("confirmSignUp gave %v", out)
	}
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "signedIn")
	if got := must(t, e, "getUserAttributes", nil); got["name"] != "Ada" || got["email_verified"] != "true" {
		t.Errorf("attributes %v", got)
	}
	fails(t, e, "autoSignIn", nil, "invalidState")
}

// Ensure that a user whom the pool's trigger confirms needs no code.
func TestSignUpConfirmedByTrigger(t *testing.T) {
	e := e2e.Start(t)
	app(e, e.NewPool(m{"LambdaConfig": m{"PreSignUp": e2e.Lambda(t, func(_, response m) { response["autoConfirmUser"] = true })}}, nil))
	if out := must(t, e, "signUp", ada); out["signUpConfirmationState"] != "confirmed" || out["codeDeliveryDetails"] != nil {
		t.Errorf("signUp gave %v", out)
	}
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "signedIn")
}

// Ensure that the session of a confirmed sign-up signs in by one request, after a reload as well, and without
// anything of the password being kept.
func TestAutoSignInBySession(t *testing.T) {
	e := e2e.Start(t)
	app(e, e.NewPool(emailPool, nil))
	must(t, e, "signUp", ada)
	checkNoPassword(t, e)
	reload(e)
	must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	reload(e)
	e.Cognito.ResetCalls()
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "signedIn")
	if got := e.Operations(); !slices.Equal(got, []string{"InitiateAuth"}) {
		t.Errorf("operations %v, want InitiateAuth", got)
	}
}

// Ensure that a code may take longer to arrive than the session of the sign-up lives.
func TestSignUpCodeOutlivesSession(t *testing.T) {
	e := e2e.Start(t)
	app(e, e.NewPool(emailPool, nil))
	must(t, e, "signUp", ada)
	e.Advance(10 * time.Minute)
	fails(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": "000000"}, "codeMismatch")
	must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "signedIn")
}

// Ensure that autoSignIn asks for the password where there is neither a session nor a page that remembers it.
func TestAutoSignInAsksForPassword(t *testing.T) {
	e := e2e.Start(t)
	app(e, e.NewPool(emailPool, srpClient))
	must(t, e, "signUp", ada)
	reload(e)
	must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "password")
	fails(t, e, "confirmSignIn", m{"challengeResponse": ""}, "invalidParameter")
	answer(t, e, "signedIn", emulator.SeedPassword, nil)
}

// Ensure that autoSignIn after too long a pause, and in a page where nobody signed up, is no dead end.
func TestAutoSignInTooLate(t *testing.T) {
	e := e2e.Start(t)
	app(e, e.NewPool(emailPool, nil))
	fails(t, e, "autoSignIn", nil, "invalidState")
	must(t, e, "signUp", ada)
	must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	e.Advance(10 * time.Minute)
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "signedIn")
}

// Ensure that an autoSignIn that met no network can be called again.
func TestAutoSignInOffline(t *testing.T) {
	e := e2e.Start(t)
	app(e, e.NewPool(emailPool, nil))
	must(t, e, "signUp", ada)
	must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	e.Tab.Offline(true)
	if err := fails(t, e, "autoSignIn", nil, "networkError"); !err.Retryable {
		t.Errorf("%v is not retryable", err)
	}
	e.Tab.Offline(false)
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "signedIn")
}

// Ensure that a signIn takes over from an autoSignIn under way, which then does not start again.
func TestAutoSignInSuperseded(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(emailPool, nil)
	e.NewUser(p.ID, "bob", nil)
	app(e, p)
	must(t, e, "signUp", ada)
	must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	underWay(e, "InitiateAuth", `auth.autoSignIn()`)
	start(t, e, "signedIn", m{"username": "bob"})
	if _, err := e2e.Call[m](e, `underWay`); err == nil || err.Code != "signInSuperseded" {
		t.Errorf("autoSignIn ended with %v, want signInSuperseded", err)
	}
	if got := must(t, e, "getTokens", nil); got["accessToken"].(m)["claims"].(m)["username"] != "bob" {
		t.Errorf("signed in as %v, want bob", got["accessToken"])
	}
}

// Ensure that a pool without passwords takes users in, and signs them in by codes.
func TestSignUpWithoutPassword(t *testing.T) {
	e := e2e.Start(t)
	app(e, e.NewPool(m{
		"AutoVerifiedAttributes": []string{"email"},
		"Policies":               m{"SignInPolicy": m{"AllowedFirstAuthFactors": []string{"PASSWORD", "EMAIL_OTP"}}},
	}, nil))
	must(t, e, "signUp", m{"username": "ada", "userAttributes": m{"email": "ada@example.com"}})
	must(t, e, "confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	stands(t, "autoSignIn", must(t, e, "autoSignIn", nil), "signedIn")
	must(t, e, "signOut", nil)
	out := stands(t, "signIn", must(t, e, "signIn", m{"username": "ada", "authFlow": "USER_AUTH", "preferredChallenge": "EMAIL_OTP"}), "emailOTP")
	if delivery, _ := out["codeDetails"].(m); delivery["deliveryMedium"] != "email" {
		t.Errorf("signIn gave %v", out)
	}
	answer(t, e, "signedIn", e.Code("ada"), nil)
}

// Ensure that what is wrong in a call about an account is refused before anything is sent, a password that the
// policy of the configuration forbids included.
func TestBadAccountInput(t *testing.T) {
	e := e2e.Start(t)
	pool := e2e.SeededCognito(e.Cognito.URL())
	e.App("config: " + e2e.Args(m{"version": "1", "auth": m{
		"user_pool_id": pool.UserPoolID, "user_pool_client_id": pool.ClientID, "user_pool_endpoint": pool.URL, "aws_region": "us-east-1",
		"password_policy": m{"min_length": 10, "require_numbers": true, "require_symbols": true, "require_uppercase": true, "require_lowercase": true},
	}}))
	good := "G00d-enough!"
	for _, test := range []struct {
		method string
		input  m
		code   string
	}{
		{"signUp", nil, "invalidParameter"},
		{"signUp", m{"username": ""}, "invalidParameter"},
		{"signUp", m{"username": "ada", "password": "Sh0rt!"}, "invalidPassword"},
		{"signUp", m{"username": "ada", "password": "longenoughbutplain"}, "invalidPassword"},
		{"signUp", m{"username": "ada", "password": good, "userAttributes": m{"email": "nonsense"}}, "invalidParameter"},
		{"signUp", m{"username": "ada", "password": good, "userAttributes": m{"phone_number": "0123"}}, "invalidParameter"},
		{"signUp", m{"username": "ada", "password": good, "userAttributes": m{"": "x"}}, "invalidParameter"},
		{"signUp", m{"username": "ada", "password": good, "userAttributes": "x"}, "invalidParameter"},
		{"confirmSignUp", m{"username": "ada", "confirmationCode": " "}, "invalidParameter"},
		{"confirmSignUp", m{"username": "ada", "confirmationCode": 123456}, "invalidParameter"},
		{"resendSignUpCode", m{"username": " "}, "invalidParameter"},
		{"forgotPassword", m{}, "invalidParameter"},
		{"confirmForgotPassword", m{"username": "ada", "newPassword": "short", "confirmationCode": "123456"}, "invalidPassword"},
		{"confirmForgotPassword", m{"username": "ada", "newPassword": good, "confirmationCode": ""}, "invalidParameter"},
		{"changePassword", m{"currentPassword": "", "proposedPassword": good}, "invalidParameter"},
		{"changePassword", m{"currentPassword": "x", "proposedPassword": "short"}, "invalidPassword"},
		{"updateUserAttributes", m{"attributes": m{}}, "invalidParameter"},
		{"updateUserAttributes", m{"attributes": m{"phone_number": "0123"}}, "invalidParameter"},
		{"deleteUserAttributes", m{"names": []string{}}, "invalidParameter"},
		{"deleteUserAttributes", m{"names": "nickname"}, "invalidParameter"},
		{"verifyUserAttribute", m{"name": ""}, "invalidParameter"},
		{"confirmVerifyUserAttribute", m{"name": "email", "confirmationCode": ""}, "invalidParameter"},
		{"verifyTOTPSetup", m{"code": "12345"}, "invalidParameter"},
		{"setMFAPreference", m{}, "invalidParameter"},
		{"setMFAPreference", m{"totp": "YES"}, "invalidParameter"},
		{"deletePasskey", m{"credentialId": ""}, "invalidParameter"},
		{"deviceOperations.list", m{"limit": 61}, "invalidParameter"},
		{"deviceOperations.updateStatus", m{}, "invalidParameter"},
	} {
		if err := fails(t, e, test.method, test.input, test.code); err.Retryable {
			t.Errorf("%s: %v is retryable", test.method, err)
		}
	}
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("requests were sent: %v", got)
	}
}
