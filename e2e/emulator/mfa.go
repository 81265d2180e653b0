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
		return u.attributes["phone_number"] != ""
	case "SOFTWARE_TOKEN_MFA":
		return u.totp != nil
	}
	return u.attributes["email"] != ""
}

// mfaChoices are the methods that can be the second factor of a user: those turned on for them or, where the pool
// requires MFA and none is, those they could use.
func (u *user) mfaChoices() []string {
	var on, possible []string
	for _, method := range mfaMethods {
		if u.pool.offersMFA(method) && u.canMFA(method) {
			possible = append(possible, method)
			if u.mfa[method] {
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
		if a.deviceOK || !a.user.needsMFA() || a.first == "SIGN_UP" {
			return ""
		}
		choices = a.user.mfaChoices()
	}
	switch {
	case len(choices) == 0:
		return "MFA_SETUP"
	case len(choices) == 1:
		return choices[0]
	case slices.Contains(choices, a.user.preferred):
		return a.user.preferred
	}
	a.choices = choices
	return "SELECT_MFA_TYPE"
}

func issueSelectMFA(c *call, a *attempt, answer *authAnswer) error {
	answer.ChallengeParameters["MFAS_CAN_CHOOSE"] = jsonText(a.choices)
	answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.id
	return nil
}

func answerSelectMFA(c *call, a *attempt, responses map[string]string) error {
	if !slices.Contains(a.choices, responses["ANSWER"]) {
		return fail(mfaMethodNotFound, "MFA method %s is not available to the user.", responses["ANSWER"])
	}
	a.queued = responses["ANSWER"]
	return nil
}

// issueCode sends a code to an attribute of the user.
func issueCode(attr string) func(*call, *attempt, *authAnswer) error {
	return func(c *call, a *attempt, answer *authAnswer) error {
		if a.first == "" { // a code as the first factor, before anything was proved
			if err := a.usable(c.now); err != nil {
				return err
			}
		}
		a.code = newCode()
		m := message{user: a.user, client: a.client, purpose: "Authentication", attr: attr, code: a.code, metadata: a.metadata}
		if attr == "email" {
			m.to = a.setUpMail
		}
		delivery, err := c.send(m)
		if err != nil {
			return err
		}
		answer.ChallengeParameters["CODE_DELIVERY_DELIVERY_MEDIUM"] = delivery.DeliveryMedium
		answer.ChallengeParameters["CODE_DELIVERY_DESTINATION"] = delivery.Destination
		answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.id
		answer.ChallengeParameters["USERNAME"] = a.id
		return nil
	}
}

func answerCode(name string) func(*call, *attempt, map[string]string) error {
	return func(c *call, a *attempt, responses map[string]string) error {
		if !equal(a.code, responses[name]) {
			return fail(codeMismatch, "Invalid code or auth state for the user.")
		}
		if a.first == "" && a.flow == "USER_AUTH" {
			a.first = a.challenge
			return nil
		}
		a.second = a.challenge
		if a.flow == "CUSTOM_AUTH" {
			a.custom.record(a.challenge, true, "")
		}
		if a.setUpMail != "" {
			a.user.set("email", a.setUpMail, c)
			a.user.attributes["email_verified"] = "true"
			a.user.mfa["EMAIL_OTP"] = true
		}
		return nil
	}
}

func issueSoftwareToken(c *call, a *attempt, answer *authAnswer) error {
	if a.user.totp == nil {
		return fail(softwareTokenMFANotFound, "Software Token MFA does not exist for the user.")
	}
	answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.id
	if a.user.totp.name != "" {
		answer.ChallengeParameters["FRIENDLY_DEVICE_NAME"] = a.user.totp.name
	}
	return nil
}

func answerSoftwareToken(c *call, a *attempt, responses map[string]string) error {
	if a.user.totp == nil {
		return fail(softwareTokenMFANotFound, "Software Token MFA does not exist for the user.")
	}
	if err := a.user.totp.check(responses["SOFTWARE_TOKEN_MFA_CODE"], c.now); err != nil {
		return err
	}
	a.second = "SOFTWARE_TOKEN_MFA"
	if a.flow == "CUSTOM_AUTH" {
		a.custom.record(a.challenge, true, "")
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
	answer.ChallengeParameters["USER_ID_FOR_SRP"] = a.id
	return nil
}

// answerMFASetup ends the set-up of a software token that VerifySoftwareToken accepted in this Session, or begins that
// of an e-mail address.
func answerMFASetup(c *call, a *attempt, responses map[string]string) error {
	switch email := responses["EMAIL"]; {
	case a.setup != nil && a.setup.verified:
		a.setup = nil
		a.second = "SOFTWARE_TOKEN_MFA"
		return nil
	case email != "" && a.user.pool.offersMFA("EMAIL_OTP"):
		if err := a.user.pool.checkAttributes(a.client, a.user, map[string]string{"email": email}); err != nil {
			return err
		}
		if a.user.pool.taken("email", email, a.user) {
			return fail(aliasExists, "An account with the email already exists.")
		}
		a.setUpMail = email
		a.queued = "EMAIL_OTP"
		return nil
	case email != "":
		return fail(invalidParameter, "Email MFA is not enabled for the user pool.")
	}
	return fail(softwareTokenMFANotFound, "Software token MFA has not been set up: AssociateSoftwareToken and VerifySoftwareToken come first.")
}
