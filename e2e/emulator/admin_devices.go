package emulator

var adminDeviceOperations = service{
	"AdminListDevices":        op(adminListDevices),
	"AdminGetDevice":          op(adminGetDevice),
	"AdminUpdateDeviceStatus": op(adminUpdateDeviceStatus),
	"AdminForgetDevice":       op(adminForgetDevice),
}

type adminListDevicesInput struct {
	poolUserInput
	Limit           *int   `aws:"QueryLimitType"`
	PaginationToken string `aws:"SearchPaginationTokenType"`
}

func adminListDevices(c *call, in *adminListDevicesInput) (*listDevicesOutput, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	return describeDevices(u, in.Limit, in.PaginationToken)
}

type adminDeviceInput struct {
	poolUserInput
	DeviceKey              string `aws:"DeviceKeyType,required"`
	DeviceRememberedStatus string `aws:"DeviceRememberedStatusType"` // of AdminUpdateDeviceStatus
}

func (c *call) adminDevice(in *adminDeviceInput) (*user, *device, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, nil, err
	}
	d := u.confirmed(in.DeviceKey)
	if d == nil {
		return nil, nil, errNoDevice()
	}
	return u, d, nil
}

func adminGetDevice(c *call, in *adminDeviceInput) (*getDeviceOutput, error) {
	u, d, err := c.adminDevice(in)
	if err != nil {
		return nil, err
	}
	return &getDeviceOutput{u.describeDevice(d)}, nil
}

func adminUpdateDeviceStatus(c *call, in *adminDeviceInput) (*empty, error) {
	_, d, err := c.adminDevice(in)
	if err != nil {
		return nil, err
	}
	if in.DeviceRememberedStatus != "" {
		d.Remembered, d.Modified = in.DeviceRememberedStatus == "remembered", c.now
	}
	return nil, nil
}

func adminForgetDevice(c *call, in *adminDeviceInput) (*empty, error) {
	u, d, err := c.adminDevice(in)
	if err != nil {
		return nil, err
	}
	u.forget(d)
	return nil, nil
}
