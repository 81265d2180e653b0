package emulator

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Identities: who a login or a guest is, how they merge, and what they get.

var identityOperations = service{
	"GetId":                              identityOp(getID),
	"GetCredentialsForIdentity":          identityOp(getCredentialsForIdentity),
	"GetOpenIdToken":                     identityOp(getOpenIDToken),
	"GetOpenIdTokenForDeveloperIdentity": identityOp(getOpenIDTokenForDeveloperIdentity),
	"UnlinkIdentity":                     identityOp(unlinkIdentity),
	"DescribeIdentity":                   identityOp(describeIdentity),
	"ListIdentities":                     identityOp(listIdentities),
	"DeleteIdentities":                   identityOp(deleteIdentities),
}

const (
	cognitoIdentity   = "cognito-identity.amazonaws.com" // the login of developer identities; https:// before it is an issuer
	loginsMismatch    = "Logins don't match. Please include at least one valid login for this identity or identity pool."
	identityForbidden = "Access to Identity '%s' is forbidden."
)

type getIDInput struct {
	AccountId      string            `aws:"AccountId"`
	IdentityPoolId string            `aws:"IdentityPoolId,required"`
	Logins         map[string]string `aws:"LoginsMap"`
}

type getIDOutput struct{ IdentityId string }

func getID(c *call, in *getIDInput) (*getIDOutput, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	logins, err := c.verifyLogins(p, in.Logins)
	if err != nil {
		return nil, err
	}
	if len(logins) == 0 {
		if !p.AllowUnauthenticatedIdentities {
			return nil, fail(notAuthorized, "Unauthenticated access is not supported for this identity pool.")
		}
		return &getIDOutput{c.newIdentity(p).ID}, nil
	}
	i, err := c.link(p, nil, logins)
	if err != nil {
		return nil, err
	}
	return &getIDOutput{i.ID}, nil
}

func (c *call) newIdentity(p *identityPool) *identity {
	region, _, _ := strings.Cut(p.IdentityPoolId, ":")
	i := &identity{ID: region + ":" + uuid(), pool: p, Logins: map[string]string{}, Created: c.now, Modified: c.now}
	c.state.federation.identities.put(i.ID, i)
	return i
}

// owner is the identity that a login belongs to.
func (c *call) owner(p *identityPool, l login) *identity {
	for _, i := range c.state.federation.identities.all() {
		if subject, ok := i.Logins[l.provider]; ok && i.pool == p && subject == l.subject {
			c.state.federation.identities.touch(i.ID)
			return i
		}
	}
	return nil
}

// link makes the logins those of one identity: that of the first login that has one, or else i, or else a new one. i is
// the identity that the caller named, already found to be theirs; as a guest, or if its logins do not clash with the
// others', it merges into the one returned. An identity has one login of each provider.
func (c *call) link(p *identityPool, i *identity, logins []login) (*identity, error) {
	for _, l := range logins {
		owner := c.owner(p, l)
		switch {
		case owner == nil || owner == i:
			continue
		case i == nil:
			i = owner
			continue
		}
		into, gone := i, owner
		if len(i.Logins) == 0 { // a guest becomes who they are
			into, gone = owner, i
		}
		for provider, subject := range gone.Logins {
			if held, ok := into.Logins[provider]; ok && held != subject {
				return nil, fail(resourceConflict, "Login is already associated with another identity.")
			}
		}
		maps.Copy(into.Logins, gone.Logins)
		clear(gone.Logins)
		gone.Disabled, gone.Modified = true, c.now
		i = into
	}
	if i == nil {
		i = c.newIdentity(p)
	}
	for _, l := range logins {
		if held, ok := i.Logins[l.provider]; ok && held != l.subject {
			return nil, fail(resourceConflict, "Login is already associated with another identity.")
		}
	}
	for _, l := range logins {
		if i.Logins[l.provider] != l.subject {
			i.Logins[l.provider] = l.subject
			i.Modified = c.now
		}
	}
	return i, nil
}

