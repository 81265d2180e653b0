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

func (b *bed) signUp(name, password string, attributes ...types.AttributeType) (*cip.SignUpOutput, error) {
	return b.SignUp(b.ctx, &cip.SignUpInput{ClientId: &b.client, Username: &name, Password: &password, UserAttributes: attributes})
}

func (b *bed) confirmSignUp(name, code string) error {
	_, err := b.ConfirmSignUp(b.ctx, &cip.ConfirmSignUpInput{ClientId: &b.client, Username: &name, ConfirmationCode: &code})
	return err
}

func mailPool(t *testing.T, change func(*cip.CreateUserPoolInput, *cip.CreateUserPoolClientInput)) *bed {
	return newPool(t, func(p *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
		p.AutoVerifiedAttributes = []types.VerifiedAttributeType{"email"}
		if change != nil {
			change(p, c)
		}
	})
}

func TestSignUp(t *testing.T) {
	b := mailPool(t, func(p *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
		c.WriteAttributes = []string{"email", "phone_number", "custom:tier", "custom:born"}
		c.ReadAttributes = c.WriteAttributes
		p.Schema = []types.SchemaAttributeType{
			{Name: aws.String("email"), Required: aws.Bool(true)},
			{Name: aws.String("tier"), AttributeDataType: "String", StringAttributeConstraints: &types.StringAttributeConstraintsType{MaxLength: aws.String("4")}},
			{Name: aws.String("born"), AttributeDataType: "Number", Mutable: aws.Bool(false), NumberAttributeConstraints: &types.NumberAttributeConstraintsType{MinValue: aws.String("1900")}},
		}
	})
	mail := attr("email", "anna@example.com")
	for _, c := range []struct {
		name, password, want string
		attributes           []types.AttributeType
	}{
		{"a short password", "Sh0rt!", "InvalidPasswordException: Password did not conform with policy: Password not long enough", []types.AttributeType{mail}},
		{"no upper case", "passw0rd!", "InvalidPasswordException: Password did not conform with policy: Password must have uppercase characters", []types.AttributeType{mail}},
		{"no lower case", "PASSW0RD!", "InvalidPasswordException: Password did not conform with policy: Password must have lowercase characters", []types.AttributeType{mail}},
		{"no digit", "Password!", "InvalidPasswordException: Password did not conform with policy: Password must have numeric characters", []types.AttributeType{mail}},
		{"no symbol", "Passw0rdd", "InvalidPasswordException: Password did not conform with policy: Password must have symbol characters", []types.AttributeType{mail}},
		{"a missing attribute", goodPassword, "InvalidParameterException: Attributes did not conform to the schema: email: The attribute is required", nil},
		{"an unknown attribute", goodPassword, "InvalidParameterException: Attributes did not conform to the schema: Type for attribute {custom:nope} could not be determined", []types.AttributeType{mail, attr("custom:nope", "x")}},
		{"a bad address", goodPassword, "InvalidParameterException: Invalid email address format.", []types.AttributeType{attr("email", "anna")}},
		{"a bad number", goodPassword, "InvalidParameterException: Invalid phone number format.", []types.AttributeType{mail, attr("phone_number", "555")}},
		{"a long value", goodPassword, "InvalidParameterException: Attributes did not conform to the schema: custom:tier: String must be no longer than 4", []types.AttributeType{mail, attr("custom:tier", "bronze")}},
		{"a small number", goodPassword, "InvalidParameterException: Attributes did not conform to the schema: custom:born: Number is out of range", []types.AttributeType{mail, attr("custom:born", "1800")}},
		{"a verified flag", goodPassword, "NotAuthorizedException: A client attempted to write unauthorized attribute", []types.AttributeType{mail, attr("email_verified", "true")}},
		{"no password", "", "InvalidParameterException", []types.AttributeType{mail}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := &cip.SignUpInput{ClientId: &b.client, Username: aws.String("anna"), UserAttributes: c.attributes}
			if c.password != "" {
				in.Password = &c.password
			}
			_, err := b.SignUp(b.ctx, in)
			b.fails(err, c.want)
		})
	}
	out, err := b.signUp("anna", goodPassword, mail, attr("custom:tier", "gold"), attr("custom:born", "1990"))
	b.ok(err)
	if d := out.CodeDeliveryDetails; out.UserConfirmed || len(*out.UserSub) != 36 || *d.Destination != "a***@e***" || d.DeliveryMedium != "EMAIL" || *d.AttributeName != "email" {
		t.Fatalf("%+v", out)
	}
	_, err = b.signUp("anna", goodPassword, mail)
	b.fails(err, "UsernameExistsException: User already exists")
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", "wrong")
	b.fails(err, "UserNotConfirmedException: User is not confirmed.")
	_, err = b.srp("anna", "wrong")
	b.fails(err, "NotAuthorizedException: Incorrect username or password.")
	_, err = b.srp("anna", goodPassword)
	b.fails(err, "UserNotConfirmedException: User is not confirmed.")
	b.fails(b.confirmSignUp("anna", "000000x"), "CodeMismatchException: Invalid verification code provided, please try again.")
	first := b.lastCode("anna", "SignUp")
	resend := &cip.ResendConfirmationCodeInput{ClientId: &b.client, Username: aws.String("anna")}
	_, err = b.ResendConfirmationCode(b.ctx, resend)
	b.ok(err)
	second := b.lastCode("anna", "ResendCode")
	if first != second {
		b.fails(b.confirmSignUp("anna", first), "CodeMismatchException")
	}
	b.server.Advance(24 * time.Hour)
	b.fails(b.confirmSignUp("anna", second), "ExpiredCodeException: Invalid code provided, please request a code again.")
	for range resendLimit {
		_, err = b.ResendConfirmationCode(b.ctx, resend)
		b.ok(err)
	}
	_, err = b.ResendConfirmationCode(b.ctx, resend)
	b.fails(err, "LimitExceededException: Attempt limit exceeded, please try after some time.")
	for range confirmSignUpLimit {
		b.fails(b.confirmSignUp("anna", "000000x"), "CodeMismatchException")
	}
	b.fails(b.confirmSignUp("anna", b.lastCode("anna", "ResendCode")), "LimitExceededException: Attempt limit exceeded, please try after some time.")
	b.server.Advance(time.Hour)
	b.ok(b.confirmSignUp("anna", b.lastCode("anna", "ResendCode")))
	b.fails(b.confirmSignUp("anna", "123456"), "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED")
	_, err = b.ResendConfirmationCode(b.ctx, resend)
	b.fails(err, "InvalidParameterException: User is already confirmed.")
	id := claims(t, b.password("anna", goodPassword).IdToken)
	if id["email_verified"] != true || id["custom:tier"] != "gold" || id["sub"] != *out.UserSub {
		t.Errorf("claims %v", id)
	}
}

