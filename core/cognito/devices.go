package cognito

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/core"
)

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
