package engine

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
)

type m = map[string]any

// start signs in as far as the first question.
func start(p *Page, state string, args m) m {
	p.T.Helper()
	in := m{"password": emulator.SeedPassword}
	for k, v := range args {
		in[k] = v
	}
	out := p.Must("signIn", in)
	if out["signInState"] != state {
		p.T.Fatalf("signIn: %v, want %s", out, state)
	}
	return out
}

// answer answers the question and expects the next state.
func answer(p *Page, state string, response string, more m) m {
	p.T.Helper()
	in := m{"challengeResponse": response}
	for k, v := range more {
		in[k] = v
	}
	out := p.Must("confirmSignIn", in)
	if out["signInState"] != state {
		p.T.Fatalf("confirmSignIn: %v, want %s", out, state)
	}
	return out
}

func TestSMSMFA(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	out := start(p, "smsMFA", m{"username": "demo-sms"})
	if d := out["codeDetails"].(m); d["deliveryMedium"] != "sms" || !strings.Contains(d["destination"].(string), "*") {
		t.Errorf("%v", d)
	}
	p.Fails("confirmSignIn", m{"challengeResponse": " "}, "invalidParameter")
	p.Fails("confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")
	answer(p, "signedIn", e.Code("demo-sms"), nil)
}

func TestTOTPMFA(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	start(p, "totpMFA", m{"username": "demo-totp"})
	p.Fails("confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")
	answer(p, "signedIn", e.TOTP(emulator.SeedTOTPSecret), nil)
}

func TestPendingSignInSurvivesReload(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	start(p, "totpMFA", m{"username": "demo-totp"})
	for k, v := range p.Session.All() {
		if strings.Contains(v, emulator.SeedPassword) {
			t.Errorf("%s holds the password", k)
		}
	}
	reloaded := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, p.Session)
	pending := reloaded.Must("getPendingSignIn", nil)
	if pending["signInState"] != "totpMFA" || pending["username"] != "demo-totp" || pending["deadline"].(float64) <= float64(e.Cognito.Now().UnixMilli()) {
		t.Errorf("%v", pending)
	}
	answer(reloaded, "signedIn", e.TOTP(emulator.SeedTOTPSecret), nil)
	if out := reloaded.Must("getPendingSignIn", nil); out["result"] != nil {
		t.Errorf("%v", out)
	}
}

func TestPendingSignInHasADeadline(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	start(p, "totpMFA", m{"username": "demo-totp"})
	e.Cognito.Advance(3*time.Minute + time.Second)
	reloaded := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, p.Session)
	if out := reloaded.Must("getPendingSignIn", nil); out["result"] != nil {
		t.Errorf("%v", out)
	}
	if len(p.Session.All()) != 0 {
		t.Error("the note was left")
	}
}

func TestExpiredChallengeSessionStartsOver(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	start(p, "totpMFA", m{"username": "demo-totp"})
	e.Cognito.Advance(4 * time.Minute)
	p.Fails("confirmSignIn", m{"challengeResponse": e.TOTP(emulator.SeedTOTPSecret)}, "signInExpired")
	p.Fails("confirmSignIn", m{"challengeResponse": "123456"}, "invalidState")
	start(p, "totpMFA", m{"username": "demo-totp"})
	answer(p, "signedIn", e.TOTP(emulator.SeedTOTPSecret), nil)
}

func TestSecondSignInCancelsTheFirst(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "InitiateAuth", Kind: "slow", Count: 1, DelayMs: 60000}); err != nil {
		t.Fatal(err)
	}
	first := make(chan *core.Error, 1)
	go func() {
		_, err := p.Call("signIn", m{"username": "demo-sms", "password": emulator.SeedPassword})
		first <- err
	}()
	for e.Cognito.HasFault("InitiateAuth") { // until the first request has arrived, and is slow
		runtime.Gosched()
	}
	signIn(p, "demo")
	if err := <-first; err == nil || err.Code != "signInSuperseded" {
		t.Errorf("the first sign-in ended with %v", err)
	}
}

