package emulator

import (
	"slices"
	"strings"
)

// What a signed-in user does with their own account.

var accountOperations = service{
	"GetUser":                          op(getUser),
	"UpdateUserAttributes":             op(updateUserAttributes),
	"DeleteUserAttributes":             op(deleteUserAttributes),
	"GetUserAttributeVerificationCode": op(getUserAttributeVerificationCode),
	"VerifyUserAttribute":              op(verifyUserAttribute),
	"DeleteUser":                       op(deleteUser),
	"GetUserAuthFactors":               op(getUserAuthFactors),
	"UpdateAuthEventFeedback":          op(updateAuthEventFeedback),
}

type mfaOption struct {
	DeliveryMedium string `json:",omitempty" aws:"DeliveryMediumType"`
	AttributeName  string `json:",omitempty" aws:"AttributeNameType"`
}

// mfaState is how operations answer a user's MFA.
type mfaState struct {
	MFAOptions          []mfaOption `json:",omitempty"` // legacy: SMS
	PreferredMfaSetting string      `json:",omitempty"`
	UserMFASettingList  []string    `json:",omitempty"`
}

func (u *user) mfaState() mfaState {
	s := mfaState{PreferredMfaSetting: u.Preferred}
	for _, method := range mfaMethods {
		if u.MFA[method] {
			s.UserMFASettingList = append(s.UserMFASettingList, method)
		}
	}
	if u.WebAuthnMFA {
		s.UserMFASettingList = append(s.UserMFASettingList, "WEB_AUTHN_MFA")
	}
	if u.MFA["SMS_MFA"] {
		s.MFAOptions = []mfaOption{{"SMS", "phone_number"}}
	}
	return s
}

type getUserOutput struct {
	Username       string
	UserAttributes []attribute
	mfaState
}

func getUser(c *call, in *accessTokenInput) (*getUserOutput, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	return &getUserOutput{u.Username, u.list(c.findClient(token.text("client_id"))), u.mfaState()}, nil
}

type updateUserAttributesInput struct {
	UserAttributes []attribute       `aws:"AttributeListType,required"`
	AccessToken    string            `aws:"TokenModelType,required"`
	ClientMetadata map[string]string `aws:"ClientMetadataType"`
}

type updateUserAttributesOutput struct{ CodeDeliveryDetailsList []codeDelivery }

