package core

import (
	"errors"
	"strings"

	"amplify-auth/core/autherror"
)

// An Error is every error a user of the library can meet, an ErrorObject one as data.
type (
	Error       = autherror.Error
	ErrorObject = autherror.Object
)

// newError makes an error of ours: its name is its code in upper camel case.
func newError(code, message string) *Error { return autherror.New(code, message) }

// AsError makes an *Error of any error.
func AsError(err error) *Error { return autherror.From(err) }

var (
	errUserPoolNotConfigured = newError("userPoolNotConfigured", "The configuration has no user pool. Add one to use this call.")
	errNotSignedIn           = newError("notSignedIn", "No user is signed in. Call signIn first.")
	errAlreadySignedIn       = newError("invalidState", "A user is signed in already. Call signOut first.")
	errNoSignIn              = newError("invalidState", "No sign-in is waiting for an answer. Call signIn first.")
	errStepUpOver            = newError("signInSuperseded", "The session that was to be stepped up is over, or another user's.")
	errStepUpHosted          = newError("invalidState", "The user signed in by the hosted UI. Step up there, by showSignIn({ hostedUI: { acrValues, maxAge } }).")
	errSignInBusy            = newError("invalidState", "The last answer to this sign-in is still on its way.")
	errSignInSuperseded      = newError("signInSuperseded", "Another signIn or cancelSignIn ended this one.")
	errSessionExpired        = newError("sessionExpired", "The session has expired and cannot be refreshed. Ask the user to sign in again.")
	errUnsettled             = &Error{Name: "ServiceUnavailable", Code: "serviceUnavailable", Retryable: true, Message: "The session changed again and again while this call was under way. Call again."}
	errTokensElsewhere       = &Error{Name: "StorageUnavailable", Code: "storageUnavailable", Retryable: true, Message: "Another tab has this session's newest tokens, which the browser's full storage did not take. Use that tab, or make room."}
	errRefreshElsewhere      = &Error{Name: "ServiceUnavailable", Code: "serviceUnavailable", Retryable: true, Message: "Another tab is refreshing this session and has stopped half-way. Go to that tab, or close it, and call again."}
	errSignInWaitReleased    = newError("unableToSignIn", "The wait for a new sign-in was ended by releaseSignInWait or signOut.")
	errOtherUser             = newError("unableToSignIn", "Another user signed in while this call was waiting for its user.")
	errOtherProvider         = newError("invalidState", "The user is signed in at another provider, which the user pool does not know.")
	errFederatedUser         = newError("invalidState", "The user signed in by federatedSignIn and has no tokens of a user pool. Use getAWSCredentials.")
	errNoIdentityPool        = newError("cognitoIdentityPoolNotConfigured", "The configuration has no identity pool. Add one to use AWS credentials and federated sign-in.")
	errNoIdentityID          = newError("identityIdUnavailable", "The identity pool gave no identity id. Check its id in the configuration.")
	errGuestsNotAllowed      = newError("guestAccessNotAllowed", "The configuration allows no guests. Sign a user in first.")
	errNoGuestRole           = newError("guestAccessNotAllowed", "The configuration has no UnauthenticatedRoleArn, which the classic flow needs for guests. Add it, or sign a user in first.")
	errNoIDToken             = newError("idTokenNotIssued", "The session has no ID token, which the identity pool needs. Add the scope openid to the sign-in.")
	errFederatedExpired      = newError("sessionExpired", "The token of the identity provider has expired. Call federatedSignIn with a new one, or give AmplifyAuth a tokenSource.")
	errOtherSignedIn         = newError("invalidState", "Another user is signed in, perhaps by another tab. Call signOut first.")
	errOtherSession          = newError("federationProviderExists", "A user of the user pool or of the hosted UI is signed in. Call signOut before federatedSignIn.")
	errDeveloperIdentity     = newError("invalidParameter", "A developer identity needs cognitoIdentityId, the IdentityId that came with the token, the first time.")
	errHolderChanged         = newError("unableToSignIn", "Another user signed in, or the user signed out, while credentials were fetched. Call again.")
	errClientMetadata        = newError("invalidConfiguration", "The function clientMetadataProvider given to AmplifyAuth failed, so the tokens were not refreshed.")
	errNoPasskey             = newError("passkeyNotFound", "This user has no passkey that the user pool would take. Offer another way to sign in.")
	errPasskeys              = newError("passkeyNotSupported", "This browser cannot use passkeys here. Offer another way to sign in.")
)

// ErrClosed ends calls of an Auth that was closed.
var ErrClosed = newError("closed", "This client was closed. Make a new one.")

// ErrOffline is the cause of a NetworkError where the browser knows that it is
// offline.
var ErrOffline = errors.New("offline")

const networkError = "NetworkError"

// NetworkError is a request that got no answer.
func NetworkError(message string, cause error) *Error {
	return &Error{Name: networkError, Code: "networkError", Message: message, Retryable: true, Cause: cause}
}

