package core

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
)

// The names of what is stored are those of core/contract.

// keys are the names of stored values.
type keys struct {
	prefix   string // CognitoIdentityServiceProvider.<clientId>.
	own      string // AmplifyAuth.<clientId>. for what Amplify does not have
	identity string // com.amplify.Cognito.<identityPoolId>.identityId
}

func newKeys(cfg *config.Config) keys {
	var k keys
	if o := cfg.OAuth; o != nil && o.ClientID != "" {
		k.own = contract.OwnPrefix + o.ClientID + "."
	}
	if p := cfg.UserPool; p != nil {
		k.prefix = contract.CognitoPrefix + p.ClientID + "."
		k.own = contract.OwnPrefix + p.ClientID + "."
	}
	if p := cfg.IdentityPool; p != nil {
		k.identity = contract.IdentityPrefix + p.ID + contract.IdentitySuffix
		if k.own == "" {
			k.own = contract.OwnPrefix + p.ID + "."
		}
	}
	return k
}

func (k keys) lastUser() string               { return k.prefix + contract.LastUser }
func (k keys) user(name, field string) string { return k.prefix + name + "." + field }

// A session is what is stored of the user who signed in last.
type session struct {
	Username   string
	Access, ID *Token // nil when absent or not of this pool and client
	Refresh    string
	Drift      time.Duration // the service's clock minus ours when the tokens came
	Details    signInDetails
	OAuth      bool // signed in through the hosted UI
	External   bool // which was another provider's than the user pool's
	oauthSession
	spoilt bool // there is an id token, but not one of this pool and client
}

type signInDetails struct {
	LoginID      string `json:"loginId,omitempty"`
	AuthFlowType string `json:"authFlowType,omitempty"`
}

const margin = contract.TokenMargin

// whole reports whether the session has tokens of one generation.
func (s *session) whole() bool {
	return s.Access != nil && !s.spoilt && (s.External || s.ID == nil || sameGeneration(s.ID, s.Access))
}

// fresh reports whether all tokens are good at the local time now.
func (s *session) fresh(now time.Time) bool {
	if !s.whole() {
		return false
	}
	now = now.Add(s.Drift)
	good := func(t *Token) bool {
		// Before a token was issued the clock is wrong, and nothing it says is known.
		return now.Add(margin).Before(t.Expiration()) && !now.Add(clockLeeway).Before(t.Time("iat"))
	}
	return good(s.Access) && (s.ID == nil || good(s.ID))
}

// state is the user state that the stored session stands for. A session whose
// refresh token was refused keeps its id token only; see expireSession.
func (s *session) state(now time.Time) UserState {
	switch {
	case s == nil:
		return SignedOut
	case s.Access != nil && (s.Refresh != "" || s.fresh(now)):
		return SignedIn
	case s.ID != nil, s.External:
		return SignedOutUserPoolsTokenInvalid
	}
	return SignedOut
}

// loadSession reads the session of the user who signed in last; nil without one.
func (a *Auth) loadSession(ctx context.Context) (*session, error) {
	s, err := a.readSession(ctx)
	if s != nil {
		s = a.refresh.current(s)
		a.drifted(s)
	}
	return s, err
}

func (a *Auth) readSession(ctx context.Context) (*session, error) {
	if a.cfg.UserPool == nil {
		return a.loadExternal(ctx)
	}
	last, err := a.Storage.Get(ctx, a.keys.lastUser())
	if err != nil {
		return nil, err
	}
	if last[0] == nil || *last[0] == "" {
		return a.loadExternal(ctx)
	}
	s := &session{Username: *last[0]}
	values, err := a.Storage.Get(ctx, a.userKeys(s.Username, contract.SessionFields)...)
	if err != nil {
		return nil, err
	}
	text := func(i int) string {
		if values[i] == nil {
			return ""
		}
		return *values[i]
	}
	pool := a.cfg.UserPool
	if t, err := oidc.ParseToken(text(0)); err == nil && ofPool(t, "access", pool.ID, pool.ClientID) {
		s.Access = t
	}
	if t, err := oidc.ParseToken(text(1)); err == nil && ofPool(t, "id", pool.ID, pool.ClientID) {
		s.ID = t
	}
	s.spoilt = s.ID == nil && text(1) != ""
	s.Refresh = text(2)
	if ms, err := strconv.ParseInt(text(3), 10, 64); err == nil && contract.Whole(contract.Drift, ms) {
		s.Drift = time.Duration(ms) * time.Millisecond
	}
	_ = json.Unmarshal([]byte(text(4)), &s.Details) // a hint for people, good to lose
	var oauth oauthMetadata
	if readRecord(values[5], contract.OAuthMetadata, &oauth) {
		s.OAuth, s.oauthSession = oauth.OAuthSignIn, oauth.oauthSession
	}
	return s, nil
}

