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

type credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
	Expiration                                 time.Time
}

// getCredentials is the expression of credentials whose expiration, a Date, is text.
const getCredentials = `auth.getAWSCredentials().then((c) => ({ ...c, expiration: c.expiration.toISOString() }))`

// Ensure that a guest gets credentials in Amplify's place, once for all who ask, and renews them by itself.
func TestGuest(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	must(t, e, "initialize", nil)
	wantState(t, e, "signedOut")
	all := e2e.Must[[]credentials](e, `Promise.all(Array.from({ length: 50 }, () => `+getCredentials+`))`)
	wantCalls(t, e, "GetId", "GetCredentialsForIdentity")
	if slices.ContainsFunc(all, func(c credentials) bool { return c != all[0] }) || all[0].SessionToken == "" {
		t.Errorf("different credentials")
	}
	if left := all[0].Expiration.Sub(e.Cognito.Now()); left < 55*time.Minute || left > time.Hour {
		t.Errorf("expire in %v", left)
	}
	wantState(t, e, "guest")
	id := e2e.Must[string](e, "auth.getIdentityId()")
	if got := e.Stored()[identityKey]; got != id {
		t.Errorf("stored identity %q, want %q", got, id)
	}
	if got := whoAmI(e); got.Role != emulator.SeedGuestRole || got.IdentityID != id {
		t.Errorf("%+v", got)
	}
	e.Cognito.ResetCalls()
	reload(e)
	must(t, e, "initialize", nil)
	wantState(t, e, "guest")
	if got := browser.Eval[string](e.Tab, "auth.identityId"); got != id {
		t.Errorf("identityId %q, want %q", got, id)
	}
	if again := e2e.Must[credentials](e, getCredentials); again != all[0] {
		t.Error("other credentials after a reload")
	}
	wantCalls(t, e)
	e.Advance(51 * time.Minute)
	if again := e2e.Must[credentials](e, getCredentials); again == all[0] {
		t.Error("old credentials")
	}
	wantCalls(t, e, "GetCredentialsForIdentity")

	// The same function each time, and the shape that the AWS SDK takes.
	shape := browser.Eval[[]any](e.Tab, `(async () => {
  const c = await auth.credentialsProvider({ forceRefresh: true });
  return [auth.credentialsProvider === auth.credentialsProvider, Object.keys(c).sort().join(), c.expiration instanceof Date];
})()`)
	if !slices.Equal(shape, []any{true, "accessKeyId,expiration,secretAccessKey,sessionToken", true}) {
		t.Errorf("credentialsProvider: %v", shape)
	}
	must(t, e, "signOut", nil)
	wantState(t, e, "signedOut")
	if browser.Eval[bool](e.Tab, "auth.identityId !== undefined") {
		t.Error("the identity outlived signOut")
	}
	if other := e2e.Must[string](e, "auth.getIdentityId()"); other == id {
		t.Error("the next guest is the same one")
	}
}

// Ensure that an identity pool without guests is said to have none, by the configuration and by the pool.
func TestGuestForbidden(t *testing.T) {
	e := e2e.Start(t)
	config := func(guests bool) string {
		return fmt.Sprintf(`config: { Auth: { Cognito: { identityPoolId: %q, identityPoolEndpoint: %q, allowGuestAccess: %t } } }`,
			emulator.SeedIdentityPoolID, e.Cognito.URL(), guests)
	}
	e.App(config(false))
	for _, method := range []string{"getAWSCredentials", "getIdentityId"} {
		fails(t, e, method, nil, "guestAccessNotAllowed")
	}
	wantCalls(t, e)
	e.Admin(identityAPI+"UpdateIdentityPool", m{"IdentityPoolId": emulator.SeedIdentityPoolID, "IdentityPoolName": "x", "AllowUnauthenticatedIdentities": false})
	e.App(config(true))
	for _, method := range []string{"getAWSCredentials", "getIdentityId"} {
		if err := fails(t, e, method, nil, "guestAccessNotAllowed"); err.Name != "NotAuthorizedException" || err.RequestID == "" || !strings.Contains(err.Message, "Sign a user in") {
			t.Errorf("%+v", err)
		}
	}
	wantState(t, e, "signedOut")
	if stored := e.Stored(); len(stored) != 0 {
		t.Errorf("stored %v", stored)
	}
	fails(t, e, "signIn", m{"username": "demo", "password": "x"}, "userPoolNotConfigured")

	e.App(fmt.Sprintf(`config: { Auth: { Cognito: { userPoolId: %q, userPoolClientId: %q, userPoolEndpoint: %q } } }`, emulator.SeedPoolID, emulator.SeedClientID, e.Cognito.URL()))
	for _, method := range []string{"getAWSCredentials", "getIdentityId", "credentialsProvider"} {
		fails(t, e, method, nil, "cognitoIdentityPoolNotConfigured")
	}
	fails(t, e, "federatedSignIn", m{"providerName": "google", "token": "x"}, "cognitoIdentityPoolNotConfigured")
}

