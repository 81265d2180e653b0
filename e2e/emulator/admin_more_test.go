package emulator

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	ci "github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

func TestResourceServers(t *testing.T) {
	b := newPool(t, nil)
	for _, id := range []string{"https://a.example", "https://b.example"} {
		_, err := b.CreateResourceServer(b.ctx, &cip.CreateResourceServerInput{UserPoolId: &b.pool, Identifier: &id, Name: aws.String("API")})
		b.ok(err)
	}
	_, err := b.UpdateResourceServer(b.ctx, &cip.UpdateResourceServerInput{UserPoolId: &b.pool, Identifier: aws.String("https://b.example"), Name: aws.String("Other"),
		Scopes: []types.ResourceServerScopeType{{ScopeName: aws.String("read"), ScopeDescription: aws.String("Read")}}})
	b.ok(err)
	_, err = b.UpdateUserPoolClient(b.ctx, &cip.UpdateUserPoolClientInput{UserPoolId: &b.pool, ClientId: &b.client, AllowedOAuthScopes: []string{"https://b.example/read"}})
	b.ok(err)
	var names []string
	for token := (*string)(nil); ; {
		out, err := b.ListResourceServers(b.ctx, &cip.ListResourceServersInput{UserPoolId: &b.pool, MaxResults: aws.Int32(1), NextToken: token})
		b.ok(err)
		for _, s := range out.ResourceServers {
			names = append(names, *s.Name)
		}
		if token = out.NextToken; token == nil {
			break
		}
	}
	if !slices.Equal(names, []string{"API", "Other"}) {
		t.Errorf("listed %v", names)
	}
	_, err = b.UpdateResourceServer(b.ctx, &cip.UpdateResourceServerInput{UserPoolId: &b.pool, Identifier: aws.String("none"), Name: aws.String("x")})
	b.fails(err, "ResourceNotFoundException")
}

func TestClientSecrets(t *testing.T) {
	b := newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) { c.GenerateSecret = true })
	b.addUser("anna", goodPassword)
	first := b.secret
	added, err := b.AddUserPoolClientSecret(b.ctx, &cip.AddUserPoolClientSecretInput{UserPoolId: &b.pool, ClientId: &b.client})
	b.ok(err)
	_, err = b.AddUserPoolClientSecret(b.ctx, &cip.AddUserPoolClientSecretInput{UserPoolId: &b.pool, ClientId: &b.client})
	b.fails(err, "LimitExceededException")
	for _, b.secret = range []string{first, *added.ClientSecretDescriptor.ClientSecretValue} {
		b.password("anna", goodPassword)
	}
	listed, err := b.ListUserPoolClientSecrets(b.ctx, &cip.ListUserPoolClientSecretsInput{UserPoolId: &b.pool, ClientId: &b.client})
	b.ok(err)
	if len(listed.ClientSecrets) != 2 || listed.ClientSecrets[0].ClientSecretValue != nil {
		t.Fatalf("%+v", listed.ClientSecrets)
	}
	remove := func(i int) error {
		_, err := b.DeleteUserPoolClientSecret(b.ctx, &cip.DeleteUserPoolClientSecretInput{UserPoolId: &b.pool, ClientId: &b.client, ClientSecretId: listed.ClientSecrets[i].ClientSecretId})
		return err
	}
	b.ok(remove(0))
	b.password("anna", goodPassword)
	b.fails(remove(0), "ResourceNotFoundException")
	b.fails(remove(1), "InvalidParameterException")
	b.secret = first
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", goodPassword)
	b.fails(err, "NotAuthorizedException: SecretHash does not match for the client: "+b.client)
}

func TestUpdateDomain(t *testing.T) {
	b := newPool(t, nil)
	name := aws.String("my-app")
	_, err := b.UpdateUserPoolDomain(b.ctx, &cip.UpdateUserPoolDomainInput{UserPoolId: &b.pool, Domain: name})
	b.fails(err, "InvalidParameterException")
	_, err = b.CreateUserPoolDomain(b.ctx, &cip.CreateUserPoolDomainInput{UserPoolId: &b.pool, Domain: name})
	b.ok(err)
	_, err = b.UpdateUserPoolDomain(b.ctx, &cip.UpdateUserPoolDomainInput{UserPoolId: &b.pool, Domain: name, ManagedLoginVersion: aws.Int32(2)})
	b.ok(err)
	out, err := b.DescribeUserPoolDomain(b.ctx, &cip.DescribeUserPoolDomainInput{Domain: name})
	b.ok(err)
	if d := out.DomainDescription; *d.ManagedLoginVersion != 2 || *d.AWSAccountId != "000000000000" || d.S3Bucket == nil || len(*d.Version) != 14 || d.Status != "ACTIVE" {
		t.Errorf("%+v", d)
	}
}

