package emulator

import (
	"slices"
)

// One-time codes (SMS_MFA, SMS_OTP, EMAIL_OTP), software tokens, the choice between them and their set-up in a sign-in.

// mfaMethods are all MFA methods, in the order that challenges list them.
var mfaMethods = []string{"SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"}

// offersMFA reports whether the pool has an MFA method turned on.
func (p *userPool) offersMFA(method string) bool {
	switch method {
	case "SMS_MFA":
		return p.MFA.SmsMfaConfiguration != nil
	case "SOFTWARE_TOKEN_MFA":
		return p.MFA.SoftwareTokenMfaConfiguration != nil && p.MFA.SoftwareTokenMfaConfiguration.Enabled
	}
	return p.MFA.EmailMfaConfiguration != nil
}

// canMFA reports whether a user has what an MFA method needs.
func (u *user) canMFA(method string) bool {
	switch method {
	case "SMS_MFA":
		return u.Attributes["phone_number"] != ""
	case "SOFTWARE_TOKEN_MFA":
		return u.TOTP != nil
	}
	return u.Attributes["email"] != ""
}

// mfaChoices are the methods that can be the second factor of a user: those turned on for them or, where the pool
// requires MFA and none is, those they could use.
func (u *user) mfaChoices() []string {
	var on, possible []string
	for _, method := range mfaMethods {
		if u.pool.offersMFA(method) && u.canMFA(method) {
			possible = append(possible, method)
			if u.MFA[method] {
				on = append(on, method)
			}
		}
	}
	switch {
	case u.pool.MfaConfiguration != "ON" && u.pool.MfaConfiguration != "OPTIONAL":
		return nil
	case len(on) > 0 || u.pool.MfaConfiguration == "OPTIONAL":
		return on
	}
	return possible
}

// needsMFA reports whether a second factor follows the password.
func (u *user) needsMFA() bool { return u.pool.MfaConfiguration == "ON" || len(u.mfaChoices()) > 0 }

// owedMFA is the challenge for the second factor, if one is due.
func (a *attempt) owedMFA() string {
	choices := a.stepUpMFA()
	if !a.short() {
		if a.DeviceOK || !a.user.needsMFA() || a.First == "SIGN_UP" {
			return ""
		}
		choices = a.user.mfaChoices()
	}
	switch {
	case len(choices) == 0:
		return "MFA_SETUP"
	case len(choices) == 1:
		return choices[0]
	case slices.Contains(choices, a.user.Preferred):
		return a.user.Preferred
	}
	a.Choices = choices
	return "SELECT_MFA_TYPE"
}

func issueSelectMFA(c *call, a *attempt, answer *authAnswer) error {
	answer.ChallengeParameters["MFAS_CAN_CHOOSE"] = jsonText(a.Choices)
	answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.ID
	return nil
}

func answerSelectMFA(c *call, a *attempt, responses map[string]string) error {
	if !slices.Contains(a.Choices, responses["ANSWER"]) {
		return fail(mfaMethodNotFound, "MFA method %s is not available to the user.", responses["ANSWER"])
	}
	a.Queued = responses["ANSWER"]
	return nil
}

// issueCode sends a code to an attribute of the user.
func issueCode(attr string) func(*call, *attempt, *authAnswer) error {
	return func(c *call, a *attempt, answer *authAnswer) error {
		if a.First == "" { // a code as the first factor, before anything was proved
			if err := a.usable(c.now); err != nil {
				return err
			}
		}
		a.Code = newCode()
		m := message{user: a.user, client: a.client, purpose: "Authentication", attr: attr, code: a.Code, metadata: a.Metadata}
		if attr == "email" {
			m.to = a.SetUpMail
		}
		delivery, err := c.send(m)
		if err != nil {
			return err
		}
		answer.ChallengeParameters["CODE_DELIVERY_DELIVERY_MEDIUM"] = delivery.DeliveryMedium
		answer.ChallengeParameters["CODE_DELIVERY_DESTINATION"] = delivery.Destination
		answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.ID
		answer.ChallengeParameters["USERNAME"] = a.ID
		return nil
	}
}

func answerCode(name string) func(*call, *attempt, map[string]string) error {
	return func(c *call, a *attempt, responses map[string]string) error {
		if !equal(a.Code, responses[name]) {
			return fail(codeMismatch, "Invalid code or auth state for the user.")
		}
		if a.First == "" && a.Flow == "USER_AUTH" {
			a.First = a.Challenge
			return nil
		}
		a.Second = a.Challenge
		if a.Flow == "CUSTOM_AUTH" {
			a.Custom.record(a.Challenge, true, "")
		}
		if a.SetUpMail != "" {
			a.user.set("email", a.SetUpMail, c)
			a.user.Attributes["email_verified"] = "true"
			a.user.MFA["EMAIL_OTP"] = true
		}
		return nil
	}
}

func issueSoftwareToken(c *call, a *attempt, answer *authAnswer) error {
	if a.user.TOTP == nil {
		return fail(softwareTokenMFANotFound, "Software Token MFA does not exist for the user.")
	}
	answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.ID
	if a.user.TOTP.Name != "" {
		answer.ChallengeParameters["FRIENDLY_DEVICE_NAME"] = a.user.TOTP.Name
	}
	return nil
}

func answerSoftwareToken(c *call, a *attempt, responses map[string]string) error {
	if a.user.TOTP == nil {
		return fail(softwareTokenMFANotFound, "Software Token MFA does not exist for the user.")
	}
	if err := a.user.TOTP.check(responses["SOFTWARE_TOKEN_MFA_CODE"], c.now); err != nil {
		return err
	}
	a.Second = "SOFTWARE_TOKEN_MFA"
	if a.Flow == "CUSTOM_AUTH" {
		a.Custom.record(a.Challenge, true, "")
	}
	return nil
}

func issueMFASetup(c *call, a *attempt, answer *authAnswer) error {
	can := []string{}
	for _, method := range mfaMethods {
		if a.user.pool.offersMFA(method) {
			can = append(can, method)
		}
	}
	answer.ChallengeParameters["MFAS_CAN_SETUP"] = jsonText(can)
	answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.ID
	return nil
}

// answerMFASetup ends the set-up of a software token that VerifySoftwareToken accepted in this Session, or begins that
// of an e-mail address.
func answerMFASetup(c *call, a *attempt, responses map[string]string) error {
	switch email := responses["EMAIL"]; {
	case a.Setup != nil && a.Setup.Verified:
		a.Setup = nil
		a.Second = "SOFTWARE_TOKEN_MFA"
		return nil
	case email != "" && a.user.pool.offersMFA("EMAIL_OTP"):
		if err := a.user.pool.checkAttributes(a.client, a.user, map[string]string{"email": email}); err != nil {
			return err
		}
		if a.user.pool.taken("email", email, a.user) {
			return fail(aliasExists, "An account with the email already exists.")
		}
		a.SetUpMail = email
		a.Queued = "EMAIL_OTP"
		return nil
	case email != "":
		return fail(invalidParameter, "Email MFA is not enabled for the user pool.")
	}
	return fail(softwareTokenMFANotFound, "Software token MFA has not been set up: AssociateSoftwareToken and VerifySoftwareToken come first.")
}
