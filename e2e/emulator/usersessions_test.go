package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// json calls an operation that the SDK does not have. The exception is "" or "Name: message".
func (b *bed) json(operation string, in map[string]any, out any) (exception string) {
	b.Helper()
	body, err := json.Marshal(in)
	b.ok(err)
	res, text := b.raw(operation, string(body))
	if res.StatusCode != http.StatusOK {
		var refusal struct {
			Type    string `json:"__type"`
			Message string `json:"message"`
		}
		b.ok(json.Unmarshal([]byte(text), &refusal))
		return refusal.Type + ": " + refusal.Message
	}
	if out != nil {
		b.ok(json.Unmarshal([]byte(text), out))
	}
	return ""
}

// refused asserts that an operation answers an exception.
func (b *bed) refused(operation string, in map[string]any, want string) {
	b.Helper()
	if got := b.json(operation, in, nil); !strings.HasPrefix(got, want) {
		b.Errorf("%s: %q, want %s", operation, got, want)
	}
}

func (b *bed) must(operation string, in map[string]any, out any) {
	b.Helper()
	if got := b.json(operation, in, out); got != "" {
		b.Fatalf("%s: %s", operation, got)
	}
}

type object = map[string]any

func (b *bed) trackSessions(most int) {
	b.Helper()
	b.must("SetUserPoolSessionConfiguration", object{"UserPoolId": b.pool, "UserSessionTracking": "ENABLED", "TokenSession": object{"MaxPerUser": most}}, nil)
}

func (b *bed) sessions(access string) []sessionDescription {
	b.Helper()
	var out listUserSessionsOutput
	b.must("ListUserSessions", object{"AccessToken": access}, &out)
	return out.Sessions
}

func TestUserSessions(t *testing.T) {
	b := newPool(t, nil)
	b.addUser("anna", goodPassword)
	before := *b.password("anna", goodPassword).AccessToken // tracked by nobody
	b.refused("ListUserSessions", object{"AccessToken": before}, "OperationNotEnabledException")
	var rules poolSessionConfiguration
	b.must("GetUserPoolSessionConfiguration", object{"UserPoolId": b.pool}, &rules)
	if rules.UserSessionTracking != "DISABLED" || rules.TokenSession.MaxPerUser != 20 {
		t.Errorf("configuration %+v", rules)
	}
	b.refused("SetUserPoolSessionConfiguration", object{"UserPoolId": b.pool, "UserSessionTracking": "ENABLED", "TokenSession": object{"MaxPerUser": 101}}, "InvalidParameterException")
	b.trackSessions(3)

	refresh := func(token *string) error {
		_, err := b.GetTokensFromRefreshToken(b.ctx, &cip.GetTokensFromRefreshTokenInput{ClientId: &b.client, RefreshToken: token})
		return err
	}
	first := b.password("anna", goodPassword)
	b.server.Advance(time.Minute)
	second := b.password("anna", goodPassword)
	list := b.sessions(*second.AccessToken)
	if len(list) != 2 || list[0].IsCurrentSession || !list[1].IsCurrentSession || list[0].SessionType != "TOKEN" || list[0].ClientId != b.client ||
		!strings.HasPrefix(list[0].SessionId, "tkn") || len(list[0].SessionId) != 28 || list[0].LastIPAddress != "127.0.0.1" {
		t.Fatalf("sessions %+v", list)
	}
	var admin listUserSessionsOutput
	b.must("AdminListUserSessions", object{"UserPoolId": b.pool, "Username": "anna"}, &admin)
	if len(admin.Sessions) != 2 || admin.Sessions[1].IsCurrentSession {
		t.Errorf("administrator's list %+v", admin.Sessions)
	}

	b.refused("RevokeUserSession", object{"AccessToken": second.AccessToken, "SessionId": list[1].SessionId}, "InvalidParameterException")
	b.refused("RevokeUserSession", object{"AccessToken": second.AccessToken, "SessionId": "tkn" + strings.Repeat("0", 25)}, "ResourceNotFoundException")
	b.must("RevokeUserSession", object{"AccessToken": second.AccessToken, "SessionId": list[0].SessionId}, nil)
	b.fails(refresh(first.RefreshToken), "NotAuthorizedException: Refresh Token has been revoked")
	_, err := b.GetUser(b.ctx, &cip.GetUserInput{AccessToken: first.AccessToken})
	b.fails(err, "NotAuthorizedException: Access Token has been revoked")
	b.addUser("bert", goodPassword)
	b.refused("AdminRevokeUserSession", object{"UserPoolId": b.pool, "Username": "bert", "SessionId": list[1].SessionId}, "ResourceNotFoundException")

	// The limit evicts who was idle longest, and a refresh is no idleness.
	b.server.Advance(time.Minute)
	third := b.password("anna", goodPassword)
	b.server.Advance(time.Minute)
	fourth := b.password("anna", goodPassword)
	b.server.Advance(time.Minute)
	b.ok(refresh(second.RefreshToken))
	b.password("anna", goodPassword)
	b.fails(refresh(third.RefreshToken), "NotAuthorizedException: Refresh Token has been revoked")
	b.ok(refresh(second.RefreshToken))
	b.ok(refresh(fourth.RefreshToken))

	lite := newPool(t, func(p *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) { p.UserPoolTier = "LITE" })
	lite.refused("SetUserPoolSessionConfiguration", object{"UserPoolId": lite.pool, "UserSessionTracking": "ENABLED", "TokenSession": object{"MaxPerUser": 1}}, "FeatureUnavailableInTierException")
}

