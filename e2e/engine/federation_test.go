package engine

import (
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/e2e/emulator"
)

// Token makes a token of a provider for alice.
func (e *Env) Token(provider string, change func(*emulator.TokenRequest)) string {
	e.T.Helper()
	r := emulator.TokenRequest{Provider: provider, Subject: "alice"}
	if change != nil {
		change(&r)
	}
	token, err := e.Cognito.MintToken(r)
	if err != nil {
		e.T.Fatal(err)
	}
	return token
}

func TestFederatedSignIn(t *testing.T) {
	const admin, reader = "arn:aws:iam::000000000000:role/Admin", "arn:aws:iam::000000000000:role/Reader"
	roles := func(roles ...string) func(*emulator.TokenRequest) {
		return func(r *emulator.TokenRequest) { r.Roles = roles }
	}
	tests := []struct {
		name, provider, login string
		change                func(*emulator.TokenRequest)
		args                  m
		role                  string
	}{
		{"facebook", "facebook", "graph.facebook.com", nil, nil, emulator.SeedAuthenticatedRole},
		{"Facebook by its domain", "graph.facebook.com", "graph.facebook.com", nil, nil, emulator.SeedAuthenticatedRole},
		{"google", "google", "accounts.google.com", nil, nil, emulator.SeedAuthenticatedRole},
		{"amazon", "amazon", "www.amazon.com", nil, nil, emulator.SeedAuthenticatedRole},
		{"apple", "apple", "appleid.apple.com", nil, nil, emulator.SeedAuthenticatedRole},
		{"twitter", "twitter", "api.twitter.com", nil, nil, emulator.SeedAuthenticatedRole},
		{"OIDC", emulator.SeedOIDCProvider, emulator.SeedOIDCProvider, nil, nil, emulator.SeedAuthenticatedRole},
		{"OIDC by its issuer", "https://" + emulator.SeedOIDCProvider + "/", emulator.SeedOIDCProvider, nil, nil, emulator.SeedAuthenticatedRole},
		{"OIDC by its ARN", "arn:aws:iam::000000000000:oidc-provider/" + emulator.SeedOIDCProvider, emulator.SeedOIDCProvider, nil, nil, emulator.SeedAuthenticatedRole},
		{"SAML without roles", emulator.SeedSAMLProvider, emulator.SeedSAMLProvider, nil, nil, emulator.SeedAuthenticatedRole},
		{"SAML", emulator.SeedSAMLProvider, emulator.SeedSAMLProvider, roles(admin), nil, emulator.SeedAuthenticatedRole},
		{"SAML by its name", "LocalIdP", emulator.SeedSAMLProvider, roles(admin), nil, emulator.SeedAuthenticatedRole},
		{"SAML with a role", "LocalIdP", emulator.SeedSAMLProvider, roles(admin, reader), m{"customRoleARN": reader}, reader},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := Start(t)
			p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
			token := e.Token(test.login, test.change)
			args := m{"providerName": test.provider, "token": token}
			for k, v := range test.args {
				args[k] = v
			}
			if out := p.Must("federatedSignIn", args); out["userState"] != "signedIn" {
				t.Errorf("%v", out)
			}
			e.called("GetId", "GetCredentialsForIdentity")
			p.wants(core.SignedIn)
			if d := p.details(); d["provider"] != test.login || d["token"] != token {
				t.Errorf("details %v", d)
			}
			e.Cognito.ResetCalls()
			if got := e.echo(p, "GET", "", "execute-api", ""); got.Role != test.role {
				t.Errorf("%+v", got)
			}
			reloaded := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
			reloaded.wants(core.SignedIn)
			reloaded.Must("getAWSCredentials", nil)
			e.called("echo")
			e.Cognito.Advance(55 * time.Minute) // the token is still good
			before := e.Local.All()[identityKey]
			reloaded.Must("getAWSCredentials", nil)
			if id := reloaded.Must("getIdentityId", nil)["result"]; id != before {
				t.Errorf("identity %v, was %s", id, before)
			}
			p.Fails("getTokens", nil, "invalidState")
			p.Fails("signIn", m{"username": "demo", "password": emulator.SeedPassword}, "invalidState")
			p.Must("signOut", nil)
			p.wants(core.SignedOut)
			if left := e.Local.All(); len(left) != 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

func (p *Page) details() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.events) - 1; i >= 0; i-- {
		if s, ok := p.events[i].Detail.(core.State); ok {
			return s.Details
		}
	}
	return nil
}

