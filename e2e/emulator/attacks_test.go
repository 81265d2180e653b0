package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// What an attacker, or a client with a bug, gets no further by: tests of a client prove nothing where the service is lax.

// Ensure that every call of a client with a secret is refused without the hash, and with that of another name.
func TestSecretHashEverywhere(t *testing.T) {
	b := mailPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) { c.GenerateSecret = true })
	b.addUser("anna", goodPassword)
	name, code := aws.String("anna"), aws.String("123456")
	tokens := b.password("anna", goodPassword)
	out, err := b.start("USER_AUTH", "USERNAME", "anna", "SECRET_HASH", secretHash(b.secret, "anna", b.client))
	b.ok(err)
	secret := b.secret
	b.secret = "" // so that the bed adds none
	for operation, call := range map[string]func(hash *string) error{
		"SignUp": func(hash *string) error {
			_, err := b.SignUp(b.ctx, &cip.SignUpInput{ClientId: &b.client, Username: aws.String("bert"), Password: aws.String(goodPassword), SecretHash: hash})
			return err
		},
		"ConfirmSignUp": func(hash *string) error {
			_, err := b.ConfirmSignUp(b.ctx, &cip.ConfirmSignUpInput{ClientId: &b.client, Username: name, ConfirmationCode: code, SecretHash: hash})
			return err
		},
		"ResendConfirmationCode": func(hash *string) error {
			_, err := b.ResendConfirmationCode(b.ctx, &cip.ResendConfirmationCodeInput{ClientId: &b.client, Username: name, SecretHash: hash})
			return err
		},
		"ForgotPassword": func(hash *string) error {
			_, err := b.ForgotPassword(b.ctx, &cip.ForgotPasswordInput{ClientId: &b.client, Username: name, SecretHash: hash})
			return err
		},
		"ConfirmForgotPassword": func(hash *string) error {
			_, err := b.ConfirmForgotPassword(b.ctx, &cip.ConfirmForgotPasswordInput{ClientId: &b.client, Username: name, ConfirmationCode: code, Password: aws.String(goodPassword), SecretHash: hash})
			return err
		},
		"InitiateAuth": func(hash *string) error {
			_, err := b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword, "SECRET_HASH", aws.ToString(hash))
			return err
		},
		"REFRESH_TOKEN_AUTH": func(hash *string) error {
			_, err := b.start("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", *tokens.RefreshToken, "SECRET_HASH", aws.ToString(hash))
			return err
		},
		"RespondToAuthChallenge": func(hash *string) error {
			_, err := b.answer("SELECT_CHALLENGE", out.Session, "USERNAME", "anna", "ANSWER", "PASSWORD", "SECRET_HASH", aws.ToString(hash))
			return err
		},
	} {
		t.Run(operation, func(t *testing.T) {
			b.fails(call(nil), "NotAuthorizedException: Client "+b.client+" is configured with secret but SECRET_HASH was not received")
			for _, wrong := range []string{secretHash(secret, "nobody", b.client), secretHash("another secret", "anna", b.client), secretHash(secret, "anna", "another-client"), secret} {
				b.fails(call(&wrong), "NotAuthorizedException: SecretHash does not match for the client: "+b.client)
			}
		})
	}
	if len(b.server.Outbox("")) != 0 {
		t.Error("a message was sent")
	}
}

// Ensure that a refresh token serves its own client, at every place that takes one, and that a refused use ends nothing.
func TestForeignRefreshToken(t *testing.T) {
	b := newBed(t)
	token := b.password("demo", SeedPassword).RefreshToken
	own := b.client
	b.client = SeedRotatingClientID
	_, err := b.refresh(token)
	b.fails(err, "NotAuthorizedException: Invalid Refresh Token")
	_, err = b.RevokeToken(b.ctx, &cip.RevokeTokenInput{ClientId: &b.client, Token: token})
	b.fails(err, "UnauthorizedException")
	if status, got := b.post("/oauth2/token", "grant_type", "refresh_token", "client_id", b.client, "refresh_token", *token); status != 400 || got["error"] != "invalid_grant" {
		t.Errorf("token endpoint: %d %v", status, got)
	}
	if status, _ := b.post("/oauth2/revoke", "client_id", b.client, "token", *token); status == 200 {
		t.Error("the revoke endpoint ends the session of another client")
	}
	b.client = own
	_, err = b.refresh(token)
	b.ok(err)
	for _, made := range []string{"x", *token + "x", (*token)[:len(*token)-1]} {
		_, err = b.refresh(&made)
		b.fails(err, "NotAuthorizedException: Invalid Refresh Token")
	}
}

