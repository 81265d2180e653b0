package core

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"amplify-auth/core/srp"
)

// A challengeRule says how one challenge of Cognito is met: by the library alone,
// or by asking the user. Both maps of answers are ChallengeResponses without
// USERNAME, SECRET_HASH and DEVICE_KEY.
type challengeRule struct {
	// run answers without the user; it returns nil when the user must be asked.
	run func(context.Context, *Auth, *attempt) (map[string]string, error)
	// ask describes the step to the user.
	ask func(*Auth, *attempt) *SignInResult
	// answer turns the user's answer into responses; nil goes on to another stage
	// of the same challenge.
	answer func(context.Context, *Auth, *attempt, ConfirmSignInInput) (map[string]string, error)
	// retries: NotAuthorizedException means a wrong answer, and the challenge
	// stays open. A wrong code is CodeMismatchException and always leaves it open.
	retries bool
}

// challenges is the challenge table. See the documentation of
// RespondToAuthChallenge for the parameters and responses of each.
var challenges map[string]challengeRule

func init() {
	challenges = map[string]challengeRule{
		"SMS_MFA":            codeRule("smsMFA", "SMS_MFA_CODE"),
		"SMS_OTP":            codeRule("smsOTP", "SMS_OTP_CODE"),
		"SOFTWARE_TOKEN_MFA": codeRule("totpMFA", "SOFTWARE_TOKEN_MFA_CODE"),
		"EMAIL_OTP":          emailRule(),
		"SELECT_MFA_TYPE":    {ask: askMFAType, answer: answerMFAType},
		"MFA_SETUP":          {run: prepareMFASetup, ask: askMFASetup, answer: answerMFASetup},

		"PASSWORD_VERIFIER":        {run: provePassword},
		"DEVICE_SRP_AUTH":          {run: startDeviceProof},
		"DEVICE_PASSWORD_VERIFIER": {run: proveDevice},
		"WEB_AUTHN":                {run: provePasskey},

		"NEW_PASSWORD_REQUIRED": {ask: askNewPassword, answer: answerNewPassword},
		"CUSTOM_CHALLENGE":      {ask: askCustom, answer: answerCustom},
		"PASSWORD":              {run: sendPassword, ask: askPassword, answer: answerPassword, retries: true},
		"PASSWORD_SRP":          {run: sendSRP, ask: askPassword, answer: answerPasswordSRP, retries: true},
		"SELECT_CHALLENGE":      {ask: askFactor, answer: answerFactor, retries: true},
		localPassword:           {ask: askPassword, answer: answerPassword},
	}
}

// --- codes ---

// codeRule is a challenge that a code answers.
func codeRule(state SignInState, response string) challengeRule {
	return challengeRule{
		ask: func(_ *Auth, at *attempt) *SignInResult {
			r := &SignInResult{SignInState: state}
			p := at.Challenge.Params
			if medium := p["CODE_DELIVERY_DELIVERY_MEDIUM"]; medium != "" {
				r.CodeDetails = &CodeDelivery{DeliveryMedium: strings.ToLower(medium), Destination: p["CODE_DELIVERY_DESTINATION"]}
			}
			return r
		},
		answer: func(_ context.Context, _ *Auth, _ *attempt, in ConfirmSignInInput) (map[string]string, error) {
			code := typedCode(in.ChallengeResponse)
			if code == "" {
				return nil, invalid("confirmSignIn: the code is empty.")
			}
			return map[string]string{response: code}, nil
		},
	}
}

// emailRule is codeRule for EMAIL_OTP, which is a first factor in one flow and a
// second factor in the others.
func emailRule() challengeRule {
	first, second := codeRule("emailOTP", "EMAIL_OTP_CODE"), codeRule("emailMFA", "EMAIL_OTP_CODE")
	second.ask = func(a *Auth, at *attempt) *SignInResult {
		r := first.ask(a, at)
		if at.Flow != "USER_AUTH" || at.FactorDone {
			r.SignInState = "emailMFA"
		}
		return r
	}
	return second
}

// --- choosing and setting up a second factor ---

// list decodes a parameter that is a JSON array in a string.
func (ch *challenge) list(param string) []string {
	var out []string
	_ = json.Unmarshal([]byte(ch.Params[param]), &out) // an odd list is no list
	return out
}

func askMFAType(_ *Auth, at *attempt) *SignInResult {
	return &SignInResult{SignInState: "selectMFA", AllowedFactors: at.Challenge.list("MFAS_CAN_CHOOSE")}
}

func answerMFAType(_ context.Context, _ *Auth, at *attempt, in ConfirmSignInInput) (map[string]string, error) {
	return choose(in, at.Challenge.list("MFAS_CAN_CHOOSE"))
}

func choose(in ConfirmSignInInput, allowed []string) (map[string]string, error) {
	if !slices.Contains(allowed, in.ChallengeResponse) {
		return nil, invalid("confirmSignIn: challengeResponse must be one of " + strings.Join(allowed, ", ") + ".")
	}
	return map[string]string{"ANSWER": in.ChallengeResponse}, nil
}

