package emulator

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// STS, version 2011-06-15: the query protocol on POST /, answers in XML.

// credentials are temporary ones that the local Cognito gave.
type credentials struct {
	AccessKeyID, Secret, Token string
	Role, Session              string // role ARN and RoleSessionName
	Identity                   string // id
	Expires                    time.Time
}

func (c *call) issueCredentials(role, session string, i *identity, life time.Duration) *credentials {
	secret := make([]byte, 30)
	rand.Read(secret)
	k := &credentials{
		AccessKeyID: "ASIA" + randomText(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
		Secret:      base64.StdEncoding.EncodeToString(secret),
		Token:       "IQoJb3JpZ2luX2Vj" + base64.StdEncoding.EncodeToString([]byte(opaque(450))),
		Role:        role, Session: session, Identity: i.ID, Expires: c.now.Add(life),
	}
	c.state.federation.credentials.put(k.AccessKeyID, k)
	return k
}

// account, assumedRole and roleID are how STS names who has credentials.
func (k *credentials) account() string {
	if parts := strings.Split(k.Role, ":"); len(parts) > 4 {
		return parts[4]
	}
	return "000000000000"
}

func (k *credentials) assumedRole() string {
	return "arn:aws:sts::" + k.account() + ":assumed-role/" + k.Role[strings.LastIndexByte(k.Role, '/')+1:] + "/" + k.Session
}

func (k *credentials) roleID() string { return "AROALOCAL" + k.account() + ":" + k.Session }

type stsMetadata struct {
	RequestId string
}

type assumeRoleResponse struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ AssumeRoleWithWebIdentityResponse"`
	Result  struct {
		SubjectFromWebIdentityToken string
		Audience                    string
		AssumedRoleUser             struct{ Arn, AssumedRoleId string }
		Credentials                 struct {
			AccessKeyId, SecretAccessKey, SessionToken string
			Expiration                                 string // ISO 8601
		}
		Provider string
	} `xml:"AssumeRoleWithWebIdentityResult"`
	ResponseMetadata stsMetadata
}

