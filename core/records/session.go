package records

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
)

// A Session is what is stored of the user who signed in last.
type Session struct {
	Username   string
	Access, ID *oidc.Token // nil when absent or not of this pool and client
	Refresh    string
	Drift      time.Duration // the service's clock minus ours when the tokens came
	Details    SignInDetails
	OAuth      bool // signed in through the hosted UI
	External   bool // which was another provider's than the user pool's
	OAuthSession
	spoilt bool // there is an id token, but not one of this pool and client
}

// SignInDetails are Amplify's: how the user signed in.
type SignInDetails struct {
	LoginID      string `json:"loginId,omitempty"`
	AuthFlowType string `json:"authFlowType,omitempty"`
}

// OAuthSession is what a session of the hosted UI is told when it begins.
type OAuthSession struct {
	// FederationProvider is the provider's name in the identity pool. A user pool's
	// session has the user pool's.
	FederationProvider string `json:"federationProviderName,omitempty"`
	// DisableFederation keeps the session from the identity pool.
	DisableFederation bool   `json:"disableFederation,omitempty"`
	IdentityProvider  string `json:"identityProvider,omitempty"`
	IDPIdentifier     string `json:"idpIdentifier,omitempty"`
}

// oauthMetadata is Amplify's note of a sign-in by the hosted UI, with ours added.
type oauthMetadata struct {
	OAuthSignIn bool `json:"oauthSignIn"`
	OAuthSession
}

// OfPool reports whether a token says that it is of this use and was issued by the
// pool to the client. The issuer's host may be the service's or that of an endpoint of
// ours, so its last part decides.
func OfPool(t *oidc.Token, use, poolID, clientID string) bool {
	audience := "client_id"
	if use == "id" {
		audience = "aud"
	}
	return t != nil && t.Text("token_use") == use && t.Text(audience) == clientID &&
		strings.HasSuffix(t.Text("iss"), "/"+poolID) && !t.Expiration().IsZero()
}

// sameGeneration reports whether an id token and an access token were issued
// together. A page may read while another page is between two writes.
func sameGeneration(id, access *oidc.Token) bool {
	const origin = "origin_jti"
	if a, b := id.Text(origin), access.Text(origin); a != "" && b != "" && a != b {
		return false
	}
	a, b := id.Time("iat"), access.Time("iat")
	if a.IsZero() || b.IsZero() {
		return true
	}
	gap := a.Sub(b)
	return gap.Abs() < contract.GenerationGap
}

// Whole reports whether the session has tokens of one generation.
func (s *Session) Whole() bool {
	return s.Access != nil && !s.spoilt && (s.External || s.ID == nil || sameGeneration(s.ID, s.Access))
}

// Begins reports whether there is no refresh token, or not yet: a sign-in writes it last.
func (s *Session) Begins() bool { return s.Access != nil && s.Refresh == "" && !s.External }

// Fresh reports whether all tokens are good at the local time now.
func (s *Session) Fresh(now time.Time) bool { return s.freshAt(now.Add(s.Drift)) }

// Surely is Fresh also where the clock was put right since its offset was stored.
func (s *Session) Surely(now time.Time) bool { return s.Fresh(now) && s.freshAt(now) }

func (s *Session) freshAt(server time.Time) bool {
	good := func(t *oidc.Token) bool {
		// Before a token was issued the clock is wrong, and nothing it says is known.
		return server.Add(contract.TokenMargin).Before(t.Expiration()) && !server.Add(contract.ClockLeeway).Before(t.Time("iat"))
	}
	return s.Whole() && good(s.Access) && (s.ID == nil || good(s.ID))
}

