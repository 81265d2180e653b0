package emulator

import (
	"strings"
	"testing"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// Ensure that levels go to an OIDC provider, and come back from it, by its own names for them.
func TestAcrMapping(t *testing.T) {
	b := domainPool(t)
	provider := func(name, kind string, mapping any) object {
		return object{"UserPoolId": b.pool, "ProviderName": name, "ProviderType": kind, "ProviderDetails": object{"client_id": "x"}, "AcrMapping": mapping}
	}
	const refused = "InvalidParameterException"
	b.refused("CreateIdentityProvider", provider("Google", "Google", object{"Level1": "low"}), refused)
	b.refused("CreateIdentityProvider", provider("Own", "OIDC", object{"Level5": "x"}), refused)
	b.refused("CreateIdentityProvider", provider("Own", "OIDC", object{"Level1": "a blank"}), refused)
	b.must("CreateIdentityProvider", provider("Own", "OIDC", object{"Level1": "low", "Level3": "mid"}), nil)
	b.must("UpdateIdentityProvider", object{"UserPoolId": b.pool, "ProviderName": "Own", "AcrMapping": object{"Level2": "low", "Level4": "high"}}, nil)
	b.refused("UpdateIdentityProvider", object{"UserPoolId": b.pool, "ProviderName": "Own", "AcrMapping": object{"level4": "high"}}, refused)
	var described struct{ IdentityProvider identityProvider }
	b.must("DescribeIdentityProvider", object{"UserPoolId": b.pool, "ProviderName": "Own"}, &described)
	if got := described.IdentityProvider.AcrMapping; len(got) != 2 || got["Level4"] != "high" {
		t.Errorf("AcrMapping %v", got)
	}
	_, err := b.UpdateUserPoolClient(b.ctx, &cip.UpdateUserPoolClientInput{UserPoolId: &b.pool, ClientId: &b.client, AllowedOAuthFlowsUserPoolClient: true,
		AllowedOAuthFlows: []types.OAuthFlowType{"code"}, AllowedOAuthScopes: []string{"openid", "email"}, CallbackURLs: []string{callback}, SupportedIdentityProviders: []string{"Own"}})
	b.ok(err)
	for _, c := range []struct{ ask, asked, says, want string }{
		{"", "", "", "1"},
		{"urn:cognito:loa:4 urn:cognito:loa:3 urn:cognito:loa:2", "high low", "", "4"},
		{"urn:cognito:loa:4", "high", "low", "2"},
		{"urn:cognito:loa:4", "high", "other", "1"}, // not mapped
		{"urn:cognito:loa:3", "", "high", "4"},
	} {
		v := newVisitor(b)
		v.open(v.request("identity_provider", "Own", "acr_values", c.ask))
		if got := v.at.Query().Get("acr_values"); got != c.asked {
			t.Errorf("%+v: the provider is asked for %q", c, got)
		}
		to := v.submit("email", "ada@example.org", "acr", c.says)
		_, tokens := v.exchange(to.Query().Get("code"))
		for _, token := range []string{"id_token", "access_token"} {
			if acr, _ := b.claims(tokens[token])["acr"].(string); strings.TrimPrefix(acr, "urn:cognito:loa:") != c.want {
				t.Errorf("%+v: acr %q of the %s", c, acr, token)
			}
		}
	}
}
