//go:build !js

package core

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"strings"
	"testing"
	"time"
)

// A forgery makes the provider's tokens wrong in one way. None of them may sign
// the user in or reach the storage.
type forgery struct {
	name string
	use  string // the token that is forged
	make func(f *fakeProvider, header, claims map[string]any) string
	says string
}

func claim(name string, value any) func(*fakeProvider, map[string]any, map[string]any) string {
	return func(f *fakeProvider, header, claims map[string]any) string {
		if value == nil {
			delete(claims, name)
		} else {
			claims[name] = value
		}
		return sign(header, claims, f.key(header["kid"].(string)))
	}
}

func head(name string, value any) func(*fakeProvider, map[string]any, map[string]any) string {
	return func(f *fakeProvider, header, claims map[string]any) string {
		kid := header["kid"].(string)
		if value == nil {
			delete(header, name)
		} else {
			header[name] = value
		}
		return sign(header, claims, f.key(kid))
	}
}

func hs256(secret []byte) func(*fakeProvider, map[string]any, map[string]any) string {
	return func(f *fakeProvider, header, claims map[string]any) string {
		header["alg"] = "HS256"
		text := part(header) + "." + part(claims)
		m := hmac.New(sha256.New, secret)
		m.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
	}
}

func forgeries() []forgery {
	now := time.Now()
	public := &testKeys()[0].PublicKey
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		panic(err)
	}
	list := []forgery{
		{"alg none, no signature", "id", func(f *fakeProvider, header, claims map[string]any) string {
			header["alg"] = "none"
			return part(header) + "." + part(claims) + "."
		}, "signature"},
		{"alg none with the old signature", "id", func(f *fakeProvider, header, claims map[string]any) string {
			good := sign(header, claims, f.key("id"))
			header["alg"] = "none"
			return part(header) + "." + part(claims) + good[strings.LastIndex(good, "."):]
		}, "signature"},
		{"alg None", "id", head("alg", "None"), "signature"},
		{"HS256 with the public key in PEM", "id", hs256(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), "signature"},
		{"HS256 with the public key in DER", "id", hs256(der), "signature"},
		{"HS256 with the modulus", "id", hs256(public.N.Bytes()), "signature"},
		{"HS256 with nothing", "id", hs256(nil), "signature"},
		{"alg RS384", "id", head("alg", "RS384"), "signature"},
		{"alg PS256", "id", head("alg", "PS256"), "signature"},
		{"alg ES256", "id", head("alg", "ES256"), "signature"},
		{"no alg", "id", head("alg", nil), "signature"},
		{"an unknown kid", "id", head("kid", "another"), "no such key"},
		{"no kid among several keys", "id", head("kid", nil), "no such key"},
		{"the kid of the other key", "id", head("kid", "access"), "signature"},
		{"a kid that is a number", "id", head("kid", 1), "no such key"},
		{"a key of its own in the header", "id", func(f *fakeProvider, header, claims map[string]any) string {
			k := testKeys()[2]
			header["jwk"] = map[string]string{"kty": "RSA", "n": base64.RawURLEncoding.EncodeToString(k.N.Bytes()), "e": "AQAB"}
			header["jku"], header["x5u"] = "https://evil.example/jwks.json", "https://evil.example/cert"
			return sign(header, claims, k)
		}, "signature"},
		{"another's key", "id", func(f *fakeProvider, header, claims map[string]any) string {
			return sign(header, claims, testKeys()[2])
		}, "signature"},
		{"a claim changed afterwards", "id", func(f *fakeProvider, header, claims map[string]any) string {
			good := strings.Split(sign(header, claims, f.key("id")), ".")
			claims["email"] = "root@example.com"
			return good[0] + "." + part(claims) + "." + good[2]
		}, "signature"},
		{"a critical extension", "id", head("crit", []string{"exp"}), "extension"},
		{"the issuer of another pool", "id", claim("iss", poolOrigin+"/us-east-1_Evil"), "issuer"},
		{"an issuer that only begins alike", "id", claim("iss", poolOrigin+"/us-east-1_Fake.evil.example"), "issuer"},
		{"an issuer with a slash", "id", claim("iss", poolOrigin+"/us-east-1_Fake/"), "issuer"},
		{"no issuer", "id", claim("iss", nil), "issuer"},
		{"an issuer that is a list", "id", claim("iss", []string{poolOrigin + "/us-east-1_Fake"}), "issuer"},
		{"the audience of another client", "id", claim("aud", "another"), "another client"},
		{"no audience", "id", claim("aud", nil), ""},
		{"several audiences without azp", "id", claim("aud", []string{"client", "another"}), "another client"},
		{"azp of another client", "id", claim("azp", "another"), "another client"},
		{"expired", "id", claim("exp", now.Add(-2*time.Hour).Unix()), "expired"},
		{"no exp", "id", claim("exp", nil), ""},
		{"exp is text", "id", claim("exp", "4102444800"), ""},
		{"nbf in the future", "id", claim("nbf", now.Add(time.Hour).Unix()), "not valid yet"},
		{"iat in the future", "id", claim("iat", now.Add(time.Hour).Unix()), "future"},
		{"an access token as id token", "id", func(f *fakeProvider, header, claims map[string]any) string {
			claims["token_use"], claims["client_id"] = "access", "client"
			return sign(header, claims, f.key("id"))
		}, "another kind"},
		{"typ at+jwt", "id", head("typ", "at+jwt"), "another kind"},
		{"token_use missing", "id", claim("token_use", nil), "another kind"},
		{"the nonce of another sign-in", "id", claim("nonce", "another"), "nonce"},
		{"no nonce", "id", claim("nonce", nil), "nonce"},
		{"a nonce that is a list", "id", claim("nonce", []string{"x"}), "nonce"},
		{"the at_hash of another access token", "id", claim("at_hash", "LDktKdoQak3Pk0cnXxCltA"), "another access token"},
		{"no sub", "id", claim("sub", nil), "no user"},
		{"another user than the access token's", "id", claim("sub", "sub-eve"), "another user"},
		{"no id token", "id", func(*fakeProvider, map[string]any, map[string]any) string { return " " }, ""},
		{"no token at all", "id", func(*fakeProvider, map[string]any, map[string]any) string { return "garbage" }, "not a JSON Web Token"},
		{"an encrypted token", "id", func(*fakeProvider, map[string]any, map[string]any) string { return "a.b.c.d.e" }, "not a JSON Web Token"},

		{"access token: alg none", "access", func(f *fakeProvider, header, claims map[string]any) string {
			header["alg"] = "none"
			return part(header) + "." + part(claims) + "."
		}, "signature"},
		{"access token: another's key", "access", func(f *fakeProvider, header, claims map[string]any) string {
			return sign(header, claims, testKeys()[2])
		}, "signature"},
		{"access token: another issuer", "access", claim("iss", "https://evil.example/us-east-1_Fake"), "issuer"},
		{"access token: another client", "access", claim("client_id", "another"), "another client"},
		{"access token: an id token", "access", claim("token_use", "id"), "another kind"},
		{"access token: expired", "access", claim("exp", now.Add(-time.Hour).Unix()), "expired"},
		{"access token: opaque", "access", func(*fakeProvider, map[string]any, map[string]any) string { return "opaque" }, "not a JSON Web Token"},
	}
	return list
}

