package emulator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

func TestSRP(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	s := newSRPClient()
	out, err := b.start("USER_SRP_AUTH", "USERNAME", "anna", "SRP_A", s.hexA())
	b.ok(err)
	p := out.ChallengeParameters
	if out.ChallengeName != "PASSWORD_VERIFIER" || out.Session != nil || p["USERNAME"] != "anna" || p["USER_ID_FOR_SRP"] != "anna" || len(p["SALT"]) != 32 {
		t.Fatalf("challenge %s, session %v, %v", out.ChallengeName, out.Session, p)
	}
	if n := len(p["SECRET_BLOCK"]); n < 1500 || n > 2048 {
		t.Errorf("SECRET_BLOCK has %d characters", n)
	}
	proof := s.proof(t, p, b.poolName(), "anna", goodPassword, b.server.Now())
	done, err := b.answer("PASSWORD_VERIFIER", nil, proof...)
	b.ok(err)
	if r := done.AuthenticationResult; r == nil || r.ExpiresIn != 3600 || *r.TokenType != "Bearer" || r.NewDeviceMetadata != nil {
		t.Fatalf("result %+v", r)
	}
	t.Run("used block", func(t *testing.T) {
		_, err := b.answer("PASSWORD_VERIFIER", nil, proof...)
		b.fails(err, "NotAuthorizedException")
	})
	t.Run("wrong password", func(t *testing.T) {
		_, err := b.srp("anna", "Wr0ng!password")
		b.fails(err, "NotAuthorizedException: Incorrect username or password.")
	})
	t.Run("A = 0 mod N", func(t *testing.T) {
		for _, A := range []string{"0", "00", srpN.Text(16)} {
			_, err := b.start("USER_SRP_AUTH", "USERNAME", "anna", "SRP_A", A)
			b.fails(err, "InvalidParameterException")
		}
	})
	t.Run("missing", func(t *testing.T) {
		_, err := b.start("USER_SRP_AUTH", "USERNAME", "anna")
		b.fails(err, "InvalidParameterException: Missing required parameter SRP_A")
		_, err = b.start("USER_SRP_AUTH", "SRP_A", "2")
		b.fails(err, "InvalidParameterException: Missing required parameter USERNAME")
		_, err = b.answer("PASSWORD_VERIFIER", nil, "USERNAME", "anna", "TIMESTAMP", "x", "PASSWORD_CLAIM_SIGNATURE", "x")
		b.fails(err, "InvalidParameterException: Missing required parameter PASSWORD_CLAIM_SECRET_BLOCK")
	})
	// replace answers with one response changed.
	replace := func(key string, change func(string) string, at time.Time) error {
		s := newSRPClient()
		out, err := b.start("USER_SRP_AUTH", "USERNAME", "anna", "SRP_A", s.hexA())
		b.ok(err)
		proof := s.proof(t, out.ChallengeParameters, b.poolName(), "anna", goodPassword, at)
		for i := 0; i < len(proof); i += 2 {
			if proof[i] == key {
				proof[i+1] = change(proof[i+1])
			}
		}
		_, err = b.answer("PASSWORD_VERIFIER", nil, proof...)
		return err
	}
	same := func(s string) string { return s }
	now := b.server.Now()
	t.Run("tampered block", func(t *testing.T) {
		b.fails(replace("PASSWORD_CLAIM_SECRET_BLOCK", func(s string) string { return "AAAA" + s[4:] }, now), "NotAuthorizedException: Incorrect username or password.")
	})
	t.Run("tampered signature", func(t *testing.T) {
		b.fails(replace("PASSWORD_CLAIM_SIGNATURE", func(s string) string { return "AAAA" + s[4:] }, now), "NotAuthorizedException: Incorrect username or password.")
	})
	t.Run("timestamps", func(t *testing.T) {
		b.fails(replace("TIMESTAMP", func(string) string { return "2024-01-01T00:00:00Z" }, now), "InvalidParameterException: TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
		b.fails(replace("", same, now.Add(-6*time.Minute)), "NotAuthorizedException: Incorrect username or password.")
		b.fails(replace("", same, now.Add(6*time.Minute)), "NotAuthorizedException: Incorrect username or password.")
		b.ok(replace("", same, now.Add(-4*time.Minute)))
		// after the clock moved, a client that went along and one that did not both sign in
		b.server.Advance(2 * time.Hour)
		b.ok(replace("", same, now))
		b.ok(replace("", same, now.Add(2*time.Hour)))
	})
	t.Run("old block", func(t *testing.T) {
		s := newSRPClient()
		out, err := b.start("USER_SRP_AUTH", "USERNAME", "anna", "SRP_A", s.hexA())
		b.ok(err)
		b.server.Advance(3*time.Minute + time.Second)
		_, err = b.answer("PASSWORD_VERIFIER", nil, s.proof(t, out.ChallengeParameters, b.poolName(), "anna", goodPassword, b.server.Now())...)
		b.fails(err, "NotAuthorizedException: Invalid session for the user, session is expired.")
	})
	t.Run("other client", func(t *testing.T) {
		other, err := b.CreateUserPoolClient(b.ctx, &cip.CreateUserPoolClientInput{UserPoolId: &b.pool, ClientName: aws.String("other")})
		b.ok(err)
		s := newSRPClient()
		out, err := b.start("USER_SRP_AUTH", "USERNAME", "anna", "SRP_A", s.hexA())
		b.ok(err)
		first := b.client
		defer func() { b.client = first }()
		b.client = *other.UserPoolClient.ClientId
		_, err = b.answer("PASSWORD_VERIFIER", nil, s.proof(t, out.ChallengeParameters, b.poolName(), "anna", goodPassword, b.server.Now())...)
		b.fails(err, "NotAuthorizedException: Invalid session for the user.")
	})
}

func TestUserExistence(t *testing.T) {
	t.Run("masked", func(t *testing.T) {
		b := newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
			c.PreventUserExistenceErrors = "ENABLED"
		})
		var salts, ids []string
		for range 2 {
			out, err := b.start("USER_SRP_AUTH", "USERNAME", "nobody", "SRP_A", newSRPClient().hexA())
			b.ok(err)
			salts, ids = append(salts, out.ChallengeParameters["SALT"]), append(ids, out.ChallengeParameters["USER_ID_FOR_SRP"])
		}
		if salts[0] != salts[1] || ids[0] != ids[1] || len(ids[0]) != 36 || len(salts[0]) != 32 {
			t.Errorf("simulated user is not stable: %v %v", salts, ids)
		}
		_, err := b.srp("nobody", goodPassword)
		b.fails(err, "NotAuthorizedException: Incorrect username or password.")
		_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "nobody", "PASSWORD", goodPassword)
		b.fails(err, "NotAuthorizedException: Incorrect username or password.")
		out, err := b.ForgotPassword(b.ctx, &cip.ForgotPasswordInput{ClientId: &b.client, Username: aws.String("nobody")})
		b.ok(err)
		if d := out.CodeDeliveryDetails; d.DeliveryMedium != "EMAIL" || !strings.Contains(*d.Destination, "***@") {
			t.Errorf("simulated delivery %+v", d)
		}
		if len(b.server.Outbox("")) != 0 {
			t.Error("a message was sent")
		}
		_, err = b.ConfirmForgotPassword(b.ctx, &cip.ConfirmForgotPasswordInput{ClientId: &b.client, Username: aws.String("nobody"), ConfirmationCode: aws.String("123456"), Password: aws.String(goodPassword)})
		b.fails(err, "ExpiredCodeException: Invalid code provided, please request a code again.")
		_, err = b.ConfirmSignUp(b.ctx, &cip.ConfirmSignUpInput{ClientId: &b.client, Username: aws.String("nobody"), ConfirmationCode: aws.String("123456")})
		b.fails(err, "ExpiredCodeException: Invalid code provided, please request a code again.")
		// locked out like a user who exists
		for range 4 {
			b.start("USER_PASSWORD_AUTH", "USERNAME", "nobody", "PASSWORD", goodPassword)
		}
		_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "nobody", "PASSWORD", goodPassword)
		b.fails(err, "NotAuthorizedException: Password attempts exceeded")
	})
	t.Run("legacy", func(t *testing.T) {
		b := newPool(t, nil)
		_, err := b.srp("nobody", goodPassword)
		b.fails(err, "UserNotFoundException: User does not exist.")
		_, err = b.ForgotPassword(b.ctx, &cip.ForgotPasswordInput{ClientId: &b.client, Username: aws.String("nobody")})
		b.fails(err, "UserNotFoundException: Username/client id combination not found.")
	})
}

