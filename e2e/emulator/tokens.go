package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// adminScope is the scope of tokens that the API issues; AccessToken operations ask for it.
const adminScope = "aws.cognito.signin.user.admin"

// grant is one signed-in session of a user in a client: what a refresh token stands for.
type grant struct {
	ID       string // origin_jti
	EventID  string
	client   *poolClient
	user     *user
	Scopes   []string
	OAuth    bool           // issued by the OAuth endpoints
	Nonce    string         // of an OAuth authorization request
	Extra    map[string]any // further ID token claims (identities)
	Resource string         // aud of access tokens: RFC 8707
	AuthTime time.Time
	Expires  time.Time       // of its refresh tokens
	Device   string          // device key
	AMR      []string        // factors of the sign-in
	Level    int             // that its identity provider vouches for
	origin   *webSession     // of managed login that it came through
	Tracked  *trackedSession // nil: the pool did not track sessions
	Revoked  bool
}

// authenticationResult is what InitiateAuth, RespondToAuthChallenge and GetTokensFromRefreshToken answer.
type authenticationResult struct {
	AccessToken       string             `json:",omitempty"`
	ExpiresIn         int                // seconds, of the access token
	TokenType         string             `json:",omitempty"`
	RefreshToken      string             `json:",omitempty"`
	IdToken           string             `json:",omitempty"`
	NewDeviceMetadata *newDeviceMetadata `json:",omitempty"`
}

type newDeviceMetadata struct {
	DeviceKey      string
	DeviceGroupKey string
}

// newGrant remembers a new signed-in session. It is live at once; mint makes its tokens.
func (c *call) newGrant(client *poolClient, u *user, scopes ...string) *grant {
	g := &grant{
		ID: uuid(), EventID: uuid(), client: client, user: u, Scopes: scopes,
		AuthTime: c.now, Expires: c.now.Add(client.refreshValidity()),
	}
	if c.state.grants.len() >= c.state.grantsAt {
		c.state.pruneGrants(c.now)
	}
	c.state.grants.put(g.EventID, g)
	return g
}

// pruneGrants forgets sessions that expired a day ago, when their last tokens have expired too.
func (st *state) pruneGrants(now time.Time) {
	old := func(g *grant) bool { return !now.Before(g.Expires.Add(24 * time.Hour)) }
	st.refresh.removeAll(func(t *refreshToken) bool { return old(t.grant) })
	st.grants.removeAll(old)
	st.grantsAt = 2*st.grants.len() + 1000
}

// mint signs a new ID token and access token of a grant. source is the PreTokenGeneration trigger's
// (TokenGeneration_Authentication, …), metadata its ClientMetadata.
func (c *call) mint(g *grant, source string, metadata map[string]string) (*authenticationResult, error) {
	custom, err := c.preTokenGeneration(g, source, metadata)
	if err != nil {
		return nil, err
	}
	g.Tracked.touch(c)
	c.state.grants.touch(g.EventID)
	if g.origin != nil {
		g.origin.Tracked.touch(c)
		c.state.oauth.sessions.touch(g.origin.ID)
	}
	result := &authenticationResult{
		AccessToken: g.client.pool.Keys.Access.sign(c.accessClaims(g, custom)),
		TokenType:   "Bearer", ExpiresIn: int(g.client.accessValidity().Seconds()),
	}
	if !g.OAuth || slices.Contains(g.Scopes, "openid") {
		result.IdToken = g.client.pool.Keys.ID.sign(c.idClaims(g, custom, result.AccessToken))
	}
	return result, nil
}

// claims are those of either token, which lives for a while from now.
func (c *call) claims(g *grant, custom customization, validity time.Duration) jwt.MapClaims {
	claims := jwt.MapClaims{
		"sub": g.user.Sub, "iss": c.issuer(g.client.pool), "event_id": g.EventID, "jti": uuid(),
		"auth_time": g.AuthTime.Unix(), "iat": c.now.Unix(), "exp": c.now.Add(validity).Unix(),
	}
	maps.Copy(claims, g.acrClaims())
	if g.client.revocable() || g.client.rotates() {
		claims["origin_jti"] = g.ID
	}
	if len(custom.groups) > 0 {
		claims["cognito:groups"] = custom.groups
	}
	return claims
}

