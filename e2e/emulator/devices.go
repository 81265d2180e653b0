package emulator

import (
	"encoding/base64"
	"math/big"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

var deviceOperations = service{
	"ConfirmDevice":      op(confirmDevice),
	"ListDevices":        op(listDevices),
	"GetDevice":          op(getDevice),
	"UpdateDeviceStatus": op(updateDeviceStatus),
	"ForgetDevice":       op(forgetDevice),
}

// device is one that a user signed in from. It is listed and counts once ConfirmDevice gave it a verifier.
type device struct {
	Key, GroupKey               string
	Name, IP                    string
	Verifier                    *verifier // nil: not confirmed
	Remembered                  bool
	Created, Modified, LastUsed time.Time
}

// newDevice makes the keys of a device at its first sign-in.
func (c *call) newDevice(u *user) *device {
	d := &device{Key: u.pool.region() + "_" + uuid(), GroupKey: "-" + opaque(6), Created: c.now, Modified: c.now, LastUsed: c.now}
	u.Devices = append(u.Devices, d)
	return d
}

// confirmed finds one of the user's devices.
func (u *user) confirmed(key string) *device {
	for _, d := range u.Devices {
		if d.Key == key && d.Verifier != nil {
			return d
		}
	}
	return nil
}

func errNoDevice() error { return fail(resourceNotFound, "Device does not exist.") }

// rememberedDevice is the device of DEVICE_KEY, if its user has it remembered. A key that the user does not have is an
// error: clients then drop it and sign in without.
func (a *attempt) rememberedDevice() (*device, error) {
	if a.Device == "" || a.user.pool.DeviceConfiguration == nil {
		return nil, nil
	}
	d := a.user.confirmed(a.Device)
	switch {
	case d == nil:
		return nil, errNoDevice()
	case !d.Remembered:
		return nil, nil
	}
	return d, nil
}

func answerDeviceSRP(c *call, a *attempt, responses map[string]string) error {
	d, err := a.rememberedDevice()
	if err != nil || d == nil {
		return errNoDevice()
	}
	A, ok := parseA(responses["SRP_A"])
	if !ok {
		return fail(invalidParameter, "SRP_A is not a valid group element.")
	}
	a.SRP = &srpExchange{A: A, Verifier: d.Verifier}
	a.Queued = "DEVICE_PASSWORD_VERIFIER"
	return nil
}

func issueDeviceVerifier(c *call, a *attempt, answer *authAnswer) error {
	a.SRP.issue(a.client.pool, opaque(sessionLength/2), answer.ChallengeParameters)
	answer.ChallengeParameters["DEVICE_KEY"] = a.Device
	answer.ChallengeParameters["USERNAME"] = a.ID
	return nil
}

func answerDeviceVerifier(c *call, a *attempt, responses map[string]string) error {
	d, err := a.rememberedDevice()
	if err != nil || d == nil {
		return errNoDevice()
	}
	ok, err := a.SRP.proved(c, responses, d.GroupKey, d.Key)
	if err != nil {
		return err
	}
	if !ok {
		return errWrongPassword()
	}
	a.DeviceOK = true
	return nil
}

type confirmDeviceInput struct {
	AccessToken                string `aws:"TokenModelType,required"`
	DeviceKey                  string `aws:"DeviceKeyType,required"`
	DeviceSecretVerifierConfig *struct{ PasswordVerifier, Salt string }
	DeviceName                 string `aws:"DeviceNameType"`
}

type confirmDeviceOutput struct{ UserConfirmationNecessary bool }

func confirmDevice(c *call, in *confirmDeviceInput) (*confirmDeviceOutput, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	tracking := u.pool.DeviceConfiguration
	i := slices.IndexFunc(u.Devices, func(d *device) bool { return d.Key == in.DeviceKey })
	switch {
	case tracking == nil || i < 0:
		return nil, errNoDevice()
	case u.Devices[i].Verifier != nil:
		return nil, fail(deviceKeyExists, "Device already exists: %s", in.DeviceKey)
	case in.DeviceSecretVerifierConfig == nil:
		return nil, fail(invalidParameter, "Missing required parameter DeviceSecretVerifierConfig")
	}
	salt, err1 := base64.StdEncoding.DecodeString(in.DeviceSecretVerifierConfig.Salt)
	password, err2 := base64.StdEncoding.DecodeString(in.DeviceSecretVerifierConfig.PasswordVerifier)
	v := new(big.Int).SetBytes(password)
	if err1 != nil || err2 != nil || len(salt) == 0 || v.Sign() == 0 || v.Cmp(srpN) >= 0 {
		return nil, fail(invalidParameter, "Invalid device secret verifier.")
	}
	d := u.Devices[i]
	d.Verifier = &verifier{new(big.Int).SetBytes(salt), v}
	d.Name = in.DeviceName
	d.IP = c.ip()
	d.Remembered = !tracking.DeviceOnlyRememberedOnUserPrompt
	d.Modified = c.now
	return &confirmDeviceOutput{UserConfirmationNecessary: tracking.DeviceOnlyRememberedOnUserPrompt}, nil
}

func (c *call) ip() string {
	host, _, _ := net.SplitHostPort(c.http.RemoteAddr)
	return host
}

// deviceType is a device as operations answer it.
type deviceType struct {
	DeviceKey                   string
	DeviceAttributes            []attribute
	DeviceCreateDate            epoch
	DeviceLastModifiedDate      epoch
	DeviceLastAuthenticatedDate epoch
}

// describeDevice lists the attributes that the AWS CLI reference shows (admin-list-devices, output).
func (u *user) describeDevice(d *device) deviceType {
	owner := u.Username + "." + u.pool.ID
	status := "not_remembered"
	if d.Remembered {
		status = "remembered"
	}
	attributes := []attribute{
		{"device_status", "valid"}, {"device_name", d.Name},
		{"dev:device_arn", "arn:aws:cognito-idp:" + u.pool.region() + ":000000000000:owner/" + owner + "/device/" + d.Key},
		{"dev:device_owner", owner}, {"last_ip_used", d.IP}, {"dev:device_remembered_status", status}, {"dev:device_sdk", "aws-sdk"},
	}
	return deviceType{d.Key, attributes, seconds(d.Created), seconds(d.Modified), seconds(d.LastUsed)}
}

type listDevicesInput struct {
	AccessToken     string `aws:"TokenModelType,required"`
	Limit           *int   `aws:"QueryLimitType"`
	PaginationToken string `aws:"SearchPaginationTokenType"`
}

type listDevicesOutput struct {
	Devices         []deviceType
	PaginationToken string `json:",omitempty"`
}

func listDevices(c *call, in *listDevicesInput) (*listDevicesOutput, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	return describeDevices(u, in.Limit, in.PaginationToken)
}

func describeDevices(u *user, limit *int, token string) (*listDevicesOutput, error) {
	listed := []*device{}
	for _, d := range u.Devices {
		if d.Verifier != nil {
			listed = append(listed, d)
		}
	}
	some, next, err := page(listed, limit, 60, token, func(d *device) string { return d.Key })
	if err != nil {
		return nil, err
	}
	out := &listDevicesOutput{Devices: []deviceType{}, PaginationToken: next}
	for _, d := range some {
		out.Devices = append(out.Devices, u.describeDevice(d))
	}
	return out, nil
}

// page cuts the next part out of a list. limit nil or 0 is most. The token names the last element that was given and its
// place, so that a list goes on where it was even if that element is gone by then.
func page[T any](all []T, limit *int, most int, token string, id func(T) string) (some []T, next string, err error) {
	start := 0
	if token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		place, last, ok := strings.Cut(string(text), " ")
		at, bad := strconv.Atoi(place)
		if err != nil || bad != nil || !ok || at < 0 {
			return nil, "", fail(invalidParameter, "Invalid pagination token given.")
		}
		start = min(at, len(all))
		if i := slices.IndexFunc(all, func(e T) bool { return id(e) == last }); i >= 0 {
			start = i + 1
		}
	}
	n := most
	if limit != nil && *limit > 0 {
		n = min(*limit, most)
	}
	end := min(start+n, len(all))
	if end < len(all) && end > start {
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(end-1) + " " + id(all[end-1])))
	}
	return all[start:end], next, nil
}

