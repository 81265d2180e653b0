package peers

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"amplify-auth/e2e/browser"
)

// NewPasskeyPool is a pool whose users sign in with a password or a passkey of localhost.
func NewPasskeyPool(t browser.T, url string) *Pool {
	t.Helper()
	p := NewPool(t, url, func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) {
		in.Policies = &types.UserPoolPolicyType{SignInPolicy: &types.SignInPolicyType{AllowedFirstAuthFactors: []types.AuthFactorType{"PASSWORD", "WEB_AUTHN"}}}
	})
	_, err := p.SetUserPoolMfaConfig(context.Background(), &cip.SetUserPoolMfaConfigInput{
		UserPoolId: &p.ID, WebAuthnConfiguration: &types.WebAuthnConfigurationType{RelyingPartyId: aws.String("localhost"), UserVerification: "required"},
	})
	p.Must(err)
	return p
}

// AddAuthenticator gives the tab an authenticator inside its device, whose user always agrees.
func AddAuthenticator(t browser.T, tab *browser.Tab) {
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
		t.Fatalf("virtual authenticator: %v", err)
	}
}
