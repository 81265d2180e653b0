package core

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
	"amplify-auth/core/srp"
)

// fakeIdentities is an identity pool: an identity has one user of each provider, a
// guest's none. Credentials name who they are of.
type fakeIdentities struct {
	mu     sync.Mutex
	serial int
	ids    map[string]map[string]string // identity id -> provider -> user
	fault  error
	calls  int
}

func (f *fakeIdentities) begin() (end func(), err error) {
	time.Sleep(50 * time.Millisecond) // the network
	f.mu.Lock()
	f.calls++
	return f.mu.Unlock, f.fault
}

func (f *fakeIdentities) setFault(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = err
}

// verify reads tokens: those of users of the user pool, JWTs of Google, and
// "user expiry" of Facebook.
func (f *fakeIdentities) verify(logins map[string]string) (map[string]string, error) {
	users := map[string]string{}
	for provider, token := range logins {
		user, exp := "", time.Time{}
		if t, err := oidc.ParseToken(token); err == nil {
			user, exp = t.Text("sub"), t.Expiration()
		} else if name, at, ok := strings.Cut(token, " "); ok {
			user = name
			exp, _ = time.Parse(time.RFC3339, at)
		}
		if user == "" {
			return nil, ServiceError("NotAuthorizedException", "Invalid login token.", "", 400)
		}
		if !time.Now().Before(exp) {
			return nil, ServiceError("NotAuthorizedException", "Invalid login token. Token expired: 2 >= 1", "", 400)
		}
		users[provider] = user
	}
	return users, nil
}

func (f *fakeIdentities) owner(users map[string]string) string {
	for id, held := range f.ids {
		for provider, user := range users {
			if held[provider] == user {
				return id
			}
		}
	}
	return ""
}

func (f *fakeIdentities) GetID(_ context.Context, logins map[string]string) (string, error) {
	end, err := f.begin()
	defer end()
	if err != nil {
		return "", err
	}
	users, err := f.verify(logins)
	if err != nil {
		return "", err
	}
	if id := f.owner(users); id != "" {
		return id, nil
	}
	f.serial++
	id := fmt.Sprint("us-east-1:", f.serial)
	f.ids[id] = users
	return id, nil
}

func (f *fakeIdentities) GetCredentials(_ context.Context, id string, logins map[string]string, _ string) (string, AWSCredentials, error) {
	end, err := f.begin()
	defer end()
	if err != nil {
		return "", AWSCredentials{}, err
	}
	users, err := f.verify(logins)
	if err != nil {
		return "", AWSCredentials{}, err
	}
	held, ok := f.ids[id]
	switch owner := f.owner(users); {
	case !ok:
		return "", AWSCredentials{}, ServiceError("ResourceNotFoundException", "Identity '"+id+"' not found.", "", 400)
	case len(users) == 0 && len(held) > 0:
		return "", AWSCredentials{}, ServiceError("NotAuthorizedException", "Access to Identity '"+id+"' is forbidden.", "", 400)
	case len(users) > 0 && len(held) == 0 && owner != "":
		delete(f.ids, id)
		id = owner
	case len(users) > 0 && len(held) == 0:
		f.ids[id] = users
	case len(users) > 0 && owner != id:
		return "", AWSCredentials{}, ServiceError("NotAuthorizedException", "Logins don't match. Please include at least one valid login for this identity or identity pool.", "", 400)
	}
	who := "guest"
	for provider, user := range users {
		who = provider + " " + user
	}
	f.serial++
	return id, AWSCredentials{AccessKeyID: fmt.Sprint("AKID", f.serial), SecretAccessKey: who, SessionToken: id, Expiration: time.Now().Add(time.Hour).UnixMilli()}, nil
}

func (f *fakeIdentities) GetOpenIDToken(context.Context, string, map[string]string) (string, string, error) {
	panic("not the classic flow")
}

func (f *fakeIdentities) AssumeRole(context.Context, string, string) (AWSCredentials, error) {
	panic("not the classic flow")
}

// tokens of providers
const googleLife, facebookLife = time.Hour, 90 * time.Minute