func TestLockout(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	wrong := func() error {
		_, err := b.srp("anna", "Wr0ng!password")
		return err
	}
	right := func() error {
		_, err := b.srp("anna", goodPassword)
		return err
	}
	for range 5 {
		b.fails(wrong(), "NotAuthorizedException: Incorrect username or password.")
	}
	b.fails(right(), "NotAuthorizedException: Password attempts exceeded")
	b.server.Advance(time.Second) // 2^0
	b.fails(wrong(), "NotAuthorizedException: Incorrect username or password.")
	b.server.Advance(time.Second) // 2^1 has not passed
	b.fails(right(), "NotAuthorizedException: Password attempts exceeded")
	b.server.Advance(time.Second)
	b.ok(right())
	for range 4 { // forgotten by the success
		b.fails(wrong(), "NotAuthorizedException: Incorrect username or password.")
	}
	b.ok(right())
}

func TestPasswordAuth(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	b.password("anna", goodPassword)
	_, err := b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", "wrong")
	b.fails(err, "NotAuthorizedException: Incorrect username or password.")
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna")
	b.fails(err, "InvalidParameterException: Missing required parameter PASSWORD")
	admin, err := b.AdminInitiateAuth(b.ctx, &cip.AdminInitiateAuthInput{UserPoolId: &b.pool, ClientId: &b.client, AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
		AuthParameters: map[string]string{"USERNAME": "anna", "PASSWORD": goodPassword}})
	b.ok(err)
	if admin.AuthenticationResult == nil {
		t.Error("no tokens for the administrator")
	}
	_, err = b.start("ADMIN_USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
	b.fails(err, "InvalidParameterException")
	user := poolUser(b, "anna")
	b.AdminDisableUser(b.ctx, &cip.AdminDisableUserInput{UserPoolId: user.pool, Username: user.name})
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
	b.fails(err, "NotAuthorizedException: User is disabled.")
	b.AdminEnableUser(b.ctx, &cip.AdminEnableUserInput{UserPoolId: user.pool, Username: user.name})
	b.password("anna", goodPassword)
	_, err = b.AdminResetUserPassword(b.ctx, &cip.AdminResetUserPasswordInput{UserPoolId: user.pool, Username: user.name})
	b.ok(err)
	for _, try := range []func() error{
		func() error {
			_, err := b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
			return err
		},
		func() error { _, err := b.srp("anna", goodPassword); return err },
	} {
		b.fails(try(), "PasswordResetRequiredException: Password reset required for the user")
	}
}

type named struct{ pool, name *string }

func poolUser(b *bed, name string) named { return named{&b.pool, &name} }

func TestFlowsOfClient(t *testing.T) {
	b := newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) { c.ExplicitAuthFlows = nil })
	b.addUser("anna", goodPassword)
	done, err := b.srp("anna", goodPassword) // SRP is on by default
	b.ok(err)
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
	b.fails(err, "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client")
	_, err = b.start("USER_AUTH", "USERNAME", "anna")
	b.fails(err, "InvalidParameterException: USER_AUTH flow not enabled for this client")
	_, err = b.start("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", *done.AuthenticationResult.RefreshToken)
	b.ok(err)
	_, err = b.UpdateUserPoolClient(b.ctx, &cip.UpdateUserPoolClientInput{UserPoolId: &b.pool, ClientId: &b.client, ExplicitAuthFlows: []types.ExplicitAuthFlowsType{"USER_PASSWORD_AUTH"}})
	b.ok(err)
	b.password("anna", goodPassword)
	_, err = b.srp("anna", goodPassword)
	b.fails(err, "InvalidParameterException: USER_SRP_AUTH flow not enabled for this client")
}