// Ensure that a device is its user's: nobody else confirms it, signs in by it or refreshes with it.
func TestForeignDevice(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.trackDevices(false, true, "OPTIONAL")
	b.addUser("anna", goodPassword)
	b.addUser("bert", goodPassword)
	annas, berts := b.password("anna", goodPassword), b.password("bert", goodPassword)
	verifier := &types.DeviceSecretVerifierConfigType{Salt: aws.String("AQ=="), PasswordVerifier: aws.String("Ag==")}
	_, err := b.ConfirmDevice(b.ctx, &cip.ConfirmDeviceInput{AccessToken: berts.AccessToken, DeviceKey: annas.NewDeviceMetadata.DeviceKey, DeviceSecretVerifierConfig: verifier})
	b.fails(err, "ResourceNotFoundException: Device does not exist.")
	d, _ := b.confirm(annas)
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "bert", "PASSWORD", goodPassword, "DEVICE_KEY", d.key)
	b.fails(err, "ResourceNotFoundException: Device does not exist.")
	for _, call := range []func() error{
		func() error {
			_, err := b.GetDevice(b.ctx, &cip.GetDeviceInput{AccessToken: berts.AccessToken, DeviceKey: &d.key})
			return err
		},
		func() error {
			_, err := b.ForgetDevice(b.ctx, &cip.ForgetDeviceInput{AccessToken: berts.AccessToken, DeviceKey: &d.key})
			return err
		},
		func() error {
			_, err := b.UpdateDeviceStatus(b.ctx, &cip.UpdateDeviceStatusInput{AccessToken: berts.AccessToken, DeviceKey: &d.key, DeviceRememberedStatus: "not_remembered"})
			return err
		},
	} {
		b.fails(call(), "ResourceNotFoundException: Device does not exist.")
	}
	get := func(key string) error {
		_, err := b.GetTokensFromRefreshToken(b.ctx, &cip.GetTokensFromRefreshTokenInput{ClientId: &b.client, RefreshToken: annas.RefreshToken, DeviceKey: &key})
		return err
	}
	b.fails(get(*berts.NewDeviceMetadata.DeviceKey), "NotAuthorizedException: Invalid Refresh Token")
	b.ok(get(d.key))
}

// Ensure that codes cannot be guessed: wrong ones use up an attempt each, and the right one is of no use after the last.
func TestGuessedCodes(t *testing.T) {
	b := mailPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.Policies = &types.UserPoolPolicyType{SignInPolicy: &types.SignInPolicyType{AllowedFirstAuthFactors: []types.AuthFactorType{"PASSWORD", "EMAIL_OTP"}}}
	})
	b.addUser("anna", goodPassword)
	access := b.password("anna", goodPassword).AccessToken
	verify := func(code string) error {
		_, err := b.VerifyUserAttribute(b.ctx, &cip.VerifyUserAttributeInput{AccessToken: access, AttributeName: aws.String("email"), Code: &code})
		return err
	}
	_, err := b.GetUserAttributeVerificationCode(b.ctx, &cip.GetUserAttributeVerificationCodeInput{AccessToken: access, AttributeName: aws.String("email")})
	b.ok(err)
	right := b.lastCode("anna", "VerifyUserAttribute")
	for range verifyLimit {
		b.fails(verify("00000x"), "CodeMismatchException: Invalid verification code provided, please try again.")
	}
	b.fails(verify(right), "LimitExceededException: Attempt limit exceeded, please try after some time.")
	b.server.Advance(time.Hour)
	b.ok(b.getUserAgain(&access))
	b.ok(verify(right)) // it lives for a day
	b.fails(verify(right), "ExpiredCodeException: Invalid code provided, please request a code again.")

	out, err := b.start("USER_AUTH", "USERNAME", "anna", "PREFERRED_CHALLENGE", "EMAIL_OTP")
	b.ok(err)
	right = b.lastCode("anna", "Authentication")
	for range maxFailures {
		_, err = b.answer("EMAIL_OTP", out.Session, "USERNAME", "anna", "EMAIL_OTP_CODE", "00000x")
		b.fails(err, "CodeMismatchException")
	}
	_, err = b.answer("EMAIL_OTP", out.Session, "USERNAME", "anna", "EMAIL_OTP_CODE", right)
	b.fails(err, "NotAuthorizedException")
}

