package cognito

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/core"
)

func (p *UserPool) AssociateSoftwareToken(ctx context.Context, accessToken, session string) (string, string, error) {
	out, err := send(ctx, p, p.client.AssociateSoftwareToken, &idp.AssociateSoftwareTokenInput{AccessToken: text(accessToken), Session: text(session)})
	if err != nil {
		return "", "", err
	}
	if out.SecretCode == nil {
		return "", "", lacks("a secret")
	}
	return aws.ToString(out.SecretCode), aws.ToString(out.Session), nil
}

func (p *UserPool) VerifySoftwareToken(ctx context.Context, in core.SoftwareToken) (string, error) {
	out, err := send(ctx, p, p.client.VerifySoftwareToken, &idp.VerifySoftwareTokenInput{
		AccessToken: text(in.AccessToken), Session: text(in.Session), UserCode: &in.Code, FriendlyDeviceName: text(in.DeviceName),
	})
	if err != nil {
		return "", err
	}
	if out.Status != types.VerifySoftwareTokenResponseTypeSuccess {
		return "", core.ServiceError("EnableSoftwareTokenMFAException", "The code was not accepted. Enter the next one that the app shows.", "", 400)
	}
	return aws.ToString(out.Session), nil
}

func (p *UserPool) SetUserMFAPreference(ctx context.Context, accessToken string, in core.MFAPreferences) error {
	set := func(preference string) (enabled, preferred bool) {
		return preference != "DISABLED", preference == "PREFERRED"
	}
	req := &idp.SetUserMFAPreferenceInput{AccessToken: &accessToken}
	if in.SMS != "" {
		e, f := set(in.SMS)
		req.SMSMfaSettings = &types.SMSMfaSettingsType{Enabled: e, PreferredMfa: f}
	}
	if in.TOTP != "" {
		e, f := set(in.TOTP)
		req.SoftwareTokenMfaSettings = &types.SoftwareTokenMfaSettingsType{Enabled: e, PreferredMfa: f}
	}
	if in.Email != "" {
		e, f := set(in.Email)
		req.EmailMfaSettings = &types.EmailMfaSettingsType{Enabled: e, PreferredMfa: f}
	}
	if in.Passkey != "" {
		e, _ := set(in.Passkey)
		req.WebAuthnMfaSettings = &types.WebAuthnMfaSettingsType{Enabled: e}
	}
	_, err := send(ctx, p, p.client.SetUserMFAPreference, req)
	return err
}
