package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/config"
	"amplify-auth/e2e/emulator"
)

const (
	identityService = "AWSCognitoIdentityService."
	identityKey     = "com.amplify.Cognito." + emulator.SeedIdentityPoolID + ".identityId"
)

// FederatedConfig is the seeded pools' configuration, with further keys of auth.
func (e *Env) FederatedConfig(more string) *config.Config {
	return e.Parse(fmt.Sprintf(`{"auth": {"user_pool_id": %q, "user_pool_client_id": %q, "user_pool_endpoint": %q,
		"identity_pool_id": %q, "identity_pool_endpoint": %[3]q %[5]s}}`,
		emulator.SeedPoolID, emulator.SeedClientID, e.Cognito.URL(), emulator.SeedIdentityPoolID, more))
}

// IdentityConfig has no user pool.
func (e *Env) IdentityConfig() *config.Config {
	return e.Parse(fmt.Sprintf(`{"auth": {"identity_pool_id": %q, "identity_pool_endpoint": %q}}`, emulator.SeedIdentityPoolID, e.Cognito.URL()))
}

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

// echo sends a signed request to the local Cognito's echo service.
func (e *Env) echo(p *Page, method, target, service, body string) emulator.Echo {
	e.T.Helper()
	sum := sha256.Sum256([]byte(body))
	signed := p.Must("signRequest", m{
		"method": method, "url": e.Cognito.URL() + "/_emulator/echo" + target, "headers": m{"content-type": "text/plain"},
		"payloadHash": hex.EncodeToString(sum[:]), "service": service, "region": "us-east-1",
	})
	req, err := http.NewRequest(method, e.Cognito.URL()+"/_emulator/echo"+target, strings.NewReader(body))
	if err != nil {
		e.T.Fatal(err)
	}
	req.Header.Set("content-type", "text/plain")
	for name, v := range signed["headers"].(m) {
		req.Header.Set(name, v.(string))
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		e.T.Fatal(err)
	}
	defer resp.Body.Close()
	var out emulator.Echo
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		e.T.Fatalf("%s %s: %s %s", method, target, resp.Status, resp.Header.Get("x-amzn-ErrorMessage"))
	}
	return out
}

func (e *Env) called(want ...string) {
	e.T.Helper()
	if got := e.operations(); !slices.Equal(got, want) {
		e.T.Errorf("called %v, want %v", got, want)
	}
}

func (p *Page) state() core.UserState {
	if s := p.States(); len(s) > 0 {
		return s[len(s)-1]
	}
	return core.Unknown
}

func (p *Page) wants(want core.UserState) {
	p.T.Helper()
	if got := p.state(); got != want {
		p.T.Errorf("state %s, want %s", got, want)
	}
}

func TestGuest(t *testing.T) {
	for name, cfg := range map[string]func(*Env) *config.Config{
		"with a user pool": func(e *Env) *config.Config { return e.FederatedConfig("") },
		"without":          (*Env).IdentityConfig,
	} {
		t.Run(name, func(t *testing.T) {
			e := Start(t)
			p := e.NewPage(cfg(e), core.Options{}, nil)
			first := p.Must("getAWSCredentials", nil)
			p.wants(core.Guest)
			e.called("GetId", "GetCredentialsForIdentity")
			if left := time.UnixMilli(int64(first["expiration"].(float64))).Sub(e.Cognito.Now()); left < 55*time.Minute || left > time.Hour {
				t.Errorf("expire in %v", left)
			}
			id := p.Must("getIdentityId", nil)["result"].(string)
			if e.Local.All()[identityKey] != id {
				t.Errorf("%s is not in Amplify's place", id)
			}
			if got := e.echo(p, "GET", "", "execute-api", ""); got.IdentityID != id || got.Role != emulator.SeedGuestRole {
				t.Errorf("%+v", got)
			}
			e.Cognito.ResetCalls()
			if again := p.Must("getAWSCredentials", nil); again["accessKeyId"] != first["accessKeyId"] {
				t.Error("other credentials")
			}
			reloaded := e.NewPage(cfg(e), core.Options{}, nil)
			reloaded.wants(core.Guest)
			if again := reloaded.Must("getAWSCredentials", nil); again["accessKeyId"] != first["accessKeyId"] {
				t.Error("other credentials after a reload")
			}
			e.called()
			e.Cognito.Advance(51 * time.Minute) // less than ten minutes are left
			if again := reloaded.Must("getAWSCredentials", nil); again["accessKeyId"] == first["accessKeyId"] {
				t.Error("old credentials")
			}
			e.called("GetCredentialsForIdentity")
			e.Cognito.ResetCalls()
			p.Must("getAWSCredentials", m{"forceRefresh": true})
			e.called("GetCredentialsForIdentity")

			p.Must("signOut", nil)
			p.wants(core.SignedOut)
			if left := e.Local.All(); len(left) != 0 {
				t.Errorf("left %v", left)
			}
			if other := p.Must("getIdentityId", nil)["result"]; other == id {
				t.Error("the identity outlived signOut")
			}
			p.wants(core.Guest)
		})
	}
}