// totpVerified is the stage of MFA_SETUP at which the service has accepted a code
// of the new authenticator app.
const totpVerified = "SOFTWARE_TOKEN_MFA verified"

// setUpFactors are the factors that can be set up within a sign-in.
func (ch *challenge) setUpFactors() []string {
	return slices.DeleteFunc(ch.list("MFAS_CAN_SETUP"), func(f string) bool { return f != "SOFTWARE_TOKEN_MFA" && f != "EMAIL_OTP" })
}

// prepareMFASetup gets the secret when the factor is known to be TOTP.
func prepareMFASetup(ctx context.Context, a *Auth, at *attempt) (map[string]string, error) {
	factors := at.Challenge.setUpFactors()
	if len(factors) == 0 {
		return nil, newError("invalidUserPoolConfiguration", "The user pool requires a second factor that can only be set up by an administrator.")
	}
	if at.Stage == "" && len(factors) == 1 {
		at.Stage = factors[0]
	}
	if at.Stage == "SOFTWARE_TOKEN_MFA" && at.TOTPSecret == "" {
		secret, session, err := a.UserPool.AssociateSoftwareToken(ctx, "", at.Challenge.Session)
		if err != nil {
			return nil, err
		}
		at.TOTPSecret, at.Challenge.Session = secret, session
	}
	return nil, nil
}

func askMFASetup(a *Auth, at *attempt) *SignInResult {
	switch at.Stage {
	case "SOFTWARE_TOKEN_MFA", totpVerified:
		return &SignInResult{SignInState: "setUpTOTP", TOTPSetup: a.totpSetup(at.TOTPSecret, TOTPNames{}, at.LoginID)}
	case "EMAIL_OTP":
		return &SignInResult{SignInState: "setUpEmail"}
	}
	return &SignInResult{SignInState: "setUpMFA", AllowedFactors: at.Challenge.setUpFactors()}
}

func answerMFASetup(ctx context.Context, a *Auth, at *attempt, in ConfirmSignInInput) (map[string]string, error) {
	switch at.Stage {
	case "SOFTWARE_TOKEN_MFA":
		code, err := totpCode("confirmSignIn", in.ChallengeResponse)
		if err != nil {
			return nil, err
		}
		session, err := a.UserPool.VerifySoftwareToken(ctx, SoftwareToken{Session: at.Challenge.Session, Code: code, DeviceName: in.FriendlyDeviceName})
		if err != nil {
			return nil, err
		}
		at.Challenge.Session, at.Stage = session, totpVerified
		return map[string]string{}, a.savePending(ctx, at)
	case totpVerified: // MFA_SETUP got no answer then
		return map[string]string{}, nil
	case "EMAIL_OTP":
		email := emailAddress(in.ChallengeResponse)
		if !isEmailAddress(email) {
			return nil, invalid("confirmSignIn: challengeResponse must be an e-mail address.")
		}
		return map[string]string{"EMAIL": email}, nil
	}
	if _, err := choose(in, at.Challenge.setUpFactors()); err != nil {
		return nil, err
	}
	at.Stage = in.ChallengeResponse
	return nil, nil
}

// --- SRP ---

func claimResponses(c srp.Claim) map[string]string {
	return map[string]string{
		"PASSWORD_CLAIM_SIGNATURE":    c.Signature,
		"PASSWORD_CLAIM_SECRET_BLOCK": c.SecretBlock,
		"TIMESTAMP":                   c.Timestamp,
	}
}

// prove answers a verifier challenge for an identity.
func (a *Auth) prove(at *attempt, id srp.Identity) (map[string]string, error) {
	if at.srp == nil {
		return nil, newError("signInExpired", "The sign-in cannot go on after a reload of the page. Start again with signIn.")
	}
	p := at.Challenge.Params
	claim, err := at.srp.Claim(id, srp.Challenge{Salt: p["SALT"], B: p["SRP_B"], SecretBlock: p["SECRET_BLOCK"]}, a.clock.server())
	if err != nil {
		return nil, newError("securityFailed", "The service's SRP values are not valid; the password was not proved.").Because(err)
	}
	at.srp = nil // a key pair is for one proof
	return claimResponses(claim), nil
}

func provePassword(ctx context.Context, a *Auth, at *attempt) (map[string]string, error) {
	out, err := a.prove(at, srp.Identity{Pool: a.cfg.UserPool.Name(), User: at.Username, Password: at.password})
	at.FactorDone = err == nil
	return out, err
}

func startDeviceProof(ctx context.Context, a *Auth, at *attempt) (map[string]string, error) {
	out := map[string]string{}
	return out, a.addSRP(at, out)
}

func proveDevice(ctx context.Context, a *Auth, at *attempt) (map[string]string, error) {
	return a.prove(at, srp.Identity{Pool: at.device.GroupKey, User: at.device.Key, Password: at.device.Password})
}

// --- passkeys ---

