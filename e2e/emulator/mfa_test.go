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
	t.Run("TOTP left half-way", func(t *testing.T) {
		create("dora")
		out, err := b.srp("dora", goodPassword)
		b.ok(err)
		made, err := b.AssociateSoftwareToken(b.ctx, &cip.AssociateSoftwareTokenInput{Session: out.Session})
		b.ok(err)
		_, err = b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{Session: made.Session, UserCode: aws.String(b.totpCode(*made.SecretCode))})
		b.ok(err)
		if out, err = b.srp("dora", goodPassword); err != nil || out.ChallengeName != "SOFTWARE_TOKEN_MFA" {
			t.Errorf("next sign-in asks %s (%v)", out.ChallengeName, err)
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
