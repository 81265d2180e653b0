package emulator

import (
	"slices"
	"time"
)

// The sign-in engine. An attempt is one sign-in under way; each step either asks for a challenge (challenges.go has
// the table) or, when nothing is owed any more, completes with tokens.

var signInOperations = service{
	"InitiateAuth":                op(initiateAuth),
	"RespondToAuthChallenge":      op(respondToAuthChallenge),
	"AdminInitiateAuth":           op(adminInitiateAuth),
	"AdminRespondToAuthChallenge": op(adminRespondToAuthChallenge),
}

type initiateAuthInput struct {
	AuthFlow        string            `aws:"AuthFlowType,required"`
	AuthParameters  map[string]string `aws:"AuthParametersType"`
	ClientMetadata  map[string]string `aws:"ClientMetadataType"`
	ClientId        string            `aws:"ClientIdType,required"`
	UserContextData *userContext
	Session         string `aws:"SessionType"`
}

type respondToAuthChallengeInput struct {
	ClientId           string            `aws:"ClientIdType,required"`
	ChallengeName      string            `aws:"ChallengeNameType,required"`
	Session            string            `aws:"SessionType"`
	ChallengeResponses map[string]string `aws:"ChallengeResponsesType"`
	UserContextData    *userContext
	ClientMetadata     map[string]string `aws:"ClientMetadataType"`
}

type adminInitiateAuthInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	initiateAuthInput
}

type adminRespondToAuthChallengeInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	respondToAuthChallengeInput
}

// authAnswer is the answer of both operations: tokens, or the next challenge.
type authAnswer struct {
	ChallengeName        string `json:",omitempty"`
	Session              string `json:",omitempty"`
	ChallengeParameters  map[string]string
	AvailableChallenges  []string              `json:",omitempty"`
	AuthenticationResult *authenticationResult `json:",omitempty"`
}

// attempt is a sign-in under way.
type attempt struct {
	client *poolClient
	Region string // that it began in
	Flow   string // AuthFlow
	Admin  bool   // by AdminInitiateAuth
	Name   string // the user name as it was typed
	user   *user  // nil: there is none, and the client hides that
	ID     string // USER_ID_FOR_SRP

	Challenge string    // that waits for an answer
	busy      bool      // an answer is being checked: triggers run with the state unlocked
	Queued    string    // to be asked next, ahead of what advance decides
	Expires   time.Time // of the Session
	Failures  int       // wrong answers to this challenge
	Metadata  map[string]string

	First  string // the first factor that was proved
	Second string // the MFA method, or DEVICE, that was proved
	Device string // DEVICE_KEY

	Target  int      // the level to step up to; 0: any
	Credit  []string // amr of the access token that counts
	Roaming bool     // the passkey that was used is of a security key

	SRP       *srpExchange
	Code      string   // of a one-time password on its way
	Choices   []string // of SELECT_CHALLENGE and SELECT_MFA_TYPE
	Setup     *totp    // TOTP under set-up
	SetUpMail string   // address of an e-mail MFA under set-up
	Custom    customState
	Passkey   *passkeyCeremony
	DeviceOK  bool

	Hosted bool // on the pages of managed login, which drive the same challenges and want the user instead of tokens
}

// maxFailures wrong answers end a Session.
const maxFailures = 5

// sessionLife is how long each challenge may take.
func (a *attempt) sessionLife() time.Duration {
	return time.Duration(max(a.client.AuthSessionValidity, 3)) * time.Minute
}

func initiateAuth(c *call, in *initiateAuthInput) (*authAnswer, error) {
	if in.AuthFlow == "ADMIN_USER_PASSWORD_AUTH" || in.AuthFlow == "ADMIN_NO_SRP_AUTH" {
		return nil, fail(invalidParameter, "Initiate Auth method not supported.")
	}
	return c.initiate(in, false)
}

func adminInitiateAuth(c *call, in *adminInitiateAuthInput) (*authAnswer, error) {
	if err := c.clientOf(in.ClientId, in.UserPoolId); err != nil {
		return nil, err
	}
	if in.AuthFlow == "USER_PASSWORD_AUTH" {
		return nil, fail(invalidParameter, "Initiate Auth method not supported.")
	}
	return c.initiate(&in.initiateAuthInput, true)
}

// clientOf refuses a client of another pool.
func (c *call) clientOf(clientID, poolID string) error {
	client, err := c.client(clientID)
	if err == nil && client.pool.ID != poolID {
		err = fail(resourceNotFound, "User pool client %s does not exist.", clientID)
	}
	return err
}

// flow is a way into a sign-in: the permission it asks of the client, and its first step.
type flow struct {
	allow string
	start func(c *call, a *attempt, parameters map[string]string) error
}

