package core

import (
	"context"
	"errors"
	"maps"
	"strings"
	"unicode/utf8"

	"amplify-auth/core/contract"
)

// signInService starts and continues sign-ins.
type signInService interface {
	InitiateAuth(ctx context.Context, in InitiateAuthRequest) (AuthResponse, error)
	RespondToAuthChallenge(ctx context.Context, in ChallengeResponse) (AuthResponse, error)
}

// An InitiateAuthRequest is InitiateAuth's input.
type InitiateAuthRequest struct {
	Flow       string
	Parameters map[string]string
	Metadata   map[string]string
	Session    string
}

// A ChallengeResponse is RespondToAuthChallenge's input.
type ChallengeResponse struct {
	Challenge string
	Responses map[string]string
	Metadata  map[string]string
	Session   string
}

// An AuthResponse is what both operations answer: tokens, or the next challenge.
type AuthResponse struct {
	Tokens *Tokens
	challenge
}

// A challenge is a question of the service, in its own words.
type challenge struct {
	Name      string            `json:"name"`
	Session   string            `json:"session,omitempty"`
	Params    map[string]string `json:"params,omitempty"`
	Available []string          `json:"available,omitempty"`
}

// NewChallenge is for implementations of UserPool.
func NewChallenge(name, session string, params map[string]string, available []string) AuthResponse {
	return AuthResponse{challenge: challenge{name, session, params, available}}
}

// SignInInput are the arguments of signIn.
type SignInInput struct {
	Username           string            `json:"username"`
	Password           string            `json:"password"`
	AuthFlow           string            `json:"authFlow"`
	PreferredChallenge string            `json:"preferredChallenge"`
	ValidationData     map[string]string `json:"validationData"`
	ClientMetadata     map[string]string `json:"clientMetadata"`
	// RememberDevice true marks a tracked browser as remembered, false keeps it
	// from being tracked at all; without it the pool's own setting decides.
	RememberDevice *bool `json:"rememberDevice"`
	// Mediation "conditional" offers the passkey in the autofill of a field marked
	// autocomplete="webauthn", without a dialog, and waits until the user takes it
	// (Web Authentication Level 3, section 5.1.4). It goes with the
	// PreferredChallenge WEB_AUTHN.
	Mediation string `json:"mediation"`
}

// ConfirmSignInInput are the arguments of confirmSignIn.
type ConfirmSignInInput struct {
	ChallengeResponse  string            `json:"challengeResponse"`
	UserAttributes     map[string]string `json:"userAttributes"`
	ClientMetadata     map[string]string `json:"clientMetadata"`
	FriendlyDeviceName string            `json:"friendlyDeviceName"`
}

// A SignInState is the step at which a sign-in stands.
type SignInState string

// SignInResult says what the user has to do next; nothing when SignInState is
// signedIn.
type SignInResult struct {
	SignInState        SignInState       `json:"signInState"`
	CodeDetails        *CodeDelivery     `json:"codeDetails,omitempty"`
	Parameters         map[string]string `json:"parameters,omitempty"`
	AllowedFactors     []string          `json:"allowedFactors,omitempty"`
	RequiredAttributes []string          `json:"requiredAttributes,omitempty"`
	TOTPSetup          *TOTPSetup        `json:"totpSetup,omitempty"`
	// StartedOver: the sign-in began again in the other Region. This is its step now;
	// codes that were sent before are void.
	StartedOver bool `json:"startedOver,omitempty"`
}

// CodeDelivery tells where a code went. Destination is masked by the service.
type CodeDelivery struct {
	DeliveryMedium string `json:"deliveryMedium"` // "sms" or "email"
	Destination    string `json:"destination,omitempty"`
	AttributeName  string `json:"attributeName,omitempty"`
}

// SignIn starts a sign-in. It ends the one that was going on, if any.
func (a *Auth) SignIn(ctx context.Context, in SignInInput) (*SignInResult, error) {
	if _, err := a.userPool(); err != nil {
		return nil, err
	}
	at, err := a.newAttempt("signIn", in)
	if err != nil {
		return nil, err
	}
	if err := a.nobodySignedIn(ctx); err != nil {
		return nil, err
	}
	at.news = a.news(ctx)
	a.signIns.begin(at)
	at.start = func(ctx context.Context) (AuthResponse, error) { return a.initiate(ctx, at, in) }
	return a.run(ctx, at, at.start)
}

// nobodySignedIn looks whether a sign-in may begin: what is stored decides, whoever
// wrote it.
func (a *Auth) nobodySignedIn(ctx context.Context) error {
	if err := a.StorageChanged(ctx); err != nil {
		return err
	}
	if a.state.get().UserState == SignedIn {
		return errAlreadySignedIn
	}
	return nil
}

