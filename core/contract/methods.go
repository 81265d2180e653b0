package contract

// A Method is a call of the page API. Its arguments' members are those of its Go
// struct (core/api), and Page, which the page takes for itself, or core/api for all.
type Method struct {
	Group, Name, Means string
	Page               []string
}

// wait is taken by every call that needs the signed-in user.
var wait = []string{"wait"}

// Methods are the calls that take one object, beside signal and timeout.
var Methods = []Method{
	{"life cycle", "initialize", "the state once the configuration has been read and a response in the URL dealt with", nil},
	{"sign-up", "signUp", "registers a user", nil},
	{"sign-up", "confirmSignUp", "confirms the registration by a code", nil},
	{"sign-up", "resendSignUpCode", "sends the code again", nil},
	{"sign-in", "signIn", "begins a sign-in", nil},
	{"sign-in", "confirmSignIn", "answers its step", nil},
	{"sign-in", "autoSignIn", "signs in after a sign-up, without a password", nil},
	{"sign-in", "getPendingSignIn", "the step that waits for an answer, also after a reload", nil},
	{"sign-in", "cancelSignIn", "ends the sign-in", nil},
	{"step-up", "stepUp", "asks a signed-in user for further factors; success replaces the tokens", wait},
	{"sign-out", "signOut", "signs out", nil},
	{"sign-out", "deleteUser", "deletes the user and signs out", wait},
	{"password", "forgotPassword", "sends a code to set a new password with", nil},
	{"password", "confirmForgotPassword", "sets it", nil},
	{"password", "changePassword", "changes it while signed in", wait},
	{"attributes", "getUserAttributes", "the attributes by name", wait},
	{"attributes", "updateUserAttributes", "changes some", wait},
	{"attributes", "deleteUserAttributes", "removes some", wait},
	{"attributes", "verifyUserAttribute", "sends a code to an address or number", wait},
	{"attributes", "confirmVerifyUserAttribute", "proves it by the code", wait},
	{"MFA", "setUpTOTP", "begins with an authenticator app", wait},
	{"MFA", "verifyTOTPSetup", "ends by its first code", wait},
	{"MFA", "getMFAPreference", "the factors in use, and the preferred one", wait},
	{"MFA", "setMFAPreference", "sets them", wait},
	{"passkeys", "registerPasskey", "makes a passkey", wait},
	{"passkeys", "listPasskeys", "the user's passkeys", wait},
	{"passkeys", "deletePasskey", "removes one", wait},
	{"session", "getTokens", "the tokens, refreshed where they have expired", wait},
	{"session", "getAWSCredentials", "AWS credentials of the user or guest", wait},
	{"session", "getIdentityId", "the identity in the identity pool", wait},
	{"session", "releaseSignInWait", "ends the wait of all calls that wait for a new sign-in", nil},
	{"session", "signRequest", "a Request with the headers of Signature Version 4", wait},
	{"federation", "federatedSignIn", "signs in with another provider's token", nil},
	{"hosted UI and drop-in", "showSignIn", "sends the user to the hosted UI, or shows the sign-in screens", []string{
		"canCancel", "logoImage", "backgroundColor", "primaryColor", "disableSignUp", "startWithSignUp", "container", "stepUp"}},
	{"hosted UI and drop-in", "handleAuthResponse", "what came of the hosted UI's answer", nil},
	{"signed-in places", "listSessions", "where the user is signed in, as far as the pool tracks it", wait},
	{"signed-in places", "revokeSession", "signs out there", wait},
	{"devices", "deviceOperations.get", "one tracked device, this one by default", wait},
	{"devices", "deviceOperations.list", "all of them", wait},
	{"devices", "deviceOperations.updateStatus", "remembers or forgets it for MFA", wait},
	{"devices", "deviceOperations.forget", "stops tracking it", wait},
}

// Options are those of the client.
var Options = []string{"config", "storage", "wasmURL", "wasmIntegrity", "worker", "onExpired", "handleRedirect", "tokenSource", "replicaRegion", "replicaEndpoint", "headers", "clientMetadataProvider"}

// Limits are taken by every call.
var Limits = []string{"signal", "timeout"}
