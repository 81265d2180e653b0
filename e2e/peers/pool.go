package peers

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// Pool is a user pool with one app client, at any service that speaks the admin operations of Cognito. The AWS SDK drives
// it, which was not written here either.
type Pool struct {
	*cip.Client
	URL, ID, ClientID string
	IdentityPoolID    string // may be empty
	t                 browser.T
}

// OpenPool is the Pool of ids that exist already.
func OpenPool(t browser.T, url, id, clientID string) *Pool {
	return &Pool{URL: url, ID: id, ClientID: clientID, t: t, Client: cip.New(cip.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(url), RetryMaxAttempts: 3,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})}
}

// NewPool makes a pool and its client. change, if not nil, alters what is asked for.
func NewPool(t browser.T, url string, change func(*cip.CreateUserPoolInput, *cip.CreateUserPoolClientInput)) *Pool {
	t.Helper()
	p := OpenPool(t, url, "", "")
	pool := &cip.CreateUserPoolInput{PoolName: aws.String("peers"), AutoVerifiedAttributes: []types.VerifiedAttributeType{"email"}}
	client := &cip.CreateUserPoolClientInput{ClientName: aws.String("page"), ExplicitAuthFlows: []types.ExplicitAuthFlowsType{
		"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH",
	}}
	if change != nil {
		change(pool, client)
	}
	made, err := p.CreateUserPool(context.Background(), pool)
	p.Must(err)
	p.ID, client.UserPoolId = *made.UserPool.Id, made.UserPool.Id
	app, err := p.CreateUserPoolClient(context.Background(), client)
	p.Must(err)
	p.ClientID = *app.UserPoolClient.ClientId
	return p
}

// Must ends the test when an admin operation has failed.
func (p *Pool) Must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", p.URL, err)
	}
}

// AddUser makes a confirmed user with the seeded password, e-mail address (the name, or <name>@example.com) and phone number verified;
// further attributes come as name, value.
func (p *Pool) AddUser(name string, attributes ...string) {
	p.t.Helper()
	p.InviteUser(name, attributes...)
	_, err := p.AdminSetUserPassword(context.Background(), &cip.AdminSetUserPasswordInput{
		UserPoolId: &p.ID, Username: &name, Password: aws.String(emulator.SeedPassword), Permanent: true,
	})
	p.Must(err)
}

// InviteUser is AddUser of a user who has to set a new password.
func (p *Pool) InviteUser(name string, attributes ...string) {
	p.t.Helper()
	email := name
	if !strings.Contains(email, "@") {
		email += "@example.com"
	}
	attributes = append(attributes, "email", email, "email_verified", "true",
		"phone_number", "+15555550123", "phone_number_verified", "true")
	var list []types.AttributeType
	for i := 0; i+1 < len(attributes); i += 2 {
		list = append(list, types.AttributeType{Name: &attributes[i], Value: &attributes[i+1]})
	}
	_, err := p.AdminCreateUser(context.Background(), &cip.AdminCreateUserInput{
		UserPoolId: &p.ID, Username: &name, MessageAction: "SUPPRESS", TemporaryPassword: aws.String(emulator.SeedPassword), UserAttributes: list,
	})
	p.Must(err)
}

// RequireMFA makes every user of the pool have a second factor: TOTP, or a code by e-mail where that is allowed as well.
func (p *Pool) RequireMFA(email bool) {
	p.t.Helper()
	in := &cip.SetUserPoolMfaConfigInput{UserPoolId: &p.ID, MfaConfiguration: "ON",
		SoftwareTokenMfaConfiguration: &types.SoftwareTokenMfaConfigType{Enabled: true}}
	if email {
		in.EmailMfaConfiguration = &types.EmailMfaConfigType{}
	}
	_, err := p.SetUserPoolMfaConfig(context.Background(), in)
	p.Must(err)
}

// NewDevicePool is a pool that knows devices: a remembered one stands in for the second factor, which its user ann has
// by e-mail. The user decides what is remembered.
func NewDevicePool(t browser.T, url string) *Pool {
	t.Helper()
	p := NewPool(t, url, func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		in.DeviceConfiguration = &types.DeviceConfigurationType{ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true}
	})
	p.AddUser("ann")
	_, err := p.SetUserPoolMfaConfig(context.Background(), &cip.SetUserPoolMfaConfigInput{
		UserPoolId: &p.ID, MfaConfiguration: "OPTIONAL", EmailMfaConfiguration: &types.EmailMfaConfigType{},
	})
	p.Must(err)
	_, err = p.AdminSetUserMFAPreference(context.Background(), &cip.AdminSetUserMFAPreferenceInput{
		UserPoolId: &p.ID, Username: aws.String("ann"), EmailMfaSettings: &types.EmailMfaSettingsType{Enabled: true, PreferredMfa: true},
	})
	p.Must(err)
	return p
}

// NewPasskeyPool is a pool whose users sign in with a password or a passkey of localhost.
func NewPasskeyPool(t browser.T, url string) *Pool {
	t.Helper()
	p := NewPool(t, url, func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		in.Policies = &types.UserPoolPolicyType{SignInPolicy: &types.SignInPolicyType{AllowedFirstAuthFactors: []types.AuthFactorType{"PASSWORD", "WEB_AUTHN"}}}
	})
	_, err := p.SetUserPoolMfaConfig(context.Background(), &cip.SetUserPoolMfaConfigInput{
		UserPoolId: &p.ID, WebAuthnConfiguration: &types.WebAuthnConfigurationType{RelyingPartyId: aws.String("localhost"), UserVerification: "required"},
	})
	p.Must(err)
	return p
}

// Config is the pool as Amplify v6's ResourcesConfig, which aws-amplify and this project's module both read.
func (p *Pool) Config() map[string]any {
	config := map[string]any{"userPoolId": p.ID, "userPoolClientId": p.ClientID, "userPoolEndpoint": p.URL}
	if p.IdentityPoolID != "" {
		config["identityPoolId"], config["identityPoolEndpoint"], config["allowGuestAccess"] = p.IdentityPoolID, p.URL, true
	}
	return map[string]any{"Auth": map[string]any{"Cognito": config}}
}
