package emulator

// The settings of pools and clients, as the wire carries them. The tags name the shapes of the service model.

// poolSettings are what CreateUserPool and UpdateUserPool set.
type poolSettings struct {
	Policies                    *poolPolicies        `json:",omitempty"`
	DeletionProtection          string               `json:",omitempty" aws:"DeletionProtectionType"`
	LambdaConfig                *lambdaConfig        `json:",omitempty"`
	AutoVerifiedAttributes      []string             `json:",omitempty" aws:"VerifiedAttributesListType"`
	SmsVerificationMessage      string               `json:",omitempty" aws:"SmsVerificationMessageType"`
	EmailVerificationMessage    string               `json:",omitempty" aws:"EmailVerificationMessageType"`
	EmailVerificationSubject    string               `json:",omitempty" aws:"EmailVerificationSubjectType"`
	VerificationMessageTemplate *messageTemplate     `json:",omitempty"`
	SmsAuthenticationMessage    string               `json:",omitempty" aws:"SmsVerificationMessageType"`
	MfaConfiguration            string               `json:",omitempty" aws:"UserPoolMfaType"`
	UserAttributeUpdateSettings *attributeUpdates    `json:",omitempty"`
	DeviceConfiguration         *deviceConfiguration `json:",omitempty"`
	EmailConfiguration          *emailConfiguration  `json:",omitempty"`
	SmsConfiguration            *smsConfiguration    `json:",omitempty"`
	UserPoolTags                map[string]string    `json:",omitempty" aws:"UserPoolTagsType"`
	AdminCreateUserConfig       *adminCreateUser     `json:",omitempty"`
	UserPoolAddOns              map[string]any       `json:",omitempty"`
	AccountRecoverySetting      *accountRecovery     `json:",omitempty"`
	AcrConfiguration            map[string]acrLevel  `json:",omitempty" aws:"AcrConfigurationType"`
	UserPoolTier                string               `json:",omitempty" aws:"UserPoolTierType"`
	IssuerConfiguration         *issuerConfiguration `json:",omitempty"`
}

type poolPolicies struct {
	PasswordPolicy *passwordPolicy `json:",omitempty"`
	SignInPolicy   *signInPolicy   `json:",omitempty"`
}

type passwordPolicy struct {
	MinimumLength                 int `json:",omitempty" aws:"PasswordPolicyMinLengthType"`
	RequireUppercase              bool
	RequireLowercase              bool
	RequireNumbers                bool
	RequireSymbols                bool
	PasswordHistorySize           int `json:",omitempty" aws:"PasswordHistorySizeType"`
	TemporaryPasswordValidityDays int `json:",omitempty" aws:"TemporaryPasswordValidityDaysType"`
}

type signInPolicy struct {
	AllowedFirstAuthFactors []string `aws:"AllowedFirstAuthFactorsListType"`
}

// lambdaConfig names the triggers. Here they are http:// URLs on loopback; an ARN is accepted, and refused when
// the trigger is due (triggers.go).
type lambdaConfig struct {
	PreSignUp                   string           `json:",omitempty" aws:"TriggerType"`
	CustomMessage               string           `json:",omitempty" aws:"TriggerType"`
	PostConfirmation            string           `json:",omitempty" aws:"TriggerType"`
	PreAuthentication           string           `json:",omitempty" aws:"TriggerType"`
	PostAuthentication          string           `json:",omitempty" aws:"TriggerType"`
	DefineAuthChallenge         string           `json:",omitempty" aws:"TriggerType"`
	CreateAuthChallenge         string           `json:",omitempty" aws:"TriggerType"`
	VerifyAuthChallengeResponse string           `json:",omitempty" aws:"TriggerType"`
	PreTokenGeneration          string           `json:",omitempty" aws:"TriggerType"`
	UserMigration               string           `json:",omitempty" aws:"TriggerType"`
	PreTokenGenerationConfig    *versionedLambda `json:",omitempty"`
}

type versionedLambda struct {
	LambdaVersion string `aws:"PreTokenGenerationLambdaVersionType,required"`
	LambdaArn     string `aws:"TriggerType,required"`
}