func (c *call) accessClaims(g *grant, custom customization) jwt.MapClaims {
	access := c.claims(g, custom, g.client.accessValidity())
	access["token_use"] = "access"
	access["client_id"] = g.client.ID
	access["username"] = g.user.Username
	if g.OAuth {
		access["version"] = 2
	}
	if g.Resource != "" {
		access["aud"] = g.Resource
	}
	if g.Device != "" {
		access["device_key"] = g.Device
	}
	access["scope"] = strings.Join(custom.scopes(g.Scopes), " ")
	custom.access.apply(access)
	return access
}

func (c *call) idClaims(g *grant, custom customization, accessToken string) jwt.MapClaims {
	id := c.claims(g, custom, g.client.idValidity())
	id["token_use"] = "id"
	id["aud"] = g.client.ID
	id["cognito:username"] = g.user.Username
	if g.Nonce != "" {
		id["nonce"] = g.Nonce
	}
	if g.OAuth {
		sum := sha256.Sum256([]byte(accessToken))
		id["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	if len(custom.roles) > 0 {
		id["cognito:roles"] = custom.roles
	}
	if custom.preferredRole != "" {
		id["cognito:preferred_role"] = custom.preferredRole
	}
	maps.Copy(id, g.Extra)
	for name, value := range g.user.Attributes {
		if !g.client.reads(name) || g.OAuth && !scopeShows(g.Scopes, name) {
			continue
		}
		if strings.HasSuffix(name, "_verified") {
			id[name] = value == "true"
		} else if _, taken := id[name]; !taken {
			id[name] = value
		}
	}
	custom.id.apply(id)
	return id
}

// scopeShows reports whether OAuth scopes let an attribute into the ID token: email and phone their own, profile all
// the others; openid alone shows everything the client may read.
func scopeShows(scopes []string, attr string) bool {
	var narrow bool
	for _, s := range scopes {
		switch s {
		case "email":
			narrow = true
			if attr == "email" || attr == "email_verified" {
				return true
			}
		case "phone":
			narrow = true
			if attr == "phone_number" || attr == "phone_number_verified" {
				return true
			}
		case "profile":
			return true
		case adminScope:
			return true
		}
	}
	return !narrow
}

func (k signingKey) sign(claims jwt.MapClaims) string {
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	delete(t.Header, "typ") // Cognito's header has kid and alg only
	t.Header["kid"] = k.Kid
	signed, err := t.SignedString(k.Private)
	if err != nil {
		panic(err)
	}
	return signed
}

// SignToken signs any claims with a pool's key for use "id" or "access": for tests of how clients check tokens.
func (s *Server) SignToken(poolID, use string, claims map[string]any) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state.pools.get(poolID)
	if p == nil {
		return "", errors.New("no user pool " + poolID)
	}
	if use == "id" {
		return p.Keys.ID.sign(claims), nil
	}
	return p.Keys.Access.sign(claims), nil
}

var (
	errTokenInvalid = errors.New("token invalid")
	errTokenExpired = errors.New("token expired")
	errTokenRevoked = errors.New("token revoked")
)

// parsedToken is a verified ID or access token.
type parsedToken struct {
	claims jwt.MapClaims
	pool   *userPool
	grant  *grant // nil if the session is unknown, as with tokens of SignToken
	user   *user  // nil if deleted since
}

func (t *parsedToken) text(claim string) string {
	s, _ := t.claims[claim].(string)
	return s
}

func (t *parsedToken) scopes() []string { return strings.Fields(t.text("scope")) }