func TestSecretHash(t *testing.T) {
	b := newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) { c.GenerateSecret = true })
	b.addUser("anna", goodPassword)
	if len(b.secret) < 40 {
		t.Fatalf("secret %q", b.secret)
	}
	_, err := b.srp("anna", goodPassword)
	b.ok(err)
	tokens := b.password("anna", goodPassword)
	secret := b.secret
	b.secret = ""
	_, err = b.srp("anna", goodPassword)
	b.fails(err, "NotAuthorizedException: Client "+b.client+" is configured with secret but SECRET_HASH was not received")
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword, "SECRET_HASH", secretHash(secret, "bert", b.client))
	b.fails(err, "NotAuthorizedException: SecretHash does not match for the client: "+b.client)
	_, err = b.start("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", *tokens.RefreshToken, "SECRET_HASH", secretHash(secret, "anna", b.client))
	b.ok(err)
	get := &cip.GetTokensFromRefreshTokenInput{ClientId: &b.client, RefreshToken: tokens.RefreshToken, ClientSecret: &secret}
	_, err = b.GetTokensFromRefreshToken(b.ctx, get)
	b.ok(err)
	get.ClientSecret = nil
	_, err = b.GetTokensFromRefreshToken(b.ctx, get)
	b.fails(err, "NotAuthorizedException")
}

// smsConfig lets a pool send text messages.
var smsConfig = &types.SmsConfigurationType{SnsCallerArn: aws.String("arn:aws:iam::000000000000:role/sms")}

