package emulator

import "slices"

// Links between a user and identities at identity providers: whoever comes by one signs in as that user.

var adminLinkingOperations = service{
	"AdminLinkProviderForUser":    op(adminLinkProviderForUser),
	"AdminDisableProviderForUser": op(adminDisableProviderForUser),
}

// providerIdentity names a user of an identity provider. ProviderAttributeName is Cognito_Subject, or the user pool
// attribute that a claim is mapped to.
type providerIdentity struct {
	ProviderName           string `aws:"ProviderNameType"`
	ProviderAttributeName  string `aws:"StringType"`
	ProviderAttributeValue string `aws:"StringType"`
}

const (
	cognitoProvider = "Cognito" // names the pool's own users
	cognitoSubject  = "Cognito_Subject"
	maxLinks        = 5 // API reference, AdminLinkProviderForUser
)

type linkInput struct {
	UserPoolId      string            `aws:"UserPoolIdType,required"`
	DestinationUser *providerIdentity `aws:",required"`
	SourceUser      *providerIdentity `aws:",required"`
}

func adminLinkProviderForUser(c *call, in *linkInput) (*empty, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	to, source := p.named(*in.DestinationUser), *in.SourceUser
	holder := p.linked(func(l providerIdentity) bool { return l == source })
	switch {
	case to == nil:
		return nil, fail(userNotFound, "User does not exist.")
	case p.Providers[source.ProviderName] == nil:
		return nil, fail(invalidParameter, "SourceUser.ProviderName %s is no identity provider of the user pool.", source.ProviderName)
	case source.ProviderAttributeName == "" || source.ProviderAttributeValue == "":
		return nil, fail(invalidParameter, "SourceUser needs ProviderAttributeName and ProviderAttributeValue.")
	case holder == to:
		return nil, fail(invalidParameter, "SourceUser is already linked to DestinationUser")
	case holder != nil:
		return nil, fail(aliasExists, "SourceUser is already linked to another user.")
	case p.federatedProfile(source) != nil:
		return nil, fail(invalidParameter, "Merging is not currently supported: SourceUser has signed in already and has a profile of its own.")
	case len(to.Links) >= maxLinks:
		return nil, fail(limitExceeded, "Up to %d identities can be linked to a user.", maxLinks)
	}
	to.Links = append(to.Links, source)
	to.Modified = c.now
	return nil, nil
}

type disableProviderInput struct {
	UserPoolId string            `aws:"UserPoolIdType,required"`
	User       *providerIdentity `aws:",required"`
}

// adminDisableProviderForUser takes a link away. A user of the pool loses the password, a profile that came by the
// provider is disabled (API reference, AdminDisableProviderForUser).
func adminDisableProviderForUser(c *call, in *disableProviderInput) (*empty, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	which := *in.User
	if holder := p.linked(func(l providerIdentity) bool { return l == which }); holder != nil {
		holder.Links = slices.DeleteFunc(holder.Links, func(l providerIdentity) bool { return l == which })
		holder.Federated = slices.DeleteFunc(holder.Federated, func(f federatedIdentity) bool { return f.Primary != "true" && f.ProviderName == which.ProviderName })
		return nil, nil
	}
	u := p.named(which)
	switch {
	case u == nil:
		return nil, fail(userNotFound, "User does not exist.")
	case which.ProviderName == cognitoProvider:
		u.Password = nil
	default:
		u.Enabled = false
		c.signOutEverywhere(u)
	}
	return nil, nil
}

// named is the user that an identity names: by user name among the pool's own.
func (p *userPool) named(i providerIdentity) *user {
	if i.ProviderName == cognitoProvider {
		return p.find(i.ProviderAttributeValue)
	}
	return p.federatedProfile(i)
}

// federatedProfile is the profile of a user who came by an identity provider.
func (p *userPool) federatedProfile(i providerIdentity) *user {
	for _, u := range p.users.all() {
		for _, f := range u.Federated {
			if f.Primary == "true" && f.ProviderName == i.ProviderName && f.UserID == i.ProviderAttributeValue {
				u.touch()
				return u
			}
		}
	}
	return nil
}

// linked is the user who has a link.
func (p *userPool) linked(is func(providerIdentity) bool) *user {
	for _, u := range p.users.all() {
		if slices.ContainsFunc(u.Links, is) {
			u.touch()
			return u
		}
	}
	return nil
}
