package core

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
)

func TestUnlistedPasskey(t *testing.T) {
	for _, c := range []struct{ options, credential, rpID, id string }{
		{`{"rpId": "example.com", "allowCredentials": [{"id": "a"}, {"id": "b"}]}`, `{"id": "b"}`, "", ""},
		{`{"rpId": "example.com", "allowCredentials": [{"id": "a"}]}`, `{"id": "c"}`, "example.com", "c"},
		{`{"rpId": "example.com"}`, `{"id": "c"}`, "example.com", "c"},
		{`{"rpId": "example.com"}`, `{}`, "example.com", ""},
		{`no JSON`, `{"id": "c"}`, "", ""},
		{`{}`, `no JSON`, "", ""},
	} {
		if rpID, id := unlistedPasskey(c.options, c.credential); rpID != c.rpID || id != c.id {
			t.Errorf("%s in %s: %q %q", c.credential, c.options, rpID, id)
		}
	}
}

// manager is a password manager that hears of passkeys.
type manager struct {
	somePasskey
	can       bool
	mediation []string
	unknown   []string
}

func (m *manager) Can(context.Context, string) bool { return m.can }
func (m *manager) Unknown(_ context.Context, rpID, id string) {
	m.unknown = append(m.unknown, rpID+" "+id)
}
func (m *manager) Create(_ context.Context, _ json.RawMessage, mediation string) (json.RawMessage, error) {
	m.mediation = append(m.mediation, mediation)
	return json.RawMessage(`{}`), nil
}

type deletingPool struct{ *mfaPool }

func (deletingPool) ListWebAuthnCredentials(context.Context, string, string) (*PasskeyList, error) {
	return &PasskeyList{Credentials: []Passkey{{CredentialID: "a", RelyingPartyID: "example.com"}}}, nil
}

func (deletingPool) DeleteWebAuthnCredential(_ context.Context, _, id string) error {
	if id == "refused" {
		return ServiceError("ResourceNotFoundException", "no such passkey", "", 400)
	}
	return nil
}

func TestDeletedPasskeyIsTold(t *testing.T) {
	ctx := context.Background()
	b := newBrowser(t)
	p := b.open(Options{})
	defer p.Close()
	told := &manager{}
	p.UserPool, p.Passkeys, p.Issuer = deletingPool{&mfaPool{fakePool: b.pool}}, told, "app.example.com"
	mustSignIn(t, p, "ada")
	if _, err := p.ListPasskeys(ctx, ListPasskeysInput{}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b", "refused"} {
		_ = p.DeletePasskey(ctx, DeletePasskeyInput{CredentialID: id})
	}
	if want := []string{"example.com a", "app.example.com b"}; !slices.Equal(told.unknown, want) {
		t.Errorf("told %q, want %q", told.unknown, want)
	}
}

func TestConditionalCreate(t *testing.T) {
	ctx := context.Background()
	b := newBrowser(t)
	p := b.open(Options{})
	defer p.Close()
	browser := &manager{}
	p.UserPool, p.Passkeys = &mfaPool{fakePool: b.pool}, browser
	mustSignIn(t, p, "ada")
	for _, c := range []struct {
		can       bool
		mediation string
		code      string
	}{{false, "conditional", "passkeyNotSupported"}, {true, "conditional", ""}, {false, "", ""}, {true, "silent", "invalidParameter"}} {
		browser.can = c.can
		err := p.RegisterPasskey(ctx, RegisterPasskeyInput{Mediation: c.mediation})
		if got := ""; err != nil {
			got = AsError(err).Code
			if got != c.code {
				t.Errorf("%+v: %v", c, err)
			}
		} else if c.code != "" {
			t.Errorf("%+v: no error", c)
		}
	}
	if want := []string{"conditional", ""}; !slices.Equal(browser.mediation, want) {
		t.Errorf("mediation %q, want %q", browser.mediation, want)
	}
}
