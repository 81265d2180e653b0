package core

import (
	"context"
	"errors"
	"strings"
)

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
	return a.records().ForgetDevice(ctx, owner) == nil
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
		if at.device, err = a.records().Device(ctx, at.Username); err != nil {
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
