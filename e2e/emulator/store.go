package emulator

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
	"time"
)

// state is everything the service remembers; Server.mu guards it.
type state struct {
	pools    *table[*userPool]   // by pool id
	clients  *table[*poolClient] // by client id: client ids are unique over pools
	sessions *table[*attempt]    // sign-ins under way, by Session
	spent    *table[time.Time]   // Sessions that were used up, and when to forget them
	pruneAt  int                 // how many of both there may be before old ones are looked for
	grantsAt int                 // as pruneAt, of grants
	grants   *table[*grant]      // signed-in sessions, by the event_id of their tokens
	refresh  *table[*refreshToken]
	lockouts *table[*lockout] // by pool, Region and canonical user name, existing or not

	federation federation // identity pools
	oauth      oauthState // the user pool domain
}

func newState(j *journal) state {
	return state{
		pools:    newTable[*userPool](j, "pools", ""),
		clients:  newTable[*poolClient](j, "clients", ""),
		sessions: newTable[*attempt](j, "sessions", ""),
		spent:    newTable[time.Time](j, "spent", ""),
		grants:   newTable[*grant](j, "grants", ""),
		refresh:  newTable[*refreshToken](j, "refresh", ""),
		lockouts: newTable[*lockout](j, "lockouts", ""),

		federation: newFederation(j),
		oauth:      newOAuthState(j),
	}
}

// What a row or a part of one keeps in the data file are its exported fields (journal.go); pointers to other rows are
// named by its record (stored.go).

type userPool struct {
	ID, Name string
	poolSettings
	AliasAttributes, UsernameAttributes []string
	CaseSensitive                       bool
	Schema                              []schemaAttribute // the standard attributes, then custom:*
	MFA                                 mfaSettings       // MfaConfiguration is that of poolSettings
	Domain                              string
	Created, Modified                   time.Time

	users          *table[*user] // by canonical user name
	Groups         map[string]*group
	Providers      map[string]*identityProvider
	Servers        map[string]*resourceServer
	Sessions       sessionRules
	DomainSettings domainSettings
	Terms          map[string]*terms    // by id
	Branding       map[string]*branding // by id
	Replica        *replica             // nil: in one Region only
	Keys           *signingKeys
	Secret         [32]byte // seals SECRET_BLOCK, simulates unknown users
}

type poolClient struct {
	ID, Name string
	Secrets  []clientSecret // none: a public client
	pool     *userPool
	clientSettings
	SSOSession        *ssoSessionRules // nil: the default
	Created, Modified time.Time
}

type user struct {
	pool              *userPool
	Username, Sub     string
	Status            string // UNCONFIRMED, CONFIRMED, FORCE_CHANGE_PASSWORD, RESET_REQUIRED, EXTERNAL_PROVIDER
	Enabled           bool
	Attributes        map[string]string
	Created, Modified time.Time

	Password        *verifier   // nil: no password
	History         []*verifier // earlier ones, newest first
	PasswordExpires time.Time   // of a temporary password

	Groups []string
	Codes  map[string]*code // by purpose
	Pacing map[string]*pace // calls per hour, by operation

	MFA         map[string]bool // enabled MFA methods: SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP
	Preferred   string          // preferred MFA method
	WebAuthnMFA bool
	TOTP        *totp
	TOTPSetup   *totp // between AssociateSoftwareToken and VerifySoftwareToken

	Devices  []*device
	Passkeys []*passkey
	Enrol    *passkeyCeremony  // between StartWebAuthnRegistration and its completion
	Pending  map[string]string // attribute values that wait for their verification code

	Federated []federatedIdentity // at identity providers that the user came by
	Links     []providerIdentity  // at which the user may come by (AdminLinkProviderForUser)
	Events    []authEvent         // of sign-ins, newest first, while the pool has threat protection
}

type group struct {
	GroupName        string
	UserPoolId       string
	Description      string `json:",omitempty"`
	RoleArn          string `json:",omitempty"`
	Precedence       *int   `json:",omitempty"`
	LastModifiedDate epoch
	CreationDate     epoch
}

// canonical is the key of a user name in the pool.
func (p *userPool) canonical(username string) string {
	if p.CaseSensitive {
		return username
	}
	return strings.ToLower(username)
}

// poolName is the part of the pool id that SRP hashes.
func (p *userPool) poolName() string {
	_, name, _ := strings.Cut(p.ID, "_")
	return name
}

func (p *userPool) region() string {
	region, _, _ := strings.Cut(p.ID, "_")
	return region
}

