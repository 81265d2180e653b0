package core

import (
	"context"
	_ "embed"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/origin/origintest"
	"amplify-auth/core/records"
)

// storedSession is a case of core/testdata/stored_sessions.json, which the page
// side runs as well: before the wasm is there it answers by the same rule.
type storedSession struct {
	Name   string `json:"name"`
	Config struct {
		UserPoolID     string `json:"userPoolId,omitempty"`
		ClientID       string `json:"clientId,omitempty"`
		IdentityPoolID string `json:"identityPoolId,omitempty"`
		External       bool   `json:"external,omitempty"` // another provider; without a user pool ClientID is there
	} `json:"config"`
	Now int64 `json:"now"`
	// Storage holds everything that is stored.
	Storage map[string]string `json:"storage"`
	Want    storedAnswer      `json:"want"`
}

//go:embed testdata/stored_sessions.json
var storedSessionsJSON []byte

func storedSessions(t testing.TB) []storedSession {
	t.Helper()
	var cases []storedSession
	if err := json.Unmarshal(storedSessionsJSON, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 25 {
		t.Fatalf("%d cases", len(cases))
	}
	return cases
}

func (c *storedSession) auth(storage *memory) *Auth {
	cfg := &config.Config{AuthFlow: "USER_SRP_AUTH"}
	if c.Config.ClientID != "" && (c.Config.External || c.Config.UserPoolID == "") {
		cfg.OAuth = &config.OAuth{ClientID: c.Config.ClientID}
	}
	if c.Config.External {
		cfg.OAuth.SignInURI, cfg.OAuth.TokenURI = "https://auth0.example/authorize", "https://auth0.example/token"
	}
	if c.Config.UserPoolID != "" {
		cfg.UserPool = &config.UserPool{ID: c.Config.UserPoolID, ClientID: c.Config.ClientID, Region: "us-east-1"}
	}
	if c.Config.IdentityPoolID != "" {
		cfg.IdentityPool = &config.IdentityPool{ID: c.Config.IdentityPoolID, Region: "us-east-1"}
	}
	return New(cfg, Options{}, Deps{
		Storage: storage, Session: newMemory(), Locks: origintest.New().Page(), Now: func() time.Time { return time.UnixMilli(c.Now) }, Emit: func(Event) {},
	})
}

// Whatever is stored, reading it neither fails nor signs in without an access
// token of this pool and client.
func FuzzStoredSession(f *testing.F) {
	for _, c := range storedSessions(f) {
		user := c.Storage["CognitoIdentityServiceProvider.local-web-client.LastAuthUser"]
		p := "CognitoIdentityServiceProvider.local-web-client." + user + "."
		f.Add(user, c.Storage[p+"accessToken"], c.Storage[p+"idToken"], c.Storage[p+"refreshToken"], c.Storage[p+"clockDrift"], c.Storage[p+"signInDetails"], c.Storage[p+"oauthMetadata"])
	}
	f.Fuzz(func(t *testing.T, user, access, id, refresh, drift, details, oauth string) {
		storage := newMemory()
		p := "CognitoIdentityServiceProvider.local-web-client."
		storage.values[p+"LastAuthUser"] = user
		for i, v := range []string{access, id, refresh, drift, details, oauth} {
			storage.values[p+user+"."+[]string{"accessToken", "idToken", "refreshToken", "clockDrift", "signInDetails", "oauthMetadata"}[i]] = v
		}
		c := storedSession{Now: 1767225600000}
		c.Config.ClientID, c.Config.UserPoolID = "local-web-client", "us-east-1_Local0001"
		a := c.auth(storage)
		if err := a.StorageChanged(context.Background()); err != nil {
			t.Fatal(err)
		}
		s, err := a.loadSession(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if a.state.get().UserState == SignedIn && (s == nil || !records.OfPool(s.Access, "access", "us-east-1_Local0001", "local-web-client")) {
			t.Errorf("signed in by %q", access)
		}
	})
}

// slowStorage answers as a store of promises does: what is written while it reads is
// not what the reader gets.
type slowStorage struct{ Storage }

func (s slowStorage) Get(ctx context.Context, keys ...string) ([]*string, error) {
	time.Sleep(3 * time.Millisecond)
	defer time.Sleep(7 * time.Millisecond)
	return s.Storage.Get(ctx, keys...)
}

func (s slowStorage) Apply(ctx context.Context, changes []Change) error {
	time.Sleep(6 * time.Millisecond)
	defer time.Sleep(6 * time.Millisecond)
	return s.Storage.Apply(ctx, changes)
}

// What another page's change made us read may be older than what this page did since.
func TestStorageReadDuringAChange(t *testing.T) {
	for delay := range 60 {
		synctest.Test(t, func(t *testing.T) {
			b := newBrowser(t)
			p := b.open(Options{RejectExpired: true})
			defer p.Close()
			p.Storage = slowStorage{p.own}
			read := func() {
				time.AfterFunc(time.Duration(delay)*time.Millisecond, func() {
					if err := p.StorageChanged(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			read()
			if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if got := p.state.get().UserState; got != SignedIn {
				t.Errorf("read %d ms into a sign-in: %s", delay, got)
			}
			read()
			if _, err := p.SignOut(t.Context(), SignOutInput{}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if got := p.state.get().UserState; got != SignedOut {
				t.Errorf("read %d ms into a sign-out: %s", delay, got)
			}
		})
	}
}

// signOutDuring signs out a while into work and checks that it brings nothing back.
func signOutDuring(t *testing.T, a *Auth, stored func() map[string]string, while time.Duration, work func()) {
	t.Helper()
	ended := make(chan bool)
	go func() {
		work()
		close(ended)
	}()
	time.Sleep(while)
	if _, err := a.SignOut(t.Context(), SignOutInput{}); err != nil {
		t.Fatal(err)
	}
	<-ended
	time.Sleep(time.Second)
	if left := stored(); len(left) > 0 || a.state.get().UserState != SignedOut {
		t.Errorf("signed out after %v: %s, stored %d values", while, a.state.get().UserState, len(left))
	}
}

// The tokens of a refresh must not come back by a write that began before a sign-out.
func TestSignOutWhileARefreshStores(t *testing.T) {
	for delay := range 250 {
		synctest.Test(t, func(t *testing.T) {
			b := newBrowser(t)
			p := b.open(Options{RejectExpired: true})
			defer p.Close()
			p.Storage = slowStorage{p.own}
			if _, err := p.SignIn(t.Context(), SignInInput{Username: "ada", Password: "x"}); err != nil {
				t.Fatal(err)
			}
			signOutDuring(t, p.Auth, b.stored, time.Duration(delay)*time.Millisecond, func() { _, _ = p.GetTokens(t.Context(), GetTokensInput{ForceRefresh: true}) })
		})
	}
}
