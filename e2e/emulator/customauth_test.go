package emulator

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// riddle is a custom authentication: up to three tries at one question, after SRP where the client begins so.
func riddle(event map[string]any) (map[string]any, string) {
	r := event["request"].(map[string]any)
	switch event["triggerSource"] {
	case "DefineAuthChallenge_Authentication":
		session := r["session"].([]any)
		if len(session) > 0 {
			last := session[len(session)-1].(map[string]any)
			switch {
			case last["challengeName"] == "SRP_A":
				return map[string]any{"challengeName": "PASSWORD_VERIFIER"}, ""
			case last["challengeName"] == "CUSTOM_CHALLENGE" && last["challengeResult"] == true:
				return map[string]any{"issueTokens": true}, ""
			case len(session) >= 3:
				return map[string]any{"failAuthentication": true}, ""
			}
		}
		return map[string]any{"challengeName": "CUSTOM_CHALLENGE"}, ""
	case "CreateAuthChallenge_Authentication":
		return map[string]any{"publicChallengeParameters": map[string]string{"question": "six by nine"},
			"privateChallengeParameters": map[string]string{"answer": "42"}, "challengeMetadata": "RIDDLE"}, ""
	case "VerifyAuthChallengeResponse_Authentication":
		return map[string]any{"answerCorrect": r["challengeAnswer"] == r["privateChallengeParameters"].(map[string]any)["answer"]}, ""
	}
	return nil, "unexpected " + event["triggerSource"].(string)
}

func customPool(t *testing.T, masked bool) (*bed, *lambda) {
	l := newLambda(t, riddle)
	b := newPool(t, func(p *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
		p.LambdaConfig = &types.LambdaConfigType{DefineAuthChallenge: l.arn(), CreateAuthChallenge: l.arn(), VerifyAuthChallengeResponse: l.arn()}
		if masked {
			c.PreventUserExistenceErrors = "ENABLED"
		}
	})
	b.addUser("anna", goodPassword)
	return b, l
}

func TestCustomAuth(t *testing.T) {
	b, l := customPool(t, false)
	begin := func() *string {
		out, err := b.start("CUSTOM_AUTH", "USERNAME", "anna")
		b.ok(err)
		if out.ChallengeName != "CUSTOM_CHALLENGE" || out.ChallengeParameters["question"] != "six by nine" || out.ChallengeParameters["USERNAME"] != "anna" || out.ChallengeParameters["answer"] != "" {
			t.Fatalf("%s %v", out.ChallengeName, out.ChallengeParameters)
		}
		return out.Session
	}
	session := begin()
	// a wrong answer is another round under a new session, not an error
	again, err := b.answer("CUSTOM_CHALLENGE", session, "USERNAME", "anna", "ANSWER", "54")
	b.ok(err)
	if again.ChallengeName != "CUSTOM_CHALLENGE" || *again.Session == *session {
		t.Fatalf("%+v", again)
	}
	done, err := b.RespondToAuthChallenge(b.ctx, &cip.RespondToAuthChallengeInput{ClientId: &b.client, ChallengeName: "CUSTOM_CHALLENGE", Session: again.Session,
		ChallengeResponses: map[string]string{"USERNAME": "anna", "ANSWER": "42"}, ClientMetadata: map[string]string{"shop": "7"}})
	b.ok(err)
	if done.AuthenticationResult == nil {
		t.Fatal("no tokens")
	}
	for _, source := range []string{"VerifyAuthChallengeResponse_Authentication", "DefineAuthChallenge_Authentication"} {
		e := l.event(t, source)
		if m, _ := request(e, "clientMetadata").(map[string]any); m["shop"] != "7" || e["userPoolId"] != b.pool || e["userName"] != "anna" {
			t.Errorf("%s got %v", source, e)
		}
	}
	history := request(l.event(t, "DefineAuthChallenge_Authentication"), "session").([]any)
	if len(history) != 2 || history[0].(map[string]any)["challengeMetadata"] != "RIDDLE" {
		t.Errorf("history %v", history)
	}

	session = begin()
	for range 2 {
		out, err := b.answer("CUSTOM_CHALLENGE", session, "USERNAME", "anna", "ANSWER", "54")
		b.ok(err)
		session = out.Session
	}
	_, err = b.answer("CUSTOM_CHALLENGE", session, "USERNAME", "anna", "ANSWER", "54")
	b.fails(err, "NotAuthorizedException: Incorrect username or password.")
}

