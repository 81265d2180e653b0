package interop

import (
	"fmt"
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

// Ensure that signRequest signs odd requests as the AWS SDK's signer does.
func TestAWSSDKSignature(t *testing.T) {
	const requests, batch = 4000, 100
	e := openWithSDK(t)
	serveBundle(t, e, "odd-requests.js")
	differ := 0
	for from := 0; from < requests; from += batch {
		for _, d := range browser.Eval[[]struct{ Request, Ours, SDK string }](e.Tab,
			fmt.Sprintf(`import('/peers/odd-requests.js').then((odd) => odd.compare(auth, sdk, %d, %d))`, from, from+batch)) {
			if differ++; differ <= 5 {
				t.Errorf("%s: we sign\n  %s\nthe SDK\n  %s", d.Request, d.Ours, d.SDK)
			}
		}
	}
	if differ > 0 {
		t.Errorf("%d signatures differ", differ)
	}
}
