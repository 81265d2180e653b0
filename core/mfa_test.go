package core

import (
	"context"
	"encoding/json"
	"testing"
)

// mfaPool keeps what is set.
type mfaPool struct {
	*fakePool
	user User
	set  []MFAPreferences
	err  error
}

func (f *mfaPool) GetUser(context.Context, string) (User, error) { return f.user, nil }

func (f *mfaPool) SetUserMFAPreference(_ context.Context, _ string, in MFAPreferences) error {
	f.set = append(f.set, in)
	return f.err
}

func (f *mfaPool) StartWebAuthnRegistration(context.Context, string) (json.RawMessage, error) {
	return json.RawMessage(`{}`), nil
}

func (f *mfaPool) CompleteWebAuthnRegistration(context.Context, string, json.RawMessage) error {
	return nil
}

// somePasskey makes a passkey at once.
type somePasskey struct{ Passkeys }

func (somePasskey) Create(context.Context, json.RawMessage, string) (json.RawMessage, error) {
	return json.RawMessage(`{}`), nil
}

// The passkey's flag goes with the factors that are on, as they are.
func TestPasskeyPreference(t *testing.T) {
	for _, c := range []struct {
		on        []string
		preferred string
		in, want  MFAPreferences
	}{
		{[]string{"SOFTWARE_TOKEN_MFA"}, "SOFTWARE_TOKEN_MFA", MFAPreferences{Passkey: "ENABLED"}, MFAPreferences{TOTP: "PREFERRED", Passkey: "ENABLED"}},
		{[]string{"SOFTWARE_TOKEN_MFA", "SMS_MFA"}, "", MFAPreferences{Passkey: "ENABLED"}, MFAPreferences{SMS: "ENABLED", TOTP: "ENABLED", Passkey: "ENABLED"}},
		{[]string{"SOFTWARE_TOKEN_MFA", "SMS_MFA"}, "SMS_MFA", MFAPreferences{TOTP: "PREFERRED", Passkey: "ENABLED"}, MFAPreferences{SMS: "ENABLED", TOTP: "PREFERRED", Passkey: "ENABLED"}},
		{[]string{"EMAIL_OTP", "WEB_AUTHN_MFA"}, "NONE", MFAPreferences{Passkey: "ENABLED"}, MFAPreferences{Email: "ENABLED", Passkey: "ENABLED"}},
		{[]string{"SMS_MFA"}, "SMS_MFA", MFAPreferences{SMS: "DISABLED", Passkey: "ENABLED"}, MFAPreferences{SMS: "DISABLED", Passkey: "ENABLED"}},
		{nil, "", MFAPreferences{Passkey: "ENABLED"}, MFAPreferences{Passkey: "ENABLED"}}, // the service says what is missing
		{[]string{"SMS_MFA"}, "SMS_MFA", MFAPreferences{Passkey: "DISABLED"}, MFAPreferences{Passkey: "DISABLED"}},
		{[]string{"SMS_MFA"}, "SMS_MFA", MFAPreferences{TOTP: "ENABLED"}, MFAPreferences{TOTP: "ENABLED"}},
	} {
		b := newBrowser(t)
		p := b.open(Options{})
		pool := &mfaPool{fakePool: b.pool, user: User{MFAs: c.on, PreferredMFA: c.preferred}}
		p.UserPool = pool
		mustSignIn(t, p, "ada")
		if err := p.SetMFAPreference(context.Background(), c.in); err != nil {
			t.Error(err)
		}
		if len(pool.set) != 1 || pool.set[0] != c.want {
			t.Errorf("%v on: %+v became %+v, want %+v", c.on, c.in, pool.set, c.want)
		}
		p.Close()
	}
}

func TestPasskeyPreferenceIsChecked(t *testing.T) {
	p := newBrowser(t).open(Options{})
	defer p.Close()
	for _, in := range []MFAPreferences{{}, {Passkey: "PREFERRED"}, {Passkey: "enabled"}, {SMS: "on"}} {
		if err := p.SetMFAPreference(context.Background(), in); err == nil || AsError(err).Code != "invalidParameter" {
			t.Errorf("%+v: %v", in, err)
		}
	}
}

// A new passkey is let stand for both factors of who has a second one; a refusal of
// it is none of the passkey.
func TestNewPasskeyOfAUserWithMFA(t *testing.T) {
	for _, c := range []struct {
		on   []string
		err  error
		want []MFAPreferences
	}{
		{nil, nil, nil},
		{[]string{"SOFTWARE_TOKEN_MFA"}, nil, []MFAPreferences{{TOTP: "ENABLED", Passkey: "ENABLED"}}},
		{[]string{"SOFTWARE_TOKEN_MFA"}, ServiceError("InvalidParameterException", "not for this pool", "", 400), []MFAPreferences{{TOTP: "ENABLED", Passkey: "ENABLED"}}},
		{[]string{"SOFTWARE_TOKEN_MFA", "WEB_AUTHN_MFA"}, nil, nil},
	} {
		b := newBrowser(t)
		p := b.open(Options{})
		pool := &mfaPool{fakePool: b.pool, user: User{MFAs: c.on}, err: c.err}
		p.UserPool, p.Passkeys = pool, somePasskey{}
		mustSignIn(t, p, "ada")
		if err := p.RegisterPasskey(context.Background(), RegisterPasskeyInput{}); err != nil {
			t.Errorf("%v on: %v", c.on, err)
		}
		if len(pool.set) != len(c.want) || len(c.want) > 0 && pool.set[0] != c.want[0] {
			t.Errorf("%v on: set %+v, want %+v", c.on, pool.set, c.want)
		}
		p.Close()
	}
}
