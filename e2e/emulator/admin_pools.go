package emulator

import (
	"cmp"
	"crypto/rand"
	"slices"
	"time"
)

var adminPoolOperations = service{
	"CreateUserPool":       op(createUserPool),
	"DescribeUserPool":     op(describeUserPool),
	"UpdateUserPool":       op(updateUserPool),
	"DeleteUserPool":       op(deleteUserPool),
	"ListUserPools":        op(listUserPools),
	"AddCustomAttributes":  op(addCustomAttributes),
	"SetUserPoolMfaConfig": op(setUserPoolMfaConfig),
	"GetUserPoolMfaConfig": op(getUserPoolMfaConfig),
}

type createUserPoolInput struct {
	PoolName string `aws:"UserPoolNameType,required"`
	poolSettings
	AliasAttributes       []string          `aws:"AliasAttributesListType"`
	UsernameAttributes    []string          `aws:"UsernameAttributesListType"`
	Schema                []schemaAttribute `aws:"SchemaAttributesListType"`
	UsernameConfiguration *usernameConfiguration
}

type userPoolType struct {
	Id, Name, Arn, Status          string
	CreationDate, LastModifiedDate epoch
	SchemaAttributes               []schemaAttribute
	AliasAttributes                []string               `json:",omitempty"`
	UsernameAttributes             []string               `json:",omitempty"`
	UsernameConfiguration          *usernameConfiguration `json:",omitempty"`
	EstimatedNumberOfUsers         int
	Domain                         string `json:",omitempty"`
	poolSettings
}

type userPoolOutput struct{ UserPool userPoolType }

