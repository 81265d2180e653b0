package interop

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

// Ensure that contexts are clients of their own, beside what Amplify.configure has configured: each with the session of its
// app client, the steps of its own sign-in, and for every function.
func TestAmplifyContext(t *testing.T) { eachLibrary(t, amplifyContext) }

func amplifyContext(t *testing.T, l library) {
	e := e2e.Start(t)
	other := peers.NewPool(t, e.Cognito.URL(), nil)
	other.AddUser("other")
	l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
	e.Tab.Run(`(globalThis.context = amplify.createAmplifyContext(` + e2e.Args(other.Config()) + `), 0)`)

	next(t, e.Tab, signInCall("demo-sms", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_SMS_CODE")
	beside := func() {
		t.Helper()
		next(t, e.Tab, `amplify.signIn(context, { username: 'other', password: '`+emulator.SeedPassword+`' })`, "DONE")
	}
	if l == compat { // aws-amplify has one sign-in under way for all contexts
		beside()
	}
	next(t, e.Tab, confirmCall(e.Code("demo-sms")), "DONE")
	if l == awsAmplify {
		beside()
	}
	users := func(want string) {
		t.Helper()
		got := browser.Eval[string](e.Tab, `Promise.all([amplify.getCurrentUser(), amplify.getCurrentUser(context)].map((p) => p.then((u) => u.username, (e) => e.name))).then(String)`)
		if got != want {
			t.Errorf("signed in are %s, want %s", got, want)
		}
	}
	users("demo-sms,other")
	if email := browser.Eval[string](e.Tab, `amplify.fetchUserAttributes(context).then((a) => a.email)`); email != "other@example.com" {
		t.Errorf("the context's user has the address %s", email)
	}
	got := browser.Eval[[]bool](e.Tab, `(async () => {
		const { accessToken } = await context.getTokens({});
		const session = await context.fetchAuthSession({ forceRefresh: true });
		await context.clearCredentials();
		return [accessToken.payload.username === 'other', session.tokens.accessToken.toString() !== accessToken.toString(),
			context.resourcesConfig.Auth.Cognito.userPoolId === '`+other.ID+`', Object.isFrozen(context), typeof context.token.value === 'symbol'];
	})()`)
	for i, ok := range got {
		if !ok {
			t.Errorf("member %d of the context: %v", i, got)
		}
	}
	browser.Eval[any](e.Tab, `amplify.signOut(context)`)
	users("demo-sms,UserUnAuthenticatedException")

	for _, wrong := range []string{`amplify.signIn({ username: 'x', password: 'y' }, context)`, `amplify.signIn(undefined, { username: 'x', password: 'y' })`} {
		if name := rejection(e.Tab, wrong); name == "" {
			t.Errorf("%s: was taken", wrong)
		}
	}
}

// Ensure that configurations of every format mean the same to both libraries.
func TestParseAmplifyConfig(t *testing.T) {
	e := e2e.Start(t)
	configs := []string{
		e2e.Args(map[string]any{"version": "1.4", "auth": map[string]any{"aws_region": "us-east-1", "user_pool_id": "us-east-1_A", "user_pool_client_id": "c"}}),
		e2e.Args(e.Cognito.AppConfig(emulator.SeedClientID).AmplifyOutputs()),
		`{ aws_project_region: 'us-east-1', aws_user_pools_id: 'us-east-1_A', aws_user_pools_web_client_id: 'c', aws_cognito_identity_pool_id: 'us-east-1:i',
			aws_cognito_username_attributes: ['EMAIL'], aws_cognito_signup_attributes: ['EMAIL', 'NAME'], aws_cognito_verification_mechanisms: ['EMAIL'],
			aws_cognito_mfa_configuration: 'OPTIONAL', aws_cognito_mfa_types: ['SMS'], aws_cognito_social_providers: ['GOOGLE'],
			aws_cognito_password_protection_settings: { passwordPolicyMinLength: 8, passwordPolicyCharacters: ['REQUIRES_NUMBERS'] },
			oauth: { domain: 'd.example.com', scope: ['openid'], redirectSignIn: 'http://localhost/a,http://localhost/b', redirectSignOut: 'http://localhost/', responseType: 'code' } }`,
		`{ Auth: { Cognito: { userPoolId: 'us-east-1_A', userPoolClientId: 'c' } } }`,
	}
	shapes := map[library][]string{}
	for _, l := range []library{awsAmplify, compat} {
		l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
		e.Tab.Run(shapeJS)
		for _, config := range configs {
			// The endpoints are of this library and the local Cognito alone.
			shapes[l] = append(shapes[l], browser.Eval[string](e.Tab, `(() => {
				const { Auth } = amplify.parseAmplifyConfig(`+config+`);
				const { userPoolEndpoint, identityPoolEndpoint, ...rest } = Auth.Cognito;
				return shape(rest);
			})()`))
		}
	}
	for i, theirs := range shapes[awsAmplify] {
		if ours := shapes[compat][i]; ours != theirs {
			t.Errorf("compat.js:   %s\naws-amplify: %s", ours, theirs)
		}
	}
}
