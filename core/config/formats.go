package config

import (
	"strings"

	"amplify-auth/core/contract"
)

// parseAWSConfiguration reads awsconfiguration.json. Only the Default profile is
// read, as AWSMobileClient does.
func parseAWSConfiguration(top object) *Config {
	c := new(Config)
	profile := func(section string) object {
		o := top
		for _, name := range strings.Split(section, ".") {
			o = o.object(name)
		}
		if !o.has("Default") && len(o.values) > 0 {
			o.fail("Default", "is missing: of several profiles only the one of this name is read")
		}
		return o.object("Default")
	}

	pool := profile("CognitoUserPool")
	ids, secretKey := contract.AWSConfigurationIDs, "AppClientSecret"
	if pool.has(contract.OldConfigurationIDs[0]) {
		ids, secretKey = contract.OldConfigurationIDs, "CognitoUserPoolAppClientSecret"
	}
	if c.UserPool = userPool(pool, ids[0], ids[1]); c.UserPool != nil {
		c.UserPool.ClientSecret = pool.string(secretKey)
		c.UserPool.Endpoint = endpoint(pool, "Endpoint")
		pool.sameRegion(ids[0], c.UserPool.Region)
		if pool.bool("MigrationEnabled") {
			c.AuthFlow = "USER_PASSWORD_AUTH"
		}
	}

	identity := profile("CredentialsProvider.CognitoIdentity")
	if c.IdentityPool = identityPool(identity, ids[2]); c.IdentityPool != nil {
		c.IdentityPool.Endpoint = endpoint(identity, "Endpoint")
		identity.sameRegion(ids[2], c.IdentityPool.Region)
		classicFlow(identity, c.IdentityPool)
	}

	auth := profile("Auth")
	if flow := auth.string("authenticationFlowType"); flow != "" {
		c.AuthFlow = flow
	}
	if policy := auth.object("passwordProtectionSettings"); policy.values != nil {
		c.PasswordPolicy = gen1Policy(policy)
	}
	if auth.has("OAuth") {
		o := auth.object("OAuth")
		c.OAuth = &OAuth{
			ClientID:                  o.string("AppClientId"),
			ClientSecret:              o.string("AppClientSecret"),
			Domain:                    endpoint(o, "WebDomain"),
			Issuer:                    endpoint(o, "Issuer"),
			SignInURI:                 endpoint(o, "SignInURI"),
			TokenURI:                  endpoint(o, "TokenURI"),
			SignOutURI:                endpoint(o, "SignOutURI"),
			SignInRedirectURIs:        o.strings("SignInRedirectURI"),
			SignOutRedirectURIs:       o.strings("SignOutRedirectURI"),
			Scopes:                    o.strings("Scopes"),
			SignInURIQueryParameters:  o.stringMap("SignInURIQueryParameters"),
			TokenURIQueryParameters:   o.stringMap("TokenURIQueryParameters"),
			SignOutURIQueryParameters: o.stringMap("SignOutURIQueryParameters"),
		}
		c.OAuth.checkKeys(o, "WebDomain", "SignInRedirectURI", "Scopes")
	}
	return c
}

// names are the keys of what the formats of Amplify have in common. The endpoints
// are ours where Amplify has none, for local services.
type names struct {
	ids                                      contract.IDKeys
	poolEndpoint, identityEndpoint           string
	domain, scopes, signInTo, signOutTo      string
	minLength, lower, upper, digits, symbols string
}

var (
	outputsNames = names{
		contract.OutputsIDs, "user_pool_endpoint", "identity_pool_endpoint",
		"domain", "scopes", "redirect_sign_in_uri", "redirect_sign_out_uri",
		"min_length", "require_lowercase", "require_uppercase", "require_numbers", "require_symbols",
	}
	exportsNames = names{
		ids: contract.ExportsIDs, poolEndpoint: "aws_user_pools_endpoint", identityEndpoint: "aws_cognito_identity_endpoint",
		domain: "domain", scopes: "scope", signInTo: "redirectSignIn", signOutTo: "redirectSignOut",
	}
	resourcesNames = names{
		contract.ResourcesIDs, "userPoolEndpoint", "identityPoolEndpoint",
		"domain", "scopes", "redirectSignIn", "redirectSignOut",
		"minLength", "requireLowercase", "requireUppercase", "requireNumbers", "requireSpecialCharacters",
	}
)

// pools reads the two pools.
func (n names) pools(o object) *Config {
	c := &Config{UserPool: userPool(o, n.ids[0], n.ids[1]), IdentityPool: identityPool(o, n.ids[2])}
	if c.UserPool != nil {
		c.UserPool.Endpoint = endpoint(o, n.poolEndpoint)
	}
	if c.IdentityPool != nil {
		c.IdentityPool.Endpoint = endpoint(o, n.identityEndpoint)
	}
	return c
}