func TestCustomAuthWithSRP(t *testing.T) {
	b, _ := customPool(t, false)
	for _, c := range []struct{ password, want string }{{goodPassword, ""}, {"wrong", "NotAuthorizedException: Incorrect username or password."}} {
		s := newSRPClient()
		out, err := b.start("CUSTOM_AUTH", "USERNAME", "anna", "CHALLENGE_NAME", "SRP_A", "SRP_A", s.hexA())
		b.ok(err)
		if out.ChallengeName != "PASSWORD_VERIFIER" {
			t.Fatalf("asks %s", out.ChallengeName)
		}
		next, err := b.answer("PASSWORD_VERIFIER", out.Session, s.proof(t, out.ChallengeParameters, b.poolName(), "anna", c.password, b.server.Now())...)
		if c.want != "" {
			b.fails(err, c.want)
			continue
		}
		b.ok(err)
		done, err := b.answer(next.ChallengeName, next.Session, "USERNAME", "anna", "ANSWER", "42")
		b.ok(err)
		if done.AuthenticationResult == nil {
			t.Error("no tokens")
		}
	}
}

func TestCustomAuthOfNobody(t *testing.T) {
	b, l := customPool(t, true)
	out, err := b.start("CUSTOM_AUTH", "USERNAME", "nobody")
	b.ok(err)
	if request(l.event(t, "CreateAuthChallenge_Authentication"), "userNotFound") != true {
		t.Error("the trigger is not told")
	}
	again, err := b.answer("CUSTOM_CHALLENGE", out.Session, "USERNAME", "nobody", "ANSWER", "42")
	b.ok(err)
	if again.AuthenticationResult != nil {
		t.Fatal("tokens for nobody")
	}
}

func TestCustomAuthUnconfigured(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	_, err := b.start("CUSTOM_AUTH", "USERNAME", "anna")
	b.fails(err, "InvalidParameterException: Custom auth lambda trigger is not configured for the user pool.")
}

