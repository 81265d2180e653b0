package emulator

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

func TestPasswordPolicy(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	set := func(password string) error {
		_, err := b.AdminSetUserPassword(b.ctx, &cip.AdminSetUserPasswordInput{UserPoolId: &b.pool, Username: aws.String("anna"), Password: &password, Permanent: true})
		return err
	}
	for password, want := range map[string]string{
		"Pass w0rd":  "",
		" Passw0rd!": "InvalidParameterException",
		"Passw0rd! ": "InvalidParameterException",
		"Passw0rd":   "InvalidPasswordException: Password did not conform with policy: Password must have symbol characters",
		"Éassw0rd!":  "InvalidPasswordException: Password did not conform with policy: Password must have uppercase characters",
		"PASSWéRD0!": "InvalidPasswordException: Password did not conform with policy: Password must have lowercase characters",
		"Password!٣": "InvalidPasswordException: Password did not conform with policy: Password must have numeric characters",
	} {
		if err := set(password); want == "" {
			b.ok(err)
			b.password("anna", password)
		} else {
			b.fails(err, want)
		}
	}
}

func TestAttributeValues(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	set := func(name, value string) error {
		_, err := b.AdminUpdateUserAttributes(b.ctx, &cip.AdminUpdateUserAttributesInput{UserPoolId: &b.pool, Username: aws.String("anna"), UserAttributes: []types.AttributeType{attr(name, value)}})
		return err
	}
	get := func(name string) string {
		u, err := b.AdminGetUser(b.ctx, &cip.AdminGetUserInput{UserPoolId: &b.pool, Username: aws.String("anna")})
		b.ok(err)
		for _, a := range u.UserAttributes {
			if *a.Name == name {
				return *a.Value
			}
		}
		return ""
	}
	b.ok(set("email_verified", "False"))
	b.ok(set("email_verified", "True"))
	if got := get("email_verified"); got != "true" {
		t.Errorf("email_verified is %q", got)
	}
	b.fails(set("birthdate", "1.1.1970"), "InvalidParameterException")
	b.ok(set("birthdate", "1970-01-01"))
	b.ok(set("birthdate", ""))
	if got := get("birthdate"); got != "" {
		t.Errorf("birthdate is %q after it was deleted", got)
	}
}