func TestForgedTokens(t *testing.T) {
	for _, test := range forgeries() {
		b := newBrowser(t)
		op := newFakePoolProvider(t)
		op.forge = func(use string, header, claims map[string]any) string {
			if use != test.use {
				return ""
			}
			return test.make(op, header, claims)
		}
		p := openUI(b, op, nil)
		got, err := p.handle(op.approve(p.leave(HostedUIOptions{})))
		if err == nil {
			t.Errorf("%s: signed in: %+v", test.name, got)
			continue
		}
		if e := AsError(err); e.Code != "securityFailed" || e.Retryable || !strings.Contains(e.Message, test.says) {
			t.Errorf("%s: %v, want securityFailed that says %q", test.name, err, test.says)
		}
		p.noToken(b)
	}
}

// A forged refresh changes nothing that is stored and does not end the session.
func TestForgedRefresh(t *testing.T) {
	for _, test := range forgeries() {
		if strings.Contains(test.name, "nonce") || test.name == "no id token" {
			continue // a refresh has no nonce and needs no id token
		}
		b := newBrowser(t)
		op := newFakePoolProvider(t)
		p := openUI(b, op, nil)
		p.mustSignIn(HostedUIOptions{})
		before := b.stored()
		op.forge = func(use string, header, claims map[string]any) string {
			if use != test.use {
				return ""
			}
			return test.make(op, header, claims)
		}
		if _, err := p.GetTokens(context.Background(), GetTokensInput{ForceRefresh: true}); codeOf(err) != "securityFailed" {
			t.Errorf("%s: %v", test.name, err)
		}
		if after := b.stored(); !maps.Equal(before, after) {
			t.Errorf("%s: the storage has changed", test.name)
		}
		if s := p.state.get().UserState; s != SignedIn {
			t.Errorf("%s: state %s", test.name, s)
		}
	}
}