func TestGuestForbidden(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.FederatedConfig(`, "unauthenticated_identities_enabled": false`), core.Options{}, nil)
	e.Cognito.ResetCalls()
	p.Fails("getAWSCredentials", nil, "guestAccessNotAllowed")
	p.Fails("getIdentityId", nil, "guestAccessNotAllowed")
	e.called()
	// The configuration does not know, the pool does.
	e.Admin(identityService+"UpdateIdentityPool", m{"IdentityPoolId": emulator.SeedIdentityPoolID, "IdentityPoolName": "x", "AllowUnauthenticatedIdentities": false})
	p = e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	err := p.Fails("getAWSCredentials", nil, "guestAccessNotAllowed")
	if err.Name != "NotAuthorizedException" || !strings.Contains(err.Message, "Sign a user in") {
		t.Errorf("%v", err)
	}
	p.Fails("getIdentityId", nil, "guestAccessNotAllowed")
	p.wants(core.SignedOut)
	if left := e.Local.All(); len(left) != 0 {
		t.Errorf("stored %v", left)
	}
}

func TestNoIdentityPool(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	for _, method := range []string{"getAWSCredentials", "getIdentityId"} {
		p.Fails(method, nil, "cognitoIdentityPoolNotConfigured")
	}
	p.Fails("federatedSignIn", m{"providerName": "google", "token": "x"}, "cognitoIdentityPoolNotConfigured")
	p.Fails("signRequest", m{"method": "GET", "url": "https://a.example/", "service": "s3", "region": "us-east-1", "payloadHash": strings.Repeat("0", 64)}, "cognitoIdentityPoolNotConfigured")
}

// A user of the user pool federates by themselves, and a guest becomes that user.
func TestUserPoolFederates(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	guest := p.Must("getIdentityId", nil)["result"]
	p.wants(core.Guest)
	e.Cognito.ResetCalls()
	signIn(p, "demo")
	if id := p.Must("getIdentityId", nil)["result"]; id != guest {
		t.Errorf("identity %v, want the guest's %v", id, guest)
	}
	e.called("InitiateAuth", "RespondToAuthChallenge", "GetCredentialsForIdentity")
	if got := e.echo(p, "GET", "", "execute-api", ""); got.IdentityID != guest || got.Role != emulator.SeedAuthenticatedRole {
		t.Errorf("%+v", got)
	}
	p.Must("signOut", nil)

	// Signed in as the same user again, another guest's identity gives way to the user's.
	second := p.Must("getIdentityId", nil)["result"]
	if second == guest {
		t.Error("a new guest has the user's identity")
	}
	signIn(p, "demo")
	if id := p.Must("getIdentityId", nil)["result"]; id != guest || e.Local.All()[identityKey] != guest {
		t.Errorf("identity %v, want %v", id, guest)
	}
	p.Must("signOut", nil)

	// Without a guest before: as many requests as Amplify.
	e.Cognito.ResetCalls()
	signIn(p, "demo")
	p.Must("getAWSCredentials", nil)
	e.called("InitiateAuth", "RespondToAuthChallenge", "GetId", "GetCredentialsForIdentity")

	// A refresh of the tokens brings new credentials, because roles may have changed.
	e.Cognito.ResetCalls()
	before := p.Must("getAWSCredentials", nil)["accessKeyId"]
	p.Must("getTokens", m{"forceRefresh": true})
	if p.Must("getAWSCredentials", nil)["accessKeyId"] == before {
		t.Error("credentials outlived the tokens that got them")
	}
	e.called("GetTokensFromRefreshToken", "GetCredentialsForIdentity")
	e.Cognito.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	p.Must("getAWSCredentials", nil)
	e.called("GetTokensFromRefreshToken", "GetCredentialsForIdentity")
}