// mfaPool makes a pool with every MFA method.
func mfaPool(t *testing.T, mode types.UserPoolMfaType) *bed {
	b := newPool(t, nil)
	_, err := b.SetUserPoolMfaConfig(b.ctx, &cip.SetUserPoolMfaConfigInput{UserPoolId: &b.pool, MfaConfiguration: mode,
		SmsMfaConfiguration: &types.SmsMfaConfigType{SmsConfiguration: smsConfig}, SoftwareTokenMfaConfiguration: &types.SoftwareTokenMfaConfigType{Enabled: true},
		EmailMfaConfiguration: &types.EmailMfaConfigType{}})
	b.ok(err)
	return b
}

func TestMFACodes(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	on := &types.SMSMfaSettingsType{Enabled: true, PreferredMfa: true}
	onMail := &types.EmailMfaSettingsType{Enabled: true, PreferredMfa: true}
	for _, c := range []struct {
		user, challenge, field, medium, destination string
		prefer                                      *cip.AdminSetUserMFAPreferenceInput
	}{
		{"sms", "SMS_MFA", "SMS_MFA_CODE", "SMS", "+*******0123", &cip.AdminSetUserMFAPreferenceInput{SMSMfaSettings: on}},
		{"mail", "EMAIL_OTP", "EMAIL_OTP_CODE", "EMAIL", "m***@e***", &cip.AdminSetUserMFAPreferenceInput{EmailMfaSettings: onMail}},
	} {
		t.Run(c.challenge, func(t *testing.T) {
			b.addUser(c.user, goodPassword)
			c.prefer.UserPoolId, c.prefer.Username = &b.pool, &c.user
			_, err := b.AdminSetUserMFAPreference(b.ctx, c.prefer)
			b.ok(err)
			out, err := b.srp(c.user, goodPassword)
			b.ok(err)
			p := out.ChallengeParameters
			if string(out.ChallengeName) != c.challenge || p["CODE_DELIVERY_DELIVERY_MEDIUM"] != c.medium || p["CODE_DELIVERY_DESTINATION"] != c.destination || p["USER_ID_FOR_SRP"] != c.user {
				t.Fatalf("%s %v", out.ChallengeName, p)
			}
			code := b.lastCode(c.user, "Authentication")
			answer := func(session *string, code string) (*cip.RespondToAuthChallengeOutput, error) {
				return b.answer(types.ChallengeNameType(c.challenge), session, "USERNAME", c.user, c.field, code)
			}
			for range 4 { // a wrong code leaves the session usable
				_, err = answer(out.Session, "000000x")
				b.fails(err, "CodeMismatchException: Invalid code or auth state for the user.")
			}
			done, err := answer(out.Session, code)
			b.ok(err)
			if done.AuthenticationResult == nil {
				t.Fatal("no tokens")
			}
			_, err = answer(out.Session, code)
			b.fails(err, "NotAuthorizedException: Invalid session for the user, session can only be used once.")

			out, err = b.srp(c.user, goodPassword)
			b.ok(err)
			for range maxFailures {
				_, err = answer(out.Session, "000000x")
				b.fails(err, "CodeMismatchException")
			}
			_, err = answer(out.Session, b.lastCode(c.user, "Authentication"))
			b.fails(err, "NotAuthorizedException")

			out, err = b.srp(c.user, goodPassword)
			b.ok(err)
			b.server.Advance(3 * time.Minute)
			_, err = answer(out.Session, b.lastCode(c.user, "Authentication"))
			b.fails(err, "NotAuthorizedException: Invalid session for the user, session is expired.")
			_, err = b.answer("SOFTWARE_TOKEN_MFA", out.Session, "USERNAME", c.user, "SOFTWARE_TOKEN_MFA_CODE", "123456")
			b.fails(err, "NotAuthorizedException")
		})
	}
	_, err := b.answer("SMS_MFA", nil, "USERNAME", "sms", "SMS_MFA_CODE", "1")
	b.fails(err, "InvalidParameterException: Missing required parameter Session")
	_, err = b.answer("SMS_MFA", aws.String(strings.Repeat("x", 30)), "USERNAME", "sms", "SMS_MFA_CODE", "1")
	b.fails(err, "NotAuthorizedException: Invalid session for the user.")
}

