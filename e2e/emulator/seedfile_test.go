package emulator

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// TestSeedFile applies the example of the README, twice.
func TestSeedFile(t *testing.T) {
	b := newBed(t)
	text, err := os.ReadFile("testdata/seed.json")
	b.ok(err)
	b.pool, b.client = "us-east-1_MyApp0001", "my-web-client"
	for range 2 {
		b.ok(b.server.SeedJSON(text))
		users, err := b.ListUsers(b.ctx, &cip.ListUsersInput{UserPoolId: &b.pool})
		b.ok(err)
		clients, err := b.ListUserPoolClients(b.ctx, &cip.ListUserPoolClientsInput{UserPoolId: &b.pool})
		b.ok(err)
		if len(users.Users) != 2 || len(clients.UserPoolClients) != 1 {
			t.Fatalf("%d users, %d clients", len(users.Users), len(clients.UserPoolClients))
		}
	}
	done, err := b.srp("ada@example.com", "Correct horse 1!")
	b.ok(err)
	id := claims(t, done.AuthenticationResult.IdToken)
	if id["email"] != "ada@example.com" || id["email_verified"] != true || id["cognito:groups"].([]any)[0] != "admins" {
		t.Errorf("%v", id)
	}
	if code := b.lastCode("bob@example.com", "AdminCreateUser"); code == "" {
		t.Error("bob was not invited")
	}
	_, err = b.AdminSetUserPassword(b.ctx, &cip.AdminSetUserPasswordInput{UserPoolId: &b.pool, Username: aws.String("ada@example.com"), Password: aws.String("Another horse 2!"), Permanent: true})
	b.ok(err)
	b.ok(b.server.SeedJSON(text)) // users that are there stay as they are
	_, err = b.srp("ada@example.com", "Another horse 2!")
	b.ok(err)

	res, err := http.Get(b.server.URL() + "/_emulator/amplify_outputs.json?client=my-web-client")
	b.ok(err)
	defer res.Body.Close()
	var outputs struct {
		Auth struct {
			UserPoolID       string   `json:"user_pool_id"`
			IdentityPoolID   string   `json:"identity_pool_id"`
			UsernameAttrs    []string `json:"username_attributes"`
			MFAConfiguration string   `json:"mfa_configuration"`
			OAuth            struct {
				SignIn []string `json:"redirect_sign_in_uri"`
			} `json:"oauth"`
		}
	}
	b.ok(json.NewDecoder(res.Body).Decode(&outputs))
	if a := outputs.Auth; a.UserPoolID != b.pool || a.IdentityPoolID != "us-east-1:00000000-0000-4000-8000-0000000000aa" || a.UsernameAttrs[0] != "email" || a.MFAConfiguration != "OPTIONAL" || a.OAuth.SignIn[0] != "http://localhost:3000/callback" {
		t.Errorf("%+v", a)
	}
	if s := b.server.Summary(); !strings.Contains(s, b.pool) && !strings.Contains(s, SeedPoolID) {
		t.Errorf("summary: %s", s)
	}
}

// TestSeedFileWithoutPassword seeds users without a password: invited, or signing in by a code where the pool has it.
func TestSeedFileWithoutPassword(t *testing.T) {
	b := newBed(t)
	b.ok(b.server.SeedJSON([]byte(`{"UserPools": [{"Id": "us-east-1_Codes", "UserPoolName": "codes",
		"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
		"Clients": [{"ClientId": "codes-client", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}],
		"Users": [{"Username": "ada", "UserAttributes": [{"Name": "email", "Value": "ada@example.com"}, {"Name": "email_verified", "Value": "true"}]}, {"Username": "bob"}]}]}`)))
	b.pool, b.client = "us-east-1_Codes", "codes-client"
	for name, want := range map[string]types.UserStatusType{"ada": "CONFIRMED", "bob": "FORCE_CHANGE_PASSWORD"} {
		u, err := b.AdminGetUser(b.ctx, &cip.AdminGetUserInput{UserPoolId: &b.pool, Username: &name})
		b.ok(err)
		if u.UserStatus != want {
			t.Errorf("%s is %s, want %s", name, u.UserStatus, want)
		}
	}
	out, err := b.start("USER_AUTH", "USERNAME", "ada", "PREFERRED_CHALLENGE", "EMAIL_OTP")
	b.ok(err)
	done, err := b.answer("EMAIL_OTP", out.Session, "USERNAME", "ada", "EMAIL_OTP_CODE", b.lastCode("ada", "Authentication"))
	b.ok(err)
	if done.AuthenticationResult == nil {
		t.Error("no tokens")
	}
}

func TestSeedFileRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"UserPools": [{"Id": "us-east-1_A", "UserPoolName": "a", "Colour": "red"}]}`: `unknown field "Colour"`,
		"{\n\"UserPools\": [\n}":                 "line 3",
		`{"UserPools": [{"UserPoolName": "a"}]}`: "'userPools.1.member.id' failed to satisfy constraint: Member must not be null",
		`{"UserPools": [{"Id": "us-east-1_A", "UserPoolName": "a", "MfaConfiguration": "ON"}]}`:                          "SMS MFA, Email MFA, or Software Token MFA must be enabled.",
		`{"UserPools": [{"Id": "us-east-1_A", "UserPoolName": "a", "Users": [{"Username": "x", "Password": "short"}]}]}`: "user x: InvalidPasswordException",
	} {
		if err := New(Options{}).SeedJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