// oauth reads the hosted UI; nil when there is none. {} is what the CLI writes
// without a domain.
func (n names) oauth(o object) *OAuth {
	if len(o.values) == 0 {
		return nil
	}
	out := &OAuth{
		Domain: endpoint(o, n.domain), Scopes: o.strings(n.scopes),
		SignInRedirectURIs: o.strings(n.signInTo), SignOutRedirectURIs: o.strings(n.signOutTo),
	}
	out.checkKeys(o, n.domain, n.signInTo, n.scopes)
	return out
}

// policy reads the password policy; nil when there is none.
func (n names) policy(o object) *PasswordPolicy {
	if o.values == nil {
		return nil
	}
	return &PasswordPolicy{
		MinLength: o.number(n.minLength), RequireLowercase: o.bool(n.lower), RequireUppercase: o.bool(n.upper),
		RequireNumbers: o.bool(n.digits), RequireSymbols: o.bool(n.symbols),
	}
}

// parseOutputs reads amplify_outputs.json, version 1.x.
func parseOutputs(top object) *Config {
	if v := top.string("version"); v != "" && !strings.HasPrefix(v, "1") {
		top.fail("version", "is "+v+"; this library reads amplify_outputs.json of version 1.x")
	}
	auth := top.object("auth")
	c := outputsNames.pools(auth)
	if p := c.IdentityPool; p != nil {
		if auth.has("unauthenticated_identities_enabled") {
			p.AllowGuest = auth.bool("unauthenticated_identities_enabled")
		}
		classicFlow(auth, p)
	}
	c.AuthFlow = auth.string("authentication_flow_type")
	c.PasswordPolicy = outputsNames.policy(auth.object("password_policy"))
	c.OAuth = outputsNames.oauth(auth.object("oauth"))
	return c
}

// parseExports reads aws-exports.js (its object as JSON) and
// amplifyconfiguration.json.
func parseExports(top object) *Config {
	c := exportsNames.pools(top)
	if c.IdentityPool != nil {
		c.IdentityPool.AllowGuest = top.string("aws_mandatory_sign_in") != "enable"
	}
	c.AuthFlow = top.string("authenticationFlowType")
	if policy := top.object("aws_cognito_password_protection_settings"); policy.values != nil {
		c.PasswordPolicy = gen1Policy(policy)
	}
	c.OAuth = exportsNames.oauth(top.object("oauth"))
	return c
}

// parseResources reads Auth of Amplify v6's ResourcesConfig.
func parseResources(auth object) *Config {
	o := auth.object("Cognito")
	c := resourcesNames.pools(o)
	if c.IdentityPool != nil && o.has("allowGuestAccess") {
		c.IdentityPool.AllowGuest = o.bool("allowGuestAccess")
	}
	c.PasswordPolicy = resourcesNames.policy(o.object("passwordFormat"))
	c.OAuth = resourcesNames.oauth(o.object("loginWith").object("oauth"))
	return c
}

// classicFlow reads the keys of the basic (classic) flow, which no format of
// Amplify has: they are ours.
func classicFlow(o object, p *IdentityPool) {
	p.ClassicFlow = o.bool("ClassicFlow")
	p.AuthRoleARN = o.string("AuthenticatedRoleArn")
	p.GuestRole = o.string("UnauthenticatedRoleArn")
	p.STSEndpoint = endpoint(o, "STSEndpoint")
	if p.ClassicFlow && p.AuthRoleARN == "" {
		o.fail("AuthenticatedRoleArn", "is missing: the classic flow assumes a role by its ARN")
	}
}

// gen1Policy reads passwordPolicyMinLength and passwordPolicyCharacters.
func gen1Policy(o object) *PasswordPolicy {
	p := &PasswordPolicy{MinLength: o.number("passwordPolicyMinLength")}
	for _, c := range o.strings("passwordPolicyCharacters") {
		switch strings.ToUpper(c) {
		case "REQUIRES_LOWERCASE":
			p.RequireLowercase = true
		case "REQUIRES_UPPERCASE":
			p.RequireUppercase = true
		case "REQUIRES_NUMBERS":
			p.RequireNumbers = true
		case "REQUIRES_SYMBOLS":
			p.RequireSymbols = true
		}
	}
	return p
}

// checkKeys says which key of the hosted UI is missing, by its name in this format.
func (o *OAuth) checkKeys(in object, domain, signIn, scopes string) {
	switch {
	case o.Domain == "" && !o.External():
		in.fail(domain, "is missing: the hosted UI needs the user pool's domain")
	case len(o.SignInRedirectURIs) == 0:
		in.fail(signIn, "is missing: the hosted UI needs an address to come back to")
	case len(o.Scopes) == 0:
		in.fail(scopes, "is missing: the hosted UI needs at least one scope, such as openid")
	}
}