// domainPool makes a pool whose client may use the domain.
func domainPool(t *testing.T) *bed {
	return newPool(t, func(_ *cip.CreateUserPoolInput, c *cip.CreateUserPoolClientInput) {
		c.AllowedOAuthFlowsUserPoolClient, c.AllowedOAuthFlows, c.AllowedOAuthScopes = true, []types.OAuthFlowType{"code"}, []string{"openid", "email", adminScope}
		c.CallbackURLs, c.SupportedIdentityProviders = []string{callback}, []string{"COGNITO"}
	})
}

func TestSSOSessions(t *testing.T) {
	b := domainPool(t)
	b.addUser("anna", goodPassword)
	b.trackSessions(5)
	v := newVisitor(b)
	signIn := func() string {
		v.open(v.request("scope", "openid "+adminScope))
		to := v.submit("username", "anna", "password", goodPassword)
		_, tokens := v.exchange(to.Query().Get("code"))
		return tokens["access_token"].(string)
	}
	access := signIn()
	list := b.sessions(access)
	if len(list) != 2 {
		t.Fatalf("sessions %+v", list)
	}
	sso, token := list[0], list[1]
	if sso.SessionType != "SSO" {
		sso, token = token, sso
	}
	if !strings.HasPrefix(sso.SessionId, "sso") || token.OriginSessionId != sso.SessionId || !token.IsCurrentSession {
		t.Errorf("sessions %+v", list)
	}

	// The client's own bound on silent reuse.
	silent := func() bool { return v.open(v.request("prompt", "none")).Query().Has("code") }
	if !silent() {
		t.Error("not reused at once")
	}
	b.server.Advance(59 * time.Minute)
	if !silent() {
		t.Error("not reused within an hour, the default")
	}
	b.server.Advance(2 * time.Minute)
	if silent() {
		t.Error("reused after an hour")
	}
	b.must("SetUserPoolClientSessionConfiguration", object{"UserPoolId": b.pool, "ClientId": b.client, "SSOSession": object{"MaxValidityMinutes": 120}}, nil)
	if !silent() {
		t.Error("not reused within two hours, as the client says")
	}
	b.must("SetUserPoolClientSessionConfiguration", object{"UserPoolId": b.pool, "ClientId": b.client, "SSOSession": object{"MaxValidityMinutes": 0}}, nil)
	if silent() {
		t.Error("reused although the client never does")
	}

	other := *b.password("anna", goodPassword).AccessToken
	b.must("RevokeUserSession", object{"AccessToken": other, "SessionId": sso.SessionId, "RevokeAssociatedSessions": "LINKED"}, nil)
	if left := b.sessions(other); len(left) != 1 {
		t.Errorf("left of it %+v", left)
	}
	_, err := b.GetUser(b.ctx, &cip.GetUserInput{AccessToken: aws.String(access)})
	b.fails(err, "NotAuthorizedException")
}

func TestDeviceOf(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36":                   "Chrome 125 / macOS 10.15.7",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0":           "Edge 125 / Windows 10",
		"Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0":                                                                  "Firefox 126 / Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "Safari 17.5 / iOS 17.5",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36":                   "Chrome 125 / Android 14",
		"curl/8.5.0": "unknown",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}
