package cognito

import (
	"context"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go/auth"
	endpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	"amplify-auth/core"
	"amplify-auth/core/config"
)

// A UserPool is core.UserPool by the SDK.
type UserPool struct {
	cfg     *config.UserPool
	client  idp.Client
	in      func(*config.UserPool) []func(*idp.Options)
	options []func(*idp.Options)
	replica []func(*idp.Options) // of the Region that has the pool's replica
	choose  Router
	// UserContext returns the data of Cognito's threat protection for a user, if
	// the page has its script.
	UserContext func(ctx context.Context, username string) string
}

var _ core.UserPool = (*UserPool)(nil)

// A Router makes a call in the Region that answers: core.Auth.Route.
type Router func(ctx context.Context, operation string, call func(ctx context.Context, replica bool) error) error

// NewUserPool calls the service of a user pool through client. date learns the
// time that answers carry; it may be nil.
func NewUserPool(cfg *config.UserPool, client HTTPClient, date Observer) *UserPool {
	retryer := newRetryer()
	in := func(cfg *config.UserPool) []func(*idp.Options) {
		return []func(*idp.Options){func(o *idp.Options) {
			o.Region = cfg.Region
			o.Protocol = awsjson.New11(schemas.AWSCognitoIdentityProviderService)
			o.HTTPClient = observer{client, date}
			o.Retryer = retryer
			o.EndpointResolverV2 = poolResolver{cfg}
			o.AuthSchemeResolver = poolResolver{}
			o.TracerProvider = &tracing.NopTracerProvider{}
			o.MeterProvider = metrics.NopMeterProvider{}
			o.Logger = logging.Nop{}
		}}
	}
	return &UserPool{cfg: cfg, in: in, options: in(cfg)}
}

// WithReplica lets choose decide which calls go to the pool's replica.
func (p *UserPool) WithReplica(replica *config.UserPool, choose Router) {
	p.replica, p.choose = p.in(replica), choose
}

type poolResolver struct{ cfg *config.UserPool }

func (r poolResolver) ResolveEndpoint(context.Context, idp.EndpointParameters) (endpoints.Endpoint, error) {
	return endpoint("cognito-idp", r.cfg.Region, r.cfg.Endpoint)
}

func (poolResolver) ResolveAuthSchemes(context.Context, *idp.AuthResolverParameters) ([]*auth.Option, error) {
	return anonymous, nil
}

// send calls an operation of the SDK's. Its errors are *core.Error or the context's.
func send[In, Out any](ctx context.Context, p *UserPool, call func(context.Context, In, ...func(*idp.Options)) (Out, error), in In) (out Out, err error) {
	operation := strings.TrimSuffix(reflect.TypeOf(in).Elem().Name(), "Input")
	err = p.route(ctx, operation, func(ctx context.Context, options []func(*idp.Options)) (err error) {
		out, err = call(ctx, in, options...)
		return err
	})
	return out, err
}

// route makes a call in the Region that it goes to.
func (p *UserPool) route(ctx context.Context, operation string, call func(context.Context, []func(*idp.Options)) error) error {
	in := func(ctx context.Context, replica bool) error {
		if replica {
			return convert(call(ctx, p.replica))
		}
		return convert(call(ctx, p.options))
	}
	if p.choose == nil {
		return in(ctx, false)
	}
	return p.choose(ctx, operation, in)
}

// text is a pointer for the SDK, nil for the empty string.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (p *UserPool) userContext(ctx context.Context, username string) *types.UserContextDataType {
	if p.UserContext != nil {
		if data := p.UserContext(ctx, username); data != "" {
			return &types.UserContextDataType{EncodedData: &data}
		}
	}
	return nil
}

func delivery(d *types.CodeDeliveryDetailsType) *core.CodeDelivery {
	if d == nil {
		return nil
	}
	return &core.CodeDelivery{
		DeliveryMedium: strings.ToLower(string(d.DeliveryMedium)),
		Destination:    aws.ToString(d.Destination),
		AttributeName:  aws.ToString(d.AttributeName),
	}
}