func TestAdminPools(t *testing.T) {
	b := newPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		p.AutoVerifiedAttributes = []types.VerifiedAttributeType{"email"}
		p.UserPoolTags = map[string]string{"a": "b"}
	})
	d, err := b.DescribeUserPool(b.ctx, &cip.DescribeUserPoolInput{UserPoolId: &b.pool})
	b.ok(err)
	p := d.UserPool
	if *p.Id != b.pool || p.MfaConfiguration != "OFF" || p.UserPoolTags["a"] != "b" || *p.Policies.PasswordPolicy.MinimumLength != 8 || len(p.SchemaAttributes) < 20 || p.CreationDate == nil {
		t.Errorf("%+v", p)
	}
	if p.LambdaConfig == nil || p.EmailConfiguration.EmailSendingAccount != "COGNITO_DEFAULT" || p.AdminCreateUserConfig.UnusedAccountValidityDays != 7 ||
		p.VerificationMessageTemplate.DefaultEmailOption != "CONFIRM_WITH_CODE" {
		t.Errorf("%+v", p)
	}
	for name, want := range map[string]string{"sub": "1 2048", "birthdate": "10 10", "name": "0 2048"} {
		a := p.SchemaAttributes[slices.IndexFunc(p.SchemaAttributes, func(a types.SchemaAttributeType) bool { return *a.Name == name })]
		if got := *a.StringAttributeConstraints.MinLength + " " + *a.StringAttributeConstraints.MaxLength; got != want {
			t.Errorf("%s has lengths %s, want %s", name, got, want)
		}
	}
	_, err = b.DescribeUserPool(b.ctx, &cip.DescribeUserPoolInput{UserPoolId: aws.String("us-east-1_nope")})
	b.fails(err, "ResourceNotFoundException: User pool us-east-1_nope does not exist.")
	_, err = b.UpdateUserPool(b.ctx, &cip.UpdateUserPoolInput{UserPoolId: &b.pool, DeletionProtection: "ACTIVE"})
	b.ok(err)
	d, err = b.DescribeUserPool(b.ctx, &cip.DescribeUserPoolInput{UserPoolId: &b.pool})
	b.ok(err)
	if len(d.UserPool.AutoVerifiedAttributes) != 0 { // as the API does: absent settings are reset
		t.Error("settings stayed")
	}
	_, err = b.DeleteUserPool(b.ctx, &cip.DeleteUserPoolInput{UserPoolId: &b.pool})
	b.fails(err, "InvalidParameterException")
	_, err = b.UpdateUserPool(b.ctx, &cip.UpdateUserPoolInput{UserPoolId: &b.pool})
	b.ok(err)
	_, err = b.UpdateUserPool(b.ctx, &cip.UpdateUserPoolInput{UserPoolId: &b.pool, MfaConfiguration: "ON"})
	b.fails(err, "InvalidParameterException")
	_, err = b.AddCustomAttributes(b.ctx, &cip.AddCustomAttributesInput{UserPoolId: &b.pool, CustomAttributes: []types.SchemaAttributeType{{Name: aws.String("more"), AttributeDataType: "String"}}})
	b.ok(err)
	b.addUser("anna", goodPassword)
	_, err = b.AdminUpdateUserAttributes(b.ctx, &cip.AdminUpdateUserAttributesInput{UserPoolId: &b.pool, Username: aws.String("anna"), UserAttributes: []types.AttributeType{attr("custom:more", "x")}})
	b.ok(err)
	tokens := b.password("anna", goodPassword)

	_, err = b.CreateUserPoolDomain(b.ctx, &cip.CreateUserPoolDomainInput{UserPoolId: &b.pool, Domain: aws.String("my-app")})
	b.ok(err)
	domain, err := b.DescribeUserPoolDomain(b.ctx, &cip.DescribeUserPoolDomainInput{Domain: aws.String("my-app")})
	b.ok(err)
	if *domain.DomainDescription.UserPoolId != b.pool {
		t.Errorf("%+v", domain)
	}
	_, err = b.DeleteUserPool(b.ctx, &cip.DeleteUserPoolInput{UserPoolId: &b.pool})
	b.fails(err, "InvalidParameterException")
	_, err = b.DeleteUserPoolDomain(b.ctx, &cip.DeleteUserPoolDomainInput{UserPoolId: &b.pool, Domain: aws.String("my-app")})
	b.ok(err)
	var pools []string
	for token := (*string)(nil); ; {
		page, err := b.ListUserPools(b.ctx, &cip.ListUserPoolsInput{MaxResults: aws.Int32(1), NextToken: token})
		b.ok(err)
		pools = append(pools, *page.UserPools[0].Id)
		if token = page.NextToken; token == nil {
			break
		}
	}
	if len(pools) != 2 || !slices.Contains(pools, b.pool) {
		t.Errorf("pools %v", pools)
	}
	_, err = b.DeleteUserPool(b.ctx, &cip.DeleteUserPoolInput{UserPoolId: &b.pool})
	b.ok(err)
	_, err = b.refresh(tokens.RefreshToken)
	b.fails(err, "ResourceNotFoundException: User pool client "+b.client+" does not exist.")
	b.fails(b.getUser(tokens.AccessToken), "NotAuthorizedException: Invalid Access Token")
}

