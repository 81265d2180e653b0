package core

import (
	"context"
	"maps"
	"strings"
	"unicode/utf8"

	"amplify-auth/core/contract"
)

// attributeService reads and writes what the pool knows of the signed-in user.
type attributeService interface {
	GetUser(ctx context.Context, accessToken string) (User, error)
	UpdateUserAttributes(ctx context.Context, accessToken string, attributes, metadata map[string]string) ([]CodeDelivery, error)
	DeleteUserAttributes(ctx context.Context, accessToken string, names []string) error
	GetUserAttributeVerificationCode(ctx context.Context, accessToken, name string, metadata map[string]string) (*CodeDelivery, error)
	VerifyUserAttribute(ctx context.Context, accessToken, name, code string) error
	DeleteUser(ctx context.Context, accessToken string) error
}

// A User is what GetUser answers.
type User struct {
	Username     string
	Attributes   map[string]string
	MFAs         []string // enabled: SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP
	PreferredMFA string
}

// GetUserAttributes returns the attributes of the signed-in user by name.
func (a *Auth) GetUserAttributes(ctx context.Context) (map[string]string, error) {
	user, err := withToken(ctx, a, func(token string) (User, error) { return a.UserPool.GetUser(ctx, token) })
	return user.Attributes, err
}

// UpdateAttributesInput are the arguments of updateUserAttributes.
type UpdateAttributesInput struct {
	Attributes     map[string]string `json:"attributes"`
	ClientMetadata map[string]string `json:"clientMetadata"`
}

// UpdateUserAttributes changes attributes. It returns the codes that were sent to
// verify new contacts. The tokens are refreshed so that their claims follow.
func (a *Auth) UpdateUserAttributes(ctx context.Context, in UpdateAttributesInput) ([]CodeDelivery, error) {
	if len(in.Attributes) == 0 {
		return nil, invalid("updateUserAttributes: attributes is empty.")
	}
	attributes, err := checkAttributes("updateUserAttributes", in.Attributes)
	if err != nil {
		return nil, err
	}
	out, err := withToken(ctx, a, func(token string) ([]CodeDelivery, error) {
		return a.UserPool.UpdateUserAttributes(ctx, token, attributes, in.ClientMetadata)
	})
	if out == nil {
		out = []CodeDelivery{}
	}
	return out, err
}

// DeleteAttributesInput are the arguments of deleteUserAttributes.
type DeleteAttributesInput struct {
	Names []string `json:"names"`
}

// DeleteUserAttributes removes attributes.
func (a *Auth) DeleteUserAttributes(ctx context.Context, in DeleteAttributesInput) error {
	if len(in.Names) == 0 {
		return invalid("deleteUserAttributes: names is empty.")
	}
	for _, name := range in.Names {
		if err := checkAttributeName("deleteUserAttributes", name); err != nil {
			return err
		}
	}
	return a.asUser(ctx, func(token string) error { return a.UserPool.DeleteUserAttributes(ctx, token, in.Names) })
}

// VerifyAttributeInput are the arguments of verifyUserAttribute and
// confirmVerifyUserAttribute.
type VerifyAttributeInput struct {
	Name             string            `json:"name"`
	ConfirmationCode string            `json:"confirmationCode"`
	ClientMetadata   map[string]string `json:"clientMetadata"`
}

// VerifyUserAttribute sends a code to an e-mail address or phone number.
func (a *Auth) VerifyUserAttribute(ctx context.Context, in VerifyAttributeInput) (*CodeDelivery, error) {
	if err := checkAttributeName("verifyUserAttribute", in.Name); err != nil {
		return nil, err
	}
	return withToken(ctx, a, func(token string) (*CodeDelivery, error) {
		return a.UserPool.GetUserAttributeVerificationCode(ctx, token, in.Name, in.ClientMetadata)
	})
}

// ConfirmVerifyUserAttribute proves a contact by the code that was sent to it.
func (a *Auth) ConfirmVerifyUserAttribute(ctx context.Context, in VerifyAttributeInput) error {
	if err := checkAttributeName("confirmVerifyUserAttribute", in.Name); err != nil {
		return err
	}
	code := typedCode(in.ConfirmationCode)
	if code == "" {
		return invalid("confirmVerifyUserAttribute: confirmationCode is empty.")
	}
	return a.asUser(ctx, func(token string) error { return a.UserPool.VerifyUserAttribute(ctx, token, in.Name, code) })
}

// DeleteUser deletes the signed-in user at the service, then signs out here.
func (a *Auth) DeleteUser(ctx context.Context) error {
	if err := a.asUser(ctx, func(token string) error { return a.UserPool.DeleteUser(ctx, token) }); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	s, err := a.loadSession(ctx)
	if err != nil {
		return err
	}
	if s != nil {
		if err := a.records().ForgetDevice(ctx, s.Username); err != nil {
			return err
		}
	}
	return a.signOutLocally(ctx, s, contract.UserDeleted)
}

// checkAttributes returns the attributes as they are sent: a phone number in E.164, an
// e-mail address without blanks around it.
func checkAttributes(call string, attributes map[string]string) (map[string]string, error) {
	attributes = maps.Clone(attributes)
	for name, value := range attributes {
		if err := checkAttributeName(call, name); err != nil {
			return nil, err
		}
		switch name {
		case "email":
			value = emailAddress(value)
		case "phone_number":
			value = phoneNumber(value)
		}
		attributes[name] = value
		if utf8.RuneCountInString(value) > 2048 {
			return nil, invalid(call + ": the attribute " + name + " is longer than 2048 characters.")
		}
		switch {
		case name == "email" && value != "" && !isEmailAddress(value):
			return nil, invalid(call + ": the attribute email is not an e-mail address.")
		case name == "phone_number" && value != "" && !isPhoneNumber(value):
			return nil, invalid(call + ": the attribute phone_number must look like +15555550123 (E.164).")
		}
	}
	return attributes, nil
}

func checkAttributeName(call, name string) error {
	if name == "" || len(name) > 32+len("custom:") || strings.ContainsAny(name, " \t\r\n") {
		return invalid(call + ": an attribute name is empty, too long or has spaces.")
	}
	return nil
}
