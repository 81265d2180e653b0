package flows

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

const (
	adminRole   = "arn:aws:iam::000000000000:role/Admin"
	readerRole  = "arn:aws:iam::000000000000:role/Reader"
	identityKey = "com.amplify.Cognito." + emulator.SeedIdentityPoolID + ".identityId"
	identityAPI = "AWSCognitoIdentityService."
)

// mint makes a token of a provider for alice.
func mint(t *testing.T, e *e2e.Env, provider string, change func(*emulator.TokenRequest)) string {
	t.Helper()
	r := emulator.TokenRequest{Provider: provider, Subject: "alice"}
	if change != nil {
		change(&r)
	}
	token, err := e.Cognito.MintToken(r)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// echo is the expression of a signed request to the local Cognito's echo service, which answers who it is from.
func echo(e *e2e.Env, target, init, service string) string {
	return fmt.Sprintf(`(async () => {
  const signed = await auth.signRequest(new Request(%s, %s), { service: '%s', region: 'us-east-1' });
  const response = await fetch(signed);
  const answer = await response.json();
  if (!response.ok) throw Error(answer.message);
  return answer;
})()`, e2e.Args(e.Cognito.URL()+"/_emulator/echo"+target), init, service)
}

func whoAmI(e *e2e.Env) emulator.Echo {
	return e2e.Must[emulator.Echo](e, echo(e, "", "{}", "execute-api"))
}

func state(e *e2e.Env) string { return browser.Eval[string](e.Tab, "auth.currentUserState") }

func wantState(t *testing.T, e *e2e.Env, want string) {
	t.Helper()
	if got := state(e); got != want {
		t.Errorf("state %s, want %s", got, want)
	}
}

func wantCalls(t *testing.T, e *e2e.Env, want ...string) {
	t.Helper()
	if got := e.Operations(); !slices.Equal(got, want) {
		t.Errorf("operations %v, want %v", got, want)
	}
}

// Ensure that each provider's token signs in, gets credentials that AWS accepts, survives a reload and leaves with signOut.
func TestFederatedSignIn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, provider, login string
		roles                 []string
		more                  m
		role                  string
	}{
		{name: "facebook", login: "graph.facebook.com"},
		{name: "google", login: "accounts.google.com"},
		{name: "amazon", login: "www.amazon.com"},
		{name: "apple", login: "appleid.apple.com"},
		{name: "twitter", login: "api.twitter.com"},
		{name: "OIDC", provider: emulator.SeedOIDCProvider, login: emulator.SeedOIDCProvider},
		{name: "SAML by ARN", provider: emulator.SeedSAMLProvider, login: emulator.SeedSAMLProvider, roles: []string{adminRole}},
		{name: "SAML by name", provider: "LocalIdP", login: emulator.SeedSAMLProvider, roles: []string{adminRole}},
		{name: "SAML with a role", provider: "LocalIdP", login: emulator.SeedSAMLProvider, roles: []string{adminRole, readerRole},
			more: m{"customRoleARN": readerRole}, role: readerRole},
		{name: "developer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := e2e.Start(t)
			e.App("")
			putForeign(e)
			args := m{"providerName": test.provider}
			if test.provider == "" {
				args["providerName"] = test.name
			}
			requests := []string{"GetId", "GetCredentialsForIdentity"}
			if test.login == "" { // a back end of one's own names the user and the identity
				test.login, requests = "cognito-identity.amazonaws.com", requests[1:]
				out := e.Admin(identityAPI+"GetOpenIdTokenForDeveloperIdentity", m{
					"IdentityPoolId": emulator.SeedIdentityPoolID, "Logins": m{emulator.SeedDeveloperProvider: "ann"}})
				args["token"] = out["Token"]
				fails(t, e, "federatedSignIn", args, "invalidParameter")
				args["cognitoIdentityId"] = out["IdentityId"]
			} else {
				args["token"] = mint(t, e, test.login, func(r *emulator.TokenRequest) { r.Roles = test.roles })
			}
			for k, v := range test.more {
				args[k] = v
			}
			e.Cognito.ResetCalls()
			if out := must(t, e, "federatedSignIn", args); out["userState"] != "signedIn" {
				t.Errorf("federatedSignIn gave %v", out)
			}
			wantCalls(t, e, requests...)
			wantState(t, e, "signedIn")
			if states := browser.Eval[[]string](e.Tab, "states"); states[len(states)-1] != "signedIn" {
				t.Errorf("userstatechange told %v", states)
			}
			details := browser.Eval[m](e.Tab, `new Promise((done) => auth.addUserStateListener((state, details) => done(details)))`)
			if details["provider"] != test.login || details["token"] != args["token"] {
				t.Errorf("details %v", details)
			}
			role := test.role
			if role == "" {
				role = emulator.SeedAuthenticatedRole
			}
			id := e2e.Must[string](e, "auth.getIdentityId()")
			if got := whoAmI(e); got.IdentityID != id || got.Role != role {
				t.Errorf("signed as %+v, want %s of %s", got, role, id)
			}
			if got := browser.Eval[string](e.Tab, "auth.identityId"); got != id {
				t.Errorf("identityId %q, want %q", got, id)
			}
			e.Cognito.ResetCalls()
			reload(e)
			if got := e2e.Must[string](e, "auth.initialize().then((r) => r.userState)"); got != "signedIn" {
				t.Errorf("state %s after a reload", got)
			}
			if got := e2e.Must[string](e, "auth.getIdentityId()"); got != id {
				t.Errorf("identity %s after a reload, want %s", got, id)
			}
			must(t, e, "getAWSCredentials", nil)
			wantCalls(t, e)
			fails(t, e, "signIn", m{"username": "demo", "password": emulator.SeedPassword}, "invalidState")
			must(t, e, "signOut", nil)
			wantState(t, e, "signedOut")
			checkStored(t, "after signOut", e.Stored(), foreign)
		})
	}
}