func TestIdentityOfUnknownOrigin(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	// Amplify keeps a guest's id in the same place.
	guest := e.Admin(identityService+"GetId", m{"IdentityPoolId": emulator.SeedIdentityPoolID})["IdentityId"].(string)
	e.Local.Set(identityKey, guest)
	if id := p.Must("getIdentityId", nil)["result"]; id != guest {
		t.Errorf("identity %v, want %s", id, guest)
	}
	signIn(p, "demo")
	if id := p.Must("getIdentityId", nil)["result"]; id != guest {
		t.Errorf("identity %v, want %s", id, guest)
	}
}

// A stored id that is gone, somebody else's or nonsense gives way to a new one, once.
func TestSelfRepair(t *testing.T) {
	e := Start(t)
	google := m{"accounts.google.com": e.Token("accounts.google.com", nil)}
	others := e.Admin(identityService+"GetId", m{"IdentityPoolId": emulator.SeedIdentityPoolID, "Logins": google})["IdentityId"].(string)
	for what, id := range map[string]string{
		"gone": "us-east-1:00000000-0000-4000-8000-00000000dead", "another user's": others, "nonsense": "nonsense",
	} {
		for _, user := range []string{"", "demo"} {
			t.Run(what+" "+user, func(t *testing.T) {
				p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
				p.T = t
				defer p.Must("signOut", nil)
				if user != "" {
					signIn(p, user)
				}
				e.Local.Set(identityKey, id)
				e.Cognito.ResetCalls()
				p.Must("getAWSCredentials", nil)
				e.called("GetCredentialsForIdentity", "GetId", "GetCredentialsForIdentity")
				if stored := e.Local.All()[identityKey]; stored == id {
					t.Errorf("%s is still stored", stored)
				}
			})
		}
	}
	// The pool has no roles: no repair, and a message that says so.
	e.Admin(identityService+"SetIdentityPoolRoles", m{"IdentityPoolId": emulator.SeedIdentityPoolID, "Roles": m{}})
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	p.Must("getIdentityId", nil)
	e.Cognito.ResetCalls()
	err := p.Fails("getAWSCredentials", nil, "invalidIdentityPoolConfiguration")
	e.called("GetCredentialsForIdentity")
	if !strings.Contains(err.Message, "Assign roles") {
		t.Errorf("%v", err)
	}
}