type callerIdentityResponse struct {
	XMLName          xml.Name                              `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
	Result           struct{ Arn, UserId, Account string } `xml:"GetCallerIdentityResult"`
	ResponseMetadata stsMetadata
}

type stsError struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
	Error   struct{ Type, Code, Message string }
	stsMetadata
}

// serveForm is POST / without X-Amz-Target.
func (s *Server) serveForm(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	form, parseErr := url.ParseQuery(string(body))
	c := s.newCall(r, form.Get("Action"))
	if s.control.fault(c, w) {
		return
	}
	var out any
	if err = errors.Join(err, parseErr); err == nil {
		s.mu.Lock()
		out, err = c.sts(form, body)
		s.mu.Unlock()
	}
	if c.fault == "dropReply" {
		s.control.drop(c, w)
		return
	}
	if err != nil {
		e := asException(err)
		s.control.record(c, e.status, e.name)
		writeSTSError(w, e)
		return
	}
	switch v := out.(type) {
	case *assumeRoleResponse:
		v.ResponseMetadata = requestMetadata(w)
	case *callerIdentityResponse:
		v.ResponseMetadata = requestMetadata(w)
	}
	s.control.record(c, http.StatusOK, "")
	writeXML(w, http.StatusOK, out)
}

func requestMetadata(w http.ResponseWriter) stsMetadata {
	return stsMetadata{w.Header().Get("x-amzn-RequestId")}
}

func writeSTSError(w http.ResponseWriter, e *exception) {
	out := &stsError{stsMetadata: requestMetadata(w)}
	out.Error.Type, out.Error.Code, out.Error.Message = "Sender", e.name, e.message
	writeXML(w, e.status, out)
}

func writeXML(w http.ResponseWriter, status int, body any) {
	text, err := xml.Marshal(body)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	w.Write(text)
}

// writeRefusal answers with an exception in the protocol of the request.
func (c *call) writeRefusal(w http.ResponseWriter, e *exception) {
	if c.http.URL.Path == "/" && c.http.Header.Get("X-Amz-Target") == "" {
		writeSTSError(w, e)
		return
	}
	writeException(w, e)
}

func (c *call) sts(form url.Values, body []byte) (any, error) {
	if v := form.Get("Version"); v != "2011-06-15" {
		return nil, fail("InvalidAction", "Could not find operation %s for version %s", c.operation, v)
	}
	switch c.operation {
	case "AssumeRoleWithWebIdentity":
		return c.assumeRoleWithWebIdentity(form)
	case "GetCallerIdentity":
		k, _, err := c.verifySigV4(c.http, body)
		if err != nil {
			return nil, err
		}
		out := &callerIdentityResponse{}
		out.Result.Account, out.Result.Arn, out.Result.UserId = k.account(), k.assumedRole(), k.roleID()
		return out, nil
	}
	return nil, fail("InvalidAction", "Could not find operation %s for version 2011-06-15", c.operation)
}

// denied is an exception of status 403, which the services for credentials answer.
func denied(name kind, message string) error {
	return &exception{name: string(name), status: http.StatusForbidden, message: message}
}

// assumeRoleLimits are those of the API reference, AssumeRoleWithWebIdentity.
var assumeRoleLimits = []struct {
	parameter, member string
	limit
}{
	{"RoleArn", "roleArn", limit{min: 20, max: 2048, pattern: `arn:[\s\S]*`}},
	{"RoleSessionName", "roleSessionName", limit{min: 2, max: 64, pattern: `[\w+=,.@-]*`}},
	{"WebIdentityToken", "webIdentityToken", limit{min: 4, max: 20000, sensitive: true}},
}

// checkAssumeRole checks the parameters and returns how long the credentials shall live.
func checkAssumeRole(form url.Values) (time.Duration, error) {
	var v violations
	for _, l := range assumeRoleLimits {
		if !form.Has(l.parameter) {
			v.add(l.member, nil, false, "Member must not be null")
			continue
		}
		v.text(l.member, form.Get(l.parameter), l.limit)
	}
	life := 3600
	if d := form.Get("DurationSeconds"); d != "" {
		n, err := strconv.Atoi(d)
		if err != nil {
			return 0, fail("MalformedInput", "DurationSeconds is not a number.")
		}
		v.between("durationSeconds", d, n, limit{min: 900, max: 43200}, "Member must have value %s than or equal to %d")
		life = n
	}
	return time.Duration(life) * time.Second, v.refusal("ValidationError")
}

func (c *call) assumeRoleWithWebIdentity(form url.Values) (*assumeRoleResponse, error) {
	life, err := checkAssumeRole(form)
	if err != nil {
		return nil, err
	}
	role, session, token := form.Get("RoleArn"), form.Get("RoleSessionName"), form.Get("WebIdentityToken")
	claims, err := c.verifyJWT(token, []string{"https://" + cognitoIdentity}, c.identityKey().publicKey)
	if err != nil {
		if strings.Contains(asException(err).message, "Token expired") {
			return nil, fail("ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time")
		}
		return nil, fail("InvalidIdentityToken", "No OpenIDConnect provider found in your account for the token's issuer, or the token's signature is invalid.")
	}
	p, i := c.state.federation.pools.get(claims.text("aud")), c.state.federation.identities.get(claims.text("sub"))
	if p == nil || i == nil || !p.AllowClassicFlow && slices.Contains(claims.list("amr"), "unauthenticated") ||
		!c.trusts(p, role, slices.Contains(claims.list("amr"), "authenticated")) {
		return nil, denied("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	}
	k := c.issueCredentials(role, session, i, life)
	out := &assumeRoleResponse{}
	r := &out.Result
	r.SubjectFromWebIdentityToken, r.Audience, r.Provider = i.ID, p.IdentityPoolId, cognitoIdentity
	r.AssumedRoleUser.Arn, r.AssumedRoleUser.AssumedRoleId = k.assumedRole(), k.roleID()
	r.Credentials.AccessKeyId, r.Credentials.SecretAccessKey, r.Credentials.SessionToken = k.AccessKeyID, k.Secret, k.Token
	r.Credentials.Expiration = k.Expires.UTC().Format("2006-01-02T15:04:05Z")
	return out, nil
}

// trusts reports whether a role may be given to an identity of the pool. The roles' trust policies are taken to be
// those that the console writes: they ask for the pool (aud) and for the kind of identity (amr).
func (c *call) trusts(p *identityPool, role string, authenticated bool) bool {
	if !authenticated {
		return role == p.roles["unauthenticated"]
	}
	known := []string{p.roles["authenticated"]}
	for _, m := range p.mappings {
		if m.RulesConfiguration != nil {
			for _, r := range m.RulesConfiguration.Rules {
				known = append(known, r.RoleARN)
			}
		}
	}
	for _, provider := range p.CognitoIdentityProviders {
		if up := c.userPoolOf(provider.ProviderName); up != nil {
			for _, g := range up.Groups {
				known = append(known, g.RoleArn)
			}
		}
	}
	return slices.Contains(known, role)
}
