package cognito

import (
	"context"

	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"amplify-auth/core"
)

func (p *UserPool) ForgotPassword(ctx context.Context, in core.UserRequest) (*core.CodeDelivery, error) {
	out, err := send(ctx, p, p.client.ForgotPassword, &idp.ForgotPasswordInput{
		ClientId: &p.cfg.ClientID, Username: &in.Username, SecretHash: text(in.SecretHash), ClientMetadata: in.Metadata, UserContextData: p.userContext(ctx, in.Username),
	})
	if err != nil {
		return nil, err
	}
	return delivery(out.CodeDeliveryDetails), nil
}

func (p *UserPool) ConfirmForgotPassword(ctx context.Context, in core.ConfirmRequest) error {
	_, err := send(ctx, p, p.client.ConfirmForgotPassword, &idp.ConfirmForgotPasswordInput{
		ClientId: &p.cfg.ClientID, Username: &in.Username, SecretHash: text(in.SecretHash), ConfirmationCode: &in.Code, Password: &in.Password,
		ClientMetadata: in.Metadata, UserContextData: p.userContext(ctx, in.Username),
	})
	return err
}

func (p *UserPool) ChangePassword(ctx context.Context, accessToken, previous, proposed string) error {
	_, err := send(ctx, p, p.client.ChangePassword, &idp.ChangePasswordInput{AccessToken: &accessToken, PreviousPassword: &previous, ProposedPassword: &proposed})
	return err
}
