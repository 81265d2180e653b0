package flows

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

// Ensure that every function of compat.js takes an AmplifyContext before its argument, works for it alone, and refuses one
// that stands elsewhere.
func TestCompatContextForEveryFunction(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	calls := browser.Eval[map[string][]string](e.Tab, `(async () => {
  const amplify = await import('/compat.js'); // Amplify.configure is never called
  const context = amplify.createAmplifyContext(`+widget.Outputs(widget.Seeded(e), nil)+`);
  const input = { username: 'nobody', password: 'Passw0rd!', oldPassword: 'Passw0rd!', newPassword: 'Passw0rd!2', confirmationCode: '123456', challengeResponse: '123456',
    code: '123456', userAttributes: { name: 'x' }, userAttribute: { attributeKey: 'name', value: 'x' }, userAttributeKey: 'email', userAttributeKeys: ['name'], credentialId: 'x' };
  const outcome = (call, ...args) => call(...args).then(() => 'done', ({ name }) => name);
  const calls = {};
  for (const [name, call] of Object.entries(amplify)) {
    if (typeof call !== 'function' || /^(createAmplifyContext|parseAmplifyConfig|decodeJWT|[A-Z].*)$/.test(name)) continue;
    calls[name] = [await outcome(call, input), await outcome(call, context, input), await outcome(call, input, context)];
  }
  return calls;
})()`)
	if len(calls) < 30 {
		t.Errorf("%d functions: %v", len(calls), calls)
	}
	for name, got := range calls {
		none := "AuthUserPoolException"
		if name == "autoSignIn" {
			none = "" // first says that there is no sign-up to go on from
		}
		if none != "" && (got[0] != none || got[1] == none) || got[2] != "InvalidAmplifyContextException" {
			t.Errorf("%s without a configuration, with a context, with one in the wrong place: %q", name, got)
		}
	}
}
