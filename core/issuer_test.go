//go:build !js

package core

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"amplify-auth/core/config"
)

// Ensure that both names of a pool's issuer are taken, in each of AWS's partitions and at an endpoint of one's own,
// and that keys are asked of the one that the token names: the other answers 403.
func TestIssuerNames(t *testing.T) {
	for _, test := range []struct{ id, endpoint, original, updated string }{
		{"us-east-1_Fake", "", "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Fake", "https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_Fake"},
		{"cn-north-1_Fake", "", "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Fake", "https://issuer-cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Fake"},
		{"eusc-de-east-1_Fake", "", "https://cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_Fake", "https://issuer-cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_Fake"},
		{"us-east-1_Fake", "http://127.0.0.1:9229", "http://127.0.0.1:9229/us-east-1_Fake", "http://127.0.0.1:9229/issuer-cognito-idp/us-east-1_Fake"},
	} {
		op := newFakePoolProvider(t)
		op.pool = &config.UserPool{ID: test.id, ClientID: "client", Region: "eu-west-1", Endpoint: test.endpoint} // served by a replica
		asked := func(what, issuer string) {
			t.Helper()
			want := issuer + "/.well-known/jwks.json"
			if !slices.ContainsFunc(op.requests, func(r HTTPRequest) bool { return r.URL == want }) {
				t.Errorf("%s: %s was not asked", what, want)
			}
			for _, r := range op.requests {
				if strings.HasSuffix(r.URL, "/jwks.json") && r.URL != want {
					t.Errorf("%s: asked %s", what, r.URL)
				}
			}
			op.requests = nil
		}
		for _, names := range [][2]string{{test.original, test.updated}, {test.updated, test.original}} {
			b := newBrowser(t)
			p := openUI(b, op, nil)
			op.issuer = names[0]
			p.mustSignIn(HostedUIOptions{})
			asked("sign-in by "+names[0], names[0])

			op.issuer = names[1] // IssuerConfiguration changes while the user is signed in
			got, err := p.GetTokens(context.Background(), GetTokensInput{ForceRefresh: true})
			if err != nil || got.IDToken.Claims["iss"] != names[1] {
				t.Errorf("a refresh after the switch to %s: %v", names[1], err)
			}
			asked("refresh by "+names[1], names[1])
			if again, err := openUI(b, op, nil).GetTokens(context.Background(), GetTokensInput{}); err != nil || again.IDToken.TokenString != got.IDToken.TokenString {
				t.Errorf("another page: %v", err)
			}
			for _, iss := range names { // RFC 9207
				p := openUI(newBrowser(t), op, nil)
				if _, err := p.handle(op.approve(p.leave(HostedUIOptions{}), "iss", iss)); err != nil {
					t.Errorf("iss=%s: %v", iss, err)
				}
			}
			op.requests = nil
		}
	}
}

// Ensure that neither name lets in another pool, another Region or another partition.
func TestForeignIssuerNames(t *testing.T) {
	for _, issuer := range []string{
		"https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_Evil",
		"https://issuer-cognito-idp.us-west-2.amazonaws.com/us-east-1_Fake",
		"https://cognito-idp.us-west-2.amazonaws.com/us-east-1_Fake",
		"https://issuer-cognito-idp.us-east-1.amazonaws.com.cn/us-east-1_Fake",
		"https://issuer-cognito-idp.us-east-1.amazonaws.eu/us-east-1_Fake",
		"https://issuer-cognito-idp.us-east-1.amazonaws.com.evil.example/us-east-1_Fake",
		"https://issuer-cognito-idp.us-east-1.amazonaws.com/issuer-cognito-idp/us-east-1_Fake",
		"http://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_Fake",
	} {
		op := newFakePoolProvider(t)
		b := newBrowser(t)
		p := openUI(b, op, nil)
		op.issuer = issuer
		if _, err := p.handle(op.approve(p.leave(HostedUIOptions{}))); codeOf(err) != "securityFailed" {
			t.Errorf("%s: %v", issuer, err)
		}
		p.noToken(b)
		for _, r := range op.requests {
			if u, _ := url.Parse(r.URL); strings.HasSuffix(u.Path, "/jwks.json") {
				t.Errorf("%s: asked %s", issuer, r.URL)
			}
		}
	}
}

// Ensure that a session is told by the partition that its pool is in.
func TestProviderNameOfPartitions(t *testing.T) {
	for id, want := range map[string]string{
		"us-east-1_A":      "cognito-idp.us-east-1.amazonaws.com/us-east-1_A",
		"cn-north-1_A":     "cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A",
		"eusc-de-east-1_A": "cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_A",
	} {
		a := &Auth{cfg: &config.Config{UserPool: &config.UserPool{ID: id}}}
		if got := a.providerName(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