func TestSessionBelongsToOneUser(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	for _, name := range []string{"anna", "bert"} {
		b.addUser(name, goodPassword)
		_, err := b.AdminSetUserMFAPreference(b.ctx, &cip.AdminSetUserMFAPreferenceInput{UserPoolId: &b.pool, Username: &name, SMSMfaSettings: &types.SMSMfaSettingsType{Enabled: true}})
		b.ok(err)
	}
	out, err := b.srp("anna", goodPassword)
	b.ok(err)
	_, err = b.answer("SMS_MFA", out.Session, "USERNAME", "bert", "SMS_MFA_CODE", b.lastCode("anna", "Authentication"))
	b.fails(err, "NotAuthorizedException: Invalid session for the user.")
}

// totpCode computes the code of a secret at the server's time.
func (b *bed) totpCode(secret string) string {
	b.Helper()
	code, err := TOTP(secret, b.server.Now())
	b.ok(err)
	return code
}

func TestSoftwareToken(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.addUser("anna", goodPassword)
	access := b.password("anna", goodPassword).AccessToken
	_, err := b.SetUserMFAPreference(b.ctx, &cip.SetUserMFAPreferenceInput{AccessToken: access, SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: true}})
	b.fails(err, "InvalidParameterException: User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA")
	_, err = b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{AccessToken: access, UserCode: aws.String("123456")})
	b.fails(err, "SoftwareTokenMFANotFoundException")
	made, err := b.AssociateSoftwareToken(b.ctx, &cip.AssociateSoftwareTokenInput{AccessToken: access})
	b.ok(err)
	secret := *made.SecretCode
	if len(secret) != 52 || made.Session != nil {
		t.Errorf("secret %q, session %v", secret, made.Session)
	}
	right := b.totpCode(secret)
	wrong := "000000"
	if right == wrong {
		wrong = "000001"
	}
	_, err = b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{AccessToken: access, UserCode: &wrong})
	b.fails(err, "EnableSoftwareTokenMFAException: Code mismatch and fail enable Software Token MFA")
	verified, err := b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{AccessToken: access, UserCode: &right, FriendlyDeviceName: aws.String("phone")})
	b.ok(err)
	if verified.Status != "SUCCESS" {
		t.Errorf("status %s", verified.Status)
	}
	_, err = b.SetUserMFAPreference(b.ctx, &cip.SetUserMFAPreferenceInput{AccessToken: access, SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: true, PreferredMfa: true}})
	b.ok(err)
	user, err := b.GetUser(b.ctx, &cip.GetUserInput{AccessToken: access})
	b.ok(err)
	if aws.ToString(user.PreferredMfaSetting) != "SOFTWARE_TOKEN_MFA" || !slices.Equal(user.UserMFASettingList, []string{"SOFTWARE_TOKEN_MFA"}) {
		t.Errorf("preferences %v %v", user.PreferredMfaSetting, user.UserMFASettingList)
	}
	signIn := func(code string) error {
		out, err := b.srp("anna", goodPassword)
		b.ok(err)
		if out.ChallengeName != "SOFTWARE_TOKEN_MFA" || out.ChallengeParameters["FRIENDLY_DEVICE_NAME"] != "phone" {
			t.Fatalf("%s %v", out.ChallengeName, out.ChallengeParameters)
		}
		_, err = b.answer("SOFTWARE_TOKEN_MFA", out.Session, "USERNAME", "anna", "SOFTWARE_TOKEN_MFA_CODE", code)
		return err
	}
	b.fails(signIn(right), "ExpiredCodeException: Your software token has already been used once.")
	b.server.Advance(30 * time.Second)
	b.fails(signIn(wrong), "CodeMismatchException: Invalid code received for user")
	b.ok(signIn(b.totpCode(secret)))
	b.server.Advance(60 * time.Second)
	late, err := TOTP(secret, b.server.Now().Add(-30*time.Second))
	b.ok(err)
	b.ok(signIn(late)) // one step late is in time
	b.server.Advance(90 * time.Second)
	late, err = TOTP(secret, b.server.Now().Add(-60*time.Second))
	b.ok(err)
	b.fails(signIn(late), "CodeMismatchException")
}

func TestTOTPVectors(t *testing.T) { // RFC 6238, appendix B, cut to six digits
	for seconds, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		got, err := TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", time.Unix(seconds, 0))
		if err != nil || got != want {
			t.Errorf("at %d: %s, %v, want %s", seconds, got, err, want)
		}
	}
}

