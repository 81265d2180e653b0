package interop

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/peers"
)

// addAuthenticator gives the tab an authenticator inside its device, whose user always agrees.
func addAuthenticator(t *testing.T, tab *browser.Tab) {
	t.Helper()
	_, err := chromedp.Call(tab.Context(), webauthn.Enable, webauthn.EnableParams{})
	if err == nil {
		_, err = chromedp.Call(tab.Context(), webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
				HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
			},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Ensure that aws-amplify registers a passkey at the local Cognito, signs in with it and deletes it.
func TestAmplifyPasskey(t *testing.T) {
	e := e2e.Start(t)
	pool := peers.NewPool(t, e.Cognito.URL(), func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		in.Policies = &types.UserPoolPolicyType{SignInPolicy: &types.SignInPolicyType{AllowedFirstAuthFactors: []types.AuthFactorType{"PASSWORD", "WEB_AUTHN"}}}
	})
	_, err := pool.SetUserPoolMfaConfig(context.Background(), &cip.SetUserPoolMfaConfigInput{
		UserPoolId: &pool.ID, WebAuthnConfiguration: &types.WebAuthnConfigurationType{RelyingPartyId: aws.String("localhost"), UserVerification: "required"},
	})
	pool.Must(err)
	pool.AddUser("ann")
	openAmplify(t, e, e.Tab, pool)
	addAuthenticator(t, e.Tab)
	next(t, e.Tab, signInCall("ann", peers.Password, ""), "DONE")
	browser.Eval[any](e.Tab, `amplify.associateWebAuthnCredential()`)
	list := browser.Eval[[]string](e.Tab, `amplify.listWebAuthnCredentials().then(l => l.credentials.map(c => c.credentialId))`)
	if len(list) != 1 {
		t.Fatalf("listWebAuthnCredentials gives %v", list)
	}
	browser.Eval[any](e.Tab, `amplify.signOut()`)

	next(t, e.Tab, signInCall("ann", "", `{"authFlowType": "USER_AUTH", "preferredChallenge": "WEB_AUTHN"}`), "DONE")
	checkSignedIn(t, e.Tab, "ann")
	browser.Eval[any](e.Tab, `amplify.signOut()`)
	next(t, e.Tab, signInCall("ann", "", `{"authFlowType": "USER_AUTH"}`), "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION")
	next(t, e.Tab, confirmCall("WEB_AUTHN"), "DONE")
	browser.Eval[any](e.Tab, `amplify.deleteWebAuthnCredential({ credentialId: `+e2e.Args(list[0])+` })`)
	if list = browser.Eval[[]string](e.Tab, `amplify.listWebAuthnCredentials().then(l => l.credentials.map(c => c.credentialId))`); len(list) != 0 {
		t.Errorf("after deleteWebAuthnCredential there is still %v", list)
	}
}