// getUserAgain replaces an access token that has expired.
func (b *bed) getUserAgain(access **string) error {
	*access = b.password("anna", goodPassword).AccessToken
	return b.getUser(*access)
}

// Ensure that a Session answers the challenge that it was given for, to its own client, once, for three minutes.
func TestSessionIsOfOneChallenge(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.addUser("anna", goodPassword)
	_, err := b.AdminSetUserMFAPreference(b.ctx, &cip.AdminSetUserMFAPreferenceInput{UserPoolId: &b.pool, Username: aws.String("anna"), SMSMfaSettings: &types.SMSMfaSettingsType{Enabled: true}})
	b.ok(err)
	session := func() *string {
		out, err := b.srp("anna", goodPassword)
		b.ok(err)
		return out.Session
	}
	const foreign = "NotAuthorizedException: Invalid session for the user."
	s := session()
	for challenge, responses := range map[types.ChallengeNameType][]string{
		"SOFTWARE_TOKEN_MFA": {"SOFTWARE_TOKEN_MFA_CODE", "123456"}, "NEW_PASSWORD_REQUIRED": {"NEW_PASSWORD", "N3w-password"}, "MFA_SETUP": nil,
		"SELECT_MFA_TYPE": {"ANSWER", "SMS_MFA"}, "CUSTOM_CHALLENGE": {"ANSWER", "x"}, "PASSWORD": {"PASSWORD", goodPassword},
	} {
		_, err := b.answer(challenge, s, append([]string{"USERNAME", "anna"}, responses...)...)
		b.fails(err, foreign)
	}
	for _, operation := range []func() error{
		func() error {
			_, err := b.AssociateSoftwareToken(b.ctx, &cip.AssociateSoftwareTokenInput{Session: s})
			return err
		},
		func() error {
			_, err := b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{Session: s, UserCode: aws.String("123456")})
			return err
		},
		func() error {
			_, err := b.start("USER_AUTH", "USERNAME", "anna") // with the Session of no sign-up
			if err == nil {
				_, err = b.InitiateAuth(b.ctx, &cip.InitiateAuthInput{AuthFlow: "USER_AUTH", ClientId: &b.client, AuthParameters: map[string]string{"USERNAME": "anna"}, Session: s})
			}
			return err
		},
		func() error {
			_, err := b.AdminRespondToAuthChallenge(b.ctx, &cip.AdminRespondToAuthChallengeInput{UserPoolId: &b.pool, ClientId: &b.client, ChallengeName: "SMS_MFA", Session: s,
				ChallengeResponses: map[string]string{"USERNAME": "anna", "SMS_MFA_CODE": b.lastCode("anna", "Authentication")}})
			return err
		},
	} {
		b.fails(operation(), foreign)
	}
	code := b.lastCode("anna", "Authentication")
	done, err := b.answer("SMS_MFA", s, "USERNAME", "anna", "SMS_MFA_CODE", code) // nothing of that has spent it
	b.ok(err)
	if done.AuthenticationResult == nil {
		t.Fatal("no tokens")
	}
	_, err = b.answer("SMS_MFA", session(), "USERNAME", "anna", "SMS_MFA_CODE", code)
	b.fails(err, "CodeMismatchException") // the code of another sign-in
}
