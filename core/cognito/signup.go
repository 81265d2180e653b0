package cognito

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"amplify-auth/core"
)

func (p *UserPool) SignUp(ctx context.Context, in core.SignUpRequest) (core.SignUpResponse, error) {
	out, err := send(ctx, p, p.client.SignUp, &idp.SignUpInput{
		ClientId: &p.cfg.ClientID, Username: &in.Username, SecretHash: text(in.SecretHash), Password: text(in.Password),
		UserAttributes: attributeList(in.Attributes), ValidationData: attributeList(in.ValidationData),
		ClientMetadata: in.Metadata, UserContextData: p.userContext(ctx, in.Username),
	})
	if err != nil {
		return core.SignUpResponse{}, err
	}
	if out.UserSub == nil {
		return core.SignUpResponse{}, lacks("a user")
	}
	return core.SignUpResponse{Confirmed: out.UserConfirmed, Sub: aws.ToString(out.UserSub), Session: aws.ToString(out.Session), CodeDelivered: delivery(out.CodeDeliveryDetails)}, nil
}

func (p *UserPool) ConfirmSignUp(ctx context.Context, in core.ConfirmRequest) (string, error) {
	out, err := send(ctx, p, p.client.ConfirmSignUp, &idp.ConfirmSignUpInput{
		ClientId: &p.cfg.ClientID, Username: &in.Username, SecretHash: text(in.SecretHash), ConfirmationCode: &in.Code, Session: text(in.Session),
		ForceAliasCreation: in.ForceAliasCreation, ClientMetadata: in.Metadata, UserContextData: p.userContext(ctx, in.Username),
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Session), nil
}

func (p *UserPool) ResendConfirmationCode(ctx context.Context, in core.UserRequest) (*core.CodeDelivery, error) {
	out, err := send(ctx, p, p.client.ResendConfirmationCode, &idp.ResendConfirmationCodeInput{
		ClientId: &p.cfg.ClientID, Username: &in.Username, SecretHash: text(in.SecretHash), ClientMetadata: in.Metadata, UserContextData: p.userContext(ctx, in.Username),
	})
	if err != nil {
		return nil, err
	}
	return delivery(out.CodeDeliveryDetails), nil
}
