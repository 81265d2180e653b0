package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
)

var emailPool = m{"AutoVerifiedAttributes": []string{"email"}}

func TestSignUp(t *testing.T) {
	e := Start(t)
	var seen m
	pool := m{"AutoVerifiedAttributes": []string{"email"}, "LambdaConfig": m{"PreSignUp": e2e.Lambda(t, func(req, resp m) { seen = req })}}
	cfg, _ := e.NewPool(pool, m{"ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}})
	p := e.NewPage(cfg, core.Options{}, nil)
	args := m{"username": "ada", "password": emulator.SeedPassword, "userAttributes": m{"email": "ada@example.com"},
		"validationData": m{"invite": "x"}, "clientMetadata": m{"from": "test"}}
	out := p.Must("signUp", args)
	d, _ := out["codeDeliveryDetails"].(m)
	if out["signUpConfirmationState"] != "unconfirmed" || out["userSub"] == "" || d["deliveryMedium"] != "email" || d["attributeName"] != "email" {
		t.Errorf("%v", out)
	}
	if v, _ := seen["validationData"].(m); v["invite"] != "x" {
		t.Errorf("validation data %v", seen)
	}
	if v, _ := seen["clientMetadata"].(m); v["from"] != "test" {
		t.Errorf("client metadata %v", seen)
	}
	p.Fails("signUp", args, "usernameExists")
	p.Fails("confirmSignUp", m{"username": "ada", "confirmationCode": "000000"}, "codeMismatch")
	old := e.Code("ada")
	out = p.Must("resendSignUpCode", m{"username": "ada"})
	if d, _ := out["codeDeliveryDetails"].(m); d["deliveryMedium"] != "email" {
		t.Errorf("%v", out)
	}
	if old == e.Code("ada") {
		t.Error("the same code was sent again")
	}
	out = p.Must("confirmSignUp", m{"username": "ada", "confirmationCode": " " + e.Code("ada") + " "})
	if out["signUpConfirmationState"] != "confirmed" {
		t.Errorf("%v", out)
	}
	// Without a session for USER_AUTH the password that signUp was given signs in.
	if out := p.Must("autoSignIn", nil); out["signInState"] != "signedIn" {
		t.Errorf("%v", out)
	}
}

func TestSignUpRefusedBeforeAnyRequest(t *testing.T) {
	e := Start(t)
	outputs := `{"auth": {"user_pool_id": "us-east-1_Local0001", "user_pool_client_id": "local-web-client", "user_pool_endpoint": "` + e.Cognito.URL() + `",
		"password_policy": {"min_length": 10, "require_numbers": true, "require_symbols": true, "require_uppercase": true, "require_lowercase": true}}}`
	p := e.NewPage(e.Parse(outputs), core.Options{}, nil)
	e.Cognito.ResetCalls()
	for _, c := range []struct {
		args m
		code string
	}{
		{m{"username": ""}, "invalidParameter"},
		{m{"username": "ada", "password": "Sh0rt!"}, "invalidPassword"},
		{m{"username": "ada", "password": "longenoughbutplain"}, "invalidPassword"},
		{m{"username": "ada", "password": "G00d-enough!", "userAttributes": m{"email": "nonsense"}}, "invalidParameter"},
		{m{"username": "ada", "password": "G00d-enough!", "userAttributes": m{"phone_number": "0123"}}, "invalidParameter"},
		{m{"username": "ada", "password": "G00d-enough!", "userAttributes": m{"": "x"}}, "invalidParameter"},
		{m{"username": "ada", "password": "G00d-enough!", "userAttributes": "x"}, "invalidParameter"},
	} {
		p.Fails("signUp", c.args, c.code)
	}
	p.Fails("confirmSignUp", m{"username": "ada", "confirmationCode": ""}, "invalidParameter")
	p.Fails("forgotPassword", m{"username": " "}, "invalidParameter")
	p.Fails("confirmForgotPassword", m{"username": "ada", "newPassword": "x", "confirmationCode": "1"}, "invalidPassword")
	p.Fails("changePassword", m{"currentPassword": "", "proposedPassword": "G00d-enough!"}, "invalidParameter")
	p.Fails("noSuchMethod", nil, "invalidParameter")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("called %v", got)
	}
}

func TestAutoSignInBySession(t *testing.T) {
	e := Start(t)
	pool := m{"AutoVerifiedAttributes": []string{"email"}, "Policies": m{"SignInPolicy": m{"AllowedFirstAuthFactors": []string{"PASSWORD", "EMAIL_OTP"}}}}
	cfg, _ := e.NewPool(pool, nil)
	p := e.NewPage(cfg, core.Options{}, nil)
	p.Must("signUp", m{"username": "ada", "password": emulator.SeedPassword, "userAttributes": m{"email": "ada@example.com"}})
	p.Must("confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	reloaded := e.NewPage(cfg, core.Options{}, p.Session)
	e.Cognito.ResetCalls()
	if out := reloaded.Must("autoSignIn", nil); out["signInState"] != "signedIn" {
		t.Errorf("%v", out)
	}
	if got := e.Operations(); !slices.Equal(got, []string{"InitiateAuth"}) {
		t.Errorf("called %v", got)
	}
}

func TestAutoSignInDegradesToAPassword(t *testing.T) {
	e := Start(t)
	cfg, _ := e.NewPool(emailPool, m{"ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}})
	p := e.NewPage(cfg, core.Options{}, nil)
	p.Must("signUp", m{"username": "ada", "password": emulator.SeedPassword, "userAttributes": m{"email": "ada@example.com"}})
	reloaded := e.NewPage(cfg, core.Options{}, p.Session)
	reloaded.Must("confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	if out := reloaded.Must("autoSignIn", nil); out["signInState"] != "password" {
		t.Fatalf("%v", out)
	}
	answer(reloaded, "signedIn", emulator.SeedPassword, nil)
	e.NewPage(cfg, core.Options{}, nil).Fails("autoSignIn", nil, "invalidState")
}

func TestForgotPassword(t *testing.T) {
	e := Start(t)
	cfg, pool := e.NewPool(emailPool, nil)
	e.NewUser(pool, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true"})
	p := e.NewPage(cfg, core.Options{}, nil)
	out := p.Must("forgotPassword", m{"username": "ada"})
	if d, _ := out["codeDeliveryDetails"].(m); out["forgotPasswordState"] != "confirmationCodeSent" || d["deliveryMedium"] != "email" {
		t.Errorf("%v", out)
	}
	p.Fails("confirmForgotPassword", m{"username": "ada", "newPassword": "N3w-Passw0rd", "confirmationCode": "000000"}, "codeMismatch")
	code := e.Code("ada")
	if out := p.Must("confirmForgotPassword", m{"username": "ada", "newPassword": "N3w-Passw0rd", "confirmationCode": code}); out["forgotPasswordState"] != "done" {
		t.Errorf("%v", out)
	}
	p.Fails("signIn", m{"username": "ada", "password": emulator.SeedPassword}, "notAuthorized")
	p.Must("signIn", m{"username": "ada", "password": "N3w-Passw0rd"})

	p.Must("forgotPassword", m{"username": "ada"})
	code = e.Code("ada")
	e.Cognito.Advance(25 * time.Hour)
	p.Fails("confirmForgotPassword", m{"username": "ada", "newPassword": "N3w-Passw0rd", "confirmationCode": code}, "expiredCode")
}

func TestChangePassword(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	p.Fails("changePassword", m{"currentPassword": "a", "proposedPassword": "b"}, "notSignedIn")
	signIn(p, "demo")
	p.Fails("changePassword", m{"currentPassword": "wrong", "proposedPassword": "N3w-Passw0rd"}, "notAuthorized")
	p.Fails("changePassword", m{"currentPassword": emulator.SeedPassword, "proposedPassword": "weak"}, "invalidPassword")
	p.Must("changePassword", m{"currentPassword": emulator.SeedPassword, "proposedPassword": "N3w-Passw0rd"})
	p.Must("signOut", nil)
	p.Must("signIn", m{"username": "demo", "password": "N3w-Passw0rd"})
}

func TestAttributes(t *testing.T) {
	e := Start(t)
	cfg, pool := e.NewPool(emailPool, nil)
	e.NewUser(pool, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true", "nickname": "A"})
	p := e.NewPage(cfg, core.Options{}, nil)
	signIn(p, "ada")
	out := p.Must("updateUserAttributes", m{"attributes": m{"email": "new@example.com", "name": "Ada"}})
	list := out["result"].([]any)
	if len(list) != 1 || list[0].(m)["attributeName"] != "email" {
		t.Errorf("%v", list)
	}
	if got := p.Must("getUserAttributes", nil); got["name"] != "Ada" || got["email_verified"] != "false" {
		t.Errorf("%v", got)
	}
	p.Fails("confirmVerifyUserAttribute", m{"name": "email", "confirmationCode": "000000"}, "codeMismatch")
	if out := p.Must("verifyUserAttribute", m{"name": "email"}); out["deliveryMedium"] != "email" {
		t.Errorf("%v", out)
	}
	p.Must("confirmVerifyUserAttribute", m{"name": "email", "confirmationCode": e.Code("ada")})
	p.Must("deleteUserAttributes", m{"names": []string{"nickname"}})
	got := p.Must("getUserAttributes", nil)
	if _, left := got["nickname"]; left || got["email_verified"] != "true" {
		t.Errorf("%v", got)
	}
	p.Fails("updateUserAttributes", m{"attributes": m{}}, "invalidParameter")
	p.Fails("deleteUserAttributes", m{"names": []string{}}, "invalidParameter")
	if out := p.Must("updateUserAttributes", m{"attributes": m{"name": "A"}}); len(out["result"].([]any)) != 0 {
		t.Errorf("%v", out)
	}
}

func TestDeleteUser(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	p.Must("deleteUser", nil)
	if n := len(e.Local.All()); n != 0 {
		t.Errorf("%d values left", n)
	}
	p.Fails("signIn", m{"username": "demo", "password": emulator.SeedPassword}, "notAuthorized")
}

func TestTOTPSetupAndPreference(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	setup := p.Must("setUpTOTP", m{"issuer": "Fish & Chips"})
	if uri := setup["uri"].(string); !strings.HasPrefix(uri, "otpauth://totp/Fish%20&%20Chips:demo?secret=") || !strings.HasSuffix(uri, "&issuer=Fish%20%26%20Chips") {
		t.Errorf("%s", uri)
	}
	if uri := p.Must("setUpTOTP", m{"accountName": "ada@example.com"})["uri"].(string); !strings.HasPrefix(uri, "otpauth://totp/example.com:ada@example.com?secret=") {
		t.Errorf("with a name of the page's own: %s", uri)
	}
	p.Fails("setUpTOTP", m{"issuer": "a:b"}, "invalidParameter")
	setup = p.Must("setUpTOTP", nil)
	p.Fails("verifyTOTPSetup", m{"code": "12"}, "invalidParameter")
	code := e.TOTP(setup["sharedSecret"].(string))
	p.Must("verifyTOTPSetup", m{"code": code[:3] + " " + code[3:], "deviceName": "Phone"})
	p.Fails("setMFAPreference", m{}, "invalidParameter")
	p.Fails("setMFAPreference", m{"totp": "YES"}, "invalidParameter")
	p.Must("setMFAPreference", m{"totp": "PREFERRED", "sms": "ENABLED"})
	if got := p.Must("getMFAPreference", nil); got["preferred"] != "totp" || !slices.Equal(got["enabled"].([]any), []any{"sms", "totp"}) {
		t.Errorf("%v", got)
	}
	p.Must("setMFAPreference", m{"sms": "DISABLED"})
	if got := p.Must("getMFAPreference", nil); !slices.Equal(got["enabled"].([]any), []any{"totp"}) {
		t.Errorf("%v", got)
	}
}

func devicePool(e *Env, optIn bool) *Page {
	cfg, pool := e.NewPool(m{"DeviceConfiguration": m{"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": optIn}}, nil)
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": pool, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": m{"Enabled": true}})
	e.NewUser(pool, "ada", nil)
	p := e.NewPage(cfg, core.Options{}, nil)
	return p
}

// withTOTP gives ada a second factor and signs out.
func withTOTP(e *Env, p *Page) (secret string) {
	secret = p.Must("setUpTOTP", nil)["sharedSecret"].(string)
	p.Must("verifyTOTPSetup", m{"code": e.TOTP(secret)})
	p.Must("setMFAPreference", m{"totp": "PREFERRED"})
	p.Must("signOut", nil)
	return secret
}

func TestRememberedDeviceReplacesMFA(t *testing.T) {
	e := Start(t)
	p := devicePool(e, false)
	signIn(p, "ada")
	device := p.Must("deviceOperations.get", nil)
	if device["attributes"].(m)["device_name"] != "Test" {
		t.Errorf("%v", device)
	}
	secret := withTOTP(e, p)
	e.Cognito.ResetCalls()
	signIn(p, "ada")
	want := []string{"InitiateAuth", "RespondToAuthChallenge", "RespondToAuthChallenge", "RespondToAuthChallenge"}
	if got := e.Operations(); !slices.Equal(got, want) {
		t.Errorf("called %v, want %v", got, want)
	}
	e.Cognito.Advance(2 * time.Hour)
	p.Must("getTokens", nil)
	list := p.Must("deviceOperations.list", m{"limit": 10})
	if got := list["devices"].([]any); len(got) != 1 || got[0].(m)["deviceKey"] != device["deviceKey"] {
		t.Errorf("%v", list)
	}
	p.Fails("deviceOperations.list", m{"limit": 61}, "invalidParameter")

	p.Must("deviceOperations.updateStatus", m{"remembered": false})
	p.Must("signOut", nil)
	start(p, "totpMFA", m{"username": "ada"})
	answer(p, "signedIn", e.NextTOTP(secret), nil)

	p.Must("deviceOperations.forget", nil)
	p.Fails("deviceOperations.get", nil, "deviceNotRemembered")
}

func TestForgottenDeviceHeals(t *testing.T) {
	e := Start(t)
	p := devicePool(e, false)
	signIn(p, "ada")
	key := p.Must("deviceOperations.get", nil)["deviceKey"].(string)
	secret := withTOTP(e, p)
	for k := range e.Local.All() {
		if strings.HasSuffix(k, ".deviceKey") {
			e.Local.Set(k, "us-east-1_00000000-0000-4000-8000-000000000000")
		}
	}
	start(p, "totpMFA", m{"username": "ada"})
	answer(p, "signedIn", e.NextTOTP(secret), nil)
	if got := p.Must("deviceOperations.get", nil)["deviceKey"]; got == key || got == "" {
		t.Errorf("device %v", got)
	}
}

func TestRememberDeviceChoice(t *testing.T) {
	e := Start(t)
	p := devicePool(e, true)
	start(p, "signedIn", m{"username": "ada", "rememberDevice": false})
	p.Fails("deviceOperations.get", nil, "deviceNotRemembered")
	p.Must("signOut", nil)
	start(p, "signedIn", m{"username": "ada", "rememberDevice": true})
	withTOTP(e, p)
	signIn(p, "ada") // remembered: no second factor
}

func TestAbortLeavesNothingHalf(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	for _, op := range []string{"InitiateAuth", "RespondToAuthChallenge"} {
		if err := e.Cognito.InjectFault(emulator.Fault{Operation: op, Kind: "slow", Count: 1, DelayMs: 60000}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			for sent := range e.Sent {
				if sent == op {
					cancel()
					return
				}
			}
		}()
		_, err := p.CallContext(ctx, "signIn", m{"username": "demo", "password": emulator.SeedPassword})
		if err == nil || err.Name != "AbortError" {
			t.Errorf("%s: %v", op, err)
		}
		if n := len(e.Local.All()) + len(p.Session.All()); n != 0 {
			t.Errorf("%s: %d values stored", op, n)
		}
		e.Cognito.ClearFaults()
	}
	start(p, "smsMFA", m{"username": "demo-sms"})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "RespondToAuthChallenge", Kind: "slow", Count: 1, DelayMs: 60000}); err != nil {
		t.Fatal(err)
	}
	_, err := p.CallContext(ctx, "confirmSignIn", m{"challengeResponse": e.Code("demo-sms")})
	if err == nil || err.Name != "TimeoutError" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	e.Cognito.ClearFaults()
	answer(p, "signedIn", e.Code("demo-sms"), nil)
}

// Ensure that a browser stays one device to a user who signs in by an alias, by every flow, and is asked no second
// factor again.
func TestOneDeviceByAlias(t *testing.T) {
	for _, c := range []struct{ flow, preferred, alias string }{
		{flow: "USER_PASSWORD_AUTH", alias: "ada@example.com"},
		{flow: "USER_PASSWORD_AUTH", alias: "+15555550100"},
		{flow: "USER_AUTH", preferred: "PASSWORD", alias: "ada@example.com"},
		{flow: "USER_AUTH", preferred: "PASSWORD_SRP", alias: "ada@example.com"},
		{flow: "USER_SRP_AUTH", alias: "ada@example.com"},
	} {
		t.Run(c.flow+" "+c.preferred+" "+c.alias, func(t *testing.T) {
			e := Start(t)
			cfg, pool := e.NewPool(m{"AliasAttributes": []string{"email", "phone_number"}, "DeviceConfiguration": m{"ChallengeRequiredOnNewDevice": true}}, nil)
			e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": pool, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": m{"Enabled": true}})
			e.NewUser(pool, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true", "phone_number": "+15555550100", "phone_number_verified": "true"})
			p := e.NewPage(cfg, core.Options{}, nil)
			args := m{"username": c.alias, "authFlow": c.flow}
			if c.preferred != "" {
				args["preferredChallenge"] = c.preferred
			}
			start(p, "signedIn", args)
			secret := p.Must("setUpTOTP", nil)["sharedSecret"].(string)
			p.Must("verifyTOTPSetup", m{"code": e.TOTP(secret)})
			p.Must("setMFAPreference", m{"totp": "PREFERRED"})
			for range 3 {
				p.Must("signOut", nil)
				start(p, "signedIn", args)
			}
			if list := p.Must("deviceOperations.list", nil)["devices"].([]any); len(list) != 1 {
				t.Errorf("%d devices", len(list))
			}
			p.Must("deviceOperations.forget", nil)
			p.Must("signOut", nil)
			if left := e.Local.All(); len(left) != 0 {
				t.Errorf("forgotten and signed out, left %v", left)
			}
		})
	}
}
