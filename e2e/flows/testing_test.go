package flows

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

// openTesting opens a page with the helpers for an app's tests: the global testing.
func openTesting(t *testing.T) *e2e.Env {
	t.Helper()
	e := e2e.Start(t)
	e.Site.Page("/testing", `<!doctype html><html lang="en"><title>testing</title><script type="module" src="/testing-page.js"></script></html>`, "")
	e.Site.Page("/testing-page.js", `
import { AmplifyAuth } from './amplify-auth.js';
import * as testing from './testing.js';
import './amplify-sign-in.js';
Object.assign(globalThis, { testing, AmplifyAuth, config: `+widget.Outputs(widget.Seeded(e), nil)+` });`, "")
	e.Tab.Open(e.Origin + "/testing")
	e.Tab.Wait(`globalThis.testing`)
	return e
}

// Ensure that a stored session of a test is one for the client: signed in, with the claims, without any request, until it ends.
func TestStoredSessionOfATest(t *testing.T) {
	e := openTesting(t)
	got := browser.Eval[struct{ State, Username, Group, Token string }](e.Tab, `(async () => {
  const entries = testing.storedSession(config, { username: 'eva', claims: { 'cognito:groups': ['admins'], email: 'eva@example.com' } });
  for (const [key, value] of Object.entries(entries)) localStorage.setItem(key, value);
  const auth = new AmplifyAuth({ config });
  const { userState } = await auth.initialize();
  const { idToken, accessToken } = await auth.getTokens();
  return { state: userState, username: auth.username, group: accessToken.claims['cognito:groups'][0], token: idToken.claims.email };
})()`)
	if got.State != "signedIn" || got.Username != "eva" || got.Group != "admins" || got.Token != "eva@example.com" {
		t.Errorf("with a stored session: %+v", got)
	}
	if ops := e.Operations(); len(ops) > 0 {
		t.Errorf("it asked for %v", ops)
	}
	ended := browser.Eval[string](e.Tab, `(async () => {
  for (const [key, value] of Object.entries(testing.storedSession(config, { expiresIn: -1 }))) localStorage.setItem(key, value);
  return new AmplifyAuth({ config, onExpired: 'reject' }).getTokens().then(() => '', ({ code }) => code);
})()`)
	if ended != "sessionExpired" {
		t.Errorf("with an expired one: %q", ended)
	}
}

// Ensure that the fake is a client to the element, answers as it is told, and has every call of the real one.
func TestFakeClient(t *testing.T) {
	e := openTesting(t)
	missing := browser.Eval[[]string](e.Tab, `(() => {
  globalThis.fake = new testing.FakeAmplifyAuth({ configuration: config });
  const real = Object.keys(Object.getOwnPropertyDescriptors(AmplifyAuth.prototype)).concat(Object.keys(new AmplifyAuth({ config })));
  return real.filter((name) => !(name in fake));
})()`)
	if len(missing) > 0 {
		t.Errorf("the fake lacks %v", missing)
	}
	e.Tab.Run(`(() => {
  fake.answer('signIn', testing.authError('notAuthorized'), { signInState: 'totpMFA' });
  const element = document.createElement('amplify-sign-in');
  element.auth = fake;
  element.innerHTML = '` + widget.Members + `';
  document.body.append(element);
})()`)
	w := widget.On(t, e, "amplify-sign-in")
	w.At("signIn")
	w.SignIn("ada", "anything")
	w.Refused()
	w.SignIn("ada", "something")
	w.At("totpMFA")
	w.Answer("confirmationCode", "123456")
	w.SignedIn()
	calls := browser.Eval[string](e.Tab, `fake.calls.map(({ method }) => method).filter((name) => /[sS]ignIn$/.test(name) && name !== 'getPendingSignIn').join()`)
	if calls != "signIn,signIn,confirmSignIn" {
		t.Errorf("calls: %s", calls)
	}
	e.Tab.Run(`fake.setState('signedOutUserPoolsTokenInvalid')`)
	w.At("signIn")
	if ops := e.Operations(); len(ops) > 0 {
		t.Errorf("a fake asked Cognito for %v", ops)
	}
}