func TestSelectMFA(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.addUser("anna", goodPassword)
	_, err := b.AdminSetUserMFAPreference(b.ctx, &cip.AdminSetUserMFAPreferenceInput{UserPoolId: &b.pool, Username: aws.String("anna"),
		SMSMfaSettings: &types.SMSMfaSettingsType{Enabled: true}, EmailMfaSettings: &types.EmailMfaSettingsType{Enabled: true}})
	b.ok(err)
	out, err := b.srp("anna", goodPassword)
	b.ok(err)
	if out.ChallengeName != "SELECT_MFA_TYPE" || out.ChallengeParameters["MFAS_CAN_CHOOSE"] != `["SMS_MFA","EMAIL_OTP"]` {
		t.Fatalf("%s %v", out.ChallengeName, out.ChallengeParameters)
	}
	_, err = b.answer("SELECT_MFA_TYPE", out.Session, "USERNAME", "anna", "ANSWER", "SOFTWARE_TOKEN_MFA")
	b.fails(err, "MFAMethodNotFoundException")
	out, err = b.srp("anna", goodPassword)
	b.ok(err)
	next, err := b.answer("SELECT_MFA_TYPE", out.Session, "USERNAME", "anna", "ANSWER", "EMAIL_OTP")
	b.ok(err)
	done, err := b.answer("EMAIL_OTP", next.Session, "USERNAME", "anna", "EMAIL_OTP_CODE", b.lastCode("anna", "Authentication"))
	b.ok(err)
	if done.AuthenticationResult == nil {
		t.Error("no tokens")
	}
}

func TestMFASetup(t *testing.T) {
	b := mfaPool(t, "ON")
	create := func(name string) {
		_, err := b.AdminCreateUser(b.ctx, &cip.AdminCreateUserInput{UserPoolId: &b.pool, Username: &name, MessageAction: "SUPPRESS"})
		b.ok(err)
		_, err = b.AdminSetUserPassword(b.ctx, &cip.AdminSetUserPasswordInput{UserPoolId: &b.pool, Username: &name, Password: aws.String(goodPassword), Permanent: true})
		b.ok(err)
	}
	t.Run("TOTP", func(t *testing.T) {
		create("anna")
		out, err := b.srp("anna", goodPassword)
		b.ok(err)
		if out.ChallengeName != "MFA_SETUP" || out.ChallengeParameters["MFAS_CAN_SETUP"] != `["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]` {
			t.Fatalf("%s %v", out.ChallengeName, out.ChallengeParameters)
		}
		made, err := b.AssociateSoftwareToken(b.ctx, &cip.AssociateSoftwareTokenInput{Session: out.Session})
		b.ok(err)
		verified, err := b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{Session: made.Session, UserCode: aws.String(b.totpCode(*made.SecretCode))})
		b.ok(err)
		done, err := b.answer("MFA_SETUP", verified.Session, "USERNAME", "anna")
		b.ok(err)
		if done.AuthenticationResult == nil {
			t.Fatal("no tokens")
		}
		out, err = b.srp("anna", goodPassword)
		b.ok(err)
		if out.ChallengeName != "SOFTWARE_TOKEN_MFA" {
			t.Errorf("next sign-in asks %s", out.ChallengeName)
		}
	})
	t.Run("EMAIL", func(t *testing.T) {
		create("bert")
		out, err := b.srp("bert", goodPassword)
		b.ok(err)
		_, err = b.answer("MFA_SETUP", out.Session, "USERNAME", "bert", "EMAIL", "nonsense")
		b.fails(err, "InvalidParameterException: Invalid email address format.")
		next, err := b.answer("MFA_SETUP", out.Session, "USERNAME", "bert", "EMAIL", "bert@example.com")
		b.ok(err)
		if next.ChallengeName != "EMAIL_OTP" {
			t.Fatalf("asks %s", next.ChallengeName)
		}
		done, err := b.answer("EMAIL_OTP", next.Session, "USERNAME", "bert", "EMAIL_OTP_CODE", b.lastCode("bert@example.com", "Authentication"))
		b.ok(err)
		if got := claims(t, done.AuthenticationResult.IdToken)["email_verified"]; got != true {
			t.Errorf("email_verified %v", got)
		}
	})
	t.Run("without set-up", func(t *testing.T) {
		create("cora")
		out, err := b.srp("cora", goodPassword)
		b.ok(err)
		_, err = b.answer("MFA_SETUP", out.Session, "USERNAME", "cora")
		b.fails(err, "SoftwareTokenMFANotFoundException")
	})
}

