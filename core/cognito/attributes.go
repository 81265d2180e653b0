package cognito

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/core"
)

func attributeList(m map[string]string) []types.AttributeType {
	var out []types.AttributeType
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, types.AttributeType{Name: aws.String(k), Value: aws.String(m[k])})
	}
	return out
}

func attributeMap(list []types.AttributeType) map[string]string {
	out := make(map[string]string, len(list))
	for _, a := range list {
		out[aws.ToString(a.Name)] = aws.ToString(a.Value)
	}
	return out
}

func (p *UserPool) GetUser(ctx context.Context, accessToken string) (core.User, error) {
	out, err := send(ctx, p, p.client.GetUser, &idp.GetUserInput{AccessToken: &accessToken})
	if err != nil {
		return core.User{}, err
	}
	if out.Username == nil {
		return core.User{}, lacks("a user")
	}
	return core.User{
		Username: aws.ToString(out.Username), Attributes: attributeMap(out.UserAttributes),
		MFAs: out.UserMFASettingList, PreferredMFA: aws.ToString(out.PreferredMfaSetting),
	}, nil
}

func (p *UserPool) UpdateUserAttributes(ctx context.Context, accessToken string, attributes, metadata map[string]string) ([]core.CodeDelivery, error) {
	out, err := send(ctx, p, p.client.UpdateUserAttributes, &idp.UpdateUserAttributesInput{AccessToken: &accessToken, UserAttributes: attributeList(attributes), ClientMetadata: metadata})
	if err != nil {
		return nil, err
	}
	var list []core.CodeDelivery
	for _, d := range out.CodeDeliveryDetailsList {
		list = append(list, *delivery(&d))
	}
	return list, nil
}

func (p *UserPool) DeleteUserAttributes(ctx context.Context, accessToken string, names []string) error {
	_, err := send(ctx, p, p.client.DeleteUserAttributes, &idp.DeleteUserAttributesInput{AccessToken: &accessToken, UserAttributeNames: names})
	return err
}

func (p *UserPool) GetUserAttributeVerificationCode(ctx context.Context, accessToken, name string, metadata map[string]string) (*core.CodeDelivery, error) {
	out, err := send(ctx, p, p.client.GetUserAttributeVerificationCode, &idp.GetUserAttributeVerificationCodeInput{AccessToken: &accessToken, AttributeName: &name, ClientMetadata: metadata})
	if err != nil {
		return nil, err
	}
	return delivery(out.CodeDeliveryDetails), nil
}

func (p *UserPool) VerifyUserAttribute(ctx context.Context, accessToken, name, code string) error {
	_, err := send(ctx, p, p.client.VerifyUserAttribute, &idp.VerifyUserAttributeInput{AccessToken: &accessToken, AttributeName: &name, Code: &code})
	return err
}

func (p *UserPool) DeleteUser(ctx context.Context, accessToken string) error {
	_, err := send(ctx, p, p.client.DeleteUser, &idp.DeleteUserInput{AccessToken: &accessToken})
	return err
}