// Ensure that a domain is told to fail over to a replica that there is, and to no other.
func TestDomainFailover(t *testing.T) {
	b := newPool(t, nil)
	failover := object{"Failover": object{"SecondaryRegion": "us-west-2", "PrimaryRoute53HealthCheckId": "00000000-0000-4000-8000-000000000000"}}
	create := object{"UserPoolId": b.pool, "Domain": "failing", "Routing": failover}
	b.refused("CreateUserPoolDomain", create, "InvalidParameterException")
	b.must("CreateUserPoolReplica", object{"UserPoolId": b.pool, "RegionName": "us-west-2"}, nil)
	b.refused("CreateUserPoolDomain", object{"UserPoolId": b.pool, "Domain": "failing", "Routing": object{"Failover": object{"SecondaryRegion": "us-west-2"}}}, "InvalidParameterException")
	b.must("CreateUserPoolDomain", create, nil)
	var out struct {
		DomainDescription struct{ Routing domainRouting }
	}
	b.must("DescribeUserPoolDomain", object{"Domain": "failing"}, &out)
	if f := out.DomainDescription.Routing.Failover; f == nil || f.SecondaryRegion != "us-west-2" {
		t.Errorf("%+v", out)
	}
}

func TestAdminFactors(t *testing.T) {
	b := mfaPool(t, "OPTIONAL")
	b.addUser("anna", goodPassword)
	token := b.password("anna", goodPassword).AccessToken
	made, err := b.AssociateSoftwareToken(b.ctx, &cip.AssociateSoftwareTokenInput{AccessToken: token})
	b.ok(err)
	_, err = b.VerifySoftwareToken(b.ctx, &cip.VerifySoftwareTokenInput{AccessToken: token, UserCode: aws.String(b.totpCode(*made.SecretCode))})
	b.ok(err)
	_, err = b.AdminSetUserMFAPreference(b.ctx, &cip.AdminSetUserMFAPreferenceInput{UserPoolId: &b.pool, Username: aws.String("anna"), SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: true, PreferredMfa: true}})
	b.ok(err)
	factors := func() *cip.AdminGetUserAuthFactorsOutput {
		out, err := b.AdminGetUserAuthFactors(b.ctx, &cip.AdminGetUserAuthFactorsInput{UserPoolId: &b.pool, Username: aws.String("anna")})
		b.ok(err)
		return out
	}
	if f := factors(); !slices.Contains(f.ConfiguredUserAuthFactors, "PASSWORD") || !slices.Equal(f.UserMFASettingList, []string{"SOFTWARE_TOKEN_MFA"}) || *f.PreferredMfaSetting != "SOFTWARE_TOKEN_MFA" {
		t.Errorf("%+v", f)
	}
	forget := &cip.AdminDeleteSoftwareTokenInput{UserPoolId: &b.pool, Username: aws.String("anna")}
	_, err = b.AdminDeleteSoftwareToken(b.ctx, forget)
	b.ok(err)
	if f := factors(); len(f.UserMFASettingList) != 0 || f.PreferredMfaSetting != nil {
		t.Errorf("after it was deleted: %+v", f)
	}
	b.password("anna", goodPassword)
	_, err = b.AdminDeleteSoftwareToken(b.ctx, forget)
	b.fails(err, "SoftwareTokenMFANotFoundException")
	_, err = b.AdminSetUserSettings(b.ctx, &cip.AdminSetUserSettingsInput{UserPoolId: &b.pool, Username: aws.String("anna"), MFAOptions: []types.MFAOptionType{{DeliveryMedium: "SMS", AttributeName: aws.String("phone_number")}}})
	b.ok(err)
	if f := factors(); !slices.Equal(f.UserMFASettingList, []string{"SMS_MFA"}) {
		t.Errorf("after AdminSetUserSettings: %+v", f)
	}
}

func TestAuthEvents(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	list := &cip.AdminListUserAuthEventsInput{UserPoolId: &b.pool, Username: aws.String("anna")}
	_, err := b.AdminListUserAuthEvents(b.ctx, list)
	b.fails(err, "UserPoolAddOnNotEnabledException")
	_, err = b.UpdateUserPool(b.ctx, &cip.UpdateUserPoolInput{UserPoolId: &b.pool, UserPoolAddOns: &types.UserPoolAddOnsType{AdvancedSecurityMode: "AUDIT"}})
	b.ok(err)
	b.password("anna", goodPassword)
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "anna", "PASSWORD", "wrong")
	b.fails(err, "NotAuthorizedException")
	out, err := b.AdminListUserAuthEvents(b.ctx, list)
	b.ok(err)
	if len(out.AuthEvents) != 2 || out.AuthEvents[0].EventResponse != "Fail" || out.AuthEvents[1].EventResponse != "Pass" || out.AuthEvents[1].EventType != "SignIn" {
		t.Fatalf("%+v", out.AuthEvents)
	}
	_, err = b.AdminUpdateAuthEventFeedback(b.ctx, &cip.AdminUpdateAuthEventFeedbackInput{UserPoolId: &b.pool, Username: aws.String("anna"), EventId: out.AuthEvents[0].EventId, FeedbackValue: "Invalid"})
	b.ok(err)
	out, err = b.AdminListUserAuthEvents(b.ctx, list)
	b.ok(err)
	if f := out.AuthEvents[0].EventFeedback; f == nil || f.FeedbackValue != "Invalid" {
		t.Errorf("feedback %+v", f)
	}
}