func TestNewPassword(t *testing.T) {
	b := newPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.Schema = []types.SchemaAttributeType{{Name: aws.String("name"), Required: aws.Bool(true)}, {Name: aws.String("email"), Required: aws.Bool(true)}}
	})
	_, err := b.AdminCreateUser(b.ctx, &cip.AdminCreateUserInput{UserPoolId: &b.pool, Username: aws.String("anna"), DesiredDeliveryMediums: []types.DeliveryMediumType{"EMAIL"},
		UserAttributes: []types.AttributeType{attr("email", "anna@example.com")}})
	b.ok(err)
	temporary := b.lastCode("anna", "AdminCreateUser")
	out, err := b.srp("anna", temporary)
	b.ok(err)
	p := out.ChallengeParameters
	if out.ChallengeName != "NEW_PASSWORD_REQUIRED" || p["requiredAttributes"] != `["userAttributes.name"]` || p["userAttributes"] != `{"email":"anna@example.com","email_verified":"false"}` {
		t.Fatalf("%s %v", out.ChallengeName, p)
	}
	try := func(more ...string) error {
		_, err := b.answer("NEW_PASSWORD_REQUIRED", out.Session, append([]string{"USERNAME", "anna"}, more...)...)
		return err
	}
	b.fails(try("NEW_PASSWORD", "short", "userAttributes.name", "Anna"), "InvalidPasswordException: Password did not conform with policy: Password not long enough")
	b.fails(try("NEW_PASSWORD", goodPassword), "InvalidParameterException")
	b.fails(try("NEW_PASSWORD", goodPassword, "userAttributes.email", "b@example.com"), "NotAuthorizedException: Cannot modify an already provided email")
	done, err := b.answer("NEW_PASSWORD_REQUIRED", out.Session, "USERNAME", "anna", "NEW_PASSWORD", goodPassword, "userAttributes.name", "Anna")
	b.ok(err)
	if got := claims(t, done.AuthenticationResult.IdToken)["name"]; got != "Anna" {
		t.Errorf("name %v", got)
	}
	b.password("anna", goodPassword)

	_, err = b.AdminSetUserPassword(b.ctx, &cip.AdminSetUserPasswordInput{UserPoolId: &b.pool, Username: aws.String("anna"), Password: aws.String("Temp0rary!")})
	b.ok(err)
	b.server.Advance(8 * 24 * time.Hour)
	_, err = b.srp("anna", "Temp0rary!")
	b.fails(err, "NotAuthorizedException: Temporary password has expired and must be reset by an administrator.")
}

// choicePool makes a pool with every first factor.
func choicePool(t *testing.T) *bed {
	return newPool(t, func(p *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
		p.Policies = &types.UserPoolPolicyType{SignInPolicy: &types.SignInPolicyType{AllowedFirstAuthFactors: []types.AuthFactorType{"PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"}}}
		p.AutoVerifiedAttributes = []types.VerifiedAttributeType{"email"}
		c.PreventUserExistenceErrors = "ENABLED"
	})
}