type deviceInput struct {
	AccessToken string `aws:"TokenModelType"`
	DeviceKey   string `aws:"DeviceKeyType,required"`
}

// deviceOf finds the device of an operation.
func (c *call) deviceOf(accessToken, key string) (*user, *device, error) {
	u, _, err := c.signedIn(accessToken)
	if err != nil {
		return nil, nil, err
	}
	d := u.confirmed(key)
	if d == nil {
		return nil, nil, errNoDevice()
	}
	return u, d, nil
}

type getDeviceOutput struct{ Device deviceType }

func getDevice(c *call, in *deviceInput) (*getDeviceOutput, error) {
	u, d, err := c.deviceOf(in.AccessToken, in.DeviceKey)
	if err != nil {
		return nil, err
	}
	return &getDeviceOutput{u.describeDevice(d)}, nil
}

type updateDeviceStatusInput struct {
	AccessToken            string `aws:"TokenModelType,required"`
	DeviceKey              string `aws:"DeviceKeyType,required"`
	DeviceRememberedStatus string `aws:"DeviceRememberedStatusType"`
}

func updateDeviceStatus(c *call, in *updateDeviceStatusInput) (*empty, error) {
	_, d, err := c.deviceOf(in.AccessToken, in.DeviceKey)
	if err != nil {
		return nil, err
	}
	if in.DeviceRememberedStatus != "" {
		d.Remembered = in.DeviceRememberedStatus == "remembered"
		d.Modified = c.now
	}
	return nil, nil
}

func forgetDevice(c *call, in *deviceInput) (*empty, error) {
	u, d, err := c.deviceOf(in.AccessToken, in.DeviceKey)
	if err != nil {
		return nil, err
	}
	u.forget(d)
	return nil, nil
}

func (u *user) forget(d *device) {
	u.Devices = slices.DeleteFunc(u.Devices, func(other *device) bool { return other == d })
}
