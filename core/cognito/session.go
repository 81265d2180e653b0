package cognito

import (
	"context"

	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/core"
)

func (p *UserPool) RefreshTokens(ctx context.Context, in core.RefreshRequest) (core.Tokens, error) {
	out, err := send(ctx, p, p.client.GetTokensFromRefreshToken, &idp.GetTokensFromRefreshTokenInput{
		ClientId: &p.cfg.ClientID, ClientSecret: text(p.cfg.ClientSecret), RefreshToken: &in.RefreshToken,
		DeviceKey: text(in.DeviceKey), ClientMetadata: in.ClientMetadata,
	})
	if err != nil {
		return core.Tokens{}, err
	}
	return issued(out.AuthenticationResult)
}

func (p *UserPool) RefreshTokenAuth(ctx context.Context, in core.RefreshRequest) (core.Tokens, error) {
	params := map[string]string{"REFRESH_TOKEN": in.RefreshToken}
	if in.DeviceKey != "" {
		params["DEVICE_KEY"] = in.DeviceKey
	}
	if in.SecretHash != "" {
		params["SECRET_HASH"] = in.SecretHash
	}
	out, err := send(ctx, p, p.client.InitiateAuth, &idp.InitiateAuthInput{
		ClientId: &p.cfg.ClientID, AuthFlow: types.AuthFlowTypeRefreshTokenAuth, AuthParameters: params, ClientMetadata: in.ClientMetadata,
	})
	if err != nil {
		return core.Tokens{}, err
	}
	return issued(out.AuthenticationResult)
}

func (p *UserPool) RevokeToken(ctx context.Context, refreshToken string) error {
	_, err := send(ctx, p, p.client.RevokeToken, &idp.RevokeTokenInput{ClientId: &p.cfg.ClientID, ClientSecret: text(p.cfg.ClientSecret), Token: &refreshToken})
	return err
}

func (p *UserPool) GlobalSignOut(ctx context.Context, accessToken string) error {
	_, err := send(ctx, p, p.client.GlobalSignOut, &idp.GlobalSignOutInput{AccessToken: &accessToken})
	return err
}