func TestSignUpTriggers(t *testing.T) {
	l := newLambda(t, func(event map[string]any) (map[string]any, string) {
		switch event["triggerSource"] {
		case "PreSignUp_SignUp":
			if m, _ := request(event, "validationData").(map[string]any); m["captcha"] == "bad" {
				return nil, "robots keep out"
			}
			return map[string]any{"autoConfirmUser": event["userName"] == "auto", "autoVerifyEmail": event["userName"] == "auto"}, ""
		case "CustomMessage_SignUp":
			return map[string]any{"emailMessage": "Your code is {####}.", "emailSubject": "Welcome"}, ""
		}
		return nil, ""
	})
	b := mailPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.LambdaConfig = &types.LambdaConfigType{PreSignUp: l.arn(), CustomMessage: l.arn(), PostConfirmation: l.arn()}
	})
	out, err := b.signUp("auto", goodPassword, attr("email", "auto@example.com"))
	b.ok(err)
	if !out.UserConfirmed || out.CodeDeliveryDetails != nil {
		t.Errorf("%+v", out)
	}
	l.event(t, "PostConfirmation_ConfirmSignUp")
	if id := claims(t, b.password("auto", goodPassword).IdToken); id["email_verified"] != true {
		t.Error("not verified")
	}
	in := &cip.SignUpInput{ClientId: &b.client, Username: aws.String("robot"), Password: aws.String(goodPassword), ValidationData: []types.AttributeType{attr("captcha", "bad")}, ClientMetadata: map[string]string{"k": "v"}}
	_, err = b.SignUp(b.ctx, in)
	b.fails(err, "UserLambdaValidationException: PreSignUp failed with error robots keep out.")
	in.ValidationData, in.UserAttributes = nil, []types.AttributeType{attr("email", "robot@example.com")}
	_, err = b.SignUp(b.ctx, in)
	b.ok(err)
	if m, _ := request(l.event(t, "PreSignUp_SignUp"), "clientMetadata").(map[string]any); m["k"] != "v" {
		t.Errorf("clientMetadata %v", m)
	}
	m := b.server.Outbox("robot")[0]
	if m.Text != "Your code is "+m.Code+"." || m.Subject != "Welcome" {
		t.Errorf("message %+v", m)
	}
}