// describe fills in what a real pool always has (AWS CLI reference, describe-user-pool, output).
func (p *userPool) describe() userPoolType {
	settings := p.poolSettings
	rules := p.passwordRules()
	policies := poolPolicies{PasswordPolicy: &rules, SignInPolicy: &signInPolicy{[]string{"PASSWORD"}}}
	if settings.Policies != nil && settings.Policies.SignInPolicy != nil {
		policies.SignInPolicy = settings.Policies.SignInPolicy
	}
	settings.Policies = &policies
	settings.AcrConfiguration = p.acrNames()
	settings.LambdaConfig = cmp.Or(settings.LambdaConfig, &lambdaConfig{})
	settings.EmailConfiguration = cmp.Or(settings.EmailConfiguration, &emailConfiguration{EmailSendingAccount: "COGNITO_DEFAULT"})
	settings.VerificationMessageTemplate = cmp.Or(settings.VerificationMessageTemplate, &messageTemplate{DefaultEmailOption: "CONFIRM_WITH_CODE"})
	admin := *cmp.Or(settings.AdminCreateUserConfig, &adminCreateUser{})
	admin.UnusedAccountValidityDays = cmp.Or(admin.UnusedAccountValidityDays, rules.TemporaryPasswordValidityDays)
	settings.AdminCreateUserConfig = &admin
	return userPoolType{
		Id: p.ID, Name: p.Name, Arn: "arn:aws:cognito-idp:" + p.region() + ":000000000000:userpool/" + p.ID, Status: "Enabled",
		CreationDate: seconds(p.Created), LastModifiedDate: seconds(p.Modified), SchemaAttributes: p.Schema,
		AliasAttributes: p.AliasAttributes, UsernameAttributes: p.UsernameAttributes,
		UsernameConfiguration:  &usernameConfiguration{p.CaseSensitive},
		EstimatedNumberOfUsers: p.users.len(), Domain: p.Domain, poolSettings: settings,
	}
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func createUserPool(c *call, in *createUserPoolInput) (*userPoolOutput, error) {
	p, err := c.addPool("us-east-1_"+randomText(9, alphanumeric), in)
	if err != nil {
		return nil, err
	}
	return &userPoolOutput{p.describe()}, nil
}

func (c *call) addPool(id string, in *createUserPoolInput) (*userPool, error) {
	if len(in.AliasAttributes) > 0 && len(in.UsernameAttributes) > 0 {
		return nil, fail(invalidParameter, "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")
	}
	schema, err := newSchema(in.Schema)
	if err != nil {
		return nil, err
	}
	p := &userPool{
		ID: id, Name: in.PoolName, AliasAttributes: in.AliasAttributes, UsernameAttributes: in.UsernameAttributes,
		CaseSensitive: true, // the API's default; the console's is the other one (developer guide, "User pool case sensitivity")
		Schema:        schema, Created: c.now, Modified: c.now,
		users: newTable[*user](c.journal, "users", id+"/"), Groups: map[string]*group{}, Providers: map[string]*identityProvider{},
		Servers: map[string]*resourceServer{},
		Keys:    newSigningKeys(), Terms: map[string]*terms{}, Branding: map[string]*branding{},
		Sessions: sessionRules{"DISABLED", &tokenSessionRules{defaultMaxSessions}},
	}
	if in.UsernameConfiguration != nil {
		p.CaseSensitive = in.UsernameConfiguration.CaseSensitive
	}
	rand.Read(p.Secret[:])
	if err := p.configure(in.poolSettings); err != nil {
		return nil, err
	}
	c.state.pools.put(id, p)
	return p, nil
}

// configure takes settings over. What is absent falls back to its default, as UpdateUserPool does.
func (p *userPool) configure(s poolSettings) error {
	if s.MfaConfiguration == "" {
		s.MfaConfiguration = "OFF"
	}
	if s.DeletionProtection == "" {
		s.DeletionProtection = "INACTIVE"
	}
	if s.UserPoolTier == "" {
		s.UserPoolTier = "ESSENTIALS"
	}
	if err := p.checkACR(s); err != nil {
		return err
	}
	if err := s.SmsConfiguration.check(p.region()); err != nil {
		return err
	}
	if s.IssuerConfiguration == nil {
		s.IssuerConfiguration = &issuerConfiguration{originalIssuer}
	}
	if s.SmsConfiguration != nil && p.MFA.SmsMfaConfiguration == nil && s.MfaConfiguration != "OFF" {
		p.MFA.SmsMfaConfiguration = &smsMFA{SmsConfiguration: s.SmsConfiguration}
	}
	if s.MfaConfiguration != "OFF" && !slices.ContainsFunc(mfaMethods, p.offersMFA) {
		return fail(invalidParameter, "SMS configuration and Auto verification for phone_number are required when MFA is required/optional")
	}
	if s.Policies != nil && s.Policies.SignInPolicy != nil && !slices.Contains(s.Policies.SignInPolicy.AllowedFirstAuthFactors, "PASSWORD") {
		return fail(invalidParameter, "AllowedFirstAuthFactors must contain PASSWORD.")
	}
	if s.MfaConfiguration == "ON" && s.passkeyFirst() && !p.passkeyIsMFA() { // as seen: terraform-provider-aws issue 50110
		return fail(invalidParameter, "WEB_AUTHN cannot be used as an auth factor when MFA is enabled if not configured for MFA.")
	}
	if u := s.UserAttributeUpdateSettings; u != nil {
		for _, attr := range u.AttributesRequireVerificationBeforeUpdate {
			if !slices.Contains(s.AutoVerifiedAttributes, attr) {
				return fail(invalidParameter, "Attributes that require verification before update must be auto-verified: %s", attr)
			}
		}
	}
	p.poolSettings = s
	return nil
}

type poolInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
}

func describeUserPool(c *call, in *poolInput) (*userPoolOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	return &userPoolOutput{p.describe()}, nil
}

type updateUserPoolInput struct {
	poolInput
	PoolName string `aws:"UserPoolNameType"`
	poolSettings
}

func updateUserPool(c *call, in *updateUserPoolInput) (*empty, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if err := p.configure(in.poolSettings); err != nil {
		return nil, err
	}
	if in.PoolName != "" {
		p.Name = in.PoolName
	}
	p.Modified = c.now
	return nil, nil
}

