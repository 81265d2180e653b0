package emulator

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

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
	t.Run("user without a password", func(t *testing.T) {
		made, err := b.AdminCreateUser(b.ctx, &cip.AdminCreateUserInput{UserPoolId: &b.pool, Username: aws.String("carl"),
			UserAttributes: []types.AttributeType{attr("email", "carl@example.com"), attr("email_verified", "true")}})
		b.ok(err)
		if made.User.UserStatus != "CONFIRMED" {
			t.Errorf("status %s", made.User.UserStatus)
		}
		out, err := b.start("USER_AUTH", "USERNAME", "carl")
		b.ok(err)
		if !slices.Equal(out.AvailableChallenges, []types.ChallengeNameType{"EMAIL_OTP"}) {
			t.Errorf("available %v", out.AvailableChallenges)
		}
		_, err = b.srp("carl", goodPassword)
		b.fails(err, "NotAuthorizedException: Incorrect username or password.")
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
