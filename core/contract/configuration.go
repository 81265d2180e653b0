package contract

// IDKeys are the keys of one format for what names the storage: of the user pool,
// its app client and the identity pool.
type IDKeys [3]string

// The formats of a configuration in the order in which they are looked for, see
// core/config; of a file that fits two, the first counts.
var (
	OutputsIDs          = IDKeys{"user_pool_id", "user_pool_client_id", "identity_pool_id"}
	ExportsIDs          = IDKeys{"aws_user_pools_id", "aws_user_pools_web_client_id", "aws_cognito_identity_pool_id"}
	ResourcesIDs        = IDKeys{"userPoolId", "userPoolClientId", "identityPoolId"}
	AWSConfigurationIDs = IDKeys{"PoolId", "AppClientId", "PoolId"}
	OldConfigurationIDs = IDKeys{"CognitoUserPoolId", "CognitoUserPoolAppClientId", "PoolId"} // before 2018
)

// ExternalKeys are those of awsconfiguration.json's OAuth section of which any one
// names another provider than the user pool.
var ExternalKeys = []string{"SignInURI", "TokenURI", "SignOutURI", "Issuer"}

// ConfigKeys are where a format has what it says beside the ids. Dots lead through
// objects, from the part that the ids stand in; in awsconfiguration.json from Auth.
type ConfigKeys struct {
	AuthFlow string     `json:"authFlow,omitempty"` // of signIn
	OAuth    string     `json:"oauth"`              // the section of the hosted UI
	Domain   string     `json:"domain"`             // in it
	Policy   PolicyKeys `json:"policy"`

	// What the element's screens are made by; the engine does not read it.
	Providers  string `json:"providers"`
	LoginWith  string `json:"loginWith"`
	Attributes string `json:"attributes"` // that are asked for at sign-up
	MFA        string `json:"mfa"`
	MFAMethods string `json:"mfaMethods"`
	Passkey    string `json:"passkey,omitempty"`
	Preferred  string `json:"preferred,omitempty"` // first factor
	// Passwordless is there where a user may sign in without a password.
	Passwordless string `json:"passwordless,omitempty"`
}

// SDKKeys are where awsconfiguration.json has the apps at providers whose own web SDKs
// sign in, as the paths of AWSMobileClient's guide; the engine does not read them.
var SDKKeys = struct {
	Google        string `json:"google"`
	Facebook      string `json:"facebook"`
	FacebookScope string `json:"facebookScope"`
}{"GoogleSignIn.ClientId-WebApp", "FacebookSignIn.AppId", "FacebookSignIn.Permissions"}

// PolicyKeys are those of a password policy.
type PolicyKeys struct {
	At        string `json:"at"`
	MinLength string `json:"minLength"`
	// Characters has a list of what is required, by the names below; else these are
	// members that are true.
	Characters string `json:"characters,omitempty"`
	Lowercase  string `json:"lowercase"`
	Uppercase  string `json:"uppercase"`
	Number     string `json:"number"`
	Symbol     string `json:"symbol"`
}

// As the first generation of Amplify's command line wrote a policy.
func firstGeneration(at string) PolicyKeys {
	return PolicyKeys{at, "passwordPolicyMinLength", "passwordPolicyCharacters", "REQUIRES_LOWERCASE", "REQUIRES_UPPERCASE", "REQUIRES_NUMBERS", "REQUIRES_SYMBOLS"}
}

var (
	OutputsKeys = ConfigKeys{
		AuthFlow: "authentication_flow_type", OAuth: "oauth", Domain: "domain",
		Policy:    PolicyKeys{"password_policy", "min_length", "", "require_lowercase", "require_uppercase", "require_numbers", "require_symbols"},
		Providers: "oauth.identity_providers", LoginWith: "username_attributes", Attributes: "standard_required_attributes",
		MFA: "mfa_configuration", MFAMethods: "mfa_methods",
		Passkey: "passwordless.web_authn", Preferred: "passwordless.preferred_challenge", Passwordless: "passwordless",
	}
	ExportsKeys = ConfigKeys{
		AuthFlow: "authenticationFlowType", OAuth: "oauth", Domain: "domain",
		Policy:    firstGeneration("aws_cognito_password_protection_settings"),
		Providers: "aws_cognito_social_providers", LoginWith: "aws_cognito_username_attributes", Attributes: "aws_cognito_signup_attributes",
		MFA: "aws_cognito_mfa_configuration", MFAMethods: "aws_cognito_mfa_types",
	}
	ResourcesKeys = ConfigKeys{
		OAuth: "loginWith.oauth", Domain: "domain",
		Policy:    PolicyKeys{"passwordFormat", "minLength", "", "requireLowercase", "requireUppercase", "requireNumbers", "requireSpecialCharacters"},
		Providers: "loginWith.oauth.providers", LoginWith: "loginWith", Attributes: "userAttributes",
		MFA: "mfa.status", MFAMethods: "mfa",
		Passkey: "passwordless.webAuthn", Preferred: "passwordless.preferredChallenge", Passwordless: "passwordless",
	}
	AWSConfigurationKeys = ConfigKeys{
		AuthFlow: "authenticationFlowType", OAuth: "OAuth", Domain: "WebDomain",
		Policy:    firstGeneration("passwordProtectionSettings"),
		Providers: "socialProviders", LoginWith: "usernameAttributes", Attributes: "signupAttributes",
		MFA: "mfaConfiguration", MFAMethods: "mfaTypes",
	}
)