func TestAuthenticationTriggers(t *testing.T) {
	refuse := ""
	l := newLambda(t, func(event map[string]any) (map[string]any, string) {
		switch event["triggerSource"] {
		case "PreAuthentication_Authentication":
			return nil, refuse
		case "TokenGeneration_Authentication", "TokenGeneration_RefreshTokens":
			return map[string]any{"claimsAndScopeOverrideDetails": map[string]any{
				"idTokenGeneration":     map[string]any{"claimsToAddOrOverride": map[string]any{"tier": "gold", "sub": "forged"}, "claimsToSuppress": []string{"email"}},
				"accessTokenGeneration": map[string]any{"claimsToAddOrOverride": map[string]any{"tier": "silver"}, "scopesToAdd": []string{"shop/read"}},
				"groupOverrideDetails":  map[string]any{"groupsToOverride": []string{"override"}},
			}}, ""
		}
		return nil, ""
	})
	b := newPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.LambdaConfig = &types.LambdaConfigType{PreAuthentication: l.arn(), PostAuthentication: l.arn(),
			PreTokenGenerationConfig: &types.PreTokenGenerationVersionConfigType{LambdaArn: l.arn(), LambdaVersion: "V2_0"}}
	})
	b.addUser("anna", goodPassword)
	s := newSRPClient()
	out, err := b.InitiateAuth(b.ctx, &cip.InitiateAuthInput{AuthFlow: "USER_SRP_AUTH", ClientId: &b.client, AuthParameters: map[string]string{"USERNAME": "anna", "SRP_A": s.hexA()}, ClientMetadata: map[string]string{"from": "start"}})
	b.ok(err)
	if m, _ := request(l.event(t, "PreAuthentication_Authentication"), "validationData").(map[string]any); m["from"] != "start" {
		t.Errorf("validationData %v", m)
	}
	done, err := b.RespondToAuthChallenge(b.ctx, &cip.RespondToAuthChallengeInput{ClientId: &b.client, ChallengeName: "PASSWORD_VERIFIER",
		ChallengeResponses: inPairs(s.proof(t, out.ChallengeParameters, b.poolName(), "anna", goodPassword, b.server.Now())), ClientMetadata: map[string]string{"from": "answer"}})
	b.ok(err)
	for _, source := range []string{"PostAuthentication_Authentication", "TokenGeneration_Authentication"} {
		if m, _ := request(l.event(t, source), "clientMetadata").(map[string]any); m["from"] != "answer" {
			t.Errorf("%s: clientMetadata %v", source, m)
		}
	}
	id, access := claims(t, done.AuthenticationResult.IdToken), claims(t, done.AuthenticationResult.AccessToken)
	if id["tier"] != "gold" || id["email"] != nil || id["sub"] == "forged" || access["tier"] != "silver" || access["scope"] != "aws.cognito.signin.user.admin shop/read" {
		t.Errorf("%v %v", id, access)
	}
	if groups, _ := access["cognito:groups"].([]any); len(groups) != 1 || groups[0] != "override" {
		t.Errorf("groups %v", groups)
	}
	_, err = b.refresh(done.AuthenticationResult.RefreshToken)
	b.ok(err)
	l.event(t, "TokenGeneration_RefreshTokens")

	refuse = "closed today"
	_, err = b.srp("anna", goodPassword)
	b.fails(err, "UserLambdaValidationException: PreAuthentication failed with error closed today.")
	for target, want := range map[string]string{
		"http://192.0.2.1/trigger":                                 "UnexpectedLambdaException",
		"arn:aws:lambda:us-east-1:000000000000:function:trigger":   "UnexpectedLambdaException",
		"http://127.0.0.1:1/nothing-listens":                       "UnexpectedLambdaException",
		b.server.URL() + "/" + b.pool + "/.well-known/jwks.json?x": "UserLambdaValidationException", // POST is refused there
	} {
		_, err = b.UpdateUserPool(b.ctx, &cip.UpdateUserPoolInput{UserPoolId: &b.pool, LambdaConfig: &types.LambdaConfigType{PreAuthentication: aws.String(target)}})
		b.ok(err)
		_, err = b.srp("anna", goodPassword)
		b.fails(err, want)
	}
}

func TestUserMigration(t *testing.T) {
	l := newLambda(t, func(event map[string]any) (map[string]any, string) {
		if event["userName"] != "old" {
			return map[string]any{}, ""
		}
		attributes := map[string]string{"email": "old@example.com", "email_verified": "true"}
		if event["triggerSource"] == "UserMigration_Authentication" {
			if request(event, "password") != "pw" {
				return nil, "Bad password"
			}
			return map[string]any{"userAttributes": attributes, "finalUserStatus": "CONFIRMED"}, ""
		}
		return map[string]any{"userAttributes": attributes}, ""
	})
	b := newPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.LambdaConfig = &types.LambdaConfigType{UserMigration: l.arn()}
	})
	_, err := b.start("USER_PASSWORD_AUTH", "USERNAME", "nobody", "PASSWORD", "pw")
	b.fails(err, "UserNotFoundException: User does not exist.")
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "old", "PASSWORD", "bad")
	b.fails(err, "UserNotFoundException: Exception migrating user in app client "+b.client)
	_, err = b.ForgotPassword(b.ctx, &cip.ForgotPasswordInput{ClientId: &b.client, Username: aws.String("old")})
	b.ok(err)
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "old", "PASSWORD", "pw")
	b.fails(err, "PasswordResetRequiredException")
	_, err = b.AdminDeleteUser(b.ctx, &cip.AdminDeleteUserInput{UserPoolId: &b.pool, Username: aws.String("old")})
	b.ok(err)
	b.password("old", "pw")
	_, err = b.srp("old", "pw") // the migrated user has a verifier
	b.ok(err)
}
