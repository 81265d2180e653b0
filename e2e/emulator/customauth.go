package emulator

import "slices"

// CUSTOM_AUTH: three Lambda triggers decide what is asked, ask it and judge the answer.

// customState is the part of a sign-in that the triggers see.
type customState struct {
	History []challengeResult
	Private map[string]string // of the challenge that waits
	Meta    string
	Done    bool // DefineAuthChallenge said issueTokens
}

// challengeResult is one entry of the triggers' request.session.
type challengeResult struct {
	ChallengeName     string `json:"challengeName"`
	ChallengeResult   bool   `json:"challengeResult"`
	ChallengeMetadata string `json:"challengeMetadata,omitempty"`
}

func (s *customState) record(name string, result bool, meta string) {
	s.History = append(s.History, challengeResult{name, result, meta})
}

type defineRequest struct {
	UserAttributes map[string]string `json:"userAttributes"`
	Session        []challengeResult `json:"session"`
	ClientMetadata map[string]string `json:"clientMetadata,omitempty"`
	UserNotFound   bool              `json:"userNotFound"`
}

type defineResponse struct {
	ChallengeName      string `json:"challengeName"`
	IssueTokens        bool   `json:"issueTokens"`
	FailAuthentication bool   `json:"failAuthentication"`
}

type createRequest struct {
	UserAttributes map[string]string `json:"userAttributes"`
	ChallengeName  string            `json:"challengeName"`
	Session        []challengeResult `json:"session"`
	ClientMetadata map[string]string `json:"clientMetadata,omitempty"`
	UserNotFound   bool              `json:"userNotFound"`
}

type createResponse struct {
	PublicChallengeParameters  map[string]string `json:"publicChallengeParameters"`
	PrivateChallengeParameters map[string]string `json:"privateChallengeParameters"`
	ChallengeMetadata          string            `json:"challengeMetadata"`
}

type verifyRequest struct {
	UserAttributes             map[string]string `json:"userAttributes"`
	PrivateChallengeParameters map[string]string `json:"privateChallengeParameters"`
	ChallengeAnswer            string            `json:"challengeAnswer"`
	ClientMetadata             map[string]string `json:"clientMetadata,omitempty"`
	UserNotFound               bool              `json:"userNotFound"`
}

type verifyResponse struct {
	AnswerCorrect bool `json:"answerCorrect"`
}

func startCustom(c *call, a *attempt, parameters map[string]string) error {
	if a.trigger("DefineAuthChallenge") == "" {
		return fail(invalidParameter, "Custom auth lambda trigger is not configured for the user pool.")
	}
	if err := a.usable(c.now); err != nil {
		return err
	}
	a.Metadata = nil // InitiateAuth's ClientMetadata does not reach these triggers (API reference, InitiateAuth)
	if parameters["CHALLENGE_NAME"] == "SRP_A" {
		if parameters["SRP_A"] == "" {
			return fail(invalidParameter, "Missing required parameter SRP_A")
		}
		if err := answerPasswordSRP(c, a, parameters); err != nil {
			return err
		}
		a.Queued = "" // DefineAuthChallenge decides, seeing SRP_A as passed
		a.Custom.record("SRP_A", true, "")
	}
	return nil
}

func (a *attempt) trigger(name string) string {
	l := a.client.pool.LambdaConfig
	if l == nil {
		return ""
	}
	return map[string]string{
		"DefineAuthChallenge": l.DefineAuthChallenge, "CreateAuthChallenge": l.CreateAuthChallenge,
		"VerifyAuthChallengeResponse": l.VerifyAuthChallengeResponse, "PreAuthentication": l.PreAuthentication,
		"PostAuthentication": l.PostAuthentication,
	}[name]
}

// triggerAttributes are the user's, none for one who does not exist.
func (a *attempt) triggerAttributes() map[string]string {
	if a.user == nil {
		return map[string]string{}
	}
	return a.user.userAttributes()
}

// fire calls one of the pool's triggers for this sign-in.
func fire[Request, Response any](c *call, a *attempt, name string, request Request) (Response, error) {
	return invoke[Request, Response](c, a.trigger(name), name, name+"_Authentication", a.client.pool, a.client.ID, a.ID, request)
}

