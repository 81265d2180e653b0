package engine

import (
	"fmt"
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

func (e *Env) called(want ...string) {
	e.T.Helper()
	if got := e.Operations(); !slices.Equal(got, want) {
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

// The basic (classic) flow: a token of the identity pool, then STS.
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