func updateUserAttributes(c *call, in *updateUserAttributesInput) (*updateUserAttributesOutput, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	client := c.findClient(token.text("client_id"))
	deliveries, err := c.updateAttributes(u, client, in.UserAttributes, in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	return &updateUserAttributesOutput{deliveries}, nil
}

// updateAttributes writes attributes and sends codes to new addresses. Those that the pool wants verified first keep
// their old value until then. client is nil for an administrator.
func (c *call) updateAttributes(u *user, client *poolClient, list []attribute, metadata map[string]string) ([]codeDelivery, error) {
	p := u.pool
	values := pairs(list)
	if err := p.checkAttributes(client, u, values); err != nil {
		return nil, err
	}
	for name, value := range values {
		if p.taken(name, value, u) && values[name+"_verified"] != "false" {
			return nil, fail(aliasExists, "An account with the %s already exists.", strings.ReplaceAll(name, "_", " "))
		}
	}
	deliveries := []codeDelivery{}
	for _, a := range list {
		name, value := a.Name, values[a.Name]
		address := name == "email" || name == "phone_number"
		verified := values[name+"_verified"] == "true" // only an administrator can say so
		if !address || verified || value == "" || u.Attributes[name] == value || !slices.Contains(p.AutoVerifiedAttributes, name) {
			if strings.HasSuffix(name, "_verified") {
				continue // below, after the values
			}
			u.set(name, value, c)
			continue
		}
		to := value
		if s := p.UserAttributeUpdateSettings; s != nil && slices.Contains(s.AttributesRequireVerificationBeforeUpdate, name) {
			u.Pending[name] = value
		} else {
			u.set(name, value, c)
		}
		delivery, err := c.sendKept("VerifyUserAttribute "+name, verifyCodeLife,
			message{user: u, client: client, purpose: "UpdateUserAttribute", attr: name, to: to, metadata: metadata})
		if err != nil {
			return nil, err
		}
		deliveries = append(deliveries, *delivery)
	}
	for name, value := range values {
		if strings.HasSuffix(name, "_verified") {
			u.Attributes[name] = value
		}
	}
	return deliveries, nil
}

type deleteUserAttributesInput struct {
	UserAttributeNames []string `aws:"AttributeNameListType,required"`
	AccessToken        string   `aws:"TokenModelType,required"`
}

func deleteUserAttributes(c *call, in *deleteUserAttributesInput) (*empty, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	return nil, c.deleteAttributes(u, c.findClient(token.text("client_id")), in.UserAttributeNames)
}

func (c *call) deleteAttributes(u *user, client *poolClient, names []string) error {
	for _, name := range names {
		schema := u.pool.attribute(name)
		switch {
		case schema == nil:
			return fail(invalidParameter, "Attributes did not conform to the schema: Type for attribute {%s} could not be determined", name)
		case client != nil && !client.writes(name, schema):
			return fail(notAuthorized, "A client attempted to write unauthorized attribute")
		case schema.Required:
			return fail(invalidParameter, "user.%s: Attribute cannot be deleted, it is required.", name)
		}
	}
	for _, name := range names {
		u.set(name, "", c)
		delete(u.Pending, name)
		if name == "phone_number" {
			delete(u.MFA, "SMS_MFA")
		}
		if name == "email" {
			delete(u.MFA, "EMAIL_OTP")
		}
		if !u.MFA[u.Preferred] {
			u.Preferred = ""
		}
	}
	return nil
}

type attributeCodeInput struct {
	AccessToken    string            `aws:"TokenModelType,required"`
	AttributeName  string            `aws:"AttributeNameType,required"`
	ClientMetadata map[string]string `aws:"ClientMetadataType"`
}

func getUserAttributeVerificationCode(c *call, in *attributeCodeInput) (*codeRequestOutput, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if in.AttributeName != "email" && in.AttributeName != "phone_number" {
		return nil, fail(invalidParameter, "Attribute %s cannot be verified.", in.AttributeName)
	}
	to := u.Pending[in.AttributeName]
	if to == "" {
		to = u.Attributes[in.AttributeName]
	}
	if to == "" {
		return nil, fail(invalidParameter, "User does not have the attribute %s.", in.AttributeName)
	}
	if err := c.paced(u, "GetUserAttributeVerificationCode", verifyRequestLimit, true); err != nil {
		return nil, err
	}
	delivery, err := c.sendKept("VerifyUserAttribute "+in.AttributeName, verifyCodeLife,
		message{user: u, client: c.findClient(token.text("client_id")), purpose: "VerifyUserAttribute", attr: in.AttributeName, to: to, metadata: in.ClientMetadata})
	if err != nil {
		return nil, err
	}
	return &codeRequestOutput{delivery}, nil
}

type verifyUserAttributeInput struct {
	AccessToken   string `aws:"TokenModelType,required"`
	AttributeName string `aws:"AttributeNameType,required"`
	Code          string `aws:"ConfirmationCodeType,required"`
}

func verifyUserAttribute(c *call, in *verifyUserAttributeInput) (*empty, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	name := in.AttributeName
	value, isNew := u.Pending[name]
	if !isNew {
		value = u.Attributes[name]
	}
	if kept := u.Codes["VerifyUserAttribute "+name]; kept != nil && equal(kept.Value, in.Code) && u.pool.taken(name, value, u) {
		return nil, fail(aliasExists, "An account with the %s already exists.", strings.ReplaceAll(name, "_", " "))
	}
	if _, err := c.takeCode(u, "VerifyUserAttribute "+name, in.Code, verifyLimit); err != nil {
		return nil, err
	}
	if isNew {
		u.set(name, value, c)
		delete(u.Pending, name)
	}
	u.Attributes[name+"_verified"] = "true"
	return nil, nil
}

func deleteUser(c *call, in *accessTokenInput) (*empty, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	c.removeUser(u)
	return nil, nil
}

type authFactorsOutput struct {
	Username                  string
	PreferredMfaSetting       string   `json:",omitempty"`
	UserMFASettingList        []string `json:",omitempty"`
	ConfiguredUserAuthFactors []string
}

func getUserAuthFactors(c *call, in *accessTokenInput) (*authFactorsOutput, error) {
	u, token, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	return u.authFactors(c.findClient(token.text("client_id"))), nil
}

// authFactors are what a user can sign in with by a client.
func (u *user) authFactors(client *poolClient) *authFactorsOutput {
	mfa := u.mfaState()
	out := &authFactorsOutput{Username: u.Username, PreferredMfaSetting: mfa.PreferredMfaSetting, UserMFASettingList: mfa.UserMFASettingList, ConfiguredUserAuthFactors: []string{}}
	a := &attempt{client: client, user: u}
	for _, factor := range a.firstFactors() {
		if factor != "PASSWORD_SRP" { // the factor is the password, however it is proved
			out.ConfiguredUserAuthFactors = append(out.ConfiguredUserAuthFactors, factor)
		}
	}
	return out
}

type feedbackInput struct {
	UserPoolId    string `aws:"UserPoolIdType,required"`
	Username      string `aws:"UsernameType,required"`
	EventId       string `aws:"EventIdType,required"`
	FeedbackToken string `aws:"TokenModelType,required"`
	FeedbackValue string `aws:"FeedbackValueType,required"`
}

// updateAuthEventFeedback takes no feedback: no message here has a FeedbackToken.
func updateAuthEventFeedback(c *call, in *feedbackInput) (*empty, error) {
	p, _, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if err := p.needsThreatProtection(); err != nil {
		return nil, err
	}
	return nil, fail(notAuthorized, "Invalid feedback token.")
}