// Of another provider the id token is checked alike; its access token is not ours
// to read.
func TestForgedTokensOfAnotherProvider(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(f *fakeProvider, header, claims map[string]any) string
		code string
	}{
		{"honest", func(*fakeProvider, map[string]any, map[string]any) string { return "" }, ""},
		{"azp is ours", claim("azp", "auth0-client"), ""},
		{"alg none", head("alg", "none"), "securityFailed"},
		{"issuer without its slash", claim("iss", "https://tenant.auth0.example"), "securityFailed"},
		{"another client", claim("aud", "another"), "securityFailed"},
		{"no nonce", claim("nonce", nil), "securityFailed"},
		{"token_use access", claim("token_use", "access"), "securityFailed"},
	} {
		b := newBrowser(t)
		op := newFakeAuth0(t)
		op.forge = func(use string, header, claims map[string]any) string {
			if use == "id" {
				return test.make(op, header, claims)
			}
			return "not a JWT"
		}
		p := openUI(b, op, nil)
		_, err := p.handle(op.approve(p.leave(HostedUIOptions{})))
		if codeOf(err) != test.code {
			t.Errorf("%s: %v", test.name, err)
		}
		if test.code != "" {
			p.noToken(b)
		}
	}
}

// Keys are fetched once, again for a kid that is not there, and not again and
// again for one that never is.
func TestKeyRotation(t *testing.T) {
	b := newBrowser(t)
	op := newFakePoolProvider(t)
	p := openUI(b, op, nil)
	var skew time.Duration
	p.Now = func() time.Time { return time.Now().Add(skew) }
	fetches := func() (n int) {
		for _, path := range op.asked() {
			if strings.HasSuffix(path, "jwks.json") {
				n++
			}
		}
		return n
	}
	refresh := func() error {
		_, err := p.GetTokens(context.Background(), GetTokensInput{ForceRefresh: true})
		return err
	}
	p.mustSignIn(HostedUIOptions{})
	for range 3 {
		if err := refresh(); err != nil {
			t.Fatal(err)
		}
	}
	if fetches() != 1 {
		t.Errorf("%d fetches, want one", fetches())
	}
	// New keys: the kids change, the provider publishes the new ones.
	kid := "new"
	op.forge = func(use string, header, claims map[string]any) string {
		header["kid"] = kid
		return sign(header, claims, testKeys()[0]) // fakeProvider's answer for kids that it does not know
	}
	op.kids = []string{"new"}
	if err := refresh(); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	if fetches() != 2 {
		t.Errorf("%d fetches, want two", fetches())
	}
	kid = "never"
	for range 5 {
		if err := refresh(); codeOf(err) != "securityFailed" {
			t.Errorf("an unknown key: %v", err)
		}
	}
	if fetches() != 2 {
		t.Errorf("%d fetches for a key that is not there, within a minute", fetches())
	}
	skew = time.Minute // the least time between two fetches
	_ = refresh()
	if fetches() != 3 {
		t.Errorf("%d fetches a minute later, want three", fetches())
	}
}

