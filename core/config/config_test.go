package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

const awsConfiguration = `{
  "IdentityManager": {"Default": {}},
  "CredentialsProvider": {"CognitoIdentity": {"Default": {"PoolId": "us-east-1:00000000-0000-4000-8000-000000000001", "Region": "us-east-1", "Endpoint": "http://127.0.0.1:9229"}}},
  "CognitoUserPool": {"Default": {"PoolId": "us-east-1_Local0001", "AppClientId": "local-web-client", "AppClientSecret": "s3cret", "Region": "us-east-1", "Endpoint": "http://127.0.0.1:9229/"}},
  "Auth": {"Default": {"authenticationFlowType": "CUSTOM_AUTH", "OAuth": {
    "WebDomain": "x.auth.us-east-1.amazoncognito.com", "AppClientId": "local-web-client",
    "SignInRedirectURI": "http://localhost:8080/callback", "SignOutRedirectURI": "http://localhost:8080/signed-out",
    "Scopes": ["openid", "email"], "SignInURIQueryParameters": {"prompt": "login"}}}}
}`

const outputs = `{"version": "1.4", "auth": {"aws_region": "eu-west-1", "user_pool_id": "eu-west-1_AbC", "user_pool_client_id": "abc123",
  "identity_pool_id": "eu-west-1:0000", "unauthenticated_identities_enabled": false,
  "password_policy": {"min_length": 10, "require_numbers": true, "require_symbols": true},
  "oauth": {"domain": "http://localhost:9229", "scopes": ["openid"], "redirect_sign_in_uri": ["https://a/", "https://b/"], "redirect_sign_out_uri": ["https://a/out"], "response_type": "code", "identity_providers": []}}}`

const exports = `{"aws_project_region": "us-west-2", "aws_cognito_region": "us-west-2", "aws_user_pools_id": "us-west-2_Zz9", "aws_user_pools_web_client_id": "7client",
  "aws_cognito_identity_pool_id": "us-west-2:1-2", "aws_mandatory_sign_in": "enable",
  "oauth": {"domain": "d.auth.us-west-2.amazoncognito.com", "scope": ["email"], "redirectSignIn": "https://a/,https://b/", "redirectSignOut": "https://a/", "responseType": "code"},
  "aws_cognito_password_protection_settings": {"passwordPolicyMinLength": 8, "passwordPolicyCharacters": ["REQUIRES_LOWERCASE", "REQUIRES_UPPERCASE"]}}`

