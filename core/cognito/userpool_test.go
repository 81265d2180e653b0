package cognito

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/config"
)

// service answers like Cognito and keeps the last request.
type service struct {
	status  int
	header  http.Header
	body    string
	err     error
	calls   int
	request *http.Request
	sent    map[string]any
}

func (s *service) Do(r *http.Request) (*http.Response, error) {
	s.calls++
	s.request = r
	s.sent = nil
	if err := json.NewDecoder(r.Body).Decode(&s.sent); err != nil {
		return nil, err
	}
	if s.err != nil {
		return nil, s.err
	}
	h := s.header
	if h == nil {
		h = http.Header{}
	}
	h.Set("Date", "Sun, 22 Nov 2026 12:00:00 GMT")
	return &http.Response{StatusCode: s.status, Header: h, Body: io.NopCloser(bytes.NewReader([]byte(s.body)))}, nil
}

func pool(s *service) *UserPool { return newPool(s) }

func newPool(c HTTPClient) *UserPool {
	return NewUserPool(&config.UserPool{ID: "eu-west-1_Abc", ClientID: "client", ClientSecret: "secret", Region: "eu-west-1"}, c, nil)
}

// Every operation goes through the SDK's zero-value client: the request is
// right, the answer is read, and a modelled exception comes back typed.
func TestEveryOperation(t *testing.T) {
	ctx := context.Background()
	operations := map[string]func(*UserPool) error{
		"InitiateAuth": func(p *UserPool) error {
			_, err := p.InitiateAuth(ctx, core.InitiateAuthRequest{Flow: "USER_SRP_AUTH"})
			return err
		},
		"RespondToAuthChallenge": func(p *UserPool) error {
			_, err := p.RespondToAuthChallenge(ctx, core.ChallengeResponse{Challenge: "SMS_MFA"})
			return err
		},
		"GetTokensFromRefreshToken": func(p *UserPool) error {
			_, err := p.RefreshTokens(ctx, core.RefreshRequest{RefreshToken: "r"})
			return err
		},
		"RevokeToken":   func(p *UserPool) error { return p.RevokeToken(ctx, "r") },
		"GlobalSignOut": func(p *UserPool) error { return p.GlobalSignOut(ctx, "a") },
		"SignUp": func(p *UserPool) error {
			_, err := p.SignUp(ctx, core.SignUpRequest{UserRequest: core.UserRequest{Username: "u"}})
			return err
		},
		"ConfirmSignUp": func(p *UserPool) error {
			_, err := p.ConfirmSignUp(ctx, core.ConfirmRequest{UserRequest: core.UserRequest{Username: "u"}, Code: "1"})
			return err
		},
		"ResendConfirmationCode": func(p *UserPool) error {
			_, err := p.ResendConfirmationCode(ctx, core.UserRequest{Username: "u"})
			return err
		},
		"ForgotPassword": func(p *UserPool) error { _, err := p.ForgotPassword(ctx, core.UserRequest{Username: "u"}); return err },
		"ConfirmForgotPassword": func(p *UserPool) error {
			return p.ConfirmForgotPassword(ctx, core.ConfirmRequest{UserRequest: core.UserRequest{Username: "u"}, Code: "1", Password: "p"})
		},
		"ChangePassword": func(p *UserPool) error { return p.ChangePassword(ctx, "a", "old", "new") },
		"GetUser":        func(p *UserPool) error { _, err := p.GetUser(ctx, "a"); return err },
		"UpdateUserAttributes": func(p *UserPool) error {
			_, err := p.UpdateUserAttributes(ctx, "a", map[string]string{"name": "A"}, nil)
			return err
		},
		"DeleteUserAttributes": func(p *UserPool) error { return p.DeleteUserAttributes(ctx, "a", []string{"name"}) },
		"GetUserAttributeVerificationCode": func(p *UserPool) error {
			_, err := p.GetUserAttributeVerificationCode(ctx, "a", "email", nil)
			return err
		},
		"VerifyUserAttribute":    func(p *UserPool) error { return p.VerifyUserAttribute(ctx, "a", "email", "1") },
		"DeleteUser":             func(p *UserPool) error { return p.DeleteUser(ctx, "a") },
		"AssociateSoftwareToken": func(p *UserPool) error { _, _, err := p.AssociateSoftwareToken(ctx, "a", ""); return err },
		"VerifySoftwareToken": func(p *UserPool) error {
			_, err := p.VerifySoftwareToken(ctx, core.SoftwareToken{AccessToken: "a", Code: "123456"})
			return err
		},
		"SetUserMFAPreference": func(p *UserPool) error {
			return p.SetUserMFAPreference(ctx, "a", core.MFAPreferences{SMS: "ENABLED", TOTP: "PREFERRED", Email: "DISABLED"})
		},
		"ConfirmDevice": func(p *UserPool) error {
			_, err := p.ConfirmDevice(ctx, core.ConfirmDeviceRequest{AccessToken: "a", Key: "k"})
			return err
		},
		"GetDevice":          func(p *UserPool) error { _, err := p.GetDevice(ctx, "a", "k"); return err },
		"ListDevices":        func(p *UserPool) error { _, err := p.ListDevices(ctx, "a", 10, ""); return err },
		"UpdateDeviceStatus": func(p *UserPool) error { return p.UpdateDeviceStatus(ctx, "a", "k", true) },
		"ForgetDevice":       func(p *UserPool) error { return p.ForgetDevice(ctx, "a", "k") },
		"StartWebAuthnRegistration": func(p *UserPool) error {
			_, err := p.StartWebAuthnRegistration(ctx, "a")
			return err
		},
		"CompleteWebAuthnRegistration": func(p *UserPool) error {
			return p.CompleteWebAuthnRegistration(ctx, "a", json.RawMessage(`{"id": "x"}`))
		},
		"ListWebAuthnCredentials":  func(p *UserPool) error { _, err := p.ListWebAuthnCredentials(ctx, "a", ""); return err },
		"DeleteWebAuthnCredential": func(p *UserPool) error { return p.DeleteWebAuthnCredential(ctx, "a", "c") },
	}
	const answer = `{"AuthenticationResult": {"AccessToken": "a"}, "Status": "SUCCESS", "CredentialCreationOptions": {"challenge": "AQ"}, "Device": {},
		"UserSub": "s", "Username": "u", "SecretCode": "c"}`
	for name, call := range operations {
		s := &service{status: 200, body: answer}
		if err := call(pool(s)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := s.request
		if got := r.Header.Get("X-Amz-Target"); got != "AWSCognitoIdentityProviderService."+name {
			t.Errorf("%s: target %q", name, got)
		}
		if r.URL.String() != "https://cognito-idp.eu-west-1.amazonaws.com/" || r.Method != "POST" || r.Header.Get("Content-Type") != "application/x-amz-json-1.1" {
			t.Errorf("%s: %s %s %v", name, r.Method, r.URL, r.Header)
		}
		for h := range r.Header {
			if h == "User-Agent" || h == "Authorization" || strings.HasPrefix(h, "Amz-Sdk") {
				t.Errorf("%s: sends %s", name, h)
			}
		}
		s = &service{status: 400, body: `{"__type": "NotAuthorizedException", "message": "no"}`, header: http.Header{"X-Amzn-Requestid": {"id-1"}}}
		err := call(pool(s))
		var e *core.Error
		if !errors.As(err, &e) || e.Name != "NotAuthorizedException" || e.Message != "no" || e.RequestID != "id-1" || e.Retryable || s.calls != 1 {
			t.Errorf("%s: %v after %d calls", name, err, s.calls)
		}
	}
}

func TestAnswers(t *testing.T) {
	s := &service{status: 200, body: `{"ChallengeName": "SELECT_CHALLENGE", "Session": "s", "ChallengeParameters": {"USERNAME": "u"}, "AvailableChallenges": ["PASSWORD", "EMAIL_OTP"]}`}
	var seen time.Time
	p := NewUserPool(&config.UserPool{ClientID: "client", Endpoint: "http://127.0.0.1:9229"}, s, func(at time.Time, _ time.Duration) { seen = at })
	p.UserContext = func(_ context.Context, username string) string { return "context of " + username }
	r, err := p.InitiateAuth(context.Background(), core.InitiateAuthRequest{Flow: "USER_AUTH", Parameters: map[string]string{"USERNAME": "u"}, Session: "before"})
	if err != nil || r.Name != "SELECT_CHALLENGE" || r.Session != "s" || r.Params["USERNAME"] != "u" || len(r.Available) != 2 || r.Tokens != nil {
		t.Errorf("%+v %v", r, err)
	}
	if s.request.URL.String() != "http://127.0.0.1:9229/" {
		t.Errorf("endpoint %s", s.request.URL)
	}
	if c, _ := s.sent["UserContextData"].(map[string]any); c["EncodedData"] != "context of u" || s.sent["Session"] != "before" {
		t.Errorf("sent %v", s.sent)
	}
	if want := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC); !seen.Equal(want) {
		t.Errorf("date %v", seen)
	}

	s.body = `{"AuthenticationResult": {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r", "NewDeviceMetadata": {"DeviceKey": "k", "DeviceGroupKey": "g"}}}`
	r, err = p.RespondToAuthChallenge(context.Background(), core.ChallengeResponse{Challenge: "SMS_MFA"})
	if err != nil || r.Tokens == nil || r.Tokens.ID != "i" || r.Tokens.Refresh != "r" || r.Tokens.Device == nil || r.Tokens.Device.GroupKey != "g" {
		t.Errorf("%+v %v", r.Tokens, err)
	}
}