// parseToken verifies signature, issuer, expiry, use ("id" or "access") and revocation of a token of any pool.
// The error is errTokenInvalid, errTokenExpired or errTokenRevoked; after the latter two the token is returned too.
func (c *call) parseToken(token, use string) (*parsedToken, error) {
	var p *userPool
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(func() time.Time { return c.now }), jwt.WithExpirationRequired())
	claims := jwt.MapClaims{}
	_, err := parser.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		iss, _ := claims["iss"].(string)
		if p = c.poolOfIssuer(iss); p == nil {
			return nil, errTokenInvalid
		}
		for _, k := range p.Keys.published() {
			if k.Kid == t.Header["kid"] {
				return &k.Private.PublicKey, nil
			}
		}
		return nil, errTokenInvalid
	})
	t := &parsedToken{claims: claims, pool: p}
	expired := errors.Is(err, jwt.ErrTokenExpired)
	if err != nil && !expired || t.text("token_use") != use {
		return nil, errTokenInvalid
	}
	t.user = p.bySub(t.text("sub"))
	if g := c.state.grants.get(t.text("event_id")); g != nil && g.client.pool == p {
		t.grant = g
	}
	switch {
	case expired:
		return t, errTokenExpired
	case t.grant != nil && t.grant.Revoked:
		return t, errTokenRevoked
	}
	return t, nil
}

// signedIn checks the AccessToken of an operation and returns its user.
func (c *call) signedIn(accessToken string) (*user, *parsedToken, error) {
	t, err := c.parseToken(accessToken, "access")
	switch {
	case errors.Is(err, errTokenExpired):
		return nil, nil, fail(notAuthorized, "Access Token has expired")
	case errors.Is(err, errTokenRevoked):
		return nil, nil, fail(notAuthorized, "Access Token has been revoked")
	case err != nil:
		return nil, nil, fail(notAuthorized, "Invalid Access Token")
	case !slices.Contains(t.scopes(), adminScope):
		return nil, nil, fail(notAuthorized, "Access Token does not have required scopes")
	case t.user == nil:
		return nil, nil, fail(userNotFound, "User does not exist.")
	case !t.user.Enabled:
		return nil, nil, fail(notAuthorized, "User is disabled.")
	case t.user.Status == "RESET_REQUIRED":
		return nil, nil, fail(passwordResetRequired, "Password reset required for the user")
	}
	return t.user, t, nil
}

// validity turns a setting into a duration; none is the default of the client's kind of token.
func validity(n int, unit, defaultUnit string, none time.Duration) time.Duration {
	if n == 0 {
		return none
	}
	if unit == "" {
		unit = defaultUnit
	}
	return time.Duration(n) * map[string]time.Duration{
		"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour,
	}[unit]
}

func (pc *poolClient) units() validityUnits {
	if pc.TokenValidityUnits == nil {
		return validityUnits{}
	}
	return *pc.TokenValidityUnits
}

func (pc *poolClient) accessValidity() time.Duration {
	return validity(pc.AccessTokenValidity, pc.units().AccessToken, "hours", time.Hour)
}

func (pc *poolClient) idValidity() time.Duration {
	return validity(pc.IdTokenValidity, pc.units().IdToken, "hours", time.Hour)
}

func (pc *poolClient) refreshValidity() time.Duration {
	return validity(pc.RefreshTokenValidity, pc.units().RefreshToken, "days", 30*24*time.Hour)
}

// reads reports whether the client may see an attribute: by default all standard ones (CreateUserPoolClient).
func (pc *poolClient) reads(attr string) bool {
	if len(pc.ReadAttributes) == 0 {
		return slices.Contains(standardAttributes, attr)
	}
	return attr == "sub" || slices.Contains(pc.ReadAttributes, attr) || slices.Contains(pc.ReadAttributes, strings.TrimSuffix(attr, "_verified"))
}

// opaque returns a token that tells nothing, n random bytes long.
func opaque(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