// The user pool is not a provider of the identity pool: one clear error.
func TestUserPoolNotSupported(t *testing.T) {
	e := Start(t)
	e.Admin(identityService+"UpdateIdentityPool", m{"IdentityPoolId": emulator.SeedIdentityPoolID, "IdentityPoolName": "x", "AllowUnauthenticatedIdentities": true})
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	signIn(p, "demo")
	e.Cognito.ResetCalls()
	err := p.Fails("getAWSCredentials", nil, "providerNotSupported")
	e.called("GetId")
	if !strings.Contains(err.Message, "app client") {
		t.Errorf("%v", err)
	}
	p.wants(core.SignedIn)
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
			p.Fails("getTokens", nil, "notSignedIn")
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

// Expired federated tokens: the state says so and calls wait for what ends the wait.
func TestFederatedTokenExpires(t *testing.T) {
	setUp := func(t *testing.T, opts core.Options, provider string) (*Env, *Page) {
		e := Start(t)
		p := e.NewPage(e.FederatedConfig(""), opts, nil)
		p.Must("federatedSignIn", m{"providerName": provider, "token": e.Token(provider, nil)})
		e.Cognito.Advance(2 * time.Hour)
		e.Cognito.ResetCalls()
		return e, p
	}
	type result struct {
		out m
		err *core.Error
	}
	call := func(p *Page, ctx context.Context) <-chan result {
		ch := make(chan result, 1)
		go func() {
			out, err := p.CallContext(ctx, "getAWSCredentials", nil)
			ch <- result{out, err}
		}()
		return ch
	}
	invalid := func(p *Page) { until(p, core.SignedOutFederatedTokensInvalid) }
	for _, provider := range []string{"accounts.google.com", "graph.facebook.com", emulator.SeedSAMLProvider} {
		t.Run("reject "+provider, func(t *testing.T) {
			_, p := setUp(t, core.Options{RejectExpired: true}, provider)
			err := p.Fails("getAWSCredentials", nil, "sessionExpired")
			if err.Name != "SessionExpired" || !strings.Contains(err.Message, "federatedSignIn") || core.AsError(err.Cause).Code != "federatedTokenExpired" {
				t.Errorf("%v, because of %v", err, err.Cause)
			}
			p.wants(core.SignedOutFederatedTokensInvalid)
			if d := p.details(); d["provider"] != provider || d["reason"] != "federatedTokenExpired" || d["token"] != "" {
				t.Errorf("details %v", d)
			}
		})
		t.Run("a new token "+provider, func(t *testing.T) {
			e, p := setUp(t, core.Options{}, provider)
			waiting := []<-chan result{call(p, t.Context()), call(p, t.Context()), call(p, t.Context())}
			invalid(p)
			e.Cognito.ResetCalls()
			p.Must("federatedSignIn", m{"providerName": provider, "token": e.Token(provider, nil)})
			for _, w := range waiting {
				if r := <-w; r.err != nil {
					t.Errorf("%v", r.err)
				}
			}
			e.called("GetCredentialsForIdentity")
			p.wants(core.SignedIn)
		})
	}
	t.Run("another user", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		p.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", func(r *emulator.TokenRequest) { r.Subject = "bob" })})
		if r := <-waiting; r.err == nil || r.err.Code != "unableToSignIn" {
			t.Errorf("%v %v", r.out, r.err)
		}
	})
	t.Run("signOut", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		p.Must("signOut", nil)
		if r := <-waiting; r.err == nil || r.err.Code != "unableToSignIn" {
			t.Errorf("%v", r.err)
		}
		p.wants(core.SignedOut)
		if left := e.Local.All(); len(left) != 0 {
			t.Errorf("left %v", left)
		}
		p.Must("getAWSCredentials", nil) // the queue is not stuck
	})
	t.Run("releaseSignInWait", func(t *testing.T) {
		_, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		p.Must("releaseSignInWait", nil)
		if r := <-waiting; r.err == nil || r.err.Code != "unableToSignIn" {
			t.Errorf("%v", r.err)
		}
		p.wants(core.SignedOutFederatedTokensInvalid)
	})
	t.Run("timeout and abort", func(t *testing.T) {
		_, p := setUp(t, core.Options{}, "accounts.google.com")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if r := <-call(p, ctx); r.err == nil || r.err.Code != "timeout" {
			t.Errorf("%v", r.err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		waiting := call(p, ctx)
		cancel()
		if r := <-waiting; r.err == nil || r.err.Code != "aborted" {
			t.Errorf("%v", r.err)
		}
	})
	t.Run("another page signs in", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		other := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
		other.wants(core.SignedOutFederatedTokensInvalid)
		other.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
		p.Must("storageChanged", nil)
		if r := <-waiting; r.err != nil {
			t.Errorf("%v", r.err)
		}
	})
	t.Run("a user of the user pool instead", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		waiting := call(p, t.Context())
		invalid(p)
		googles := e.Local.All()[identityKey]
		signIn(p, "demo")
		if r := <-waiting; r.err == nil || r.err.Code != "unableToSignIn" {
			t.Errorf("%v", r.err)
		}
		p.wants(core.SignedIn)
		e.Cognito.ResetCalls()
		if id := p.Must("getIdentityId", nil)["result"]; id == googles {
			t.Error("the user has the identity of another one")
		}
		e.called("GetId", "GetCredentialsForIdentity")
	})
	t.Run("offline", func(t *testing.T) {
		e, p := setUp(t, core.Options{}, "accounts.google.com")
		e.Online.Store(false)
		waiting := call(p, t.Context())
		invalid(p)
		if d := p.details(); d["reason"] != "offline" {
			t.Errorf("details %v", d)
		}
		p.Must("storageChanged", nil) // the same expired token
		p.wants(core.SignedOutFederatedTokensInvalid)
		// Back, with a token that is good again because the clock was wrong.
		e.Cognito.Advance(-2 * time.Hour)
		e.Online.Store(true)
		p.Wake()
		if r := <-waiting; r.err != nil {
			t.Errorf("%v", r.err)
		}
		until(p, core.SignedIn)
	})
}

