package core

import (
	"cmp"
	"context"

	"amplify-auth/core/srp"
)

// deviceService tracks browsers.
type deviceService interface {
	// ConfirmDevice reports whether the user has to say that they want the device
	// remembered.
	ConfirmDevice(ctx context.Context, in ConfirmDeviceRequest) (userConfirmationNecessary bool, err error)
	GetDevice(ctx context.Context, accessToken, key string) (*Device, error)
	ListDevices(ctx context.Context, accessToken string, limit int32, paginationToken string) (*DeviceList, error)
	UpdateDeviceStatus(ctx context.Context, accessToken, key string, remembered bool) error
	ForgetDevice(ctx context.Context, accessToken, key string) error
}

// A NewDevice is NewDeviceMetadata: the pool wants to track this browser.
type NewDevice struct{ Key, GroupKey string }

// A ConfirmDeviceRequest is ConfirmDevice's input.
type ConfirmDeviceRequest struct{ AccessToken, Key, Name, Salt, Verifier string }

// A Device is a tracked browser or phone. Times are in milliseconds since 1970.
type Device struct {
	DeviceKey             string            `json:"deviceKey"`
	Attributes            map[string]string `json:"attributes"`
	CreateDate            int64             `json:"createDate,omitempty"`
	LastModifiedDate      int64             `json:"lastModifiedDate,omitempty"`
	LastAuthenticatedDate int64             `json:"lastAuthenticatedDate,omitempty"`
}

// A DeviceList is one page of devices.
type DeviceList struct {
	Devices         []Device `json:"devices"`
	PaginationToken string   `json:"paginationToken,omitempty"`
}

// confirmDevice makes this browser a tracked device. A failure costs the user an
// MFA code next time, not this sign-in.
func (a *Auth) confirmDevice(ctx context.Context, s *session, d NewDevice, remember bool) {
	v, err := srp.NewDeviceVerifier(a.Random, a.Exp, d.GroupKey, d.Key)
	if err != nil {
		return
	}
	ask, err := a.UserPool.ConfirmDevice(ctx, ConfirmDeviceRequest{
		AccessToken: s.Access.Raw, Key: d.Key, Name: a.DeviceName, Salt: v.Salt, Verifier: v.Verifier,
	})
	if err != nil {
		return
	}
	old, _ := a.records().Device(ctx, s.Username)
	if err := a.records().PutDevice(ctx, device{Owner: s.Username, Key: d.Key, GroupKey: d.GroupKey, Password: v.Password}); err != nil {
		return
	}
	if ask && remember {
		_ = a.UserPool.UpdateDeviceStatus(ctx, s.Access.Raw, d.Key, true)
	}
	if old.Key != "" && old.Key != d.Key { // this browser's former self
		_ = a.UserPool.ForgetDevice(ctx, s.Access.Raw, old.Key)
	}
}

// DeviceInput are the arguments of the device operations on one device: this
// browser unless DeviceKey names another.
type DeviceInput struct {
	DeviceKey  string `json:"deviceKey"`
	Remembered *bool  `json:"remembered"`
}

// ListDevicesInput are the arguments of deviceOperations.list.
type ListDevicesInput struct {
	Limit           *int32 `json:"limit"`
	PaginationToken string `json:"paginationToken"`
}

// onDevice runs a call on a device of the signed-in user. A device of this browser
// that is gone, before or after, is forgotten here.
func onDevice[T any](ctx context.Context, a *Auth, in DeviceInput, forget bool, call func(accessToken, key string) (T, error)) (T, error) {
	return withUser(ctx, a, func(s *session) (out T, err error) {
		own, err := a.records().Device(ctx, s.Username)
		if err != nil {
			return out, err
		}
		key := cmp.Or(in.DeviceKey, own.Key)
		if key == "" {
			return out, newError("deviceNotRemembered", "This browser is not a tracked device of the user.")
		}
		out, err = call(s.Access.Raw, key)
		if key == own.Key && (err == nil && forget || hasName(err, "ResourceNotFoundException")) {
			err = cmp.Or(a.records().ForgetDevice(ctx, own.Owner), err)
		}
		return out, err
	})
}

// GetDevice returns a device of the signed-in user.
func (a *Auth) GetDevice(ctx context.Context, in DeviceInput) (*Device, error) {
	return onDevice(ctx, a, in, false, func(token, key string) (*Device, error) { return a.UserPool.GetDevice(ctx, token, key) })
}

// ListDevices returns a page of the signed-in user's devices, 60 by default.
func (a *Auth) ListDevices(ctx context.Context, in ListDevicesInput) (*DeviceList, error) {
	limit := int32(60)
	if in.Limit != nil {
		if limit = *in.Limit; limit < 0 || limit > 60 {
			return nil, invalid("deviceOperations.list: limit must be between 0 and 60.")
		}
	}
	return withToken(ctx, a, func(token string) (*DeviceList, error) {
		return a.UserPool.ListDevices(ctx, token, limit, in.PaginationToken)
	})
}

// UpdateDeviceStatus marks a device as remembered or not.
func (a *Auth) UpdateDeviceStatus(ctx context.Context, in DeviceInput) error {
	if in.Remembered == nil {
		return invalid("deviceOperations.updateStatus: remembered must be true or false.")
	}
	_, err := onDevice(ctx, a, in, false, func(token, key string) (none struct{}, err error) {
		return none, a.UserPool.UpdateDeviceStatus(ctx, token, key, *in.Remembered)
	})
	return err
}

// ForgetDevice stops tracking a device.
func (a *Auth) ForgetDevice(ctx context.Context, in DeviceInput) error {
	_, err := onDevice(ctx, a, in, true, func(token, key string) (none struct{}, err error) {
		return none, a.UserPool.ForgetDevice(ctx, token, key)
	})
	return err
}
