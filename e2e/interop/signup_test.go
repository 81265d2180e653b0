package interop

import (
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

func signUpCall(username, password, options string) string {
	return `amplify.signUp({ username: '` + username + `', ` + password + `options: { userAttributes: { email: '` + username + `@example.com' }, ` + options + ` } })`
}

const withPassword = `password: 'Passw0rd!', `

// Ensure that aws-amplify signs up, has a code sent again, confirms and signs in, and is told what is wrong on the way.
func TestAmplifySignUp(t *testing.T) { eachLibrary(t, amplifySignUp) }

func amplifySignUp(t *testing.T, l library) {
	e := e2e.Start(t)
	l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
	got := next(t, e.Tab, signUpCall("ann", withPassword, ""), "CONFIRM_SIGN_UP")
	if got.UserID == "" || got.NextStep.CodeDeliveryDetails.DeliveryMedium != "EMAIL" || got.NextStep.CodeDeliveryDetails.AttributeName != "email" {
		t.Errorf("signUp gave %+v", got)
	}
	if name := rejection(e.Tab, signUpCall("ann", withPassword, "")); name != "UsernameExistsException" {
		t.Errorf("signing up twice: rejected with %q", name)
	}
	if name := rejection(e.Tab, signUpCall("bob", `password: 'short', `, "")); name != "InvalidPasswordException" {
		t.Errorf("a short password: rejected with %q", name)
	}
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "CONFIRM_SIGN_UP")
	first := e.Code("ann")
	if medium := browser.Eval[string](e.Tab, `amplify.resendSignUpCode({ username: 'ann' }).then(sent => sent.deliveryMedium)`); medium != "EMAIL" {
		t.Errorf("resendSignUpCode sent by %q", medium)
	}
	if len(e.Cognito.Outbox("ann")) != 2 {
		t.Errorf("%d codes were sent, want 2; the first was %s", len(e.Cognito.Outbox("ann")), first)
	}
	if name := rejection(e.Tab, `amplify.confirmSignUp({ username: 'ann', confirmationCode: 'wrong' })`); name != "CodeMismatchException" {
		t.Errorf("a wrong code: rejected with %q", name)
	}
	confirmed := next(t, e.Tab, `amplify.confirmSignUp({ username: 'ann', confirmationCode: '`+e.Code("ann")+`' })`, "DONE")
	if !confirmed.IsSignUpComplete {
		t.Error("confirmSignUp did not complete")
	}
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "DONE")
	checkSignedIn(t, e.Tab, "ann")
}

// Ensure that aws-amplify's autoSignIn after sign-up works: by the password it kept, and by the session of the confirmation.
func TestAmplifyAutoSignIn(t *testing.T) { eachLibrary(t, amplifyAutoSignIn) }

func amplifyAutoSignIn(t *testing.T, l library) {
	tests := []struct {
		name, password, option string
		operations             []string
	}{
		{"kept password", withPassword, `autoSignIn: true`, []string{"SignUp", "ConfirmSignUp", "InitiateAuth", "RespondToAuthChallenge"}},
		{"session", withPassword, `autoSignIn: { authFlowType: 'USER_AUTH' }`, []string{"SignUp", "ConfirmSignUp", "InitiateAuth"}},
		{"no password", "", `autoSignIn: { authFlowType: 'USER_AUTH' }`, []string{"SignUp", "ConfirmSignUp", "InitiateAuth"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := e2e.Start(t)
			l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
			next(t, e.Tab, signUpCall("ann", test.password, test.option), "CONFIRM_SIGN_UP")
			next(t, e.Tab, `amplify.confirmSignUp({ username: 'ann', confirmationCode: '`+e.Code("ann")+`' })`, "COMPLETE_AUTO_SIGN_IN")
			next(t, e.Tab, `amplify.autoSignIn()`, "DONE")
			checkSignedIn(t, e.Tab, "ann")
			// The session of the confirmation spares us the password.
			if ops := e.Operations(); !slices.Equal(ops, test.operations) && !(l == compat && slices.Equal(ops, test.operations[:3])) {
				t.Errorf("operations %v, want %v", ops, test.operations)
			}
		})
	}
}

// Ensure that aws-amplify resets a forgotten password, changes one, verifies an attribute and deletes the user.
func TestAmplifyAccount(t *testing.T) { eachLibrary(t, amplifyAccount) }

func amplifyAccount(t *testing.T, l library) {
	e := e2e.Start(t)
	l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
	if got := browser.Eval[string](e.Tab, `amplify.resetPassword({ username: 'demo' }).then(r => r.nextStep.resetPasswordStep)`); got != "CONFIRM_RESET_PASSWORD_WITH_CODE" {
		t.Fatalf("resetPassword: next step %q", got)
	}
	browser.Eval[any](e.Tab, `amplify.confirmResetPassword({ username: 'demo', newPassword: 'N3w-passw0rd', confirmationCode: '`+e.Code("demo")+`' })`)
	next(t, e.Tab, signInCall("demo", "N3w-passw0rd", ""), "DONE")
	browser.Eval[any](e.Tab, `amplify.updatePassword({ oldPassword: 'N3w-passw0rd', newPassword: 'An0ther-password' })`)

	step := browser.Eval[string](e.Tab, `amplify.updateUserAttributes({ userAttributes: { email: 'other@example.com', name: 'Demo' } })
		.then(r => r.email.nextStep.updateAttributeStep + ' ' + r.name.nextStep.updateAttributeStep)`)
	if step != "CONFIRM_ATTRIBUTE_WITH_CODE DONE" {
		t.Errorf("updateUserAttributes: next steps %q", step)
	}
	browser.Eval[any](e.Tab, `amplify.sendUserAttributeVerificationCode({ userAttributeKey: 'email' })`)
	browser.Eval[any](e.Tab, `amplify.confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: '`+e.Code("demo")+`' })`)
	browser.Eval[any](e.Tab, `amplify.deleteUserAttributes({ userAttributeKeys: ['name'] })`)
	attributes := browser.Eval[map[string]string](e.Tab, `amplify.fetchUserAttributes()`)
	if attributes["email"] != "other@example.com" || attributes["email_verified"] != "true" || attributes["name"] != "" {
		t.Errorf("attributes %v", attributes)
	}
	browser.Eval[any](e.Tab, `amplify.deleteUser()`)
	if name := rejection(e.Tab, signInCall("demo", "An0ther-password", "")); name != "NotAuthorizedException" {
		t.Errorf("the deleted user signs in: rejected with %q", name)
	}
}