func TestTags(t *testing.T) {
	b := newIdentityBed(t)
	arn := aws.String("arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + SeedPoolID)
	_, err := b.TagResource(b.ctx, &cip.TagResourceInput{ResourceArn: arn, Tags: map[string]string{"a": "1", "b": "2"}})
	b.ok(err)
	_, err = b.UntagResource(b.ctx, &cip.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a"}})
	b.ok(err)
	out, err := b.ListTagsForResource(b.ctx, &cip.ListTagsForResourceInput{ResourceArn: arn})
	b.ok(err)
	if len(out.Tags) != 1 || out.Tags["b"] != "2" {
		t.Errorf("%v", out.Tags)
	}
	_, err = b.ListTagsForResource(b.ctx, &cip.ListTagsForResourceInput{ResourceArn: aws.String(*arn + "x")})
	b.fails(err, "ResourceNotFoundException")
	arn = aws.String("arn:aws:cognito-identity:us-east-1:000000000000:identitypool/" + SeedIdentityPoolID)
	_, err = b.ids.TagResource(b.ctx, &ci.TagResourceInput{ResourceArn: arn, Tags: map[string]string{"c": "3"}})
	b.ok(err)
	pool, err := b.ids.DescribeIdentityPool(b.ctx, &ci.DescribeIdentityPoolInput{IdentityPoolId: aws.String(SeedIdentityPoolID)})
	b.ok(err)
	if pool.IdentityPoolTags["c"] != "3" {
		t.Errorf("%v", pool.IdentityPoolTags)
	}
}

func TestTermsAndBranding(t *testing.T) {
	b := newPool(t, nil)
	create := &cip.CreateTermsInput{UserPoolId: &b.pool, ClientId: &b.client, TermsName: aws.String("terms-of-use"), TermsSource: "LINK", Enforcement: "NONE", Links: map[string]string{"cognito:default": "https://example.com/terms"}}
	made, err := b.CreateTerms(b.ctx, create)
	b.ok(err)
	_, err = b.CreateTerms(b.ctx, create)
	b.fails(err, "TermsExistsException")
	id := made.Terms.TermsId
	_, err = b.UpdateTerms(b.ctx, &cip.UpdateTermsInput{UserPoolId: &b.pool, TermsId: id, Links: map[string]string{"cognito:default": "https://example.com/new"}})
	b.ok(err)
	got, err := b.DescribeTermsByClient(b.ctx, &cip.DescribeTermsByClientInput{UserPoolId: &b.pool, ClientId: &b.client, TermsName: create.TermsName})
	b.ok(err)
	if *got.Terms.TermsId != *id || got.Terms.Links["cognito:default"] != "https://example.com/new" || got.Terms.Enforcement != "NONE" {
		t.Errorf("%+v", got.Terms)
	}
	list, err := b.ListTerms(b.ctx, &cip.ListTermsInput{UserPoolId: &b.pool})
	b.ok(err)
	if len(list.Terms) != 1 {
		t.Errorf("%+v", list.Terms)
	}
	_, err = b.DeleteTerms(b.ctx, &cip.DeleteTermsInput{UserPoolId: &b.pool, TermsId: id})
	b.ok(err)
	_, err = b.DescribeTerms(b.ctx, &cip.DescribeTermsInput{UserPoolId: &b.pool, TermsId: id})
	b.fails(err, "ResourceNotFoundException")

	style, err := b.CreateManagedLoginBranding(b.ctx, &cip.CreateManagedLoginBrandingInput{UserPoolId: &b.pool, ClientId: &b.client,
		Assets: []types.AssetType{{Category: "FAVICON_ICO", ColorMode: "LIGHT", Extension: "ICO", Bytes: []byte{1, 2, 3}}}})
	b.ok(err)
	read, err := b.DescribeManagedLoginBrandingByClient(b.ctx, &cip.DescribeManagedLoginBrandingByClientInput{UserPoolId: &b.pool, ClientId: &b.client})
	b.ok(err)
	if s := read.ManagedLoginBranding; *s.ManagedLoginBrandingId != *style.ManagedLoginBranding.ManagedLoginBrandingId || !slices.Equal(s.Assets[0].Bytes, []byte{1, 2, 3}) {
		t.Errorf("%+v", s)
	}
	_, err = b.UpdateManagedLoginBranding(b.ctx, &cip.UpdateManagedLoginBrandingInput{UserPoolId: &b.pool, ManagedLoginBrandingId: style.ManagedLoginBranding.ManagedLoginBrandingId, UseCognitoProvidedValues: true})
	b.ok(err)
	read2, err := b.DescribeManagedLoginBranding(b.ctx, &cip.DescribeManagedLoginBrandingInput{UserPoolId: &b.pool, ManagedLoginBrandingId: style.ManagedLoginBranding.ManagedLoginBrandingId})
	b.ok(err)
	if !read2.ManagedLoginBranding.UseCognitoProvidedValues || len(read2.ManagedLoginBranding.Assets) != 0 {
		t.Errorf("%+v", read2.ManagedLoginBranding)
	}
	_, err = b.DeleteManagedLoginBranding(b.ctx, &cip.DeleteManagedLoginBrandingInput{UserPoolId: &b.pool, ManagedLoginBrandingId: style.ManagedLoginBranding.ManagedLoginBrandingId})
	b.ok(err)
}

func TestDeveloperIdentities(t *testing.T) {
	b := newIdentityBed(t)
	pool := aws.String(SeedIdentityPoolID)
	make := func(user string) string {
		out, err := b.ids.GetOpenIdTokenForDeveloperIdentity(b.ctx, &ci.GetOpenIdTokenForDeveloperIdentityInput{IdentityPoolId: pool, Logins: map[string]string{SeedDeveloperProvider: user}})
		b.ok(err)
		return *out.IdentityId
	}
	anna, bert := make("anna"), make("bert")
	found, err := b.ids.LookupDeveloperIdentity(b.ctx, &ci.LookupDeveloperIdentityInput{IdentityPoolId: pool, DeveloperUserIdentifier: aws.String("anna")})
	b.ok(err)
	if *found.IdentityId != anna || !slices.Equal(found.DeveloperUserIdentifierList, []string{"anna"}) {
		t.Errorf("%+v", found)
	}
	_, err = b.ids.LookupDeveloperIdentity(b.ctx, &ci.LookupDeveloperIdentityInput{IdentityPoolId: pool, DeveloperUserIdentifier: aws.String("anna"), IdentityId: &bert})
	b.fails(err, "ResourceConflictException")
	merged, err := b.ids.MergeDeveloperIdentities(b.ctx, &ci.MergeDeveloperIdentitiesInput{IdentityPoolId: pool, DeveloperProviderName: aws.String(SeedDeveloperProvider), SourceUserIdentifier: aws.String("anna"), DestinationUserIdentifier: aws.String("bert")})
	b.ok(err)
	if *merged.IdentityId != bert {
		t.Errorf("merged into %s, want %s", *merged.IdentityId, bert)
	}
	_, err = b.ids.LookupDeveloperIdentity(b.ctx, &ci.LookupDeveloperIdentityInput{IdentityPoolId: pool, DeveloperUserIdentifier: aws.String("anna")})
	b.fails(err, "ResourceNotFoundException")
	_, err = b.ids.UnlinkDeveloperIdentity(b.ctx, &ci.UnlinkDeveloperIdentityInput{IdentityPoolId: pool, IdentityId: &bert, DeveloperProviderName: aws.String(SeedDeveloperProvider), DeveloperUserIdentifier: aws.String("bert")})
	b.ok(err)
	if again := make("bert"); again == bert {
		t.Error("an unlinked user comes back to the identity")
	}
}

func TestPrincipalTags(t *testing.T) {
	b := newIdentityBed(t)
	provider := aws.String("cognito-idp.us-east-1.amazonaws.com/" + SeedPoolID)
	for _, set := range []ci.SetPrincipalTagAttributeMapInput{{PrincipalTags: map[string]string{"team": "custom:team"}}, {UseDefaults: aws.Bool(true)}} {
		set.IdentityPoolId, set.IdentityProviderName = aws.String(SeedIdentityPoolID), provider
		_, err := b.ids.SetPrincipalTagAttributeMap(b.ctx, &set)
		b.ok(err)
		got, err := b.ids.GetPrincipalTagAttributeMap(b.ctx, &ci.GetPrincipalTagAttributeMapInput{IdentityPoolId: set.IdentityPoolId, IdentityProviderName: provider})
		b.ok(err)
		if aws.ToBool(set.UseDefaults) != *got.UseDefaults || *got.UseDefaults && got.PrincipalTags["username"] != "sub" || !*got.UseDefaults && got.PrincipalTags["team"] != "custom:team" {
			t.Errorf("%+v", got)
		}
	}
}