// define asks DefineAuthChallenge what comes next.
func (a *attempt) define(c *call) (*authAnswer, error) {
	history := slices.Clone(a.Custom.History)
	if history == nil {
		history = []challengeResult{}
	}
	next, err := fire[defineRequest, defineResponse](c, a, "DefineAuthChallenge",
		defineRequest{a.triggerAttributes(), history, a.Metadata, a.user == nil})
	switch {
	case err != nil:
		return nil, err
	case next.FailAuthentication, next.IssueTokens && a.user == nil:
		return nil, errWrongPassword()
	case next.IssueTokens:
		a.Custom.Done = true
		return a.advance(c)
	}
	switch next.ChallengeName {
	case "CUSTOM_CHALLENGE":
	case "PASSWORD_VERIFIER":
		if a.SRP == nil {
			return nil, fail(invalidParameter, "Missing required parameter SRP_A")
		}
	case "SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA":
		if a.user == nil || !a.user.canMFA(next.ChallengeName) {
			return nil, fail(invalidParameter, "%s is not available to the user.", next.ChallengeName)
		}
	default:
		return nil, fail(invalidLambdaResponse, "Unrecognizable lambda output: challengeName %q", next.ChallengeName)
	}
	return a.ask(c, next.ChallengeName)
}

func issueCustom(c *call, a *attempt, answer *authAnswer) error {
	if a.trigger("CreateAuthChallenge") == "" {
		return fail(invalidParameter, "Custom auth lambda trigger is not configured for the user pool.")
	}
	made, err := fire[createRequest, createResponse](c, a, "CreateAuthChallenge",
		createRequest{a.triggerAttributes(), "CUSTOM_CHALLENGE", append([]challengeResult{}, a.Custom.History...), a.Metadata, a.user == nil})
	if err != nil {
		return err
	}
	a.Custom.Private, a.Custom.Meta = made.PrivateChallengeParameters, made.ChallengeMetadata
	for name, value := range made.PublicChallengeParameters {
		answer.ChallengeParameters[name] = value
	}
	answer.ChallengeParameters["USERNAME"] = a.ID
	return nil
}

// answerCustom records the verdict; a wrong answer is no error, DefineAuthChallenge says what it means.
func answerCustom(c *call, a *attempt, responses map[string]string) error {
	if a.trigger("VerifyAuthChallengeResponse") == "" {
		return fail(invalidParameter, "Custom auth lambda trigger is not configured for the user pool.")
	}
	verdict, err := fire[verifyRequest, verifyResponse](c, a, "VerifyAuthChallengeResponse",
		verifyRequest{a.triggerAttributes(), a.Custom.Private, responses["ANSWER"], a.Metadata, a.user == nil})
	if err != nil {
		return err
	}
	a.Custom.record("CUSTOM_CHALLENGE", verdict.AnswerCorrect && a.user != nil, a.Custom.Meta)
	return nil
}

type preAuthenticationRequest struct {
	UserAttributes map[string]string `json:"userAttributes"`
	ValidationData map[string]string `json:"validationData,omitempty"`
	UserNotFound   bool              `json:"userNotFound"`
}

// preAuthentication lets the trigger refuse a sign-in. InitiateAuth's ClientMetadata is its validationData.
func (c *call) preAuthentication(a *attempt) error {
	if a.trigger("PreAuthentication") == "" {
		return nil
	}
	_, err := fire[preAuthenticationRequest, struct{}](c, a, "PreAuthentication",
		preAuthenticationRequest{a.triggerAttributes(), a.Metadata, a.user == nil})
	return err
}

type postAuthenticationRequest struct {
	UserAttributes map[string]string `json:"userAttributes"`
	NewDeviceUsed  bool              `json:"newDeviceUsed"`
	ClientMetadata map[string]string `json:"clientMetadata,omitempty"`
}

func (c *call) postAuthentication(a *attempt, newDevice bool) error {
	if a.trigger("PostAuthentication") == "" {
		return nil
	}
	_, err := fire[postAuthenticationRequest, struct{}](c, a, "PostAuthentication",
		postAuthenticationRequest{a.triggerAttributes(), newDevice, a.Metadata})
	return err
}