// oauthMetadata is Amplify's note of a sign-in by the hosted UI, with ours added.
type oauthMetadata struct {
	OAuthSignIn bool `json:"oauthSignIn"`
	oauthSession
}

// saveSession writes all of a session at once; begins says that it is a new one.
// Browsers tell other pages the changes one by one, in the order of the writes.
func (a *Auth) saveSession(ctx context.Context, s *session, begins bool, more ...Change) error {
	if s.External {
		return a.saveExternal(ctx, s, more...)
	}
	set := func(field, value string) {
		c := Change{Key: a.keys.user(s.Username, field)}
		if value != "" {
			c.Value = &value
		}
		more = append(more, c)
	}
	if !begins { // who sees the new access token must not find the old refresh token
		set("refreshToken", s.Refresh)
	}
	id := ""
	if s.ID != nil {
		id = s.ID.Raw
	}
	set("idToken", id)
	set("clockDrift", strconv.FormatInt(s.Drift.Milliseconds(), 10))
	details, err := json.Marshal(s.Details)
	if err != nil {
		return err
	}
	set("signInDetails", string(details))
	oauth := []byte{}
	if s.OAuth {
		if oauth, err = json.Marshal(oauthMetadata{true, s.oauthSession}); err != nil {
			return err
		}
	}
	set("oauthMetadata", string(oauth))
	set("accessToken", s.Access.Raw)
	// A user is named once the tokens are there.
	more = append(more, Change{Key: a.keys.lastUser(), Value: &s.Username})
	if begins { // the sign by which Amplify knows a sign-in, and reads the session
		set("refreshToken", s.Refresh)
	}
	more = append(more, Change{Key: a.keys.external()}, Change{Key: a.keys.federation()}, Change{Key: a.keys.credentials()})
	return a.Storage.Apply(ctx, more)
}

// An externalSession is stored as one value: that of a provider other than the
// user pool, which Amplify does not have. Times are milliseconds since 1970, the
// expiration by the provider's clock, which is ahead of ours by ClockDrift.
type externalSession struct {
	Username     string `json:"username,omitempty"`
	AccessToken  string `json:"accessToken,omitempty"`
	IDToken      string `json:"idToken,omitempty"`
	RefreshToken string `json:"refreshToken,omitempty"`
	Expiration   int64  `json:"expiration,omitempty"` // of the access token
	ClockDrift   int64  `json:"clockDrift,omitempty"`
	oauthSession
}

func (k keys) external() string { return k.own + contract.ExternalSession }

// loadExternal reads the session of another provider; nil without one.
func (a *Auth) loadExternal(ctx context.Context) (*session, error) {
	if o := a.cfg.OAuth; o == nil || !o.External() {
		return nil, nil
	}
	v, err := a.Storage.Get(ctx, a.keys.external())
	if err != nil {
		return nil, err
	}
	var e externalSession
	if !readRecord(v[0], contract.ExternalRecord, &e) || e.AccessToken == "" && e.Username == "" {
		return nil, nil
	}
	s := &session{
		Username: e.Username, Refresh: e.RefreshToken, OAuth: true, External: true, oauthSession: e.oauthSession,
		Drift: time.Duration(e.ClockDrift) * time.Millisecond,
	}
	if e.AccessToken != "" {
		s.Access = oidc.Opaque(e.AccessToken, time.UnixMilli(e.Expiration))
	}
	if t, err := oidc.ParseToken(e.IDToken); err == nil {
		s.ID = t
	}
	return s, nil
}

func (a *Auth) saveExternal(ctx context.Context, s *session, more ...Change) error {
	e := externalSession{Username: s.Username, RefreshToken: s.Refresh, ClockDrift: s.Drift.Milliseconds(), oauthSession: s.oauthSession}
	if s.Access != nil {
		e.AccessToken, e.Expiration = s.Access.Raw, s.Access.Expiration().UnixMilli()
	}
	if s.ID != nil {
		e.IDToken = s.ID.Raw
	}
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	text := string(data)
	more = append(more, Change{Key: a.keys.external(), Value: &text}, Change{Key: a.keys.federation()}, Change{Key: a.keys.credentials()})
	if a.cfg.UserPool != nil {
		more = append(more, Change{Key: a.keys.lastUser()})
	}
	return a.Storage.Apply(ctx, more)
}

func (k keys) retryAt() string { return k.own + "retryAt" }