type messageTemplate struct {
	SmsMessage         string `json:",omitempty" aws:"SmsVerificationMessageType"`
	EmailMessage       string `json:",omitempty" aws:"EmailVerificationMessageType"`
	EmailSubject       string `json:",omitempty" aws:"EmailVerificationSubjectType"`
	EmailMessageByLink string `json:",omitempty" aws:"EmailVerificationMessageByLinkType"`
	EmailSubjectByLink string `json:",omitempty" aws:"EmailVerificationSubjectByLinkType"`
	DefaultEmailOption string `json:",omitempty" aws:"DefaultEmailOptionType"`
}

type attributeUpdates struct {
	AttributesRequireVerificationBeforeUpdate []string `aws:"AttributesRequireVerificationBeforeUpdateType"`
}

// deviceConfiguration turns device tracking on by its presence.
type deviceConfiguration struct {
	ChallengeRequiredOnNewDevice     bool // a remembered device stands in for MFA
	DeviceOnlyRememberedOnUserPrompt bool // opt-in: UpdateDeviceStatus remembers it
}

type emailConfiguration struct {
	SourceArn           string `json:",omitempty" aws:"ArnType"`
	ReplyToEmailAddress string `json:",omitempty" aws:"EmailAddressType"`
	EmailSendingAccount string `json:",omitempty" aws:"EmailSendingAccountType"`
	From                string `json:",omitempty"`
	ConfigurationSet    string `json:",omitempty" aws:"SESConfigurationSet"`
}

// smsConfiguration sends by SNS or by End User Messaging, never both (API reference, SmsConfigurationType).
type smsConfiguration struct {
	SnsCallerArn string   `json:",omitempty" aws:"ArnType"`
	ExternalId   string   `json:",omitempty"`
	SnsRegion    string   `json:",omitempty" aws:"RegionCodeType"`
	EumsSms      *eumsSMS `json:",omitempty"`
}

type eumsSMS struct {
	CallerArn            string `aws:"ArnType,required"`
	ConfigurationSetName string `json:",omitempty"`
	ExternalId           string `json:",omitempty"`
	InEntityId           string `json:",omitempty"`
	InTemplateId         string `json:",omitempty"`
	OriginationIdentity  string `json:",omitempty"`
	Region               string `json:",omitempty" aws:"RegionCodeType"`
}

// check refuses what a pool of the Region cannot send by.
func (s *smsConfiguration) check(region string) error {
	switch {
	case s == nil:
	case (s.SnsCallerArn == "") == (s.EumsSms == nil):
		return fail(invalidParameter, "SmsConfiguration takes either SnsCallerArn or EumsSms.")
	case s.EumsSms != nil && s.EumsSms.Region != "" && s.EumsSms.Region != region:
		return fail(invalidParameter, "EumsSms.Region has to be the Region of the user pool, %s.", region)
	}
	return nil
}

type adminCreateUser struct {
	AllowAdminCreateUserOnly  bool
	UnusedAccountValidityDays int            `json:",omitempty" aws:"AdminCreateUserUnusedAccountValidityDaysType"`
	InviteMessageTemplate     *inviteMessage `json:",omitempty"`
}

type inviteMessage struct {
	SMSMessage   string `json:",omitempty" aws:"SmsInviteMessageType"`
	EmailMessage string `json:",omitempty" aws:"EmailInviteMessageType"`
	EmailSubject string `json:",omitempty" aws:"EmailVerificationSubjectType"`
}

type accountRecovery struct {
	RecoveryMechanisms []recoveryOption `aws:"RecoveryMechanismsType"`
}

type recoveryOption struct {
	Priority int    `aws:"PriorityType,required"`
	Name     string `aws:"RecoveryOptionNameType,required"`
}

type usernameConfiguration struct {
	CaseSensitive bool `aws:"WrappedBooleanType,required"`
}

type schemaAttribute struct {
	Name                       string `json:",omitempty" aws:"CustomAttributeNameType"`
	AttributeDataType          string `json:",omitempty" aws:"AttributeDataType"`
	DeveloperOnlyAttribute     bool
	Mutable                    *bool `json:",omitempty"` // true when absent
	Required                   bool
	NumberAttributeConstraints *numberConstraints `json:",omitempty"`
	StringAttributeConstraints *stringConstraints `json:",omitempty"`
}

type numberConstraints struct {
	MinValue string `json:",omitempty"`
	MaxValue string `json:",omitempty"`
}

