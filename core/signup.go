package core

import (
	"context"
	"strings"
	"unicode/utf8"
)

// signUpService registers users.
type signUpService interface {
	SignUp(ctx context.Context, in SignUpRequest) (SignUpResponse, error)
	// ConfirmSignUp returns the session for autoSignIn, if the pool gives one.
	ConfirmSignUp(ctx context.Context, in ConfirmRequest) (session string, err error)
	ResendConfirmationCode(ctx context.Context, in UserRequest) (*CodeDelivery, error)
}

// A UserRequest names a user who is not signed in.
type UserRequest struct {
	Username, SecretHash string
	Metadata             map[string]string
}

// A SignUpRequest is SignUp's input.
type SignUpRequest struct {
	UserRequest
	Password                   string
	Attributes, ValidationData map[string]string
}

// A SignUpResponse is SignUp's output.
type SignUpResponse struct {
	Confirmed     bool
	Sub, Session  string
	CodeDelivered *CodeDelivery
}

// A ConfirmRequest is ConfirmSignUp's and ConfirmForgotPassword's input.
type ConfirmRequest struct {
	UserRequest
	Code, Session, Password string
	ForceAliasCreation      bool
}

// SignUpInput are the arguments of signUp.
type SignUpInput struct {
	Username       string            `json:"username"`
	Password       string            `json:"password"`
	UserAttributes map[string]string `json:"userAttributes"`
	ValidationData map[string]string `json:"validationData"`
	ClientMetadata map[string]string `json:"clientMetadata"`
}

// SignUpResult says whether the user can sign in, or must enter a code first.
type SignUpResult struct {
	SignUpConfirmationState string        `json:"signUpConfirmationState"` // "confirmed" or "unconfirmed"
	CodeDeliveryDetails     *CodeDelivery `json:"codeDeliveryDetails,omitempty"`
	UserSub                 string        `json:"userSub,omitempty"`
}

// A pendingSignUp is what autoSignIn needs. It survives a reload but for the
// password.
type pendingSignUp struct {
	Username string `json:"username"`
	Session  string `json:"session,omitempty"`
	password string
}

func (a *Auth) rememberSignUp(ctx context.Context, p pendingSignUp) error {
	a.signUpMu.Lock()
	if p.password == "" && a.signUp.Username == p.Username {
		p.password = a.signUp.password
	}
	a.signUp = p
	a.signUpMu.Unlock()
	return a.tab().PutNote(ctx, a.layout.PendingSignUpKey(), p)
}

// userRequest checks and trims a user name.
func (a *Auth) userRequest(call, username string, metadata map[string]string) (UserRequest, error) {
	if _, err := a.userPool(); err != nil {
		return UserRequest{}, err
	}
	username = strings.TrimSpace(username)
	if username == "" {
		return UserRequest{}, invalid(call + ": username is empty.")
	}
	if utf8.RuneCountInString(username) > 128 {
		return UserRequest{}, invalid(call + ": username is longer than 128 characters.")
	}
	return UserRequest{username, a.secretHash(username), metadata}, nil
}

