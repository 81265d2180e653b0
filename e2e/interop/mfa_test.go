package interop

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

// Ensure that aws-amplify sets up TOTP for a signed-in user, who is then asked for a code.
func TestAmplifyTOTP(t *testing.T) { eachLibrary(t, amplifyTOTP) }

func amplifyTOTP(t *testing.T, l library) {
	e := e2e.Start(t)
	l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
	next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
	setUp := browser.Eval[struct{ SharedSecret, URI string }](e.Tab,
		`amplify.setUpTOTP().then(d => ({ sharedSecret: d.sharedSecret, uri: d.getSetupUri('App').href }))`)
	if name := rejection(e.Tab, `amplify.verifyTOTPSetup({ code: '000000' })`); name != "EnableSoftwareTokenMFAException" && name != "CodeMismatchException" {
		t.Errorf("a wrong code: rejected with %q", name)
	}
	browser.Eval[any](e.Tab, `amplify.verifyTOTPSetup({ code: '`+freshTOTP(e, setUp.SharedSecret)+`', options: { friendlyDeviceName: 'Phone' } })`)
	browser.Eval[any](e.Tab, `amplify.updateMFAPreference({ totp: 'PREFERRED' })`)
	preference := browser.Eval[struct {
		Enabled   []string
		Preferred string
	}](e.Tab, `amplify.fetchMFAPreference()`)
	if !slices.Equal(preference.Enabled, []string{"TOTP"}) || preference.Preferred != "TOTP" {
		t.Errorf("fetchMFAPreference gives %+v", preference)
	}
	browser.Eval[any](e.Tab, `amplify.signOut()`)

	next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_TOTP_CODE")
	if name := rejection(e.Tab, confirmCall("000000")); name != "CodeMismatchException" {
		t.Errorf("a wrong code: rejected with %q", name)
	}
	next(t, e.Tab, confirmCall(freshTOTP(e, setUp.SharedSecret)), "DONE")
	checkSignedIn(t, e.Tab, "demo")
}

// Ensure that aws-amplify sets up TOTP in the middle of a sign-in that demands it.
func TestAmplifyTOTPSetupWhileSigningIn(t *testing.T) { eachLibrary(t, amplifyTOTPSetupWhileSigningIn) }

func amplifyTOTPSetupWhileSigningIn(t *testing.T, l library) {
	e := e2e.Start(t)
	pool := peers.NewPool(t, e.Cognito.URL(), nil)
	pool.AddUser("ann")
	pool.RequireMFA(false)
	l.open(t, e, e.Tab, pool)
	secret := next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "CONTINUE_SIGN_IN_WITH_TOTP_SETUP").NextStep.TOTPSetupDetails.SharedSecret
	next(t, e.Tab, confirmCall(freshTOTP(e, secret)), "DONE")
	checkSignedIn(t, e.Tab, "ann")
	browser.Eval[any](e.Tab, `amplify.signOut()`)
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_TOTP_CODE")
	next(t, e.Tab, confirmCall(freshTOTP(e, secret)), "DONE")
}

// Ensure that aws-amplify signs in with a code by e-mail as the second factor.
func TestAmplifyEmailMFA(t *testing.T) { eachLibrary(t, amplifyEmailMFA) }

func amplifyEmailMFA(t *testing.T, l library) {
	e := e2e.Start(t)
	l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
	next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "DONE")
	browser.Eval[any](e.Tab, `amplify.updateMFAPreference({ email: 'PREFERRED' })`)
	browser.Eval[any](e.Tab, `amplify.signOut()`)
	step := next(t, e.Tab, signInCall("demo", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_EMAIL_CODE")
	if got := step.NextStep.CodeDeliveryDetails; got.DeliveryMedium != "EMAIL" || got.Destination == "" {
		t.Errorf("the code was sent to %+v", got)
	}
	if name := rejection(e.Tab, confirmCall("wrong")); name != "CodeMismatchException" {
		t.Errorf("a wrong code: rejected with %q", name)
	}
	next(t, e.Tab, confirmCall(e.Code("demo")), "DONE")
	checkSignedIn(t, e.Tab, "demo")
}

// Ensure that aws-amplify signs in with a code by SMS as the second factor.
func TestAmplifySMSMFA(t *testing.T) { eachLibrary(t, amplifySMSMFA) }

func amplifySMSMFA(t *testing.T, l library) {
	e := e2e.Start(t)
	l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
	next(t, e.Tab, signInCall("demo-sms", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_SMS_CODE")
	next(t, e.Tab, confirmCall(e.Code("demo-sms")), "DONE")
	checkSignedIn(t, e.Tab, "demo-sms")
}

// Ensure that aws-amplify lets a user with two second factors choose, who has neither preferred.
func TestAmplifySelectMFA(t *testing.T) { eachLibrary(t, amplifySelectMFA) }

func amplifySelectMFA(t *testing.T, l library) {
	e := e2e.Start(t)
	l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
	next(t, e.Tab, signInCall("demo-totp", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_TOTP_CODE")
	next(t, e.Tab, confirmCall(freshTOTP(e, emulator.SeedTOTPSecret)), "DONE")
	browser.Eval[any](e.Tab, `amplify.updateMFAPreference({ totp: 'NOT_PREFERRED', email: 'NOT_PREFERRED' })`)
	browser.Eval[any](e.Tab, `amplify.signOut()`)
	step := next(t, e.Tab, signInCall("demo-totp", emulator.SeedPassword, ""), "CONTINUE_SIGN_IN_WITH_MFA_SELECTION")
	if len(step.NextStep.AllowedMFATypes) != 2 {
		t.Errorf("the user may choose of %v", step.NextStep.AllowedMFATypes)
	}
	next(t, e.Tab, confirmCall("EMAIL"), "CONFIRM_SIGN_IN_WITH_EMAIL_CODE")
	next(t, e.Tab, confirmCall(e.Code("demo-totp")), "DONE")
	checkSignedIn(t, e.Tab, "demo-totp")
}

// Ensure that a pool that demands a second factor of either kind lets aws-amplify's user set one up by choice.
func TestAmplifySelectMFASetup(t *testing.T) { eachLibrary(t, amplifySelectMFASetup) }

func amplifySelectMFASetup(t *testing.T, l library) {
	e := e2e.Start(t)
	pool := peers.NewPool(t, e.Cognito.URL(), func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		in.EmailConfiguration = &types.EmailConfigurationType{EmailSendingAccount: "DEVELOPER", SourceArn: aws.String("arn:aws:ses:us-east-1:000000000000:identity/example.com")}
	})
	name := "ann"
	_, err := pool.AdminCreateUser(context.Background(), &cip.AdminCreateUserInput{
		UserPoolId: &pool.ID, Username: &name, MessageAction: "SUPPRESS", TemporaryPassword: aws.String(emulator.SeedPassword)})
	pool.Must(err)
	_, err = pool.AdminSetUserPassword(context.Background(), &cip.AdminSetUserPasswordInput{
		UserPoolId: &pool.ID, Username: &name, Password: aws.String(emulator.SeedPassword), Permanent: true})
	pool.Must(err)
	pool.RequireMFA(true)
	l.open(t, e, e.Tab, pool)
	next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION")
	next(t, e.Tab, confirmCall("EMAIL"), "CONTINUE_SIGN_IN_WITH_EMAIL_SETUP")
	next(t, e.Tab, confirmCall("ann@example.com"), "CONFIRM_SIGN_IN_WITH_EMAIL_CODE")
	next(t, e.Tab, confirmCall(e.Code("ann")), "DONE")
	checkSignedIn(t, e.Tab, "ann")
}
