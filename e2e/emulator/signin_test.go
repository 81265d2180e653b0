package emulator

import (
	"net/http"
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

	// No attempt prolongs a lock-out, but only a quarter of an hour without any forgets it.
	for n := range 10 {
		b.server.Advance(lockoutMax - time.Second)
		b.fails(wrong(), "NotAuthorizedException: Incorrect username or password.")
		if n >= 4 {
			b.fails(right(), "NotAuthorizedException: Password attempts exceeded")
			b.server.Advance(time.Second<<(n-4) - time.Second)
			b.fails(right(), "NotAuthorizedException: Password attempts exceeded")
		}
	}
	b.server.Advance(lockoutMax)
	b.ok(right())

	// It can be turned off, and on again.
	for range 5 {
		b.fails(wrong(), "NotAuthorizedException: Incorrect username or password.")
	}
	b.fails(right(), "NotAuthorizedException: Password attempts exceeded")
	res, err := http.Post(b.server.URL()+"/_emulator/limits", "application/json", strings.NewReader(`{"lockout": false}`))
	b.ok(err)
	res.Body.Close()
	for range 10 {
		b.fails(wrong(), "NotAuthorizedException: Incorrect username or password.")
	}
	b.ok(right())
	if on := New(Options{}).rates.limits(); on != (Limits{}) {
		t.Errorf("on from the start: %+v", on)
	}
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
	tokens := b.password("anna", goodPassword)
	_, err = b.srp("anna", goodPassword) // a legacy name adds to SRP and refresh
	b.ok(err)
	_, err = b.start("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", *tokens.RefreshToken)
	b.ok(err)
	_, err = b.start("USER_AUTH", "USERNAME", "anna")
	b.fails(err, "InvalidParameterException: USER_AUTH flow not enabled for this client")
	_, err = b.UpdateUserPoolClient(b.ctx, &cip.UpdateUserPoolClientInput{UserPoolId: &b.pool, ClientId: &b.client, ExplicitAuthFlows: []types.ExplicitAuthFlowsType{"CUSTOM_AUTH_FLOW_ONLY"}})
	b.ok(err)
	_, err = b.srp("anna", goodPassword)
	b.fails(err, "InvalidParameterException: USER_SRP_AUTH flow not enabled for this client")
	_, err = b.start("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", *tokens.RefreshToken)
	b.ok(err)
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
