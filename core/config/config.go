// Package config reads the configuration files that web and mobile developers
// already have: awsconfiguration.json (AWSMobileClient), amplify_outputs.json
// (Amplify Gen 2), aws-exports / amplifyconfiguration.json (Amplify Gen 1) and
// the ResourcesConfig object of Amplify JS v6.
//
// A wrong or missing value is reported with the full name of its key.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"amplify-auth/core/contract"
)

// A Config is what the four formats have in common. At least one of UserPool,
// IdentityPool and an external OAuth is set.
type Config struct {
	UserPool     *UserPool
	IdentityPool *IdentityPool
	OAuth        *OAuth
	// AuthFlow is the default of signIn: USER_SRP_AUTH, USER_PASSWORD_AUTH,
	// CUSTOM_AUTH or USER_AUTH.
	AuthFlow string
	// PasswordPolicy is nil where the file does not carry one.
	PasswordPolicy *PasswordPolicy
}

// A UserPool is an Amazon Cognito user pool and one of its app clients.
type UserPool struct {
	ID           string
	ClientID     string
	ClientSecret string // a browser keeps no secret; supported because files carry it
	Region       string
	Endpoint     string // base URL; the service's own when empty
}

// Home is the Region that the pool is of, which its tokens name wherever its users are
// served: its id has it.
func (p *UserPool) Home() string {
	region, _, _ := strings.Cut(p.ID, "_")
	return region
}

// AWSDomain is what the names of a Region's services end in.
func AWSDomain(region string) string {
	for _, d := range contract.AWSDomains {
		if strings.HasPrefix(region, d[0]) {
			return d[1]
		}
	}
	panic("the last of contract.AWSDomains is every other Region's")
}

// Name is the pool's id behind "_", as SRP uses it.
func (p *UserPool) Name() string {
	_, name, _ := strings.Cut(p.ID, "_")
	return name
}

// An IdentityPool is an Amazon Cognito identity pool.
type IdentityPool struct {
	ID         string
	Region     string
	Endpoint   string // base URL; the service's own when empty
	AllowGuest bool
	// ClassicFlow asks for GetOpenIdToken and AssumeRoleWithWebIdentity with the
	// two roles below in place of GetCredentialsForIdentity.
	ClassicFlow bool
	AuthRoleARN string
	GuestRole   string
	STSEndpoint string
}

// OAuth describes the hosted UI of a user pool or, where SignInURI, TokenURI or
// Issuer is set, another OpenID provider.
type OAuth struct {
	ClientID     string
	ClientSecret string
	Domain       string // base URL of the user pool domain
	Issuer       string // for discovery
	SignInURI    string
	TokenURI     string
	SignOutURI   string

	SignInRedirectURIs  []string
	SignOutRedirectURIs []string
	Scopes              []string

	SignInURIQueryParameters  map[string]string
	TokenURIQueryParameters   map[string]string
	SignOutURIQueryParameters map[string]string
}

// External reports whether another provider than the user pool's domain is meant.
func (o *OAuth) External() bool {
	return o.SignInURI != "" || o.TokenURI != "" || o.SignOutURI != "" || o.Issuer != ""
}

// A PasswordPolicy is checked before a password is sent.
type PasswordPolicy struct {
	MinLength                                                          int
	RequireLowercase, RequireUppercase, RequireNumbers, RequireSymbols bool
}

// An Error names the key that is wrong.
type Error struct {
	Key     string // "auth.user_pool_id"; empty when the file as a whole is meant
	Problem string // what is wrong and what to do
}

func (e *Error) Error() string {
	if e.Key == "" {
		return "configuration: " + e.Problem
	}
	return "configuration: " + e.Key + " " + e.Problem
}

// Parse reads a configuration in any of the four formats.
func Parse(data []byte) (*Config, error) {
	var top map[string]any
	if err := json.Unmarshal(data, &top); err != nil {
		problem := "is not a JSON object"
		var wrong *json.UnmarshalTypeError
		if !errors.As(err, &wrong) {
			problem += ": " + err.Error()
		}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) && strings.HasSuffix(string(data[:syntax.Offset]), "/") {
			problem = "has a comment, which JSON does not allow: remove what begins with // or /*"
		}
		return nil, &Error{Problem: problem}
	}
	var err error
	c := parse(object{values: top, err: &err})
	if err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c, nil
}