func TestCancelSignIn(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	start(p, "smsMFA", m{"username": "demo-sms"})
	p.Must("cancelSignIn", nil)
	p.Fails("confirmSignIn", m{"challengeResponse": "123456"}, "invalidState")
	if len(p.Session.All()) != 0 {
		t.Error("the note was left")
	}
}

func TestNewPasswordRequired(t *testing.T) {
	e := Start(t)
	cfg, pool := e.NewPool(m{"Schema": []m{{"Name": "name", "AttributeDataType": "String", "Required": true, "Mutable": true}}}, nil)
	e.Admin("AdminCreateUser", m{"UserPoolId": pool, "Username": "ada", "TemporaryPassword": emulator.SeedPassword, "MessageAction": "SUPPRESS"})
	p := e.NewPage(cfg, core.Options{}, nil)
	out := start(p, "newPasswordRequired", m{"username": "ada"})
	if got := out["requiredAttributes"].([]any); !slices.Equal(got, []any{"name"}) {
		t.Errorf("%v", got)
	}
	e.Cognito.ResetCalls()
	p.Fails("confirmSignIn", m{"challengeResponse": "N3w-Passw0rd"}, "invalidParameter")
	p.Fails("confirmSignIn", m{"challengeResponse": ""}, "invalidParameter")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("called %v", got)
	}
	p.Fails("confirmSignIn", m{"challengeResponse": "short", "userAttributes": m{"name": "Ada"}}, "invalidPassword")
	answer(p, "signedIn", "N3w-Passw0rd", m{"userAttributes": m{"name": "Ada"}})
	if got := p.Must("getUserAttributes", nil); got["name"] != "Ada" {
		t.Errorf("%v", got)
	}
}

func TestMFASetup(t *testing.T) {
	e := Start(t)
	cfg, pool := e.NewPool(m{"AutoVerifiedAttributes": []string{"email"}}, nil)
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": m{"Enabled": true}})
	e.NewUser(pool, "ada", nil)
	p := e.NewPage(cfg, core.Options{}, nil)
	out := start(p, "setUpTOTP", m{"username": "ada"})
	setup := out["totpSetup"].(m)
	secret := setup["sharedSecret"].(string)
	if want := "otpauth://totp/example.com:ada?secret=" + secret + "&issuer=example.com"; setup["uri"] != want {
		t.Errorf("uri %v, want %s", setup["uri"], want)
	}
	named := p.Must("getPendingSignIn", m{"issuer": "Fish & Chips", "accountName": "Ada: home"})["totpSetup"].(m)
	if want := "otpauth://totp/Fish%20&%20Chips:Ada%3A%20home?secret=" + secret + "&issuer=Fish%20%26%20Chips"; named["uri"] != want || named["qr"] == setup["qr"] {
		t.Errorf("with names of the page's own the uri is %v, want %s with a QR code of its own", named["uri"], want)
	}
	p.Fails("getPendingSignIn", m{"issuer": "a:b"}, "invalidParameter")
	if qr := setup["qr"].(string); !strings.HasPrefix(qr, "<svg ") || !strings.HasSuffix(qr, "</svg>") {
		t.Errorf("qr %.40s", qr)
	}
	p.Fails("confirmSignIn", m{"challengeResponse": "12345"}, "invalidParameter")
	// Cognito answers EnableSoftwareTokenMFAException to a wrong code here.
	if _, err := p.Call("confirmSignIn", m{"challengeResponse": "000000"}); err == nil {
		t.Error("a wrong code was accepted")
	}
	answer(p, "signedIn", e.TOTP(secret), m{"friendlyDeviceName": "Phone"})
	p.Must("signOut", nil)
	start(p, "totpMFA", m{"username": "ada"})
	answer(p, "signedIn", e.NextTOTP(secret), nil)
}

