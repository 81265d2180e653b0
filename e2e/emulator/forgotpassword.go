package emulator

import "slices"

var passwordOperations = service{
	"ForgotPassword":        op(forgotPassword),
	"ConfirmForgotPassword": op(confirmForgotPassword),
	"ChangePassword":        op(changePassword),
}

func forgotPassword(c *call, in *codeRequestInput) (*codeRequestOutput, error) {
	client, u, err := c.unsignedUser(in.ClientId, in.Username, in.SecretHash)
	if (u == nil && err == nil) || isKind(err, userNotFound) {
		// A user of an older directory may come over now. err stays if the trigger knows none.
		client, _ = c.client(in.ClientId)
		migrated, failed := c.migrate(client, "UserMigration_ForgotPassword", in.Username, "", in.ClientMetadata)
		if failed != nil {
			return nil, failed
		}
		if migrated != nil {
			u, err = migrated, nil
		}
	}
	if err != nil {
		return nil, err
	}
	if u == nil {
		return &codeRequestOutput{client.pool.simulatedDelivery(in.Username)}, nil
	}
	if u.Status == "FORCE_CHANGE_PASSWORD" || u.Status == "EXTERNAL_PROVIDER" {
		return nil, fail(notAuthorized, "User password cannot be reset in the current state.")
	}
	attr := u.recovery()
	if attr == "" || u.Status == "UNCONFIRMED" {
		return nil, fail(invalidParameter, "Cannot reset password for the user as there is no registered/verified email or phone_number")
	}
	if err := c.paced(u, "ForgotPassword", forgotLimit, true); err != nil {
		return nil, err
	}
	delivery, err := c.sendKept("ForgotPassword", resetCodeLife, message{user: u, client: client, purpose: "ForgotPassword", attr: attr, metadata: in.ClientMetadata})
	if err != nil {
		return nil, err
	}
	return &codeRequestOutput{delivery}, nil
}

// recovery is the verified attribute that a reset code goes to: by the pool's order, else the phone number first.
func (u *user) recovery() string {
	order := []recoveryOption{{1, "verified_phone_number"}, {2, "verified_email"}}
	if r := u.pool.AccountRecoverySetting; r != nil && len(r.RecoveryMechanisms) > 0 {
		order = slices.Clone(r.RecoveryMechanisms)
		slices.SortStableFunc(order, func(a, b recoveryOption) int { return a.Priority - b.Priority })
	}
	for _, option := range order {
		attr := map[string]string{"verified_phone_number": "phone_number", "verified_email": "email"}[option.Name]
		if u.Attributes[attr] != "" && u.Attributes[attr+"_verified"] == "true" {
			return attr
		}
	}
	return ""
}

type confirmForgotPasswordInput struct {
	ClientId         string            `aws:"ClientIdType,required"`
	SecretHash       string            `aws:"SecretHashType"`
	Username         string            `aws:"UsernameType,required"`
	ConfirmationCode string            `aws:"ConfirmationCodeType,required"`
	Password         string            `aws:"PasswordType,required"`
	ClientMetadata   map[string]string `aws:"ClientMetadataType"`
}

func confirmForgotPassword(c *call, in *confirmForgotPasswordInput) (*empty, error) {
	client, u, err := c.unsignedUser(in.ClientId, in.Username, in.SecretHash)
	if err != nil {
		return nil, err
	}
	if err := client.pool.checkPassword(in.Password); err != nil { // before the code, which stays good
		return nil, err
	}
	if u == nil {
		return nil, errNoCode()
	}
	kept := u.Codes["ForgotPassword"]
	if _, err := c.takeCode(u, "ForgotPassword", in.ConfirmationCode, confirmForgotLimit); err != nil {
		return nil, err
	}
	if err := c.setPassword(u, in.Password); err != nil {
		u.Codes["ForgotPassword"] = kept
		return nil, err
	}
	c.unlock(u.pool, u.Username)
	u.Status = "CONFIRMED"
	if kept.Attr != "" { // who got the code holds the address
		u.Attributes[kept.Attr+"_verified"] = "true"
	}
	return nil, c.postConfirmation(u, client.ID, "PostConfirmation_ConfirmForgotPassword", in.ClientMetadata)
}

type changePasswordInput struct {
	PreviousPassword string `aws:"PasswordType"`
	ProposedPassword string `aws:"PasswordType,required"`
	AccessToken      string `aws:"TokenModelType,required"`
}

func changePassword(c *call, in *changePasswordInput) (*empty, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if err := c.paced(u, "ChangePassword", changeLimit, false); err != nil {
		return nil, err
	}
	// PreviousPassword may be left out only by a user who has no password yet.
	if u.Password != nil && !u.hasPassword(in.PreviousPassword) {
		c.paced(u, "ChangePassword", changeLimit, true)
		return nil, errWrongPassword()
	}
	return nil, c.setPassword(u, in.ProposedPassword)
}
