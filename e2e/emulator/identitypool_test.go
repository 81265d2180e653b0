package emulator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ci "github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

// ibed is a bed with a client of the identity pools API.
type ibed struct {
	*bed
	ids *ci.Client
}

func newIdentityBed(t *testing.T) *ibed {
	t.Helper()
	b := newBed(t)
	return &ibed{b, ci.New(ci.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(b.server.URL()), RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})}
}

func (b *ibed) id(logins map[string]string) string {
	b.Helper()
	out, err := b.ids.GetId(b.ctx, &ci.GetIdInput{IdentityPoolId: aws.String(SeedIdentityPoolID), Logins: logins})
	b.ok(err)
	return *out.IdentityId
}

func (b *ibed) credentials(id string, logins map[string]string, role string) (*ci.GetCredentialsForIdentityOutput, error) {
	in := &ci.GetCredentialsForIdentityInput{IdentityId: &id, Logins: logins}
	if role != "" {
		in.CustomRoleArn = &role
	}
	return b.ids.GetCredentialsForIdentity(b.ctx, in)
}

func (b *ibed) mint(r TokenRequest) string {
	b.Helper()
	if r.Subject == "" {
		r.Subject = "alice"
	}
	token, err := b.server.MintToken(r)
	b.ok(err)
	return token
}

func (b *ibed) role(out *ci.GetCredentialsForIdentityOutput) string {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return b.server.state.federation.credentials.get(*out.Credentials.AccessKeyId).Role
}

const userPoolLogin = "cognito-idp.us-east-1.amazonaws.com/" + SeedPoolID

func TestGuest(t *testing.T) {
	b := newIdentityBed(t)
	id := b.id(nil)
	if b.id(nil) == id {
		t.Error("two guests have one identity")
	}
	out, err := b.credentials(id, nil, "")
	b.ok(err)
	if *out.IdentityId != id || b.role(out) != SeedGuestRole {
		t.Errorf("%s, role %s", *out.IdentityId, b.role(out))
	}
	if left := out.Credentials.Expiration.Sub(b.server.Now()); left < 59*time.Minute || left > time.Hour {
		t.Errorf("expire in %v", left)
	}
	_, err = b.credentials("us-east-1:00000000-0000-4000-8000-00000000dead", nil, "")
	b.fails(err, "ResourceNotFoundException: Identity 'us-east-1:00000000-0000-4000-8000-00000000dead' not found.")
	_, err = b.credentials("nonsense", nil, "")
	b.fails(err, "ValidationException")

	_, err = b.ids.UpdateIdentityPool(b.ctx, &ci.UpdateIdentityPoolInput{IdentityPoolId: aws.String(SeedIdentityPoolID), IdentityPoolName: aws.String("x")})
	b.ok(err)
	const refused = "NotAuthorizedException: Unauthenticated access is not supported for this identity pool."
	_, err = b.ids.GetId(b.ctx, &ci.GetIdInput{IdentityPoolId: aws.String(SeedIdentityPoolID)})
	b.fails(err, refused)
	_, err = b.credentials(id, nil, "")
	b.fails(err, refused)
}

