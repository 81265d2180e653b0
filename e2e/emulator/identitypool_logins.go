package emulator

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Logins: what the tokens in a Logins map prove. Each is verified by the key of its issuer, in the order and the words
// of the service.

// A login is a verified token.
type login struct {
	provider, subject string
	client            string         // app client, of a user pool
	identity          string         // identity id that the token names, of developer identities
	claims            map[string]any // for mapping rules
	roles             []string       // that the token offers
	preferred         string         // cognito:preferred_role
	saml              bool
	amr               []string // what it adds to amr of GetOpenIdToken
}

const unsupportedProvider = "Token is not from a supported provider of this identity pool."

func (c *call) verifyLogins(p *identityPool, tokens map[string]string) ([]login, error) {
	var out []login
	for _, name := range slices.Sorted(maps.Keys(tokens)) {
		l, err := c.verifyLogin(p, name, tokens[name])
		if err != nil {
			return nil, err
		}
		out = append(out, *l)
	}
	return out, nil
}

func (c *call) verifyLogin(p *identityPool, name, token string) (*login, error) {
	if app, ok := p.SupportedLoginProviders[name]; ok {
		return c.socialLogin(name, app, token)
	}
	if up := c.userPoolOf(name); up != nil {
		return c.userPoolLogin(p, up, name, token)
	}
	for _, arn := range p.OpenIdConnectProviderARNs {
		if _, provider, _ := strings.Cut(arn, ":oidc-provider/"); provider == name {
			return c.openIDLogin(name, token)
		}
	}
	if slices.Contains(p.SamlProviderARNs, name) {
		return c.samlLogin(name, token)
	}
	if name == cognitoIdentity && p.DeveloperProviderName != "" {
		return c.developerLogin(p, token)
	}
	return nil, fail(notAuthorized, unsupportedProvider)
}

// userPoolOf finds the user pool that a login names: by the name of the real service, or by the issuer of the local
// pools without its scheme, which is what clients make of a token's iss.
func (c *call) userPoolOf(name string) *userPool {
	id := name[strings.LastIndexByte(name, '/')+1:]
	p := c.state.pools.get(id)
	if p == nil {
		return nil
	}
	if name == userPoolLoginName(p) || slices.ContainsFunc(c.issuers(p), func(issuer string) bool { return strings.HasSuffix(issuer, "://"+name) }) {
		return p
	}
	return nil
}

func userPoolLoginName(p *userPool) string {
	return "cognito-idp." + p.region() + ".amazonaws.com/" + p.ID
}

