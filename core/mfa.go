package core

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// mfaService sets up second factors.
type mfaService interface {
	// AssociateSoftwareToken takes an access token or the session of a sign-in.
	AssociateSoftwareToken(ctx context.Context, accessToken, session string) (secret, nextSession string, err error)
	VerifySoftwareToken(ctx context.Context, in SoftwareToken) (nextSession string, err error)
	SetUserMFAPreference(ctx context.Context, accessToken string, in MFAPreferences) error
}

// A SoftwareToken is VerifySoftwareToken's input.
type SoftwareToken struct{ AccessToken, Session, Code, DeviceName string }

// MFAPreferences are the preferences to set: "ENABLED", "DISABLED", "PREFERRED",
// "NOT_PREFERRED", or empty to leave one as it is.
type MFAPreferences struct {
	SMS   string `json:"sms"`
	TOTP  string `json:"totp"`
	Email string `json:"email"`
}

// A TOTPSetup is what an authenticator app needs.
type TOTPSetup struct {
	SharedSecret string `json:"sharedSecret"` // base32
	URI          string `json:"uri"`          // otpauth://
	QR           string `json:"qr"`           // the URI as an SVG image
}

// TOTPSetupInput are the arguments of setUpTOTP.
type TOTPSetupInput struct {
	Issuer string `json:"issuer"` // shown in the app; the page's host name by default
}

// SetUpTOTP gives the signed-in user a secret for an authenticator app. It takes
// effect with verifyTOTPSetup.
func (a *Auth) SetUpTOTP(ctx context.Context, in TOTPSetupInput) (*TOTPSetup, error) {
	if strings.Contains(in.Issuer, ":") { // apps cut the label there, percent-encoded or not
		return nil, invalid("setUpTOTP: issuer must not contain a colon.")
	}
	s, err := a.session(ctx, GetTokensInput{})
	if err != nil {
		return nil, err
	}
	secret, _, err := a.UserPool.AssociateSoftwareToken(ctx, s.Access.Raw, "")
	if err != nil {
		return nil, err
	}
	account := s.Details.LoginID
	if account == "" {
		account = s.Username
	}
	return newTOTPSetup(secret, cmpOr(in.Issuer, a.Issuer), account), nil
}

func (a *Auth) totpSetup(secret, account string) *TOTPSetup {
	return newTOTPSetup(secret, a.Issuer, account)
}

// newTOTPSetup writes the key URI format of authenticator apps:
// otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=….
func newTOTPSetup(secret, issuer, account string) *TOTPSetup {
	escape := func(s string) string { return strings.ReplaceAll(url.PathEscape(s), ":", "%3A") } // a bare colon ends the issuer
	label := escape(account)
	query := "?secret=" + secret
	if issuer != "" {
		label = escape(issuer) + ":" + label
		query += "&issuer=" + strings.ReplaceAll(url.QueryEscape(issuer), "+", "%20")
	}
	uri := "otpauth://totp/" + label + query
	return &TOTPSetup{secret, uri, qrCode(uri)}
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// VerifyTOTPInput are the arguments of verifyTOTPSetup.
type VerifyTOTPInput struct {
	Code       string `json:"code"`
	DeviceName string `json:"deviceName"`
}

// VerifyTOTPSetup proves that the authenticator app has the secret.
func (a *Auth) VerifyTOTPSetup(ctx context.Context, in VerifyTOTPInput) error {
	code, err := totpCode("verifyTOTPSetup", in.Code)
	if err != nil {
		return err
	}
	return a.asUser(ctx, func(token string) error {
		_, err := a.UserPool.VerifySoftwareToken(ctx, SoftwareToken{AccessToken: token, Code: code, DeviceName: in.DeviceName})
		return err
	})
}

// unspaced takes the blanks out of a code: "123 456", as apps and messages show it.
func unspaced(code string) string { return strings.Join(strings.Fields(code), "") }

func totpCode(call, s string) (string, error) {
	code := unspaced(s)
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return "", invalid(call + ": the code must be the six digits that the authenticator app shows.")
	}
	return code, nil
}

// MFAPreference is the result of getMFAPreference, in the words of mfaNames.
type MFAPreference struct {
	Enabled   []string `json:"enabled"`
	Preferred string   `json:"preferred,omitempty"`
}

var mfaNames = map[string]string{"SMS_MFA": "sms", "SOFTWARE_TOKEN_MFA": "totp", "EMAIL_OTP": "email"}

// GetMFAPreference returns which second factors the signed-in user has.
func (a *Auth) GetMFAPreference(ctx context.Context) (*MFAPreference, error) {
	user, err := withToken(ctx, a, func(token string) (User, error) { return a.UserPool.GetUser(ctx, token) })
	if err != nil {
		return nil, err
	}
	out := &MFAPreference{Enabled: []string{}, Preferred: mfaNames[user.PreferredMFA]}
	for _, m := range user.MFAs {
		if name := mfaNames[m]; name != "" {
			out.Enabled = append(out.Enabled, name)
		}
	}
	slices.Sort(out.Enabled)
	return out, nil
}

// SetMFAPreference enables, prefers or disables second factors.
func (a *Auth) SetMFAPreference(ctx context.Context, in MFAPreferences) error {
	if in == (MFAPreferences{}) {
		return invalid("setMFAPreference: give at least one of sms, totp and email.")
	}
	for _, p := range []string{in.SMS, in.TOTP, in.Email} {
		if p != "" && p != "ENABLED" && p != "DISABLED" && p != "PREFERRED" && p != "NOT_PREFERRED" {
			return invalid("setMFAPreference: a preference must be ENABLED, DISABLED, PREFERRED or NOT_PREFERRED.")
		}
	}
	return a.asUser(ctx, func(token string) error { return a.UserPool.SetUserMFAPreference(ctx, token, in) })
}