// removeSession forgets a user's session, but not their device.
func (a *Auth) removeSession(ctx context.Context, username string, more ...Change) error {
	return a.Storage.Apply(ctx, append(more, a.sessionRemovals(username)...))
}

func (a *Auth) sessionRemovals(username string) (gone []Change) {
	if a.keys.prefix != "" {
		gone = append(gone, Change{Key: a.keys.lastUser()}) // first: a user is named while the tokens are there
		for _, k := range a.userKeys(username, contract.SessionFields) {
			gone = append(gone, Change{Key: k})
		}
	}
	return append(gone, Change{Key: a.keys.external()}, Change{Key: a.keys.federation()}, Change{Key: a.keys.credentials()}, Change{Key: a.keys.retryAt()})
}

// expireSession marks the session as dead for every page and for the next load:
// the tokens that the service refused go, the id token stays to say whose it was.
func (a *Auth) expireSession(ctx context.Context, s *session) error {
	if s.External {
		dead := *s
		dead.Access, dead.Refresh = nil, ""
		return a.saveExternal(ctx, &dead)
	}
	return a.Storage.Apply(ctx, []Change{
		{Key: a.keys.user(s.Username, "accessToken")},
		{Key: a.keys.user(s.Username, "refreshToken")},
		{Key: a.keys.credentials()},
	})
}

// A device is what a remembered browser proves itself with. Owner is the name
// under which it is stored.
type device struct{ Owner, Key, GroupKey, Password string }

// deviceOwner says whose device serves who signs in by an alias: a service that is
// asked with the password at once names the user too late. aliases are those of an owner.
func (k keys) deviceOwner(alias string) string {
	return k.own + "deviceOwner." + strings.ToLower(alias)
}
func (k keys) aliases(owner string) string { return k.own + "deviceAliases." + owner }

// loadDevice returns the zero device where there is none. name may be an alias that
// the device was used with.
func (a *Auth) loadDevice(ctx context.Context, name string) (device, error) {
	d, err := a.ownDevice(ctx, name)
	if err != nil || d.Key != "" {
		return d, err
	}
	v, err := a.Storage.Get(ctx, a.keys.deviceOwner(name))
	if err != nil || v[0] == nil {
		return device{}, err
	}
	return a.ownDevice(ctx, *v[0])
}

// ownDevice is the device that is stored under its owner's name. One without its
// password is no device.
func (a *Auth) ownDevice(ctx context.Context, owner string) (device, error) {
	v, err := a.Storage.Get(ctx, a.userKeys(owner, contract.DeviceFields)...)
	if err != nil || v[0] == nil || v[1] == nil || v[2] == nil {
		return device{}, err
	}
	return device{owner, *v[0], *v[1], *v[2]}, nil
}

func (a *Auth) saveDevice(ctx context.Context, d device) error {
	k := a.userKeys(d.Owner, contract.DeviceFields)
	return a.Storage.Apply(ctx, []Change{{Key: k[0], Value: &d.Key}, {Key: k[1], Value: &d.GroupKey}, {Key: k[2], Value: &d.Password}})
}

// noteAlias lets a device be found by what its user types.
func (a *Auth) noteAlias(ctx context.Context, owner, alias string) error {
	known, err := a.deviceAliases(ctx, owner)
	alias = strings.ToLower(alias)
	if err != nil || alias == strings.ToLower(owner) || slices.Contains(known, alias) {
		return err
	}
	list := strings.Join(append(known, alias), "\n")
	return a.Storage.Apply(ctx, []Change{{Key: a.keys.deviceOwner(alias), Value: &owner}, {Key: a.keys.aliases(owner), Value: &list}})
}

func (a *Auth) deviceAliases(ctx context.Context, owner string) ([]string, error) {
	v, err := a.Storage.Get(ctx, a.keys.aliases(owner))
	if err != nil || v[0] == nil {
		return nil, err
	}
	return strings.Split(*v[0], "\n"), nil
}

func (a *Auth) forgetDevice(ctx context.Context, owner string) error {
	aliases, err := a.deviceAliases(ctx, owner)
	if err != nil {
		return err
	}
	gone := []Change{{Key: a.keys.aliases(owner)}}
	for _, alias := range aliases {
		gone = append(gone, Change{Key: a.keys.deviceOwner(alias)})
	}
	for _, k := range a.userKeys(owner, contract.DeviceFields) {
		gone = append(gone, Change{Key: k})
	}
	return a.Storage.Apply(ctx, gone)
}

func (a *Auth) userKeys(username string, fields []string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = a.keys.user(username, f)
	}
	return out
}
