package flows

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// Ensure that the headers of the page's function let requests through a web ACL, and that its blocks are told apart.
func TestHeadersForWAF(t *testing.T) {
	e := e2e.Start(t)
	fault := func(kind string) {
		t.Helper()
		if err := e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: kind, Count: -1}); err != nil {
			t.Fatal(err)
		}
	}
	e.App(`headers: async (call) => { (globalThis.asked ??= []).push(call); return globalThis.more ?? {}; }`)
	blocked := func(captcha bool) {
		t.Helper()
		got := e2e.Must[m](e, signIn+`.catch(({ name, code, captcha, retryable }) => ({ name, code, captcha, retryable }))`)
		if got["code"] != "requestBlocked" || got["captcha"] != captcha || got["name"] != "ForbiddenException" || got["retryable"] != false {
			t.Errorf("blocked: %v", got)
		}
	}
	fault("wafBlock")
	blocked(false)
	fault("wafCaptcha")
	blocked(true)
	e.Tab.Run(`globalThis.more = { 'x-aws-waf-token': 'earned', 'X-Amz-Target': 'nothing', 'content-type': 'text/plain' }; globalThis.asked = []`)
	mustSignIn(t, e)
	must(t, e, "getAWSCredentials", nil)
	asked := browser.Eval[[]struct{ Operation, URL string }](e.Tab, `asked`)
	operations := map[string]bool{}
	for _, call := range asked {
		operations[call.Operation] = true
		if call.URL != e.Cognito.URL()+"/" {
			t.Errorf("asked for %+v", call)
		}
	}
	for _, name := range []string{"InitiateAuth", "RespondToAuthChallenge", "GetId", "GetCredentialsForIdentity"} {
		if !operations[name] {
			t.Errorf("headers was not asked for %s: %v", name, asked)
		}
	}

	// By compat.js.
	if got := browser.Eval[string](e.Tab, `(async () => {
		const { Amplify, fetchUserAttributes } = await import('/compat.js');
		const outputs = await (await fetch('/amplify_outputs.json')).json();
		const ask = (headers) => {
			Amplify.configure(outputs, { Auth: { headers } });
			return fetchUserAttributes().then(({ email }) => email, ({ code }) => code);
		};
		return [await ask(undefined), await ask(async () => ({ 'x-aws-waf-token': 'earned' }))].join();
	})()`); got != "requestBlocked,demo@example.com" {
		t.Errorf("compat without headers, and with: %s", got)
	}

	e.Cognito.ClearFaults()
	e.Cognito.ResetCalls()
	e.Tab.Run(`globalThis.more = null`) // no headers
	must(t, e, "getUserAttributes", nil)
	e.Cognito.ResetCalls()
	e.Tab.Run(`void Object.defineProperty(globalThis, 'more', { get() { throw new Error('the script is not there'); } })`)
	fails(t, e, "getUserAttributes", nil, "invalidConfiguration")
	if got := e.Operations(); len(got) != 0 {
		t.Errorf("requests were sent: %v", got)
	}
}