// Mix-up (RFC 9207, RFC 9700 section 4.4): a response of another provider, or one
// for a sign-in that began at another, is refused before the code goes anywhere.
func TestMixUp(t *testing.T) {
	evil := "https://evil.example"
	for _, test := range []struct {
		name string
		op   *fakeProvider
		more []string
		set  func(p *uiPage)
		code string
	}{
		{"the pool's iss", newFakePoolProvider(t), []string{"iss", poolOrigin + "/us-east-1_Fake"}, nil, ""},
		{"another iss", newFakePoolProvider(t), []string{"iss", evil}, nil, "securityFailed"},
		{"Auth0's iss", newFakeAuth0(t), []string{"iss", "https://tenant.auth0.example/"}, nil, ""},
		{"another iss than Auth0's", newFakeAuth0(t), []string{"iss", evil}, nil, "securityFailed"},
		{"no iss of a provider that sends it", newFakeAuth0(t), nil, func(p *uiPage) {
			p.op.metadata = map[string]any{"authorization_response_iss_parameter_supported": true}
		}, "securityFailed"},
		{"an error with another iss", newFakePoolProvider(t), []string{"iss", evil, "error", "access_denied"}, nil, "securityFailed"},
		{"metadata of another issuer", newFakeAuth0(t), nil, func(p *uiPage) { p.op.metadata = map[string]any{"issuer": evil} }, "invalidConfiguration"},
		{"keys without TLS", newFakeAuth0(t), nil, func(p *uiPage) { p.op.metadata = map[string]any{"jwks_uri": "http://evil.example/keys"} }, "invalidConfiguration"},
		{"the configuration names another provider now", newFakeAuth0(t), nil, func(p *uiPage) { p.op.cfg.TokenURI = evil + "/oauth/token" }, "securityFailed"},
	} {
		b := newBrowser(t)
		p := openUI(b, test.op, nil)
		response := test.op.approve(p.leave(HostedUIOptions{}), test.more...)
		if strings.Contains(response, "error=") {
			response = strings.Replace(response, "code=", "nocode=", 1)
		}
		if test.set != nil {
			test.set(p)
		}
		_, err := p.handle(response)
		if codeOf(err) != test.code {
			t.Errorf("%s: %v, want %q", test.name, err, test.code)
		}
		if test.code == "" {
			continue
		}
		p.noToken(b)
		for _, r := range test.op.requests {
			if strings.HasPrefix(r.URL, evil) {
				t.Errorf("%s: asked %s", test.name, r.URL)
			}
			if test.code == "securityFailed" && r.Form.Has("code") {
				t.Errorf("%s: the code was sent", test.name)
			}
		}
	}
}

// Code injection (RFC 9700 section 4.5): a code of another sign-in fails by PKCE
// at the provider and, should that not look, by the nonce here.
func TestCodeInjection(t *testing.T) {
	for _, careless := range []bool{false, true} {
		b := newBrowser(t)
		op := newFakePoolProvider(t)
		victim, attacker := openUI(b, op, nil), openUI(newBrowser(t), op, nil)
		stolen := query(t, op.approve(attacker.leave(HostedUIOptions{}))).Get("code")
		if careless {
			op.codes[stolen].Del("code_challenge")
		}
		state := query(t, victim.leave(HostedUIOptions{})).Get("state")
		_, err := victim.handle(appOrigin + "/callback?code=" + stolen + "&state=" + state)
		if want := map[bool]string{false: "badRequest", true: "securityFailed"}[careless]; codeOf(err) != want {
			t.Errorf("careless %t: %v, want %s", careless, err, want)
		}
		victim.noToken(b)
	}
}

