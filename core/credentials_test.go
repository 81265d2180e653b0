package core

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/oidc"
	"amplify-auth/core/origin/origintest"
	"amplify-auth/core/records"
	"amplify-auth/core/srp"
)

// identityClient is a client with fakes of both pools.
func identityClient(storage Storage, locks Locks) (*Auth, *fakeIdentities) {
	ids := &fakeIdentities{ids: map[string]map[string]string{}}
	cfg := &config.Config{UserPool: fakeConfig.UserPool, IdentityPool: &config.IdentityPool{ID: "us-east-1:0", AllowGuest: true}}
	cfg.OAuth = &config.OAuth{ClientID: "oauth", Issuer: "https://issuer.example"}
	a := New(cfg, Options{RejectExpired: true}, Deps{
		UserPool: &fakePool{live: map[string]chain{}}, IdentityPool: ids, Random: rand.Reader, Storage: storage, Session: newMemory(), Locks: locks, Network: new(fakeNetwork),
		Now: time.Now, Emit: func(Event) {},
	})
	a.ready.pair = new(srp.Ephemeral) // never used: no exponentiation in these tests
	return a, ids
}

// What the identity pool is shown of a session.
func TestLoginsOfSessions(t *testing.T) {
	const pool = "eu-west-1_A"
	for name, c := range map[string]struct {
		session  session
		iss      string // of its id token; empty without one
		provider string // empty: a guest
		err      error
	}{
		"user pool":                      {session{}, "https://cognito-idp.eu-west-1.amazonaws.com/" + pool, "cognito-idp.eu-west-1.amazonaws.com/" + pool, nil},
		"hosted UI":                      {session{OAuth: true}, "https://cognito-idp.eu-west-1.amazonaws.com/" + pool, "cognito-idp.eu-west-1.amazonaws.com/" + pool, nil},
		"local endpoint":                 {session{}, "http://127.0.0.1:9229/" + pool, "127.0.0.1:9229/" + pool, nil},
		"another provider":               {session{OAuth: true, External: true}, "https://tenant.example/", "tenant.example", nil},
		"another provider by its name":   {session{OAuth: true, External: true, OAuthSession: records.OAuthSession{FederationProvider: "arn"}}, "https://tenant.example/", "arn", nil},
		"without an id token":            {session{OAuth: true}, "", "", errNoIDToken},
		"kept from the identity pool":    {session{OAuth: true, OAuthSession: records.OAuthSession{DisableFederation: true}}, "https://x/" + pool, "", nil},
		"another provider, also kept so": {session{OAuth: true, External: true, OAuthSession: records.OAuthSession{DisableFederation: true}}, "", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			a, _ := identityClient(newMemory(), origintest.New().Page())
			defer a.Close()
			a.cfg.UserPool = &config.UserPool{ID: pool, ClientID: "client", Region: "eu-west-1"}
			a.layout = records.NewLayout(a.cfg)
			s := c.session
			s.Username, s.Refresh = "ada", "refresh"
			s.Access = oidc.Opaque("opaque", time.Now().Add(time.Hour))
			if !s.External {
				s.Access = signedToken(t, map[string]any{"token_use": "access", "client_id": "client", "username": "ada", "iss": "https://x/" + pool})
			}
			if c.iss != "" {
				s.ID = signedToken(t, map[string]any{"token_use": "id", "aud": "client", "iss": c.iss})
			}
			if err := errors.Join(a.records().PutSession(ctx, &s, true), a.StorageChanged(ctx)); err != nil {
				t.Fatal(err)
			}
			h, err := a.holder(ctx)
			if err != nil {
				t.Fatal(err)
			}
			logins, err := a.logins(ctx, h, false)
			switch {
			case !errors.Is(err, c.err):
				t.Errorf("%v, want %v", err, c.err)
			case c.err != nil:
			case c.provider != "":
				if len(logins) != 1 || logins[c.provider] != s.ID.Raw {
					t.Errorf("logins %v, want %s", logins, c.provider)
				}
			default:
				got, err := a.credentials(ctx, GetCredentialsInput{})
				if err != nil || got.SecretAccessKey != "guest" || len(logins) != 0 || a.state.get().UserState != SignedIn {
					t.Errorf("%+v %v, logins %v, state %s", got, err, logins, a.state.get().UserState)
				}
			}
		})
	}
}