func TestMFASetupByChoiceAndEmail(t *testing.T) {
	e := Start(t)
	cfg, pool := e.NewPool(nil, nil)
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": m{"Enabled": true}, "EmailMfaConfiguration": m{}})
	e.NewUser(pool, "ada", nil)
	p := e.NewPage(cfg, core.Options{}, nil)
	out := start(p, "setUpMFA", m{"username": "ada"})
	factors := out["allowedFactors"].([]any)
	if !slices.Contains(factors, any("EMAIL_OTP")) || !slices.Contains(factors, any("SOFTWARE_TOKEN_MFA")) {
		t.Fatalf("%v", factors)
	}
	p.Fails("confirmSignIn", m{"challengeResponse": "123456"}, "invalidParameter") // never a guess
	answer(p, "setUpEmail", "EMAIL_OTP", nil)
	reloaded := e.NewPage(cfg, core.Options{}, p.Session)
	if got := reloaded.Must("getPendingSignIn", nil); got["signInState"] != "setUpEmail" {
		t.Errorf("%v", got)
	}
	reloaded.Fails("confirmSignIn", m{"challengeResponse": "nonsense"}, "invalidParameter")
	out = answer(reloaded, "emailMFA", "ada@example.com", nil)
	if d := out["codeDetails"].(m); d["deliveryMedium"] != "email" {
		t.Errorf("%v", d)
	}
	answer(reloaded, "signedIn", e.Code("ada"), nil)
}

func TestSelectMFA(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	e.Admin("AdminSetUserMFAPreference", m{"UserPoolId": emulator.SeedPoolID, "Username": "demo-totp",
		"SMSMfaSettings": m{"Enabled": true}, "SoftwareTokenMfaSettings": m{"Enabled": true}})
	out := start(p, "selectMFA", m{"username": "demo-totp"})
	if got := out["allowedFactors"].([]any); len(got) != 2 {
		t.Errorf("%v", got)
	}
	p.Fails("confirmSignIn", m{"challengeResponse": "TOTP"}, "invalidParameter")
	answer(p, "smsMFA", "SMS_MFA", nil)
	answer(p, "signedIn", e.Code("demo-totp"), nil)
}

func TestFirstFactors(t *testing.T) {
	e := Start(t)
	cfg := e.Config(emulator.SeedClientID)
	p := e.NewPage(cfg, core.Options{}, nil)
	again := func() { p.Must("signOut", nil) }

	out := p.Must("signIn", m{"username": "demo", "authFlow": "USER_AUTH"})
	if out["signInState"] != "selectFactor" || !slices.Contains(out["allowedFactors"].([]any), any("EMAIL_OTP")) {
		t.Fatalf("%v", out)
	}
	answer(p, "emailOTP", "EMAIL_OTP", nil)
	p.Fails("confirmSignIn", m{"challengeResponse": "00000000"}, "codeMismatch")
	answer(p, "signedIn", e.Code("demo"), nil)
	again()

	out = p.Must("signIn", m{"username": "demo", "authFlow": "USER_AUTH", "preferredChallenge": "SMS_OTP"})
	if out["signInState"] != "smsOTP" {
		t.Fatalf("%v", out)
	}
	answer(p, "signedIn", e.Code("demo"), nil)
	again()

	for _, choice := range []string{"PASSWORD", "PASSWORD_SRP"} {
		p.Must("signIn", m{"username": "demo", "authFlow": "USER_AUTH"})
		answer(p, "password", choice, nil)
		reloaded := e.NewPage(cfg, core.Options{}, p.Session)
		if got := reloaded.Must("getPendingSignIn", nil); got["signInState"] != "password" {
			t.Errorf("%s: %v", choice, got)
		}
		reloaded.Fails("confirmSignIn", m{"challengeResponse": ""}, "invalidParameter")
		answer(reloaded, "signedIn", emulator.SeedPassword, nil)
		reloaded.Must("signOut", nil)
		p = e.NewPage(cfg, core.Options{}, nil)
	}
	for _, choice := range []string{"PASSWORD", "PASSWORD_SRP"} {
		out := p.Must("signIn", m{"username": "demo", "authFlow": "USER_AUTH", "preferredChallenge": choice, "password": emulator.SeedPassword})
		if out["signInState"] != "signedIn" {
			t.Fatalf("%v", out)
		}
		again()
		p.Fails("signIn", m{"username": "demo", "authFlow": "USER_AUTH", "preferredChallenge": choice, "password": "wrong"}, "notAuthorized")
	}
}

