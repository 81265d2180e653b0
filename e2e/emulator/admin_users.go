package emulator

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

var adminUserOperations = service{
	"AdminCreateUser":           op(adminCreateUserOp),
	"AdminGetUser":              op(adminGetUser),
	"AdminDeleteUser":           op(adminDeleteUser),
	"AdminSetUserPassword":      op(adminSetUserPassword),
	"AdminConfirmSignUp":        op(adminConfirmSignUp),
	"AdminDisableUser":          op(adminDisableUser),
	"AdminEnableUser":           op(adminEnableUser),
	"AdminResetUserPassword":    op(adminResetUserPassword),
	"AdminUserGlobalSignOut":    op(adminUserGlobalSignOut),
	"AdminUpdateUserAttributes": op(adminUpdateUserAttributes),
	"AdminDeleteUserAttributes": op(adminDeleteUserAttributes),
	"ListUsers":                 op(listUsers),
}

type userDescription struct {
	Username             string
	Attributes           []attribute
	UserCreateDate       epoch
	UserLastModifiedDate epoch
	Enabled              bool
	UserStatus           string
	MFAOptions           []mfaOption `json:",omitempty"`
}

func (u *user) describe() userDescription {
	return userDescription{u.Username, u.list(nil), seconds(u.Created), seconds(u.Modified), u.Enabled, u.Status, u.mfaState().MFAOptions}
}

type adminCreateUserInput struct {
	UserPoolId             string            `aws:"UserPoolIdType,required"`
	Username               string            `aws:"UsernameType,required"`
	UserAttributes         []attribute       `aws:"AttributeListType"`
	ValidationData         []attribute       `aws:"AttributeListType"`
	TemporaryPassword      string            `aws:"PasswordType"`
	ForceAliasCreation     bool              `aws:"ForceAliasCreation"`
	MessageAction          string            `aws:"MessageActionType"`
	DesiredDeliveryMediums []string          `aws:"DeliveryMediumListType"`
	ClientMetadata         map[string]string `aws:"ClientMetadataType"`
}

type adminCreateUserOutput struct{ User userDescription }

func adminCreateUserOp(c *call, in *adminCreateUserInput) (*adminCreateUserOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	u := p.find(in.Username)
	if in.MessageAction == "RESEND" {
		if u == nil {
			return nil, fail(userNotFound, "User does not exist.")
		}
		if u.Status != "FORCE_CHANGE_PASSWORD" {
			return nil, fail(unsupportedUserState, "Resend not possible. %s status is not FORCE_CHANGE_PASSWORD", u.Username)
		}
	} else {
		if err := p.vacant(in.Username, "User account already exists"); err != nil {
			return nil, err
		}
		values, err := p.newUserAttributes(nil, in.Username, in.UserAttributes)
		if err != nil {
			return nil, err
		}
		auto, err := c.preSignUp(p, "", "PreSignUp_AdminCreateUser", in.Username, values, pairs(in.ValidationData), in.ClientMetadata)
		if err != nil {
			return nil, err
		}
		if auto.AutoVerifyEmail && values["email"] != "" {
			values["email_verified"] = "true"
		}
		if auto.AutoVerifyPhone && values["phone_number"] != "" {
			values["phone_number_verified"] = "true"
		}
		for attr, value := range values {
			if values[attr+"_verified"] == "true" && p.taken(attr, value, nil) && !in.ForceAliasCreation {
				return nil, fail(aliasExists, "An account with the %s already exists.", strings.ReplaceAll(attr, "_", " "))
			}
		}
		u = c.addUser(p, in.Username, values)
		for attr := range values {
			if u.Attributes[attr+"_verified"] == "true" {
				p.takeAlias(attr, u)
			}
		}
	}
	return c.invite(u, in)
}

// invite gives a new user a temporary password and sends it.
func (c *call) invite(u *user, in *adminCreateUserInput) (*adminCreateUserOutput, error) {
	created := in.MessageAction != "RESEND"
	u.Status = "FORCE_CHANGE_PASSWORD"
	password := in.TemporaryPassword
	if password == "" {
		// Where users can sign in without a password, none is made (AdminCreateUser, TemporaryPassword).
		if created && u.pool.passwordless(u.Attributes) {
			u.Status = "CONFIRMED"
			return &adminCreateUserOutput{u.describe()}, nil
		}
		password = u.pool.newPassword()
	}
	if err := c.setPassword(u, password); err != nil {
		if created {
			c.removeUser(u)
		}
		return nil, err
	}
	u.PasswordExpires = c.now.Add(time.Duration(u.pool.passwordRules().TemporaryPasswordValidityDays) * 24 * time.Hour)
	if in.MessageAction == "SUPPRESS" {
		return &adminCreateUserOutput{u.describe()}, nil
	}
	mediums := in.DesiredDeliveryMediums
	if len(mediums) == 0 {
		mediums = []string{"SMS"}
	}
	for _, attr := range []string{"phone_number", "email"} {
		if slices.Contains(mediums, mediumOf(attr)) && u.Attributes[attr] != "" {
			if _, err := c.send(message{user: u, purpose: "AdminCreateUser", attr: attr, code: password, metadata: in.ClientMetadata}); err != nil {
				if created {
					c.removeUser(u)
				}
				return nil, err
			}
		}
	}
	return &adminCreateUserOutput{u.describe()}, nil
}

// newPassword makes a temporary password that any policy takes.
func (p *userPool) newPassword() string {
	return randomText(max(p.passwordRules().MinimumLength, 8), "abcdefghijkmnopqrstuvwxyz") + "A7!"
}

type poolUserInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	Username   string `aws:"UsernameType,required"`
}