// A computer whose clock is wrong can sign in all the same, once the page's server
// has told the time; expired tokens are refused by any clock.
func TestWrongClock(t *testing.T) {
	for _, skew := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		for _, expired := range []bool{false, true} {
			b := newBrowser(t)
			op := newFakePoolProvider(t)
			if expired {
				op.forge = func(use string, header, claims map[string]any) string {
					claims["exp"] = time.Now().Add(-2 * time.Minute).Unix()
					return sign(header, claims, op.key(use))
				}
			}
			p := openUI(b, op, nil)
			p.Now = func() time.Time { return time.Now().Add(skew) }
			p.clock.now = p.Now
			op.date = time.Now // of the page
			response := op.approve(p.leave(HostedUIOptions{}))
			_, err := p.handle(response)
			if want := map[bool]string{true: "securityFailed"}[expired]; codeOf(err) != want {
				t.Errorf("skew %v, expired %t: %v", skew, expired, err)
			}
			if !expired {
				if _, err := p.GetTokens(context.Background(), GetTokensInput{}); err != nil {
					t.Errorf("skew %v: %v", skew, err)
				}
			}
		}
	}
}

// Who asked for maxAge gets a sign-in that is no older: OpenID Connect Core 1.0
// section 3.1.3.7. A clock that is wrong is not the user's fault.
func TestMaxAge(t *testing.T) {
	ago := func(d time.Duration) func(*fakeProvider, map[string]any, map[string]any) string {
		return claim("auth_time", time.Now().Add(-d).Unix())
	}
	for _, test := range []struct {
		name    string
		options HostedUIOptions
		forge   func(*fakeProvider, map[string]any, map[string]any) string
		ahead   time.Duration // of the local clock, which the page's own server corrects
		says    string
	}{
		{"a new sign-in", HostedUIOptions{MaxAge: seconds(0)}, ago(0), 0, ""},
		{"in time", HostedUIOptions{MaxAge: seconds(600)}, ago(10 * time.Minute), 0, ""},
		{"too old", HostedUIOptions{MaxAge: seconds(600)}, ago(12 * time.Minute), 0, "maxAge"},
		{"too old for a parameter", HostedUIOptions{SignInURIQueryParameters: map[string]string{"max_age": "600"}}, ago(12 * time.Minute), 0, "maxAge"},
		{"without auth_time", HostedUIOptions{MaxAge: seconds(600)}, claim("auth_time", nil), 0, "maxAge"},
		{"auth_time that is a text", HostedUIOptions{MaxAge: seconds(600)}, claim("auth_time", "4102444800"), 0, "maxAge"},
		{"not asked for", HostedUIOptions{}, ago(300 * time.Hour), 0, ""},
		{"a clock ahead", HostedUIOptions{MaxAge: seconds(60)}, ago(0), 30 * time.Minute, ""},
		{"a clock ahead, and too old", HostedUIOptions{MaxAge: seconds(60)}, ago(10 * time.Minute), 30 * time.Minute, "maxAge"},
	} {
		b := newBrowser(t)
		p := openUI(b, newFakePoolProvider(t), nil)
		p.Now = func() time.Time { return time.Now().Add(test.ahead) }
		p.clock.now = p.Now
		p.op.date = func() time.Time { return time.Now().Truncate(time.Second) }
		response := p.op.approve(p.leave(test.options))
		p.op.forge = func(use string, header, claims map[string]any) string {
			if use != "id" {
				return ""
			}
			return test.forge(p.op, header, claims)
		}
		got, err := p.handle(response)
		if test.says == "" {
			if err != nil || got.UserState != SignedIn {
				t.Errorf("%s: %+v %v", test.name, got, err)
			}
		} else if codeOf(err) != "securityFailed" || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %+v %v", test.name, got, err)
		} else {
			p.noToken(b)
		}
	}
}
