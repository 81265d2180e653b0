package core

import (
	"context"
	_ "embed"
	"encoding/json"
	"testing"
	"time"

	"amplify-auth/core/config"
)

// storedSession is a case of core/testdata/stored_sessions.json, which the page
// side runs as well: before the wasm is there it answers by the same rule.
type storedSession struct {
	Name   string
	Config struct {
		UserPoolID, ClientID, IdentityPoolID string
		External                             bool // ClientID is that of another provider
	}
	Now int64
	// Storage holds everything that is stored.
	Storage map[string]string
	Want    struct {
		State    UserState
		Username *string
		Fresh    bool
	}
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
	if c.Config.External {
		cfg.OAuth = &config.OAuth{ClientID: c.Config.ClientID, SignInURI: "https://auth0.example/authorize", TokenURI: "https://auth0.example/token"}
	} else if c.Config.ClientID != "" {
		cfg.UserPool = &config.UserPool{ID: c.Config.UserPoolID, ClientID: c.Config.ClientID, Region: "us-east-1"}
	}
	if c.Config.IdentityPoolID != "" {
		cfg.IdentityPool = &config.IdentityPool{ID: c.Config.IdentityPoolID, Region: "us-east-1"}
	}
	return New(cfg, Options{}, Deps{
		Storage: storage, Session: newMemory(), Now: func() time.Time { return time.UnixMilli(c.Now) }, Emit: func(Event) {},
	})
}

func TestStoredSessions(t *testing.T) {
	for _, c := range storedSessions(t) {
		storage := newMemory()
		storage.values = c.Storage
		a := c.auth(storage)
		ctx := context.Background()
		if err := a.StorageChanged(ctx); err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if got := a.state.get().UserState; got != c.Want.State {
			t.Errorf("%s: state %s, want %s", c.Name, got, c.Want.State)
		}
		s, err := a.loadSession(ctx)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if got := s != nil && s.fresh(a.Now()); got != c.Want.Fresh {
			t.Errorf("%s: fresh %t, want %t", c.Name, got, c.Want.Fresh)
		}
		username := a.state.get().Details["username"]
		if want := c.Want.Username; want != nil && username != *want || want == nil && username != "" {
			t.Errorf("%s: username %q", c.Name, username)
		}
		a.Close()
	}
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
		if a.state.get().UserState == SignedIn && (s == nil || !s.Access.ofPool("access", "us-east-1_Local0001", "local-web-client")) {
			t.Errorf("signed in by %q", access)
		}
	})
}