func TestAliases(t *testing.T) {
	b := mailPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.AliasAttributes = []types.AliasAttributeType{"email", "preferred_username"}
	})
	_, err := b.signUp("a@example.com", goodPassword)
	b.fails(err, "InvalidParameterException: Username cannot be of email format, since user pool is configured for email alias.")
	_, err = b.signUp("anna", goodPassword, attr("email", "shared@example.com"))
	b.ok(err)
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "shared@example.com", "PASSWORD", goodPassword)
	b.fails(err, "UserNotFoundException") // no alias until verified
	b.ok(b.confirmSignUp("anna", b.lastCode("anna", "SignUp")))
	if got := claims(t, b.password("shared@example.com", goodPassword).AccessToken)["username"]; got != "anna" {
		t.Errorf("alias signs in %v", got)
	}
	out, err := b.start("USER_SRP_AUTH", "USERNAME", "shared@example.com", "SRP_A", newSRPClient().hexA())
	b.ok(err)
	if out.ChallengeParameters["USER_ID_FOR_SRP"] != "anna" {
		t.Errorf("%v", out.ChallengeParameters)
	}
	_, err = b.srp("shared@example.com", goodPassword)
	b.ok(err)
	_, err = b.signUp("bert", goodPassword, attr("email", "shared@example.com"))
	b.ok(err)
	code := b.lastCode("bert", "SignUp")
	b.fails(b.confirmSignUp("bert", code), "AliasExistsException: An account with the email already exists.")
	_, err = b.ConfirmSignUp(b.ctx, &cip.ConfirmSignUpInput{ClientId: &b.client, Username: aws.String("bert"), ConfirmationCode: &code, ForceAliasCreation: true})
	b.ok(err)
	if got := claims(t, b.password("shared@example.com", goodPassword).AccessToken)["username"]; got != "bert" {
		t.Errorf("moved alias signs in %v", got)
	}
}

func TestUsernameAttributes(t *testing.T) {
	b := mailPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.UsernameAttributes = []types.UsernameAttributeType{"email"}
		p.UsernameConfiguration = &types.UsernameConfigurationType{CaseSensitive: aws.Bool(false)}
	})
	_, err := b.signUp("anna", goodPassword)
	b.fails(err, "InvalidParameterException: Username should be an email.")
	out, err := b.signUp("anna@example.com", goodPassword)
	b.ok(err)
	_, err = b.signUp("Anna@Example.com", goodPassword)
	b.fails(err, "UsernameExistsException: An account with the given email already exists.")
	b.ok(b.confirmSignUp("anna@example.com", b.lastCode("anna@example.com", "SignUp")))
	started, err := b.start("USER_SRP_AUTH", "USERNAME", "ANNA@example.com", "SRP_A", newSRPClient().hexA())
	b.ok(err)
	if got := started.ChallengeParameters["USER_ID_FOR_SRP"]; got != *out.UserSub {
		t.Errorf("USER_ID_FOR_SRP %s, sub %s", got, *out.UserSub)
	}
	done, err := b.srp("anna@example.com", goodPassword)
	b.ok(err)
	if got := claims(t, done.AuthenticationResult.AccessToken)["username"]; got != *out.UserSub {
		t.Errorf("username %v", got)
	}
}