// enter checks that the logins may use an identity, links them to it and returns the identity they then have.
func (c *call) enter(id string, tokens map[string]string) (*identity, []login, error) {
	i := c.state.federation.identities.get(id)
	if i == nil {
		return nil, nil, fail(resourceNotFound, "Identity '%s' not found.", id)
	}
	logins, err := c.verifyLogins(i.pool, tokens)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case len(logins) == 0 && (len(i.Logins) > 0 || i.Disabled):
		return nil, nil, fail(notAuthorized, identityForbidden, id)
	case len(logins) == 0 && !i.pool.AllowUnauthenticatedIdentities:
		return nil, nil, fail(notAuthorized, "Unauthenticated access is not supported for this identity pool.")
	case len(logins) == 0:
		return i, nil, nil
	case i.Disabled: // what it was merged into is found by the login
		i, err = c.link(i.pool, nil, logins)
		return i, logins, err
	case len(i.Logins) > 0 && !slices.ContainsFunc(logins, func(l login) bool { return i.Logins[l.provider] == l.subject }):
		return nil, nil, fail(notAuthorized, loginsMismatch)
	}
	for _, l := range logins {
		if l.identity != "" && l.identity != i.ID {
			return nil, nil, fail(notAuthorized, loginsMismatch)
		}
	}
	i, err = c.link(i.pool, i, logins)
	return i, logins, err
}

type getCredentialsInput struct {
	IdentityId    string            `aws:"IdentityId,required"`
	Logins        map[string]string `aws:"LoginsMap"`
	CustomRoleArn string            `aws:"ARNString"`
}

type getCredentialsOutput struct {
	IdentityId  string
	Credentials *credentialsType
}

type credentialsType struct {
	AccessKeyId  string
	SecretKey    string
	SessionToken string
	Expiration   epoch
}

func getCredentialsForIdentity(c *call, in *getCredentialsInput) (*getCredentialsOutput, error) {
	i, logins, err := c.enter(in.IdentityId, in.Logins)
	if err != nil {
		return nil, err
	}
	role, err := i.pool.role(logins, in.CustomRoleArn)
	if err != nil {
		return nil, err
	}
	k := c.issueCredentials(role, "CognitoIdentityCredentials", i, time.Hour)
	return &getCredentialsOutput{i.ID, &credentialsType{k.AccessKeyID, k.Secret, k.Token, seconds(k.Expires)}}, nil
}

type getOpenIDTokenInput struct {
	IdentityId string            `aws:"IdentityId,required"`
	Logins     map[string]string `aws:"LoginsMap"`
}

type openIDToken struct {
	IdentityId string
	Token      string
}

func getOpenIDToken(c *call, in *getOpenIDTokenInput) (*openIDToken, error) {
	i, logins, err := c.enter(in.IdentityId, in.Logins)
	if err != nil {
		return nil, err
	}
	return c.openIDToken(i, logins, 10*time.Minute), nil
}

// openIDToken signs what STS takes as a web identity.
func (c *call) openIDToken(i *identity, logins []login, life time.Duration) *openIDToken {
	amr := []string{"unauthenticated"}
	if len(logins) > 0 {
		amr = []string{"authenticated"}
		for _, l := range logins {
			amr = append(amr, l.amr...)
		}
	}
	return &openIDToken{i.ID, c.identityKey().sign(jwt.MapClaims{
		"iss": "https://" + cognitoIdentity, "aud": i.pool.IdentityPoolId, "sub": i.ID, "amr": amr,
		"iat": c.now.Unix(), "exp": c.now.Add(life).Unix(),
	})}
}

func (c *call) identityKey() *signingKey { return &c.state.federation.issuer(cognitoIdentity).Key }

type developerInput struct {
	IdentityPoolId string            `aws:"IdentityPoolId,required"`
	IdentityId     string            `aws:"IdentityId"`
	Logins         map[string]string `aws:"LoginsMap,required"`
	PrincipalTags  map[string]string `aws:"PrincipalTags"`
	TokenDuration  int               `aws:"TokenDuration"` // seconds
}

