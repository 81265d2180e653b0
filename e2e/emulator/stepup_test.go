package emulator

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		level int
		amr   []string
	}{{0, nil}, {1, []string{"pwd"}}, {1, []string{"fed"}}, {2, []string{"sms"}}, {3, []string{"swk"}}, {3, []string{"pwd", "email_otp"}}, {4, []string{"pwd", "otp"}}, {4, []string{"swk", "pwd", "otp"}}} {
		if got := levelOf(c.amr); got != c.level {
			t.Errorf("%v: %d, want %d", c.amr, got, c.level)
		}
	}
}

func TestStepUp(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.addUser("anna", goodPassword)
	low := b.password("anna", goodPassword)
	acr := func(token *string) any { return claims(t, token)["acr"] }
	if acr(low.IdToken) != "urn:cognito:loa:1" || acr(low.AccessToken) != "urn:cognito:loa:1" {
		t.Errorf("acr %v", acr(low.IdToken))
	}
	const two, three, four = "urn:cognito:loa:2", "urn:cognito:loa:3", "urn:cognito:loa:4"
	step := func(more ...string) (*cip.InitiateAuthOutput, error) {
		return b.start("USER_AUTH", append([]string{"USERNAME", "anna"}, more...)...)
	}
	_, err := step("ACCESS_TOKEN", *low.AccessToken)
	b.fails(err, "InvalidParameterException: ACCESS_TOKEN needs TARGET_ACR_VALUES.")
	_, err = step("TARGET_ACR_VALUES", "urn:other")
	b.fails(err, "InvalidParameterException")
	_, err = step("TARGET_ACR_VALUES", four, "ACCESS_TOKEN", *low.AccessToken)
	b.fails(err, "NotAuthorizedException") // no software token
	_, err = step("TARGET_ACR_VALUES", "urn:cognito:loa:1", "ACCESS_TOKEN", *low.AccessToken)
	b.fails(err, "InvalidParameterException: The access token is at the level already.")
	b.addUser("bert", goodPassword)
	_, err = step("TARGET_ACR_VALUES", three, "ACCESS_TOKEN", *b.password("bert", goodPassword).AccessToken)
	b.fails(err, "NotAuthorizedException: The access token is of another user.")

	made, err := b.AssociateSoftwareToken(b.ctx, &cip.AssociateSoftwareTokenInput{AccessToken: low.AccessToken})
	b.ok(err)
	_, err = b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{AccessToken: low.AccessToken, UserCode: aws.String(b.totpCode(*made.SecretCode))})
	b.ok(err)
	b.server.Advance(time.Minute) // a code counts once

	// The password counts by the token: only the code is asked.
	out, err := step("TARGET_ACR_VALUES", four+" "+two, "ACCESS_TOKEN", *low.AccessToken)
	b.ok(err)
	if out.ChallengeName != "SOFTWARE_TOKEN_MFA" {
		t.Fatalf("asks %s", out.ChallengeName)
	}
	done, err := b.answer("SOFTWARE_TOKEN_MFA", out.Session, "USERNAME", "anna", "SOFTWARE_TOKEN_MFA_CODE", b.totpCode(*made.SecretCode))
	b.ok(err)
	high := done.AuthenticationResult
	if amr, _ := claims(t, high.AccessToken)["amr"].([]any); acr(high.AccessToken) != four || !slices.Equal(amr, []any{"pwd", "otp", "mfa"}) || high.RefreshToken == nil {
		t.Errorf("acr %v, amr %v", acr(high.AccessToken), amr)
	}
	fresh, err := b.GetTokensFromRefreshToken(b.ctx, &cip.GetTokensFromRefreshTokenInput{ClientId: &b.client, RefreshToken: high.RefreshToken})
	b.ok(err)
	if acr(fresh.AuthenticationResult.IdToken) != four {
		t.Errorf("acr after a refresh %v", acr(fresh.AuthenticationResult.IdToken))
	}

	// Past MAX_AGE nothing counts.
	b.server.Advance(2 * time.Minute)
	out, err = step("TARGET_ACR_VALUES", four, "ACCESS_TOKEN", *high.AccessToken, "MAX_AGE", "60")
	b.ok(err)
	if out.ChallengeName != "SELECT_CHALLENGE" {
		t.Errorf("asks %s", out.ChallengeName)
	}

	// The pool's own names.
	b.refused("UpdateUserPool", object{"UserPoolId": b.pool, "MfaConfiguration": "OPTIONAL", "AcrConfiguration": object{"Level4": object{"AcrValue": two}}}, "InvalidParameterException")
	b.must("UpdateUserPool", object{"UserPoolId": b.pool, "MfaConfiguration": "OPTIONAL", "AcrConfiguration": object{"Level1": object{"AcrValue": "low"}}}, nil)
	if got := acr(b.password("bert", goodPassword).AccessToken); got != "low" {
		t.Errorf("acr %v", got)
	}
	var described struct {
		UserPool struct{ AcrConfiguration map[string]acrLevel }
	}
	b.must("DescribeUserPool", object{"UserPoolId": b.pool}, &described)
	if names := described.UserPool.AcrConfiguration; len(names) != 4 || names["Level1"].AcrValue != "low" || names["Level4"].AcrValue != four {
		t.Errorf("levels %v", names)
	}
}

// Ensure that the domain signs in anew where its session is too old or too weak for the request.
func TestStepUpAtTheDomain(t *testing.T) {
	b := domainPool(t)
	b.addUser("anna", goodPassword)
	_, err := b.SetUserPoolMfaConfig(b.ctx, &cip.SetUserPoolMfaConfigInput{UserPoolId: &b.pool, MfaConfiguration: "OPTIONAL", EmailMfaConfiguration: &types.EmailMfaConfigType{}})
	b.ok(err)
	v := newVisitor(b)
	v.open(v.request())
	to := v.submit("username", "anna", "password", goodPassword)
	_, tokens := v.exchange(to.Query().Get("code"))
	if acr := b.claims(tokens["id_token"])["acr"]; acr != "urn:cognito:loa:1" {
		t.Errorf("acr %v", acr)
	}
	silent := func(change ...string) string {
		q := v.open(v.request(append(change, "prompt", "none")...)).Query()
		return q.Get("error")
	}
	b.server.Advance(time.Minute)
	for _, c := range []struct {
		name, value, want string
	}{
		{"max_age", "60", ""}, {"max_age", "59", "login_required"}, {"max_age", "-1", "invalid_request"},
		{"acr_values", "urn:cognito:loa:1", ""}, {"acr_values", "urn:cognito:loa:3", "login_required"}, {"acr_values", "urn:unknown", ""},
	} {
		if got := silent(c.name, c.value); got != c.want {
			t.Errorf("%s=%s: %q, want %q", c.name, c.value, got, c.want)
		}
	}
	v.open(v.request("acr_values", "urn:cognito:loa:4 urn:cognito:loa:3"))
	v.submit("username", "anna", "password", goodPassword)
	to = v.submit("answer", b.lastCode("anna", "Authentication")) // a code that the user has not turned on
	_, tokens = v.exchange(to.Query().Get("code"))
	if acr := b.claims(tokens["id_token"])["acr"]; acr != "urn:cognito:loa:3" {
		t.Errorf("acr %v", acr)
	}
}