func provePasskey(ctx context.Context, a *Auth, at *attempt) (map[string]string, error) {
	if a.Passkeys == nil {
		return nil, errPasskeys
	}
	credential, err := a.Passkeys.Get(ctx, json.RawMessage(at.Challenge.Params["CREDENTIAL_REQUEST_OPTIONS"]), at.mediation)
	if err != nil {
		return nil, err
	}
	at.FactorDone = true
	return map[string]string{"CREDENTIAL": string(credential)}, nil
}

// --- new password, custom challenge ---

const attributePrefix = "userAttributes."

func (ch *challenge) requiredAttributes() []string {
	names := ch.list("requiredAttributes")
	for i := range names {
		names[i] = strings.TrimPrefix(names[i], attributePrefix)
	}
	return names
}

func askNewPassword(_ *Auth, at *attempt) *SignInResult {
	return &SignInResult{SignInState: "newPasswordRequired", RequiredAttributes: at.Challenge.requiredAttributes()}
}

func answerNewPassword(_ context.Context, a *Auth, at *attempt, in ConfirmSignInInput) (map[string]string, error) {
	if err := a.checkPassword("confirmSignIn", in.ChallengeResponse); err != nil {
		return nil, err
	}
	for _, name := range at.Challenge.requiredAttributes() {
		if in.UserAttributes[name] == "" {
			return nil, invalid("confirmSignIn: the user pool requires the attribute " + name + " in userAttributes.")
		}
	}
	out := map[string]string{"NEW_PASSWORD": in.ChallengeResponse}
	for k, v := range in.UserAttributes {
		out[attributePrefix+k] = v
	}
	return out, nil
}

func askCustom(_ *Auth, at *attempt) *SignInResult {
	r := &SignInResult{SignInState: "customChallenge", Parameters: map[string]string{}}
	for k, v := range at.Challenge.Params {
		if k != "USERNAME" && k != "USER_ID_FOR_SRP" {
			r.Parameters[k] = v
		}
	}
	return r
}

func answerCustom(_ context.Context, _ *Auth, _ *attempt, in ConfirmSignInInput) (map[string]string, error) {
	if in.ChallengeResponse == "" {
		return nil, invalid("confirmSignIn: challengeResponse is empty.")
	}
	return map[string]string{"ANSWER": in.ChallengeResponse}, nil
}

// --- choosing a first factor, password as a first factor ---

func askFactor(a *Auth, at *attempt) *SignInResult {
	if at.Stage != "" {
		return askPassword(a, at)
	}
	return &SignInResult{SignInState: "selectFactor", AllowedFactors: at.Challenge.Available}
}

// answerFactor takes a choice; choosing a password takes a second answer.
func answerFactor(ctx context.Context, a *Auth, at *attempt, in ConfirmSignInInput) (map[string]string, error) {
	choice := at.Stage
	if choice == "" {
		if _, err := choose(in, at.Challenge.Available); err != nil {
			return nil, err
		}
		choice = in.ChallengeResponse
		if strings.HasPrefix(choice, "PASSWORD") && at.password == "" {
			at.Stage = choice
			return nil, nil
		}
	} else if err := at.takePassword(in); err != nil {
		return nil, err
	}
	out := map[string]string{"ANSWER": choice}
	switch choice {
	case "PASSWORD":
		out["PASSWORD"] = at.password
		at.FactorDone = true
	case "PASSWORD_SRP":
		return out, a.addSRP(at, out)
	}
	return out, nil
}

func (at *attempt) takePassword(in ConfirmSignInInput) error {
	if in.ChallengeResponse == "" {
		return invalid("confirmSignIn: the password is empty.")
	}
	at.password = in.ChallengeResponse
	return nil
}

func askPassword(*Auth, *attempt) *SignInResult { return &SignInResult{SignInState: "password"} }

func sendPassword(ctx context.Context, a *Auth, at *attempt) (map[string]string, error) {
	if at.password == "" {
		return nil, nil
	}
	out := map[string]string{"PASSWORD": at.password}
	at.password, at.FactorDone = "", true // asked again, the user must type another
	return out, nil
}

func answerPassword(ctx context.Context, a *Auth, at *attempt, in ConfirmSignInInput) (map[string]string, error) {
	if err := at.takePassword(in); err != nil {
		return nil, err
	}
	return sendPassword(ctx, a, at)
}

func sendSRP(ctx context.Context, a *Auth, at *attempt) (map[string]string, error) {
	if at.password == "" {
		return nil, nil
	}
	out := map[string]string{}
	return out, a.addSRP(at, out)
}

func answerPasswordSRP(ctx context.Context, a *Auth, at *attempt, in ConfirmSignInInput) (map[string]string, error) {
	if err := at.takePassword(in); err != nil {
		return nil, err
	}
	return sendSRP(ctx, a, at)
}

// localPassword is no challenge of the service: autoSignIn asks for the password
// by it when the service gave nothing to sign in with.
const localPassword = "LOCAL_PASSWORD"
