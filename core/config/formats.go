package config

import "strings"

// parseAWSConfiguration reads awsconfiguration.json. Only the Default profile is
// read, as AWSMobileClient does.
func parseAWSConfiguration(top object) *Config {
	c := new(Config)
	profile := func(section string) object {
		o := top
		for _, name := range append(strings.Split(section, "."), "Default") {
			o = o.object(name)
		}
		return o
	}

	pool := profile("CognitoUserPool")
	idKey, clientKey, secretKey := "PoolId", "AppClientId", "AppClientSecret"
	if pool.has("CognitoUserPoolId") { // the names of before 2018
		idKey, clientKey, secretKey = "CognitoUserPoolId", "CognitoUserPoolAppClientId", "CognitoUserPoolAppClientSecret"
	}
	if c.UserPool = userPool(pool, idKey, clientKey); c.UserPool != nil {
		c.UserPool.ClientSecret = pool.string(secretKey)
		c.UserPool.Endpoint = endpoint(pool, "Endpoint")
		if region := pool.string("Region"); region != "" {
			c.UserPool.Region = region
		}
		if pool.bool("MigrationEnabled") {
			c.AuthFlow = "USER_PASSWORD_AUTH"
		}
	}

	identity := profile("CredentialsProvider.CognitoIdentity")
	if c.IdentityPool = identityPool(identity, "PoolId"); c.IdentityPool != nil {
		c.IdentityPool.Endpoint = endpoint(identity, "Endpoint")
		if region := identity.string("Region"); region != "" {
			c.IdentityPool.Region = region
		}
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

// parseOutputs reads amplify_outputs.json, version 1.x. user_pool_endpoint,
// identity_pool_endpoint and a domain with a scheme are ours, for local services.
func parseOutputs(top object) *Config {
	c := new(Config)
	if v := top.string("version"); v != "" && !strings.HasPrefix(v, "1") {
		top.fail("version", "is "+v+"; this library reads amplify_outputs.json of version 1.x")
	}
	auth := top.object("auth")
	if c.UserPool = userPool(auth, "user_pool_id", "user_pool_client_id"); c.UserPool != nil {
		c.UserPool.Endpoint = endpoint(auth, "user_pool_endpoint")
	}
	if c.IdentityPool = identityPool(auth, "identity_pool_id"); c.IdentityPool != nil {
		c.IdentityPool.Endpoint = endpoint(auth, "identity_pool_endpoint")
		if auth.has("unauthenticated_identities_enabled") {
			c.IdentityPool.AllowGuest = auth.bool("unauthenticated_identities_enabled")
		}
		classicFlow(auth, c.IdentityPool)
	}
	c.AuthFlow = auth.string("authentication_flow_type")
	if auth.has("password_policy") {
		o := auth.object("password_policy")
		c.PasswordPolicy = &PasswordPolicy{
			MinLength:        o.number("min_length"),
			RequireLowercase: o.bool("require_lowercase"),
			RequireUppercase: o.bool("require_uppercase"),
			RequireNumbers:   o.bool("require_numbers"),
			RequireSymbols:   o.bool("require_symbols"),
		}
	}
	if auth.has("oauth") {
		o := auth.object("oauth")
		c.OAuth = &OAuth{
			Domain:              endpoint(o, "domain"),
			SignInRedirectURIs:  o.strings("redirect_sign_in_uri"),
			SignOutRedirectURIs: o.strings("redirect_sign_out_uri"),
			Scopes:              o.strings("scopes"),
		}
		c.OAuth.checkKeys(o, "domain", "redirect_sign_in_uri", "scopes")
	}
	return c
}

// parseExports reads aws-exports.js (its object as JSON) and
// amplifyconfiguration.json.
func parseExports(top object) *Config {
	c := new(Config)
	if c.UserPool = userPool(top, "aws_user_pools_id", "aws_user_pools_web_client_id"); c.UserPool != nil {
		c.UserPool.Endpoint = endpoint(top, "aws_user_pools_endpoint")
	}
	if c.IdentityPool = identityPool(top, "aws_cognito_identity_pool_id"); c.IdentityPool != nil {
		c.IdentityPool.Endpoint = endpoint(top, "aws_cognito_identity_endpoint")
		c.IdentityPool.AllowGuest = top.string("aws_mandatory_sign_in") != "enable"
	}
	c.AuthFlow = top.string("authenticationFlowType")
	if policy := top.object("aws_cognito_password_protection_settings"); policy.values != nil {
		c.PasswordPolicy = gen1Policy(policy)
	}
	if o := top.object("oauth"); len(o.values) > 0 { // {} is what the CLI writes without a domain
		c.OAuth = &OAuth{
			Domain:              endpoint(o, "domain"),
			SignInRedirectURIs:  o.strings("redirectSignIn"),
			SignOutRedirectURIs: o.strings("redirectSignOut"),
			Scopes:              o.strings("scope"),
		}
		c.OAuth.checkKeys(o, "domain", "redirectSignIn", "scope")
	}
	return c
}

// parseResources reads Auth of Amplify v6's ResourcesConfig.
func parseResources(auth object) *Config {
	c := new(Config)
	o := auth.object("Cognito")
	if c.UserPool = userPool(o, "userPoolId", "userPoolClientId"); c.UserPool != nil {
		c.UserPool.Endpoint = endpoint(o, "userPoolEndpoint")
	}
	if c.IdentityPool = identityPool(o, "identityPoolId"); c.IdentityPool != nil {
		c.IdentityPool.Endpoint = endpoint(o, "identityPoolEndpoint")
		if o.has("allowGuestAccess") {
			c.IdentityPool.AllowGuest = o.bool("allowGuestAccess")
		}
	}
	if f := o.object("passwordFormat"); f.values != nil {
		c.PasswordPolicy = &PasswordPolicy{
			MinLength:        f.number("minLength"),
			RequireLowercase: f.bool("requireLowercase"),
			RequireUppercase: f.bool("requireUppercase"),
			RequireNumbers:   f.bool("requireNumbers"),
			RequireSymbols:   f.bool("requireSpecialCharacters"),
		}
	}
	login := o.object("loginWith")
	if login.has("oauth") {
		o := login.object("oauth")
		c.OAuth = &OAuth{
			Domain:              endpoint(o, "domain"),
			SignInRedirectURIs:  o.strings("redirectSignIn"),
			SignOutRedirectURIs: o.strings("redirectSignOut"),
			Scopes:              o.strings("scopes"),
		}
		c.OAuth.checkKeys(o, "domain", "redirectSignIn", "scopes")
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