func TestChoice(t *testing.T) {
	b := choicePool(t)
	b.addUser("anna", goodPassword)
	available := []types.ChallengeNameType{"PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"}
	t.Run("select", func(t *testing.T) {
		out, err := b.start("USER_AUTH", "USERNAME", "anna")
		b.ok(err)
		if out.ChallengeName != "SELECT_CHALLENGE" || !slices.Equal(out.AvailableChallenges, available) {
			t.Fatalf("%s %v", out.ChallengeName, out.AvailableChallenges)
		}
		_, err = b.answer("SELECT_CHALLENGE", out.Session, "USERNAME", "anna", "ANSWER", "WEB_AUTHN")
		b.fails(err, "InvalidParameterException")
		next, err := b.answer("SELECT_CHALLENGE", out.Session, "USERNAME", "anna", "ANSWER", "PASSWORD")
		b.ok(err)
		_, err = b.answer("PASSWORD", next.Session, "USERNAME", "anna", "PASSWORD", "wrong")
		b.fails(err, "NotAuthorizedException: Incorrect username or password.")
		done, err := b.answer("PASSWORD", next.Session, "USERNAME", "anna", "PASSWORD", goodPassword)
		b.ok(err)
		if done.AuthenticationResult == nil {
			t.Error("no tokens")
		}
	})
	t.Run("select and password at once", func(t *testing.T) {
		out, err := b.start("USER_AUTH", "USERNAME", "anna", "PREFERRED_CHALLENGE", "WEB_AUTHN") // not available
		b.ok(err)
		done, err := b.answer("SELECT_CHALLENGE", out.Session, "USERNAME", "anna", "ANSWER", "PASSWORD", "PASSWORD", goodPassword)
		b.ok(err)
		if done.AuthenticationResult == nil {
			t.Error("no tokens")
		}
	})
	t.Run("SRP", func(t *testing.T) {
		for _, preferred := range []bool{true, false} {
			s := newSRPClient()
			var parameters map[string]string
			var session *string
			if preferred {
				out, err := b.start("USER_AUTH", "USERNAME", "anna", "PREFERRED_CHALLENGE", "PASSWORD_SRP", "SRP_A", s.hexA())
				b.ok(err)
				parameters, session = out.ChallengeParameters, out.Session
			} else {
				out, err := b.start("USER_AUTH", "USERNAME", "anna")
				b.ok(err)
				next, err := b.answer("SELECT_CHALLENGE", out.Session, "USERNAME", "anna", "ANSWER", "PASSWORD_SRP", "SRP_A", s.hexA())
				b.ok(err)
				parameters, session = next.ChallengeParameters, next.Session
			}
			done, err := b.answer("PASSWORD_VERIFIER", session, s.proof(t, parameters, b.poolName(), "anna", goodPassword, b.server.Now())...)
			b.ok(err)
			if done.AuthenticationResult == nil {
				t.Error("no tokens")
			}
		}
	})
	t.Run("one-time passwords", func(t *testing.T) {
		for _, c := range []struct{ challenge, field string }{{"EMAIL_OTP", "EMAIL_OTP_CODE"}, {"SMS_OTP", "SMS_OTP_CODE"}} {
			out, err := b.start("USER_AUTH", "USERNAME", "anna", "PREFERRED_CHALLENGE", c.challenge)
			b.ok(err)
			_, err = b.answer(out.ChallengeName, out.Session, "USERNAME", "anna", c.field, "x")
			b.fails(err, "CodeMismatchException")
			done, err := b.answer(out.ChallengeName, out.Session, "USERNAME", "anna", c.field, b.lastCode("anna", "Authentication"))
			b.ok(err)
			if done.AuthenticationResult == nil {
				t.Error("no tokens")
			}
		}
	})
	t.Run("nobody", func(t *testing.T) {
		out, err := b.start("USER_AUTH", "USERNAME", "nobody", "PREFERRED_CHALLENGE", "EMAIL_OTP")
		b.ok(err)
		if out.ChallengeName != "SELECT_CHALLENGE" || !slices.Equal(out.AvailableChallenges, available[:2]) {
			t.Fatalf("%s %v", out.ChallengeName, out.AvailableChallenges)
		}
		_, err = b.answer("SELECT_CHALLENGE", out.Session, "USERNAME", "nobody", "ANSWER", "PASSWORD", "PASSWORD", goodPassword)
		b.fails(err, "NotAuthorizedException: Incorrect username or password.")
	})
	t.Run("auto sign-in", func(t *testing.T) {
		up, err := b.SignUp(b.ctx, &cip.SignUpInput{ClientId: &b.client, Username: aws.String("bert"), UserAttributes: []types.AttributeType{attr("email", "bert@example.com")}})
		b.ok(err)
		if up.UserConfirmed || up.Session == nil {
			t.Fatalf("sign-up %+v", up)
		}
		_, err = b.start("USER_AUTH", "USERNAME", "bert", "PREFERRED_CHALLENGE", "EMAIL_OTP")
		b.fails(err, "UserNotConfirmedException")
		confirmed, err := b.ConfirmSignUp(b.ctx, &cip.ConfirmSignUpInput{ClientId: &b.client, Username: aws.String("bert"), ConfirmationCode: aws.String(b.lastCode("bert", "SignUp")), Session: up.Session})
		b.ok(err)
		in := &cip.InitiateAuthInput{AuthFlow: "USER_AUTH", ClientId: &b.client, AuthParameters: map[string]string{"USERNAME": "bert"}, Session: confirmed.Session}
		out, err := b.InitiateAuth(b.ctx, in)
		b.ok(err)
		if out.AuthenticationResult == nil {
			t.Fatalf("no tokens but %s", out.ChallengeName)
		}
		_, err = b.InitiateAuth(b.ctx, in)
		b.fails(err, "NotAuthorizedException: Invalid session for the user, session can only be used once.")
		_, err = b.SignUp(b.ctx, &cip.SignUpInput{ClientId: &b.client, Username: aws.String("cora"), UserAttributes: []types.AttributeType{attr("email", "cora@example.com")}})
		b.ok(err)
		confirmed, err = b.ConfirmSignUp(b.ctx, &cip.ConfirmSignUpInput{ClientId: &b.client, Username: aws.String("cora"), ConfirmationCode: aws.String(b.lastCode("cora", "SignUp"))})
		b.ok(err)
		in.Session, in.AuthParameters = confirmed.Session, map[string]string{"USERNAME": "cora"}
		_, err = b.InitiateAuth(b.ctx, in)
		b.ok(err)
		in.Session, in.AuthParameters = up.Session, map[string]string{"USERNAME": "anna"}
		_, err = b.InitiateAuth(b.ctx, in)
		b.fails(err, "NotAuthorizedException")
	})
}