// Ensure that every refusal is told at once, by an error that names the remedy, and changes nothing.
func TestFederatedSignInRefused(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	putForeign(e)
	google := func(change func(*emulator.TokenRequest)) string { return mint(t, e, "accounts.google.com", change) }
	two := mint(t, e, emulator.SeedSAMLProvider, func(r *emulator.TokenRequest) { r.Roles = []string{adminRole, readerRole} })
	good := google(nil)
	tests := []struct {
		name, provider, token string
		more                  m
		code, remedy          string
		before, after         func()
	}{
		{name: "expired", provider: "google", token: google(func(r *emulator.TokenRequest) { r.ExpiresIn = -60 }), code: "federatedTokenExpired", remedy: "Get a new token"},
		{name: "wrong audience", provider: "google", token: google(func(r *emulator.TokenRequest) { r.Audience = "another-app" }), code: "federatedTokenInvalid", remedy: "client ids"},
		{name: "wrong issuer", provider: emulator.SeedOIDCProvider, token: good, code: "federatedTokenInvalid", remedy: "without https://"},
		{name: "forged", provider: "apple", token: mint(t, e, "appleid.apple.com", func(r *emulator.TokenRequest) { r.Forged = true }), code: "federatedTokenInvalid", remedy: "has just issued"},
		{name: "junk", provider: "facebook", token: "junk", code: "federatedTokenInvalid", remedy: "has just issued"},
		{name: "access token", provider: "google", token: "ya29.a0AfH6SMB", code: "invalidParameter", remedy: "ID token, not its access token"},
		{name: "unsupported provider", provider: "other.example", token: mint(t, e, "other.example", nil), code: "providerNotSupported", remedy: "Add the provider"},
		{name: "role not in token", provider: "google", token: good, more: m{"customRoleARN": adminRole}, code: "notAuthorized", remedy: "one of the roles in the token"},
		{name: "several roles", provider: "LocalIdP", token: two, code: "invalidParameter", remedy: "customRoleARN: " + adminRole + ", " + readerRole},
		{name: "role not in assertion", provider: "LocalIdP", token: two, more: m{"customRoleARN": adminRole + "2"}, code: "invalidParameter", remedy: adminRole + ", " + readerRole},
		{name: "no token", provider: "google", code: "invalidParameter", remedy: "token is empty"},
		{name: "offline", provider: "google", token: good, code: "networkError", remedy: "offline",
			before: func() { e.Tab.Offline(true) }, after: func() { e.Tab.Offline(false) }},
		{name: "network lost in between", provider: "google", token: good, code: "networkError", remedy: "could not be reached",
			before: func() {
				e.Cognito.InjectFault(emulator.Fault{Operation: "GetCredentialsForIdentity", Kind: "drop", Count: -1})
			}, after: e.Cognito.ClearFaults},
		{name: "slow", provider: "google", token: good, more: m{"timeout": 300}, code: "timeout",
			before: func() {
				e.Cognito.InjectFault(emulator.Fault{Operation: "GetCredentialsForIdentity", Kind: "slow", Count: 1, DelayMs: 60_000})
			}, after: e.Cognito.ClearFaults},
	}
	for _, test := range tests {
		args := m{"providerName": test.provider, "token": test.token}
		for k, v := range test.more {
			args[k] = v
		}
		if test.before != nil {
			test.before()
		}
		_, err := call(e, "federatedSignIn", args)
		if test.after != nil {
			test.after()
		}
		switch {
		case err == nil:
			t.Errorf("%s: signed in", test.name)
		case !err.AuthError || err.Code != test.code || !strings.Contains(err.Message, test.remedy):
			t.Errorf("%s: rejected with %v, want %s and %q", test.name, err, test.code, test.remedy)
		case err.Retryable != slices.Contains([]string{"networkError", "timeout"}, err.Code):
			t.Errorf("%s: retryable is %t", test.name, err.Retryable)
		}
		if got := state(e); got != "signedOut" {
			t.Errorf("%s: state %s", test.name, got)
		}
		checkStored(t, test.name, e.Stored(), foreign)
	}
	// Nothing of this stands in the way of the right one, nor of a user of the user pool.
	must(t, e, "federatedSignIn", m{"providerName": "google", "token": good})
	must(t, e, "signOut", nil)
	mustSignIn(t, e)
	fails(t, e, "federatedSignIn", m{"providerName": "google", "token": good}, "federationProviderExists")
	wantState(t, e, "signedIn")
}

