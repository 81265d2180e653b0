package cognito

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	ids "github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity/schemas"
	"github.com/aws/smithy-go/auth"
	endpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	"amplify-auth/core"
	"amplify-auth/core/config"
)

// An IdentityPool is core.IdentityPool by the SDK.
type IdentityPool struct {
	cfg     *config.IdentityPool
	client  ids.Client
	options []func(*ids.Options)
	http    HTTPClient
	retryer aws.Retryer
}

var _ core.IdentityPool = (*IdentityPool)(nil)

// NewIdentityPool calls the service of an identity pool through client. date
// learns the time that answers carry; it may be nil.
func NewIdentityPool(cfg *config.IdentityPool, client HTTPClient, date Observer) *IdentityPool {
	p := &IdentityPool{cfg: cfg, http: observer{client, date}, retryer: newRetryer()}
	p.options = []func(*ids.Options){func(o *ids.Options) {
		o.Region = cfg.Region
		o.Protocol = awsjson.New11(schemas.AWSCognitoIdentityService)
		o.HTTPClient = p.http
		o.Retryer = p.retryer
		o.EndpointResolverV2 = identityResolver{cfg}
		o.AuthSchemeResolver = identityResolver{}
		o.TracerProvider = &tracing.NopTracerProvider{}
		o.MeterProvider = metrics.NopMeterProvider{}
		o.Logger = logging.Nop{}
	}}
	return p
}

type identityResolver struct{ cfg *config.IdentityPool }

func (r identityResolver) ResolveEndpoint(context.Context, ids.EndpointParameters) (endpoints.Endpoint, error) {
	return endpoint("cognito-identity", r.cfg.Region, r.cfg.Endpoint)
}

func (identityResolver) ResolveAuthSchemes(context.Context, *ids.AuthResolverParameters) ([]*auth.Option, error) {
	return anonymous, nil
}

func (p *IdentityPool) GetID(ctx context.Context, logins map[string]string) (string, error) {
	out, err := p.client.GetId(ctx, &ids.GetIdInput{IdentityPoolId: &p.cfg.ID, Logins: logins}, p.options...)
	if err != nil {
		return "", convert(err)
	}
	if out.IdentityId == nil {
		return "", lacks("an identity")
	}
	return *out.IdentityId, nil
}

func (p *IdentityPool) GetCredentials(ctx context.Context, identityID string, logins map[string]string, customRoleARN string) (string, core.AWSCredentials, error) {
	out, err := p.client.GetCredentialsForIdentity(ctx, &ids.GetCredentialsForIdentityInput{
		IdentityId: &identityID, Logins: logins, CustomRoleArn: text(customRoleARN),
	}, p.options...)
	if err != nil {
		return "", core.AWSCredentials{}, convert(err)
	}
	c := out.Credentials
	if c == nil || c.Expiration == nil {
		return "", core.AWSCredentials{}, lacks("credentials")
	}
	return aws.ToString(out.IdentityId), core.AWSCredentials{
		AccessKeyID: aws.ToString(c.AccessKeyId), SecretAccessKey: aws.ToString(c.SecretKey),
		SessionToken: aws.ToString(c.SessionToken), Expiration: c.Expiration.UnixMilli(),
	}, nil
}

func (p *IdentityPool) GetOpenIDToken(ctx context.Context, identityID string, logins map[string]string) (string, string, error) {
	out, err := p.client.GetOpenIdToken(ctx, &ids.GetOpenIdTokenInput{IdentityId: &identityID, Logins: logins}, p.options...)
	if err != nil {
		return "", "", convert(err)
	}
	if out.Token == nil {
		return "", "", lacks("a token")
	}
	return aws.ToString(out.IdentityId), *out.Token, nil
}