const resources = `{"Auth": {"Cognito": {"userPoolId": "us-east-1_Local0001", "userPoolClientId": "local-web-client", "userPoolEndpoint": "http://[::1]:9229",
  "identityPoolId": "us-east-1:1", "identityPoolEndpoint": "https://proxy.example.com/identity", "allowGuestAccess": true,
  "loginWith": {"username": true, "oauth": {"domain": "d.example.com", "scopes": ["openid"], "redirectSignIn": ["https://a/"], "redirectSignOut": ["https://a/"], "responseType": "code"}},
  "passwordFormat": {"minLength": 12, "requireSpecialCharacters": true}}}}`

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want Config
	}{
		"awsconfiguration.json": {awsConfiguration, Config{
			UserPool:     &UserPool{ID: "us-east-1_Local0001", ClientID: "local-web-client", ClientSecret: "s3cret", Region: "us-east-1", Endpoint: "http://127.0.0.1:9229"},
			IdentityPool: &IdentityPool{ID: "us-east-1:00000000-0000-4000-8000-000000000001", Region: "us-east-1", Endpoint: "http://127.0.0.1:9229", AllowGuest: true},
			OAuth: &OAuth{ClientID: "local-web-client", Domain: "https://x.auth.us-east-1.amazoncognito.com", SignInRedirectURIs: []string{"http://localhost:8080/callback"},
				SignOutRedirectURIs: []string{"http://localhost:8080/signed-out"}, Scopes: []string{"openid", "email"}, SignInURIQueryParameters: map[string]string{"prompt": "login"}},
			AuthFlow: "CUSTOM_AUTH",
		}},
		"amplify_outputs.json": {outputs, Config{
			UserPool:       &UserPool{ID: "eu-west-1_AbC", ClientID: "abc123", Region: "eu-west-1"},
			IdentityPool:   &IdentityPool{ID: "eu-west-1:0000", Region: "eu-west-1"},
			OAuth:          &OAuth{ClientID: "abc123", Domain: "http://localhost:9229", SignInRedirectURIs: []string{"https://a/", "https://b/"}, SignOutRedirectURIs: []string{"https://a/out"}, Scopes: []string{"openid"}},
			AuthFlow:       "USER_SRP_AUTH",
			PasswordPolicy: &PasswordPolicy{MinLength: 10, RequireNumbers: true, RequireSymbols: true},
		}},
		"aws-exports": {exports, Config{
			UserPool:       &UserPool{ID: "us-west-2_Zz9", ClientID: "7client", Region: "us-west-2"},
			IdentityPool:   &IdentityPool{ID: "us-west-2:1-2", Region: "us-west-2"},
			OAuth:          &OAuth{ClientID: "7client", Domain: "https://d.auth.us-west-2.amazoncognito.com", SignInRedirectURIs: []string{"https://a/", "https://b/"}, SignOutRedirectURIs: []string{"https://a/"}, Scopes: []string{"email"}},
			AuthFlow:       "USER_SRP_AUTH",
			PasswordPolicy: &PasswordPolicy{MinLength: 8, RequireLowercase: true, RequireUppercase: true},
		}},
		"ResourcesConfig": {resources, Config{
			UserPool:       &UserPool{ID: "us-east-1_Local0001", ClientID: "local-web-client", Region: "us-east-1", Endpoint: "http://[::1]:9229"},
			IdentityPool:   &IdentityPool{ID: "us-east-1:1", Region: "us-east-1", Endpoint: "https://proxy.example.com/identity", AllowGuest: true},
			OAuth:          &OAuth{ClientID: "local-web-client", Domain: "https://d.example.com", SignInRedirectURIs: []string{"https://a/"}, SignOutRedirectURIs: []string{"https://a/"}, Scopes: []string{"openid"}},
			AuthFlow:       "USER_SRP_AUTH",
			PasswordPolicy: &PasswordPolicy{MinLength: 12, RequireSymbols: true},
		}},
		"identity pool alone": {`{"CredentialsProvider": {"CognitoIdentity": {"Default": {"PoolId": "us-east-1:2", "Region": "us-east-1"}}}}`, Config{
			IdentityPool: &IdentityPool{ID: "us-east-1:2", Region: "us-east-1", AllowGuest: true}, AuthFlow: "USER_SRP_AUTH"}},
		"Auth0 as in the guide, without SignOutRedirectURI": {`{"CredentialsProvider": {"CognitoIdentity": {"Default": {"PoolId": "us-east-1:2"}}},
			"Auth": {"Default": {"OAuth": {"AppClientId": "a0", "WebDomain": "d.auth0.com", "TokenURI": "https://d.auth0.com/oauth/token", "SignInURI": "https://d.auth0.com/authorize",
			"SignInRedirectURI": "https://app/callback", "SignOutURI": "https://d.auth0.com/v2/logout", "SignOutURIQueryParameters": {"client_id": "a0"}, "Scopes": ["openid"]}}}}`, Config{
			IdentityPool: &IdentityPool{ID: "us-east-1:2", Region: "us-east-1", AllowGuest: true},
			OAuth: &OAuth{ClientID: "a0", Domain: "https://d.auth0.com", TokenURI: "https://d.auth0.com/oauth/token", SignInURI: "https://d.auth0.com/authorize", SignOutURI: "https://d.auth0.com/v2/logout",
				SignInRedirectURIs: []string{"https://app/callback"}, Scopes: []string{"openid"}, SignOutURIQueryParameters: map[string]string{"client_id": "a0"}},
			AuthFlow: "USER_SRP_AUTH"}},
		"migration": {`{"CognitoUserPool": {"Default": {"PoolId": "us-east-1_a", "AppClientId": "c", "MigrationEnabled": true}}}`, Config{
			UserPool: &UserPool{ID: "us-east-1_a", ClientID: "c", Region: "us-east-1"}, AuthFlow: "USER_PASSWORD_AUTH"}},
	} {
		got, err := Parse([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s:\n got %+v %+v %+v %+v\nwant %+v", name, got.UserPool, got.IdentityPool, got.OAuth, got, c.want)
		}
	}
}

