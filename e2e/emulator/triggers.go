package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// event is what every Lambda trigger gets and gives back, with its response filled in.
type event[Request, Response any] struct {
	Version       string        `json:"version"`
	Region        string        `json:"region"`
	UserPoolID    string        `json:"userPoolId"`
	UserName      string        `json:"userName,omitempty"`
	CallerContext callerContext `json:"callerContext"`
	TriggerSource string        `json:"triggerSource"`
	Request       Request       `json:"request"`
	Response      Response      `json:"response"`
}

type callerContext struct {
	AWSSDKVersion string `json:"awsSdkVersion"`
	ClientID      string `json:"clientId"`
}

// lambdaTimeout is what Cognito waits for a trigger.
const lambdaTimeout = 5 * time.Second

// invoke calls the trigger at target with a request and returns what it answers. name is the trigger's, as errors
// show it; source its triggerSource. The state is unlocked meanwhile, so that the function may call this server.
//
// The function answers 200 with the event, its response filled in. Any other status refuses: the body is then a
// Lambda error, {"errorMessage": "…"}, or plain text.
func invoke[Request, Response any](c *call, target, name, source string, p *userPool, clientID, username string, request Request) (Response, error) {
	var zero Response
	if err := loopback(target); err != "" {
		return zero, fail(unexpectedLambda, "%s invocation failed due to error %s", name, err)
	}
	if clientID == "" {
		clientID = "CLIENT_ID_NOT_APPLICABLE"
	}
	out, err := json.Marshal(event[Request, Response]{
		Version: "1", Region: p.region(), UserPoolID: p.ID, UserName: username,
		CallerContext: callerContext{"aws-sdk-unknown-unknown", clientID},
		TriggerSource: source, Request: request,
	})
	if err != nil {
		return zero, err
	}
	c.mu.Unlock()
	body, status, err := post(target, out)
	c.mu.Lock()
	if err != nil {
		c.options.Logf("%s: %v", name, err)
		return zero, fail(unexpectedLambda, "%s invocation failed due to error %v", name, err)
	}
	if status != http.StatusOK {
		message := string(bytes.TrimSpace(body))
		var refusal struct{ ErrorMessage string }
		if json.Unmarshal(body, &refusal) == nil && refusal.ErrorMessage != "" {
			message = refusal.ErrorMessage
		}
		return zero, fail(userLambdaValidation, "%s failed with error %s.", name, message)
	}
	var in struct{ Response *Response }
	if err := json.Unmarshal(body, &in); err != nil {
		return zero, fail(invalidLambdaResponse, "Unrecognizable lambda output")
	}
	if in.Response == nil {
		return zero, nil
	}
	return *in.Response, nil
}

// loopback says what is wrong with a trigger's address, if anything: this server calls nothing but this machine.
func loopback(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" {
		return "the local Cognito calls http:// URLs on loopback only, not " + target
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return u.Hostname() + " is not loopback"
	}
	return ""
}