// SignUp registers a user.
func (a *Auth) SignUp(ctx context.Context, in SignUpInput) (*SignUpResult, error) {
	user, err := a.userRequest("signUp", in.Username, in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	if in.Password != "" { // pools with passwordless sign-in need none
		if err := a.checkPassword("signUp", in.Password); err != nil {
			return nil, err
		}
	}
	attributes, err := checkAttributes("signUp", in.UserAttributes)
	if err != nil {
		return nil, err
	}
	resp, err := a.UserPool.SignUp(ctx, SignUpRequest{user, in.Password, attributes, in.ValidationData})
	if err != nil {
		return nil, err
	}
	if err := a.rememberSignUp(ctx, pendingSignUp{user.Username, resp.Session, in.Password}); err != nil {
		return nil, err
	}
	out := &SignUpResult{"unconfirmed", resp.CodeDelivered, resp.Sub}
	if resp.Confirmed {
		out.SignUpConfirmationState = "confirmed"
	}
	return out, nil
}

// ConfirmSignUpInput are the arguments of confirmSignUp.
type ConfirmSignUpInput struct {
	Username           string            `json:"username"`
	ConfirmationCode   string            `json:"confirmationCode"`
	ClientMetadata     map[string]string `json:"clientMetadata"`
	ForceAliasCreation bool              `json:"forceAliasCreation"`
}

// ConfirmSignUp confirms a registration with the code that was sent.
func (a *Auth) ConfirmSignUp(ctx context.Context, in ConfirmSignUpInput) (*SignUpResult, error) {
	user, err := a.userRequest("confirmSignUp", in.Username, in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	code := typedCode(in.ConfirmationCode)
	if code == "" {
		return nil, invalid("confirmSignUp: confirmationCode is empty.")
	}
	pending, err := a.pendingSignUp(ctx)
	if err != nil {
		return nil, err
	}
	req := ConfirmRequest{UserRequest: user, Code: code, ForceAliasCreation: in.ForceAliasCreation}
	if pending.Username == user.Username {
		req.Session = pending.Session
	}
	session, err := a.UserPool.ConfirmSignUp(ctx, req)
	if err != nil && req.Session != "" && AsError(err).Code == "signInExpired" {
		// The code lives for a day, the session for minutes. It only serves autoSignIn.
		req.Session = ""
		session, err = a.UserPool.ConfirmSignUp(ctx, req)
	}
	if err != nil {
		return nil, err
	}
	if err := a.rememberSignUp(ctx, pendingSignUp{Username: user.Username, Session: session}); err != nil {
		return nil, err
	}
	return &SignUpResult{SignUpConfirmationState: "confirmed"}, nil
}

// ResendInput are the arguments of resendSignUpCode and forgotPassword.
type ResendInput struct {
	Username       string            `json:"username"`
	ClientMetadata map[string]string `json:"clientMetadata"`
}

// ResendSignUpCode sends the confirmation code again.
func (a *Auth) ResendSignUpCode(ctx context.Context, in ResendInput) (*SignUpResult, error) {
	user, err := a.userRequest("resendSignUpCode", in.Username, in.ClientMetadata)
	if err != nil {
		return nil, err
	}
	delivered, err := a.UserPool.ResendConfirmationCode(ctx, user)
	if err != nil {
		return nil, err
	}
	return &SignUpResult{SignUpConfirmationState: "unconfirmed", CodeDeliveryDetails: delivered}, nil
}

func (a *Auth) pendingSignUp(ctx context.Context) (pendingSignUp, error) {
	a.signUpMu.Lock()
	p := a.signUp
	a.signUpMu.Unlock()
	if p.Username != "" {
		return p, nil
	}
	_, _, err := a.tab().Note(ctx, a.layout.PendingSignUpKey(), &p) // an odd note is no note
	return p, err
}

func (a *Auth) forgetSignUp(ctx context.Context) error {
	a.signUpMu.Lock()
	a.signUp = pendingSignUp{}
	a.signUpMu.Unlock()
	return a.tab().Remove(ctx, a.layout.PendingSignUpKey())
}

// AutoSignIn signs in the user who has just signed up: by the session that
// ConfirmSignUp gave, else by the password that signUp was given, else by asking
// for the password.
func (a *Auth) AutoSignIn(ctx context.Context) (*SignInResult, error) {
	if _, err := a.userPool(); err != nil {
		return nil, err
	}
	if a.state.get().UserState == SignedIn {
		return nil, errAlreadySignedIn
	}
	p, err := a.pendingSignUp(ctx)
	if err != nil {
		return nil, err
	}
	if p.Username == "" {
		return nil, newError("invalidState", "No user has signed up in this page. Call signIn.")
	}
	result, err := a.signInAfter(ctx, p)
	if err != nil && (AsError(err).Retryable || ctx.Err() != nil) {
		return nil, err // and may be called again
	}
	_ = a.forgetSignUp(context.WithoutCancel(ctx)) // what stays is found to be used up
	return result, err
}

// signInAfter signs in the user of a sign-up.
func (a *Auth) signInAfter(ctx context.Context, p pendingSignUp) (*SignInResult, error) {
	at := &attempt{Username: p.Username, LoginID: p.Username, Flow: "USER_AUTH", password: p.password}
	a.signIns.begin(at)
	if p.Session != "" {
		result, err := a.run(ctx, at, func(ctx context.Context) (AuthResponse, error) {
			params := map[string]string{"USERNAME": p.Username}
			add(params, "SECRET_HASH", a.secretHash(p.Username))
			return a.UserPool.InitiateAuth(ctx, InitiateAuthRequest{Flow: at.Flow, Parameters: params, Session: p.Session})
		})
		if err == nil || AsError(err).Retryable || ctx.Err() != nil || at.ctx.Err() != nil {
			return result, err
		}
		a.signIns.begin(at) // the session is of no use: go on as if there were none
	}
	at.Flow = a.cfg.AuthFlow
	return a.run(ctx, at, func(ctx context.Context) (AuthResponse, error) { return a.initiateWithoutPassword(ctx, at) })
}

// initiateWithoutPassword is initiate of a sign-in whose password is not known: where the
// flow begins with it, the user is asked.
func (a *Auth) initiateWithoutPassword(ctx context.Context, at *attempt) (AuthResponse, error) {
	if at.password == "" && (at.Flow == "USER_SRP_AUTH" || at.Flow == "USER_PASSWORD_AUTH") {
		return NewChallenge(localPassword, "", nil, nil), nil
	}
	return a.initiate(ctx, at, SignInInput{ClientMetadata: at.Metadata})
}