// getOpenIDTokenForDeveloperIdentity is for back ends, which name their users themselves.
func getOpenIDTokenForDeveloperIdentity(c *call, in *developerInput) (*openIDToken, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	user := in.Logins[p.DeveloperProviderName]
	if p.DeveloperProviderName == "" || user == "" {
		return nil, fail(invalidParameter, "Please provide a valid developer provider name.")
	}
	others := maps.Clone(in.Logins)
	delete(others, p.DeveloperProviderName)
	logins, err := c.verifyLogins(p, others)
	if err != nil {
		return nil, err
	}
	logins = append(logins, login{
		provider: p.DeveloperProviderName, subject: user,
		amr: []string{p.DeveloperProviderName, p.DeveloperProviderName + ":" + p.IdentityPoolId + ":" + user},
	})
	var named *identity
	if in.IdentityId != "" {
		if named = c.state.federation.identities.get(in.IdentityId); named == nil || named.pool != p || named.Disabled {
			return nil, fail(resourceNotFound, "Identity '%s' not found.", in.IdentityId)
		}
	}
	i, err := c.link(p, named, logins)
	if err != nil {
		return nil, err
	}
	if named != nil && i != named {
		return nil, fail("DeveloperUserAlreadyRegisteredException", "The developer user identifier is already registered with another identity.")
	}
	life := 15 * time.Minute
	if in.TokenDuration > 0 {
		life = time.Duration(in.TokenDuration) * time.Second
	}
	return c.openIDToken(i, logins, life), nil
}

type unlinkInput struct {
	IdentityId     string            `aws:"IdentityId,required"`
	Logins         map[string]string `aws:"LoginsMap,required"`
	LoginsToRemove []string          `aws:"LoginsList,required"`
}

func unlinkIdentity(c *call, in *unlinkInput) (*empty, error) {
	i, _, err := c.enter(in.IdentityId, in.Logins)
	if err != nil {
		return nil, err
	}
	for _, name := range in.LoginsToRemove {
		if up := c.userPoolOf(name); up != nil {
			name = userPoolLoginName(up)
		}
		if i.Logins[name] == "" {
			return nil, fail(invalidParameter, "The login %s is not linked to the identity.", name)
		}
		delete(i.Logins, name)
	}
	i.Modified = c.now
	i.Disabled = len(i.Logins) == 0 // nobody can use it any more
	return nil, nil
}

type identityInput struct {
	IdentityId string `aws:"IdentityId,required"`
}

type identityDescription struct {
	IdentityId       string
	Logins           []string `json:",omitempty"`
	CreationDate     epoch
	LastModifiedDate epoch
}

func (i *identity) describe() *identityDescription {
	return &identityDescription{i.ID, slices.Sorted(maps.Keys(i.Logins)), seconds(i.Created), seconds(i.Modified)}
}

func describeIdentity(c *call, in *identityInput) (*identityDescription, error) {
	i := c.state.federation.identities.get(in.IdentityId)
	if i == nil {
		return nil, fail(resourceNotFound, "Identity '%s' not found.", in.IdentityId)
	}
	return i.describe(), nil
}

type listIdentitiesInput struct {
	IdentityPoolId string `aws:"IdentityPoolId,required"`
	MaxResults     int    `aws:"QueryLimit,required"`
	NextToken      string `aws:"PaginationKey"`
	HideDisabled   bool
}

type listIdentitiesOutput struct {
	IdentityPoolId string
	Identities     []identityDescription
	NextToken      string `json:",omitempty"`
}

func listIdentities(c *call, in *listIdentitiesInput) (*listIdentitiesOutput, error) {
	p, err := c.identityPool(in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	var all []*identity
	for _, id := range slices.Sorted(c.state.federation.identities.keys()) {
		if i := c.state.federation.identities.get(id); i.pool == p && !(in.HideDisabled && i.Disabled) {
			all = append(all, i)
		}
	}
	some, next, err := page(all, &in.MaxResults, 60, in.NextToken, func(i *identity) string { return i.ID })
	if err != nil {
		return nil, err
	}
	out := &listIdentitiesOutput{IdentityPoolId: p.IdentityPoolId, Identities: []identityDescription{}, NextToken: next}
	for _, i := range some {
		out.Identities = append(out.Identities, *i.describe())
	}
	return out, nil
}

type deleteIdentitiesInput struct {
	IdentityIdsToDelete []string `aws:"IdentityIdList,required"`
}

type deleteIdentitiesOutput struct {
	UnprocessedIdentityIds []unprocessedIdentity
}

type unprocessedIdentity struct {
	IdentityId string
	ErrorCode  string // AccessDenied or InternalServerError
}

func deleteIdentities(c *call, in *deleteIdentitiesInput) (*deleteIdentitiesOutput, error) {
	for _, id := range in.IdentityIdsToDelete {
		c.state.federation.identities.remove(id)
	}
	return &deleteIdentitiesOutput{UnprocessedIdentityIds: []unprocessedIdentity{}}, nil
}