func TestTokenSource(t *testing.T) {
	e := Start(t)
	var asked []string
	var give func() (*core.FederatedToken, error)
	e.TokenSource = func(_ context.Context, name string) (*core.FederatedToken, error) {
		asked = append(asked, name)
		return give()
	}
	opts := core.Options{RejectExpired: true, TokenSources: []string{"google", "facebook"}}
	p := e.NewPage(e.FederatedConfig(""), opts, nil)
	p.Must("federatedSignIn", m{"providerName": "accounts.google.com", "token": e.Token("accounts.google.com", nil)})
	id := p.Must("getIdentityId", nil)["result"]

	give = func() (*core.FederatedToken, error) {
		return &core.FederatedToken{Token: e.Token("accounts.google.com", nil)}, nil
	}
	e.Cognito.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	p.Must("getAWSCredentials", nil)
	e.called("GetCredentialsForIdentity") // an expired token is not even shown
	if !slices.Equal(asked, []string{"google"}) || p.Must("getIdentityId", nil)["result"] != id {
		t.Errorf("asked %v", asked)
	}
	p.wants(core.SignedIn)

	// An opaque token is known to be expired only when it is refused.
	p.Must("federatedSignIn", m{"providerName": "facebook", "token": e.Token("graph.facebook.com", nil)})
	give = func() (*core.FederatedToken, error) {
		return &core.FederatedToken{Token: e.Token("graph.facebook.com", nil)}, nil
	}
	e.Cognito.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	p.Must("getAWSCredentials", nil)
	e.called("GetCredentialsForIdentity", "GetCredentialsForIdentity")

	for what, g := range map[string]func() (*core.FederatedToken, error){
		"nothing":       func() (*core.FederatedToken, error) { return nil, nil },
		"an error":      func() (*core.FederatedToken, error) { return nil, errors.New("popup blocked") },
		"an empty one":  func() (*core.FederatedToken, error) { return &core.FederatedToken{}, nil },
		"an old one":    func() (*core.FederatedToken, error) { return &core.FederatedToken{Token: e.Token("graph.facebook.com", func(r *emulator.TokenRequest) { r.ExpiresIn = -1 })}, nil },
		"a foreign one": func() (*core.FederatedToken, error) { return &core.FederatedToken{Token: e.Token("www.amazon.com", nil)}, nil },
	} {
		give = g
		p.Must("federatedSignIn", m{"providerName": "facebook", "token": e.Token("graph.facebook.com", nil)})
		e.Cognito.Advance(2 * time.Hour)
		if err := p.Fails("getAWSCredentials", nil, "sessionExpired"); err.Cause == nil {
			t.Errorf("%s: no cause", what)
		}
		p.wants(core.SignedOutFederatedTokensInvalid)
	}
	// Offline, the source's failure says nothing about the session.
	p.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
	e.Cognito.Advance(2 * time.Hour)
	give = func() (*core.FederatedToken, error) {
		e.Online.Store(false)
		return nil, errors.New("fetch failed")
	}
	p.Fails("getAWSCredentials", nil, "networkError")
	give = func() (*core.FederatedToken, error) {
		return &core.FederatedToken{Token: e.Token("accounts.google.com", nil)}, nil
	}
	e.Online.Store(true)
	p.Must("getAWSCredentials", nil)
	p.wants(core.SignedIn)
}

