package engine

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/e2e/emulator"
)

func signIn(p *Page, username string) {
	p.T.Helper()
	out := p.Must("signIn", map[string]any{"username": username, "password": emulator.SeedPassword})
	if out["signInState"] != "signedIn" {
		p.T.Fatalf("signIn: %v", out)
	}
}

func TestSignInBySRPAndPassword(t *testing.T) {
	for _, flow := range []string{"USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH"} {
		t.Run(flow, func(t *testing.T) {
			e := Start(t)
			p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
			out := p.Must("signIn", map[string]any{"username": " demo ", "password": emulator.SeedPassword, "authFlow": flow})
			if out["signInState"] != "signedIn" || len(out) != 1 {
				t.Fatalf("%v", out)
			}
			if got := p.States(); !slices.Equal(got, []core.UserState{core.SignedOut, core.SignedIn}) {
				t.Errorf("states %v", got)
			}
			tokens := p.Must("getTokens", nil)
			access := tokens["accessToken"].(map[string]any)
			if c := access["claims"].(map[string]any); c["username"] != "demo" || c["token_use"] != "access" {
				t.Errorf("claims %v", c)
			}
			want := []string{"accessToken", "clockDrift", "idToken", "refreshToken", "signInDetails"}
			for i, f := range want {
				want[i] = "CognitoIdentityServiceProvider.local-web-client.demo." + f
			}
			want = append(want, "CognitoIdentityServiceProvider.local-web-client.LastAuthUser")
			slices.Sort(want)
			if got := slices.Sorted(maps.Keys(e.Local.All())); !slices.Equal(got, want) {
				t.Errorf("stored %q, want %q", got, want)
			}
			if len(p.Session.All()) != 0 {
				t.Errorf("left in the session store: %v", p.Session.All())
			}
		})
	}
}

func TestSignInRefused(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	for _, c := range []struct {
		name string
		args map[string]any
		code string
	}{
		{"wrong password", map[string]any{"username": "demo", "password": "wrong"}, "notAuthorized"},
		{"wrong password, not by SRP", map[string]any{"username": "demo", "password": "wrong", "authFlow": "USER_PASSWORD_AUTH"}, "notAuthorized"},
		{"unknown user", map[string]any{"username": "nobody", "password": "Passw0rd!"}, "notAuthorized"},
		{"empty user name", map[string]any{"username": "  ", "password": "x"}, "invalidParameter"},
		{"empty password", map[string]any{"username": "demo"}, "invalidParameter"},
		{"long user name", map[string]any{"username": strings.Repeat("x", 129), "password": "x"}, "invalidParameter"},
		{"unknown flow", map[string]any{"username": "demo", "password": "x", "authFlow": "X"}, "invalidParameter"},
		{"type of the user name", map[string]any{"username": 7, "password": "x"}, "invalidParameter"},
		{"preferred challenge without its flow", map[string]any{"username": "demo", "password": "x", "preferredChallenge": "PASSWORD"}, "invalidParameter"},
	} {
		e.Cognito.ResetCalls()
		if err := p.Fails("signIn", c.args, c.code); strings.Contains(err.Error(), "wrong") {
			t.Errorf("%s: the message holds the password: %v", c.name, err)
		}
		if c.code == "invalidParameter" && len(e.Cognito.Calls()) != 0 {
			t.Errorf("%s: %v were called", c.name, e.Operations())
		}
		if n := len(e.Local.All()); n != 0 {
			t.Errorf("%s: %d values stored", c.name, n)
		}
		p.Fails("confirmSignIn", map[string]any{"challengeResponse": "1"}, "invalidState")
	}
}

func TestSignInWhileSignedIn(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	p.Fails("signIn", map[string]any{"username": "demo", "password": "x"}, "invalidState")
}