func TestParseErrorsNameTheKey(t *testing.T) {
	for _, c := range []struct{ name, in, key, problem string }{
		{"not JSON", `nonsense`, "", "not a JSON object"},
		{"null", `null`, "", "none of"},
		{"empty", `{}`, "", "none of"},
		{"v5", `{"Auth": {"region": "us-east-1", "userPoolId": "us-east-1_a", "userPoolWebClientId": "c"}}`, "Auth.userPoolId", "Amplify v5"},
		{"v5 key in v6", `{"Auth": {"Cognito": {"userPoolId": "us-east-1_a", "userPoolWebClientId": "c"}}}`, "Auth.Cognito.userPoolWebClientId", "should be called userPoolClientId"},
		{"v5 key alone", `{"Auth": {"Cognito": {"userPoolWebClientId": "c"}}}`, "Auth.Cognito.userPoolWebClientId", "should be called"},
		{"client id missing", `{"Auth": {"Cognito": {"userPoolId": "us-east-1_a"}}}`, "Auth.Cognito.userPoolClientId", "missing"},
		{"client id empty", `{"aws_user_pools_id": "us-east-1_a", "aws_user_pools_web_client_id": ""}`, "aws_user_pools_web_client_id", "missing"},
		{"pool id wrong", `{"auth": {"user_pool_id": "us-east-1:a", "user_pool_client_id": "c"}}`, "auth.user_pool_id", "looks like"},
		{"pool id of another type", `{"auth": {"user_pool_id": 7, "user_pool_client_id": "c"}}`, "auth.user_pool_id", "must be a string"},
		{"identity pool id wrong", `{"auth": {"identity_pool_id": "us-east-1_x"}}`, "auth.identity_pool_id", "looks like"},
		{"nothing configured", `{"auth": {"aws_region": "us-east-1"}}`, "", "neither"},
		{"flow", `{"CognitoUserPool": {"Default": {"PoolId": "us-east-1_a", "AppClientId": "c"}}, "Auth": {"Default": {"authenticationFlowType": "SRP"}}}`, "authenticationFlowType", "expected USER_SRP_AUTH"},
		{"http elsewhere", `{"Auth": {"Cognito": {"userPoolId": "us-east-1_a", "userPoolClientId": "c", "userPoolEndpoint": "http://example.com"}}}`, "Auth.Cognito.userPoolEndpoint", "only https"},
		{"http on a host that begins as loopback does", `{"Auth": {"Cognito": {"userPoolId": "us-east-1_a", "userPoolClientId": "c", "userPoolEndpoint": "http://127.evil.com"}}}`, "Auth.Cognito.userPoolEndpoint", "only https"},
		{"user info in a URL", `{"Auth": {"Cognito": {"userPoolId": "us-east-1_a", "userPoolClientId": "c", "userPoolEndpoint": "https://a@b"}}}`, "Auth.Cognito.userPoolEndpoint", "expected a host"},
		{"javascript", `{"Auth": {"Cognito": {"userPoolId": "us-east-1_a", "userPoolClientId": "c", "userPoolEndpoint": "javascript://%0aalert(1)"}}}`, "Auth.Cognito.userPoolEndpoint", "only https"},
		{"javascript without slashes", `{"Auth": {"Default": {"OAuth": {"AppClientId": "c", "SignOutURI": "javascript:alert(1)", "SignInRedirectURI": "https://a/", "Scopes": ["openid"]}}}}`, "Auth.Default.OAuth.SignOutURI", "expected a host"},
		{"no redirect", `{"auth": {"user_pool_id": "us-east-1_a", "user_pool_client_id": "c", "oauth": {"domain": "d", "scopes": ["openid"]}}}`, "auth.oauth.redirect_sign_in_uri", "missing"},
		{"redirect of another type", `{"auth": {"user_pool_id": "us-east-1_a", "user_pool_client_id": "c", "oauth": {"domain": "d", "scopes": ["openid"], "redirect_sign_in_uri": [1]}}}`, "auth.oauth.redirect_sign_in_uri[0]", "must be a string"},
		{"classic flow without role", `{"auth": {"identity_pool_id": "us-east-1:1", "ClassicFlow": true}}`, "auth.AuthenticatedRoleArn", "missing"},
		{"version", `{"version": "2", "auth": {}}`, "version", "1.x"},
		{"Region of another pool", `{"CognitoUserPool": {"Default": {"PoolId": "us-east-1_a", "AppClientId": "c", "Region": "eu-west-1"}}}`, "CognitoUserPool.Default.Region", "PoolId is of us-east-1"},
		{"Region of another identity pool", `{"CredentialsProvider": {"CognitoIdentity": {"Default": {"PoolId": "us-east-1:1", "Region": "eu-west-1"}}}}`, "CredentialsProvider.CognitoIdentity.Default.Region", "PoolId is of us-east-1"},
		{"placeholder", `{"CognitoUserPool": {"Default": {"PoolId": "XX-XXXX-X_abcd1234", "AppClientId": "XXXXXXXX", "Region": "XX-XXXX-X"}}}`, "CognitoUserPool.Default.PoolId", "placeholder"},
		{"placeholder of a client", `{"CognitoUserPool": {"Default": {"PoolId": "us-east-1_a", "AppClientId": "XXXXXXXX"}}}`, "CognitoUserPool.Default.AppClientId", "placeholder"},
		{"placeholder of an identity pool", `{"CredentialsProvider": {"CognitoIdentity": {"Default": {"PoolId": "XX-XXXX-X:XXXXXXXX-XXXX", "Region": "XX-XXXX-X"}}}}`, "CredentialsProvider.CognitoIdentity.Default.PoolId", "placeholder"},
		{"placeholder of a secret", `{"CognitoUserPool": {"Default": {"PoolId": "us-east-1_a", "AppClientId": "XXc", "AppClientSecret": "XXXXXXXXX"}}}`, "CognitoUserPool.Default.AppClientSecret", "placeholder"},
		{"a profile, but not Default", `{"CognitoUserPool": {"Staging": {"PoolId": "us-east-1_a", "AppClientId": "c"}}}`, "CognitoUserPool.Default", "only the one of this name"},
		{"a key in another case", `{"auth": {"user_pool_id": "us-east-1_a", "userPoolClientID": "c"}}`, "auth.userPoolClientID", "should be called user_pool_client_id"},
		{"a key in another case of the old format", `{"CognitoUserPool": {"Default": {"poolId": "us-east-1_a", "AppClientId": "c"}}}`, "CognitoUserPool.Default.poolId", "should be called PoolId"},
		{"comment", "{\"auth\": { // ours\n}}", "", "comment"},
		{"section of another type", `{"CognitoUserPool": "x"}`, "CognitoUserPool", "must be an object"},
	} {
		_, err := Parse([]byte(c.in))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want a configuration error", c.name, err)
			continue
		}
		if e.Key != c.key || !strings.Contains(e.Problem, c.problem) {
			t.Errorf("%s: %q %q, want %q …%q…", c.name, e.Key, e.Problem, c.key, c.problem)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{awsConfiguration, outputs, exports, resources, `{}`, `[]`, `{"Auth":{"Cognito":null}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if (c == nil) == (err == nil) {
			t.Fatalf("Parse(%q) = %v, %v", data, c, err)
		}
		if err != nil {
			return
		}
		if p := c.UserPool; p != nil && (p.ClientID == "" || p.Name() == "" || p.Region == "") {
			t.Errorf("accepted user pool %+v", p)
		}
		if p := c.UserPool; p != nil && p.Endpoint != "" && !strings.HasPrefix(p.Endpoint, "https://") && !strings.HasPrefix(p.Endpoint, "http://") {
			t.Errorf("accepted endpoint %q", p.Endpoint)
		}
	})
}
