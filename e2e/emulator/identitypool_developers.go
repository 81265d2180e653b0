package emulator

import (
	"maps"
	"slices"
)

// Developer identities, which a back end names itself, and the mapping of claims to principal tags.

var developerOperations = service{
	"LookupDeveloperIdentity":     identityOp(lookupDeveloperIdentity),
	"MergeDeveloperIdentities":    identityOp(mergeDeveloperIdentities),
	"UnlinkDeveloperIdentity":     identityOp(unlinkDeveloperIdentity),
	"GetPrincipalTagAttributeMap": identityOp(getPrincipalTagAttributeMap),
	"SetPrincipalTagAttributeMap": identityOp(setPrincipalTagAttributeMap),
}

// developerIdentity is the identity of a user of the pool's developer provider; nil if there is none.
func (c *call) developerIdentity(p *identityPool, user string) *identity {
	return c.owner(p, login{provider: p.DeveloperProviderName, subject: user})
}

// developerPool is an identity pool that has a developer provider, of the name if one is given.
func (c *call) developerPool(id, provider string) (*identityPool, error) {
	p, err := c.identityPool(id)
	if err == nil && (p.DeveloperProviderName == "" || provider != "" && provider != p.DeveloperProviderName) {
		err = fail(invalidParameter, "Please provide a valid developer provider name.")
	}
	return p, err
}

type lookupDeveloperInput struct {
	IdentityPoolId          string `aws:"IdentityPoolId,required"`
	IdentityId              string `aws:"IdentityId"`
	DeveloperUserIdentifier string `aws:"DeveloperUserIdentifier"`
	MaxResults              *int   `aws:"QueryLimit"`
	NextToken               string `aws:"PaginationKey"`
}

type lookupDeveloperOutput struct {
	IdentityId                  string
	DeveloperUserIdentifierList []string
	NextToken                   string `json:",omitempty"`
}

func lookupDeveloperIdentity(c *call, in *lookupDeveloperInput) (*lookupDeveloperOutput, error) {
	p, err := c.developerPool(in.IdentityPoolId, "")
	if err != nil {
		return nil, err
	}
	i := c.state.federation.identities.get(in.IdentityId)
	byUser := c.developerIdentity(p, in.DeveloperUserIdentifier)
	switch {
	case in.IdentityId == "" && in.DeveloperUserIdentifier == "":
		return nil, fail(invalidParameter, "Either IdentityId or DeveloperUserIdentifier is needed.")
	case in.IdentityId == "":
		i = byUser
	case in.DeveloperUserIdentifier != "" && i != byUser:
		return nil, fail(resourceConflict, "The developer user identifier is not of this identity.")
	}
	if i == nil || i.pool != p || i.Logins[p.DeveloperProviderName] == "" {
		return nil, fail(resourceNotFound, "Developer user identifier not found.")
	}
	return &lookupDeveloperOutput{IdentityId: i.ID, DeveloperUserIdentifierList: []string{i.Logins[p.DeveloperProviderName]}}, nil
}

type mergeDeveloperInput struct {
	IdentityPoolId            string `aws:"IdentityPoolId,required"`
	DeveloperProviderName     string `aws:"DeveloperProviderName,required"`
	SourceUserIdentifier      string `aws:"DeveloperUserIdentifier,required"`
	DestinationUserIdentifier string `aws:"DeveloperUserIdentifier,required"`
}

// mergeDeveloperIdentities gives the logins of the source to the destination. An identity has one login of each provider
// here, so the destination's user identifier is the one that stays.
func mergeDeveloperIdentities(c *call, in *mergeDeveloperInput) (*getIDOutput, error) {
	p, err := c.developerPool(in.IdentityPoolId, in.DeveloperProviderName)
	if err != nil {
		return nil, err
	}
	from, to := c.developerIdentity(p, in.SourceUserIdentifier), c.developerIdentity(p, in.DestinationUserIdentifier)
	switch {
	case from == nil || to == nil:
		return nil, fail(resourceNotFound, "Developer user identifier not found.")
	case from == to:
		return nil, fail(invalidParameter, "The source and destination are the same identity.")
	}
	for provider, subject := range from.Logins {
		if held, ok := to.Logins[provider]; ok && held != subject && provider != p.DeveloperProviderName {
			return nil, fail(resourceConflict, "Login is already associated with another identity.")
		}
	}
	delete(from.Logins, p.DeveloperProviderName)
	maps.Copy(to.Logins, from.Logins)
	clear(from.Logins)
	from.Disabled, from.Modified, to.Modified = true, c.now, c.now
	return &getIDOutput{to.ID}, nil
}

type unlinkDeveloperInput struct {
	IdentityId              string `aws:"IdentityId,required"`
	IdentityPoolId          string `aws:"IdentityPoolId,required"`
	DeveloperProviderName   string `aws:"DeveloperProviderName,required"`
	DeveloperUserIdentifier string `aws:"DeveloperUserIdentifier,required"`
}

func unlinkDeveloperIdentity(c *call, in *unlinkDeveloperInput) (*empty, error) {
	p, err := c.developerPool(in.IdentityPoolId, in.DeveloperProviderName)
	if err != nil {
		return nil, err
	}
	i := c.developerIdentity(p, in.DeveloperUserIdentifier)
	if i == nil || i.ID != in.IdentityId {
		return nil, fail(resourceNotFound, "Developer user identifier not found.")
	}
	delete(i.Logins, p.DeveloperProviderName)
	i.Modified, i.Disabled = c.now, len(i.Logins) == 0
	return nil, nil
}

// principalTags are the tags of a session's principal by claim. They are kept and given back: no policy here reads them.
type principalTags struct {
	PrincipalTags map[string]string `json:",omitempty" aws:"PrincipalTags"`
	UseDefaults   bool
}

type principalTagsKey struct {
	IdentityPoolId       string `aws:"IdentityPoolId,required"`
	IdentityProviderName string `aws:"IdentityProviderName,required"`
}

type principalTagsInput struct {
	principalTagsKey
	principalTags
}

func setPrincipalTagAttributeMap(c *call, in *principalTagsInput) (*principalTagsInput, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	if p.tags == nil {
		p.tags = map[string]principalTags{}
	}
	p.tags[in.IdentityProviderName] = in.principalTags
	return in, nil
}

// defaultPrincipalTags are those of UseDefaults (developer guide, "Using attributes for access control").
var defaultPrincipalTags = map[string]string{"username": "sub", "client": "aud"}

func getPrincipalTagAttributeMap(c *call, in *principalTagsKey) (*principalTagsInput, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	tags, ok := p.tags[in.IdentityProviderName]
	if !ok && !slices.ContainsFunc(p.CognitoIdentityProviders, func(u userPoolProvider) bool { return u.ProviderName == in.IdentityProviderName }) {
		return nil, fail(resourceNotFound, "The identity pool has no attribute map for %s.", in.IdentityProviderName)
	}
	if tags.UseDefaults {
		tags.PrincipalTags = defaultPrincipalTags
	}
	return &principalTagsInput{*in, tags}, nil
}