func (a *Auth) newAttempt(call string, in SignInInput) (*attempt, error) {
	flow := in.AuthFlow
	if flow == "" {
		flow = a.cfg.AuthFlow
	}
	username := strings.TrimSpace(in.Username)
	if username == "" {
		return nil, invalid(call + ": username is empty.")
	}
	if utf8.RuneCountInString(username) > 128 {
		return nil, invalid(call + ": username is longer than 128 characters.")
	}
	switch flow {
	case "USER_SRP_AUTH", "USER_PASSWORD_AUTH":
		if in.Password == "" {
			return nil, invalid(call + ": password is empty.")
		}
	case "CUSTOM_AUTH", "USER_AUTH":
	default:
		return nil, invalid(call + ": authFlow must be USER_SRP_AUTH, USER_PASSWORD_AUTH, CUSTOM_AUTH or USER_AUTH.")
	}
	switch in.PreferredChallenge {
	case "", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN":
	case "PASSWORD", "PASSWORD_SRP":
		if in.Password == "" {
			return nil, invalid(call + ": preferredChallenge " + in.PreferredChallenge + " needs a password.")
		}
	default:
		return nil, invalid(call + ": preferredChallenge must be PASSWORD, PASSWORD_SRP, EMAIL_OTP, SMS_OTP or WEB_AUTHN.")
	}
	if in.PreferredChallenge != "" && flow != "USER_AUTH" {
		return nil, invalid(call + ": preferredChallenge goes with authFlow USER_AUTH.")
	}
	switch in.Mediation {
	case "":
	case "conditional":
		if in.PreferredChallenge != "WEB_AUTHN" {
			return nil, invalid(call + ": mediation goes with preferredChallenge WEB_AUTHN.")
		}
	default:
		return nil, invalid(call + ": mediation must be conditional, or left out.")
	}
	return &attempt{
		Username: username, LoginID: username, Flow: flow,
		Metadata: in.ClientMetadata, RememberDevice: in.RememberDevice,
		password: in.Password, mediation: in.Mediation,
	}, nil
}

// initiate sends InitiateAuth with what the flow needs.
func (a *Auth) initiate(ctx context.Context, at *attempt, in SignInInput) (AuthResponse, error) {
	var err error
	if at.device, err = a.loadDevice(ctx, at.Username); err != nil {
		return AuthResponse{}, err
	}
	p := map[string]string{"USERNAME": at.Username}
	add(p, "SECRET_HASH", a.secretHash(at.Username))
	add(p, "DEVICE_KEY", at.device.Key)
	useSRP := false
	switch at.Flow {
	case "USER_SRP_AUTH":
		useSRP = true
	case "USER_PASSWORD_AUTH":
		p["PASSWORD"] = at.password
		at.FactorDone = true
	case "CUSTOM_AUTH":
		if useSRP = at.password != ""; useSRP {
			p["CHALLENGE_NAME"] = "SRP_A"
		}
	case "USER_AUTH":
		preferred := in.PreferredChallenge
		if preferred == "" && at.password != "" {
			preferred = "PASSWORD_SRP"
		}
		add(p, "PREFERRED_CHALLENGE", preferred)
		switch preferred {
		case "PASSWORD":
			p["PASSWORD"] = at.password
		case "PASSWORD_SRP":
			useSRP = true
		}
	}
	if useSRP {
		if err := a.addSRP(at, p); err != nil {
			return AuthResponse{}, err
		}
	}
	maps.Copy(p, at.level)
	metadata := maps.Clone(in.ClientMetadata)
	if metadata == nil {
		metadata = map[string]string{}
	}
	maps.Copy(metadata, in.ValidationData)
	return a.UserPool.InitiateAuth(ctx, InitiateAuthRequest{Flow: at.Flow, Parameters: p, Metadata: metadata})
}

// addSRP puts the public value of a new key pair into p.
func (a *Auth) addSRP(at *attempt, p map[string]string) (err error) {
	if at.srp, err = a.ephemeral(); err == nil {
		p["SRP_A"] = at.srp.Public()
	}
	return err
}

func add(m map[string]string, key, value string) {
	if value != "" {
		m[key] = value
	}
}

// ConfirmSignIn answers the challenge at which the sign-in stands.
func (a *Auth) ConfirmSignIn(ctx context.Context, in ConfirmSignInInput) (*SignInResult, error) {
	if _, err := a.userPool(); err != nil {
		return nil, err
	}
	at, _, err := a.pendingAttempt(ctx)
	if err != nil {
		return nil, err
	}
	if at == nil {
		return nil, errNoSignIn
	}
	return a.run(ctx, at, func(ctx context.Context) (AuthResponse, error) {
		if in.ClientMetadata != nil {
			at.Metadata = in.ClientMetadata
		}
		if at.Challenge.Name == localPassword {
			if err := at.takePassword(in); err != nil {
				return AuthResponse{}, err
			}
			return a.initiate(ctx, at, SignInInput{ClientMetadata: at.Metadata})
		}
		answers, err := challenges[at.Challenge.Name].answer(ctx, a, at, in)
		if err != nil {
			return AuthResponse{}, err
		}
		if answers == nil { // the answer chose a stage of the same challenge
			return AuthResponse{challenge: at.Challenge}, nil
		}
		return a.respond(ctx, at, answers)
	})
}