// ConfigError is a configuration that cannot be used; the message names the key.
func ConfigError(err error) *Error {
	return newError("invalidConfiguration", err.Error())
}

// invalid is a mistake in the arguments of a call, found before any request.
func invalid(message string) *Error { return newError("invalidParameter", message) }

// ServiceError makes the Error of an exception that a service answered. status is
// that of HTTP.
func ServiceError(name, message, requestID string, status int) *Error {
	e := &Error{Name: name, Code: code(name), Message: message, RequestID: requestID}
	for _, m := range meanings {
		if m.name == name && strings.Contains(message, m.text) {
			e.Code = m.code
			if m.remedy != "" {
				e.Message = strings.TrimSuffix(message, ".") + ". " + m.remedy
			}
			break
		}
	}
	if e.Message == "" {
		e.Message = "The service answered " + name + " without saying more."
	}
	e.Retryable = status >= 500 || status == 429 || retryable[name] || strings.HasPrefix(name, "Throttling")
	return e
}

var retryable = map[string]bool{
	"TooManyRequestsException":        true,
	"LimitExceededException":          true,
	"InternalErrorException":          true,
	"InternalServerError":             true,
	"ServiceUnavailable":              true,
	"CodeDeliveryFailureException":    true,
	"ConcurrentModificationException": true,
	"ExternalServiceException":        true,
	"RequestLimitExceeded":            true,
}

// code turns an exception's name into a code: NotAuthorizedException is notAuthorized.
func code(name string) string {
	s := strings.TrimSuffix(name, "Exception")
	switch {
	case s == "":
		return "unknown"
	case strings.HasPrefix(s, "MFA"):
		return "mfa" + s[3:]
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// The service says NotAuthorizedException, InvalidParameterException and
// ResourceNotFoundException for many things and tells them apart by its message
// alone. These texts are its own, seen in answers and public issues.
var meanings = []struct{ name, text, code, remedy string }{
	{notAuthorized, "SECRET_HASH", "invalidConfiguration", remedySecret},
	{notAuthorized, "secret hash", "invalidConfiguration", remedySecret},
	{notAuthorized, "SecretHash", "invalidConfiguration", remedySecret},
	{notAuthorized, "Password attempts exceeded", "tooManyFailedAttempts", ""},
	{notAuthorized, "Invalid session", "signInExpired", ""},
	{notAuthorized, "session is expired", "signInExpired", ""},
	{notAuthorized, "Refresh Token has been revoked", "sessionRevoked", ""},
	{notAuthorized, "Refresh Token", "expiredRefreshToken", ""},
	{notAuthorized, "Access Token does not have required scopes", "insufficientScope", ""},
	{notAuthorized, "Access Token", "accessTokenRevoked", ""},
	{notAuthorized, "User is disabled", "userDisabled", ""},
	{notAuthorized, "Temporary password has expired", "temporaryPasswordExpired", ""},
	{notAuthorized, "Unauthenticated access is not supported", "guestAccessNotAllowed", ""},
	{notAuthorized, "Token expired", "federatedTokenExpired", ""},
	{notAuthorized, "Invalid login token", "federatedTokenInvalid", ""},
	{notAuthorized, "not from a supported provider", "providerNotSupported", ""},
	{notAuthorized, "role mapping rules", "roleNotAllowed", ""},
	{notAuthorized, "Password Challenge is Required", "passwordRequired", remedyPassword},
	{"InvalidParameterException", "Password Challenge is Required", "passwordRequired", remedyPassword},
	{"InvalidParameterException", "requires enabling an additional MFA setting", "mfaMethodNotFound", "Set another second factor up first."},
	{"InvalidParameterException", "does not have applicable WebAuthn credentials", "passkeyNotFound", "Call registerPasskey first."},
	{"ForbiddenException", "due to WAF", "requestBlocked", "Give AmplifyAuth the option headers, with the token of the AWS WAF script."},
	{"InvalidParameterException", "flow not enabled for this client", "invalidConfiguration", remedyFlow},
	{"InvalidParameterException", "is not enabled for the client", "invalidConfiguration", remedyFlow},
	{"ResourceNotFoundException", "User pool", "invalidConfiguration", remedyUnknownPool},
}

const (
	notAuthorized     = "NotAuthorizedException"
	remedySecret      = "Use an app client without a secret, which a page cannot keep, and no AppClientSecret in the configuration."
	remedyFlow        = "Allow the flow in the authentication flows of the app client (SRP is ALLOW_USER_SRP_AUTH), or choose another by authenticationFlowType in the configuration."
	remedyPassword    = "The user has a second factor: begin with the password. setMFAPreference({ passkey: 'ENABLED' }) lets a passkey stand for both."
	remedyUnknownPool = "Check the user pool's id, its Region and the app client's id in the configuration."
)

// hasName reports whether err is one of the named exceptions.
func hasName(err error, names ...string) bool {
	var e *Error
	if errors.As(err, &e) {
		for _, n := range names {
			if e.Name == n {
				return true
			}
		}
	}
	return false
}
