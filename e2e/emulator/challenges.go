package emulator

// challenge is how one ChallengeName is asked and answered.
type challenge struct {
	needs  []string // ChallengeResponses that must be there, besides USERNAME
	issue  func(c *call, a *attempt, answer *authAnswer) error
	answer func(c *call, a *attempt, responses map[string]string) error
}

// challenges is the table of all challenges (API reference, RespondToAuthChallenge, ChallengeResponses). It is filled in init because steps ask for challenges.
var challenges map[string]challenge

func init() {
	proof := []string{"PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK", "TIMESTAMP"}
	challenges = map[string]challenge{
		"PASSWORD_VERIFIER":        {proof, issuePasswordVerifier, answerPasswordVerifier},
		"PASSWORD":                 {[]string{"PASSWORD"}, issueNothing, answerPassword},
		"PASSWORD_SRP":             {[]string{"SRP_A"}, issueNothing, answerPasswordSRP},
		"SELECT_CHALLENGE":         {[]string{"ANSWER"}, issueSelectChallenge, answerSelectChallenge},
		"NEW_PASSWORD_REQUIRED":    {[]string{"NEW_PASSWORD"}, issueNewPassword, answerNewPassword},
		"SMS_MFA":                  {[]string{"SMS_MFA_CODE"}, issueCode("phone_number"), answerCode("SMS_MFA_CODE")},
		"SMS_OTP":                  {[]string{"SMS_OTP_CODE"}, issueCode("phone_number"), answerCode("SMS_OTP_CODE")},
		"EMAIL_OTP":                {[]string{"EMAIL_OTP_CODE"}, issueCode("email"), answerCode("EMAIL_OTP_CODE")},
		"SOFTWARE_TOKEN_MFA":       {[]string{"SOFTWARE_TOKEN_MFA_CODE"}, issueSoftwareToken, answerSoftwareToken},
		"SELECT_MFA_TYPE":          {[]string{"ANSWER"}, issueSelectMFA, answerSelectMFA},
		"MFA_SETUP":                {nil, issueMFASetup, answerMFASetup},
		"CUSTOM_CHALLENGE":         {[]string{"ANSWER"}, issueCustom, answerCustom},
		"WEB_AUTHN":                {[]string{"CREDENTIAL"}, issueWebAuthn, answerWebAuthn},
		"DEVICE_SRP_AUTH":          {[]string{"DEVICE_KEY", "SRP_A"}, issueNothing, answerDeviceSRP},
		"DEVICE_PASSWORD_VERIFIER": {append(proof, "DEVICE_KEY"), issueDeviceVerifier, answerDeviceVerifier},
	}
}

// issueNothing asks for something that needs no preparation.
func issueNothing(c *call, a *attempt, answer *authAnswer) error {
	answer.ChallengeParameters["USERNAME"] = a.ID
	return nil
}