// Ensure that a guest becomes the user who signs in, or gives way to that user's identity of before, without a
// request more than Amplify sends.
func TestGuestSignsIn(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	guest := e2e.Must[string](e, "auth.getIdentityId()")
	e.Cognito.ResetCalls()
	mustSignIn(t, e)
	if id := e2e.Must[string](e, "auth.getIdentityId()"); id != guest {
		t.Errorf("identity %s, want the guest's %s", id, guest)
	}
	must(t, e, "getAWSCredentials", nil)
	wantCalls(t, e, "InitiateAuth", "RespondToAuthChallenge", "GetCredentialsForIdentity")
	if got := whoAmI(e); got.Role != emulator.SeedAuthenticatedRole || got.IdentityID != guest {
		t.Errorf("%+v", got)
	}
	must(t, e, "signOut", nil)
	second := e2e.Must[string](e, "auth.getIdentityId()")
	mustSignIn(t, e)
	must(t, e, "getAWSCredentials", nil)
	if id := browser.Eval[string](e.Tab, "auth.identityId"); id != guest || id == second {
		t.Errorf("identity %s, want %s", id, guest)
	}
	if id := e.Stored()[identityKey]; id != guest {
		t.Errorf("stored identity %s, want %s", id, guest)
	}
	must(t, e, "signOut", nil)
	e.Cognito.ResetCalls()
	mustSignIn(t, e)
	must(t, e, "getAWSCredentials", nil)
	wantCalls(t, e, "InitiateAuth", "RespondToAuthChallenge", "GetId", "GetCredentialsForIdentity")

	// Expired tokens are refreshed first; a session that is over is waited for.
	e.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	must(t, e, "getAWSCredentials", nil)
	wantCalls(t, e, "GetTokensFromRefreshToken", "GetCredentialsForIdentity")
	e.Admin("AdminUserGlobalSignOut", m{"UserPoolId": emulator.SeedPoolID, "Username": "demo"})
	e.Advance(2 * time.Hour)
	waiting := pending(e, "auth.getAWSCredentials()")
	e.Tab.Wait("auth.currentUserState === 'signedOutUserPoolsTokenInvalid'")
	mustSignIn(t, e)
	if got := browser.Eval[string](e.Tab, waiting); got != "ok" {
		t.Errorf("the call ended with %s", got)
	}
	if id := e2e.Must[string](e, "auth.getIdentityId()"); id != guest {
		t.Errorf("identity %s, want %s", id, guest)
	}
}

// Ensure that stored credentials answer from storage, before any wasm is fetched.
func TestCredentialsWithoutWasm(t *testing.T) {
	t.Parallel()
	for name, signIn := range map[string]string{
		"guest": "auth.getAWSCredentials()", "user": "auth.signIn({ username: 'demo', password: 'Passw0rd!' })", "federated": "",
	} {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			e.App("")
			if signIn == "" {
				signIn = "auth.federatedSignIn(" + e2e.Args(m{"providerName": "google", "token": mint(t, e, "accounts.google.com", nil)}) + ")"
			}
			e2e.Must[any](e, signIn)
			want := e2e.Must[credentials](e, getCredentials)
			e.Site.Page("/early", `<!doctype html><script type="module" src="/early.js"></script>`, "")
			e.Site.Page("/early.js", `
import { AmplifyAuth } from '/amplify-auth.js';
const auth = globalThis.auth = new AmplifyAuth({ config: '/amplify_outputs.json' });
globalThis.early = (async () => {
  const c = await auth.credentialsProvider();
  return [c.accessKeyId, c.expiration.toISOString(), performance.getEntriesByType('resource').some((entry) => entry.name.endsWith('.wasm'))];
})();
`, "")
			e.Cognito.ResetCalls()
			e.Tab.Open(e.Origin + "/early")
			got := browser.Eval[[]any](e.Tab, `early`)
			if got[0] != want.AccessKeyID || got[1] != want.Expiration.Format("2006-01-02T15:04:05.000Z") || got[2] != false {
				t.Errorf("got %v, want %+v and no wasm", got, want)
			}
			wantCalls(t, e)
			// Near their end, forced, or somebody else's, they are left to the engine.
			if fresh := e2e.Must[credentials](e, strings.Replace(getCredentials, "()", "({ forceRefresh: true })", 1)); fresh == want {
				t.Error("forceRefresh gave the stored credentials")
			}
			e.Tab.Run(`localStorage.setItem(` + e2e.Args(identityKey) + `, 'us-east-1:another')`)
			must(t, e, "getAWSCredentials", nil)
			wantCalls(t, e, "GetCredentialsForIdentity", "GetCredentialsForIdentity", "GetId", "GetCredentialsForIdentity")
		})
	}
}