func federatedToken(provider, user string) FederatedToken {
	if provider == "facebook" {
		return FederatedToken{Token: user + " " + time.Now().Add(facebookLife).Format(time.RFC3339)}
	}
	payload, err := json.Marshal(map[string]any{"sub": user, "exp": time.Now().Add(googleLife).Unix()})
	if err != nil {
		panic(err)
	}
	return FederatedToken{Token: "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(payload) + ".c2ln"}
}

// federationModel is what a user would expect: who has credentials, until when
// they and the token that gets them are good, and whether the page gives new tokens.
type federationModel struct {
	provider, user string    // "" is nobody or a guest, "pool" a user of the user pool
	guest          bool      // nobody is signed in, and a guest has an identity
	until          time.Time // of the credentials that are stored
	token          time.Time // of a federated token
	dead           bool
	source         bool
}

func (m *federationModel) state() UserState {
	switch {
	case m.provider == "" && m.guest:
		return Guest
	case m.provider == "":
		return SignedOut
	case m.dead:
		return SignedOutFederatedTokensInvalid
	}
	return SignedIn
}

func TestFederationModel(t *testing.T) {
	sequences := 2000
	if testing.Short() {
		sequences = 200
	}
	first := mathrand.Uint64()
	for i := range sequences {
		seed := first + uint64(i)
		if !t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runFederationModel(t, seed) })
		}) {
			t.Fatalf("seed %d", seed)
		}
	}
}

