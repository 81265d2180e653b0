package core

import (
	"cmp"
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
// "NOT_PREFERRED", or empty to leave one as it is. A passkey is enabled or disabled:
// with it a user who has second factors may sign in by the passkey alone.
type MFAPreferences struct {
	SMS     string `json:"sms"`
	TOTP    string `json:"totp"`
	Email   string `json:"email"`
	Passkey string `json:"passkey"`
}

// others are the preferences beside the passkey, by the names of mfaNames.
func (p *MFAPreferences) others() map[string]*string {
	return map[string]*string{"sms": &p.SMS, "totp": &p.TOTP, "email": &p.Email}
}

// A TOTPSetup is what an authenticator app needs.
type TOTPSetup struct {
	SharedSecret string `json:"sharedSecret"` // base32
	URI          string `json:"uri"`          // otpauth://
	QR           string `json:"qr"`           // the URI as an SVG image
}

// TOTPNames are what an authenticator app shows a secret by.
type TOTPNames struct {
	Issuer      string `json:"issuer"`      // the page's host name by default
	AccountName string `json:"accountName"` // what the user signs in with, by default
}

func (n TOTPNames) check(call string) error {
	if strings.Contains(n.Issuer, ":") { // apps cut the label there, percent-encoded or not
		return invalid(call + ": issuer must not contain a colon.")
	}
	return nil
}

// SetUpTOTP gives the signed-in user a secret for an authenticator app. It takes
// effect with verifyTOTPSetup.
func (a *Auth) SetUpTOTP(ctx context.Context, in TOTPNames) (*TOTPSetup, error) {
	if err := in.check("setUpTOTP"); err != nil {
		return nil, err
	}
	s, err := a.session(ctx, GetTokensInput{})
	if err != nil {
		return nil, err
	}
	secret, _, err := a.UserPool.AssociateSoftwareToken(ctx, s.Access.Raw, "")
	if err != nil {
		return nil, err
	}
	return a.totpSetup(secret, in, cmp.Or(s.Details.LoginID, s.Username)), nil
}

// totpSetup writes the key URI format of authenticator apps:
// otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=….
func (a *Auth) totpSetup(secret string, names TOTPNames, account string) *TOTPSetup {
	issuer, account := cmp.Or(names.Issuer, a.Issuer), cmp.Or(names.AccountName, account)
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

func totpCode(call, s string) (string, error) {
	code := typedCode(s)
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

var mfaNames = map[string]string{"SMS_MFA": "sms", "SOFTWARE_TOKEN_MFA": "totp", "EMAIL_OTP": "email", "WEB_AUTHN_MFA": "passkey"}

// GetMFAPreference returns which second factors the signed-in user has.
func (a *Auth) GetMFAPreference(ctx context.Context) (*MFAPreference, error) {
	return withToken(ctx, a, func(token string) (*MFAPreference, error) { return a.mfaPreference(ctx, token) })
}

func (a *Auth) mfaPreference(ctx context.Context, accessToken string) (*MFAPreference, error) {
	user, err := a.UserPool.GetUser(ctx, accessToken)
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
		return invalid("setMFAPreference: give at least one of sms, totp, email and passkey.")
	}
	if in.Passkey != "" && in.Passkey != "ENABLED" && in.Passkey != "DISABLED" {
		return invalid("setMFAPreference: passkey must be ENABLED or DISABLED.")
	}
	for _, p := range in.others() {
		if *p != "" && *p != "ENABLED" && *p != "DISABLED" && *p != "PREFERRED" && *p != "NOT_PREFERRED" {
			return invalid("setMFAPreference: a preference must be ENABLED, DISABLED, PREFERRED or NOT_PREFERRED.")
		}
	}
	return a.asUser(ctx, func(token string) error {
		if in.Passkey == "ENABLED" {
			now, err := a.mfaPreference(ctx, token)
			if err != nil {
				return err
			}
			in.keep(now)
		}
		return a.UserPool.SetUserMFAPreference(ctx, token, in)
	})
}

// keep sets the factors that are on, and of which nothing is said, once more: the
// service takes the passkey's flag only with one that is set in the same request.
func (p *MFAPreferences) keep(now *MFAPreference) {
	for name, preference := range p.others() {
		switch {
		case *preference != "" || !slices.Contains(now.Enabled, name):
		case now.Preferred == name && !p.prefers():
			*preference = "PREFERRED"
		default:
			*preference = "ENABLED"
		}
	}
}

// prefers reports whether one is to be the preferred factor.
func (p *MFAPreferences) prefers() bool {
	for _, preference := range p.others() {
		if *preference == "PREFERRED" {
			return true
		}
	}
	return false
}

// preferPasskey lets a new passkey stand for both factors of a user who has a second
// one: without the flag the passkey would be refused. Pools that do not allow it, and
// a service that fails now, leave the passkey as it is.
func (a *Auth) preferPasskey(ctx context.Context, accessToken string) {
	now, err := a.mfaPreference(ctx, accessToken)
	if err != nil || len(now.Enabled) == 0 || slices.Contains(now.Enabled, "passkey") {
		return
	}
	in := MFAPreferences{Passkey: "ENABLED"}
	in.keep(now)
	_ = a.UserPool.SetUserMFAPreference(ctx, accessToken, in)
}