func TestAdminClients(t *testing.T) {
	b := newPool(t, nil)
	create := func(in *cip.CreateUserPoolClientInput) error {
		in.UserPoolId, in.ClientName = &b.pool, aws.String("c")
		_, err := b.CreateUserPoolClient(b.ctx, in)
		return err
	}
	for uri, ok := range map[string]bool{
		"https://example.com/callback": true, "http://localhost:3000/": true, "http://127.0.0.1:8080/callback": true, "http://[::1]:80/": true, "myapp://callback": true,
		"http://example.com/": false, "https://example.com/#x": false, "/callback": false, "callback": false,
	} {
		err := create(&cip.CreateUserPoolClientInput{CallbackURLs: []string{uri}})
		if (err == nil) != ok {
			t.Errorf("%s: %v", uri, err)
		}
	}
	b.fails(create(&cip.CreateUserPoolClientInput{ExplicitAuthFlows: []types.ExplicitAuthFlowsType{"ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH"}}), "InvalidParameterException")
	b.fails(create(&cip.CreateUserPoolClientInput{AllowedOAuthScopes: []string{"shop/read"}}), "ScopeDoesNotExistException")
	_, err := b.CreateResourceServer(b.ctx, &cip.CreateResourceServerInput{UserPoolId: &b.pool, Identifier: aws.String("shop"), Name: aws.String("Shop"), Scopes: []types.ResourceServerScopeType{{ScopeName: aws.String("read"), ScopeDescription: aws.String("Read")}}})
	b.ok(err)
	b.ok(create(&cip.CreateUserPoolClientInput{AllowedOAuthScopes: []string{"shop/read"}}))
	b.fails(create(&cip.CreateUserPoolClientInput{DefaultRedirectURI: aws.String("https://example.com/")}), "InvalidParameterException")
	b.fails(create(&cip.CreateUserPoolClientInput{ReadAttributes: []string{"nope"}}), "InvalidParameterException")
	d, err := b.DescribeUserPoolClient(b.ctx, &cip.DescribeUserPoolClientInput{UserPoolId: &b.pool, ClientId: &b.client})
	b.ok(err)
	if c := d.UserPoolClient; *c.EnableTokenRevocation != true || c.PreventUserExistenceErrors != "LEGACY" || *c.AuthSessionValidity != 3 || c.RefreshTokenValidity != 30 {
		t.Errorf("%+v", c)
	}
	pool := SeedPoolID
	_, err = b.DescribeUserPoolClient(b.ctx, &cip.DescribeUserPoolClientInput{UserPoolId: &pool, ClientId: &b.client})
	b.fails(err, "ResourceNotFoundException")
	list, err := b.ListUserPoolClients(b.ctx, &cip.ListUserPoolClientsInput{UserPoolId: &pool})
	b.ok(err)
	if len(list.UserPoolClients) != 2 {
		t.Errorf("%d clients", len(list.UserPoolClients))
	}
	_, err = b.DeleteUserPoolClient(b.ctx, &cip.DeleteUserPoolClientInput{UserPoolId: &b.pool, ClientId: &b.client})
	b.ok(err)
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", "x")
	b.fails(err, "ResourceNotFoundException: User pool client "+b.client+" does not exist.")
}

func TestAdminUsers(t *testing.T) {
	b := newPool(t, nil)
	for i := range 5 {
		b.addUser(fmt.Sprintf("user%d", i), goodPassword)
	}
	_, err := b.AdminCreateUser(b.ctx, &cip.AdminCreateUserInput{UserPoolId: &b.pool, Username: aws.String("user1")})
	b.fails(err, "UsernameExistsException: User account already exists")
	var names []string
	for token := (*string)(nil); ; {
		page, err := b.ListUsers(b.ctx, &cip.ListUsersInput{UserPoolId: &b.pool, Limit: aws.Int32(2), PaginationToken: token, AttributesToGet: []string{"email"}})
		b.ok(err)
		for _, u := range page.Users {
			names = append(names, *u.Username)
			if len(u.Attributes) != 1 {
				t.Errorf("attributes %v", u.Attributes)
			}
		}
		if token = page.PaginationToken; token == nil {
			break
		}
	}
	if len(names) != 5 {
		t.Errorf("users %v", names)
	}
	for filter, want := range map[string]int{`email = "user3@example.com"`: 1, `username ^= "user"`: 5, `status = "Disabled"`: 0, `cognito:user_status = "CONFIRMED"`: 5} {
		page, err := b.ListUsers(b.ctx, &cip.ListUsersInput{UserPoolId: &b.pool, Filter: &filter})
		b.ok(err)
		if len(page.Users) != want {
			t.Errorf("%s finds %d users, want %d", filter, len(page.Users), want)
		}
	}
	_, err = b.ListUsers(b.ctx, &cip.ListUsersInput{UserPoolId: &b.pool, Filter: aws.String("nonsense")})
	b.fails(err, "InvalidParameterException")
	got, err := b.AdminGetUser(b.ctx, &cip.AdminGetUserInput{UserPoolId: &b.pool, Username: aws.String("user1")})
	b.ok(err)
	if got.UserStatus != "CONFIRMED" || !got.Enabled || got.UserCreateDate == nil {
		t.Errorf("%+v", got)
	}
	_, err = b.AdminGetUser(b.ctx, &cip.AdminGetUserInput{UserPoolId: &b.pool, Username: aws.String("nobody")})
	b.fails(err, "UserNotFoundException: User does not exist.")
	_, err = b.signUp("selfmade", goodPassword)
	b.ok(err)
	_, err = b.AdminConfirmSignUp(b.ctx, &cip.AdminConfirmSignUpInput{UserPoolId: &b.pool, Username: aws.String("selfmade")})
	b.ok(err)
	b.password("selfmade", goodPassword)

	_, err = b.CreateGroup(b.ctx, &cip.CreateGroupInput{UserPoolId: &b.pool, GroupName: aws.String("g")})
	b.ok(err)
	_, err = b.CreateGroup(b.ctx, &cip.CreateGroupInput{UserPoolId: &b.pool, GroupName: aws.String("g")})
	b.fails(err, "GroupExistsException")
	member := &cip.AdminAddUserToGroupInput{UserPoolId: &b.pool, GroupName: aws.String("g"), Username: aws.String("user1")}
	_, err = b.AdminAddUserToGroup(b.ctx, member)
	b.ok(err)
	users, err := b.ListUsersInGroup(b.ctx, &cip.ListUsersInGroupInput{UserPoolId: &b.pool, GroupName: aws.String("g")})
	b.ok(err)
	groups, err := b.AdminListGroupsForUser(b.ctx, &cip.AdminListGroupsForUserInput{UserPoolId: &b.pool, Username: aws.String("user1")})
	b.ok(err)
	if len(users.Users) != 1 || len(groups.Groups) != 1 {
		t.Errorf("%d users, %d groups", len(users.Users), len(groups.Groups))
	}
	_, err = b.DeleteGroup(b.ctx, &cip.DeleteGroupInput{UserPoolId: &b.pool, GroupName: aws.String("g")})
	b.ok(err)
	if got := claims(t, b.password("user1", goodPassword).AccessToken)["cognito:groups"]; got != nil {
		t.Errorf("groups %v", got)
	}
	member.GroupName = aws.String("g")
	_, err = b.AdminAddUserToGroup(b.ctx, member)
	b.fails(err, "ResourceNotFoundException: Group not found.")
}

