package contract

// A Method is a call of the page API. Its arguments' members are those of its Go
// struct (core/api), and Page, which the page takes for itself.
type Method struct {
	Group, Name, Means string
	Page               []string
}

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
	{"sign-out", "signOut", "signs out", nil},
	{"sign-out", "deleteUser", "deletes the user and signs out", nil},
	{"password", "forgotPassword", "sends a code to set a new password with", nil},
	{"password", "confirmForgotPassword", "sets it", nil},
	{"password", "changePassword", "changes it while signed in", nil},
	{"attributes", "getUserAttributes", "the attributes by name", nil},
	{"attributes", "updateUserAttributes", "changes some", nil},
	{"attributes", "deleteUserAttributes", "removes some", nil},
	{"attributes", "verifyUserAttribute", "sends a code to an address or number", nil},
	{"attributes", "confirmVerifyUserAttribute", "proves it by the code", nil},
	{"MFA", "setUpTOTP", "begins with an authenticator app", nil},
	{"MFA", "verifyTOTPSetup", "ends by its first code", nil},
	{"MFA", "getMFAPreference", "the factors in use, and the preferred one", nil},
	{"MFA", "setMFAPreference", "sets them", nil},
	{"passkeys", "registerPasskey", "makes a passkey", nil},
	{"passkeys", "listPasskeys", "the user's passkeys", nil},
	{"passkeys", "deletePasskey", "removes one", nil},
	{"session", "getTokens", "the tokens, refreshed where they have expired", nil},
	{"session", "getAWSCredentials", "AWS credentials of the user or guest", nil},
	{"session", "getIdentityId", "the identity in the identity pool", nil},
	{"session", "releaseSignInWait", "ends the wait of all calls that wait for a new sign-in", nil},
	{"session", "signRequest", "a Request with the headers of Signature Version 4", nil},
	{"federation", "federatedSignIn", "signs in with another provider's token", nil},
	{"hosted UI and drop-in", "showSignIn", "sends the user to the hosted UI, or shows the sign-in screens", []string{
		"canCancel", "logoImage", "backgroundColor", "primaryColor", "disableSignUp", "startWithSignUp", "container"}},
	{"hosted UI and drop-in", "handleAuthResponse", "what came of the hosted UI's answer", nil},
	{"devices", "deviceOperations.get", "one tracked device, this one by default", nil},
	{"devices", "deviceOperations.list", "all of them", nil},
	{"devices", "deviceOperations.updateStatus", "remembers or forgets it for MFA", nil},
	{"devices", "deviceOperations.forget", "stops tracking it", nil},
}
