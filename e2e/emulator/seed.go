package emulator

import (
	"context"
	"net/http"
	"time"
)

// What Seed makes. Tests and the demo refer to it.
const (
	SeedPoolID           = "us-east-1_Local0001"
	SeedClientID         = "local-web-client"
	SeedRotatingClientID = "local-rotating-client"
	SeedPassword         = "Passw0rd!"
	SeedTOTPSecret       = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
)

// SeedSummary tells a person what there is.
const SeedSummary = `User pool ` + SeedPoolID + `, clients ` + SeedClientID + ` and ` + SeedRotatingClientID + `
Users, password ` + SeedPassword + `:
  demo       no MFA
  demo-sms   MFA by SMS: read the code at /_emulator/outbox?username=demo-sms
  demo-totp  MFA by TOTP: secret ` + SeedTOTPSecret + `
  demo-new   must set a new password
Identity pool ` + SeedIdentityPoolID + `, guests allowed
`

// Seed fills a server with the fixtures, unless a data file has them already.
func (s *Server) Seed() error {
	defer s.settle()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.options.BaseURL, nil)
	if err != nil {
		return err
	}
	c := s.newCall(r, "Seed")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.pools.get(SeedPoolID) != nil {
		return nil
	}
	for _, step := range []func(*call) error{seedPool, seedClients, seedProviders, seedUsers, seedIdentityPool} {
		if err := step(c); err != nil {
			return err
		}
	}
	return nil
}

func seedPool(c *call) error {
	sms := &smsConfiguration{SnsCallerArn: "arn:aws:iam::000000000000:role/local-sms"}
	p, err := c.addPool(SeedPoolID, &createUserPoolInput{
		PoolName:              "Local",
		UsernameConfiguration: &usernameConfiguration{CaseSensitive: false},
		poolSettings: poolSettings{
			AutoVerifiedAttributes: []string{"email"},
			Policies: &poolPolicies{
				PasswordPolicy: &passwordPolicy{MinimumLength: 8, RequireUppercase: true, RequireLowercase: true, RequireNumbers: true, RequireSymbols: true},
				SignInPolicy:   &signInPolicy{[]string{"PASSWORD", "WEB_AUTHN", "EMAIL_OTP", "SMS_OTP"}},
			},
		},
	})
	if err != nil {
		return err
	}
	_, err = setUserPoolMfaConfig(c, &setMFAConfigInput{poolInput{p.ID}, mfaSettings{
		MfaConfiguration:              "OPTIONAL",
		SmsMfaConfiguration:           &smsMFA{SmsConfiguration: sms},
		SoftwareTokenMfaConfiguration: &softwareMFA{Enabled: true},
		EmailMfaConfiguration:         &emailMFA{},
	}})
	return err
}

func seedClients(c *call) error {
	callback := c.options.CallbackOrigin
	oauth := clientSettings{
		AllowedOAuthFlowsUserPoolClient: true,
		AllowedOAuthFlows:               []string{"code"},
		AllowedOAuthScopes:              []string{"openid", "email", "phone", "profile", adminScope},
		SupportedIdentityProviders:      []string{"COGNITO"},
		CallbackURLs:                    []string{callback + "/callback"},
		LogoutURLs:                      []string{callback + "/signed-out"},
		PreventUserExistenceErrors:      "ENABLED",
	}
	web := oauth
	web.ExplicitAuthFlows = []string{"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"}
	rotating := oauth
	rotating.ExplicitAuthFlows = []string{"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_AUTH"} // rotation rules REFRESH_TOKEN_AUTH out
	rotating.RefreshTokenRotation = &refreshRotation{Feature: "ENABLED"}
	if _, err := c.addClient(SeedClientID, &createClientInput{UserPoolId: SeedPoolID, ClientName: "Local web", clientSettings: web}); err != nil {
		return err
	}
	c.now = c.now.Add(time.Millisecond) // the other one is the first, which an app is told of
	_, err := c.addClient(SeedRotatingClientID, &createClientInput{UserPoolId: SeedPoolID, ClientName: "Local rotating", clientSettings: rotating})
	return err
}

func seedUsers(c *call) error {
	secret, err := base32Text.DecodeString(SeedTOTPSecret)
	if err != nil {
		return err
	}
	for i, name := range []string{"demo", "demo-sms", "demo-totp", "demo-new"} {
		phone := "+1555555012" + string(rune('0'+i))
		created := &adminCreateUserInput{
			UserPoolId: SeedPoolID, Username: name, MessageAction: "SUPPRESS", TemporaryPassword: SeedPassword,
			UserAttributes: []attribute{
				{"email", name + "@example.com"}, {"email_verified", "true"}, {"phone_number", phone}, {"phone_number_verified", "true"},
			},
		}
		if _, err := adminCreateUserOp(c, created); err != nil {
			return err
		}
		u := c.state.pools.get(SeedPoolID).find(name)
		if name != "demo-new" {
			u.Status = "CONFIRMED"
		}
		switch name {
		case "demo-sms":
			u.MFA["SMS_MFA"], u.Preferred = true, "SMS_MFA"
		case "demo-totp":
			u.TOTP = &totp{Secret: secret, Verified: true}
			u.MFA["SOFTWARE_TOKEN_MFA"], u.Preferred = true, "SOFTWARE_TOKEN_MFA"
		}
	}
	return nil
}
