package emulator

import "slices"

// forms is what an app has to know to draw the forms of a pool's users: as Amplify's Authenticator reads it in either
// of aws-amplify's formats.
type forms struct {
	userNames []string // attributes that are the user name
	verified  []string // attributes that a sign-up verifies
	required  []string // attributes of a sign-up
	mfa       string   // OFF, ON, OPTIONAL
	methods   []string // of MFA
	password  passwordPolicy
	factors   []string // first ones besides the password
	passkeys  *webAuthnRules
}

func (p *userPool) forms(client *poolClient) *forms {
	f := &forms{
		userNames: p.UsernameAttributes, verified: p.AutoVerifiedAttributes, required: p.missing(nil),
		mfa: p.MfaConfiguration, password: p.passwordRules(), passkeys: p.MFA.WebAuthnConfiguration,
	}
	for _, method := range mfaMethods {
		if p.offersMFA(method) {
			f.methods = append(f.methods, method)
		}
	}
	if client.allows("ALLOW_USER_AUTH") && p.Policies != nil && p.Policies.SignInPolicy != nil {
		f.factors = slices.DeleteFunc(slices.Clone(p.Policies.SignInPolicy.AllowedFirstAuthFactors), func(factor string) bool { return factor == "PASSWORD" })
	}
	return f
}

// outputs are members of amplify_outputs.json (its schema, version 1.4).
func (f *forms) outputs() members {
	methods := []string{}
	for _, method := range f.methods {
		methods = append(methods, map[string]string{"SMS_MFA": "SMS", "SOFTWARE_TOKEN_MFA": "TOTP", "EMAIL_OTP": "EMAIL"}[method])
	}
	out := members{
		"username_attributes": listed(f.userNames), "user_verification_types": listed(f.verified), "standard_required_attributes": listed(f.required),
		"mfa_configuration": map[string]string{"OFF": "NONE", "ON": "REQUIRED", "OPTIONAL": "OPTIONAL"}[f.mfa], "mfa_methods": methods,
		"password_policy": members{
			"min_length": f.password.MinimumLength, "require_lowercase": f.password.RequireLowercase, "require_uppercase": f.password.RequireUppercase,
			"require_numbers": f.password.RequireNumbers, "require_symbols": f.password.RequireSymbols,
		},
	}
	if len(f.factors) > 0 {
		passwordless := members{"email_otp_enabled": f.offers("EMAIL_OTP"), "sms_otp_enabled": f.offers("SMS_OTP")}
		if f.offers("WEB_AUTHN") {
			passwordless["web_authn"] = f.webAuthn("relying_party_id", "user_verification")
		}
		out["passwordless"] = passwordless
	}
	return out
}

// resources are members of ResourcesConfig's Auth.Cognito. What a sign-up verifies is asked for there.
func (f *forms) resources() members {
	attributes := members{}
	for _, name := range append(slices.Clone(f.required), f.verified...) {
		attributes[name] = members{"required": true}
	}
	out := members{
		"loginWith":      members{"username": len(f.userNames) == 0, "email": slices.Contains(f.userNames, "email"), "phone": slices.Contains(f.userNames, "phone_number")},
		"userAttributes": attributes,
		"mfa": members{
			"status":     map[string]string{"OFF": "off", "ON": "on", "OPTIONAL": "optional"}[f.mfa],
			"smsEnabled": slices.Contains(f.methods, "SMS_MFA"), "totpEnabled": slices.Contains(f.methods, "SOFTWARE_TOKEN_MFA"),
		},
		"passwordFormat": members{
			"minLength": f.password.MinimumLength, "requireLowercase": f.password.RequireLowercase, "requireUppercase": f.password.RequireUppercase,
			"requireNumbers": f.password.RequireNumbers, "requireSpecialCharacters": f.password.RequireSymbols,
		},
	}
	if len(f.factors) > 0 {
		passwordless := members{"emailOtpEnabled": f.offers("EMAIL_OTP"), "smsOtpEnabled": f.offers("SMS_OTP")}
		if f.offers("WEB_AUTHN") {
			passwordless["webAuthn"] = f.webAuthn("relyingPartyId", "userVerification")
		}
		out["passwordless"] = passwordless
	}
	return out
}

func (f *forms) offers(factor string) bool { return slices.Contains(f.factors, factor) }

// webAuthn names the pool's rules of passkeys; what the pool leaves open is not there.
func (f *forms) webAuthn(party, verification string) members {
	out := members{}
	if f.passkeys != nil && f.passkeys.RelyingPartyId != "" {
		out[party] = f.passkeys.RelyingPartyId
	}
	if f.passkeys != nil && f.passkeys.UserVerification != "" {
		out[verification] = f.passkeys.UserVerification
	}
	return out
}

// listed is a list that JSON writes as one, also if it is empty.
func listed(names []string) []string { return append([]string{}, names...) }