// find looks a user up by anything that one may sign in with: the user name, the sub, and the attributes that the
// pool takes as user names (UsernameAttributes) or, once verified, as aliases (AliasAttributes).
func (p *userPool) find(name string) *user {
	if name == "" {
		return nil
	}
	if u := p.users.get(p.canonical(name)); u != nil {
		return u
	}
	if u := p.bySub(name); u != nil {
		return u
	}
	for _, attr := range p.UsernameAttributes {
		if u := p.holder(attr, name, false, nil); u != nil {
			return u
		}
	}
	for _, attr := range p.AliasAttributes {
		if u := p.holder(attr, name, attr != "preferred_username", nil); u != nil {
			return u
		}
	}
	return nil
}

// holder returns the user, other than but, whose attribute has the value.
func (p *userPool) holder(attr, value string, verified bool, but *user) *user {
	for _, u := range p.users.all() {
		if held := u.Attributes[attr]; u != but && held != "" && p.canonical(held) == p.canonical(value) &&
			(!verified || u.Attributes[attr+"_verified"] == "true") {
			u.touch()
			return u
		}
	}
	return nil
}

// bySub finds the owner of a token.
func (p *userPool) bySub(sub string) *user {
	for _, u := range p.users.all() {
		if u.Sub == sub {
			u.touch()
			return u
		}
	}
	return nil
}

// touch tells the journal that a user may change who was found otherwise than by the table.
func (u *user) touch() { u.pool.users.touch(u.pool.canonical(u.Username)) }

func (c *call) pool(id string) (*userPool, error) {
	p := c.state.pools.get(id)
	if p == nil {
		return nil, fail(resourceNotFound, "User pool %s does not exist.", id)
	}
	return p, nil
}

func (c *call) client(id string) (*poolClient, error) {
	client := c.findClient(id)
	if client == nil {
		return nil, fail(resourceNotFound, "User pool client %s does not exist.", id)
	}
	return client, nil
}

// findClient is the app client of an id; nil if there is none.
func (c *call) findClient(id string) *poolClient {
	client := c.state.clients.get(id)
	if client != nil {
		c.state.pools.touch(client.pool.ID)
	}
	return client
}

// poolUser finds the user of an admin operation.
func (c *call) poolUser(poolID, username string) (*userPool, *user, error) {
	p, err := c.pool(poolID)
	if err != nil {
		return nil, nil, err
	}
	u := p.find(username)
	if u == nil {
		return nil, nil, fail(userNotFound, "User does not exist.")
	}
	return p, u, nil
}

// masked reports whether the client hides which users exist.
func (pc *poolClient) masked() bool { return pc.PreventUserExistenceErrors == "ENABLED" }

// allows reports whether the client takes an auth flow, by its modern name (ALLOW_USER_SRP_AUTH). A client with legacy
// names has SRP besides those, unless it is CUSTOM_AUTH_FLOW_ONLY, and refreshes: they add flows to those that every
// client had before there were ALLOW_ names.
func (pc *poolClient) allows(flow string) bool {
	if pc.legacyFlows() && (flow == "ALLOW_REFRESH_TOKEN_AUTH" || flow == "ALLOW_USER_SRP_AUTH" && !slices.Contains(pc.ExplicitAuthFlows, "CUSTOM_AUTH_FLOW_ONLY")) {
		return true
	}
	legacy := map[string]string{
		"ALLOW_ADMIN_USER_PASSWORD_AUTH": "ADMIN_NO_SRP_AUTH",
		"ALLOW_USER_PASSWORD_AUTH":       "USER_PASSWORD_AUTH",
		"ALLOW_CUSTOM_AUTH":              "CUSTOM_AUTH_FLOW_ONLY",
	}[flow]
	return slices.Contains(pc.ExplicitAuthFlows, flow) || legacy != "" && slices.Contains(pc.ExplicitAuthFlows, legacy)
}

// legacyFlows reports whether the client names its flows as before the ALLOW_ names; configure refuses a mixture.
func (pc *poolClient) legacyFlows() bool {
	return len(pc.ExplicitAuthFlows) > 0 && !strings.HasPrefix(pc.ExplicitAuthFlows[0], "ALLOW_")
}

// rotates reports whether the client's refresh tokens are replaced at each use.
func (pc *poolClient) rotates() bool {
	return pc.RefreshTokenRotation != nil && pc.RefreshTokenRotation.Feature == "ENABLED"
}

func (pc *poolClient) revocable() bool {
	return pc.EnableTokenRevocation == nil || *pc.EnableTokenRevocation
}

func seconds(t time.Time) epoch { return epoch(float64(t.UnixMilli()) / 1000) }

// randomText returns n random characters of an alphabet.
func randomText(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			panic(err)
		}
		b[i] = alphabet[j.Int64()]
	}
	return string(b)
}
