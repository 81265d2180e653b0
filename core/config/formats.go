package config

import (
	"slices"
	"strings"

	"amplify-auth/core/contract"
)

// parseAWSConfiguration reads awsconfiguration.json. Only the Default profile is
// read, as AWSMobileClient does.
func parseAWSConfiguration(top object) *Config {
	c := new(Config)
	profile := func(section string) object {
		o := top.at(section)
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
		pool.placeholder(secretKey, c.UserPool.ClientSecret)
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
	keys := contract.AWSConfigurationKeys
	if flow := auth.string(keys.AuthFlow); flow != "" {
		c.AuthFlow = flow
	}
	c.PasswordPolicy = passwordPolicy(auth, keys.Policy)
	if auth.has(keys.OAuth) {
		o := auth.object(keys.OAuth)
		c.OAuth = &OAuth{
			ClientID:                  o.string("AppClientId"),
			ClientSecret:              o.string("AppClientSecret"),
			Domain:                    endpoint(o, keys.Domain),
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
		c.OAuth.checkKeys(o, keys.Domain, "SignInRedirectURI", "Scopes")
	}
	return c
}

// names are the keys of what the formats of Amplify have in common. The endpoints
// are ours where Amplify has none, for local services.
type names struct {
	contract.ConfigKeys
	ids                            contract.IDKeys
	poolEndpoint, identityEndpoint string
	scopes, signInTo, signOutTo    string
}

var (
	outputsNames = names{
		contract.OutputsKeys, contract.OutputsIDs, "user_pool_endpoint", "identity_pool_endpoint",
		"scopes", "redirect_sign_in_uri", "redirect_sign_out_uri",
	}
	exportsNames = names{
		contract.ExportsKeys, contract.ExportsIDs, "aws_user_pools_endpoint", "aws_cognito_identity_endpoint",
		"scope", "redirectSignIn", "redirectSignOut",
	}
	resourcesNames = names{
		contract.ResourcesKeys, contract.ResourcesIDs, "userPoolEndpoint", "identityPoolEndpoint",
		"scopes", "redirectSignIn", "redirectSignOut",
	}
)

// read reads what is alike in all of them.
func (n names) read(o object) *Config {
	c := n.pools(o)
	c.PasswordPolicy = passwordPolicy(o, n.Policy)
	c.OAuth = n.oauth(o.at(n.OAuth))
	if n.AuthFlow != "" {
		c.AuthFlow = o.string(n.AuthFlow)
	}
	return c
}

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
		Domain: endpoint(o, n.Domain), Scopes: o.strings(n.scopes),
		SignInRedirectURIs: o.strings(n.signInTo), SignOutRedirectURIs: o.strings(n.signOutTo),
	}
	out.checkKeys(o, n.Domain, n.signInTo, n.scopes)
	return out
}

// passwordPolicy reads the policy beneath o; nil when there is none.
func passwordPolicy(o object, keys contract.PolicyKeys) *PasswordPolicy {
	if o = o.at(keys.At); o.values == nil {
		return nil
	}
	requires := o.bool
	if keys.Characters != "" {
		listed := o.strings(keys.Characters)
		requires = func(name string) bool {
			return slices.ContainsFunc(listed, func(l string) bool { return strings.EqualFold(l, name) })
		}
	}
	return &PasswordPolicy{
		MinLength: o.number(keys.MinLength), RequireLowercase: requires(keys.Lowercase), RequireUppercase: requires(keys.Uppercase),
		RequireNumbers: requires(keys.Number), RequireSymbols: requires(keys.Symbol),
	}
}

// parseOutputs reads amplify_outputs.json, version 1.x.
func parseOutputs(top object) *Config {
	if v := top.string("version"); v != "" && !strings.HasPrefix(v, "1") {
		top.fail("version", "is "+v+"; this library reads amplify_outputs.json of version 1.x")
	}
	auth := top.object("auth")
	c := outputsNames.read(auth)
	if p := c.IdentityPool; p != nil {
		if auth.has("unauthenticated_identities_enabled") {
			p.AllowGuest = auth.bool("unauthenticated_identities_enabled")
		}
		classicFlow(auth, p)
	}
	return c
}

// parseExports reads aws-exports.js (its object as JSON) and
// amplifyconfiguration.json.
func parseExports(top object) *Config {
	c := exportsNames.read(top)
	if c.IdentityPool != nil {
		c.IdentityPool.AllowGuest = top.string("aws_mandatory_sign_in") != "enable"
	}
	return c
}

// parseResources reads Auth of Amplify v6's ResourcesConfig.
func parseResources(auth object) *Config {
	o := auth.object("Cognito")
	c := resourcesNames.read(o)
	if c.IdentityPool != nil && o.has("allowGuestAccess") {
		c.IdentityPool.AllowGuest = o.bool("allowGuestAccess")
	}
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