// mostRounds bounds the challenges that are answered in one step without the user:
// password, device and its password, and factors that are chosen by themselves, take
// six at most.
const mostRounds = 12

// run does one step of an attempt, then goes through challenges until one needs
// the user or the tokens are there. It is the only challenge loop.
func (a *Auth) run(ctx context.Context, at *attempt, step func(context.Context) (AuthResponse, error)) (*SignInResult, error) {
	if !at.mu.TryLock() {
		return nil, errSignInBusy
	}
	defer at.mu.Unlock()
	ctx, cancel := at.bind(ctx)
	defer cancel()

	ctx = inSessionRegion(ctx, &at.Replica)

	healed, startedOver := false, false
	resp, err := step(ctx)
	for rounds := 0; ; rounds++ {
		if err != nil && !startedOver {
			resp, err, startedOver = a.startOver(ctx, at, err)
		}
		if err != nil && !healed && a.deviceFailed(ctx, at, err) {
			healed = true
			resp, err = at.start(ctx)
		}
		if err != nil || at.ctx.Err() != nil { // ended as the answer came
			break
		}
		if resp.Tokens != nil {
			return a.completeSignIn(ctx, at, *resp.Tokens)
		}
		rule, ok := challenges[resp.Name]
		if rounds == mostRounds {
			err = &Error{Name: "UnsupportedChallenge", Code: "unsupportedChallenge", Message: "The user pool asks one challenge after the other without an end, last " + resp.Name + ". Check its triggers for custom challenges."}
			break
		}
		if !ok {
			err = &Error{Name: "UnsupportedChallenge", Code: "unsupportedChallenge", Message: "The user pool asks for the challenge " + resp.Name + ", which this library does not know."}
			break
		}
		at.accept(resp.challenge)
		var answers map[string]string
		if rule.run != nil {
			if answers, err = rule.run(ctx, a, at); err != nil {
				break
			}
		}
		if answers == nil {
			if at.mediation != "" && !at.FactorDone {
				a.endAttempt(ctx, at)
				return nil, errNoPasskey
			}
			if err = a.savePending(ctx, at); err != nil {
				break
			}
			r := a.ask(at)
			r.StartedOver = startedOver
			return r, nil
		}
		resp, err = a.respond(ctx, at, answers)
	}
	if at.ctx.Err() != nil {
		return nil, context.Cause(at.ctx)
	}
	return a.failedStep(ctx, at, err)
}

// deviceFailed reports whether err means that the service does not accept the
// remembered device, and forgets it then: the sign-in starts over without it.
func (a *Auth) deviceFailed(ctx context.Context, at *attempt, err error) bool {
	if at.device.Key == "" || at.start == nil {
		return false
	}
	proof := strings.HasPrefix(at.Challenge.Name, "DEVICE_") && hasName(err, "NotAuthorizedException", "ResourceNotFoundException")
	unknown := hasName(err, "ResourceNotFoundException") && strings.HasPrefix(AsError(err).Message, "Device")
	if !proof && !unknown {
		return false
	}
	owner := at.device.Owner
	at.device, at.Challenge = device{}, challenge{}
	return a.forgetDevice(ctx, owner) == nil
}

// accept notes a new challenge.
func (at *attempt) accept(ch challenge) {
	if ch.Session == "" {
		ch.Session = at.Challenge.Session
	}
	at.Challenge = ch
	for _, name := range []string{"USERNAME", "USER_ID_FOR_SRP"} { // the latter is the canonical one
		if v := ch.Params[name]; v != "" {
			at.Username = v
		}
	}
}

// respond sends the answers to the current challenge.
func (a *Auth) respond(ctx context.Context, at *attempt, answers map[string]string) (AuthResponse, error) {
	answers["USERNAME"] = at.Username
	add(answers, "SECRET_HASH", a.secretHash(at.Username))
	if at.device.Key == "" { // the user may have typed an alias
		var err error
		if at.device, err = a.loadDevice(ctx, at.Username); err != nil {
			return AuthResponse{}, err
		}
	}
	add(answers, "DEVICE_KEY", at.device.Key)
	in := ChallengeResponse{Challenge: at.Challenge.Name, Responses: answers, Metadata: at.Metadata, Session: at.Challenge.Session}
	resp, err := a.UserPool.RespondToAuthChallenge(ctx, in)
	if err != nil {
		a.passkeyRefused(ctx, at.Challenge, answers, err)
		return resp, err
	}
	at.Stage, at.TOTPSecret = "", ""
	return resp, nil
}