func TestFaultsDuringSignIn(t *testing.T) {
	for _, kind := range []string{"status500", "throttle", "drop", "html"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			e := Start(t)
			p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
			for _, op := range []string{"InitiateAuth", "RespondToAuthChallenge"} {
				if err := e.Cognito.InjectFault(emulator.Fault{Operation: op, Kind: kind, Count: 100}); err != nil {
					t.Fatal(err)
				}
				e.Cognito.ResetCalls()
				out, err := p.Call("signIn", map[string]any{"username": "demo", "password": emulator.SeedPassword})
				if err == nil {
					t.Fatalf("%s: %v", op, out)
				}
				if !err.Retryable {
					t.Errorf("%s: %v is not retryable", op, err)
				}
				attempts := 0
				for _, o := range e.Operations() {
					if o == op {
						attempts++
					}
				}
				if want := map[bool]int{true: 1, false: 3}[kind == "html"]; attempts != want {
					t.Errorf("%s: %d attempts, want %d", op, attempts, want)
				}
				e.Cognito.ClearFaults()
			}
			signIn(p, "demo")
		})
	}
}

func TestOneFaultIsRetriedUnseen(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	if err := e.Cognito.InjectFault(emulator.Fault{Operation: "InitiateAuth", Kind: "status500", Count: 2}); err != nil {
		t.Fatal(err)
	}
	signIn(p, "demo")
}

func TestOfflineSignInFailsAtOnce(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	e.Online.Store(false)
	err := p.Fails("signIn", map[string]any{"username": "demo", "password": "x"}, "networkError")
	if !err.Retryable || err.Name != "NetworkError" {
		t.Errorf("%+v", err)
	}
}

func TestSignOut(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	e.Local.Set("theme", "dark")
	e.Local.Set("CognitoIdentityServiceProvider.local-web-client.demo.deviceKey", "kept")
	e.Local.Set("CognitoIdentityServiceProvider.other-client.LastAuthUser", "kept")
	refresh := e.Local.All()["CognitoIdentityServiceProvider.local-web-client.demo.refreshToken"]
	e.Cognito.ResetCalls()
	if out := p.Must("signOut", nil); out["userState"] != "signedOut" || out["remoteError"] != nil {
		t.Errorf("%v", out)
	}
	if got := e.Operations(); !slices.Equal(got, []string{"RevokeToken"}) {
		t.Errorf("called %v", got)
	}
	if got := e.Local.All(); len(got) != 3 {
		t.Errorf("left: %q", slices.Sorted(maps.Keys(got)))
	}
	p.Fails("getTokens", nil, "notSignedIn")
	// The revoked token is of no use to a thief.
	signIn(p, "demo")
	e.Local.Set("CognitoIdentityServiceProvider.local-web-client.demo.refreshToken", refresh)
	p.Fails("getTokens", map[string]any{"forceRefresh": true, "wait": false}, "sessionExpired")
}

func TestSignOutWorksWithoutTheService(t *testing.T) {
	e := Start(t)
	p := e.NewPage(e.Config(emulator.SeedClientID), core.Options{}, nil)
	signIn(p, "demo")
	e.Online.Store(false)
	out := p.Must("signOut", nil)
	if remote, _ := out["remoteError"].(map[string]any); remote["name"] != "NetworkError" {
		t.Errorf("%v", out)
	}
	if n := len(e.Local.All()); n != 0 {
		t.Errorf("%d values left", n)
	}
}

func TestRefresh(t *testing.T) {
	for _, clientID := range []string{emulator.SeedClientID, emulator.SeedRotatingClientID} {
		t.Run(clientID, func(t *testing.T) {
			e := Start(t)
			p := e.NewPage(e.Config(clientID), core.Options{}, nil)
			signIn(p, "demo")
			first := p.Must("getTokens", nil)
			e.Cognito.ResetCalls()
			p.Must("getTokens", nil)
			if got := e.Operations(); len(got) != 0 {
				t.Errorf("cached tokens called %v", got)
			}
			e.Cognito.Advance(2 * time.Hour)
			second := p.Must("getTokens", nil)
			if got := e.Operations(); !slices.Equal(got, []string{"GetTokensFromRefreshToken"}) {
				t.Errorf("called %v", got)
			}
			raw := func(m map[string]any, which string) string {
				return m[which].(map[string]any)["tokenString"].(string)
			}
			if raw(first, "accessToken") == raw(second, "accessToken") {
				t.Error("the access token did not change")
			}
			if rotated := raw(first, "refreshToken") != raw(second, "refreshToken"); rotated != (clientID == emulator.SeedRotatingClientID) {
				t.Errorf("rotated: %t", rotated)
			}
			p.Must("getTokens", map[string]any{"forceRefresh": true})
		})
	}
}
