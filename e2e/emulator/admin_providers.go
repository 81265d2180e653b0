package emulator

import (
	"maps"
	"slices"
)

// Identity providers: what the OAuth endpoints offer besides the pool's own users.

var adminProviderOperations = service{
	"CreateIdentityProvider":          op(createIdentityProvider),
	"DescribeIdentityProvider":        op(describeIdentityProvider),
	"UpdateIdentityProvider":          op(updateIdentityProvider),
	"DeleteIdentityProvider":          op(deleteIdentityProvider),
	"ListIdentityProviders":           op(listIdentityProviders),
	"GetIdentityProviderByIdentifier": op(getIdentityProviderByIdentifier),
}

type identityProvider struct {
	UserPoolId       string
	ProviderName     string
	ProviderType     string            // SAML, Facebook, Google, LoginWithAmazon, SignInWithApple, OIDC
	ProviderDetails  map[string]string // client_id, authorize_scopes, oidc_issuer, …
	AttributeMapping map[string]string `json:",omitempty"`
	IdpIdentifiers   []string          `json:",omitempty"`
	AcrMapping       map[string]string `json:",omitempty"` // Level1 to Level4: what an OIDC provider calls them
	LastModifiedDate epoch
	CreationDate     epoch
}

type createProviderInput struct {
	UserPoolId       string            `aws:"UserPoolIdType,required"`
	ProviderName     string            `aws:"ProviderNameTypeV2,required"`
	ProviderType     string            `aws:"IdentityProviderTypeType,required"`
	ProviderDetails  map[string]string `aws:"ProviderDetailsType,required"`
	AttributeMapping map[string]string `aws:"AttributeMappingType"`
	IdpIdentifiers   []string          `aws:"IdpIdentifiersListType"`
	AcrMapping       map[string]string `aws:"AcrMappingType"`
}

type providerOutput struct{ IdentityProvider identityProvider }

func createIdentityProvider(c *call, in *createProviderInput) (*providerOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if p.Providers[in.ProviderName] != nil {
		return nil, fail(duplicateProvider, "A provider %s already exists in the user pool.", in.ProviderName)
	}
	social := []string{"Facebook", "Google", "LoginWithAmazon", "SignInWithApple"}
	if slices.Contains(social, in.ProviderType) && in.ProviderName != in.ProviderType {
		return nil, fail(invalidParameter, "The name of a %s provider is %s.", in.ProviderType, in.ProviderType)
	}
	if err := checkACRMapping(in.ProviderType, in.AcrMapping); err != nil {
		return nil, err
	}
	idp := &identityProvider{p.ID, in.ProviderName, in.ProviderType, in.ProviderDetails, in.AttributeMapping, in.IdpIdentifiers, in.AcrMapping, seconds(c.now), seconds(c.now)}
	p.Providers[in.ProviderName] = idp
	return &providerOutput{*idp}, nil
}

type providerInput struct {
	UserPoolId   string `aws:"UserPoolIdType,required"`
	ProviderName string `aws:"ProviderNameType,required"`
}

func (c *call) provider(in providerInput) (*userPool, *identityProvider, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, nil, err
	}
	idp := p.Providers[in.ProviderName]
	if idp == nil {
		return nil, nil, fail(resourceNotFound, "Identity provider %s does not exist.", in.ProviderName)
	}
	return p, idp, nil
}

func describeIdentityProvider(c *call, in *providerInput) (*providerOutput, error) {
	_, idp, err := c.provider(*in)
	if err != nil {
		return nil, err
	}
	return &providerOutput{*idp}, nil
}

type updateProviderInput struct {
	providerInput
	ProviderDetails  map[string]string `aws:"ProviderDetailsType"`
	AttributeMapping map[string]string `aws:"AttributeMappingType"`
	IdpIdentifiers   []string          `aws:"IdpIdentifiersListType"`
	AcrMapping       map[string]string `aws:"AcrMappingType"`
}

func updateIdentityProvider(c *call, in *updateProviderInput) (*providerOutput, error) {
	_, idp, err := c.provider(in.providerInput)
	if err != nil {
		return nil, err
	}
	if err := checkACRMapping(idp.ProviderType, in.AcrMapping); err != nil {
		return nil, err
	}
	if in.AcrMapping != nil {
		idp.AcrMapping = in.AcrMapping
	}
	if in.ProviderDetails != nil {
		idp.ProviderDetails = in.ProviderDetails
	}
	if in.AttributeMapping != nil {
		idp.AttributeMapping = in.AttributeMapping
	}
	if in.IdpIdentifiers != nil {
		idp.IdpIdentifiers = in.IdpIdentifiers
	}
	idp.LastModifiedDate = seconds(c.now)
	return &providerOutput{*idp}, nil
}

func deleteIdentityProvider(c *call, in *providerInput) (*empty, error) {
	p, _, err := c.provider(*in)
	if err != nil {
		return nil, err
	}
	delete(p.Providers, in.ProviderName)
	return nil, nil
}

type listProvidersInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	MaxResults *int   `aws:"ListProvidersLimitType"`
	NextToken  string `aws:"PaginationKeyType"`
}

type providerDescription struct {
	ProviderName, ProviderType     string
	LastModifiedDate, CreationDate epoch
}

type listProvidersOutput struct {
	Providers []providerDescription
	NextToken string `json:",omitempty"`
}

func listIdentityProviders(c *call, in *listProvidersInput) (*listProvidersOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	some, next, err := page(slices.Sorted(maps.Keys(p.Providers)), in.MaxResults, 60, in.NextToken, func(name string) string { return name })
	if err != nil {
		return nil, err
	}
	out := &listProvidersOutput{Providers: []providerDescription{}, NextToken: next}
	for _, name := range some {
		idp := p.Providers[name]
		out.Providers = append(out.Providers, providerDescription{name, idp.ProviderType, idp.LastModifiedDate, idp.CreationDate})
	}
	return out, nil
}

type providerIdentifierInput struct {
	UserPoolId    string `aws:"UserPoolIdType,required"`
	IdpIdentifier string `aws:"IdpIdentifierType,required"`
}

func getIdentityProviderByIdentifier(c *call, in *providerIdentifierInput) (*providerOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if idp := p.identified(in.IdpIdentifier); idp != nil {
		return &providerOutput{*idp}, nil
	}
	return nil, fail(resourceNotFound, "Identity provider with identifier %s does not exist.", in.IdpIdentifier)
}

// identified is the provider that has an identifier, such as the domain of its users' e-mail addresses.
func (p *userPool) identified(identifier string) *identityProvider {
	for _, idp := range p.Providers {
		if slices.Contains(idp.IdpIdentifiers, identifier) {
			return idp
		}
	}
	return nil
}