func TestAdminProviders(t *testing.T) {
	b := newPool(t, nil)
	in := &cip.CreateIdentityProviderInput{UserPoolId: &b.pool, ProviderName: aws.String("Google"), ProviderType: "Google", ProviderDetails: map[string]string{"client_id": "x", "authorize_scopes": "openid"}}
	_, err := b.CreateIdentityProvider(b.ctx, in)
	b.ok(err)
	_, err = b.CreateIdentityProvider(b.ctx, in)
	b.fails(err, "DuplicateProviderException")
	_, err = b.UpdateIdentityProvider(b.ctx, &cip.UpdateIdentityProviderInput{UserPoolId: &b.pool, ProviderName: in.ProviderName, AttributeMapping: map[string]string{"email": "email"}})
	b.ok(err)
	d, err := b.DescribeIdentityProvider(b.ctx, &cip.DescribeIdentityProviderInput{UserPoolId: &b.pool, ProviderName: in.ProviderName})
	b.ok(err)
	if d.IdentityProvider.ProviderDetails["client_id"] != "x" || d.IdentityProvider.AttributeMapping["email"] != "email" {
		t.Errorf("%+v", d.IdentityProvider)
	}
	list, err := b.ListIdentityProviders(b.ctx, &cip.ListIdentityProvidersInput{UserPoolId: &b.pool})
	b.ok(err)
	if len(list.Providers) != 1 {
		t.Errorf("%d providers", len(list.Providers))
	}
	_, err = b.DeleteIdentityProvider(b.ctx, &cip.DeleteIdentityProviderInput{UserPoolId: &b.pool, ProviderName: in.ProviderName})
	b.ok(err)
	_, err = b.DescribeIdentityProvider(b.ctx, &cip.DescribeIdentityProviderInput{UserPoolId: &b.pool, ProviderName: in.ProviderName})
	b.fails(err, "ResourceNotFoundException")
}

func TestSMSConfiguration(t *testing.T) {
	b := newBed(t)
	role := aws.String("arn:aws:iam::000000000000:role/sms")
	create := func(sms *types.SmsConfigurationType) error {
		_, err := b.CreateUserPool(b.ctx, &cip.CreateUserPoolInput{PoolName: aws.String("sms"), SmsConfiguration: sms})
		return err
	}
	b.ok(create(&types.SmsConfigurationType{EumsSms: &types.EumsSmsConfigurationType{CallerArn: role, Region: aws.String("us-east-1")}}))
	b.fails(create(&types.SmsConfigurationType{}), "InvalidParameterException")
	b.fails(create(&types.SmsConfigurationType{SnsCallerArn: role, EumsSms: &types.EumsSmsConfigurationType{CallerArn: role}}), "InvalidParameterException")
	b.fails(create(&types.SmsConfigurationType{EumsSms: &types.EumsSmsConfigurationType{CallerArn: role, Region: aws.String("us-west-2")}}), "InvalidParameterException")
}
