package interop

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

// Ensure that aws-amplify sets the new password of an invited user, with the attribute that the pool requires.
func TestAmplifyNewPassword(t *testing.T) { eachLibrary(t, amplifyNewPassword) }

func amplifyNewPassword(t *testing.T, l library) {
	e := e2e.Start(t)
	pool := peers.NewPool(t, e.Cognito.URL(), func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		in.Schema = []types.SchemaAttributeType{{Name: aws.String("name"), Required: aws.Bool(true), Mutable: aws.Bool(true)}}
	})
	pool.InviteUser("ann")
	l.open(t, e, e.Tab, pool)
	step := next(t, e.Tab, signInCall("ann", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED")
	if missing := step.NextStep.MissingAttributes; !slices.Equal(missing, []string{"name"}) {
		t.Errorf("missing attributes %v, want name", missing)
	}
	// We name ours InvalidParameter: nothing was sent.
	if name := rejection(e.Tab, confirmCall("N3w-passw0rd")); !strings.HasPrefix(name, "InvalidParameter") {
		t.Errorf("without the attribute: rejected with %q", name)
	}
	answer := func(password string) string {
		return `amplify.confirmSignIn({ challengeResponse: '` + password + `', options: { userAttributes: { name: 'Ann' } } })`
	}
	if name := rejection(e.Tab, answer("short")); name != "InvalidPasswordException" {
		t.Errorf("a short password: rejected with %q", name)
	}
	next(t, e.Tab, answer("N3w-passw0rd"), "DONE")
	checkSignedIn(t, e.Tab, "ann")
	e.Tab.Run(`amplify.signOut()`)
	next(t, e.Tab, signInCall("ann", "N3w-passw0rd", ""), "DONE")
}

// Ensure that the seeded user without further attributes does as well.
func TestAmplifyNewPasswordOfSeededUser(t *testing.T) { eachLibrary(t, amplifyNewPasswordOfSeededUser) }

func amplifyNewPasswordOfSeededUser(t *testing.T, l library) {
	e := e2e.Start(t)
	l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
	next(t, e.Tab, signInCall("demo-new", emulator.SeedPassword, ""), "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED")
	next(t, e.Tab, confirmCall("N3w-passw0rd"), "DONE")
	checkSignedIn(t, e.Tab, "demo-new")
}

// Ensure that aws-amplify goes through custom challenges of several rounds, with and without SRP first.
func TestAmplifyCustomChallenge(t *testing.T) { eachLibrary(t, amplifyCustomChallenge) }

func amplifyCustomChallenge(t *testing.T, l library) {
	for _, flow := range []string{"CUSTOM_WITHOUT_SRP", "CUSTOM_WITH_SRP"} {
		t.Run(flow, func(t *testing.T) {
			e := e2e.Start(t)
			lambdas := peers.ServeRiddles(t)
			pool := peers.NewPool(t, e.Cognito.URL(), func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
				in.LambdaConfig = lambdas
			})
			pool.AddUser("ann")
			l.open(t, e, e.Tab, pool)
			password, options := "", `{"authFlowType": "`+flow+`"}`
			if flow == "CUSTOM_WITH_SRP" {
				password = emulator.SeedPassword
				if name := rejection(e.Tab, signInCall("ann", "Wrong-passw0rd", options)); name != "NotAuthorizedException" {
					t.Errorf("a wrong password: rejected with %q", name)
				}
			}
			step := next(t, e.Tab, signInCall("ann", password, options), "CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE")
			if question := step.NextStep.AdditionalInfo["question"]; question != "5 + 9" {
				t.Errorf("the first riddle is %q", question)
			}
			step = next(t, e.Tab, confirmCall("14"), "CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE")
			if question := step.NextStep.AdditionalInfo["question"]; question != "the capital of France" {
				t.Errorf("the second riddle is %q", question)
			}
			next(t, e.Tab, confirmCall("Paris"), "DONE")
			checkSignedIn(t, e.Tab, "ann")
			e.Tab.Run(`amplify.signOut()`)
			next(t, e.Tab, signInCall("ann", password, options), "CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE")
			if name := rejection(e.Tab, confirmCall("15")); name != "NotAuthorizedException" {
				t.Errorf("a wrong answer: rejected with %q", name)
			}
		})
	}
}

// Ensure that aws-amplify signs in by the choice-based flow, with a preference and by choosing.
func TestAmplifyUserAuth(t *testing.T) { eachLibrary(t, amplifyUserAuth) }

func amplifyUserAuth(t *testing.T, l library) {
	preferred := func(challenge string) string {
		return `{"authFlowType": "USER_AUTH", "preferredChallenge": "` + challenge + `"}`
	}
	t.Run("PASSWORD_SRP preferred", func(t *testing.T) {
		e := e2e.Start(t)
		l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
		next(t, e.Tab, signInCall("demo", emulator.SeedPassword, preferred("PASSWORD_SRP")), "DONE")
		checkSignedIn(t, e.Tab, "demo")
	})
	t.Run("PASSWORD preferred", func(t *testing.T) {
		e := e2e.Start(t)
		l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
		next(t, e.Tab, signInCall("demo", emulator.SeedPassword, preferred("PASSWORD")), "DONE")
		checkSignedIn(t, e.Tab, "demo")
	})
	for challenge, where := range map[string]string{"EMAIL_OTP": "CONFIRM_SIGN_IN_WITH_EMAIL_CODE", "SMS_OTP": "CONFIRM_SIGN_IN_WITH_SMS_CODE"} {
		t.Run(challenge+" preferred", func(t *testing.T) {
			e := e2e.Start(t)
			l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
			next(t, e.Tab, signInCall("demo", "", preferred(challenge)), where)
			next(t, e.Tab, confirmCall(e.Code("demo")), "DONE")
			checkSignedIn(t, e.Tab, "demo")
		})
	}
	for _, choice := range []string{"PASSWORD", "PASSWORD_SRP"} {
		t.Run(choice+" chosen", func(t *testing.T) {
			e := e2e.Start(t)
			l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
			step := next(t, e.Tab, signInCall("demo", "", `{"authFlowType": "USER_AUTH"}`), "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION")
			for _, offered := range []string{"EMAIL_OTP", "SMS_OTP", "PASSWORD", "PASSWORD_SRP"} {
				if !slices.Contains(step.NextStep.AvailableChallenges, offered) {
					t.Errorf("%s is not among the choices %v", offered, step.NextStep.AvailableChallenges)
				}
			}
			next(t, e.Tab, confirmCall(choice), "CONFIRM_SIGN_IN_WITH_PASSWORD")
			next(t, e.Tab, confirmCall(emulator.SeedPassword), "DONE")
			checkSignedIn(t, e.Tab, "demo")
		})
	}
	t.Run("EMAIL_OTP chosen", func(t *testing.T) {
		e := e2e.Start(t)
		l.open(t, e, e.Tab, seeded(t, e, emulator.SeedClientID))
		next(t, e.Tab, signInCall("demo", "", `{"authFlowType": "USER_AUTH"}`), "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION")
		next(t, e.Tab, confirmCall("EMAIL_OTP"), "CONFIRM_SIGN_IN_WITH_EMAIL_CODE")
		next(t, e.Tab, confirmCall(e.Code("demo")), "DONE")
		checkSignedIn(t, e.Tab, "demo")
	})
}
