package emulator

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Identity pools: AWSCognitoIdentityService, API version 2014-06-30.

var identityPoolOperations = service{
	"CreateIdentityPool":   identityOp(createIdentityPool),
	"DescribeIdentityPool": identityOp(describeIdentityPool),
	"UpdateIdentityPool":   identityOp(updateIdentityPool),
	"DeleteIdentityPool":   identityOp(deleteIdentityPool),
	"ListIdentityPools":    identityOp(listIdentityPools),
	"SetIdentityPoolRoles": identityOp(setIdentityPoolRoles),
	"GetIdentityPoolRoles": identityOp(getIdentityPoolRoles),
}

// identityOp is op for this service, which calls a violation of its model a ValidationException.
func identityOp[In, Out any](handle func(*call, *In) (*Out, error)) operation {
	o := op(handle)
	run := o.run
	o.run = func(c *call, body []byte) (any, error) {
		out, err := run(c, body)
		var e *exception
		if errors.As(err, &e) && e.name == string(invalidParameter) && strings.Contains(e.message, " validation error") {
			return nil, fail("ValidationException", "%s", e.message)
		}
		return out, err
	}
	return o
}

// federation is what identity pools and STS remember; it is part of state.
type federation struct {
	pools       *table[*identityPool] // by pool id
	identities  *table[*identity]     // by identity id, over all pools
	issuers     *table[*localIssuer]  // by their name as a login
	grants      *table[*opaqueLogin]  // tokens of Facebook, Amazon and Twitter
	credentials *table[*credentials]  // by access key id
}

func newFederation(j *journal) federation {
	return federation{
		pools:       newTable[*identityPool](j, "identity pools", ""),
		identities:  newTable[*identity](j, "identities", ""),
		issuers:     newTable[*localIssuer](j, "issuers", ""),
		grants:      newTable[*opaqueLogin](j, "opaque logins", ""),
		credentials: newTable[*credentials](j, "credentials", ""),
	}
}

type identityPool struct {
	IdentityPoolId string `aws:"IdentityPoolId,required"`
	identityPoolSettings
	roles    map[string]string // authenticated, unauthenticated
	mappings map[string]roleMapping
	tags     map[string]principalTags // by provider
}

// identityPoolSettings are what CreateIdentityPool and UpdateIdentityPool set.
type identityPoolSettings struct {
	IdentityPoolName               string             `aws:"IdentityPoolName,required"`
	AllowUnauthenticatedIdentities bool               `aws:",required"`
	AllowClassicFlow               bool               `json:",omitempty"`
	SupportedLoginProviders        map[string]string  `json:",omitempty" aws:"IdentityProviders"` // app id by provider
	DeveloperProviderName          string             `json:",omitempty" aws:"DeveloperProviderName"`
	OpenIdConnectProviderARNs      []string           `json:",omitempty" aws:"OIDCProviderList"`
	CognitoIdentityProviders       []userPoolProvider `json:",omitempty"`
	SamlProviderARNs               []string           `json:",omitempty" aws:"SAMLProviderList"`
	IdentityPoolTags               map[string]string  `json:",omitempty" aws:"IdentityPoolTagsType"`
}

type userPoolProvider struct {
	ProviderName         string `aws:"CognitoIdentityProviderName"`
	ClientId             string `aws:"CognitoIdentityProviderClientId"`
	ServerSideTokenCheck bool
}

// An identity is a person or device as an identity pool knows it.
type identity struct {
	ID                string
	pool              *identityPool
	Logins            map[string]string // subject by provider; a guest has none
	Disabled          bool              // merged into another one
	Created, Modified time.Time
}

type identityPoolInput struct {
	IdentityPoolId string `aws:"IdentityPoolId,required"`
}

func (c *call) identityPool(id string) (*identityPool, error) {
	p := c.state.federation.pools.get(id)
	if p == nil {
		return nil, fail(resourceNotFound, "IdentityPool '%s' not found.", id)
	}
	return p, nil
}

func createIdentityPool(c *call, in *identityPoolSettings) (*identityPool, error) {
	return c.addIdentityPool("us-east-1:"+uuid(), in), nil
}

func (c *call) addIdentityPool(id string, in *identityPoolSettings) *identityPool {
	p := &identityPool{IdentityPoolId: id, identityPoolSettings: *in}
	c.state.federation.pools.put(id, p)
	return p
}

func describeIdentityPool(c *call, in *identityPoolInput) (*identityPool, error) {
	return c.identityPool(in.IdentityPoolId)
}

// updateIdentityPool replaces all settings, as the service does.
func updateIdentityPool(c *call, in *identityPool) (*identityPool, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	p.identityPoolSettings = in.identityPoolSettings
	return p, nil
}

func deleteIdentityPool(c *call, in *identityPoolInput) (*empty, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	c.state.federation.pools.remove(p.IdentityPoolId)
	c.state.federation.identities.removeAll(func(i *identity) bool { return i.pool == p })
	return nil, nil
}

type listIdentityPoolsInput struct {
	MaxResults int    `aws:"QueryLimit,required"`
	NextToken  string `aws:"PaginationKey"`
}

type listIdentityPoolsOutput struct {
	IdentityPools []shortIdentityPool
	NextToken     string `json:",omitempty"`
}

type shortIdentityPool struct {
	IdentityPoolId   string
	IdentityPoolName string
}

func listIdentityPools(c *call, in *listIdentityPoolsInput) (*listIdentityPoolsOutput, error) {
	all := slices.Sorted(c.state.federation.pools.keys())
	ids, next, err := page(all, &in.MaxResults, 60, in.NextToken, func(id string) string { return id })
	if err != nil {
		return nil, err
	}
	out := &listIdentityPoolsOutput{IdentityPools: []shortIdentityPool{}, NextToken: next}
	for _, id := range ids {
		out.IdentityPools = append(out.IdentityPools, shortIdentityPool{id, c.state.federation.pools.get(id).IdentityPoolName})
	}
	return out, nil
}

type rolesInput struct {
	IdentityPoolId string                 `aws:"IdentityPoolId,required"`
	Roles          map[string]string      `aws:"RolesMap,required"`
	RoleMappings   map[string]roleMapping `aws:"RoleMappingMap"`
}

type rolesOutput struct {
	IdentityPoolId string
	Roles          map[string]string      `json:",omitempty"`
	RoleMappings   map[string]roleMapping `json:",omitempty"`
}

func setIdentityPoolRoles(c *call, in *rolesInput) (*empty, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	for kind := range in.Roles {
		if kind != "authenticated" && kind != "unauthenticated" {
			return nil, fail("ValidationException", "1 validation error detected: Value at 'roles' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: (un)?authenticated]")
		}
	}
	for name, m := range in.RoleMappings {
		if m.AmbiguousRoleResolution == "" {
			return nil, fail(invalidParameter, "AmbiguousRoleResolution is required for %s.", name)
		}
		if (m.Type == "Rules") != (m.RulesConfiguration != nil) {
			return nil, fail(invalidParameter, "RulesConfiguration goes with the type Rules alone (%s).", name)
		}
	}
	p.roles, p.mappings = in.Roles, in.RoleMappings
	return nil, nil
}

func getIdentityPoolRoles(c *call, in *identityPoolInput) (*rolesOutput, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	return &rolesOutput{p.IdentityPoolId, p.roles, p.mappings}, nil
}
