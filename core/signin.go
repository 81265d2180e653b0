package core

import (
	"context"
	"maps"
	"strings"
	"unicode/utf8"
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
	if at.device, err = a.records().Device(ctx, at.Username); err != nil {
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