// signedToken makes a token, good for an hour, that nobody can verify.
func signedToken(t *testing.T, claims map[string]any) *Token {
	t.Helper()
	claims["iat"], claims["exp"] = time.Now().Unix(), time.Now().Add(time.Hour).Unix()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	token, err := oidc.ParseToken("eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(payload) + ".c2ln")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// A page that has got the lock waits until it can read what the page before has
// stored, and not for what is of others or never comes.
func TestCredentialsOfAnotherPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		o := origintest.New()
		o.Lag = 300 * time.Millisecond
		open := func(storage Storage) (*Auth, *fakeIdentities) {
			p := o.Page()
			if storage == nil {
				storage = p
			}
			return identityClient(storage, p)
		}
		first, ids := open(nil)
		defer first.Close()
		second, _ := open(nil)
		defer second.Close()
		second.IdentityPool = ids
		c, err := first.credentials(ctx, GetCredentialsInput{})
		if err != nil {
			t.Fatal(err)
		}
		calls := ids.calls
		got, err := second.credentials(ctx, GetCredentialsInput{})
		if err != nil || got.AccessKeyID != c.AccessKeyID || ids.calls != calls {
			t.Errorf("%v %v after %d calls", got, err, ids.calls-calls)
		}
		// Storage that never shows it holds nobody up for long.
		third, _ := open(newMemory())
		defer third.Close()
		third.IdentityPool = ids
		start := time.Now()
		if _, err := third.credentials(ctx, GetCredentialsInput{}); err != nil || ids.calls == calls {
			t.Errorf("%v after %d calls", err, ids.calls-calls)
		}
		if waited := time.Since(start); waited < storageLag || waited > storageLag+time.Second {
			t.Errorf("waited %v", waited)
		}
		// A user's credentials are got by other means than a guest's.
		start = time.Now()
		if _, err := third.FederatedSignIn(ctx, FederatedSignInInput{"facebook", federatedToken("facebook", "ada")}); err != nil {
			t.Fatal(err)
		}
		if _, err := third.credentials(ctx, GetCredentialsInput{ForceRefresh: true}); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited > time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

// Nor may credentials come back, or make a guest of nobody.
func TestSignOutWhileCredentialsAreStored(t *testing.T) {
	for delay := range 200 {
		synctest.Test(t, func(t *testing.T) {
			storage := newMemory()
			a, _ := identityClient(storage, origintest.New().Page())
			defer a.Close()
			a.Storage = slowStorage{storage}
			if _, err := a.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x", AuthFlow: "USER_PASSWORD_AUTH"}); err != nil {
				t.Fatal(err)
			}
			signOutDuring(t, a, storage.snapshot, time.Duration(delay)*time.Millisecond, func() { _, _ = a.credentials(t.Context(), GetCredentialsInput{}) })
		})
	}
}

// A user may sign in, in another page, while a provider's token is proved.
func TestSignInDuringFederatedSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		storage, locks := newMemory(), origintest.New().Page()
		a, _ := identityClient(storage, locks)
		defer a.Close()
		other, _ := identityClient(storage, locks)
		defer other.Close()
		ended := make(chan error, 1)
		go func() {
			_, err := a.FederatedSignIn(t.Context(), FederatedSignInInput{"facebook", federatedToken("facebook", "ben")})
			ended <- err
		}()
		synctest.Wait()
		if _, err := other.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x", AuthFlow: "USER_PASSWORD_AUTH"}); err != nil {
			t.Fatal(err)
		}
		if err := a.StorageChanged(t.Context()); err != nil { // as the browser tells
			t.Fatal(err)
		}
		if err := <-ended; !errors.Is(err, errOtherSession) {
			t.Errorf("federatedSignIn: %v", err)
		}
		if got := a.state.get(); got.Details["username"] != "ada" || storage.snapshot()[a.layout.FederationKey()] != "" {
			t.Errorf("state %v", got)
		}
	})
}
