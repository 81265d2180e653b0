//go:build !js

package core

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"amplify-auth/core/contract"
)

// A response of ours that cannot be used is an error that says what to do, each time,
// and nobody is asked about it.
func TestUnusableResponses(t *testing.T) {
	later := func(d time.Duration) func(*uiPage) {
		return func(p *uiPage) { p.Now = func() time.Time { return time.Now().Add(d) } }
	}
	for _, test := range []struct {
		name string
		at   string // in place of /callback
		set  func(*uiPage)
		code string
		says string
	}{
		{"a server that adds a slash", "/callback/", nil, "invalidConfiguration", appOrigin + "/callback/"},
		{"a server that adds index.html", "/callback/index.html", nil, "invalidConfiguration", appOrigin + "/callback, but it came to " + appOrigin + "/callback/index.html"},
		{"another page", "/elsewhere", nil, "invalidConfiguration", "SignInRedirectURI"},
		{"an hour later", "/callback", later(transactionLife), "signInExpired", "clock"},
		{"a clock that was set back", "/callback", later(-time.Hour), "signInExpired", "clock"},
	} {
		b := newBrowser(t)
		p := openUI(b, newFakePoolProvider(t), nil)
		response := strings.Replace(p.op.approve(p.leave(HostedUIOptions{})), "/callback", test.at, 1)
		if test.set != nil {
			test.set(p)
		}
		for range 2 {
			got, err := p.handle(response)
			if codeOf(err) != test.code || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "code-") {
				t.Errorf("%s: %+v %v", test.name, got, err)
			}
		}
		if len(p.op.asked()) != 0 {
			t.Errorf("%s: asked %v", test.name, p.op.asked())
		}
		for key, value := range p.session.snapshot() {
			if strings.Contains(value, "verifier") {
				t.Errorf("%s: %s keeps a secret", test.name, key)
			}
		}
		p.noToken(b)
	}
}

// A response that has served is a success while the session that it began is there.
func TestResponseUsed(t *testing.T) {
	for _, op := range []*fakeProvider{newFakePoolProvider(t), newFakeAuth0(t)} {
		op.rotates = true
		p := openUI(newBrowser(t), op, nil)
		response := op.approve(p.leave(HostedUIOptions{ReturnTo: "/deep"}))
		if _, err := p.handle(response); err != nil {
			t.Fatal(err)
		}
		if _, err := p.GetTokens(context.Background(), GetTokensInput{ForceRefresh: true}); err != nil {
			t.Fatal(err)
		}
		if got, err := p.handle(response); err != nil || !got.Handled || got.UserState != SignedIn {
			t.Errorf("after a refresh: %+v %v", got, err)
		}
		no := false
		if _, err := p.SignOut(context.Background(), SignOutInput{Redirect: SignOutRedirect{Leave: &no}}); err != nil {
			t.Fatal(err)
		}
		if got, err := p.handle(response); codeOf(err) != "responseUsed" {
			t.Errorf("after a sign-out: %+v %v", got, err)
		}
		if op.pool == nil {
			continue
		}
		p.mustSignIn(HostedUIOptions{})
		if got, err := p.handle(response); codeOf(err) != "responseUsed" || p.state.get().UserState != SignedIn {
			t.Errorf("in another session: %+v %v", got, err)
		}
	}
}

// A client that is closed while it has the code exchanged leaves its answer to the
// next one of the page.
func TestClosedWhileExchanging(t *testing.T) {
	b := newBrowser(t)
	op := newFakePoolProvider(t)
	first := openUI(b, op, nil)
	response := op.approve(first.leave(HostedUIOptions{ReturnTo: "/deep"}))
	exchanging, release := make(chan bool), make(chan bool)
	op.keys = func() error {
		close(exchanging)
		<-release
		op.keys = nil
		return nil
	}
	go func() { _, _ = first.handle(response) }()
	<-exchanging
	first.Close()
	second := openUI(b, op, first.session)
	answer := make(chan error)
	go func() {
		got, err := second.handle(response)
		if err == nil && *got != (AuthResponseResult{true, SignedIn, "/deep"}) {
			t.Errorf("%+v", got)
		}
		answer <- err
	}()
	close(release)
	if err := <-answer; err != nil {
		t.Error(err)
	}
}

// The reference says what handleAuthResponse answers in each case; so it is.
func TestAuthResponseTable(t *testing.T) {
	// what the response carries, else a code that is good
	carries := func(parameters string) func(*uiPage, string) string {
		return func(_ *uiPage, response string) string {
			state := query(t, response).Get("state")
			return appOrigin + "/callback?" + parameters + "&state=" + state
		}
	}
	cases := map[string]func(p *uiPage, response string) string{
		"without a response of ours":            func(*uiPage, string) string { return appOrigin + "/callback?code=1&state=mine" },
		"with the response that this tab waits": func(_ *uiPage, response string) string { return response },
		"with the same response once more": func(p *uiPage, response string) string {
			_, _ = p.handle(response)
			return response
		},
		"with a response whose session is over": func(p *uiPage, response string) string {
			_, _ = p.handle(response)
			_ = p.own.Apply(context.Background(), p.records().SessionRemovals("ada"))
			return response
		},
		"after the user refused or cancelled":   carries("error=access_denied"),
		"after `prompt: 'none'`":                carries("error=login_required"),
		"after a Lambda trigger":                carries("error=invalid_request&error_description=PreSignUp+failed+with+error+No."),
		"after the provider refused the client": carries("error=invalid_scope"),
		"after another refusal":                 carries("error=invalid_request&error_description=identity_provider"),
		"after the provider failed":             carries("error=server_error"),
		"at another address": func(_ *uiPage, response string) string {
			return strings.Replace(response, "/callback", "/callback/", 1)
		},
		"more than an hour": func(p *uiPage, response string) string {
			p.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
			return response
		},
		"with a code that the provider does not take": carries("code=used"),
		"with a response that another provider made": func(_ *uiPage, response string) string {
			return response + "&iss=https%3A%2F%2Fevil.example"
		},
		"and no id token came": func(p *uiPage, response string) string {
			p.op.answer = func(grant url.Values) (int, string) {
				return 200, `{"access_token": "a", "token_type": "Bearer"}`
			}
			return response
		},
		"and the token endpoint cannot be reached": func(p *uiPage, response string) string {
			p.op.fault = NetworkError("cut", nil)
			return response
		},
	}
	for _, row := range contract.AuthResponses {
		found := 0
		for begin, prepare := range cases {
			if !strings.HasPrefix(row.When, begin) {
				continue
			}
			found++
			p := openUI(newBrowser(t), newFakePoolProvider(t), nil)
			got, err := p.handle(prepare(p, p.op.approve(p.leave(HostedUIOptions{ReturnTo: "/deep"}))))
			switch {
			case codeOf(err) != row.Code:
				t.Errorf("%s: %+v %v, want %q", row.When, got, err, row.Code)
			case err != nil && AsError(err).Retryable != strings.Contains(row.Answer, "retryable"):
				t.Errorf("%s: retryable is %t", row.When, AsError(err).Retryable)
			case err == nil && got.Handled == strings.Contains(row.Answer, "handled: false"):
				t.Errorf("%s: %+v", row.When, got)
			}
		}
		if found != 1 {
			t.Errorf("%d cases of %q", found, row.When)
		}
	}
}