// failedStep decides what an error means for the attempt: some are steps, some
// leave the same challenge open, the others end it.
func (a *Auth) failedStep(ctx context.Context, at *attempt, err error) (*SignInResult, error) {
	switch {
	case hasName(err, "UserNotConfirmedException"):
		a.endAttempt(ctx, at)
		return &SignInResult{SignInState: "confirmSignUp"}, nil
	case hasName(err, "PasswordResetRequiredException"):
		a.endAttempt(ctx, at)
		return &SignInResult{SignInState: "resetPassword"}, nil
	}
	a.ready.prepare(a)
	rule := challenges[at.Challenge.Name]
	wrongAnswer := rule.retries && AsError(err).Code == "notAuthorized"
	over := hasName(err, "NotAuthorizedException", "UserNotFoundException", "ResourceNotFoundException") && !wrongAnswer || errors.Is(err, errReadOnlyRegion)
	if rule.answer == nil || over {
		a.endAttempt(ctx, at) // nothing that an answer could continue
	}
	return nil, err
}

// endAttempt forgets an attempt.
func (a *Auth) endAttempt(ctx context.Context, at *attempt) {
	a.signIns.finish(at)
	// A note that stays is found out of date by its deadline.
	_ = a.Session.Apply(context.WithoutCancel(ctx), []Change{{Key: a.pendingKey()}})
}

// completeSignIn stores the tokens and tells everybody.
func (a *Auth) completeSignIn(ctx context.Context, at *attempt, t Tokens) (*SignInResult, error) {
	s, err := a.newSession(t)
	if err != nil {
		a.endAttempt(ctx, at)
		return nil, err
	}
	if at.StepUp != "" {
		return a.completeStepUp(ctx, at, s)
	}
	s.Details = signInDetails{LoginID: at.LoginID, AuthFlowType: at.Flow}
	if err := a.store(ctx, func(ctx context.Context) error { return a.beginSession(ctx, s, at.news) }); err != nil {
		a.endAttempt(ctx, at)
		return nil, err
	}
	if t.Device != nil && (at.RememberDevice == nil || *at.RememberDevice) {
		a.confirmDevice(ctx, s, *t.Device, at.RememberDevice != nil)
	}
	if d, err := a.loadDevice(ctx, s.Username); err == nil && d.Key != "" {
		_ = a.noteAlias(ctx, d.Owner, at.LoginID) // lost, it costs a second factor
	}
	a.endAttempt(ctx, at)
	err = a.store(context.WithoutCancel(ctx), func(ctx context.Context) error {
		// Confirming a device takes a while: who signed out meanwhile must stay signed out.
		if now, err := a.loadSession(ctx); err == nil && (now.state(a.Now()) != SignedIn || now.Username != s.Username) {
			return errSignInSuperseded
		}
		a.state.to(a.signedInState(s), false)
		a.scheduleRefresh(s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &SignInResult{SignInState: "signedIn"}, nil
}

// beginSession stores a new session and, in the same write, forgets that of another
// user whose session had died. One that another user has begun, since before too,
// is not replaced. It runs in store.
func (a *Auth) beginSession(ctx context.Context, s *session, before news) error {
	old, err := a.loadSession(ctx)
	if err != nil {
		return err
	}
	now := a.news(ctx)
	user, others := strings.CutPrefix(now.since(before), begun)
	others = others && user != s.Username
	if old.state(a.Now()) == SignedIn && now.shows(old, nil) {
		others = others || old.Username != s.Username
	} else if f, err := a.loadFederation(ctx); err != nil || f != nil && f.Token != "" && old == nil {
		if err != nil {
			return err
		}
		others = true
	}
	if others {
		if s.Refresh != "" { // nobody will have them
			spawn(func() { _ = a.endRemotely(a.done, s, SignOutInput{}) })
		}
		return errOtherSignedIn
	}
	a.publishChange(ctx, begun, s.Username)
	var gone []Change
	if old != nil && !old.External && (s.External || old.Username != s.Username) {
		for _, k := range a.userKeys(old.Username, contract.SessionFields) {
			gone = append(gone, Change{Key: k})
		}
	}
	// After the write: who was interrupted reads again whose session it is.
	defer a.fetching.interrupt(errHolderChanged)
	return a.saveSession(ctx, s, true, gone...)
}

// CancelSignIn forgets the sign-in that is going on.
func (a *Auth) CancelSignIn(ctx context.Context) error {
	if at, _ := a.signIns.get(); at != nil {
		at.end(errSignInSuperseded)
		a.signIns.finish(at)
	}
	return a.Session.Apply(ctx, []Change{{Key: a.pendingKey()}})
}
