package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/config"
	"amplify-auth/core/origin/origintest"
)

// empty is a store in which nothing is and nothing stays.
type empty struct{}

func (empty) Get(_ context.Context, keys ...string) ([]*string, error) {
	return make([]*string, len(keys)), nil
}
func (empty) Apply(context.Context, []core.Change) error { return nil }

func newAuth() *core.Auth {
	return core.New(&config.Config{IdentityPool: &config.IdentityPool{ID: "us-east-1:1", Region: "us-east-1"}}, core.Options{}, core.Deps{
		Storage: empty{}, Session: empty{}, Locks: origintest.New().Page(), Random: rand.Reader, Now: time.Now, Emit: func(core.Event) {},
	})
}

// Wrong arguments are named before anything else happens.
func TestArgumentsOfTheWrongType(t *testing.T) {
	for _, c := range []struct{ method, args, want string }{
		{"signIn", `{"username": 7}`, "signIn: username must be a string."},
		{"signIn", `{"rememberDevice": "yes"}`, "signIn: rememberDevice must be true or false."},
		{"signIn", `{"clientMetadata": "x"}`, "signIn: clientMetadata must be an object."},
		{"signIn", `{"clientMetadata": {"age": 7}}`, "signIn: every value of clientMetadata must be a string."},
		{"showSignIn", `{"hostedUI": {"signInURIQueryParameters": {"a": true}}}`, "showSignIn: every value of hostedUI.signInURIQueryParameters must be a string."},
		{"deleteUserAttributes", `{"names": "email"}`, "deleteUserAttributes: names must be an array."},
		{"deviceOperations.list", `{"limit": "x"}`, "deviceOperations.list: limit must be a whole number."},
		{"signUp", `[]`, "signUp: the argument must be an object."},
		{"nothing", `{}`, "There is no method nothing."},
	} {
		_, err := Call(context.Background(), newAuth(), c.method, []byte(c.args))
		if e := core.AsError(err); err == nil || e.Code != "invalidParameter" || e.Message != c.want {
			t.Errorf("%s(%s): %v, want %s", c.method, c.args, err, c.want)
		}
	}
}

func TestWithoutAUserPool(t *testing.T) {
	for _, m := range []string{"signIn", "confirmSignIn", "autoSignIn", "signUp", "getTokens", "deviceOperations.get", "registerPasskey", "getUserAttributes"} {
		args := `{"username": "u", "password": "p"}`
		if _, err := Call(context.Background(), newAuth(), m, []byte(args)); core.AsError(err).Code != "userPoolNotConfigured" {
			t.Errorf("%s: %v", m, err)
		}
	}
}

func FuzzCall(f *testing.F) {
	for m := range methods {
		f.Add(m, `{}`)
	}
	f.Add("signIn", `{"username": "u", "password": "p", "validationData": {"a": "b"}}`)
	f.Add("confirmSignIn", `null`)
	f.Fuzz(func(t *testing.T, method, args string) {
		if out, err := Call(context.Background(), newAuth(), method, []byte(args)); err != nil && core.AsError(err).Message == "" || err == nil && len(out) == 0 {
			t.Errorf("%s(%s) = %q, %v", method, args, out, err)
		}
	})
}

// No command takes a member that it does not know in silence, nor does an object within its argument.
func TestEveryCommandNamesUnknownMembers(t *testing.T) {
	for _, method := range Methods() {
		objects := map[string]bool{"": true}
		for _, member := range Members(method) {
			for i, c := range member {
				if c == '.' {
					objects[member[:i+1]] = true
				}
			}
		}
		for object := range objects {
			args := `{"noSuchMember": 1}`
			for _, name := range slices.Backward(strings.Split(object, ".")) {
				if name != "" {
					args = fmt.Sprintf("{%q: %s}", name, args)
				}
			}
			if got := Unknown(method, []byte(args)); !slices.Equal(got, []string{object + "noSuchMember"}) {
				t.Errorf("%s(%s): %q", method, args, got)
			}
		}
	}
}

func TestUnknownMembersAreNamedOnce(t *testing.T) {
	for _, c := range []struct {
		method, args string
		want         []string
	}{
		{"signOut", `{"signOutGlobaly": true, "redirect": false}`, []string{"signOutGlobaly"}},
		{"signOut", `{"signOutGlobaly": true}`, nil},
		{"signOut", `{"oauth": {"redirectUrl": "/"}}`, []string{"oauth"}},
		{"showSignIn", `{"hostedUI": {"scope": ["openid"], "lang": "de"}, "mode": "popup"}`, []string{"hostedUI.scope", "mode"}},
		{"signIn", `{"username": "u", "clientMetadata": {"any": "thing"}}`, nil},
		{"federatedSignIn", `{"providerName": "google", "token": "t", "cognitoIdentityId": "x"}`, nil},
		{"getTokens", `{"wait": false}`, nil},
		{"getUserAttributes", `{"wait": true, "waits": true}`, []string{"waits"}},
		{"signIn", `[]`, nil},
		{"nothing", `{"a": 1}`, nil},
	} {
		if got := Unknown(c.method, []byte(c.args)); !slices.Equal(got, c.want) {
			t.Errorf("%s(%s): %q, want %q", c.method, c.args, got, c.want)
		}
	}
}
