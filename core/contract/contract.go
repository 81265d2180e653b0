// Package contract is what Go, JavaScript, the type declarations and the reference
// have to agree on, as data. web/contract writes from it web/src/contract.js, the
// unions in web/types/amplify-auth.d.ts and web/docs/reference.md. It imports
// nothing of the module.
package contract

import "time"

// A Value is one of an enumeration, and what it means.
type Value struct{ Name, Means string }

// UserStates are AWSMobileClient's six.
var UserStates = []Value{
	{Guest, "nobody is signed in; the identity pool has given this browser a guest identity"},
	{SignedOut, "nobody is signed in"},
	{SignedIn, "a user is signed in"},
	{SignedOutUserPoolsTokenInvalid, "the session of the user pool, or of the hosted UI, is over; the user has to sign in again"},
	{SignedOutFederatedTokensInvalid, "the token of the identity provider has ended; `federatedSignIn` needs a new one"},
	{Unknown, "the configuration or an asynchronous store has not been read yet"},
}

// The user states.
const (
	Guest                           = "guest"
	SignedOut                       = "signedOut"
	SignedIn                        = "signedIn"
	SignedOutUserPoolsTokenInvalid  = "signedOutUserPoolsTokenInvalid"
	SignedOutFederatedTokensInvalid = "signedOutFederatedTokensInvalid"
	Unknown                         = "unknown"
)

// Reasons are the values of details.reason that are no error codes: why a session is
// over, or waits.
var Reasons = []Value{
	{Offline, "nobody's session is over: its tokens have expired, and there is no network to refresh them"},
	{UserSignedOut, "this client's `signOut`"},
	{UserDeleted, "this client's `deleteUser`"},
	{SignedOutElsewhere, "another tab or client signed out, or the store was cleared"},
}

// The reasons.
const (
	Offline            = "offline"
	UserSignedOut      = "userSignedOut"
	UserDeleted        = "userDeleted"
	SignedOutElsewhere = "signedOutElsewhere"
)

// A SignInState is a step of a sign-in: what comes with it, and what answers it.
type SignInState struct{ Name, With, Answer string }

// SignInStates are the steps that signIn and confirmSignIn resolve with.
var SignInStates = []SignInState{
	{"signedIn", "", ""},
	{"smsMFA", "`codeDetails`", "the code that was sent"},
	{"emailMFA", "`codeDetails`", "the code that was sent"},
	{"totpMFA", "", "the code that the authenticator app shows"},
	{"smsOTP", "`codeDetails`", "the code that was sent"},
	{"emailOTP", "`codeDetails`", "the code that was sent"},
	{"selectMFA", "`allowedFactors`", "one of them: `SMS_MFA`, `SOFTWARE_TOKEN_MFA`, `EMAIL_OTP`"},
	{"setUpMFA", "`allowedFactors`", "one of them"},
	{"setUpTOTP", "`totpSetup: { sharedSecret, uri, qr }`", "the first code of the app"},
	{"setUpEmail", "", "the e-mail address"},
	{"newPasswordRequired", "`requiredAttributes`", "the new password, and `userAttributes`"},
	{"customChallenge", "`parameters`", "whatever the trigger wants"},
	{"selectFactor", "`allowedFactors`", "one of them: `PASSWORD`, `PASSWORD_SRP`, `EMAIL_OTP`, `SMS_OTP`, `WEB_AUTHN`"},
	{"password", "", "the password"},
	{"confirmSignUp", "", "not this call: `confirmSignUp`, then `signIn` again"},
	{"resetPassword", "", "not this call: `forgotPassword`, `confirmForgotPassword`, then `signIn` again"},
}

// Cognito's own words.
var (
	AuthFlows     = []string{"USER_SRP_AUTH", "USER_PASSWORD_AUTH", "CUSTOM_AUTH", "USER_AUTH"}
	FirstFactors  = []string{"PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"}
	SecondFactors = []string{"SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"}
	MFASettings   = []string{"ENABLED", "DISABLED", "PREFERRED", "NOT_PREFERRED"}
)

// Times that both sides hold to.
const (
	// TokenMargin is how long before its expiry a token counts as expired, so that it
	// is still good when it arrives. Amplify's figure: both must agree who refreshes.
	TokenMargin = 5 * time.Second
	// CredentialsMargin is the same for AWS credentials.
	CredentialsMargin = 10 * time.Minute
	// ClockLeeway is how far two clocks may be apart without a word.
	ClockLeeway = time.Minute
	// GenerationGap is how far apart the service issues the tokens of one answer.
	GenerationGap = 5 * time.Second
	// MaxDrift is the difference of two clocks, in milliseconds, that is believed.
	MaxDrift = 1 << 40
	// MaxExpiration bounds a stored time, in milliseconds since 1970.
	MaxExpiration = 1 << 52
)

// The hosted UI in a window of its own.
const (
	PopupName       = "AmplifyAuthSignIn."  // and a random text: of the window
	ResponseChannel = "amplify-auth.oauth." // and the state: of the BroadcastChannel that brings the response home
)

// ResponseParameters are those of an authorization response (RFC 6749 section
// 4.1.2, RFC 9207, OpenID Connect Session Management).
var ResponseParameters = []string{"code", "state", "error", "error_description", "error_uri", "iss", "session_state"}
