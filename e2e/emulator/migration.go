package emulator

import "strings"

// UserMigration: users of an older directory come over when they first sign in or reset their password.

type migrationRequest struct {
	Password       string            `json:"password,omitempty"`
	ValidationData map[string]string `json:"validationData,omitempty"`
	ClientMetadata map[string]string `json:"clientMetadata,omitempty"`
}

type migrationResponse struct {
	UserAttributes     map[string]string `json:"userAttributes"`
	FinalUserStatus    string            `json:"finalUserStatus"` // CONFIRMED or RESET_REQUIRED
	EnableSMSMFA       bool              `json:"enableSMSMFA"`
	ForceAliasCreation bool              `json:"forceAliasCreation"`
}

// migrate asks the UserMigration trigger for a user who is not in the pool; nil if there is no trigger or it knows none.
func (c *call) migrate(client *poolClient, source, name, password string, metadata map[string]string) (*user, error) {
	p := client.pool
	if p.LambdaConfig == nil || p.LambdaConfig.UserMigration == "" {
		return nil, nil
	}
	found, err := invoke[migrationRequest, migrationResponse](c, p.LambdaConfig.UserMigration, "UserMigration", source, p, client.ID, name,
		migrationRequest{Password: password, ValidationData: metadata, ClientMetadata: metadata})
	if err != nil {
		c.options.Logf("UserMigration: %v", err)
		if client.masked() {
			return nil, nil
		}
		return nil, fail(userNotFound, "Exception migrating user in app client %s", client.ID)
	}
	if len(found.UserAttributes) == 0 {
		return nil, nil
	}
	values, verified := map[string]string{}, map[string]string{}
	for attr, value := range found.UserAttributes {
		switch {
		case strings.HasSuffix(attr, "_verified"):
			verified[attr] = value
		case attr != "username" && attr != "sub":
			values[attr] = value
		}
	}
	if err := p.checkAttributes(nil, nil, values); err != nil {
		return nil, err
	}
	for attr, value := range values {
		if p.taken(attr, value, nil) && !found.ForceAliasCreation {
			return nil, fail(userNotFound, "Exception migrating user in app client %s", client.ID)
		}
	}
	u := c.addUser(p, name, values)
	for attr, value := range verified {
		u.Attributes[attr] = value
	}
	for attr := range values {
		p.takeAlias(attr, u)
	}
	u.Status = "RESET_REQUIRED"
	if found.FinalUserStatus == "CONFIRMED" && password != "" {
		u.Status = "CONFIRMED"
	}
	if password != "" { // it passed in the old directory; this pool's policy does not judge it
		u.Password = newVerifier(p.poolName(), u.Username, password)
	}
	u.MFA["SMS_MFA"] = found.EnableSMSMFA
	return u, nil
}
