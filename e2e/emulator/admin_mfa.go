package emulator

// What an administrator sees and changes of a user's factors.

var adminMFAOperations = service{
	"AdminGetUserAuthFactors":   op(adminGetUserAuthFactors),
	"AdminDeleteSoftwareToken":  op(adminDeleteSoftwareToken),
	"AdminSetUserMFAPreference": op(adminSetUserMFAPreference),
	"AdminSetUserSettings":      op(adminSetUserSettings),
}

func adminGetUserAuthFactors(c *call, in *poolUserInput) (*authFactorsOutput, error) {
	p, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	return u.authFactors(&poolClient{pool: p}), nil
}

// adminDeleteSoftwareToken lets a user who lost the authenticator app set up another one.
func adminDeleteSoftwareToken(c *call, in *poolUserInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if u.TOTP == nil {
		return nil, fail(softwareTokenMFANotFound, "Software Token MFA does not exist for the user.")
	}
	u.TOTP, u.TOTPSetup = nil, nil
	delete(u.MFA, "SOFTWARE_TOKEN_MFA")
	if u.Preferred == "SOFTWARE_TOKEN_MFA" {
		u.Preferred = ""
	}
	u.Modified = c.now
	return nil, nil
}

type adminSetSettingsInput struct {
	poolUserInput
	MFAOptions []mfaOption `aws:"MFAOptionListType,required"`
}

func adminSetUserSettings(c *call, in *adminSetSettingsInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	return nil, c.setLegacyMFA(u, in.MFAOptions)
}

type adminSetMFAPreferenceInput struct {
	mfaPreferences
	Username   string `aws:"UsernameType,required"`
	UserPoolId string `aws:"UserPoolIdType,required"`
}

func adminSetUserMFAPreference(c *call, in *adminSetMFAPreferenceInput) (*empty, error) {
	_, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	return nil, c.setPreferences(u, in.mfaPreferences)
}