func TestFederatedSignInRefused(t *testing.T) {
	e := Start(t)
	two := e.Token(emulator.SeedSAMLProvider, func(r *emulator.TokenRequest) {
		r.Roles = []string{"arn:aws:iam::000000000000:role/A", "arn:aws:iam::000000000000:role/B"}
	})
	google := func(change func(*emulator.TokenRequest)) string { return e.Token("accounts.google.com", change) }
	tests := []struct {
		name    string
		args    m
		code    string
		message string
		local   bool // refused before any request
	}{
		{"no provider", m{"token": "x"}, "invalidParameter", "providerName", true},
		{"no token", m{"providerName": "google", "token": " "}, "invalidParameter", "token is empty", true},
		{"long", m{"providerName": "facebook", "token": strings.Repeat("x", 50001)}, "invalidParameter", "50000", true},
		{"access token", m{"providerName": "google", "token": "ya29.x"}, "invalidParameter", "not its access token", true},
		{"Twitter", m{"providerName": "twitter", "token": "x"}, "invalidParameter", "semicolon", true},
		{"SAML roles", m{"providerName": "LocalIdP", "token": two}, "invalidParameter", "customRoleARN: arn:aws:iam::000000000000:role/A, arn:aws:iam::000000000000:role/B", true},
		{"SAML role", m{"providerName": "LocalIdP", "token": two, "customRoleARN": "arn:aws:iam::000000000000:role/C"}, "invalidParameter", "not among", true},
		{"SAML provider", m{"providerName": "OtherIdP", "token": two}, "invalidParameter", "ARN as providerName", true},
		{"SAML without SAML", m{"providerName": emulator.SeedSAMLProvider, "token": "x"}, "invalidParameter", "base64", true},
		{"role", m{"providerName": "facebook", "token": "x", "customRoleARN": "admin"}, "invalidParameter", "ARN of an IAM role", true},
		{"identity", m{"providerName": "facebook", "token": "x", "cognitoIdentityId": "x"}, "invalidParameter", "cognitoIdentityId", true},
		{"developer", m{"providerName": "developer", "token": google(nil)}, "invalidParameter", "cognitoIdentityId", true},

		{"junk", m{"providerName": "facebook", "token": "junk"}, "federatedTokenInvalid", "", false},
		{"expired", m{"providerName": "google", "token": google(func(r *emulator.TokenRequest) { r.ExpiresIn = -60 })}, "federatedTokenExpired", "Get a new token", false},
		{"audience", m{"providerName": "google", "token": google(func(r *emulator.TokenRequest) { r.Audience = "x" })}, "federatedTokenInvalid", "client ids", false},
		{"issuer", m{"providerName": emulator.SeedOIDCProvider, "token": google(nil)}, "federatedTokenInvalid", "without https://", false},
		{"forged", m{"providerName": "apple", "token": e.Token("appleid.apple.com", func(r *emulator.TokenRequest) { r.Forged = true })}, "federatedTokenInvalid", "", false},
		{"unsupported", m{"providerName": "other.example", "token": e.Token("other.example", nil)}, "providerNotSupported", "Add the provider", false},
		{"role not in token", m{"providerName": "google", "token": google(nil), "customRoleARN": "arn:aws:iam::000000000000:role/A"}, "notAuthorized", "customRoleARN", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
			p.T = t
			e.Cognito.ResetCalls()
			err := p.Fails("federatedSignIn", test.args, test.code)
			if !strings.Contains(err.Message, test.message) {
				t.Errorf("message %q, want %q in it", err.Message, test.message)
			}
			if test.local {
				e.called()
			}
			if err.Retryable {
				t.Error("retryable")
			}
			p.wants(core.SignedOut)
			if left := e.Local.All(); len(left) != 0 {
				t.Errorf("stored %v", left)
			}
		})
	}

	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	good := m{"providerName": "google", "token": google(nil)}
	e.Online.Store(false)
	if err := p.Fails("federatedSignIn", good, "networkError"); !err.Retryable {
		t.Error("not retryable")
	}
	e.Online.Store(true)
	p.wants(core.SignedOut)
	signIn(p, "demo")
	p.Fails("federatedSignIn", good, "federationProviderExists")
	p.wants(core.SignedIn)
	p.Must("signOut", nil)
	p.Must("federatedSignIn", good)
	// Another provider takes its place.
	p.Must("federatedSignIn", m{"providerName": "facebook", "token": e.Token("graph.facebook.com", nil)})
	if d := p.details(); d["provider"] != "graph.facebook.com" {
		t.Errorf("details %v", d)
	}
}

func TestDeveloperIdentity(t *testing.T) {
	e := Start(t)
	open := func() m {
		return e.Admin(identityService+"GetOpenIdTokenForDeveloperIdentity", m{
			"IdentityPoolId": emulator.SeedIdentityPoolID, "Logins": m{emulator.SeedDeveloperProvider: "ann"}})
	}
	first := open()
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	p.Fails("federatedSignIn", m{"providerName": "developer", "token": first["Token"], "cognitoIdentityId": "us-east-1:00000000-0000-4000-8000-00000000dead"}, "resourceNotFound")
	e.Cognito.ResetCalls()
	p.Must("federatedSignIn", m{"providerName": "developer", "token": first["Token"], "cognitoIdentityId": first["IdentityId"]})
	e.called("GetCredentialsForIdentity")
	if id := p.Must("getIdentityId", nil)["result"]; id != first["IdentityId"] {
		t.Errorf("identity %v, want %v", id, first["IdentityId"])
	}
	// Later tokens need no identity id.
	e.Cognito.Advance(20 * time.Minute)
	p.Must("federatedSignIn", m{"providerName": "developer", "token": open()["Token"]})
	e.Cognito.Advance(50 * time.Minute)
	reject := e.NewPage(e.FederatedConfig(""), core.Options{RejectExpired: true}, nil)
	reject.Fails("getAWSCredentials", nil, "sessionExpired")
	reject.wants(core.SignedOutFederatedTokensInvalid)
	reject.Must("federatedSignIn", m{"providerName": "developer", "token": open()["Token"]})
	reject.wants(core.SignedIn)
}
