package records

import (
	"strings"

	"amplify-auth/core/config"
	"amplify-auth/core/contract"
)

// A Layout has the names of stored values. It is that of one configuration.
type Layout struct {
	// Own begins the names of what Amplify does not have: AmplifyAuth.<clientId>.
	Own string
	// IdentityKey is com.amplify.Cognito.<identityPoolId>.identityId, empty without an identity pool.
	IdentityKey string

	prefix   string           // CognitoIdentityServiceProvider.<clientId>., empty without a user pool
	pool     *config.UserPool // whose tokens are stored under prefix
	external bool             // a session may be that of another provider
}

// NewLayout is the layout of a configuration.
func NewLayout(cfg *config.Config) Layout {
	var l Layout
	if o := cfg.OAuth; o != nil && o.ClientID != "" {
		l.Own = contract.OwnPrefix + o.ClientID + "."
	}
	if p := cfg.UserPool; p != nil {
		l.prefix = contract.CognitoPrefix + p.ClientID + "."
		l.Own = contract.OwnPrefix + p.ClientID + "."
	}
	if p := cfg.IdentityPool; p != nil {
		l.IdentityKey = contract.IdentityPrefix + p.ID + contract.IdentitySuffix
		if l.Own == "" {
			l.Own = contract.OwnPrefix + p.ID + "."
		}
	}
	l.pool, l.external = cfg.UserPool, cfg.OAuth != nil && cfg.OAuth.External()
	return l
}

// LastUserKey names the user who signed in last, UserKey what is stored of one.
func (l Layout) LastUserKey() string               { return l.prefix + contract.LastUser }
func (l Layout) UserKey(name, field string) string { return l.prefix + name + "." + field }

func (l Layout) userKeys(username string, fields []string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = l.UserKey(username, f)
	}
	return out
}

// ExternalKey is the session of another provider, FederationKey that of federatedSignIn.
func (l Layout) ExternalKey() string   { return l.Own + contract.ExternalSession }
func (l Layout) FederationKey() string { return l.Own + contract.Federation }

// CredentialsKey are AWS credentials; IdentityOwnerKey says whose the identity is.
func (l Layout) CredentialsKey() string   { return l.Own + contract.Credentials }
func (l Layout) IdentityOwnerKey() string { return l.Own + "identity" }

// DeviceOwnerKey says whose device serves who signs in by an alias: a service that is
// asked with the password at once names the user too late. aliasesKey are those of an owner.
func (l Layout) DeviceOwnerKey(alias string) string {
	return l.Own + "deviceOwner." + strings.ToLower(alias)
}
func (l Layout) aliasesKey(owner string) string { return l.Own + "deviceAliases." + owner }

// RetryAtKey and ReplicaUntilKey are times.
func (l Layout) RetryAtKey() string      { return l.Own + "retryAt" }
func (l Layout) ReplicaUntilKey() string { return l.Own + "replicaUntil" }

// TransactionKey is a sign-in at the hosted UI. The page reads it as well: it takes a
// response off the address bar before the engine is there.
func (l Layout) TransactionKey(state string) string { return l.Own + contract.OAuth + state }
func (l Layout) transactionsKey() string            { return l.Own + "oauth" } // the states, oldest first

// PendingSignInKey and PendingSignUpKey are what a reload finds of one that is half done.
func (l Layout) PendingSignInKey() string { return l.Own + "pendingSignIn" }
func (l Layout) PendingSignUpKey() string { return l.Own + "pendingSignUp" }
