package emulator

import "slices"

// USER_AUTH: the user chooses the first factor.

// firstFactors are the challenges that a user may begin with. A user who does not exist seems to have a password.
func (a *attempt) firstFactors() []string {
	p := a.client.pool
	allowed := []string{"PASSWORD"}
	if p.Policies != nil && p.Policies.SignInPolicy != nil {
		allowed = p.Policies.SignInPolicy.AllowedFirstAuthFactors
	}
	var factors []string
	u := a.user
	for _, factor := range allowed {
		switch {
		case factor == "PASSWORD" && (u == nil || u.Password != nil):
			factors = append(factors, "PASSWORD_SRP", "PASSWORD")
		case u == nil:
		case factor == "WEB_AUTHN" && len(u.Passkeys) > 0 && u.passkeySuffices():
			factors = append(factors, factor)
		// Users who need MFA sign in by password: a one-time password is no first of two factors.
		case factor == "EMAIL_OTP" && u.Attributes["email_verified"] == "true" && !u.needsMFA(),
			factor == "SMS_OTP" && u.Attributes["phone_number_verified"] == "true" && !u.needsMFA():
			factors = append(factors, factor)
		}
	}
	return factors
}

func startChoice(c *call, a *attempt, parameters map[string]string) error {
	if err := c.stepUp(a, parameters); err != nil {
		return err
	}
	a.Choices = a.firstFactors()
	if a.Target > 0 && a.user != nil {
		if slices.Contains(a.Credit, "pwd") && len(a.stepUpMFA()) > 0 {
			a.First = "PASSWORD" // by the token: the second factor is next
			return a.usable(c.now)
		}
		a.Choices = slices.DeleteFunc(a.Choices, func(f string) bool { return a.reach(f) < a.Target })
	}
	if len(a.Choices) == 0 {
		if err := a.usable(c.now); err != nil {
			return err
		}
		return fail(invalidParameter, "No first authentication factor is available to the user.")
	}
	preferred := parameters["PREFERRED_CHALLENGE"]
	known := []string{"", "PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"}
	if !slices.Contains(known, preferred) {
		return fail(invalidParameter, "PREFERRED_CHALLENGE %s is not supported.", preferred)
	}
	if err := a.passwordFirst(preferred); err != nil {
		return err
	}
	if !slices.Contains(a.Choices, preferred) {
		a.Queued = "SELECT_CHALLENGE"
		return nil
	}
	return a.choose(c, preferred, parameters)
}

// passwordFirst refuses a first factor that a user with MFA asks for and that is no way around the password, in the
// words and by the exceptions that public projects report of AWS, one for passkeys and one for codes; neither is
// documented. A user for whom a factor could not be offered anyway is given the choice of the others.
func (a *attempt) passwordFirst(preferred string) error {
	if a.user == nil || !a.user.needsMFA() {
		return nil
	}
	const required = "Password Challenge is Required to SignIn"
	switch u := a.user; {
	case preferred == "WEB_AUTHN" && len(u.Passkeys) > 0 && !u.passkeySuffices():
		return fail(notAuthorized, required)
	case preferred == "EMAIL_OTP" && u.Attributes["email_verified"] == "true",
		preferred == "SMS_OTP" && u.Attributes["phone_number_verified"] == "true":
		return fail(invalidParameter, required)
	}
	return nil
}

// choose goes on with a first factor, answering it at once if the parameters carry what it asks for.
func (a *attempt) choose(c *call, factor string, parameters map[string]string) error {
	switch {
	case factor == "PASSWORD" && parameters["PASSWORD"] != "":
		return answerPassword(c, a, parameters)
	case factor == "PASSWORD_SRP" && parameters["SRP_A"] != "":
		return answerPasswordSRP(c, a, parameters)
	case factor == "WEB_AUTHN" && parameters["CREDENTIAL"] != "" && a.Passkey != nil:
		return answerWebAuthn(c, a, parameters)
	}
	a.Queued = factor
	return nil
}

func issueSelectChallenge(c *call, a *attempt, answer *authAnswer) error {
	answer.AvailableChallenges = a.Choices
	answer.ChallengeParameters["USERNAME"] = a.ID
	if slices.Contains(a.Choices, "WEB_AUTHN") { // so that the answer may carry the CREDENTIAL
		return issueWebAuthn(c, a, answer)
	}
	return nil
}

func answerSelectChallenge(c *call, a *attempt, responses map[string]string) error {
	if !slices.Contains(a.Choices, responses["ANSWER"]) {
		return fail(invalidParameter, "Challenge %s is not available to the user.", responses["ANSWER"])
	}
	return a.choose(c, responses["ANSWER"], responses)
}