func (c *call) userPoolLogin(p *identityPool, up *userPool, name, token string) (*login, error) {
	claims, err := c.verifyJWT(token, c.issuers(up), func(kid string) *rsa.PublicKey {
		for _, k := range up.Keys.published() {
			if k.Kid == kid {
				return &k.Private.PublicKey
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	client := claims.text("aud")
	i := slices.IndexFunc(p.CognitoIdentityProviders, func(u userPoolProvider) bool {
		return c.userPoolOf(u.ProviderName) == up && u.ClientId == client
	})
	if i < 0 {
		return nil, fail(notAuthorized, unsupportedProvider)
	}
	u := up.bySub(claims.text("sub"))
	if p.CognitoIdentityProviders[i].ServerSideTokenCheck {
		g := c.state.grants.get(claims.text("event_id"))
		if u == nil || !u.Enabled || g != nil && g.Revoked {
			return nil, fail(notAuthorized, "Invalid login token. Token has been revoked or its user is disabled.")
		}
	}
	// One provider name for one pool: both ways to write it are the same login.
	provider := userPoolLoginName(up)
	return &login{
		provider: provider, subject: claims.text("sub"), client: client, claims: claims,
		roles: claims.list("cognito:roles"), preferred: claims.text("cognito:preferred_role"),
		amr: []string{provider, provider + ":CognitoSignIn:" + claims.text("sub")},
	}, nil
}

// socialLogin checks a token of the providers that an identity pool knows by an app id.
func (c *call) socialLogin(name, app, token string) (*login, error) {
	switch name {
	case "accounts.google.com", "appleid.apple.com":
		issuer := c.state.federation.issuer(name)
		claims, err := c.verifyJWT(token, []string{"https://" + name, name}, issuer.publicKey)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(strings.FieldsFunc(app, func(r rune) bool { return r == ';' || r == ',' }), claims.text("aud")) {
			return nil, fail(notAuthorized, "Invalid login token. Incorrect token audience.")
		}
		return &login{provider: name, subject: claims.text("sub"), claims: claims, amr: []string{name, name + ":" + claims.text("aud") + ":" + claims.text("sub")}}, nil
	}
	if name == "api.twitter.com" && !strings.Contains(token, ";") {
		return nil, fail(notAuthorized, "Invalid login token. Twitter needs the access token and its secret, separated by a semicolon.")
	}
	g := c.state.federation.grants.get(token)
	switch {
	case g == nil || g.Provider != name:
		return nil, fail(notAuthorized, "Invalid login token.")
	case !c.now.Before(g.Expires):
		return nil, fail(notAuthorized, "Invalid login token. Token expired: %d >= %d", c.now.Unix(), g.Expires.Unix())
	case g.Audience != app && !strings.HasPrefix(app, g.Audience+";"):
		return nil, fail(notAuthorized, "Invalid login token. Incorrect token audience.")
	}
	return &login{provider: name, subject: g.Subject, claims: map[string]any{"sub": g.Subject}, amr: []string{name, name + ":" + g.Audience + ":" + g.Subject}}, nil
}

func (c *call) openIDLogin(name, token string) (*login, error) {
	keys := c.state.federation.issuer(name).publicKey
	audiences := c.state.federation.issuer(name).Audiences
	issuers := []string{"https://" + name}
	if host, _, _ := strings.Cut(name, "/"); onLoopback(host) { // a real provider on this machine
		keys = remoteKeys("http://" + name)
		issuers = append(issuers, "http://"+name, "http://"+name+"/")
	}
	claims, err := c.verifyJWT(token, issuers, keys)
	if err != nil {
		return nil, err
	}
	if audiences != nil && !slices.ContainsFunc(claims.list("aud"), func(a string) bool { return slices.Contains(audiences, a) }) {
		return nil, fail(notAuthorized, "Invalid login token. Incorrect token audience.")
	}
	return &login{provider: name, subject: claims.text("sub"), claims: claims, roles: claims.list("cognito:roles"), amr: []string{name, name + ":OIDC:" + claims.text("sub")}}, nil
}

func (c *call) samlLogin(arn, token string) (*login, error) {
	xml, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return nil, fail(notAuthorized, "Invalid login token. Not a valid SAML response.")
	}
	a, err := verifyAssertion(xml, &c.state.federation.issuer(arn).Key.Private.PublicKey)
	switch {
	case err != nil:
		return nil, fail(notAuthorized, "Invalid login token. Couldn't verify SAML response: %v.", err)
	case a.Audience != samlAudience:
		return nil, fail(notAuthorized, "Invalid login token. Incorrect token audience.")
	case !c.now.Before(a.expires):
		return nil, fail(notAuthorized, "Invalid login token. Token expired: %d >= %d", c.now.UnixMilli(), a.expires.UnixMilli())
	}
	claims := map[string]any{"sub": a.Subject}
	var roles []string
	for _, attr := range a.Attributes {
		claims[attr.Name] = strings.Join(attr.Values, ",")
		if attr.Name != samlRole {
			continue
		}
		for _, pair := range attr.Values { // "role,provider" or "provider,role"
			one, other, _ := strings.Cut(pair, ",")
			switch arn {
			case other:
				roles = append(roles, one)
			case one:
				roles = append(roles, other)
			}
		}
	}
	return &login{provider: arn, subject: a.Subject, claims: claims, roles: roles, saml: true, amr: []string{arn, arn + ":" + a.Subject}}, nil
}

// developerLogin checks a token of GetOpenIdTokenForDeveloperIdentity.
func (c *call) developerLogin(p *identityPool, token string) (*login, error) {
	claims, err := c.verifyJWT(token, []string{"https://" + cognitoIdentity}, c.identityKey().publicKey)
	if err != nil {
		return nil, err
	}
	i := c.state.federation.identities.get(claims.text("sub"))
	if claims.text("aud") != p.IdentityPoolId || i == nil || i.Logins[p.DeveloperProviderName] == "" {
		return nil, fail(notAuthorized, loginsMismatch)
	}
	return &login{
		provider: p.DeveloperProviderName, subject: i.Logins[p.DeveloperProviderName], identity: i.ID, claims: claims,
		amr: []string{p.DeveloperProviderName},
	}, nil
}

// jwtClaims are a verified token's.
type jwtClaims map[string]any

func (j jwtClaims) text(name string) string {
	s, _ := j[name].(string)
	return s
}

// list reads a claim that is a string or a list of strings.
func (j jwtClaims) list(name string) (out []string) {
	switch v := j[name].(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

func (c *call) verifyJWT(token string, issuers []string, key func(kid string) *rsa.PublicKey) (jwtClaims, error) {
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(token, claims); err != nil {
		return nil, fail(notAuthorized, "Invalid login token. Not a valid OpenId Connect identity token.")
	}
	for _, name := range []string{"aud", "iss", "sub", "exp"} {
		if claims[name] == nil {
			return nil, fail(notAuthorized, "Invalid login token. Missing a required claim: %s", name)
		}
	}
	if iss, _ := claims.GetIssuer(); !slices.Contains(issuers, iss) {
		return nil, fail(notAuthorized, "Invalid login token. Issuer doesn't match providerName")
	}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation()).Parse(token, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		if k := key(kid); k != nil {
			return k, nil
		}
		return nil, errors.New("unknown key")
	})
	if err != nil {
		return nil, fail(notAuthorized, "Invalid login token. Couldn't verify signed token.")
	}
	exp, err := claims.GetExpirationTime()
	if err != nil || !c.now.Before(exp.Time) {
		return nil, fail(notAuthorized, "Invalid login token. Token expired: %d >= %d", c.now.Unix(), exp.Unix())
	}
	return jwtClaims(claims), nil
}

func onLoopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// remoteKeys finds the keys of an OpenID provider by its discovery document. Only providers on loopback are asked.
func remoteKeys(issuer string) func(kid string) *rsa.PublicKey {
	return func(kid string) *rsa.PublicKey {
		var discovery struct {
			JWKSURI string `json:"jwks_uri"`
		}
		var set struct {
			Keys []struct{ Kid, Kty, N, E string }
		}
		if getJSON(strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", &discovery) != nil || getJSON(discovery.JWKSURI, &set) != nil {
			return nil
		}
		for _, k := range set.Keys {
			n, err1 := base64.RawURLEncoding.DecodeString(k.N)
			e, err2 := base64.RawURLEncoding.DecodeString(k.E)
			if k.Kid == kid && k.Kty == "RSA" && err1 == nil && err2 == nil {
				return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
			}
		}
		return nil
	}
}

var loopbackClient = &http.Client{Timeout: 5 * time.Second}

func getJSON(address string, out any) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if !onLoopback(u.Host) {
		return fmt.Errorf("%s is not on loopback", address)
	}
	res, err := loopbackClient.Get(address)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	return json.NewDecoder(http.MaxBytesReader(nil, res.Body, maxBody)).Decode(out)
}