func TestCustomChallenge(t *testing.T) {
	for _, password := range []string{"", emulator.SeedPassword} {
		t.Run(map[bool]string{true: "without SRP", false: "after SRP"}[password == ""], func(t *testing.T) {
			e := Start(t)
			var metadata []any
			cfg, pool := e.NewPool(m{"LambdaConfig": m{
				"DefineAuthChallenge": e2e.Lambda(t, func(req, resp m) {
					session, _ := req["session"].([]any)
					rounds := 0
					for _, s := range session {
						r := s.(m)
						if r["challengeName"] == "CUSTOM_CHALLENGE" && r["challengeResult"] == true {
							rounds++
						}
					}
					resp["issueTokens"], resp["failAuthentication"] = rounds == 2, len(session) > 5
					resp["challengeName"] = "CUSTOM_CHALLENGE"
					if password != "" && len(session) == 1 && session[0].(m)["challengeName"] == "SRP_A" {
						resp["challengeName"] = "PASSWORD_VERIFIER"
					}
				}),
				"CreateAuthChallenge": e2e.Lambda(t, func(req, resp m) {
					resp["publicChallengeParameters"] = m{"question": "1 + 1"}
					resp["privateChallengeParameters"] = m{"answer": "2"}
				}),
				"VerifyAuthChallengeResponse": e2e.Lambda(t, func(req, resp m) {
					metadata = append(metadata, req["clientMetadata"])
					resp["answerCorrect"] = req["challengeAnswer"] == "2"
				}),
			}}, nil)
			e.NewUser(pool, "ada", nil)
			p := e.NewPage(cfg, core.Options{}, nil)
			out := start(p, "customChallenge", m{"username": "ada", "password": password, "authFlow": "CUSTOM_AUTH"})
			if got := out["parameters"].(m); got["question"] != "1 + 1" || len(got) != 1 {
				t.Errorf("%v", got)
			}
			p.Fails("confirmSignIn", m{"challengeResponse": ""}, "invalidParameter")
			answer(p, "customChallenge", "3", nil) // a wrong answer: the trigger asks again
			answer(p, "customChallenge", "2", m{"clientMetadata": m{"from": "test"}})
			answer(p, "signedIn", "2", nil)
			if last, _ := metadata[len(metadata)-1].(m); last["from"] != "test" {
				t.Errorf("client metadata %v", metadata)
			}
		})
	}
}

func TestUnconfirmedAndResetUsersGetSteps(t *testing.T) {
	e := Start(t)
	cfg, pool := e.NewPool(m{"AutoVerifiedAttributes": []string{"email"}}, nil)
	p := e.NewPage(cfg, core.Options{}, nil)
	p.Must("signUp", m{"username": "ada", "password": emulator.SeedPassword, "userAttributes": m{"email": "ada@example.com"}})
	start(p, "confirmSignUp", m{"username": "ada"})
	p.Must("confirmSignUp", m{"username": "ada", "confirmationCode": e.Code("ada")})
	e.Admin("AdminResetUserPassword", m{"UserPoolId": pool, "Username": "ada"})
	start(p, "resetPassword", m{"username": "ada"})
}

func TestSecretHash(t *testing.T) {
	e := Start(t)
	cfg, pool := e.NewPool(nil, m{"GenerateSecret": true})
	e.NewUser(pool, "ada", nil)
	p := e.NewPage(cfg, core.Options{}, nil)
	signIn(p, "ada")
	e.Cognito.Advance(2 * time.Hour)
	p.Must("getTokens", nil)
	if out := p.Must("signOut", nil); out["remoteError"] != nil {
		t.Errorf("%v", out)
	}
}
