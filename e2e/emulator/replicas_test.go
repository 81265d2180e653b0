package emulator

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// away is the bed seen from the secondary Region.
func (b *bed) away() *bed {
	b.Helper()
	r, err := b.server.StartReplica()
	b.ok(err)
	b.Cleanup(func() { r.Close() })
	second := *b
	second.Client = sdk(r.URL())
	return &second
}

const notHere = "OperationNotEnabledException"

func TestReplica(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	away := b.away()

	// Either Region takes the other's tokens, and both say the same issuer.
	here, there := b.password("anna", goodPassword), away.password("anna", goodPassword)
	if a, b := claims(t, here.IdToken)["iss"], claims(t, there.IdToken)["iss"]; a != b {
		t.Errorf("issuers %v and %v", a, b)
	}
	_, err := away.srp("anna", goodPassword)
	b.ok(err)
	refresh := &cip.GetTokensFromRefreshTokenInput{ClientId: &b.client, RefreshToken: here.RefreshToken}
	_, err = away.GetTokensFromRefreshToken(b.ctx, refresh)
	b.ok(err)
	_, err = b.GetUser(b.ctx, &cip.GetUserInput{AccessToken: there.AccessToken})
	b.ok(err)

	// What it refuses.
	_, err = away.SignUp(b.ctx, &cip.SignUpInput{ClientId: &b.client, Username: aws.String("bert"), Password: aws.String(goodPassword)})
	b.fails(err, notHere)
	_, err = away.ChangePassword(b.ctx, &cip.ChangePasswordInput{AccessToken: there.AccessToken, PreviousPassword: aws.String(goodPassword), ProposedPassword: aws.String("An0ther!!")})
	b.fails(err, notHere)
	_, err = away.AdminGetUser(b.ctx, &cip.AdminGetUserInput{UserPoolId: &b.pool, Username: aws.String("anna")})
	b.fails(err, notHere)

	// A sign-in does not move to the other Region.
	s := newSRPClient()
	out, err := b.start("USER_SRP_AUTH", "USERNAME", "anna", "SRP_A", s.hexA())
	b.ok(err)
	proof := s.proof(t, out.ChallengeParameters, b.poolName(), "anna", goodPassword, b.server.Now())
	_, err = away.answer("PASSWORD_VERIFIER", out.Session, proof...)
	b.fails(err, "NotAuthorizedException")
	_, err = b.answer("PASSWORD_VERIFIER", out.Session, proof...)
	b.ok(err)

	// Lockouts are each Region's own.
	for range 5 {
		b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", "wrong")
	}
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
	b.fails(err, "NotAuthorizedException: Password attempts exceeded")
	away.password("anna", goodPassword)

	resp, err := http.Get(*away.Options().BaseEndpoint + "/signup?client_id=" + b.client)
	b.ok(err)
	resp.Body.Close()
	if calls := b.server.Calls(); calls[len(calls)-1].Error != notHere || calls[len(calls)-1].Region != "secondary" {
		t.Errorf("the sign-up page: %+v", calls[len(calls)-1])
	}
}

func TestReplicaWithoutTOTP(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.addUser("anna", goodPassword)
	access := b.password("anna", goodPassword).AccessToken
	made, err := b.AssociateSoftwareToken(b.ctx, &cip.AssociateSoftwareTokenInput{AccessToken: access})
	b.ok(err)
	_, err = b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{AccessToken: access, UserCode: aws.String(b.totpCode(*made.SecretCode))})
	b.ok(err)
	_, err = b.SetUserMFAPreference(b.ctx, &cip.SetUserMFAPreferenceInput{AccessToken: access, SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: true}})
	b.ok(err)
	_, err = b.away().start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
	b.fails(err, notHere)
}

func TestReplicaOperations(t *testing.T) {
	b := newBed(t)
	away := b.away()
	made, err := b.CreateUserPool(b.ctx, &cip.CreateUserPoolInput{PoolName: aws.String("later")})
	b.ok(err)
	b.pool = *made.UserPool.Id
	client, err := b.CreateUserPoolClient(b.ctx, &cip.CreateUserPoolClientInput{UserPoolId: &b.pool, ClientName: aws.String("x"), ExplicitAuthFlows: allFlows})
	b.ok(err)
	b.client = *client.UserPoolClient.ClientId
	away.client, away.pool = b.client, b.pool
	b.addUser("anna", goodPassword)
	signIn := func() error {
		_, err := away.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
		return err
	}
	b.fails(signIn(), "ResourceNotFoundException")
	_, err = b.CreateUserPoolReplica(b.ctx, &cip.CreateUserPoolReplicaInput{UserPoolId: &b.pool, RegionName: aws.String("us-east-1")})
	b.fails(err, "InvalidParameterException")
	created, err := b.CreateUserPoolReplica(b.ctx, &cip.CreateUserPoolReplicaInput{UserPoolId: &b.pool, RegionName: aws.String("us-west-2")})
	b.ok(err)
	if r := created.UserPoolReplica; r.Status != "CREATING" || r.Role != "SECONDARY" || !strings.HasPrefix(*r.UserPoolArn, "arn:aws:cognito-idp:us-west-2:") {
		t.Errorf("created %+v", r)
	}
	b.fails(signIn(), notHere) // inactive
	_, err = b.UpdateUserPoolReplica(b.ctx, &cip.UpdateUserPoolReplicaInput{UserPoolId: &b.pool, RegionName: aws.String("us-west-2"), Status: types.UpdateReplicaStatusTypeActive})
	b.ok(err)
	b.ok(signIn())
	list, err := b.ListUserPoolReplicas(b.ctx, &cip.ListUserPoolReplicasInput{UserPoolId: &b.pool})
	b.ok(err)
	if len(list.UserPoolReplicas) != 2 || list.UserPoolReplicas[0].Role != "PRIMARY" || list.UserPoolReplicas[1].Status != "ACTIVE" {
		t.Errorf("replicas %+v", list.UserPoolReplicas)
	}
	_, err = b.DeleteUserPoolReplica(b.ctx, &cip.DeleteUserPoolReplicaInput{UserPoolId: &b.pool, RegionName: aws.String("us-west-2")})
	b.ok(err)
	b.fails(signIn(), "ResourceNotFoundException")
}

// Ensure that either Region can be taken down, and brought back.
func TestRegionsDown(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	away := b.away()
	up := func(at *bed) bool {
		_, err := at.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
		return err == nil
	}
	for region, down := range map[string]*bed{"primary": b, "secondary": away} {
		other := map[*bed]*bed{b: away, away: b}[down]
		b.ok(b.server.InjectFault(Fault{Operation: "*", Kind: "drop", Count: -1, Region: region}))
		if up(down) || !up(other) {
			t.Errorf("with the %s down: %v here, %v there", region, up(down), up(other))
		}
		b.ok(b.server.InjectFault(Fault{Operation: "*", Kind: "none", Region: region}))
		if !up(down) {
			t.Errorf("the %s stays down", region)
		}
	}
	if b.server.InjectFault(Fault{Operation: "*", Kind: "drop", Region: "moon"}) == nil {
		t.Error("a fault in an unknown Region is accepted")
	}
}