func TestForgotPassword(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	ask := func() (*cip.ForgotPasswordOutput, error) {
		return b.ForgotPassword(b.ctx, &cip.ForgotPasswordInput{ClientId: &b.client, Username: aws.String("anna")})
	}
	confirm := func(code, password string) error {
		_, err := b.ConfirmForgotPassword(b.ctx, &cip.ConfirmForgotPasswordInput{ClientId: &b.client, Username: aws.String("anna"), ConfirmationCode: &code, Password: &password})
		return err
	}
	b.fails(confirm("123456", "N3w-password"), "ExpiredCodeException: Invalid code provided, please request a code again.")
	out, err := ask()
	b.ok(err)
	if d := out.CodeDeliveryDetails; d.DeliveryMedium != "SMS" || *d.Destination != "+*******0123" {
		t.Errorf("%+v", d)
	}
	code := b.lastCode("anna", "ForgotPassword")
	b.fails(confirm(code, "short"), "InvalidPasswordException")
	b.fails(confirm("000000x", "N3w-password"), "CodeMismatchException")
	b.ok(confirm(code, "N3w-password"))
	b.fails(confirm(code, "N3w-password"), "ExpiredCodeException")
	_, err = b.srp("anna", goodPassword)
	b.fails(err, "NotAuthorizedException")
	b.password("anna", "N3w-password")
	for range forgotLimit - 1 {
		_, err = ask()
		b.ok(err)
	}
	_, err = ask()
	b.fails(err, "LimitExceededException: Attempt limit exceeded, please try after some time.")
	for range confirmForgotLimit {
		b.fails(confirm("000000x", "N3w-password"), "CodeMismatchException")
	}
	b.fails(confirm(b.lastCode("anna", "ForgotPassword"), "N3w-password"), "LimitExceededException: Attempt limit exceeded, please try after some time.")
	b.server.Advance(time.Hour)
	b.fails(confirm(b.lastCode("anna", "ForgotPassword"), "N3w-password"), "ExpiredCodeException")

	_, err = b.UpdateUserPool(b.ctx, &cip.UpdateUserPoolInput{UserPoolId: &b.pool, AccountRecoverySetting: &types.AccountRecoverySettingType{RecoveryMechanisms: []types.RecoveryOptionType{{Name: "verified_email", Priority: aws.Int32(1)}}}})
	b.ok(err)
	out, err = ask()
	b.ok(err)
	if out.CodeDeliveryDetails.DeliveryMedium != "EMAIL" {
		t.Errorf("%+v", out.CodeDeliveryDetails)
	}
	_, err = b.AdminUpdateUserAttributes(b.ctx, &cip.AdminUpdateUserAttributesInput{UserPoolId: &b.pool, Username: aws.String("anna"), UserAttributes: []types.AttributeType{attr("email_verified", "false")}})
	b.ok(err)
	_, err = ask()
	b.fails(err, "InvalidParameterException: Cannot reset password for the user as there is no registered/verified email or phone_number")
	b.server.Advance(time.Hour)
	_, err = b.AdminUpdateUserAttributes(b.ctx, &cip.AdminUpdateUserAttributesInput{UserPoolId: &b.pool, Username: aws.String("anna"), UserAttributes: []types.AttributeType{attr("email_verified", "true")}})
	b.ok(err)
	_, err = b.AdminResetUserPassword(b.ctx, &cip.AdminResetUserPasswordInput{UserPoolId: &b.pool, Username: aws.String("anna")})
	b.ok(err)
	b.ok(confirm(b.lastCode("anna", "ForgotPassword"), goodPassword))
	b.password("anna", goodPassword)
}