func TestErrorsAndRetries(t *testing.T) {
	offline := core.NetworkError("offline", core.ErrOffline)
	for name, c := range map[string]struct {
		service   service
		errName   string
		code      string
		retryable bool
		calls     int
	}{
		"throttled":         {service{status: 400, body: `{"__type": "TooManyRequestsException", "message": "slow"}`}, "TooManyRequestsException", "tooManyRequests", true, 3},
		"internal":          {service{status: 500, body: `{"__type": "InternalErrorException"}`}, "InternalErrorException", "internalError", true, 3},
		"503 without words": {service{status: 503}, "InvalidResponse", "invalidResponse", true, 3},
		"attempts exceeded": {service{status: 400, body: `{"__type": "LimitExceededException", "message": "Attempt limit exceeded"}`}, "LimitExceededException", "limitExceeded", true, 1},
		"HTML":              {service{status: 200, body: "<html>"}, "InvalidResponse", "invalidResponse", true, 1},
		"HTML with 403":     {service{status: 403, body: "<html>"}, "InvalidResponse", "invalidResponse", true, 1},
		"no network":        {service{err: core.NetworkError("unreachable", nil)}, "NetworkError", "networkError", true, 3},
		"offline":           {service{err: offline}, "NetworkError", "networkError", true, 1},
		"type with prefix":  {service{status: 400, body: `{"__type": "com.amazonaws.cognito#UserNotFoundException", "message": "User does not exist."}`}, "UserNotFoundException", "userNotFound", false, 1},
		"locked":            {service{status: 400, body: `{"__type": "NotAuthorizedException", "message": "Password attempts exceeded"}`}, "NotAuthorizedException", "tooManyFailedAttempts", false, 1},
		"client's secret":   {service{status: 400, body: `{"__type": "NotAuthorizedException", "message": "Client 1a2b is configured with secret but SECRET_HASH was not received"}`}, "NotAuthorizedException", "invalidConfiguration", false, 1},
		"wrong secret":      {service{status: 400, body: `{"__type": "NotAuthorizedException", "message": "Unable to verify secret hash for client 1a2b"}`}, "NotAuthorizedException", "invalidConfiguration", false, 1},
		"without SRP":       {service{status: 400, body: `{"__type": "InvalidParameterException", "message": "USER_SRP_AUTH is not enabled for the client."}`}, "InvalidParameterException", "invalidConfiguration", false, 1},
		"flow not allowed":  {service{status: 400, body: `{"__type": "InvalidParameterException", "message": "USER_PASSWORD_AUTH flow not enabled for this client"}`}, "InvalidParameterException", "invalidConfiguration", false, 1},
		"unknown client":    {service{status: 400, body: `{"__type": "ResourceNotFoundException", "message": "User pool client 1a2b does not exist."}`}, "ResourceNotFoundException", "invalidConfiguration", false, 1},
		"unknown device":    {service{status: 400, body: `{"__type": "ResourceNotFoundException", "message": "Device does not exist."}`}, "ResourceNotFoundException", "resourceNotFound", false, 1},
		"wrong password":    {service{status: 400, body: `{"__type": "NotAuthorizedException", "message": "Incorrect username or password."}`}, "NotAuthorizedException", "notAuthorized", false, 1},
		"cognito-local":     {service{status: 500, body: `{"__type": "CognitoLocal#Unsupported", "message": "unsupported feature"}`}, "Unsupported", "unsupported", true, 3},
		"unknown type":      {service{status: 400, body: `{"__type": "BrandNewException", "message": "new"}`}, "BrandNewException", "brandNew", false, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := c.service
			start := time.Now()
			_, err := pool(&s).InitiateAuth(context.Background(), core.InitiateAuthRequest{Flow: "USER_SRP_AUTH"})
			var e *core.Error
			if !errors.As(err, &e) || e.Name != c.errName || e.Code != c.code || e.Retryable != c.retryable || s.calls != c.calls {
				t.Errorf("%s: %+v after %d calls", name, err, s.calls)
			}
			if waited := time.Since(start); waited > 2*maxBackoff {
				t.Errorf("%s: waited %v", name, waited)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := pool(&service{err: context.Canceled}).InitiateAuth(ctx, core.InitiateAuthRequest{Flow: "USER_SRP_AUTH"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := pool(&service{}).ChangePassword(context.Background(), "", "", ""); err == nil {
		t.Error("empty answer accepted")
	}
}

// What answers 200 in somebody else's words is no answer of Cognito's.
func TestAnswersThatLack(t *testing.T) {
	ctx := context.Background()
	for name, call := range map[string]func(*UserPool) error{
		"InitiateAuth": func(p *UserPool) error {
			_, err := p.InitiateAuth(ctx, core.InitiateAuthRequest{Flow: "USER_AUTH"})
			return err
		},
		"RespondToAuthChallenge": func(p *UserPool) error {
			_, err := p.RespondToAuthChallenge(ctx, core.ChallengeResponse{Challenge: "SMS_MFA"})
			return err
		},
		"GetTokensFromRefreshToken": func(p *UserPool) error { _, err := p.RefreshTokens(ctx, core.RefreshRequest{}); return err },
		"REFRESH_TOKEN_AUTH":        func(p *UserPool) error { _, err := p.RefreshTokenAuth(ctx, core.RefreshRequest{}); return err },
		"SignUp":                    func(p *UserPool) error { _, err := p.SignUp(ctx, core.SignUpRequest{}); return err },
		"GetUser":                   func(p *UserPool) error { _, err := p.GetUser(ctx, "token"); return err },
		"AssociateSoftwareToken":    func(p *UserPool) error { _, _, err := p.AssociateSoftwareToken(ctx, "token", ""); return err },
		"GetDevice":                 func(p *UserPool) error { _, err := p.GetDevice(ctx, "token", "key"); return err },
		"StartWebAuthnRegistration": func(p *UserPool) error { _, err := p.StartWebAuthnRegistration(ctx, "token"); return err },
	} {
		for _, body := range []string{`{}`, `{"AuthenticationResult": {}}`, `{"status": "ok"}`} {
			err := call(pool(&service{status: 200, body: body}))
			if e := core.AsError(err); err == nil || e.Code != "invalidResponse" || !e.Retryable {
				t.Errorf("%s answered %s: %v", name, body, err)
			}
		}
		// Cognito refuses with a 400.
		synctest.Test(t, func(t *testing.T) {
			err := call(pool(&service{status: 500, body: `{"__type": "NotAuthorizedException", "message": "Access Token has been revoked"}`}))
			if e := core.AsError(err); err == nil || e.Code != "invalidResponse" || !e.Retryable {
				t.Errorf("%s refused with a 500: %v", name, err)
			}
		})
	}
}

// A client that the computer sleeps within.
type sleeper struct{ HTTPClient }

func (s sleeper) Do(r *http.Request) (*http.Response, error) {
	time.Sleep(time.Hour)
	return s.HTTPClient.Do(r)
}

// With a date comes what passed meanwhile.
func TestDateOfASlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told time.Duration
		p := NewUserPool(&config.UserPool{ClientID: "client", Region: "eu-west-1"}, sleeper{&service{status: 200, body: `{"Username": "u"}`}},
			func(_ time.Time, took time.Duration) { told = took })
		if _, err := p.GetUser(t.Context(), "token"); err != nil || told < time.Hour {
			t.Errorf("told %v, %v", told, err)
		}
	})
}

// A date that a cache serves is not the time.
func TestDateOfACache(t *testing.T) {
	for age, seen := range map[string]bool{"": true, "0": true, "21600": false, "junk": false} {
		told := false
		s := &service{status: 200, body: `{"Username": "u"}`, header: http.Header{}}
		if age != "" {
			s.header.Set("Age", age)
		}
		p := NewUserPool(&config.UserPool{ClientID: "client", Region: "eu-west-1"}, s, func(time.Time, time.Duration) { told = true })
		if _, err := p.GetUser(context.Background(), "token"); err != nil || told != seen {
			t.Errorf("Age %q: told %t, %v", age, told, err)
		}
	}
}