type adminGetUserOutput struct {
	Username             string
	UserAttributes       []attribute
	UserCreateDate       epoch
	UserLastModifiedDate epoch
	Enabled              bool
	UserStatus           string
	mfaState
}

func adminGetUser(c *call, in *poolUserInput) (*adminGetUserOutput, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	return &adminGetUserOutput{u.Username, u.list(nil), seconds(u.Created), seconds(u.Modified), u.Enabled, u.Status, u.mfaState()}, nil
}

func adminDeleteUser(c *call, in *poolUserInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	c.removeUser(u)
	return nil, nil
}

type adminSetPasswordInput struct {
	poolUserInput
	Password  string `aws:"PasswordType,required"`
	Permanent bool
}

func adminSetUserPassword(c *call, in *adminSetPasswordInput) (*empty, error) {
	p, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if err := c.setPassword(u, in.Password); err != nil {
		return nil, err
	}
	c.unlock(p, u.Username)
	if in.Permanent {
		u.Status = "CONFIRMED"
	} else {
		u.Status = "FORCE_CHANGE_PASSWORD"
		u.PasswordExpires = c.now.Add(time.Duration(p.passwordRules().TemporaryPasswordValidityDays) * 24 * time.Hour)
	}
	return nil, nil
}

type adminMetadataInput struct {
	poolUserInput
	ClientMetadata map[string]string `aws:"ClientMetadataType"`
}

func adminConfirmSignUp(c *call, in *adminMetadataInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if u.Status != "UNCONFIRMED" {
		return nil, fail(notAuthorized, "User cannot be confirmed. Current status is %s", u.Status)
	}
	u.Status, u.Modified = "CONFIRMED", c.now
	return nil, c.postConfirmation(u, "", "PostConfirmation_ConfirmSignUp", in.ClientMetadata)
}

func adminDisableUser(c *call, in *poolUserInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	u.Enabled, u.Modified = false, c.now
	c.signOutEverywhere(u)
	return nil, nil
}

func adminEnableUser(c *call, in *poolUserInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	u.Enabled, u.Modified = true, c.now
	return nil, nil
}

func adminResetUserPassword(c *call, in *adminMetadataInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	attr := u.recovery()
	switch {
	case u.Status != "CONFIRMED" && u.Status != "RESET_REQUIRED":
		return nil, fail(notAuthorized, "User password cannot be reset in the current state.")
	case attr == "":
		return nil, fail(invalidParameter, "Cannot reset password for the user as there is no registered/verified email or phone_number")
	}
	if _, err := c.sendKept("ForgotPassword", resetCodeLife, message{user: u, purpose: "ForgotPassword", attr: attr, metadata: in.ClientMetadata}); err != nil {
		return nil, err
	}
	u.Status, u.Modified = "RESET_REQUIRED", c.now
	return nil, nil
}

func adminUserGlobalSignOut(c *call, in *poolUserInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	c.signOutEverywhere(u)
	return nil, nil
}

type adminUpdateAttributesInput struct {
	poolUserInput
	UserAttributes []attribute       `aws:"AttributeListType,required"`
	ClientMetadata map[string]string `aws:"ClientMetadataType"`
}

func adminUpdateUserAttributes(c *call, in *adminUpdateAttributesInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	_, err = c.updateAttributes(u, nil, in.UserAttributes, in.ClientMetadata)
	return nil, err
}

type adminDeleteAttributesInput struct {
	poolUserInput
	UserAttributeNames []string `aws:"AttributeNameListType,required"`
}

func adminDeleteUserAttributes(c *call, in *adminDeleteAttributesInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	return nil, c.deleteAttributes(u, nil, in.UserAttributeNames)
}

type listUsersInput struct {
	UserPoolId      string   `aws:"UserPoolIdType,required"`
	AttributesToGet []string `aws:"SearchedAttributeNamesListType"`
	Limit           *int     `aws:"QueryLimitType"`
	PaginationToken string   `aws:"SearchPaginationTokenType"`
	Filter          string   `aws:"UserFilterType"`
}

type listUsersOutput struct {
	Users           []userDescription
	PaginationToken string `json:",omitempty"`
}

// userFilter is the form of ListUsers' Filter: attribute = "value", or ^= for a prefix.
var userFilter = regexp.MustCompile(`^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$`)

func listUsers(c *call, in *listUsersInput) (*listUsersOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	keep := func(*user) bool { return true }
	if in.Filter != "" {
		m := userFilter.FindStringSubmatch(in.Filter)
		if m == nil {
			return nil, fail(invalidParameter, "One or more filter could not be parsed.")
		}
		want := strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(m[3])
		keep = func(u *user) bool {
			value := u.searchable(m[1])
			return m[2] == "=" && value == want || m[2] == "^=" && strings.HasPrefix(value, want)
		}
	}
	var users []*user
	for _, key := range slices.Sorted(p.users.keys()) {
		if u := p.users.get(key); keep(u) {
			users = append(users, u)
		}
	}
	some, next, err := page(users, in.Limit, 60, in.PaginationToken, func(u *user) string { return u.Username })
	if err != nil {
		return nil, err
	}
	out := &listUsersOutput{Users: []userDescription{}, PaginationToken: next}
	for _, u := range some {
		d := u.describe()
		if len(in.AttributesToGet) > 0 {
			d.Attributes = slices.DeleteFunc(d.Attributes, func(a attribute) bool { return !slices.Contains(in.AttributesToGet, a.Name) })
		}
		out.Users = append(out.Users, d)
	}
	return out, nil
}

func (u *user) searchable(name string) string {
	switch name {
	case "username":
		return u.Username
	case "sub":
		return u.Sub
	case "cognito:user_status":
		return u.Status
	case "status":
		if u.Enabled {
			return "Enabled"
		}
		return "Disabled"
	}
	return u.Attributes[name]
}