func TestChangePassword(t *testing.T) {
	policy := &types.PasswordPolicyType{MinimumLength: aws.Int32(6)}
	b := newPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.Policies = &types.UserPoolPolicyType{PasswordPolicy: policy}
	})
	b.addUser("anna", "first1")
	policy.PasswordHistorySize = aws.Int32(2)
	_, err := b.UpdateUserPool(b.ctx, &cip.UpdateUserPoolInput{UserPoolId: &b.pool, Policies: &types.UserPoolPolicyType{PasswordPolicy: policy}})
	b.ok(err)
	access := b.password("anna", "first1").AccessToken
	change := func(from, to string) error {
		_, err := b.ChangePassword(b.ctx, &cip.ChangePasswordInput{AccessToken: access, PreviousPassword: &from, ProposedPassword: &to})
		return err
	}
	b.fails(change("wrong1", "second"), "NotAuthorizedException: Incorrect username or password.")
	b.fails(change("first1", "short"), "InvalidPasswordException")
	b.ok(change("first1", "second"))
	b.fails(change("second", "first1"), "PasswordHistoryPolicyViolationException")
	b.ok(change("second", "third1"))
	b.ok(change("third1", "first1")) // forgotten by now
	b.ok(b.getUser(access))
	_, err = b.srp("anna", "first1")
	b.ok(err)
	for range changeLimit - 1 {
		b.fails(change("wrong1", "second"), "NotAuthorizedException: Incorrect username or password.")
	}
	b.fails(change("first1", "second"), "LimitExceededException: Attempt limit exceeded, please try after some time.")
}

func TestAttributes(t *testing.T) {
	b := mailPool(t, func(p *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
		p.UserAttributeUpdateSettings = &types.UserAttributeUpdateSettingsType{AttributesRequireVerificationBeforeUpdate: []types.VerifiedAttributeType{"email"}}
		p.Schema = []types.SchemaAttributeType{{Name: aws.String("fixed"), AttributeDataType: "String", Mutable: aws.Bool(false)}}
		c.WriteAttributes = []string{"email", "name", "phone_number", "custom:fixed"}
		c.ReadAttributes = []string{"email", "email_verified", "name", "phone_number", "custom:fixed"}
	})
	b.addUser("anna", goodPassword)
	access := b.password("anna", goodPassword).AccessToken
	update := func(attributes ...types.AttributeType) (*cip.UpdateUserAttributesOutput, error) {
		return b.UpdateUserAttributes(b.ctx, &cip.UpdateUserAttributesInput{AccessToken: access, UserAttributes: attributes})
	}
	get := func() map[string]string {
		out, err := b.GetUser(b.ctx, &cip.GetUserInput{AccessToken: access})
		b.ok(err)
		m := map[string]string{}
		for _, a := range out.UserAttributes {
			m[*a.Name] = *a.Value
		}
		return m
	}
	_, err := update(attr("nickname", "x"))
	b.fails(err, "NotAuthorizedException: A client attempted to write unauthorized attribute")
	_, err = update(attr("custom:fixed", "1"))
	b.ok(err)
	_, err = update(attr("custom:fixed", "2"))
	b.fails(err, "InvalidParameterException: user.custom:fixed: Attribute cannot be updated.")
	out, err := update(attr("name", "Anna"), attr("email", "new@example.com"))
	b.ok(err)
	if len(out.CodeDeliveryDetailsList) != 1 || *out.CodeDeliveryDetailsList[0].Destination != "n***@e***" {
		t.Fatalf("%+v", out.CodeDeliveryDetailsList)
	}
	if got := get(); got["name"] != "Anna" || got["email"] != "anna@example.com" || got["email_verified"] != "true" || got["sub"] == "" {
		t.Errorf("%v", got)
	}
	verify := func(code string) error {
		_, err := b.VerifyUserAttribute(b.ctx, &cip.VerifyUserAttributeInput{AccessToken: access, AttributeName: aws.String("email"), Code: &code})
		return err
	}
	b.fails(verify("000000x"), "CodeMismatchException")
	b.ok(verify(b.lastCode("new@example.com", "UpdateUserAttribute")))
	if got := get(); got["email"] != "new@example.com" || got["email_verified"] != "true" {
		t.Errorf("%v", got)
	}
	// a phone number is not verified in this pool: it changes at once
	_, err = update(attr("phone_number", "+15555550999"))
	b.ok(err)
	if got := get(); got["phone_number"] != "+15555550999" {
		t.Errorf("%v", got)
	}
	ask := func(name string) error {
		_, err := b.GetUserAttributeVerificationCode(b.ctx, &cip.GetUserAttributeVerificationCodeInput{AccessToken: access, AttributeName: &name})
		return err
	}
	b.fails(ask("name"), "InvalidParameterException")
	b.ok(ask("phone_number"))
	_, err = b.VerifyUserAttribute(b.ctx, &cip.VerifyUserAttributeInput{AccessToken: access, AttributeName: aws.String("phone_number"), Code: aws.String(b.lastCode("anna", "VerifyUserAttribute"))})
	b.ok(err)
	if id := claims(t, b.password("anna", goodPassword).IdToken); id["phone_number"] != "+15555550999" || id["custom:fixed"] != "1" {
		t.Errorf("%v", id)
	}
	for range verifyRequestLimit - 1 {
		b.ok(ask("email"))
	}
	b.fails(ask("email"), "LimitExceededException")
	_, err = b.DeleteUserAttributes(b.ctx, &cip.DeleteUserAttributesInput{AccessToken: access, UserAttributeNames: []string{"name", "phone_number"}})
	b.ok(err)
	if got := get(); got["name"] != "" || got["phone_number"] != "" {
		t.Errorf("%v", got)
	}
	_, err = b.DeleteUserAttributes(b.ctx, &cip.DeleteUserAttributesInput{AccessToken: access, UserAttributeNames: []string{"nope"}})
	b.fails(err, "InvalidParameterException")
	_, err = b.DeleteUser(b.ctx, &cip.DeleteUserInput{AccessToken: access})
	b.ok(err)
	b.fails(b.getUser(access), "NotAuthorizedException: Access Token has been revoked")
	_, err = b.srp("anna", goodPassword)
	b.fails(err, "UserNotFoundException: User does not exist.")
}

