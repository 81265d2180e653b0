package interop

import (
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// openWithSDK opens a page of this module, signed in, that has the AWS SDK for JavaScript as the global sdk.
func openWithSDK(t *testing.T) *e2e.Env {
	t.Helper()
	e := e2e.Start(t)
	serveBundle(t, e, "aws-sdk.js")
	pool := seeded(t, e, emulator.SeedClientID)
	pool.IdentityPoolID = emulator.SeedIdentityPoolID
	openPage(e, e.Tab, "auth", oursScript(pool)+`
import * as sdk from '/peers/aws-sdk.js';
globalThis.sdk = sdk;`)
	ourSignIn(t, e.Tab)
	return e
}

// Ensure that clients of the AWS SDK for JavaScript take our credentials, and that the service sees whose they are.
func TestAWSSDKCredentials(t *testing.T) {
	e := openWithSDK(t)
	options := `{ region: 'us-east-1', endpoint: ` + e2e.Args(e.Cognito.URL()) + `, credentials: auth.credentialsProvider }`
	caller := browser.Eval[struct{ ARN, UserID string }](e.Tab, `new sdk.STSClient(`+options+`).send(new sdk.GetCallerIdentityCommand({}))
  .then((out) => ({ arn: out.Arn, userID: out.UserId }))`)
	if want := "arn:aws:sts::000000000000:assumed-role/"; len(caller.ARN) <= len(want) || caller.ARN[:len(want)] != want || caller.UserID == "" {
		t.Errorf("GetCallerIdentity gives %+v", caller)
	}
	id := browser.Eval[string](e.Tab, `auth.getIdentityId()`)
	got := browser.Eval[string](e.Tab, `new sdk.CognitoIdentityClient(`+options+`).send(new sdk.DescribeIdentityCommand({ IdentityId: `+e2e.Args(id)+` }))
  .then((out) => out.IdentityId)`)
	if got != id {
		t.Errorf("DescribeIdentity gives %q, want %q", got, id)
	}
	wrong := `new sdk.STSClient({ ...` + options + `, credentials: async () => ({ ...await auth.getAWSCredentials(), secretAccessKey: 'wrong' }) })
  .send(new sdk.GetCallerIdentityCommand({}))`
	if name := rejection(e.Tab, wrong); name != "SignatureDoesNotMatch" {
		t.Errorf("a wrong secret: rejected with %q", name)
	}
}

// Ensure that a client of the SDK that outlives its user signs the next one's requests with the next one's keys.
func TestAWSSDKClientOutlivesTheUser(t *testing.T) {
	e := openWithSDK(t)
	e.NewUser(emulator.SeedPoolID, "eva", nil)
	e.Tab.Run(`(globalThis.sts = new sdk.STSClient({ region: 'us-east-1', endpoint: ` + e2e.Args(e.Cognito.URL()) + `, credentials: auth.credentialsProvider }), 0)`)
	const caller = `Promise.all([sts.send(new sdk.GetCallerIdentityCommand({})).then((out) => out.UserId), auth.getAWSCredentials(), sts.config.credentials()])
  .then(([userID, ours, theirs]) => ({ userID, accessKeyID: theirs.accessKeyId, ours: ours.accessKeyId }))`
	seen := map[string]string{}
	sees := func(who string) {
		t.Helper()
		got := browser.Eval[struct{ UserID, AccessKeyID, Ours string }](e.Tab, caller)
		if got.AccessKeyID == "" || got.AccessKeyID != got.Ours {
			t.Errorf("%s: the SDK signs with %s, the session has %s", who, got.AccessKeyID, got.Ours)
		}
		if before := seen[got.AccessKeyID]; before != "" {
			t.Errorf("%s: the SDK signs with the keys of %s", who, before)
		}
		seen[got.AccessKeyID] = who
	}
	signIn := func(username string) {
		browser.Eval[any](e.Tab, `auth.signIn(`+e2e.Args(map[string]any{"username": username, "password": emulator.SeedPassword})+`)`)
	}
	sees("demo")
	browser.Eval[any](e.Tab, `auth.signOut()`)
	signIn("eva")
	sees("eva after demo")
	browser.Eval[any](e.Tab, `auth.signOut()`)
	sees("a guest after eva")
	signIn("demo")
	sees("demo after the guest")

	e.Cognito.ResetCalls()
	browser.Eval[any](e.Tab, caller)
	if ops := e.Operations(); slices.Contains(ops, "GetCredentialsForIdentity") {
		t.Errorf("the same user's requests ask for credentials again: %v", ops)
	}
}

// Ensure that signRequest signs as the AWS SDK's signer does, on the kinds of requests of AWS's published test suite.
func TestAWSSDKSignature(t *testing.T) {
	e := openWithSDK(t)
	e.Tab.Run(`(globalThis.bySDK = async (request, service, given) => {
  const [year, ...rest] = given.get('x-amz-date').match(/^\d{4}|\d\d/g);
  const url = new URL(request.url), query = {};
  for (const [name, value] of url.searchParams) query[name] = name in query ? [query[name], value].flat() : value;
  const headers = { host: url.host };
  for (const [name, value] of request.headers) headers[name] = value;
  // The SDK's S3 client has escaped the key in full before it signs.
  const strict = (text) => encodeURIComponent(decodeURIComponent(text)).replace(/[!'()*]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());
  const path = service === 's3' ? url.pathname.split('/').map(strict).join('/') : url.pathname;
  const signer = new sdk.SignatureV4({
    service, region: 'us-east-1', sha256: sdk.Sha256, credentials: await auth.getAWSCredentials(),
    uriEscapePath: service !== 's3', applyChecksum: given.has('x-amz-content-sha256'),
  });
  const signed = await signer.sign({
    method: request.method, protocol: url.protocol, hostname: url.hostname, port: url.port, path, query, headers,
    body: new Uint8Array(await request.arrayBuffer()),
  }, { signingDate: new Date(year + '-' + rest[0] + '-' + rest[1] + 'T' + rest[2] + ':' + rest[3] + ':' + rest[4] + 'Z') });
  return signed.headers.authorization;
}, 0)`)
	tests := []struct{ name, target, init, service string }{
		{"get-vanilla", "/", "{}", "service"},
		{"get-utf8", "/ሴ", "{}", "service"},
		{"get-space", "/example space/", "{}", "service"},
		{"get-unreserved", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "{}", "service"},
		{"get-slashes", "//example//", "{}", "service"},
		{"get-vanilla-empty-query-key", "/?Param1=value1", "{}", "service"},
		{"get-vanilla-query-order-key-case", "/?Param2=value2&Param1=value1", "{}", "service"},
		{"get-vanilla-query-order-value", "/?Param1=value2&Param1=value1", "{}", "service"},
		{"get-vanilla-query-unreserved", "/?-._~0123456789=-._~0123456789", "{}", "service"},
		{"get-vanilla-utf8-query", "/?ሴ=bar", "{}", "service"},
		{"get-header-value-trim", "/", "{ headers: { 'My-Header1': ' value1', 'My-Header2': ' \"a   b   c\" ' } }", "service"},
		{"get-header-key-duplicate", "/", "{ headers: [['My-Header1', 'value2'], ['My-Header1', 'value2'], ['My-Header1', 'value1']] }", "service"},
		{"post-vanilla", "/", "{ method: 'POST' }", "service"},
		{"post-vanilla-query", "/?Param1=value1", "{ method: 'POST' }", "service"},
		{"post-x-www-form-urlencoded", "/", "{ method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'Param1=value1' }", "service"},
		{"JSON", "/graphql", `{ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"query":"{ me }"}' }`, "appsync"},
		{"S3 object", "/bucket/my key (1)+ü", "{ method: 'PUT', body: 'content' }", "s3"},
	}
	for _, test := range tests {
		got := browser.Eval[[2]string](e.Tab, `(async () => {
  const make = () => new Request('https://example.amazonaws.com' + `+e2e.Args(test.target)+`, `+test.init+`);
  const { headers } = await auth.signRequest(make(), { service: '`+test.service+`', region: 'us-east-1' });
  return [headers.get('authorization'), await bySDK(make(), '`+test.service+`', headers)];
})()`)
		if got[0] != got[1] || got[0] == "" {
			t.Errorf("%s: we sign\n  %s\nthe SDK\n  %s", test.name, got[0], got[1])
		}
	}
}