// Ensure that two tabs that ask at once fetch once.
func TestCredentialsOfTwoTabs(t *testing.T) {
	e, other := signedInTabs(t)
	if _, err := e2e.CallIn[any](other, "auth.getPendingSignIn()"); err != nil { // the engine is there
		t.Fatal(err)
	}
	e.Cognito.ResetCalls()
	e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: "slow", Count: -1, DelayMs: 200})
	const ask = `(globalThis.got = Promise.all(Array.from({ length: 20 }, () => auth.getAWSCredentials())).then((all) => [...new Set(all.map((c) => c.accessKeyId))]), undefined)`
	e.Tab.Run(ask)
	other.Run(ask)
	keys := append(browser.Eval[[]string](e.Tab, "got"), browser.Eval[[]string](other, "got")...)
	if len(keys) != 2 || keys[0] != keys[1] {
		t.Errorf("credentials %v", keys)
	}
	wantCalls(t, e, "GetId", "GetCredentialsForIdentity")
}

// Ensure that an identity that is gone, or somebody else's, is replaced once.
func TestIdentityRepaired(t *testing.T) {
	e := e2e.Start(t)
	google := m{"accounts.google.com": mint(t, e, "accounts.google.com", nil)}
	others := e.Admin(identityAPI+"GetId", m{"IdentityPoolId": emulator.SeedIdentityPoolID, "Logins": google})["IdentityId"].(string)
	e.App("")
	for what, id := range map[string]string{"gone": "us-east-1:00000000-0000-4000-8000-00000000dead", "another user's": others, "nonsense": "\x00"} {
		for _, user := range []bool{false, true} {
			if user {
				mustSignIn(t, e)
			}
			e.Tab.Run(fmt.Sprintf("localStorage.setItem(%s, %s)", e2e.Args(identityKey), e2e.Args(id)))
			e.Cognito.ResetCalls()
			must(t, e, "getAWSCredentials", nil)
			if got := e.Stored()[identityKey]; got == id {
				t.Errorf("%s: still stored", what)
			}
			wantCalls(t, e, "GetCredentialsForIdentity", "GetId", "GetCredentialsForIdentity")
			must(t, e, "signOut", nil)
		}
	}
	// A pool that refuses for another reason is asked once, and the message says what is wrong with it.
	e.Admin(identityAPI+"SetIdentityPoolRoles", m{"IdentityPoolId": emulator.SeedIdentityPoolID, "Roles": m{}})
	if err := fails(t, e, "getAWSCredentials", nil, "invalidIdentityPoolConfiguration"); !strings.Contains(err.Message, "Assign roles") {
		t.Errorf("%v", err)
	}
}

