package cognito

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/document"
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
func NewUserPool(cfg *config.UserPool, client HTTPClient, date func(time.Time)) *UserPool {
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

func (p *UserPool) ConfirmDevice(ctx context.Context, in core.ConfirmDeviceRequest) (bool, error) {
	out, err := send(ctx, p, p.client.ConfirmDevice, &idp.ConfirmDeviceInput{
		AccessToken: &in.AccessToken, DeviceKey: &in.Key, DeviceName: text(in.Name),
		DeviceSecretVerifierConfig: &types.DeviceSecretVerifierConfigType{Salt: &in.Salt, PasswordVerifier: &in.Verifier},
	})
	if err != nil {
		return false, err
	}
	return out.UserConfirmationNecessary, nil
}

func millis(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMilli()
}

func toDevice(d *types.DeviceType) *core.Device {
	if d == nil {
		return nil
	}
	return &core.Device{
		DeviceKey: aws.ToString(d.DeviceKey), Attributes: attributeMap(d.DeviceAttributes),
		CreateDate: millis(d.DeviceCreateDate), LastModifiedDate: millis(d.DeviceLastModifiedDate), LastAuthenticatedDate: millis(d.DeviceLastAuthenticatedDate),
	}
}

func (p *UserPool) GetDevice(ctx context.Context, accessToken, key string) (*core.Device, error) {
	out, err := send(ctx, p, p.client.GetDevice, &idp.GetDeviceInput{AccessToken: &accessToken, DeviceKey: &key})
	if err != nil {
		return nil, err
	}
	if out.Device == nil {
		return nil, lacks("a device")
	}
	return toDevice(out.Device), nil
}

func (p *UserPool) ListDevices(ctx context.Context, accessToken string, limit int32, paginationToken string) (*core.DeviceList, error) {
	out, err := send(ctx, p, p.client.ListDevices, &idp.ListDevicesInput{AccessToken: &accessToken, Limit: &limit, PaginationToken: text(paginationToken)})
	if err != nil {
		return nil, err
	}
	list := &core.DeviceList{Devices: []core.Device{}, PaginationToken: aws.ToString(out.PaginationToken)}
	for _, d := range out.Devices {
		list.Devices = append(list.Devices, *toDevice(&d))
	}
	return list, nil
}

func (p *UserPool) UpdateDeviceStatus(ctx context.Context, accessToken, key string, remembered bool) error {
	status := types.DeviceRememberedStatusTypeNotRemembered
	if remembered {
		status = types.DeviceRememberedStatusTypeRemembered
	}
	_, err := send(ctx, p, p.client.UpdateDeviceStatus, &idp.UpdateDeviceStatusInput{AccessToken: &accessToken, DeviceKey: &key, DeviceRememberedStatus: status})
	return err
}

func (p *UserPool) ForgetDevice(ctx context.Context, accessToken, key string) error {
	_, err := send(ctx, p, p.client.ForgetDevice, &idp.ForgetDeviceInput{AccessToken: &accessToken, DeviceKey: &key})
	return err
}

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
