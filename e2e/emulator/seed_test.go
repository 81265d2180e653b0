package emulator

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

func TestSeed(t *testing.T) {
	b := newBed(t)
	for _, client := range []string{SeedClientID, SeedRotatingClientID} {
		b.client = client
		for _, c := range []struct{ user, challenge string }{
			{"demo", ""}, {"demo-sms", "SMS_MFA"}, {"demo-totp", "SOFTWARE_TOKEN_MFA"}, {"demo-new", "NEW_PASSWORD_REQUIRED"},
		} {
			out, err := b.srp(c.user, SeedPassword)
			b.ok(err)
			if got := string(out.ChallengeName); got != c.challenge {
				t.Errorf("%s, %s: challenge %q, want %q", client, c.user, got, c.challenge)
			}
		}
		d, err := b.DescribeUserPoolClient(b.ctx, &cip.DescribeUserPoolClientInput{UserPoolId: &b.pool, ClientId: &client})
		b.ok(err)
		if got := d.UserPoolClient.CallbackURLs[0]; got != "http://localhost:8080/callback" {
			t.Error("callback", got)
		}
		if got := d.UserPoolClient.LogoutURLs[0]; got != "http://localhost:8080/signed-out" {
			t.Error("logout", got)
		}
	}
	// user names know no case, and may look like e-mail addresses
	if got := claims(t, b.password("DEMO", SeedPassword).AccessToken)["username"]; got != "demo" {
		t.Errorf("DEMO signs in %v", got)
	}
	_, err := b.signUp("someone@example.com", goodPassword, attr("email", "someone@example.com"))
	b.ok(err)
	code, err := TOTP(SeedTOTPSecret, b.server.Now())
	b.ok(err)
	out, err := b.srp("demo-totp", SeedPassword)
	b.ok(err)
	done, err := b.answer("SOFTWARE_TOKEN_MFA", out.Session, "USERNAME", "demo-totp", "SOFTWARE_TOKEN_MFA_CODE", code)
	b.ok(err)
	if aws.ToString(done.AuthenticationResult.RefreshToken) == "" {
		t.Error("no refresh token")
	}
}
