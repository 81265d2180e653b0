package records

import (
	"context"
	"slices"
	"strings"

	"amplify-auth/core/contract"
)

// A Device is what a remembered browser proves itself with. Owner is the name
// under which it is stored.
type Device struct{ Owner, Key, GroupKey, Password string }

// Device returns the zero device where there is none. name may be an alias that
// the device was used with.
func (s Store) Device(ctx context.Context, name string) (Device, error) {
	v, err := s.Storage.Get(ctx, append(s.userKeys(name, contract.DeviceFields), s.DeviceOwnerKey(name))...)
	if err != nil {
		return Device{}, err
	}
	owner := v[len(v)-1]
	if d := device(name, v); d.Key != "" || owner == nil {
		return d, nil
	}
	if v, err = s.Storage.Get(ctx, s.userKeys(*owner, contract.DeviceFields)...); err != nil {
		return Device{}, err
	}
	return device(*owner, v), nil
}

// device is what is stored under its owner's name. One without its password is none.
func device(owner string, v []*string) Device {
	if v[0] == nil || v[1] == nil || v[2] == nil {
		return Device{}
	}
	return Device{owner, *v[0], *v[1], *v[2]}
}

// PutDevice stores a device under its owner.
func (s Store) PutDevice(ctx context.Context, d Device) error {
	k := s.userKeys(d.Owner, contract.DeviceFields)
	return s.Storage.Apply(ctx, []Change{{Key: k[0], Value: &d.Key}, {Key: k[1], Value: &d.GroupKey}, {Key: k[2], Value: &d.Password}})
}

// PutAlias lets a device be found by what its user types.
func (s Store) PutAlias(ctx context.Context, owner, alias string) error {
	known, err := s.deviceAliases(ctx, owner)
	alias = strings.ToLower(alias)
	if err != nil || alias == strings.ToLower(owner) || slices.Contains(known, alias) {
		return err
	}
	list := strings.Join(append(known, alias), "\n")
	return s.Storage.Apply(ctx, []Change{{Key: s.DeviceOwnerKey(alias), Value: &owner}, {Key: s.aliasesKey(owner), Value: &list}})
}

func (s Store) deviceAliases(ctx context.Context, owner string) ([]string, error) {
	v, err := s.Storage.Get(ctx, s.aliasesKey(owner))
	if err != nil || v[0] == nil {
		return nil, err
	}
	return strings.Split(*v[0], "\n"), nil
}

// ForgetDevice removes a device with its aliases.
func (s Store) ForgetDevice(ctx context.Context, owner string) error {
	aliases, err := s.deviceAliases(ctx, owner)
	if err != nil {
		return err
	}
	gone := []string{s.aliasesKey(owner)}
	for _, alias := range aliases {
		gone = append(gone, s.DeviceOwnerKey(alias))
	}
	return s.Remove(ctx, append(gone, s.userKeys(owner, contract.DeviceFields)...)...)
}