// Every kind of login, and every way in which its token may be wrong.
func TestLogins(t *testing.T) {
	b := newIdentityBed(t)
	userToken := *b.password("demo", SeedPassword).IdToken
	all := map[string]string{
		userPoolLogin: userToken,
		strings.TrimPrefix(b.server.URL(), "http://") + "/" + SeedPoolID: userToken,
	}
	for _, p := range []string{"graph.facebook.com", "accounts.google.com", "www.amazon.com", "appleid.apple.com", "api.twitter.com", SeedOIDCProvider, SeedSAMLProvider} {
		all[p] = b.mint(TokenRequest{Provider: p})
	}
	for name, token := range all {
		logins := map[string]string{name: token}
		id := b.id(logins)
		if again := b.id(logins); again != id {
			t.Errorf("%s: another identity", name)
		}
		out, err := b.credentials(id, logins, "")
		b.ok(err)
		if b.role(out) != SeedAuthenticatedRole {
			t.Errorf("%s: role %s", name, b.role(out))
		}
		_, err = b.credentials(id, nil, "")
		b.fails(err, "NotAuthorizedException: Access to Identity '"+id+"' is forbidden.")
	}

	tests := []struct {
		name, provider string
		token          string
		want           string
	}{
		{"no provider", "nobody.example", "x", unsupportedProvider},
		{"another pool", "cognito-idp.us-east-1.amazonaws.com/us-east-1_Other", "x", unsupportedProvider},
		{"access token", userPoolLogin, *b.password("demo", SeedPassword).AccessToken, "Invalid login token. Missing a required claim: aud"},
		{"no JWT", "accounts.google.com", "ya29.access", "Invalid login token. Not a valid OpenId Connect identity token."},
		{"issuer", "accounts.google.com", b.mint(TokenRequest{Provider: "accounts.google.com", Issuer: "https://evil.example"}), "Invalid login token. Issuer doesn't match providerName"},
		{"audience", "accounts.google.com", b.mint(TokenRequest{Provider: "accounts.google.com", Audience: "other"}), "Invalid login token. Incorrect token audience."},
		{"forged", "appleid.apple.com", b.mint(TokenRequest{Provider: "appleid.apple.com", Forged: true}), "Invalid login token. Couldn't verify signed token."},
		{"expired", SeedOIDCProvider, b.mint(TokenRequest{Provider: SeedOIDCProvider, ExpiresIn: -60}), "Invalid login token. Token expired: "},
		{"OIDC audience", SeedOIDCProvider, b.mint(TokenRequest{Provider: SeedOIDCProvider, Audience: "other"}), "Invalid login token. Incorrect token audience."},
		{"no subject", SeedOIDCProvider, b.mint(TokenRequest{Provider: SeedOIDCProvider, Claims: map[string]any{"sub": nil}}), "Invalid login token. Missing a required claim: sub"},
		{"Facebook unknown", "graph.facebook.com", b.mint(TokenRequest{Provider: "graph.facebook.com", Forged: true}), "Invalid login token."},
		{"Facebook at Amazon", "www.amazon.com", all["graph.facebook.com"], "Invalid login token."},
		{"Facebook app", "graph.facebook.com", b.mint(TokenRequest{Provider: "graph.facebook.com", Audience: "other"}), "Invalid login token. Incorrect token audience."},
		{"Facebook expired", "graph.facebook.com", b.mint(TokenRequest{Provider: "graph.facebook.com", ExpiresIn: -1}), "Invalid login token. Token expired: "},
		{"Twitter without secret", "api.twitter.com", "14-abc", "Invalid login token. Twitter needs"},
		{"SAML forged", SeedSAMLProvider, b.mint(TokenRequest{Provider: SeedSAMLProvider, Forged: true}), "Invalid login token. Couldn't verify SAML response: the signature does not match."},
		{"SAML expired", SeedSAMLProvider, b.mint(TokenRequest{Provider: SeedSAMLProvider, ExpiresIn: -1}), "Invalid login token. Token expired: "},
		{"SAML audience", SeedSAMLProvider, b.mint(TokenRequest{Provider: SeedSAMLProvider, Audience: "other"}), "Invalid login token. Incorrect token audience."},
		{"SAML not base64", SeedSAMLProvider, "<saml>", "Invalid login token. Not a valid SAML response."},
		{"SAML nothing", SeedSAMLProvider, "PHg+", "Invalid login token. Couldn't verify SAML response: it has not one assertion."},
	}
	for _, test := range tests {
		_, err := b.ids.GetId(b.ctx, &ci.GetIdInput{IdentityPoolId: aws.String(SeedIdentityPoolID), Logins: map[string]string{test.provider: test.token}})
		var refused *types.NotAuthorizedException
		if !errors.As(err, &refused) || !strings.HasPrefix(refused.ErrorMessage(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	b.server.Advance(2 * time.Hour)
	_, err := b.ids.GetId(b.ctx, &ci.GetIdInput{IdentityPoolId: aws.String(SeedIdentityPoolID), Logins: map[string]string{userPoolLogin: userToken}})
	b.fails(err, fmt.Sprintf("NotAuthorizedException: Invalid login token. Token expired: %d >= %v", b.server.Now().Unix(), int64(claims(t, &userToken)["exp"].(float64))))
}

func TestAssertionChangedAfterSigning(t *testing.T) {
	key := newSigningKey()
	for _, change := range [][2]string{{"alice", "mallory"}, {"role/A", "role/B"}, {"LocalIdP", "OtherIdP"}} {
		token, err := signAssertion(key.Private, assertion{
			Issuer: "https://idp.example/LocalIdP", Subject: "alice & co", Audience: samlAudience, issued: time.Now(), expires: time.Now().Add(time.Hour),
			Attributes: []samlAttribute{{samlRole, []string{"arn:aws:iam::000000000000:role/A,x"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		xml := decodeBase64(t, token)
		a, err := verifyAssertion(xml, &key.Private.PublicKey)
		if err != nil || a.Subject != "alice & co" || a.Audience != samlAudience || len(a.Attributes) != 1 {
			t.Fatalf("%+v %v", a, err)
		}
		changed := []byte(strings.Replace(string(xml[strings.Index(string(xml), "<saml:Assertion"):]), change[0], change[1], 1))
		if _, err := verifyAssertion(changed, &key.Private.PublicKey); err == nil {
			t.Errorf("%v: accepted", change)
		}
	}
}

// Guests become who they are, and two identities become one.
func TestMerge(t *testing.T) {
	b := newIdentityBed(t)
	google := map[string]string{"accounts.google.com": b.mint(TokenRequest{Provider: "accounts.google.com"})}
	facebook := map[string]string{"graph.facebook.com": b.mint(TokenRequest{Provider: "graph.facebook.com"})}
	guest := b.id(nil)
	out, err := b.credentials(guest, google, "")
	b.ok(err)
	if *out.IdentityId != guest {
		t.Errorf("the guest did not keep their identity: %s", *out.IdentityId)
	}
	// A second guest signs in as the same person and gets the first identity; their own is of no use any more.
	second := b.id(nil)
	out, err = b.credentials(second, google, "")
	b.ok(err)
	if *out.IdentityId != guest {
		t.Errorf("identity %s, want %s", *out.IdentityId, guest)
	}
	_, err = b.credentials(second, nil, "")
	b.fails(err, "NotAuthorizedException: Access to Identity '"+second+"' is forbidden.")
	out, err = b.credentials(second, google, "")
	b.ok(err)
	if *out.IdentityId != guest {
		t.Errorf("identity %s, want %s", *out.IdentityId, guest)
	}
	// Another person's login does not open it, and is not linked to it.
	_, err = b.credentials(guest, facebook, "")
	b.fails(err, "NotAuthorizedException: "+loginsMismatch)
	// Both logins at once link them.
	both := map[string]string{"accounts.google.com": google["accounts.google.com"], "graph.facebook.com": facebook["graph.facebook.com"]}
	_, err = b.credentials(guest, both, "")
	b.ok(err)
	if got := b.id(facebook); got != guest {
		t.Errorf("Facebook's identity is %s, want %s", got, guest)
	}
	d, err := b.ids.DescribeIdentity(b.ctx, &ci.DescribeIdentityInput{IdentityId: &guest})
	b.ok(err)
	if !slices.Equal(d.Logins, []string{"accounts.google.com", "graph.facebook.com"}) {
		t.Errorf("logins %v", d.Logins)
	}
	// One login of each provider.
	other := map[string]string{"accounts.google.com": b.mint(TokenRequest{Provider: "accounts.google.com", Subject: "bob"}), "graph.facebook.com": facebook["graph.facebook.com"]}
	_, err = b.credentials(guest, other, "")
	b.fails(err, "ResourceConflictException")

	_, err = b.ids.UnlinkIdentity(b.ctx, &ci.UnlinkIdentityInput{IdentityId: &guest, Logins: both, LoginsToRemove: []string{"graph.facebook.com"}})
	b.ok(err)
	if got := b.id(facebook); got == guest {
		t.Error("Facebook still opens the identity")
	}
	list, err := b.ids.ListIdentities(b.ctx, &ci.ListIdentitiesInput{IdentityPoolId: aws.String(SeedIdentityPoolID), MaxResults: aws.Int32(2)})
	b.ok(err)
	if len(list.Identities) != 2 || list.NextToken == nil {
		t.Errorf("%d identities, next %v", len(list.Identities), list.NextToken)
	}
	rest, err := b.ids.ListIdentities(b.ctx, &ci.ListIdentitiesInput{IdentityPoolId: aws.String(SeedIdentityPoolID), MaxResults: aws.Int32(60), NextToken: list.NextToken, HideDisabled: true})
	b.ok(err)
	if rest.NextToken != nil {
		t.Errorf("next %s", *rest.NextToken)
	}
	_, err = b.ids.DeleteIdentities(b.ctx, &ci.DeleteIdentitiesInput{IdentityIdsToDelete: []string{guest}})
	b.ok(err)
	_, err = b.credentials(guest, google, "")
	b.fails(err, "ResourceNotFoundException")
}

func TestRoles(t *testing.T) {
	const admin, reader = "arn:aws:iam::000000000000:role/Admin", "arn:aws:iam::000000000000:role/Reader"
	b := newIdentityBed(t)
	for i, role := range []string{admin, reader} {
		name := role[strings.LastIndexByte(role, '/')+1:]
		_, err := b.CreateGroup(b.ctx, &cip.CreateGroupInput{UserPoolId: &b.pool, GroupName: &name, RoleArn: &role, Precedence: aws.Int32(int32(i))})
		b.ok(err)
		_, err = b.AdminAddUserToGroup(b.ctx, &cip.AdminAddUserToGroupInput{UserPoolId: &b.pool, Username: aws.String("demo"), GroupName: &name})
		b.ok(err)
	}
	logins := map[string]string{userPoolLogin: *b.password("demo", SeedPassword).IdToken}
	id := b.id(logins)
	check := func(what, custom, want string) {
		t.Helper()
		out, err := b.credentials(id, logins, custom)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := b.role(out); got != want {
			t.Errorf("%s: role %s, want %s", what, got, want)
		}
	}
	check("preferred role", "", admin)
	check("custom role", reader, reader)
	_, err := b.credentials(id, logins, "arn:aws:iam::000000000000:role/Nobody")
	b.fails(err, "NotAuthorizedException")

	set := func(mapping types.RoleMapping, authenticated bool) {
		t.Helper()
		roles := map[string]string{"unauthenticated": SeedGuestRole}
		if authenticated {
			roles["authenticated"] = SeedAuthenticatedRole
		}
		_, err := b.ids.SetIdentityPoolRoles(b.ctx, &ci.SetIdentityPoolRolesInput{
			IdentityPoolId: aws.String(SeedIdentityPoolID), Roles: roles,
			RoleMappings: map[string]types.RoleMapping{userPoolLogin + ":" + b.client: mapping},
		})
		b.ok(err)
	}
	rule := func(claim, value string, match types.MappingRuleMatchType) *types.RulesConfigurationType {
		return &types.RulesConfigurationType{Rules: []types.MappingRule{{Claim: &claim, Value: &value, MatchType: match, RoleARN: aws.String(reader)}}}
	}
	set(types.RoleMapping{Type: "Rules", AmbiguousRoleResolution: "Deny", RulesConfiguration: rule("email", "demo@", "StartsWith")}, true)
	check("rule", "", reader)
	set(types.RoleMapping{Type: "Rules", AmbiguousRoleResolution: "Deny", RulesConfiguration: rule("cognito:groups", "Reader", "Contains")}, true)
	check("rule on a list", "", reader)
	set(types.RoleMapping{Type: "Rules", AmbiguousRoleResolution: "Deny", RulesConfiguration: rule("email", "nobody", "Equals")}, true)
	_, err = b.credentials(id, logins, "")
	b.fails(err, "NotAuthorizedException: The ambiguous role mapping rules denied this request.")
	set(types.RoleMapping{Type: "Rules", AmbiguousRoleResolution: "AuthenticatedRole", RulesConfiguration: rule("email", "nobody", "Equals")}, true)
	check("no rule", "", SeedAuthenticatedRole)
	set(types.RoleMapping{Type: "Rules", AmbiguousRoleResolution: "AuthenticatedRole", RulesConfiguration: rule("email", "nobody", "Equals")}, false)
	_, err = b.credentials(id, logins, "")
	b.fails(err, "InvalidIdentityPoolConfigurationException: Invalid identity pool configuration. Check assigned IAM roles for this pool.")
	got, err := b.ids.GetIdentityPoolRoles(b.ctx, &ci.GetIdentityPoolRolesInput{IdentityPoolId: aws.String(SeedIdentityPoolID)})
	b.ok(err)
	if got.Roles["unauthenticated"] != SeedGuestRole || got.RoleMappings[userPoolLogin+":"+b.client].Type != "Rules" {
		t.Errorf("%+v", got)
	}

	// SAML: several roles need a choice.
	saml := map[string]string{SeedSAMLProvider: b.mint(TokenRequest{Provider: SeedSAMLProvider, Roles: []string{admin, reader}})}
	id = b.id(saml)
	_, err = b.credentials(id, saml, "")
	b.fails(err, "NotAuthorizedException: The ambiguous role mapping rules denied this request.")
	out, err := b.credentials(id, saml, reader)
	b.ok(err)
	if b.role(out) != reader {
		t.Errorf("role %s", b.role(out))
	}
}

func TestServerSideTokenCheck(t *testing.T) {
	b := newIdentityBed(t)
	pool, err := b.ids.CreateIdentityPool(b.ctx, &ci.CreateIdentityPoolInput{
		IdentityPoolName: aws.String("checked"), AllowUnauthenticatedIdentities: false,
		CognitoIdentityProviders: []types.CognitoIdentityProvider{{ProviderName: aws.String(userPoolLogin), ClientId: &b.client, ServerSideTokenCheck: aws.Bool(true)}},
	})
	b.ok(err)
	tokens := b.password("demo", SeedPassword)
	in := &ci.GetIdInput{IdentityPoolId: pool.IdentityPoolId, Logins: map[string]string{userPoolLogin: *tokens.IdToken}}
	_, err = b.ids.GetId(b.ctx, in)
	b.ok(err)
	_, err = b.GlobalSignOut(b.ctx, &cip.GlobalSignOutInput{AccessToken: tokens.AccessToken})
	b.ok(err)
	_, err = b.ids.GetId(b.ctx, in)
	b.fails(err, "NotAuthorizedException")

	d, err := b.ids.DescribeIdentityPool(b.ctx, &ci.DescribeIdentityPoolInput{IdentityPoolId: pool.IdentityPoolId})
	b.ok(err)
	if *d.IdentityPoolName != "checked" || len(d.CognitoIdentityProviders) != 1 {
		t.Errorf("%+v", d)
	}
	list, err := b.ids.ListIdentityPools(b.ctx, &ci.ListIdentityPoolsInput{MaxResults: aws.Int32(10)})
	b.ok(err)
	if len(list.IdentityPools) != 2 {
		t.Errorf("%d pools", len(list.IdentityPools))
	}
	_, err = b.ids.DeleteIdentityPool(b.ctx, &ci.DeleteIdentityPoolInput{IdentityPoolId: pool.IdentityPoolId})
	b.ok(err)
	_, err = b.ids.GetId(b.ctx, in)
	b.fails(err, "ResourceNotFoundException")
}

func TestDeveloperIdentity(t *testing.T) {
	b := newIdentityBed(t)
	open := func(id *string, user string) (*ci.GetOpenIdTokenForDeveloperIdentityOutput, error) {
		return b.ids.GetOpenIdTokenForDeveloperIdentity(b.ctx, &ci.GetOpenIdTokenForDeveloperIdentityInput{
			IdentityPoolId: aws.String(SeedIdentityPoolID), IdentityId: id, Logins: map[string]string{SeedDeveloperProvider: user},
		})
	}
	ann, err := open(nil, "ann")
	b.ok(err)
	again, err := open(nil, "ann")
	b.ok(err)
	if *again.IdentityId != *ann.IdentityId {
		t.Error("another identity for the same user")
	}
	c := claims(t, ann.Token)
	if c["iss"] != "https://cognito-identity.amazonaws.com" || c["aud"] != SeedIdentityPoolID || c["sub"] != *ann.IdentityId || c["exp"].(float64)-c["iat"].(float64) != 900 {
		t.Errorf("claims %v", c)
	}
	logins := map[string]string{"cognito-identity.amazonaws.com": *ann.Token}
	out, err := b.credentials(*ann.IdentityId, logins, "")
	b.ok(err)
	if b.role(out) != SeedAuthenticatedRole {
		t.Errorf("role %s", b.role(out))
	}
	bob, err := open(nil, "bob")
	b.ok(err)
	_, err = b.credentials(*bob.IdentityId, logins, "")
	b.fails(err, "NotAuthorizedException: "+loginsMismatch)
	// A back end may hand a guest their identity.
	guest := b.id(nil)
	cat, err := open(&guest, "cat")
	b.ok(err)
	if *cat.IdentityId != guest {
		t.Errorf("identity %s, want %s", *cat.IdentityId, guest)
	}
	_, err = open(&guest, "ann")
	b.fails(err, "ResourceConflictException")
	b.server.Advance(16 * time.Minute)
	_, err = b.credentials(*ann.IdentityId, logins, "")
	var refused *types.NotAuthorizedException
	if !errors.As(err, &refused) || !strings.Contains(refused.ErrorMessage(), "Token expired") {
		t.Errorf("%v", err)
	}
}