var lambdaClient = &http.Client{
	Timeout:       lambdaTimeout,
	Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func post(target string, body []byte) ([]byte, int, error) {
	res, err := lambdaClient.Post(target, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	return answer, res.StatusCode, err
}

// userAttributes are the attributes as triggers see them.
func (u *user) userAttributes() map[string]string {
	all := maps.Clone(u.Attributes)
	all["sub"] = u.Sub
	all["cognito:user_status"] = u.Status
	return all
}

func pairs(list []attribute) map[string]string {
	all := map[string]string{}
	for _, a := range list {
		all[a.Name] = a.Value
	}
	return all
}

// customization is what PreTokenGeneration makes of the tokens.
type customization struct {
	id, access          claimChanges
	groups, roles       []string
	preferredRole       string
	addScopes, noScopes []string
}

func (x customization) scopes(granted []string) []string {
	scopes := slices.DeleteFunc(slices.Clone(granted), func(s string) bool { return slices.Contains(x.noScopes, s) })
	for _, s := range x.addScopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

type claimChanges struct {
	Add      map[string]any `json:"claimsToAddOrOverride"`
	Suppress []string       `json:"claimsToSuppress"`
}

// reservedClaims cannot be changed by a trigger.
var reservedClaims = []string{
	"acr", "amr", "at_hash", "auth_time", "azp", "cognito:username", "exp", "iat", "identities", "iss", "jti", "nbf", "nonce",
	"origin_jti", "sub", "token_use", "aud", "username", "client_id", "event_id", "device_key", "version", "scope",
}

func (x claimChanges) apply(claims jwt.MapClaims) {
	for name, value := range x.Add {
		if !slices.Contains(reservedClaims, name) {
			claims[name] = value
		}
	}
	for _, name := range x.Suppress {
		if !slices.Contains(reservedClaims, name) {
			delete(claims, name)
		}
	}
}

type groupConfiguration struct {
	GroupsToOverride   []string `json:"groupsToOverride"`
	IAMRolesToOverride []string `json:"iamRolesToOverride"`
	PreferredRole      *string  `json:"preferredRole"`
}

type tokenRequest struct {
	UserAttributes     map[string]string  `json:"userAttributes"`
	GroupConfiguration groupConfiguration `json:"groupConfiguration"`
	Scopes             []string           `json:"scopes,omitempty"`
	ClientMetadata     map[string]string  `json:"clientMetadata,omitempty"`
}

type tokenResponse struct {
	V1 *struct {
		claimChanges
		Groups *groupConfiguration `json:"groupOverrideDetails"`
	} `json:"claimsOverrideDetails"`
	V2 *struct {
		ID     claimChanges `json:"idTokenGeneration"`
		Access struct {
			claimChanges
			AddScopes []string `json:"scopesToAdd"`
			NoScopes  []string `json:"scopesToSuppress"`
		} `json:"accessTokenGeneration"`
		Groups *groupConfiguration `json:"groupOverrideDetails"`
	} `json:"claimsAndScopeOverrideDetails"`
}

// preTokenGeneration collects groups and roles of the user, changed by the PreTokenGeneration trigger if there is one.
func (c *call) preTokenGeneration(g *grant, source string, metadata map[string]string) (customization, error) {
	var x customization
	x.groups, x.roles, x.preferredRole = g.client.pool.memberships(g.user)
	triggers := g.client.pool.LambdaConfig
	if triggers == nil {
		return x, nil
	}
	target, v2 := triggers.PreTokenGeneration, false
	if versioned := triggers.PreTokenGenerationConfig; versioned != nil {
		target, v2 = versioned.LambdaArn, versioned.LambdaVersion != "V1_0"
	}
	if target == "" {
		return x, nil
	}
	request := tokenRequest{
		UserAttributes:     g.user.userAttributes(),
		GroupConfiguration: groupConfiguration{x.groups, x.roles, &x.preferredRole},
		ClientMetadata:     metadata,
	}
	if v2 {
		request.Scopes = g.Scopes
	}
	response, err := invoke[tokenRequest, tokenResponse](c, target, "PreTokenGeneration", source, g.client.pool, g.client.ID, g.user.Username, request)
	if err != nil {
		return x, err
	}
	var groups *groupConfiguration
	if d := response.V2; v2 && d != nil {
		x.id, x.access, groups = d.ID, d.Access.claimChanges, d.Groups
		x.addScopes, x.noScopes = d.Access.AddScopes, d.Access.NoScopes
	} else if d := response.V1; !v2 && d != nil {
		x.id, groups = d.claimChanges, d.Groups
	}
	if groups != nil {
		x.groups, x.roles = groups.GroupsToOverride, groups.IAMRolesToOverride
		if x.preferredRole = ""; groups.PreferredRole != nil {
			x.preferredRole = *groups.PreferredRole
		}
	}
	return x, nil
}

// memberships are the user's groups by precedence, their roles, and the role of the group that ranks first; two of
// equal rank leave no preferred role.
func (p *userPool) memberships(u *user) (groups, roles []string, preferred string) {
	var member []*group
	for _, name := range u.Groups {
		if g := p.Groups[name]; g != nil {
			member = append(member, g)
		}
	}
	rank := func(g *group) int {
		if g.Precedence == nil {
			return 1 << 31
		}
		return *g.Precedence
	}
	slices.SortStableFunc(member, func(a, b *group) int { return rank(a) - rank(b) })
	for _, g := range member {
		groups = append(groups, g.GroupName)
		if g.RoleArn != "" && !slices.Contains(roles, g.RoleArn) {
			roles = append(roles, g.RoleArn)
		}
	}
	if len(member) > 0 {
		preferred = member[0].RoleArn
		if len(member) > 1 && rank(member[1]) == rank(member[0]) && member[1].RoleArn != preferred {
			preferred = ""
		}
	}
	return groups, roles, preferred
}
