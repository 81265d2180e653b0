package emulator

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

// kept is all that a server's data file should have, by table and key.
func kept(t *testing.T, s *Server) map[rowKey]any {
	t.Helper()
	all := map[rowKey]any{}
	add := func(key rowKey, record any) {
		text, err := json.Marshal(record)
		if err != nil {
			t.Fatalf("%v: %v", key, err)
		}
		var plain any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&plain); err != nil {
			t.Fatalf("%v: %v", key, err)
		}
		all[key] = plain
	}
	st := &s.state
	addTable(add, st.pools)
	for _, p := range st.pools.all() {
		addTable(add, p.users)
	}
	addTable(add, st.clients)
	addTable(add, st.sessions)
	addTable(add, st.spent)
	addTable(add, st.grants)
	addTable(add, st.refresh)
	addTable(add, st.lockouts)
	addTable(add, st.federation.pools)
	addTable(add, st.federation.identities)
	addTable(add, st.federation.issuers)
	addTable(add, st.federation.grants)
	addTable(add, st.federation.credentials)
	addTable(add, st.oauth.codes)
	addTable(add, st.oauth.sessions)
	addTable(add, st.oauth.idp)
	for _, e := range s.control.outbox {
		add(rowKey{outboxTable, messageKey(e.Number)}, e)
	}
	if s.control.offset != 0 {
		add(rowKey{clockTable, "offset"}, s.control.offset)
	}
	return all
}

func addTable[T any](add func(rowKey, any), t *table[T]) {
	for key := range t.all() {
		add(rowKey{t.name, t.prefix + key}, t.record(t.prefix+key))
	}
}

// checkKept compares a server's state with what a new one reads from its data file. Every test of this package that ends
// well runs it, so that a change which the journal was not told of fails the test that makes it.
func checkKept(t *testing.T, s *Server) {
	t.Helper()
	s.mu.Lock()
	want := kept(t, s)
	s.mu.Unlock()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(s.options)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	compareKept(t, kept(t, again), want)
}

func compareKept(t *testing.T, got, want map[rowKey]any) {
	t.Helper()
	for key, record := range want {
		if !reflect.DeepEqual(got[key], record) {
			g, _ := json.Marshal(got[key])
			w, _ := json.Marshal(record)
			t.Errorf("%s %.60s: read back\n%s\nwant\n%s", key.table, key.key, g, w)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s %.60s came back", key.table, key.key)
		}
	}
}

// TestStoredFields finds parts of rows that the data file would lose: fields that JSON does not write, other than the
// pointers that records name.
func TestStoredFields(t *testing.T) {
	restored := []string{"userPool.users", "user.pool", "poolClient.pool", "attempt.client", "attempt.user", "grant.client", "grant.user", "grant.origin",
		"refreshToken.grant", "webSession.user", "webSession.client", "authRequest.client", "authCode.web", "identity.pool",
		"identityPool.roles", "identityPool.mappings", "identityPool.tags", "attempt.busy"}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || !strings.HasSuffix(typ.PkgPath(), "/emulator") || reflect.PointerTo(typ).Implements(reflect.TypeFor[interface{ UnmarshalText([]byte) error }]()) {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			if name := typ.Name() + "." + f.Name; !f.IsExported() && !f.Anonymous {
				if !slices.Contains(restored, name) {
					t.Errorf("%s is not kept", name)
				}
				continue
			}
			walk(f.Type)
		}
	}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[userPool](), reflect.TypeFor[user](), reflect.TypeFor[poolClient](), reflect.TypeFor[attempt](), reflect.TypeFor[grant](),
		reflect.TypeFor[refreshToken](), reflect.TypeFor[lockout](), reflect.TypeFor[webSession](), reflect.TypeFor[authCode](), reflect.TypeFor[authRequest](),
		reflect.TypeFor[identityPool](), reflect.TypeFor[identity](), reflect.TypeFor[localIssuer](), reflect.TypeFor[opaqueLogin](), reflect.TypeFor[credentials](), reflect.TypeFor[outboxEntry](),
	} {
		walk(typ)
	}
}

func TestDataFileInUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cognito.db")
	first, err := Open(Options{Data: file})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Data: file}); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Errorf("a second server on the file: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(Options{Data: file})
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
	if _, err := Open(Options{Data: t.TempDir()}); err == nil {
		t.Error("a directory was taken for a data file")
	}
}

// TestRestart goes on after a restart with what was there before: tokens, a sign-in under way, a code in the mail.
func TestRestart(t *testing.T) {
	b := newBed(t)
	tokens := b.password("demo", SeedPassword)
	sms, err := b.start("USER_PASSWORD_AUTH", "USERNAME", "demo-sms", "PASSWORD", SeedPassword)
	b.ok(err)
	s := newSRPClient()
	srp, err := b.start("USER_SRP_AUTH", "USERNAME", "demo", "SRP_A", s.hexA())
	b.ok(err)
	b.server.Advance(time.Minute)

	options := b.server.options
	b.ok(b.server.Close())
	options.BaseURL = ""
	again, err := Start(options)
	b.ok(err)
	if d := again.Now().Sub(options.Now()); d != time.Minute {
		t.Errorf("the clock is %v ahead after the restart", d)
	}
	b.server, b.Client = again, sdk(again.URL())
	_, err = b.start("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", *tokens.RefreshToken)
	b.ok(err)
	done, err := b.answer("SMS_MFA", sms.Session, "USERNAME", "demo-sms", "SMS_MFA_CODE", b.lastCode("demo-sms", "Authentication"))
	b.ok(err)
	if done.AuthenticationResult == nil {
		t.Errorf("got %s, want tokens", done.ChallengeName)
	}
	p := srp.ChallengeParameters
	_, err = b.answer("PASSWORD_VERIFIER", srp.Session, s.proof(t, p, b.poolName(), p["USER_ID_FOR_SRP"], SeedPassword, again.Now())...)
	b.ok(err)
	users, err := b.ListUsers(b.ctx, &cip.ListUsersInput{UserPoolId: aws.String(SeedPoolID)})
	b.ok(err)
	if len(users.Users) != 4 { // Seed does nothing the second time
		t.Errorf("%d users", len(users.Users))
	}
}