// flows by AuthFlow.
var flows = map[string]flow{
	"USER_SRP_AUTH":            {"ALLOW_USER_SRP_AUTH", startSRP},
	"USER_PASSWORD_AUTH":       {"ALLOW_USER_PASSWORD_AUTH", startPassword},
	"ADMIN_USER_PASSWORD_AUTH": {"ALLOW_ADMIN_USER_PASSWORD_AUTH", startPassword},
	"ADMIN_NO_SRP_AUTH":        {"ALLOW_ADMIN_USER_PASSWORD_AUTH", startPassword},
	"CUSTOM_AUTH":              {"ALLOW_CUSTOM_AUTH", startCustom},
	"USER_AUTH":                {"ALLOW_USER_AUTH", startChoice},
}

func (c *call) initiate(in *initiateAuthInput, admin bool) (*authAnswer, error) {
	client, err := c.client(in.ClientId)
	if err != nil {
		return nil, err
	}
	if in.AuthFlow == "REFRESH_TOKEN_AUTH" || in.AuthFlow == "REFRESH_TOKEN" {
		return refreshTokenAuth(c, client, in.AuthParameters, in.ClientMetadata)
	}
	flow := flows[in.AuthFlow]
	if !client.allows(flow.allow) {
		return nil, fail(invalidParameter, "%s flow not enabled for this client", in.AuthFlow)
	}
	name := in.AuthParameters["USERNAME"]
	if name == "" {
		return nil, fail(invalidParameter, "Missing required parameter USERNAME")
	}
	if err := client.checkSecretHash(in.AuthParameters["SECRET_HASH"], name); err != nil {
		return nil, err
	}
	a, err := c.newAttempt(client, in.AuthFlow, name, in.AuthParameters["PASSWORD"], in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	a.Admin = admin
	a.Device = in.AuthParameters["DEVICE_KEY"]
	if in.Session != "" {
		if err := c.resumeSignUp(a, in.Session); err != nil {
			return nil, err
		}
		return a.advance(c)
	}
	if err := flow.start(c, a, in.AuthParameters); err != nil {
		return nil, err
	}
	return a.advance(c)
}

// newAttempt looks the user up, which may migrate or, if the client hides users, simulate one. password is what a
// UserMigration trigger gets to see; without one there is no migration.
func (c *call) newAttempt(client *poolClient, flow, name, password string, metadata map[string]string) (*attempt, error) {
	p := client.pool
	a := &attempt{client: client, Region: c.region, Flow: flow, Name: name, Metadata: metadata, user: p.find(name)}
	if a.user == nil && password != "" && !c.secondary() { // which makes no users
		if err := c.locked(p, name); err != nil {
			return nil, err
		}
		u, err := c.migrate(client, "UserMigration_Authentication", name, password, metadata)
		if err != nil {
			return nil, err
		}
		a.user = u
	}
	if a.user == nil && !client.masked() {
		return nil, fail(userNotFound, "User does not exist.")
	}
	if a.user == nil {
		a.ID = p.simulatedID(name)
	} else {
		a.ID = a.user.Username
	}
	if err := c.preAuthentication(a); err != nil {
		return nil, err
	}
	return a, nil
}

// simulatedID is the stable UUID of a user who does not exist.
func (p *userPool) simulatedID(name string) string {
	return formatUUID([16]byte(mac(p.Secret[:], []byte("user"), []byte(p.canonical(name)))))
}

// usable refuses users who cannot sign in whatever they prove.
func (a *attempt) usable(now time.Time) error {
	u := a.user
	switch {
	case u == nil:
		return nil
	case !u.Enabled:
		return fail(notAuthorized, "User is disabled.")
	case u.Status == "UNCONFIRMED":
		return fail(userNotConfirmed, "User is not confirmed.")
	case u.Status == "RESET_REQUIRED":
		return fail(passwordResetRequired, "Password reset required for the user")
	case u.Status == "FORCE_CHANGE_PASSWORD" && !u.PasswordExpires.IsZero() && u.PasswordExpires.Before(now):
		return fail(notAuthorized, "Temporary password has expired and must be reset by an administrator.")
	}
	return nil
}

// advance asks for what the sign-in still owes, or completes it.
func (a *attempt) advance(c *call) (*authAnswer, error) {
	if next := a.Queued; next != "" {
		a.Queued = ""
		return a.ask(c, next)
	}
	if a.user == nil && a.Flow != "CUSTOM_AUTH" { // every way to prove a simulated user has failed before
		return nil, errWrongPassword()
	}
	if a.Flow == "CUSTOM_AUTH" && !a.Custom.Done {
		return a.define(c)
	}
	if err := a.usable(c.now); err != nil {
		return nil, err
	}
	if a.user.Status == "FORCE_CHANGE_PASSWORD" && a.Flow != "CUSTOM_AUTH" {
		return a.ask(c, "NEW_PASSWORD_REQUIRED")
	}
	device, err := a.rememberedDevice()
	if err != nil {
		return nil, err
	}
	if device != nil && !a.DeviceOK && a.user.pool.DeviceConfiguration.ChallengeRequiredOnNewDevice {
		return a.ask(c, "DEVICE_SRP_AUTH") // instead of MFA
	}
	if a.Second == "" && a.Flow != "CUSTOM_AUTH" {
		if next := a.owedMFA(); next != "" {
			return a.ask(c, next)
		}
	}
	if device != nil && !a.DeviceOK {
		return a.ask(c, "DEVICE_SRP_AUTH") // after MFA
	}
	if a.short() {
		return nil, fail(notAuthorized, "The sign-in does not meet TARGET_ACR_VALUES.")
	}
	if a.Hosted {
		return signedInHere(c, a)
	}
	return issueTokens(c, a)
}

// ask issues a challenge under a new Session.
func (a *attempt) ask(c *call, name string) (*authAnswer, error) {
	a.Challenge, a.Failures = name, 0
	a.Expires = c.now.Add(a.sessionLife())
	answer := &authAnswer{ChallengeName: name, ChallengeParameters: map[string]string{}}
	if err := c.asksInRegion(name); err != nil {
		return nil, err
	}
	if err := challenges[name].issue(c, a, answer); err != nil {
		return nil, err
	}
	if name != "PASSWORD_VERIFIER" { // whose SECRET_BLOCK carries the Session
		answer.Session = c.keep(a)
	}
	return answer, nil
}

func respondToAuthChallenge(c *call, in *respondToAuthChallengeInput) (*authAnswer, error) {
	return c.respond(in, false)
}

func adminRespondToAuthChallenge(c *call, in *adminRespondToAuthChallengeInput) (*authAnswer, error) {
	if err := c.clientOf(in.ClientId, in.UserPoolId); err != nil {
		return nil, err
	}
	return c.respond(&in.respondToAuthChallengeInput, true)
}

func (c *call) respond(in *respondToAuthChallengeInput, admin bool) (*authAnswer, error) {
	client, err := c.client(in.ClientId)
	if err != nil {
		return nil, err
	}
	challenge, ok := challenges[in.ChallengeName]
	if !ok {
		return nil, fail(invalidParameter, "Challenge %s is not one to respond to.", in.ChallengeName)
	}
	responses := in.ChallengeResponses
	if responses["USERNAME"] == "" {
		return nil, fail(invalidParameter, "Missing required parameter USERNAME")
	}
	for _, name := range challenge.needs {
		if responses[name] == "" {
			return nil, fail(invalidParameter, "Missing required parameter %s", name)
		}
	}
	a, session, err := c.attemptOf(in, client)
	if err != nil {
		return nil, err
	}
	// Whether a Session may move to the other Region is not documented: not here.
	if a.Challenge != in.ChallengeName || a.Admin != admin || a.busy || a.Region != c.region {
		return nil, fail(notAuthorized, "Invalid session for the user.")
	}
	if given := responses["USERNAME"]; !a.answersTo(given) {
		return nil, fail(notAuthorized, "Invalid session for the user.")
	}
	if err := client.checkSecretHash(responses["SECRET_HASH"], responses["USERNAME"], a.ID, a.Name); err != nil {
		return nil, err
	}
	if a.user != nil && a.user.pool.users.get(a.user.pool.canonical(a.user.Username)) != a.user {
		return nil, fail(userNotFound, "User does not exist.") // deleted since
	}
	if key := responses["DEVICE_KEY"]; key != "" {
		a.Device = key
	}
	a.Metadata = in.ClientMetadata
	a.busy = true
	defer func() { a.busy = false }()
	if err := challenge.answer(c, a, responses); err != nil {
		// A wrong answer may be tried again in the same Session, a few times.
		if a.Failures++; a.Failures >= maxFailures || !retriable(err) {
			c.spend(session)
		}
		return nil, err
	}
	answer, err := a.advance(c)
	if !isLambda(err) { // a trigger that failed may succeed next time
		c.spend(session)
	}
	return answer, err
}

// attemptOf finds the attempt that a response belongs to: by SECRET_BLOCK where that carries it, else by Session.
func (c *call) attemptOf(in *respondToAuthChallengeInput, client *poolClient) (*attempt, string, error) {
	if in.ChallengeName == "PASSWORD_VERIFIER" {
		return c.openSecretBlock(in.ChallengeResponses["PASSWORD_CLAIM_SECRET_BLOCK"], client)
	}
	a, err := c.session(in.Session, client)
	return a, in.Session, err
}

// answersTo reports whether a response's USERNAME means the user of the attempt.
func (a *attempt) answersTo(name string) bool {
	p := a.client.pool
	return p.canonical(name) == p.canonical(a.ID) || p.canonical(name) == p.canonical(a.Name) ||
		a.user != nil && p.find(name) == a.user
}

// retriable reports whether another answer may be tried after err.
func retriable(err error) bool {
	return slices.ContainsFunc([]kind{codeMismatch, expiredCode, invalidParameter, invalidPassword, passwordHistory,
		notAuthorized, enableSoftwareTokenMFA, aliasExists}, func(k kind) bool { return isKind(err, k) }) || isLambda(err)
}

func isLambda(err error) bool {
	return isKind(err, userLambdaValidation) || isKind(err, unexpectedLambda) || isKind(err, invalidLambdaResponse)
}
