package cognito

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/core"
)

func issued(r *types.AuthenticationResultType) (core.Tokens, error) {
	if r == nil || r.AccessToken == nil {
		return core.Tokens{}, lacks("tokens")
	}
	t := core.Tokens{Access: *r.AccessToken, ID: aws.ToString(r.IdToken), Refresh: aws.ToString(r.RefreshToken)}
	if d := r.NewDeviceMetadata; d != nil {
		t.Device = &core.NewDevice{Key: aws.ToString(d.DeviceKey), GroupKey: aws.ToString(d.DeviceGroupKey)}
	}
	return t, nil
}

func (p *UserPool) InitiateAuth(ctx context.Context, in core.InitiateAuthRequest) (core.AuthResponse, error) {
	out, err := send(ctx, p, p.client.InitiateAuth, &idp.InitiateAuthInput{
		ClientId: &p.cfg.ClientID, AuthFlow: types.AuthFlowType(in.Flow), AuthParameters: in.Parameters,
		ClientMetadata: in.Metadata, Session: text(in.Session), UserContextData: p.userContext(ctx, in.Parameters["USERNAME"]),
	})
	if err != nil {
		return core.AuthResponse{}, err
	}
	available := make([]string, len(out.AvailableChallenges))
	for i, c := range out.AvailableChallenges {
		available[i] = string(c)
	}
	return step(core.NewChallenge(string(out.ChallengeName), aws.ToString(out.Session), out.ChallengeParameters, available), out.AuthenticationResult)
}

func (p *UserPool) RespondToAuthChallenge(ctx context.Context, in core.ChallengeResponse) (core.AuthResponse, error) {
	out, err := send(ctx, p, p.client.RespondToAuthChallenge, &idp.RespondToAuthChallengeInput{
		ClientId: &p.cfg.ClientID, ChallengeName: types.ChallengeNameType(in.Challenge), ChallengeResponses: in.Responses,
		ClientMetadata: in.Metadata, Session: text(in.Session), UserContextData: p.userContext(ctx, in.Responses["USERNAME"]),
	})
	if err != nil {
		return core.AuthResponse{}, err
	}
	return step(core.NewChallenge(string(out.ChallengeName), aws.ToString(out.Session), out.ChallengeParameters, nil), out.AuthenticationResult)
}

// step is a sign-in's next challenge, or its tokens.
func step(r core.AuthResponse, result *types.AuthenticationResultType) (core.AuthResponse, error) {
	if r.Name != "" {
		return r, nil
	}
	t, err := issued(result)
	r.Tokens = &t
	return r, err
}