// SignIn tells sign-ins apart, that of one user too. It stays over refreshes.
func (s *Session) SignIn() string {
	for _, t := range []*oidc.Token{s.Access, s.ID} {
		if t == nil {
			continue
		}
		if origin := t.Text("origin_jti"); origin != "" {
			return origin
		}
		if at := t.Time("auth_time"); !at.IsZero() {
			return fmt.Sprint(t.Text("sub"), ".", at.Unix())
		}
	}
	sum := sha256.Sum256([]byte(s.Username + s.Refresh))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Session reads the session of the user who signed in last; nil without one.
func (s Store) Session(ctx context.Context) (*Session, error) {
	if s.pool == nil {
		return s.externalSession(ctx)
	}
	username, values, err := s.lastUser(ctx)
	if err != nil {
		return nil, err
	}
	if username == "" {
		return s.externalSession(ctx)
	}
	out := &Session{Username: username}
	text := func(i int) string {
		if values[i] == nil {
			return ""
		}
		return *values[i]
	}
	if t, err := oidc.ParseToken(text(0)); err == nil && OfPool(t, "access", s.pool.ID, s.pool.ClientID) {
		out.Access = t
	}
	if t, err := oidc.ParseToken(text(1)); err == nil && OfPool(t, "id", s.pool.ID, s.pool.ClientID) {
		out.ID = t
	}
	out.spoilt = out.ID == nil && text(1) != ""
	out.Refresh = text(2)
	if ms, err := strconv.ParseInt(text(3), 10, 64); err == nil && contract.Whole(contract.Drift, ms) {
		out.Drift = time.Duration(ms) * time.Millisecond
	}
	_ = json.Unmarshal([]byte(text(4)), &out.Details) // a hint for people, good to lose
	var oauth oauthMetadata
	if read(values[5], contract.OAuthMetadata, &oauth) {
		out.OAuth, out.OAuthSession = oauth.OAuthSignIn, oauth.OAuthSession
	}
	return out, nil
}

// mostReads bounds what is read again because somebody else has signed in meanwhile.
const mostReads = 5

// lastUser reads who signed in last, and their session's fields in the same moment: another
// page may be between two writes, of which the name is the first that goes.
func (s Store) lastUser(ctx context.Context) (username string, fields []*string, err error) {
	keys := []string{s.LastUserKey()}
	for range mostReads {
		values, err := s.Storage.Get(ctx, keys...)
		if err != nil || values[0] == nil || *values[0] == "" {
			return "", nil, err
		}
		if len(keys) > 1 && *values[0] == username {
			return username, values[1:], nil
		}
		username = *values[0]
		keys = append(keys[:1], s.userKeys(username, contract.SessionFields)...)
	}
	return "", nil, nil
}

// PutSession writes all of a session at once; begins says that it is a new one.
// Browsers tell other pages the changes one by one, in the order of the writes.
func (s Store) PutSession(ctx context.Context, in *Session, begins bool, more ...Change) error {
	if in.External {
		return s.putExternal(ctx, in, more...)
	}
	set := func(field, value string) {
		c := Change{Key: s.UserKey(in.Username, field)}
		if value != "" {
			c.Value = &value
		}
		more = append(more, c)
	}
	if !begins { // who sees the new access token must not find the old refresh token
		set("refreshToken", in.Refresh)
	}
	id := ""
	if in.ID != nil {
		id = in.ID.Raw
	}
	set("idToken", id)
	set("clockDrift", drift(in))
	details, err := json.Marshal(in.Details)
	if err != nil {
		return err
	}
	set("signInDetails", string(details))
	oauth := []byte{}
	if in.OAuth {
		if oauth, err = json.Marshal(oauthMetadata{true, in.OAuthSession}); err != nil {
			return err
		}
	}
	set("oauthMetadata", string(oauth))
	set("accessToken", in.Access.Raw)
	// A user is named once the tokens are there.
	more = append(more, Change{Key: s.LastUserKey(), Value: &in.Username})
	if begins { // the sign by which Amplify knows a sign-in, and reads the session
		set("refreshToken", in.Refresh)
	}
	return s.Storage.Apply(ctx, append(more, removals(s.ExternalKey(), s.FederationKey(), s.CredentialsKey())...))
}

func drift(s *Session) string { return strconv.FormatInt(s.Drift.Milliseconds(), 10) }

// PutDrift stores the offset of the session's clock alone.
func (s Store) PutDrift(ctx context.Context, of *Session) error {
	if of.External {
		return s.putExternal(ctx, of)
	}
	ms := drift(of)
	return s.Storage.Apply(ctx, []Change{{Key: s.UserKey(of.Username, "clockDrift"), Value: &ms}})
}

// PutRefreshToken stores the session's refresh token alone.
func (s Store) PutRefreshToken(ctx context.Context, of *Session) error {
	if of.External {
		return s.putExternal(ctx, of)
	}
	return s.Storage.Apply(ctx, []Change{{Key: s.UserKey(of.Username, "refreshToken"), Value: &of.Refresh}})
}

// RemoveSession forgets a user's session, but not their device.
func (s Store) RemoveSession(ctx context.Context, username string, more ...Change) error {
	return s.Storage.Apply(ctx, append(more, s.SessionRemovals(username)...))
}

// SessionRemovals are the changes that RemoveSession makes.
func (s Store) SessionRemovals(username string) (gone []Change) {
	if s.prefix != "" {
		gone = removals(s.LastUserKey()) // first: a user is named while the tokens are there
		gone = append(gone, s.UserRemovals(username)...)
	}
	return append(gone, removals(s.ExternalKey(), s.FederationKey(), s.CredentialsKey(), s.RetryAtKey())...)
}

// UserRemovals forget what SessionRemovals does under the user's name.
func (s Store) UserRemovals(username string) []Change {
	return removals(s.userKeys(username, contract.SessionFields)...)
}

// ExpireSession marks the session as dead for every page and for the next load:
// the tokens that the service refused go, the id token stays to say whose it was.
func (s Store) ExpireSession(ctx context.Context, of *Session) error {
	if of.External {
		dead := *of
		dead.Access, dead.Refresh = nil, ""
		return s.putExternal(ctx, &dead)
	}
	return s.Remove(ctx, s.UserKey(of.Username, "accessToken"), s.UserKey(of.Username, "refreshToken"), s.CredentialsKey())
}