// Ensure that signRequest signs what the page sends, byte by byte, as AWS checks it.
func TestSignRequest(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	stream := `{ method: 'POST', duplex: 'half', body: new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode('part 1, ')); c.enqueue(new TextEncoder().encode('pärt 2')); c.close(); } }) }`
	tests := []struct{ name, target, init, service, method, body string }{
		{"GET", "", "{}", "execute-api", "GET", ""},
		{"path", "/a b/ü/(x)'!*~-._%2F", "{}", "execute-api", "GET", ""},
		{"escapes and a trailing slash", "/users/ada%40example.com/", "{}", "execute-api", "GET", ""},
		{"an escaped URL in the path", "/resolve/https%3A%2F%2Fexample.com", "{}", "execute-api", "GET", ""},
		{"characters that browsers leave alone", "/a|b^c'()!*/", "{}", "execute-api", "GET", ""},
		{"OpenSearch Serverless", "/index/_search", `{ method: 'POST', body: '{}' }`, "aoss", "POST", "{}"},
		{"empty segments", "//a///b/", "{}", "execute-api", "GET", ""},
		{"query", "?b=2&a=1&a=0&c&d=%20x%2By&e=ü&f=a+b", "{}", "execute-api", "GET", ""},
		{"JSON", "/graphql", `{ method: 'POST', headers: { 'content-type': 'application/json', 'X-Custom': ' two   words ' }, body: '{"query":"{ me }"}' }`, "appsync", "POST", `{"query":"{ me }"}`},
		{"stream", "/x", stream, "execute-api", "POST", "part 1, pärt 2"},
		{"S3 object", "/bucket/my key (1)'!*+ü//x", `{ method: 'PUT', body: 'content' }`, "s3", "PUT", "content"},
		{"S3 delete", "/bucket/key?versionId=1", `{ method: 'DELETE' }`, "s3", "DELETE", ""},
	}
	for _, test := range tests {
		got, err := e2e.Call[emulator.Echo](e, echo(e, test.target, test.init, test.service))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got.Service != test.service || got.Region != "us-east-1" || got.Method != test.method || got.Body != test.body {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	// The signed request can be used up, and signed again, like any other.
	if got := browser.Eval[[]any](e.Tab, `(async () => {
  const url = `+e2e.Args(e.Cognito.URL()+"/_emulator/echo")+`;
  const once = await auth.signRequest(url, { service: 'execute-api', region: 'eu-west-1' });
  const twice = await auth.signRequest(once, { service: 's3', region: 'us-east-1' });
  return [once instanceof Request, (await fetch(once)).status, (await fetch(twice)).status, once.headers.has('x-amz-content-sha256')];
})()`); !slices.Equal(got, []any{true, 200.0, 200.0, false}) {
		t.Errorf("signed twice: %v", got)
	}
	for _, bad := range []string{`'/relative\u0000', {}`, `'https://a.example', {}`, `'https://a.example', { service: 's3' }`, `'https://a.example', { service: '', region: 'us-east-1' }`, `'https://a.example', undefined`} {
		if _, err := e2e.Call[any](e, "auth.signRequest("+bad+")"); err == nil || !err.AuthError || err.Code != "invalidParameter" {
			t.Errorf("signRequest(%s): %v", bad, err)
		}
	}
}

// Ensure that the basic (classic) flow works where the configuration asks for it.
func TestClassicFlow(t *testing.T) {
	e := e2e.Start(t)
	e.App(fmt.Sprintf(`config: { CognitoUserPool: { Default: { PoolId: %q, AppClientId: %q, Endpoint: %[3]q } },
  CredentialsProvider: { CognitoIdentity: { Default: { PoolId: %[4]q, Region: 'us-east-1', Endpoint: %[3]q, STSEndpoint: %[3]q,
    ClassicFlow: true, AuthenticatedRoleArn: %[5]q, UnauthenticatedRoleArn: %[6]q } } } }`,
		emulator.SeedPoolID, emulator.SeedClientID, e.Cognito.URL(), emulator.SeedIdentityPoolID, emulator.SeedAuthenticatedRole, emulator.SeedGuestRole))
	must(t, e, "getAWSCredentials", nil)
	wantCalls(t, e, "GetId", "GetOpenIdToken", "AssumeRoleWithWebIdentity")
	if got := whoAmI(e); got.Role != emulator.SeedGuestRole {
		t.Errorf("%+v", got)
	}
	mustSignIn(t, e)
	if got := whoAmI(e); got.Role != emulator.SeedAuthenticatedRole {
		t.Errorf("%+v", got)
	}
}

// Ensure that a page calls the European Sovereign Cloud by its own names: user pool, identity pool and domain.
func TestSovereignCloud(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.OnNewDocument(`{
		globalThis.asked = new Set();
		const { fetch } = globalThis;
		globalThis.fetch = async (url, init) => {
			if (!String(url).includes('eusc')) return fetch(url, init);
			asked.add(String(url));
			throw new TypeError('not from a test');
		};
	}`)
	const domain = "shop.auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu"
	e.App(`worker: false, config: { version: '1.4', auth: { aws_region: 'eusc-de-east-1', user_pool_id: 'eusc-de-east-1_A', user_pool_client_id: 'client',
		identity_pool_id: 'eusc-de-east-1:00000000-0000-4000-8000-000000000001', unauthenticated_identities_enabled: true,
		oauth: { domain: '` + domain + `', scopes: ['openid'], redirect_sign_in_uri: [location.origin + '/callback'], redirect_sign_out_uri: [location.origin + '/'], response_type: 'code' } } }`)
	fails(t, e, "signIn", m{"username": "demo", "password": "Passw0rd!"}, "networkError")
	fails(t, e, "getAWSCredentials", nil, "networkError")
	got := browser.Eval[[]string](e.Tab, `[...asked].sort()`)
	if want := []string{"https://cognito-identity.eusc-de-east-1.amazonaws.eu/", "https://cognito-idp.eusc-de-east-1.amazonaws.eu/"}; !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}

	e.Tab.Offline(true)
	e.Tab.Run(`void auth.showSignIn({ hostedUI: {} }).catch(() => {})`)
	e.Tab.WaitUntil("the page leaves for "+domain, func() bool {
		return slices.ContainsFunc(e.Tab.Requests(), func(r browser.Request) bool {
			return strings.HasPrefix(r.URL, "https://"+domain+"/oauth2/authorize?")
		})
	})
}