func TestCredentialsShared(t *testing.T) {
	e := Start(t)
	pages := []*Page{e.NewPage(e.FederatedConfig(""), core.Options{}, nil), e.NewPage(e.FederatedConfig(""), core.Options{}, nil)}
	signIn(pages[0], "demo")
	pages[1].Must("storageChanged", nil)
	e.Cognito.ResetCalls()
	type result struct {
		key any
		err *core.Error
	}
	results := make(chan result)
	for i := range 60 {
		go func() {
			out, err := pages[i%2].Call("getAWSCredentials", nil)
			results <- result{out["accessKeyId"], err}
		}()
	}
	keys := map[any]bool{}
	for range 60 {
		r := <-results
		if r.err != nil {
			t.Fatal(r.err)
		}
		keys[r.key] = true
	}
	if len(keys) != 1 {
		t.Errorf("%d different credentials", len(keys))
	}
	e.called("GetId", "GetCredentialsForIdentity")
}

// A service that fails near the end of credentials is no reason to fail as well.
func TestCredentialsOutliveFaults(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	first := p.Must("getAWSCredentials", nil)["accessKeyId"]
	e.Cognito.Advance(55 * time.Minute)
	e.Online.Store(false)
	if again := p.Must("getAWSCredentials", nil)["accessKeyId"]; again != first {
		t.Error("other credentials")
	}
	p.Fails("getAWSCredentials", m{"forceRefresh": true}, "networkError")
	e.Cognito.Advance(10 * time.Minute)
	p.Fails("getAWSCredentials", nil, "networkError")
	p.wants(core.Guest)
	e.Online.Store(true)
	p.Must("getAWSCredentials", nil)
}

func TestSignOutDuringFetch(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	signIn(p, "demo")
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "GetCredentialsForIdentity", Kind: "slow", Count: 1, DelayMs: 300}); err != nil {
		t.Fatal(err)
	}
	drain(e.Sent)
	done := make(chan *core.Error, 1)
	go func() {
		_, err := p.Call("getAWSCredentials", nil)
		done <- err
	}()
	for op := range e.Sent {
		if op == "GetCredentialsForIdentity" {
			break
		}
	}
	p.Must("signOut", nil)
	if err := <-done; err == nil || err.Code != "unableToSignIn" {
		t.Errorf("%v", err)
	}
	if left := e.Local.All(); len(left) != 0 {
		t.Errorf("stored %v", left)
	}
	// The same for a sign-in that is being proved.
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "GetCredentialsForIdentity", Kind: "slow", Count: 1, DelayMs: 300}); err != nil {
		t.Fatal(err)
	}
	drain(e.Sent)
	go func() {
		_, err := p.Call("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
		done <- err
	}()
	for op := range e.Sent {
		if op == "GetCredentialsForIdentity" {
			break
		}
	}
	p.Must("signOut", nil)
	if err := <-done; err == nil || err.Code != "signInSuperseded" {
		t.Errorf("%v", err)
	}
	p.wants(core.SignedOut)
	if left := e.Local.All(); len(left) != 0 {
		t.Errorf("stored %v", left)
	}
}

func drain(ch chan string) {
	for {
		select {
		case <-ch:
		default:
			return
		}
	}
}

