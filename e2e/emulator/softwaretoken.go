package emulator

// Setting software tokens up, and choosing MFA methods.

var mfaOperations = service{
	"AssociateSoftwareToken": op(associateSoftwareToken),
	"VerifySoftwareToken":    op(verifySoftwareToken),
	"SetUserMFAPreference":   op(setUserMFAPreference),
	"SetUserSettings":        op(setUserSettings),
}

type associateInput struct {
	AccessToken string `aws:"TokenModelType"`
	Session     string `aws:"SessionType"`
}

type associateOutput struct {
	SecretCode string
	Session    string `json:",omitempty"`
}

// tokenOwner finds whose software token is set up: a signed-in user's, or that of a sign-in in MFA_SETUP.
func (c *call) tokenOwner(accessToken, session string) (*user, *attempt, error) {
	if (accessToken == "") == (session == "") {
		return nil, nil, fail(invalidParameter, "Exactly one of AccessToken and Session is needed.")
	}
	if accessToken != "" {
		u, _, err := c.signedIn(accessToken)
		if err == nil && !u.pool.offersMFA("SOFTWARE_TOKEN_MFA") {
			err = fail(softwareTokenMFANotFound, "Software Token MFA has not been enabled by the userPool")
		}
		return u, nil, err
	}
	a, err := c.session(session, nil)
	if err != nil {
		return nil, nil, err
	}
	if a.Challenge != "MFA_SETUP" || !a.user.pool.offersMFA("SOFTWARE_TOKEN_MFA") {
		return nil, nil, fail(notAuthorized, "Invalid session for the user.")
	}
	return a.user, a, nil
}

func associateSoftwareToken(c *call, in *associateInput) (*associateOutput, error) {
	u, a, err := c.tokenOwner(in.AccessToken, in.Session)
	if err != nil {
		return nil, err
	}
	token := newTOTP()
	if a == nil {
		u.TOTPSetup = token
		return &associateOutput{SecretCode: token.secretCode()}, nil
	}
	a.Setup = token
	return &associateOutput{token.secretCode(), c.renew(a, in.Session)}, nil
}

// renew replaces a Session that an operation used up.
func (c *call) renew(a *attempt, session string) string {
	c.spend(session)
	a.Expires = c.now.Add(a.sessionLife())
	return c.keep(a)
}

type verifySoftwareTokenInput struct {
	AccessToken        string `aws:"TokenModelType"`
	Session            string `aws:"SessionType"`
	UserCode           string `aws:"SoftwareTokenMFAUserCodeType,required"`
	FriendlyDeviceName string `aws:"StringType"`
}

type verifySoftwareTokenOutput struct {
	Status  string
	Session string `json:",omitempty"`
}

func verifySoftwareToken(c *call, in *verifySoftwareTokenInput) (*verifySoftwareTokenOutput, error) {
	u, a, err := c.tokenOwner(in.AccessToken, in.Session)
	if err != nil {
		return nil, err
	}
	token := u.TOTPSetup
	if a != nil {
		token = a.Setup
	}
	if token == nil {
		return nil, fail(softwareTokenMFANotFound, "Software token MFA not found: AssociateSoftwareToken comes first.")
	}
	if err := token.check(in.UserCode, c.now); err != nil {
		if isKind(err, codeMismatch) { // as seen: aws-samples/aws-amplify-auth-starters issue 15
			err = fail(enableSoftwareTokenMFA, "Code mismatch and fail enable Software Token MFA")
		}
		return nil, err
	}
	token.Verified, token.Name = true, in.FriendlyDeviceName
	if a != nil {
		// The token is the user's from here on, whether or not MFA_SETUP is answered with the new Session (API
		// reference, VerifySoftwareToken: it marks the user's software token as verified).
		u.TOTP, u.MFA["SOFTWARE_TOKEN_MFA"] = token, true
		return &verifySoftwareTokenOutput{"SUCCESS", c.renew(a, in.Session)}, nil
	}
	u.TOTP, u.TOTPSetup = token, nil
	return &verifySoftwareTokenOutput{Status: "SUCCESS"}, nil
}

type mfaPreference struct {
	Enabled      bool
	PreferredMfa bool
}

type mfaPreferences struct {
	SMSMfaSettings           *mfaPreference
	SoftwareTokenMfaSettings *mfaPreference
	EmailMfaSettings         *mfaPreference
	WebAuthnMfaSettings      *struct{ Enabled bool }
}

type setMFAPreferenceInput struct {
	mfaPreferences
	AccessToken string `aws:"TokenModelType,required"`
}

func setUserMFAPreference(c *call, in *setMFAPreferenceInput) (*empty, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	return nil, c.setPreferences(u, in.mfaPreferences)
}

// setPreferences turns methods on and off. A method that is not named keeps its state, and loses the preference only
// to another one.
func (c *call) setPreferences(u *user, in mfaPreferences) error {
	settings := map[string]*mfaPreference{
		"SMS_MFA": in.SMSMfaSettings, "SOFTWARE_TOKEN_MFA": in.SoftwareTokenMfaSettings, "EMAIL_OTP": in.EmailMfaSettings,
	}
	preferred := ""
	for _, method := range mfaMethods {
		s := settings[method]
		switch {
		case s == nil:
			continue
		case s.PreferredMfa && !s.Enabled:
			return fail(invalidParameter, "Invalid MFA setting: %s cannot be preferred while it is off.", method)
		case s.PreferredMfa && preferred != "":
			return fail(invalidParameter, "Only one MFA method can be preferred.")
		case s.Enabled && !u.pool.offersMFA(method):
			return fail(invalidParameter, "%s is not enabled for the user pool.", method)
		case s.Enabled && !u.canMFA(method): // as seen: aws/aws-sdk-js-v3 issue 4645
			return fail(invalidParameter, "User does not have delivery config set to turn on %s", method)
		}
		if s.PreferredMfa {
			preferred = method
		}
	}
	if in.WebAuthnMfaSettings != nil && in.WebAuthnMfaSettings.Enabled {
		if err := u.checkPasskeyMFA(settings); err != nil {
			return err
		}
	}
	for method, s := range settings {
		if s == nil {
			continue
		}
		u.MFA[method] = s.Enabled
		if u.Preferred == method && !s.PreferredMfa {
			u.Preferred = ""
		}
	}
	if preferred != "" {
		u.Preferred = preferred
	}
	if in.WebAuthnMfaSettings != nil {
		u.WebAuthnMFA = in.WebAuthnMfaSettings.Enabled
	}
	u.Modified = c.now
	return nil
}

type setUserSettingsInput struct {
	AccessToken string      `aws:"TokenModelType,required"`
	MFAOptions  []mfaOption `aws:"MFAOptionListType,required"`
}

// setUserSettings is the legacy form: SMS MFA on (phone_number by SMS) or off (an empty list).
func setUserSettings(c *call, in *setUserSettingsInput) (*empty, error) {
	u, _, err := c.signedIn(in.AccessToken)
	if err != nil {
		return nil, err
	}
	return nil, c.setLegacyMFA(u, in.MFAOptions)
}

func (c *call) setLegacyMFA(u *user, options []mfaOption) error {
	on := false
	for _, o := range options {
		if o.DeliveryMedium != "SMS" || o.AttributeName != "phone_number" {
			return fail(invalidParameter, "SetUserSettings turns SMS MFA of phone_number on or off, nothing else.")
		}
		on = true
	}
	return c.setPreferences(u, mfaPreferences{SMSMfaSettings: &mfaPreference{Enabled: on}})
}