type stringConstraints struct {
	MinLength string `json:",omitempty"`
	MaxLength string `json:",omitempty"`
}

// mfaSettings are what SetUserPoolMfaConfig sets.
type mfaSettings struct {
	SmsMfaConfiguration           *smsMFA        `json:",omitempty"`
	SoftwareTokenMfaConfiguration *softwareMFA   `json:",omitempty"`
	EmailMfaConfiguration         *emailMFA      `json:",omitempty"`
	MfaConfiguration              string         `json:",omitempty" aws:"UserPoolMfaType"`
	WebAuthnConfiguration         *webAuthnRules `json:",omitempty"`
}

type smsMFA struct {
	SmsAuthenticationMessage string            `json:",omitempty" aws:"SmsVerificationMessageType"`
	SmsConfiguration         *smsConfiguration `json:",omitempty"`
}

type softwareMFA struct {
	Enabled bool
}

type emailMFA struct {
	Message string `json:",omitempty" aws:"EmailMfaMessageType"`
	Subject string `json:",omitempty" aws:"EmailMfaSubjectType"`
}

type webAuthnRules struct {
	RelyingPartyId      string `json:",omitempty" aws:"RelyingPartyIdType"`
	UserVerification    string `json:",omitempty" aws:"UserVerificationType"`
	FactorConfiguration string `json:",omitempty" aws:"WebAuthnFactorConfigurationType"`
}

// clientSettings are what CreateUserPoolClient and UpdateUserPoolClient set.
type clientSettings struct {
	RefreshTokenValidity                     int              `json:",omitempty" aws:"RefreshTokenValidityType"`
	AccessTokenValidity                      int              `json:",omitempty" aws:"AccessTokenValidityType"`
	IdTokenValidity                          int              `json:",omitempty" aws:"IdTokenValidityType"`
	TokenValidityUnits                       *validityUnits   `json:",omitempty"`
	ReadAttributes                           []string         `json:",omitempty" aws:"ClientPermissionListType"`
	WriteAttributes                          []string         `json:",omitempty" aws:"ClientPermissionListType"`
	ExplicitAuthFlows                        []string         `json:",omitempty" aws:"ExplicitAuthFlowsListType"`
	SupportedIdentityProviders               []string         `json:",omitempty" aws:"SupportedIdentityProvidersListType"`
	CallbackURLs                             []string         `json:",omitempty" aws:"CallbackURLsListType"`
	LogoutURLs                               []string         `json:",omitempty" aws:"LogoutURLsListType"`
	DefaultRedirectURI                       string           `json:",omitempty" aws:"RedirectUrlType"`
	AllowedOAuthFlows                        []string         `json:",omitempty" aws:"OAuthFlowsType"`
	AllowedOAuthScopes                       []string         `json:",omitempty" aws:"ScopeListType"`
	AllowedOAuthFlowsUserPoolClient          bool             // without it the OAuth endpoints refuse the client
	AnalyticsConfiguration                   map[string]any   `json:",omitempty"`
	PreventUserExistenceErrors               string           `json:",omitempty" aws:"PreventUserExistenceErrorTypes"`
	EnableTokenRevocation                    *bool            `json:",omitempty"` // true when absent
	EnablePropagateAdditionalUserContextData *bool            `json:",omitempty"`
	AuthSessionValidity                      int              `json:",omitempty" aws:"AuthSessionValidityType"` // minutes
	RefreshTokenRotation                     *refreshRotation `json:",omitempty"`
}

type validityUnits struct {
	AccessToken  string `json:",omitempty" aws:"TimeUnitsType"`
	IdToken      string `json:",omitempty" aws:"TimeUnitsType"`
	RefreshToken string `json:",omitempty" aws:"TimeUnitsType"`
}

type refreshRotation struct {
	Feature                 string `aws:"FeatureType,required"`
	RetryGracePeriodSeconds int    `aws:"RetryGracePeriodSecondsType"`
}

type attribute struct {
	Name  string `aws:"AttributeNameType,required"`
	Value string `aws:"AttributeValueType"`
}

type userContext struct {
	IpAddress   string `json:",omitempty"`
	EncodedData string `json:",omitempty"`
}

// epoch is a time as AWS JSON 1.1 writes it: seconds with a fraction of milliseconds.
type epoch float64