// pending starts a call that is to wait and returns the expression of how it ends: "ok" or the error's code.
func pending(e *e2e.Env, expression string) string {
	name := fmt.Sprintf("pending%d", time.Now().UnixNano())
	e.Tab.Run(fmt.Sprintf(`(globalThis.%s = %s.then(() => 'ok', (error) => error.code), undefined)`, name, expression))
	return name
}

// Ensure that calls wait while a federated token has expired, until one of the things that end the wait.
func TestFederatedTokenExpires(t *testing.T) {
	t.Parallel()
	const credentials = "auth.getAWSCredentials()"
	setUp := func(t *testing.T, provider, login string) *e2e.Env {
		e := e2e.Start(t)
		e.App("")
		must(t, e, "federatedSignIn", m{"providerName": provider, "token": mint(t, e, login, nil)})
		e.Advance(2 * time.Hour)
		return e
	}
	invalid := func(e *e2e.Env) {
		e.Tab.Wait("auth.currentUserState === 'signedOutFederatedTokensInvalid'")
	}
	ends := func(t *testing.T, e *e2e.Env, name, want string) {
		t.Helper()
		if got := browser.Eval[string](e.Tab, name); got != want {
			t.Errorf("the call ended with %s, want %s", got, want)
		}
	}
	for provider, login := range map[string]string{"google": "accounts.google.com", "facebook": "graph.facebook.com"} {
		t.Run("a new token of "+provider, func(t *testing.T) {
			e := setUp(t, provider, login)
			calls := []string{pending(e, credentials), pending(e, echo(e, "", "{}", "s3")), pending(e, "auth.credentialsProvider()")}
			invalid(e)
			e.Cognito.ResetCalls()
			must(t, e, "federatedSignIn", m{"providerName": provider, "token": mint(t, e, login, nil)})
			for _, name := range calls {
				ends(t, e, name, "ok")
			}
			wantCalls(t, e, "GetCredentialsForIdentity", "echo")
			wantState(t, e, "signedIn")
		})
	}
	t.Run("another user's token", func(t *testing.T) {
		e := setUp(t, "google", "accounts.google.com")
		name := pending(e, credentials)
		invalid(e)
		must(t, e, "federatedSignIn", m{"providerName": "google", "token": mint(t, e, "accounts.google.com", func(r *emulator.TokenRequest) { r.Subject = "bob" })})
		ends(t, e, name, "unableToSignIn")
		wantState(t, e, "signedIn")
	})
	t.Run("releaseSignInWait", func(t *testing.T) {
		e := setUp(t, "google", "accounts.google.com")
		name := pending(e, credentials)
		invalid(e)
		must(t, e, "releaseSignInWait", nil)
		ends(t, e, name, "unableToSignIn")
		wantState(t, e, "signedOutFederatedTokensInvalid")
		reload(e)
		must(t, e, "initialize", nil)
		wantState(t, e, "signedOutFederatedTokensInvalid")
	})
	t.Run("signOut", func(t *testing.T) {
		e := setUp(t, "google", "accounts.google.com")
		name := pending(e, credentials)
		invalid(e)
		must(t, e, "signOut", nil)
		ends(t, e, name, "unableToSignIn")
		wantState(t, e, "signedOut")
		must(t, e, "getAWSCredentials", nil) // as a guest: nothing is stuck
		wantState(t, e, "guest")
	})
	t.Run("timeout and signal", func(t *testing.T) {
		e := setUp(t, "google", "accounts.google.com")
		fails(t, e, "getAWSCredentials", m{"timeout": 300}, "timeout")
		ends(t, e, pending(e, "auth.getAWSCredentials({ signal: AbortSignal.timeout(300) })"), "aborted")
	})
	t.Run("onExpired reject", func(t *testing.T) {
		e := e2e.Start(t)
		e.App("onExpired: 'reject'")
		must(t, e, "federatedSignIn", m{"providerName": "google", "token": mint(t, e, "accounts.google.com", nil)})
		e.Advance(2 * time.Hour)
		if err := fails(t, e, "getAWSCredentials", nil, "sessionExpired"); !strings.Contains(err.Message, "tokenSource") {
			t.Errorf("%v", err)
		}
		wantState(t, e, "signedOutFederatedTokensInvalid")
	})
	t.Run("another tab", func(t *testing.T) {
		e := setUp(t, "google", "accounts.google.com")
		name := pending(e, credentials)
		invalid(e)
		other := e.Tab.Sibling()
		other.Open(e.Origin + "/app")
		other.Wait("globalThis.auth?.currentUserState === 'signedOutFederatedTokensInvalid'")
		if _, err := e2e.CallIn[any](other, "auth.federatedSignIn("+e2e.Args(m{"providerName": "google", "token": mint(t, e, "accounts.google.com", nil)})+")"); err != nil {
			t.Fatal(err)
		}
		ends(t, e, name, "ok")
		e.Tab.Wait("auth.currentUserState === 'signedIn'")
	})
}

