package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// exception is a service error as the wire carries it.
type exception struct {
	name    string // as in __type
	status  int
	message string
}

func (e *exception) Error() string { return e.name + ": " + e.message }

// kind names an exception; the table of all of them is below. Every one answers 400 unless said.
type kind string

const (
	aliasExists                  kind = "AliasExistsException"
	codeDeliveryFailure          kind = "CodeDeliveryFailureException"
	codeMismatch                 kind = "CodeMismatchException"
	deviceKeyExists              kind = "DeviceKeyExistsException"
	duplicateProvider            kind = "DuplicateProviderException"
	enableSoftwareTokenMFA       kind = "EnableSoftwareTokenMFAException"
	expiredCode                  kind = "ExpiredCodeException"
	externalService              kind = "ExternalServiceException"
	featureUnavailable           kind = "FeatureUnavailableInTierException"
	forbidden                    kind = "ForbiddenException"
	groupExists                  kind = "GroupExistsException"
	internalError                kind = "InternalErrorException"
	invalidIdentityPool          kind = "InvalidIdentityPoolConfigurationException"
	invalidLambdaResponse        kind = "InvalidLambdaResponseException"
	invalidOAuthFlow             kind = "InvalidOAuthFlowException"
	invalidParameter             kind = "InvalidParameterException"
	invalidPassword              kind = "InvalidPasswordException"
	invalidUserPool              kind = "InvalidUserPoolConfigurationException"
	limitExceeded                kind = "LimitExceededException"
	mfaMethodNotFound            kind = "MFAMethodNotFoundException"
	notAuthorized                kind = "NotAuthorizedException"
	operationNotEnabled          kind = "OperationNotEnabledException"
	passwordHistory              kind = "PasswordHistoryPolicyViolationException"
	passwordResetRequired        kind = "PasswordResetRequiredException"
	refreshTokenReuse            kind = "RefreshTokenReuseException"
	resourceConflict             kind = "ResourceConflictException"
	resourceNotFound             kind = "ResourceNotFoundException"
	scopeDoesNotExist            kind = "ScopeDoesNotExistException"
	serialization                kind = "SerializationException"
	softwareTokenMFANotFound     kind = "SoftwareTokenMFANotFoundException"
	tooManyFailedAttempts        kind = "TooManyFailedAttemptsException"
	tooManyRequests              kind = "TooManyRequestsException"
	unauthorized                 kind = "UnauthorizedException"
	unexpectedLambda             kind = "UnexpectedLambdaException"
	unknownOperation             kind = "UnknownOperationException"
	unsupportedOperation         kind = "UnsupportedOperationException"
	unsupportedTokenType         kind = "UnsupportedTokenTypeException"
	unsupportedUserState         kind = "UnsupportedUserStateException"
	userLambdaValidation         kind = "UserLambdaValidationException"
	usernameExists               kind = "UsernameExistsException"
	userNotConfirmed             kind = "UserNotConfirmedException"
	userNotFound                 kind = "UserNotFoundException"
	userPoolAddOnNotEnabled      kind = "UserPoolAddOnNotEnabledException"
	webAuthnChallengeNotFound    kind = "WebAuthnChallengeNotFoundException"
	webAuthnClientMismatch       kind = "WebAuthnClientMismatchException"
	webAuthnConfigMissing        kind = "WebAuthnConfigurationMissingException"
	webAuthnNotEnabled           kind = "WebAuthnNotEnabledException"
	webAuthnNotSupported         kind = "WebAuthnCredentialNotSupportedException"
	webAuthnOriginNotAllowed     kind = "WebAuthnOriginNotAllowedException"
	webAuthnRelyingPartyMismatch kind = "WebAuthnRelyingPartyMismatchException"
)

// statuses are the exceptions that do not answer 400 (the user pools API reference lists each one's status; a web ACL's
// block is 403, as seen: franken-srp issue 13, aws-sdk-js-v3 issue 7255).
var statuses = map[kind]int{internalError: http.StatusInternalServerError, forbidden: http.StatusForbidden}

// fail makes the error that a handler returns.
func fail(k kind, format string, args ...any) error {
	status := statuses[k]
	if status == 0 {
		status = http.StatusBadRequest
	}
	return &exception{name: string(k), status: status, message: fmt.Sprintf(format, args...)}
}

// isKind reports whether err is the exception k.
func isKind(err error, k kind) bool {
	var e *exception
	return errors.As(err, &e) && e.name == string(k)
}

func asException(err error) *exception {
	var e *exception
	if errors.As(err, &e) {
		return e
	}
	return &exception{name: string(internalError), status: http.StatusInternalServerError, message: err.Error()}
}

// writeException answers as the real service does: the type in header and body, with a colon in the header.
func writeException(w http.ResponseWriter, e *exception) {
	w.Header().Set("x-amzn-ErrorType", e.name+":")
	w.Header().Set("x-amzn-ErrorMessage", strings.Join(strings.FieldsFunc(e.message, func(r rune) bool { return r <= ' ' || r == 0x7f }), " "))
	writeJSON(w, e.status, map[string]string{"__type": e.name, "message": e.message})
}
