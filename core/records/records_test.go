package records_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
	"amplify-auth/core/origin/origintest"
	"amplify-auth/core/records"
)

var (
	pool     = &config.UserPool{ID: "us-east-1_Pool", ClientID: "client"}
	identity = &config.IdentityPool{ID: "us-east-1:pool"}
	external = &config.OAuth{ClientID: "auth0", SignInURI: "https://idp.example/authorize", TokenURI: "https://idp.example/token"}
)

// A shelf is a store whose values can be looked at.
type shelf struct {
	records.Store
	page *origintest.Page
}

func open(cfg *config.Config) shelf {
	page := origintest.New().Page()
	return shelf{records.Store{Storage: page, Layout: records.NewLayout(cfg)}, page}
}

func (s shelf) value(t *testing.T, key string) string {
	t.Helper()
	v, err := s.page.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if v[0] == nil {
		return ""
	}
	return *v[0]
}

func token(t *testing.T, claims map[string]any) *oidc.Token {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	part := base64.RawURLEncoding.EncodeToString
	parsed, err := oidc.ParseToken(part([]byte(`{"alg":"RS256"}`)) + "." + part(body) + ".x")
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func poolSession(t *testing.T) *records.Session {
	now := time.Now().Unix()
	claims := func(more map[string]any) map[string]any {
		c := map[string]any{"iss": "https://cognito-idp.us-east-1.amazonaws.com/" + pool.ID, "sub": "1", "exp": now + 3600, "iat": now, "origin_jti": "o"}
		maps.Copy(c, more)
		return c
	}
	return &records.Session{
		Username: "ada", Refresh: "r", Drift: 1500 * time.Millisecond, OAuth: true,
		Access:       token(t, claims(map[string]any{"token_use": "access", "client_id": pool.ClientID})),
		ID:           token(t, claims(map[string]any{"token_use": "id", "aud": pool.ClientID})),
		Details:      records.SignInDetails{LoginID: "ada@example.com", AuthFlowType: "USER_SRP_AUTH"},
		OAuthSession: records.OAuthSession{FederationProvider: "a", DisableFederation: true, IdentityProvider: "b", IDPIdentifier: "c"},
	}
}

// A session is read as it was written, under Amplify's names, and is gone when removed.
func TestSession(t *testing.T) {
	s := open(&config.Config{UserPool: pool})
	want := poolSession(t)
	for _, begins := range []bool{true, false} {
		if err := s.PutSession(t.Context(), want, begins); err != nil {
			t.Fatal(err)
		}
		got, err := s.Session(t.Context())
		if err != nil || !got.Fresh(time.Now()) || got.SignIn() != "o" || got.Access.Raw != want.Access.Raw || got.ID.Raw != want.ID.Raw ||
			got.Refresh != "r" || got.Drift != want.Drift || got.Details != want.Details || got.OAuthSession != want.OAuthSession {
			t.Errorf("%+v %v", got, err)
		}
	}
	const prefix = "CognitoIdentityServiceProvider.client."
	if s.value(t, prefix+"LastAuthUser") != "ada" || s.value(t, prefix+"ada.refreshToken") != "r" || s.value(t, prefix+"ada.clockDrift") != "1500" {
		t.Error("it has other names")
	}
	if err := s.RemoveSession(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Session(t.Context()); got != nil || err != nil || s.value(t, prefix+"ada.idToken") != "" {
		t.Errorf("%+v %v", got, err)
	}
}

// A session that is over keeps its user, and no token that serves.
func TestExpiredSession(t *testing.T) {
	for name, c := range map[string]*config.Config{"user pool": {UserPool: pool}, "another provider": {OAuth: external}} {
		s := open(c)
		session := poolSession(t)
		if session.External = c.UserPool == nil; session.External {
			session.Access = oidc.Opaque("opaque", time.Now().Add(time.Hour))
		}
		if err := errors.Join(s.PutSession(t.Context(), session, true), s.ExpireSession(t.Context(), session)); err != nil {
			t.Fatal(err)
		}
		got, err := s.Session(t.Context())
		if err != nil || got.Username != "ada" || got.Access != nil || got.Refresh != "" || got.ID == nil {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

// What is stored has the members that the contract gives to the page.
func TestRecordsAreTheContracts(t *testing.T) {
	s := open(&config.Config{UserPool: pool, IdentityPool: identity, OAuth: external})
	ctx := t.Context()
	check := func(key string, record contract.Record) {
		t.Helper()
		var stored map[string]any
		if err := json.Unmarshal([]byte(s.value(t, key)), &stored); err != nil {
			t.Fatal(key, err)
		}
		if got, want := slices.Sorted(maps.Keys(stored)), slices.Sorted(maps.Keys(record)); !slices.Equal(got, want) {
			t.Errorf("%s has %v, the contract %v", key, got, want)
		}
	}
	session := poolSession(t)
	if err := s.PutSession(ctx, session, true); err != nil {
		t.Fatal(err)
	}
	check(s.UserKey("ada", "oauthMetadata"), contract.OAuthMetadata)
	session.External = true
	if err := s.PutSession(ctx, session, true); err != nil {
		t.Fatal(err)
	}
	check(s.ExternalKey(), contract.ExternalRecord)

	federated, err := s.FederationChange(&records.Federation{Provider: "a", FederatedToken: records.FederatedToken{Token: "b", CustomRoleARN: "c", CognitoIdentityID: "d"}})
	if err != nil {
		t.Fatal(err)
	}
	credentials, err := s.CredentialChanges(&records.Credentials{AWSCredentials: records.AWSCredentials{AccessKeyID: "a", SecretAccessKey: "b", SessionToken: "c", Expiration: 1}, IdentityID: "d", Holder: "e", ClockDrift: 1, Issued: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.page.Apply(ctx, append(credentials, federated)); err != nil {
		t.Fatal(err)
	}
	check(s.CredentialsKey(), contract.CredentialsRecord)
	if stored := s.value(t, s.FederationKey()); strings.Contains(stored, "cognitoIdentityId") {
		t.Errorf("%s: the identity has its own place", stored)
	}
	if f, err := s.Federation(ctx); err != nil || f.Provider != "a" || f.Token != "b" || f.CustomRoleARN != "c" {
		t.Errorf("%+v %v", f, err)
	}
	if id, c, err := s.IdentityAndCredentials(ctx); err != nil || id != (records.OwnedIdentity{ID: "d", Holder: "e"}) || c.AccessKeyID != "a" {
		t.Errorf("%+v %+v %v", id, c, err)
	}
}

// A device is found by its owner and by whatever its owner has signed in with.
func TestDevice(t *testing.T) {
	s := open(&config.Config{UserPool: pool})
	ctx := t.Context()
	want := records.Device{Owner: "ada", Key: "k", GroupKey: "g", Password: "p"}
	if err := errors.Join(s.PutDevice(ctx, want), s.PutAlias(ctx, "ada", "Ada@Example.com"), s.PutAlias(ctx, "ada", "ADA"), s.PutAlias(ctx, "ada", "+491701234567")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ada", "ada@example.com", "ADA@EXAMPLE.COM", "+491701234567"} {
		if got, err := s.Device(ctx, name); err != nil || got != want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	if got, err := s.Device(ctx, "bob"); err != nil || got.Key != "" {
		t.Errorf("bob: %+v %v", got, err)
	}
	if err := s.ForgetDevice(ctx, "ada"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ada", "ada@example.com", "+491701234567"} {
		if got, err := s.Device(ctx, name); err != nil || got.Key != "" {
			t.Errorf("%s after all: %+v %v", name, got, err)
		}
	}
}

// A tab keeps the newest ten transactions; one that ended keeps no secret.
func TestTransactions(t *testing.T) {
	s := open(&config.Config{UserPool: pool})
	ctx := t.Context()
	for i := range 12 {
		if err := s.AddTransaction(ctx, &records.Transaction{State: string(rune('a' + i)), Verifier: "secret", Asked: oidc.Asked{Nonce: "n"}}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 12 {
		if got, err := s.Transaction(ctx, string(rune('a'+i))); err != nil || (got != nil) != (i >= 2) {
			t.Errorf("%d: %+v %v", i, got, err)
		}
	}
	got, err := s.Transaction(ctx, "l")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EndTransaction(ctx, got, errors.New("why")); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Transaction(ctx, "l"); err != nil || !got.Done || got.Verifier != "" || got.Nonce != "" || got.Error == nil {
		t.Errorf("%+v %v", got, err)
	}
}

// What nobody here has written is no record.
func TestOddRecords(t *testing.T) {
	cfg := &config.Config{IdentityPool: identity, OAuth: external}
	good := `{"username":"ada","accessToken":"a","expiration":1}`
	for text, ok := range map[string]bool{
		good:                                                  true,
		strings.Replace(good, ":1}", ":1e3}", 1):              true,
		strings.Replace(good, ":1}", ":1.5}", 1):              false,
		strings.Replace(good, ":1}", ":-1}", 1):               false,
		strings.Replace(good, ":1}", `:"1"}`, 1):              false,
		strings.Replace(good, `"username"`, `"Username"`, 1):  true, // a member of another name
		strings.Replace(good, `"ada"`, `1`, 1):                false,
		strings.Replace(good, "}", `,"more":[{}]}`, 1):        true,
		strings.Replace(good, "}", `,"clockDrift":1e300}`, 1): false,
		"null": false, "[]": false, "": false, "{": false,
	} {
		s := open(cfg)
		if err := s.page.Apply(t.Context(), []records.Change{{Key: s.ExternalKey(), Value: &text}}); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Session(t.Context()); err != nil || (got != nil) != ok {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
}

func TestTimes(t *testing.T) {
	s := open(&config.Config{UserPool: pool})
	ctx := t.Context()
	if _, _, noted, err := s.RetryAt(ctx); noted || err != nil {
		t.Error(err)
	}
	at := time.UnixMilli(time.Now().UnixMilli())
	if err := errors.Join(s.PutRetryAt(ctx, at, "NetworkError"), s.PutReplicaUntil(ctx, at)); err != nil {
		t.Fatal(err)
	}
	if got, fault, noted, err := s.RetryAt(ctx); !noted || !got.Equal(at) || fault != "NetworkError" || err != nil {
		t.Errorf("%v %s %v", got, fault, err)
	}
	if got, err := s.ReplicaUntil(ctx); !got.Equal(at) || err != nil {
		t.Errorf("%v %v", got, err)
	}
}
