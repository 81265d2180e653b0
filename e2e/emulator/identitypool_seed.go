package emulator

// The identity pool that Seed makes. Its providers are the stand-ins of issuers.go.
const (
	SeedIdentityPoolID = "us-east-1:00000000-0000-4000-8000-000000000001"

	SeedOIDCProvider      = "issuer.example/local"
	SeedSAMLProvider      = "arn:aws:iam::000000000000:saml-provider/LocalIdP"
	SeedDeveloperProvider = "login.local.developer"

	SeedAuthenticatedRole = "arn:aws:iam::000000000000:role/LocalAuthenticated"
	SeedGuestRole         = "arn:aws:iam::000000000000:role/LocalGuest"
)

func seedIdentityPool(c *call) error {
	userPool := "cognito-idp.us-east-1.amazonaws.com/" + SeedPoolID
	p := c.addIdentityPool(SeedIdentityPoolID, &identityPoolSettings{
		IdentityPoolName:               "Local",
		AllowUnauthenticatedIdentities: true,
		AllowClassicFlow:               true,
		SupportedLoginProviders: map[string]string{
			"graph.facebook.com":  seededAudiences["graph.facebook.com"],
			"accounts.google.com": seededAudiences["accounts.google.com"],
			"www.amazon.com":      seededAudiences["www.amazon.com"],
			"appleid.apple.com":   seededAudiences["appleid.apple.com"],
			"api.twitter.com":     seededAudiences["api.twitter.com"] + ";local-twitter-secret",
		},
		DeveloperProviderName:     SeedDeveloperProvider,
		OpenIdConnectProviderARNs: []string{"arn:aws:iam::000000000000:oidc-provider/" + SeedOIDCProvider},
		SamlProviderARNs:          []string{SeedSAMLProvider},
		CognitoIdentityProviders: []userPoolProvider{
			{ProviderName: userPool, ClientId: SeedClientID},
			{ProviderName: userPool, ClientId: SeedRotatingClientID},
		},
	})
	p.roles = map[string]string{"authenticated": SeedAuthenticatedRole, "unauthenticated": SeedGuestRole}
	p.mappings = map[string]roleMapping{}
	for _, client := range []string{SeedClientID, SeedRotatingClientID} {
		p.mappings[userPool+":"+client] = roleMapping{Type: "Token", AmbiguousRoleResolution: "AuthenticatedRole"}
	}
	c.state.federation.issuer(SeedOIDCProvider).Audiences = []string{seededAudiences[SeedOIDCProvider]}
	return nil
}
