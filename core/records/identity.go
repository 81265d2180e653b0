package records

import (
	"context"
	"encoding/json"
	"time"

	"amplify-auth/core/contract"
)

// A Federation is a session by federatedSignIn, as it is stored. Provider is the
// name in Logins. Without a token the session is over, until a new one comes.
type Federation struct {
	Provider string `json:"provider"`
	FederatedToken
}

// A FederatedToken is what an identity provider gave: an ID token (Google, Apple,
// OpenID providers, developer identities), an access token (Facebook, Amazon),
// "token;secret" (Twitter) or a SAML response in base64.
type FederatedToken struct {
	Token string `json:"token,omitempty"`
	// CustomRoleARN chooses one of several roles in the token.
	CustomRoleARN string `json:"customRoleARN,omitempty"`
	// CognitoIdentityID comes with the token of a developer identity.
	CognitoIdentityID string `json:"cognitoIdentityId,omitempty"`
}

// Federation returns nil where there is none.
func (s Store) Federation(ctx context.Context) (*Federation, error) {
	if s.IdentityKey == "" {
		return nil, nil
	}
	v, err := s.Storage.Get(ctx, s.FederationKey())
	if err != nil {
		return nil, err
	}
	f := new(Federation)
	if !read(v[0], contract.FederationRecord, f) || f.Provider == "" {
		return nil, nil
	}
	return f, nil
}

// FederationChange stores a federated session.
func (s Store) FederationChange(f *Federation) (Change, error) {
	stored := *f
	stored.CognitoIdentityID = "" // it has its own place
	return put(s.FederationKey(), stored)
}

// An OwnedIdentity is the stored identity id. Amplify's key has the id; whose it
// is, as far as we know, is noted apart.
type OwnedIdentity struct {
	ID     string `json:"id"`
	Holder string `json:"holder"` // empty for an id of unknown origin
}

// AWSCredentials are temporary. Expiration is in milliseconds since 1970, by the
// service's clock.
type AWSCredentials struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken"`
	Expiration      int64  `json:"expiration"`
}

// Credentials are an identity's AWS credentials as they are stored.
type Credentials struct {
	AWSCredentials
	IdentityID string `json:"identityId"`
	Holder     string `json:"holder"`
	ClockDrift int64  `json:"clockDrift,omitempty"` // the service's clock minus ours, in milliseconds
	Issued     int64  `json:"issued,omitempty"`     // by the service's clock, in milliseconds since 1970
}

// Left is how long they serve; nothing while the clock is wrong: before they were issued.
func (c *Credentials) Left(now time.Time) time.Duration { return c.leftAt(c.Now(now)) }

// Surely is Left also where the clock was put right since its offset was stored.
func (c *Credentials) Surely(now time.Time) time.Duration { return min(c.Left(now), c.leftAt(now)) }

func (c *Credentials) leftAt(server time.Time) time.Duration {
	if server.Add(contract.ClockLeeway).UnixMilli() < c.Issued {
		return 0
	}
	return time.UnixMilli(c.Expiration).Sub(server)
}

// Now is the service's time.
func (c *Credentials) Now(local time.Time) time.Time {
	return local.Add(time.Duration(c.ClockDrift) * time.Millisecond)
}

// IdentityAndCredentials reads the identity and its credentials, nil without any.
func (s Store) IdentityAndCredentials(ctx context.Context) (id OwnedIdentity, c *Credentials, err error) {
	if s.IdentityKey == "" {
		return id, nil, nil
	}
	v, err := s.Storage.Get(ctx, s.IdentityKey, s.IdentityOwnerKey(), s.CredentialsKey())
	if err != nil || v[0] == nil {
		return id, nil, err
	}
	if v[1] != nil {
		_ = json.Unmarshal([]byte(*v[1]), &id) // an odd note is no note
	}
	if id.ID != *v[0] { // written by Amplify, who keeps guests' ids only
		id = OwnedIdentity{ID: *v[0]}
	}
	var stored Credentials
	if read(v[2], contract.CredentialsRecord, &stored) && stored.IdentityID == id.ID && stored.AccessKeyID != "" && stored.SecretAccessKey != "" {
		c = &stored
	}
	return id, c, nil
}

// IdentityChanges store an identity and whose it is.
func (s Store) IdentityChanges(id OwnedIdentity) ([]Change, error) {
	owner, err := put(s.IdentityOwnerKey(), id)
	return []Change{{Key: s.IdentityKey, Value: &id.ID}, owner}, err
}

// IdentityRemovals forget the identity, where there is an identity pool.
func (s Store) IdentityRemovals() []Change {
	if s.IdentityKey == "" {
		return nil
	}
	return removals(s.IdentityKey, s.IdentityOwnerKey())
}

// CredentialChanges store credentials and whose identity theirs is.
func (s Store) CredentialChanges(c *Credentials) ([]Change, error) {
	stored, err := put(s.CredentialsKey(), c)
	if err != nil {
		return nil, err
	}
	changes, err := s.IdentityChanges(OwnedIdentity{c.IdentityID, c.Holder})
	return append(changes, stored), err
}