func runFederationModel(t *testing.T, seed uint64) {
	r := mathrand.New(mathrand.NewPCG(seed, 1))
	ctx := context.Background()
	b := newBrowser(t)
	pool := b.pool
	b.Lag = time.Duration(r.IntN(2)) * 20 * time.Millisecond
	ids := &fakeIdentities{ids: map[string]map[string]string{}}
	cfg := &config.Config{
		UserPool: fakeConfig.UserPool, AuthFlow: "USER_PASSWORD_AUTH",
		IdentityPool: &config.IdentityPool{ID: "us-east-1:0", Region: "us-east-1", AllowGuest: true},
	}
	var want federationModel
	open := func() *page {
		p := &page{own: b.Page()}
		p.Auth = New(cfg, Options{RejectExpired: true, TokenSources: []string{"google", "facebook"}}, Deps{
			UserPool: pool, IdentityPool: ids, Storage: p.own, Session: newMemory(), Locks: p.own, Network: new(fakeNetwork),
			Random: rand.Reader, Exp: srp.GoExp, Now: time.Now, Emit: func(Event) {},
			TokenSource: func(_ context.Context, name string) (*FederatedToken, error) {
				if !want.source {
					return nil, errors.New("no token")
				}
				token := federatedToken(name, want.user)
				return &token, nil
			},
		})
		p.ready.pair = new(srp.Ephemeral)
		if _, err := p.Initialize(ctx); err != nil {
			t.Fatal(err)
		}
		return p
	}
	pages := []*page{open(), open()}
	defer func() {
		for _, p := range pages {
			p.Close()
		}
		synctest.Wait()
	}()
	var trace []string
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("%s\nafter %v\nmodel %+v", fmt.Sprintf(format, args...), trace, want)
	}
	tell := func() {
		time.Sleep(b.Lag)
		for _, p := range pages {
			if err := p.StorageChanged(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	life := map[string]time.Duration{"google": googleLife, "facebook": facebookLife}
	for range 40 {
		p := pages[r.IntN(len(pages))]
		switch action := r.IntN(13); action {
		case 0:
			user := fmt.Sprint("user", r.IntN(2))
			trace = append(trace, "signIn "+user)
			_, err := p.SignIn(ctx, SignInInput{Username: user, Password: "x"})
			if want.state() == SignedIn {
				if AsError(err).Code != "invalidState" {
					fail("signIn while signed in: %v", err)
				}
				break
			}
			if err != nil {
				fail("signIn: %v", err)
			}
			want = federationModel{provider: "pool", user: user, source: want.source}
			tell()
		case 1, 2:
			provider, user := []string{"google", "facebook"}[r.IntN(2)], fmt.Sprint("user", r.IntN(2))
			trace = append(trace, "federatedSignIn "+provider+" "+user)
			_, err := p.FederatedSignIn(ctx, FederatedSignInInput{provider, federatedToken(provider, user)})
			switch {
			case want.provider == "pool":
				if AsError(err).Code != "federationProviderExists" {
					fail("federatedSignIn while a user is signed in: %v", err)
				}
			case ids.fault != nil:
				if !AsError(err).Retryable {
					fail("federatedSignIn in spite of a fault: %v", err)
				}
			case err != nil:
				fail("federatedSignIn: %v", err)
			default:
				want = federationModel{provider: provider, user: user, until: time.Now().Add(time.Hour), token: time.Now().Add(life[provider]), source: want.source}
				tell()
			}
		case 3:
			trace = append(trace, "signOut")
			if _, err := p.SignOut(ctx, SignOutInput{}); err != nil {
				fail("signOut: %v", err)
			}
			if left := b.stored(); len(left) != 0 {
				fail("signOut left %v", left)
			}
			want = federationModel{source: want.source}
			tell()
		case 4, 5, 6, 7:
			trace = append(trace, fmt.Sprint("getAWSCredentials, fault ", ids.fault != nil))
			c, err := p.credentials(ctx, GetCredentialsInput{})
			now := time.Now()
			cached := now.Add(credentialsMargin).Before(want.until)
			federated := want.provider != "" && want.provider != "pool"
			switch {
			case want.dead:
				if AsError(err).Code != "sessionExpired" {
					fail("credentials of a dead session: %v", err)
				}
			case cached:
				if err != nil {
					fail("stored credentials: %v", err)
				}
			case ids.fault != nil:
				if err != nil && !AsError(err).Retryable || err == nil && want.until.Before(now) && want.provider != "pool" {
					fail("credentials in spite of a fault: %v", err)
				}
			case federated && now.After(want.token) && !want.source:
				if AsError(err).Code != "sessionExpired" {
					fail("credentials by an expired token: %v", err)
				}
				want.dead, want.until = true, time.Time{}
				tell()
			case err != nil:
				fail("credentials: %v", err)
			default:
				want.until = now.Add(time.Hour)
				if federated && now.Add(contract.TokenMargin).After(want.token) {
					want.token = now.Add(life[want.provider])
				}
				want.guest = want.provider == ""
				tell()
			}
			if err == nil {
				who := map[string]string{"": "guest", "pool": "cognito-idp.us-east-1.amazonaws.com/us-east-1_Fake sub-", "google": "accounts.google.com ", "facebook": "graph.facebook.com "}[want.provider] + want.user
				if c.SecretAccessKey != who {
					fail("credentials of %s, want %s", c.SecretAccessKey, who)
				}
				if c.Left(now) <= 0 {
					fail("expired credentials")
				}
				if id, err := p.GetIdentityID(ctx); err != nil || id != c.SessionToken || b.stored()[p.layout.IdentityKey] != id {
					fail("identity %s (%v), credentials of %s, stored %s", id, err, c.SessionToken, b.stored()[p.layout.IdentityKey])
				}
			}
		case 8:
			d := time.Duration(r.IntN(70)) * time.Minute
			trace = append(trace, d.String())
			time.Sleep(d)
			synctest.Wait()
			if want.provider == "pool" { // a refresh may have dropped the credentials
				want.until = time.Time{}
			}
			tell()
		case 9:
			ids.fault = nil
			if r.IntN(3) == 0 {
				ids.fault = NetworkError("unreachable", nil)
			}
			trace = append(trace, fmt.Sprint("fault ", ids.fault))
		case 10:
			want.source = !want.source
			trace = append(trace, fmt.Sprint("source ", want.source))
		case 11:
			trace = append(trace, "identities deleted")
			clear(ids.ids)
			want.until = time.Time{}
			if c := b.stored()[p.layout.CredentialsKey()]; c != "" { // as if they had run out
				if err := p.own.Apply(ctx, []Change{{Key: p.layout.CredentialsKey()}}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(b.Lag)
			}
		case 12:
			i := r.IntN(len(pages))
			trace = append(trace, "reload")
			pages[i].Close()
			pages[i] = open()
		}
		synctest.Wait()
		for i, p := range pages {
			if got := p.state.get().UserState; got != want.state() {
				fail("page %d is %s, want %s", i, got, want.state())
			}
		}
		if keys := slices.Collect(maps.Keys(b.stored())); want.state() == SignedOut && len(keys) > 0 {
			fail("signed out, stored %v", keys)
		}
	}
}
