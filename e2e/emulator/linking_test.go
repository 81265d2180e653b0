package emulator

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

func TestLinkedProvider(t *testing.T) {
	b := newBed(t)
	google := func(email string) map[string]any {
		v := newVisitor(b)
		v.open(v.request("identity_provider", "Google"))
		_, tokens := v.exchange(v.submit("email", email).Query().Get("code"))
		return v.claims(tokens["id_token"])
	}
	identity := func(provider, attribute, value string) *types.ProviderUserIdentifierType {
		return &types.ProviderUserIdentifierType{ProviderName: &provider, ProviderAttributeName: &attribute, ProviderAttributeValue: &value}
	}
	link := func(to, email string) error {
		_, err := b.AdminLinkProviderForUser(b.ctx, &cip.AdminLinkProviderForUserInput{UserPoolId: &b.pool,
			DestinationUser: identity("Cognito", "", to), SourceUser: identity("Google", "Cognito_Subject", email)})
		return err
	}
	b.fails(link("nobody", "ada@example.org"), "UserNotFoundException")
	b.ok(link("demo", "ada@example.org"))
	b.fails(link("demo", "ada@example.org"), "InvalidParameterException: SourceUser is already linked to DestinationUser")
	b.fails(link("demo-sms", "ada@example.org"), "AliasExistsException")
	got := google("ada@example.org")
	if got["cognito:username"] != "demo" || len(got["identities"].([]any)) != 1 {
		t.Errorf("a linked user signs in as %v with identities %v", got["cognito:username"], got["identities"])
	}
	_, err := b.AdminDisableProviderForUser(b.ctx, &cip.AdminDisableProviderForUserInput{UserPoolId: &b.pool, User: identity("Google", "Cognito_Subject", "ada@example.org")})
	b.ok(err)
	if got := google("ada@example.org"); got["cognito:username"] == "demo" {
		t.Error("signs in as the user after the link is gone")
	}
	_, err = b.AdminDisableProviderForUser(b.ctx, &cip.AdminDisableProviderForUserInput{UserPoolId: &b.pool, User: identity("Cognito", "", "demo")})
	b.ok(err)
	_, err = b.start("USER_PASSWORD_AUTH", "USERNAME", "demo", "PASSWORD", SeedPassword)
	b.fails(err, "NotAuthorizedException")
	found, err := b.GetIdentityProviderByIdentifier(b.ctx, &cip.GetIdentityProviderByIdentifierInput{UserPoolId: &b.pool, IdpIdentifier: aws.String("example.org")})
	b.ok(err)
	if *found.IdentityProvider.ProviderName != SeedHostedSAML {
		t.Errorf("%+v", found.IdentityProvider)
	}
	_, err = b.GetIdentityProviderByIdentifier(b.ctx, &cip.GetIdentityProviderByIdentifierInput{UserPoolId: &b.pool, IdpIdentifier: aws.String("example.net")})
	b.fails(err, "ResourceNotFoundException")
}
