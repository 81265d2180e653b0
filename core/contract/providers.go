package contract

import (
	"slices"
	"strings"
)

// A Provider is an identity provider that has a name of its own. HostedUI is
// Cognito's identity_provider of the user pool domain, empty where a pool cannot
// have it; LoginKey is its key in an identity pool's Logins.
type Provider struct{ Name, Label, HostedUI, LoginKey string }

// Providers are the providers with a name of their own.
var Providers = []Provider{
	{"facebook", "Facebook", "Facebook", "graph.facebook.com"},
	{"google", "Google", "Google", "accounts.google.com"},
	{"amazon", "Amazon", "LoginWithAmazon", "www.amazon.com"},
	{"apple", "Apple", "SignInWithApple", "appleid.apple.com"},
	{"twitter", "X", "", "api.twitter.com"},
	{"developer", "", "", DeveloperProvider},
}

// DeveloperProvider is the key in Logins of a developer's own identities.
const DeveloperProvider = "cognito-identity.amazonaws.com"

// NotInProviderNames is the pattern of what does not count in a provider's name,
// nor do capital letters: configurations write SIGN_IN_WITH_APPLE, phones
// accounts.google.com, OpenID providers https://accounts.google.com.
const NotInProviderNames = `^https://|[_ ]|/$`

func plain(name string) string {
	name = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(name), "https://"), "/")
	return strings.NewReplacer("_", "", " ", "").Replace(name)
}

// Aliases are the names that a provider goes by, in lower case and without what
// does not count.
func (p Provider) Aliases() (names []string) {
	for _, name := range []string{p.Name, p.HostedUI, p.LoginKey} { // a brand's name is p.Name as well
		if name != "" {
			names = append(names, plain(name))
		}
	}
	return names
}

// ProviderNamed finds a provider by any of its names. It is none where it is one of
// SAML or OpenID, which has the name that its pool gives it.
func ProviderNamed(name string) (Provider, bool) {
	name = plain(name)
	for _, p := range Providers {
		if slices.Contains(p.Aliases(), name) {
			return p, true
		}
	}
	return Provider{}, false
}

// AWSDomains are what the names of a Region's services end in, by how the Region's name begins.
var AWSDomains = [][2]string{
	{"cn-", "amazonaws.com.cn"},
	{"eusc-", "amazonaws.eu"}, // the European Sovereign Cloud
	{"", "amazonaws.com"},
}