// Ensure that the page's tokenSource is asked before anybody hears of an expired token.
func TestTokenSource(t *testing.T) {
	e := e2e.Start(t)
	e.App(`tokenSource: { google: async () => { globalThis.asked = (globalThis.asked ?? 0) + 1; return globalThis.next(); } }`)
	give := func(expression string) { e.Tab.Run("(globalThis.next = () => " + expression + ", undefined)") }
	must(t, e, "federatedSignIn", m{"providerName": "google", "token": mint(t, e, "accounts.google.com", nil)})
	id := e2e.Must[string](e, "auth.getIdentityId()")

	e.Advance(2 * time.Hour)
	give(e2e.Args(mint(t, e, "accounts.google.com", nil)))
	e.Cognito.ResetCalls()
	must(t, e, "getAWSCredentials", nil)
	wantCalls(t, e, "GetCredentialsForIdentity")
	e.Advance(2 * time.Hour)
	give("({ token: " + e2e.Args(mint(t, e, "accounts.google.com", nil)) + " })")
	must(t, e, "getAWSCredentials", nil)
	if got := e2e.Must[string](e, "auth.getIdentityId()"); got != id || browser.Eval[int](e.Tab, "asked") != 2 {
		t.Errorf("identity %s, want %s; asked %d times", got, id, browser.Eval[int](e.Tab, "asked"))
	}
	if states := browser.Eval[[]string](e.Tab, "states"); slices.Contains(states, "signedOutFederatedTokensInvalid") {
		t.Errorf("states %v", states)
	}

	for _, bad := range []string{"undefined", "null", "''", "42", "({})", "Promise.reject(new Error('popup blocked'))", "{ throw new TypeError('broken') }",
		e2e.Args(mint(t, e, "accounts.google.com", func(r *emulator.TokenRequest) { r.ExpiresIn = 1 }))} {
		must(t, e, "federatedSignIn", m{"providerName": "google", "token": mint(t, e, "accounts.google.com", nil)})
		e.Advance(2 * time.Hour)
		give(bad)
		fails(t, e, "getAWSCredentials", m{"timeout": 1000}, "timeout") // it waits for a new sign-in
		wantState(t, e, "signedOutFederatedTokensInvalid")
	}
}
