package cognito

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/document"

	"amplify-auth/core"
)

func (p *UserPool) StartWebAuthnRegistration(ctx context.Context, accessToken string) (json.RawMessage, error) {
	out, err := send(ctx, p, p.client.StartWebAuthnRegistration, &idp.StartWebAuthnRegistrationInput{AccessToken: &accessToken})
	if err != nil {
		return nil, err
	}
	if out.CredentialCreationOptions == nil {
		return nil, lacks("options")
	}
	var options map[string]any
	if err := out.CredentialCreationOptions.UnmarshalSmithyDocument(&options); err != nil {
		return nil, err
	}
	data, err := json.Marshal(options)
	return data, err
}

func (p *UserPool) CompleteWebAuthnRegistration(ctx context.Context, accessToken string, credential json.RawMessage) error {
	var doc map[string]any
	if err := json.Unmarshal(credential, &doc); err != nil {
		return err
	}
	_, err := send(ctx, p, p.client.CompleteWebAuthnRegistration, &idp.CompleteWebAuthnRegistrationInput{AccessToken: &accessToken, Credential: document.NewLazyDocument(doc)})
	return err
}

func (p *UserPool) ListWebAuthnCredentials(ctx context.Context, accessToken, nextToken string) (*core.PasskeyList, error) {
	out, err := send(ctx, p, p.client.ListWebAuthnCredentials, &idp.ListWebAuthnCredentialsInput{AccessToken: &accessToken, NextToken: text(nextToken)})
	if err != nil {
		return nil, err
	}
	list := &core.PasskeyList{Credentials: []core.Passkey{}, NextToken: aws.ToString(out.NextToken)}
	for _, c := range out.Credentials {
		list.Credentials = append(list.Credentials, core.Passkey{
			CredentialID: aws.ToString(c.CredentialId), FriendlyCredentialName: aws.ToString(c.FriendlyCredentialName),
			RelyingPartyID: aws.ToString(c.RelyingPartyId), AuthenticatorAttachment: aws.ToString(c.AuthenticatorAttachment),
			AuthenticatorTransports: c.AuthenticatorTransports, CreatedAt: millis(c.CreatedAt),
		})
	}
	return list, nil
}

func (p *UserPool) DeleteWebAuthnCredential(ctx context.Context, accessToken, credentialID string) error {
	_, err := send(ctx, p, p.client.DeleteWebAuthnCredential, &idp.DeleteWebAuthnCredentialInput{AccessToken: &accessToken, CredentialId: &credentialID})
	return err
}