func TestMFAPreferences(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.addUser("anna", goodPassword)
	access := b.password("anna", goodPassword).AccessToken
	set := func(in *cip.SetUserMFAPreferenceInput) error {
		in.AccessToken = access
		_, err := b.SetUserMFAPreference(b.ctx, in)
		return err
	}
	sms, mail := &types.SMSMfaSettingsType{Enabled: true, PreferredMfa: true}, &types.EmailMfaSettingsType{Enabled: true, PreferredMfa: true}
	b.fails(set(&cip.SetUserMFAPreferenceInput{SMSMfaSettings: sms, EmailMfaSettings: mail}), "InvalidParameterException")
	b.fails(set(&cip.SetUserMFAPreferenceInput{SMSMfaSettings: &types.SMSMfaSettingsType{PreferredMfa: true}}), "InvalidParameterException")
	b.ok(set(&cip.SetUserMFAPreferenceInput{SMSMfaSettings: sms}))
	b.ok(set(&cip.SetUserMFAPreferenceInput{EmailMfaSettings: mail}))
	factors, err := b.GetUserAuthFactors(b.ctx, &cip.GetUserAuthFactorsInput{AccessToken: access})
	b.ok(err)
	if *factors.PreferredMfaSetting != "EMAIL_OTP" || !slices.Equal(factors.UserMFASettingList, []string{"SMS_MFA", "EMAIL_OTP"}) {
		t.Errorf("%v %v", *factors.PreferredMfaSetting, factors.UserMFASettingList)
	}
	b.ok(set(&cip.SetUserMFAPreferenceInput{EmailMfaSettings: &types.EmailMfaSettingsType{}}))
	user, err := b.GetUser(b.ctx, &cip.GetUserInput{AccessToken: access})
	b.ok(err)
	if user.PreferredMfaSetting != nil || !slices.Equal(user.UserMFASettingList, []string{"SMS_MFA"}) || len(user.MFAOptions) != 1 {
		t.Errorf("%v %v", user.PreferredMfaSetting, user.UserMFASettingList)
	}
	_, err = b.SetUserSettings(b.ctx, &cip.SetUserSettingsInput{AccessToken: access, MFAOptions: []types.MFAOptionType{}})
	b.ok(err)
	b.password("anna", goodPassword)
	_, err = b.SetUserSettings(b.ctx, &cip.SetUserSettingsInput{AccessToken: access, MFAOptions: []types.MFAOptionType{{DeliveryMedium: "SMS", AttributeName: aws.String("phone_number")}}})
	b.ok(err)
	out, err := b.srp("anna", goodPassword)
	b.ok(err)
	if out.ChallengeName != "SMS_MFA" {
		t.Errorf("asks %s", out.ChallengeName)
	}
	if strings.Contains(b.server.Outbox("anna")[0].To, "@") {
		t.Error("sent by e-mail")
	}
}