// A session of the hosted UI that is kept from the identity pool is a guest there.
func TestClassicFlow(t *testing.T) {
	e := Start(t)
	cfg := e.FederatedConfig(fmt.Sprintf(`, "ClassicFlow": true, "AuthenticatedRoleArn": %q, "UnauthenticatedRoleArn": %q, "STSEndpoint": %q`,
		emulator.SeedAuthenticatedRole, emulator.SeedGuestRole, e.Cognito.URL()))
	p := e.NewPage(cfg, core.Options{}, nil)
	p.Must("getAWSCredentials", nil)
	e.called("GetId", "GetOpenIdToken", "AssumeRoleWithWebIdentity")
	if got := e.echo(p, "GET", "", "execute-api", ""); got.Role != emulator.SeedGuestRole {
		t.Errorf("%+v", got)
	}
	guest := p.Must("getIdentityId", nil)["result"]
	signIn(p, "demo")
	if got := e.echo(p, "GET", "", "execute-api", ""); got.Role != emulator.SeedAuthenticatedRole || got.IdentityID != guest {
		t.Errorf("%+v", got)
	}
	p.Must("signOut", nil)
	p.Must("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil)})
	err := func() *core.Error {
		p.Must("signOut", nil)
		return p.Fails("federatedSignIn", m{"providerName": "google", "token": e.Token("accounts.google.com", nil), "customRoleARN": "arn:aws:iam::000000000000:role/Other"}, "accessDenied")
	}()
	if !strings.Contains(err.Message, "trust policy") {
		t.Errorf("%v", err)
	}
	for kind, want := range map[string]string{"status500": "internalError", "drop": "networkError", "html": "invalidResponse", "throttle": "tooManyRequests"} {
		if err := e.Cognito.InjectFault(emulator.Fault{Operation: "AssumeRoleWithWebIdentity", Kind: kind, Count: -1}); err != nil {
			t.Fatal(err)
		}
		if err := p.Fails("getAWSCredentials", nil, want); !err.Retryable {
			t.Errorf("%s is not retryable", kind)
		}
		e.Cognito.ClearFaults()
	}
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "AssumeRoleWithWebIdentity", Kind: "status500", Count: 2}); err != nil {
		t.Fatal(err)
	}
	p.Must("getAWSCredentials", nil)

	guests := e.FederatedConfig(fmt.Sprintf(`, "ClassicFlow": true, "AuthenticatedRoleArn": %q, "STSEndpoint": %q`, emulator.SeedAuthenticatedRole, e.Cognito.URL()))
	p.Must("signOut", nil)
	e.NewPage(guests, core.Options{}, nil).Fails("getAWSCredentials", nil, "guestAccessNotAllowed")
}

func TestSignRequest(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
	for _, c := range []struct{ method, target, service, body string }{
		{"GET", "", "execute-api", ""},
		{"GET", "/a%20b/%C3%BC/(x)'!*~-._", "execute-api", ""},
		{"GET", "/empty//segments///x/", "execute-api", ""},
		{"GET", "?b=2&a=1&a=0&c&d=%20x%2By&e=%C3%BC&f=a+b", "execute-api", ""},
		{"POST", "/graphql", "appsync", `{"query":"{ me }"}`},
		{"PUT", "/bucket/key%20with%20(signs)'!*/%C3%BC/%2B//end", "s3", "content"},
		{"DELETE", "/bucket/key?versionId=1", "s3", ""},
	} {
		got := e.echo(p, c.method, c.target, c.service, c.body)
		if got.Service != c.service || got.Region != "us-east-1" || got.Body != c.body {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	good := m{"method": "GET", "url": "https://a.example/", "payloadHash": strings.Repeat("0", 64), "service": "s3", "region": "us-east-1"}
	for field, bad := range map[string]any{
		"service": "", "region": "", "payloadHash": "", "url": "/path", "headers": []string{},
	} {
		args := m{}
		for k, v := range good {
			args[k] = v
		}
		args[field] = bad
		if err := p.Fails("signRequest", args, "invalidParameter"); !strings.Contains(err.Message, field) {
			t.Errorf("%v", err)
		}
	}
	good["url"] = "https://a.example/?a=%zz"
	p.Fails("signRequest", good, "invalidParameter")
}

// A wrong local clock does not spoil signatures.
func TestSignRequestWithSkew(t *testing.T) {
	for _, skew := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		e := Start(t)
		e.Skew = skew
		p := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
		e.echo(p, "GET", "", "execute-api", "")
		reloaded := e.NewPage(e.FederatedConfig(""), core.Options{}, nil)
		e.Cognito.ResetCalls()
		e.echo(reloaded, "GET", "", "execute-api", "")
		e.called("echo")
	}
}