func deleteUserPool(c *call, in *poolInput) (*empty, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	switch {
	case p.DeletionProtection == "ACTIVE":
		return nil, fail(invalidParameter, "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.")
	case p.Domain != "":
		return nil, fail(invalidParameter, "User pool cannot be deleted. It has a domain configured that should be deleted first.")
	}
	for _, client := range c.state.clients.all() {
		if client.pool == p {
			c.removeClient(client)
		}
	}
	p.users.removeAll(func(*user) bool { return true })
	c.state.oauth.sessions.removeAll(func(web *webSession) bool { return web.user.pool == p })
	c.state.pools.remove(p.ID)
	return nil, nil
}

type listUserPoolsInput struct {
	NextToken  string `aws:"PaginationKeyType"`
	MaxResults *int   `aws:"PoolQueryLimitType,required"`
}

type userPoolDescription struct {
	Id, Name, Status               string
	LambdaConfig                   *lambdaConfig `json:",omitempty"`
	CreationDate, LastModifiedDate epoch
}

type listUserPoolsOutput struct {
	UserPools []userPoolDescription
	NextToken string `json:",omitempty"`
}

func listUserPools(c *call, in *listUserPoolsInput) (*listUserPoolsOutput, error) {
	some, next, err := page(slices.Sorted(c.state.pools.keys()), in.MaxResults, 60, in.NextToken, func(id string) string { return id })
	if err != nil {
		return nil, err
	}
	out := &listUserPoolsOutput{UserPools: []userPoolDescription{}, NextToken: next}
	for _, id := range some {
		p := c.state.pools.get(id)
		out.UserPools = append(out.UserPools, userPoolDescription{p.ID, p.Name, "Enabled", p.LambdaConfig, seconds(p.Created), seconds(p.Modified)})
	}
	return out, nil
}

type addCustomAttributesInput struct {
	poolInput
	CustomAttributes []schemaAttribute `aws:"CustomAttributesListType,required"`
}

func addCustomAttributes(c *call, in *addCustomAttributesInput) (*empty, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	for _, a := range in.CustomAttributes {
		custom, err := customAttribute(a)
		if err != nil {
			return nil, err
		}
		if p.attribute(custom.Name) != nil {
			return nil, fail(invalidParameter, "%s: Existing attribute already has name %s.", a.Name, custom.Name)
		}
		p.Schema = append(p.Schema, custom)
	}
	return nil, nil
}

type setMFAConfigInput struct {
	poolInput
	mfaSettings
}

func setUserPoolMfaConfig(c *call, in *setMFAConfigInput) (*mfaSettings, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if in.SmsMfaConfiguration != nil {
		if err := in.SmsMfaConfiguration.SmsConfiguration.check(p.region()); err != nil {
			return nil, err
		}
	}
	before := p.MFA
	p.MFA = in.mfaSettings // all of it: the call replaces the whole MFA configuration (developer guide, "Adding MFA to a user pool")
	if in.MfaConfiguration == "" {
		in.MfaConfiguration = p.MfaConfiguration
	}
	problem := ""
	switch { // in the words that were seen: go-to-k/cdkd issues 1920 and 2064
	case in.MfaConfiguration != "OFF" && !slices.ContainsFunc(mfaMethods, p.offersMFA):
		problem = "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled."
	case in.MfaConfiguration == "ON" && p.passkeyFirst() && !p.passkeyIsMFA():
		problem = "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed first auth factor"
	}
	if problem != "" {
		p.MFA = before
		return nil, fail(invalidParameter, "%s", problem)
	}
	p.MfaConfiguration = in.MfaConfiguration
	p.Modified = c.now
	return p.mfaConfig(), nil
}

func (p *userPool) mfaConfig() *mfaSettings {
	out := p.MFA
	out.MfaConfiguration = p.MfaConfiguration
	return &out
}

func getUserPoolMfaConfig(c *call, in *poolInput) (*mfaSettings, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	return p.mfaConfig(), nil
}

// lifetimes are the bounds of token lifetimes.
var lifetimes = []struct {
	token    string
	of       func(*poolClient) time.Duration
	min, max time.Duration
}{
	{"access", (*poolClient).accessValidity, 5 * time.Minute, 24 * time.Hour},
	{"ID", (*poolClient).idValidity, 5 * time.Minute, 24 * time.Hour},
	{"refresh", (*poolClient).refreshValidity, time.Hour, 3650 * 24 * time.Hour},
}