func parse(top object) *Config {
	if top.has("auth") {
		return parseOutputs(top)
	}
	if top.hasPrefix("aws_") {
		return parseExports(top)
	}
	auth := top.object("Auth")
	switch {
	case auth.has("Cognito"):
		return parseResources(auth)
	case top.has("CognitoUserPool"), top.has("CredentialsProvider"), auth.has("Default"):
		return parseAWSConfiguration(top)
	}
	for _, old := range []string{"userPoolId", "userPoolWebClientId", "region", "identityPoolId"} {
		if auth.has(old) {
			auth.fail(old, "is how Amplify v5 wrote it; Amplify v6 and this library read Auth.Cognito.{userPoolId, userPoolClientId, identityPoolId} and take the region from the pool's id")
		}
	}
	if *top.err == nil {
		*top.err = &Error{Problem: "is none of awsconfiguration.json, amplify_outputs.json, aws-exports and the ResourcesConfig of Amplify v6: expected CognitoUserPool, auth, aws_user_pools_id or Auth.Cognito at its top level"}
	}
	return nil
}

// check holds the rules that all formats share.
func (c *Config) check() error {
	if c.UserPool == nil && c.IdentityPool == nil && (c.OAuth == nil || !c.OAuth.External()) {
		return &Error{Problem: "has neither a user pool nor an identity pool nor an OpenID provider"}
	}
	if o := c.OAuth; o != nil && o.ClientID == "" && c.UserPool != nil {
		o.ClientID = c.UserPool.ClientID
	}
	switch c.AuthFlow {
	case "":
		c.AuthFlow = "USER_SRP_AUTH"
	case "USER_SRP_AUTH", "USER_PASSWORD_AUTH", "CUSTOM_AUTH", "USER_AUTH":
	default:
		return &Error{"authenticationFlowType", fmt.Sprintf("is %q; expected USER_SRP_AUTH, USER_PASSWORD_AUTH, CUSTOM_AUTH or USER_AUTH", c.AuthFlow)}
	}
	return nil
}

// userPool reads and checks a pool's id and client id under their names in one
// format; nil when there are neither.
func userPool(o object, idKey, clientKey string) *UserPool {
	if !o.has(idKey) && !o.has(clientKey) && !o.misnames(idKey) && !o.misnames(clientKey) {
		return nil
	}
	p := &UserPool{ID: o.required(idKey), ClientID: o.required(clientKey)}
	region, name, _ := strings.Cut(p.ID, "_")
	o.placeholder(idKey, p.ID)
	o.placeholder(clientKey, p.ClientID)
	if region == "" || name == "" || len(p.ID) > 55 || !isWord(name, "") || !isWord(region, "-") {
		o.fail(idKey, fmt.Sprintf("is %q; a user pool id looks like us-east-1_AbCdEfGhI", p.ID))
	}
	if len(p.ClientID) > 128 || !isWord(p.ClientID, "+_-") {
		o.fail(clientKey, fmt.Sprintf("is %q; an app client id has letters and digits only", p.ClientID))
	}
	p.Region = region
	return p
}

// Replica is the pool as the Region has it that it is replicated to; endpoint may be
// empty.
func (p *UserPool) Replica(region, endpoint string) (*UserPool, error) {
	if p == nil || !isWord(region, "-") || strings.Count(region, "-") < 2 || region == p.Region {
		return nil, fmt.Errorf("replicaRegion is %q; it must be the Region of a replica of the user pool, such as us-west-2", region)
	}
	replica := *p
	replica.Region, replica.Endpoint = region, endpoint
	return &replica, nil
}

// identityPool is nil when there is none.
func identityPool(o object, idKey string) *IdentityPool {
	id := o.string(idKey)
	if id == "" {
		o.misnames(idKey)
		return nil
	}
	region, guid, _ := strings.Cut(id, ":")
	o.placeholder(idKey, id)
	if region == "" || guid == "" || len(id) > 55 || !isWord(region, "-") || !isWord(guid, "-") {
		o.fail(idKey, fmt.Sprintf("is %q; an identity pool id looks like us-east-1:00000000-0000-4000-8000-000000000000", id))
	}
	return &IdentityPool{ID: id, Region: region, AllowGuest: true}
}

func isWord(s, more string) bool {
	for _, r := range s {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(more, r)) {
			return false
		}
	}
	return true
}

// endpoint makes a base URL of a host name or URL. Plain http is for loopback
// only: passwords and tokens travel on it.
func endpoint(o object, key string) string {
	s := strings.TrimRight(o.string(key), "/")
	if s == "" {
		return ""
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "https", s
	}
	host, _, _ := strings.Cut(rest, "/")
	if scheme != "https" && !(scheme == "http" && IsLoopback(host)) {
		o.fail(key, fmt.Sprintf("is %q; only https is allowed (http for localhost)", s))
	}
	if u, err := url.Parse(scheme + "://" + rest); err != nil || u.Hostname() == "" || strings.ContainsAny(rest, " ?#@\\") {
		o.fail(key, fmt.Sprintf("is %q; expected a host name or an https URL without query", s))
	}
	return scheme + "://" + rest
}

// IsLoopback reports whether a host, with or without a port, is this computer.
func IsLoopback(host string) bool {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return host == "localhost" || host == "[::1]" || strings.HasPrefix(host, "127.") && strings.Trim(host, ".0123456789") == ""
}
